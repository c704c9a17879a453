"""The official SDK, unmodified, runs the service: groups, instances, pairs and their jobs."""

import pytest

from sdrs_fake import FakeSdrs
from tests.sdk import (
    BasicCredentials,
    ClientRequestException,
    SdrsAsyncClient,
    SdrsClient,
    opened,
    v1,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")

ZONES = {"source_availability_zone": "a", "target_availability_zone": "b"}
NEW_GROUP = {"name": "group", "domain_id": "domain", "source_vpc_id": "vpc", **ZONES}
ACTIONS = {
    "start_protection_group": {"start_server_group": {}},
    "stop_protection_group": {"stop_server_group": {}},
    "start_failover_protection_group": {"failover_server_group": {}},
    "start_reverse_protection_group": {"reverse_server_group": {"priority_station": "target"}},
}


def model(name, fields):
    """A model of the SDK with all models in it, from plain values."""
    kind = getattr(v1, name)
    values = {}
    for field, value in fields.items():
        inner = kind.openapi_types[field]
        values[field] = model(inner, value) if hasattr(v1, inner) else value
    return kind(**values)


class Program:
    """A program that is built on the SDK."""

    def __init__(self, client, kind):
        self._client, self._kind = client, kind

    def call(self, name, /, **fields):
        request = model(f"{name.title().replace('_', '')}Request", fields)
        if self._kind == "sync":
            return getattr(self._client, name)(request)
        return getattr(self._client, f"{name}_async")(request).result()

    def run(self, name, /, **fields):
        """Call an operation and return the entities of its job, which has to succeed."""
        accepted = self.call(name, **fields)
        job = self.call("show_job_status", job_id=accepted.job_id)
        assert (accepted.status_code, job.status, job.fail_reason) == (200, "SUCCESS", None)
        return job.entities

    def create_group(self):
        body = {"server_group": NEW_GROUP}
        return self.run("create_protection_group", body=body).server_group_id

    def create_instance(self, group_id):
        fields = {"server_group_id": group_id, "server_id": "server", "name": "instance"}
        body = {"protected_instance": fields}
        return self.run("create_protected_instance", body=body).protected_instance_id

    def create_pair(self, group_id):
        fields = {"server_group_id": group_id, "volume_id": "disk", "name": "pair"}
        return self.run("create_replication", body={"replication": fields}).replication_pair_id

    def group(self, group_id):
        return self.call("show_protection_group", server_group_id=group_id).server_group

    def instance(self, instance_id):
        answer = self.call("show_protected_instance", protected_instance_id=instance_id)
        return answer.protected_instance

    def pair(self, pair_id):
        return self.call("show_replication", replication_id=pair_id).replication


@pytest.fixture(params=["any", "strict"])
def fake(request):
    with FakeSdrs(auth=request.param) as fake:
        yield fake


@pytest.fixture(params=["sync", "async"])
def program(request, fake):
    builder = {"sync": SdrsClient, "async": SdrsAsyncClient}[request.param].new_builder()
    keys = BasicCredentials(fake.access_key, fake.secret_key, fake.project_id)
    with opened(builder.with_credentials(keys).with_endpoint(fake.url).build()) as client:
        yield Program(client, request.param)


def test_it_creates_lists_renames_and_deletes_a_group(fake, program):
    group_id = program.create_group()
    listed = program.call("list_protection_groups", name="group", status="available")
    body = {"server_group": {"name": "renamed"}}
    renamed = program.call("update_protection_group_name", server_group_id=group_id, body=body)
    shown = program.group(group_id)
    deleted = program.run("delete_protection_group", server_group_id=group_id)

    assert [(each.id, each.name, each.source_vpc_id) for each in listed.server_groups] == [
        (group_id, "group", "vpc")
    ]
    assert (renamed.server_group, shown.name) == (shown, "renamed")
    assert (deleted.server_group_id, fake.protection_groups) == (group_id, ())


def test_it_creates_lists_renames_and_deletes_an_instance(fake, program):
    instance_id = program.create_instance(program.create_group())
    listed = program.call("list_protected_instances", name="instance", limit=10)
    path = {"protected_instance_id": instance_id}
    body = {"protected_instance": {"name": "renamed"}}
    renamed = program.call("update_protected_instance_name", body=body, **path)
    shown = program.instance(instance_id)
    program.run("delete_protected_instance", body={"delete_target_server": True}, **path)

    (one,) = listed.protected_instances
    assert (one.id, one.source_server, one.status) == (instance_id, "server", "available")
    assert [each.device for each in one.attachment] == ["/dev/vda"]
    assert (renamed.protected_instance, shown.name) == (shown, "renamed")
    assert (fake.protected_instances, fake.replication_pairs) == ((), ())


def test_it_creates_lists_expands_renames_and_deletes_a_pair(fake, program):
    group_id = program.create_group()
    pair_id = program.create_pair(group_id)
    listed = program.call("list_replications", server_group_id=group_id)
    path = {"replication_id": pair_id}
    program.run("expand_replication", body={"extend_replication": {"new_size": 20}}, **path)
    body = {"replication": {"name": "renamed"}}
    renamed = program.call("update_replication_name", body=body, **path)
    shown = program.pair(pair_id)
    body = {"replication": {"server_group_id": group_id, "delete_target_volume": True}}
    program.run("delete_replication", body=body, **path)

    (one,) = listed.replications
    assert (one.id, one.volume_ids.split(",")[0], one.fault_level) == (pair_id, "disk", "0")
    assert (one.record_metadata.volume_size, shown.record_metadata.volume_size) == (10, 20)
    assert (renamed.replication, shown.name) == (shown, "renamed")
    assert fake.replication_pairs == ()


def test_it_attaches_and_detaches_a_pair(program):
    group_id = program.create_group()
    instance_id, pair_id = program.create_instance(group_id), program.create_pair(group_id)
    ids = {"protected_instance_id": instance_id, "replication_id": pair_id}
    body = {"replication_attachment": {"replication_id": pair_id, "device": "/dev/vdb"}}

    attached = program.run(
        "attach_protected_instance_replication", protected_instance_id=instance_id, body=body
    )
    between = program.pair(pair_id).attachment
    detached = program.run("detach_protected_instance_replication", **ids)

    for entities in (attached, detached):
        found = entities.protected_instance_id, entities.replication_pair_id
        assert found == (instance_id, pair_id)
    assert [(each.protected_instance, each.device) for each in between] == [
        (instance_id, "/dev/vdb")
    ]
    assert program.pair(pair_id).attachment == []


def test_it_enables_stops_reverses_fails_over_and_reprotects(program):
    group_id = program.create_group()
    instance_id = program.create_instance(group_id)
    seen = []

    for name in (
        *("start_protection_group", "stop_protection_group", "start_protection_group"),
        *("start_reverse_protection_group", "start_failover_protection_group"),
        "start_protection_group",
    ):
        entities = program.run(name, server_group_id=group_id, body=ACTIONS[name])
        assert len(entities.sub_jobs) == 1
        group, instance = program.group(group_id), program.instance(instance_id)
        assert instance.status == group.status
        seen.append((group.status, group.priority_station))

    assert seen == [
        *(("protected", "source"), ("available", "source"), ("protected", "source")),
        *(("protected", "target"), ("failed-over", "source"), ("protected", "source")),
    ]


def test_it_waits_for_a_job_that_runs(fake, program):
    fake.jobs.hold()
    accepted = program.call("create_protection_group", body={"server_group": NEW_GROUP})

    running = program.call("show_job_status", job_id=accepted.job_id)
    fake.jobs.finish()
    over = program.call("show_job_status", job_id=accepted.job_id)

    assert (running.status, running.end_time, over.status) == ("RUNNING", "", "SUCCESS")
    assert program.group(over.entities.server_group_id).status == "available"


REFUSED = {
    "SDRS.1013": lambda program: program.group("none"),
    "SDRS.1320": lambda program: program.instance("none"),
    "SDRS.1608": lambda program: program.pair("none"),
    "SDRS.1002": lambda program: program.call(
        "stop_protection_group",
        server_group_id=program.create_group(),
        body=ACTIONS["stop_protection_group"],
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_it_raises_what_is_refused(program, code):
    with pytest.raises(ClientRequestException) as caught:
        REFUSED[code](program)

    assert (caught.value.status_code, caught.value.error_code) == (400, code)
