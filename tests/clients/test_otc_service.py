"""Open Telekom Cloud's client runs the service: groups, instances, pairs and their jobs."""

import warnings
from contextlib import closing

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the clients' own imports
    import openstack
    from openstack.exceptions import BadRequestException
    from otcextensions import sdk

from sdrs_fake import FakeSdrs

pytestmark = [  # what the clients say of themselves
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

ZONES = {"source_availability_zone": "a", "target_availability_zone": "b"}
NEW_GROUP = {"name": "group", "domain_id": "domain", "source_vpc_id": "vpc", **ZONES}


@pytest.fixture(params=["any", "strict"])
def fake(request):
    with FakeSdrs(auth=request.param) as fake:
        yield fake


@pytest.fixture
def client(fake):
    """The proxy of a program that is logged in as the fake's own user."""
    variables = fake.environment()
    names = ("auth_url", "username", "password", "user_domain_name")
    login = {name: variables[f"OS_{name.upper()}"] for name in names}
    connection = openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        auth={**login, "project_id": fake.project_id},
        region_name="eu-de",
    )
    with closing(connection), closing(connection.session.session):
        sdk.load(connection)
        yield connection.sdrs


def job_of(client, accepted):
    """The job of what was accepted, a resource or a response; it has to have succeeded."""
    job_id = getattr(accepted, "job_id", None) or accepted.json()["job_id"]
    job = client.get_job(job_id)
    assert (job.status, job.error_code, job.fail_reason) == ("SUCCESS", None, None)
    return job


def created_group(client):
    return job_of(client, client.create_protection_group(**NEW_GROUP)).entities.server_group_id


def created_instance(client, fake, group_id):
    fields = {"server_group_id": group_id, "server_id": "server", "name": "instance"}
    job_of(client, client.create_protected_instance(**fields))
    return fake.protected_instances[-1].id  # its model of a job has no field for it


def created_pair(client, fake, group_id):
    fields = {"server_group_id": group_id, "volume_id": "disk", "name": "pair"}
    job_of(client, client.create_replication_pair(**fields))
    return fake.replication_pairs[-1].id


def test_it_creates_finds_renames_and_deletes_a_group(fake, client):
    group_id = created_group(client)

    assert [group.id for group in client.protection_groups(status="available")] == [group_id]
    assert client.find_protection_group("group").source_vpc_id == "vpc"
    assert client.update_protection_group(group_id, "renamed").name == "renamed"
    assert client.get_protection_group(group_id).name == "renamed"
    client.delete_protection_group(group_id, ignore_missing=False)
    assert fake.protection_groups == ()


def test_it_creates_finds_renames_and_deletes_an_instance(fake, client):
    instance_id = created_instance(client, fake, created_group(client))

    assert [each.id for each in client.protected_instances(name="instance")] == [instance_id]
    assert client.find_protected_instance("instance").source_server == "server"
    assert client.update_protected_instance(instance_id, "renamed").name == "renamed"
    assert client.get_protected_instance(instance_id).name == "renamed"
    job_of(client, client.delete_protected_instance(instance_id, delete_target_server=True))
    assert (fake.protected_instances, fake.replication_pairs) == ((), ())


def test_it_creates_finds_expands_renames_and_deletes_a_pair(fake, client):
    group_id = created_group(client)
    pair_id = created_pair(client, fake, group_id)

    assert [each.id for each in client.replication_pairs(server_group_id=group_id)] == [pair_id]
    assert client.find_replication_pair("pair").volume_ids.startswith("disk,")
    job_of(client, client.expand_replication_pair(pair_id, 20))
    assert client.get_replication_pair(pair_id).record_metadata.volume_size == 20
    assert client.update_replication_pair(pair_id, "renamed").name == "renamed"
    job_of(client, client.delete_replication_pair(pair_id, group_id, delete_target_volume=True))
    assert fake.replication_pairs == ()


def test_it_attaches_and_detaches_a_pair(fake, client):
    group_id = created_group(client)
    instance_id = created_instance(client, fake, group_id)
    pair_id = created_pair(client, fake, group_id)

    job_of(client, client.attach_replication_pair(instance_id, pair_id, "/dev/vdc"))
    (attached,) = client.get_replication_pair(pair_id).attachment
    job_of(client, client.detach_replication_pair(instance_id, pair_id))

    assert (attached.protected_instance, attached.device) == (instance_id, "/dev/vdc")
    assert client.get_replication_pair(pair_id).attachment == []


def test_it_enables_disables_reverses_fails_over_and_reprotects(fake, client):
    group_id = created_group(client)
    created_instance(client, fake, group_id)
    seen = []

    for act in (
        *(client.enable_protection, client.disable_protection, client.enable_protection),
        *(client.perform_planned_failover, client.perform_failover, client.enable_protection),
    ):
        (sub_job,) = job_of(client, act(group_id)).entities.sub_jobs
        assert sub_job.entities.server_group_id == group_id
        group = client.get_protection_group(group_id)
        seen.append((group.status, group.priority_station))

    assert seen == [
        *(("protected", "source"), ("available", "source"), ("protected", "source")),
        *(("protected", "target"), ("failed-over", "source"), ("protected", "source")),
    ]


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("get_protection_group", "SDRS.1013"),
        ("get_protected_instance", "SDRS.1320"),
        ("get_replication_pair", "SDRS.1608"),
        ("delete_protected_instance", "SDRS.1301"),
    ],
)
def test_a_refusal_is_an_error_of_the_client(client, method, code):
    with pytest.raises(BadRequestException) as caught:
        getattr(client, method)("none")

    assert caught.value.response.json()["error"]["code"] == code
