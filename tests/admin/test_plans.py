"""Running jobs in imported data: a plan that could not end its job is refused by its place."""

import pytest

from sdrs_fake import FakeSdrs
from tests.cases import refusal

BEGIN = "2020-01-01T00:00:00.000Z"
BATCH = "batchCreateProtectedInstances"
SUB_JOB = {"job_id": "sub", "job_type": "createProtectedInstanceNoCG"}
READY = {"resource_id": "gone", "previous": "available"}


def plan(**fields):
    names = {"resource_id": "g", "resource_name": "n", "server_group_id": "g"}
    return {**names, "end_time": BEGIN, **fields}


PART = plan(job_id="sub", resource_id="i")


def imported(sdrs, job_type, entities, fields):
    """The message with which a job is refused that runs, and has a plan with these fields."""
    sdrs.add_protection_group(id="g", status="starting")
    sdrs.add_replication_pair(id="pair")
    job = {"job_id": "j", "job_type": job_type, "status": "RUNNING", "begin_time": BEGIN}
    return refusal(
        sdrs.import_data, {"jobs": [{**job, "entities": entities, "plan": plan(**fields)}]}
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"polls": -1}, "polls: -1 should be greater than or equal to 0"),
        ({"polls": 10**9}, "polls: 1000000000 should be less than or equal to 1000000"),
        ({"resource_name": "\ud800"}, "resource_name: '\\ud800' should be"),
        ({"error_code": "\ud800", "fail_reason": "x"}, "error_code: '\\ud800' should be"),
        ({"error_code": "X"}, "error_code: goes with fail_reason, and neither is empty"),
        ({"fail_reason": "x"}, "error_code: goes with fail_reason, and neither is empty"),
        (
            {"end_time": "2019-12-31T00:00:00Z"},
            "end_time: '2019-12-31T00:00:00.000Z' should not be earlier than begin_time",
        ),
        ({"batch": [PART]}, "batch: should have a plan for each sub-job of a batch"),
        ({"resource_id": "pair"}, "resource_id: 'pair' is none of the server_groups"),
    ],
)
def test_a_plan_has_to_fit_its_job(sdrs, fields, words):
    message = imported(sdrs, "startProtectionGroupNoCG", {}, fields)

    assert message.startswith(f"jobs[0].plan.{words}")


@pytest.mark.parametrize(
    ("job_type", "fields", "words"),
    [
        ("attachReplicationPairNew", {}, "resource_id: 'g' is none of the replications"),
        (
            "attachReplicationPairNew",
            {"resource_id": "pair", "previous": "attaching"},
            "previous: 'attaching' should be one of available, protected",
        ),
        ("addNicNew", READY, "values.nic_id: None should be a string"),
        (
            "expandReplicationPairNew",
            {**READY, "values": {"new_size": 0}},
            "values.new_size: 0 should be an integer, 1 or more",
        ),
        (
            "detachReplicationPairNew",
            {**READY, "values": {"protected_instance_id": 1}},
            "values.protected_instance_id: 1 should be a string",
        ),
        (
            "resizeProtectedInstanceNew",
            {**READY, "values": {"flavor": "f"}},
            "values.flavor: no such value",
        ),
        (
            "resizeProtectedInstanceNew",
            {**READY, "values": {"dr_flavor": 1}},
            "values.dr_flavor: 1 should be a string",
        ),
    ],
)
def test_a_plan_has_what_the_end_of_the_operation_needs(sdrs, job_type, fields, words):
    message = imported(sdrs, job_type, {}, fields)

    assert message.startswith(f"jobs[0].plan.{words}")


@pytest.mark.parametrize(
    ("sub_jobs", "parts", "words"),
    [
        ([], [], "plan.batch: should have a plan for each sub-job of a batch"),
        ([SUB_JOB], [], "plan.batch: should have a plan for each sub-job of a batch"),
        ([SUB_JOB], [{**PART, "polls": -1}], "plan.batch[0].polls: -1 should be greater than"),
        ([{**SUB_JOB, "job_type": "x"}], [PART], "job_type: 'x' is no operation that has a plan"),
        ([SUB_JOB], [{**PART, "resource_id": "g"}], "plan.batch[0].resource_id: 'g' is none of"),
    ],
)
def test_a_batch_has_a_plan_for_each_sub_job(sdrs, sub_jobs, parts, words):
    message = imported(sdrs, BATCH, {"sub_jobs": sub_jobs}, {"batch": parts})

    assert message.startswith(f"jobs[0].{words}")


@pytest.mark.parametrize("fails", [False, True])
def test_the_running_jobs_of_an_export_are_all_right(fails):
    sdrs = FakeSdrs(job_polls=1)
    sdrs.add_protection_group(id="g")
    servers = [{"server_id": "s1"}, {"server_id": "s2"}]
    body = {"protected_instances": {"server_group_id": "g", "name_prefix": "n", "servers": servers}}
    if fails:
        sdrs.faults.fail_job("BatchCreateProtectedInstances")
    sdrs.request("POST", f"/v1/{sdrs.project_id}/protected-instances/batch", json=body)
    twin = FakeSdrs()

    twin.import_data(sdrs.export_data())

    assert twin.export_data() == sdrs.export_data()
