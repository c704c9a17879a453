"""The official SDK meets operations that fail: the job, the task center, a retry, a clean-up."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from sdrs_fake.domain.transitions import TRANSITIONS
from tests.cases import show_job
from tests.operations.cases import (
    DRILL,
    GROUP,
    INSTANCE,
    NIC,
    PAIR,
    REQUESTS,
    add_what_it_needs,
    add_what_the_transition_needs,
)
from tests.sdk import client_of, opened, v1

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
OPERATIONS = json.loads((FIXTURES / "operations.json").read_text(encoding="utf-8"))["operations"]
METHODS = {each["operation_id"]: each["sdk_method"] for each in OPERATIONS}
CODE, REASON = "EVS.2024", "SdrsExtendReplicationPairNewTask-fail:volume is error!"
IDS = {
    "server_group_id": GROUP,
    "protected_instance_id": INSTANCE,
    "replication_id": PAIR,
    "disaster_recovery_drill_id": DRILL,
}


class Kind(NamedTuple):
    """How a kind of resource is called in Python, in answers, in paths, and in operations."""

    attribute: str
    wrapper: str
    id: str
    word: str


KINDS = {
    "server_groups": Kind(
        "protection_groups", "server_group", "server_group_id", "ProtectionGroup"
    ),
    "protected_instances": Kind(
        "protected_instances", "protected_instance", "protected_instance_id", "ProtectedInstance"
    ),
    "replications": Kind("replication_pairs", "replication", "replication_id", "Replication"),
    "disaster_recovery_drills": Kind(
        "drills",
        "disaster_recovery_drill",
        "disaster_recovery_drill_id",
        "DisasterRecoveryDrill",
    ),
}
BATCHES = [row for row in TRANSITIONS if row.operation.startswith("Batch")]
OF_NICS = [row for row in TRANSITIONS if not row.failure_status]
CREATIONS = [row for row in TRANSITIONS if row.running == "creating"]
FAILING = [row for row in TRANSITIONS if row.failure_status]
RETRIED = [row for row in TRANSITIONS if row.error in (row.allowed or ())]


def model(kind_name, content):
    """A model of the SDK with all models in it, from JSON."""
    if kind_name.startswith("list["):
        return [model(kind_name[5:-1], each) for each in content]
    if not hasattr(v1, kind_name):
        return content
    kind = getattr(v1, kind_name)
    names = {wire: name for name, wire in kind.attribute_map.items()}
    return kind(
        **{
            names[wire]: model(kind.openapi_types[names[wire]], value)
            for wire, value in content.items()
        }
    )


class Program:
    """A program that is built on the SDK."""

    def __init__(self, client):
        self._client = client

    def call(self, operation, body=..., **ids):
        """Call an operation on the resources of `cases`, or on those of other ids."""
        kind = getattr(v1, f"{operation}Request")
        _, _, usual = REQUESTS.get(operation, ("", "", None))
        content = usual if body is ... else body
        if operation == "DeleteProtectedInstance":
            content = {}
        fields = {name: value for name, value in IDS.items() if name in kind.attribute_map}
        fields |= ids
        if content is not None and "body" in kind.attribute_map:
            fields["body"] = model(kind.openapi_types["body"], content)
        return getattr(self._client, METHODS[operation])(kind(**fields))

    def job(self, job_id):
        return self.call("ShowJobStatus", job_id=job_id)

    def run(self, operation, body=..., **ids):
        """The job of an operation, asked for once."""
        return self.job(self.call(operation, body, **ids).job_id)

    def rows(self, **filters):
        return self.call("ListFailureJobs", **{"server_group_id": GROUP, **filters}).failure_jobs

    def show(self, kind, resource_id):
        _, wrapper, id_, word = KINDS[kind]
        return getattr(self.call(f"Show{word}", **{id_: resource_id}), wrapper)


@pytest.fixture
def program(sdrs):
    with opened(client_of(sdrs.project_id, sdrs.url)) as client:
        yield Program(client)


def name_of(row):
    return row.job_type


def failed(sdrs, program, row):
    """The job of an operation that fails on purpose."""
    add_what_the_transition_needs(sdrs, row)
    sdrs.faults.fail_job(row.operation, code=CODE, reason=REASON)
    return program.run(row.operation)


def resources(sdrs, row):
    """What an operation is about: the newest of its kind, two where it makes two."""
    count = 2 if row.operation == "BatchCreateProtectedInstances" else 1
    return getattr(sdrs, KINDS[row.resource_type].attribute)[-count:]


def code_and_reason(failure):
    return failure.error_code, failure.fail_reason


# Each documented transition


GO_ON = {
    "held": lambda sdrs, program, job_id: sdrs.jobs.finish(job_id),
    "polled": lambda sdrs, program, job_id: program.job(job_id),
    "later": lambda sdrs, program, job_id: sdrs.clock.advance(seconds=60),
}
"""What ends a job that does not end at once."""

NOON = "2026-03-01T12:00:00.000Z"
WAYS = [
    "at once",
    "held",
    pytest.param("polled", marks=pytest.mark.sdrs(job_polls=2)),
    pytest.param("later", marks=pytest.mark.sdrs(job_duration=60)),
    pytest.param("frozen", marks=pytest.mark.sdrs(frozen_at=NOON)),
]


@pytest.mark.parametrize("row", TRANSITIONS, ids=name_of)
@pytest.mark.parametrize("way", WAYS)
def test_an_operation_ends_as_fail_in_the_task_center_and_in_its_error_status(
    sdrs, program, row, way
):
    add_what_the_transition_needs(sdrs, row)
    sdrs.faults.fail_job(row.operation, code=CODE, reason=REASON)
    if way == "held":
        sdrs.jobs.hold()
    job_id = program.call(row.operation).job_id
    if way in GO_ON:
        assert program.job(job_id).status == "RUNNING"
        assert {each.status for each in resources(sdrs, row)} == {row.running}
        assert list(sdrs.failure_jobs) == []
        GO_ON[way](sdrs, program, job_id)

    job = program.job(job_id)

    assert (job.status, job.job_type, *code_and_reason(job)) == ("FAIL", row.job_type, CODE, REASON)
    assert {each.status for each in resources(sdrs, row)} == {row.error or "available"}
    assert way != "frozen" or job.begin_time == job.end_time == NOON
    check_rows(sdrs, program, row, job)


def check_rows(sdrs, program, row, job):
    """The rows of the task center repeat the job word for word, and agree with the resources."""
    about = resources(sdrs, row)
    own = about[0].id if row.operation == "CreateProtectionGroup" else GROUP
    rows = {each.job_id: each for each in program.rows(server_group_id=own)}
    jobs = job.entities.sub_jobs if row in BATCHES else [job]
    assert set(rows) == ({each.job_id for each in jobs} if row.failure_status else set())
    for each, resource in zip(jobs if rows else (), about if rows else (), strict=True):
        listed = rows[each.job_id]
        for name in ("job_type", "begin_time", "error_code", "fail_reason"):
            assert getattr(listed, name) == getattr(each, name)
        kind, status = listed.resource_type, listed.failure_status
        assert (each.status, kind, status) == ("FAIL", row.resource_type, row.failure_status)
        assert (listed.resource_id, listed.resource_name) == (resource.id, resource.name)
        assert program.show(row.resource_type, resource.id).status == row.error


@pytest.mark.parametrize("row", [row for row in TRANSITIONS if row.members], ids=name_of)
def test_the_members_that_followed_stand_in_the_error_status_too(sdrs, program, row):
    add_what_the_transition_needs(sdrs, row)
    (group,) = sdrs.protection_groups
    follower = sdrs.add_protected_instance(status=group.status)
    other = sdrs.add_protected_instance(status="error-resizing")
    sdrs.faults.fail_job(row.operation, code=CODE, reason=REASON)

    job = program.run(row.operation)

    sub_job, *more = job.entities.sub_jobs
    assert (sub_job.status, *code_and_reason(sub_job), more) == ("FAIL", CODE, REASON, [])
    assert program.show("protected_instances", follower.id).status == row.error
    assert program.show("protected_instances", other.id).status == "error-resizing"
    assert program.show("replications", PAIR).status == row.error
    everything = *sdrs.protection_groups, *sdrs.protected_instances, *sdrs.replication_pairs
    assert {each.priority_station for each in everything} == {"source"}


def test_of_several_sub_jobs_the_first_carries_the_code(sdrs, program):
    add_what_it_needs(sdrs, "StopProtectionGroup")
    sdrs.add_replication_pair(status="protected")
    sdrs.faults.fail_job("StopProtectionGroup", code=CODE, reason=REASON)

    job = program.run("StopProtectionGroup")

    assert [(each.status, *code_and_reason(each)) for each in job.entities.sub_jobs] == [
        ("FAIL", CODE, REASON),
        ("SUCCESS", None, None),
    ]


# Retry and clean-up


@pytest.mark.parametrize("row", RETRIED, ids=name_of)
def test_an_operation_that_failed_is_tried_again_and_its_row_stays(sdrs, program, row):
    first = failed(sdrs, program, row)
    before = program.rows()

    again = program.run(row.operation)

    assert (again.status, again.job_type) == ("SUCCESS", row.job_type)
    assert again.job_id != first.job_id
    assert program.rows() == before != []
    everything = *sdrs.protection_groups, *sdrs.protected_instances, *sdrs.replication_pairs
    stable = {"available", "protected", "failed-over"}
    assert {each.status for each in (*everything, *sdrs.drills)} <= stable


@pytest.mark.parametrize("row", RETRIED, ids=name_of)
def test_a_retry_can_fail_too_and_each_has_its_row(sdrs, program, row):
    jobs = [failed(sdrs, program, row)]
    sdrs.faults.fail_job(row.operation)

    jobs.append(program.run(row.operation))

    assert {each.status for each in jobs} == {"FAIL"}
    if row in BATCHES:
        jobs = [sub_job for job in jobs for sub_job in job.entities.sub_jobs]
    assert {each.job_id for each in program.rows()} == {each.job_id for each in jobs}
    assert len(program.rows()) == len(jobs)
    assert {each.status for each in resources(sdrs, row)} == {row.error}


@pytest.mark.parametrize("row", OF_NICS, ids=name_of)
def test_a_failed_job_of_a_nic_leaves_the_instance_for_another_try(sdrs, program, row):
    failed(sdrs, program, row)
    (instance,) = sdrs.protected_instances
    left = [nic.id for nic in instance.nics]

    assert program.run(row.operation).status == "SUCCESS"
    assert left == [NIC]


@pytest.mark.parametrize("row", CREATIONS, ids=name_of)
def test_what_a_failed_creation_left_is_deleted_and_the_creation_tried_again(sdrs, program, row):
    failed(sdrs, program, row)
    left = resources(sdrs, row)
    attribute, _, id_, word = KINDS[row.resource_type]

    for each in left:
        assert program.run(f"Delete{word}", **{id_: each.id}).status == "SUCCESS"
    again = program.run(row.operation)

    assert again.status == "SUCCESS"
    assert not {each.id for each in left} & {each.id for each in getattr(sdrs, attribute)}
    group = left[0].id if word == "ProtectionGroup" else GROUP
    listed = program.rows(server_group_id=group)
    assert {each.resource_id for each in listed} == {each.id for each in left}


@pytest.mark.parametrize("row", CREATIONS, ids=name_of)
def test_the_job_of_a_failed_creation_names_what_it_left(sdrs, program, row):
    job_id = failed(sdrs, program, row).job_id

    job = show_job(sdrs, job_id).json  # the SDK's model lacks the key of drills
    jobs = job["entities"]["sub_jobs"] if row in BATCHES else [job]
    keys = {"replications": "replication_pair_id"}
    key = keys.get(row.resource_type, KINDS[row.resource_type].id)
    named = [each["entities"][key] for each in jobs]
    assert named == [each.id for each in resources(sdrs, row)]
    assert {each.status for each in resources(sdrs, row)} == {"error"}


def test_after_a_failed_attaching_the_pair_is_detached_and_then_deleted(sdrs, program):
    (row,) = [each for each in TRANSITIONS if each.running == "attaching"]
    failed(sdrs, program, row)
    pair = program.show("replications", PAIR)
    instance = program.show("protected_instances", INSTANCE)

    assert [each.protected_instance for each in pair.attachment] == [INSTANCE]
    assert [each.replication for each in instance.attachment] == [PAIR]
    assert program.run("DetachProtectedInstanceReplication").status == "SUCCESS"
    assert program.show("replications", PAIR).status == "available"
    assert program.run("DeleteReplication").status == "SUCCESS"
    assert (sdrs.replication_pairs, len(program.rows())) == ((), 1)


def test_after_a_failed_detaching_only_detaching_leads_on(sdrs, program):
    (row,) = [each for each in TRANSITIONS if each.running == "detaching"]
    failed(sdrs, program, row)

    (attached,) = program.show("replications", PAIR).attachment
    assert attached.protected_instance == INSTANCE
    assert program.run("DetachProtectedInstanceReplication").status == "SUCCESS"
    assert program.show("replications", PAIR).attachment == []


def test_after_a_failed_expansion_the_size_is_the_old_one(sdrs, program):
    (row,) = [each for each in TRANSITIONS if each.running == "extending"]
    failed(sdrs, program, row)

    assert program.show("replications", PAIR).record_metadata.volume_size == 10
    assert program.run("ExpandReplication").status == "SUCCESS"
    assert program.show("replications", PAIR).record_metadata.volume_size == 100


def test_a_failed_reversal_can_end_in_a_failover(sdrs, program):
    (row,) = [each for each in TRANSITIONS if each.running == "reversing"]
    failed(sdrs, program, row)

    assert program.run("StartFailoverProtectionGroup").status == "SUCCESS"
    group = program.show("server_groups", GROUP)
    assert (group.status, group.priority_station) == ("failed-over", "target")


@pytest.mark.parametrize("row", FAILING, ids=name_of)
def test_what_failed_is_deleted_with_all_around_it_and_its_rows_stay(sdrs, program, row):
    failed(sdrs, program, row)
    about = [each.id for each in resources(sdrs, row)]
    groups = {each.id for each in sdrs.protection_groups}

    for pair in sdrs.replication_pairs:
        if pair.instance_id is not None:
            ids = {"replication_id": pair.id, "protected_instance_id": pair.instance_id}
            assert program.run("DetachProtectedInstanceReplication", **ids).status == "SUCCESS"
    for kind in reversed(KINDS.values()):  # the groups, which have to be empty, are the last
        for each in getattr(sdrs, kind.attribute):
            assert program.run(f"Delete{kind.word}", **{kind.id: each.id}).status == "SUCCESS"

    listed = [each for group in groups for each in program.rows(server_group_id=group)]
    assert [each.resource_id for each in reversed(listed)] == about


@pytest.mark.parametrize("row", FAILING, ids=name_of)
def test_deleting_a_row_leaves_the_resource_and_the_job(sdrs, program, row):
    job = failed(sdrs, program, row)
    group = resources(sdrs, row)[0].id if row.operation == "CreateProtectionGroup" else GROUP
    rows = program.rows(server_group_id=group)

    for each in rows:
        program.call("DeleteFailureJob", failure_job_id=each.job_id)

    assert (program.rows(server_group_id=group), len(rows)) == ([], len(resources(sdrs, row)))
    for each in resources(sdrs, row):
        assert program.show(row.resource_type, each.id).status == row.error
    assert code_and_reason(program.job(job.job_id)) == (CODE, REASON)


def test_the_rows_of_a_deleted_group_stay_listed_under_its_id(sdrs, program):
    (row,) = [each for each in TRANSITIONS if each.job_type == "deleteProtectionGroupNoCG"]
    failed(sdrs, program, row)

    assert program.run("DeleteProtectionGroup").status == "SUCCESS"
    assert sdrs.protection_groups == ()
    assert [each.resource_id for each in program.rows()] == [GROUP]
    assert [each.resource_id for each in program.rows(server_group_id=None)] == [GROUP]
