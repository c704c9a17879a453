"""What the failure of a batch, of a NIC's job and of a resizing leaves behind."""

import pytest

from sdrs_fake import FakeSdrs
from tests.cases import show_job
from tests.operations.instance_cases import created, ended, nics, post, show

CODE, REASON = "EVS.2024", "SdrsGenerateNativeServerParamsTask-fail:no space"
BATCHES = ["BatchCreateProtectedInstances", "BatchDeleteProtectedInstances"]


@pytest.fixture
def group(sdrs):
    return sdrs.add_protection_group().id


@pytest.fixture
def instance(sdrs, group):
    """The id of an instance with its system pair, a primary NIC and another one."""
    one = created(sdrs, group)
    post(sdrs, f"/protected-instances/{one}/nic", {"subnet_id": "net"})
    return one


@pytest.fixture
def fail(sdrs):
    """`fail(operation)`: the next job of that operation will fail."""
    return lambda operation: sdrs.faults.fail_job(operation, code=CODE, reason=REASON)


def batch(sdrs, operation, group):
    """Begin a batch of two instances."""
    if operation == BATCHES[0]:
        servers = [{"server_id": f"new-{number}"} for number in range(2)]
        fields = {"name_prefix": "new", "server_group_id": group, "servers": servers}
        return post(sdrs, "/protected-instances/batch", {"protected_instances": fields})
    rows = [{"id": each.id} for each in sdrs.protected_instances]
    rows = rows or [{"id": created(sdrs, group)} for _ in range(2)]
    return post(sdrs, "/protected-instances/delete", {"protected_instances": rows})


def rows_of(sdrs, group):
    """The rows of a group in the task center, by their job."""
    path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
    answer = sdrs.request("GET", path, params={"server_group_id": group}).json
    return {row["job_id"]: row for row in answer["failure_jobs"]}


def of_failure(row):
    return row["error_code"], row["fail_reason"]


# NICs


@pytest.mark.parametrize("status", ["available", "protected"])
@pytest.mark.parametrize(
    "call",
    [
        ("AddProtectedInstanceNic", "nic", {"subnet_id": "net", "ip_address": "10.0.0.2"}),
        ("DeleteProtectedInstanceNic", "nic/delete", {"nic_id": "nic"}),
    ],
)
def test_a_failed_nic_job_leaves_the_instance_as_it_was_and_no_row(sdrs, fail, status, call):
    operation, path, body = call
    one = sdrs.add_protected_instance(status=status, nics=[{"id": "nic", "subnet_id": "net"}])
    fail(operation)
    job = ended(sdrs, post(sdrs, f"/protected-instances/{one.id}/{path}", body))

    assert (job["status"], *of_failure(job)) == ("FAIL", CODE, REASON)
    assert (show(sdrs, one.id)["status"], nics(sdrs, one.id)) == (status, one.nics)
    assert (sdrs.failure_jobs, sdrs.jobs.pending) == ((), ())
    again = post(sdrs, f"/protected-instances/{one.id}/{path}", body)  # the address is free
    assert ended(sdrs, again)["status"] == "SUCCESS"


def test_the_usual_codes_of_nic_jobs_are_the_documented_ones(sdrs, instance):
    sdrs.faults.fail_job("AddProtectedInstanceNic")
    sdrs.faults.fail_job("DeleteProtectedInstanceNic")
    path = f"/protected-instances/{instance}/nic"

    added = ended(sdrs, post(sdrs, path, {"subnet_id": "net"}))
    nic_id = nics(sdrs, instance)[1].id
    deleted = ended(sdrs, post(sdrs, f"{path}/delete", {"nic_id": nic_id}))

    assert [each["error_code"] for each in (added, deleted)] == ["SDRS.1312", "SDRS.1313"]


# Resizing


def test_a_failed_resizing_leaves_the_flavors_and_one_row(sdrs, group, instance, fail):
    fail("ResizeProtectedInstance")
    body = {"resize": {"flavorRef": "new"}}
    job = ended(sdrs, post(sdrs, f"/protected-instances/{instance}/resize", body))

    (one,) = sdrs.protected_instances
    assert (one.status, one.production_flavor, one.dr_flavor) == ("error-resizing", None, None)
    (row,) = rows_of(sdrs, group).values()
    assert (row["job_id"], row["failure_status"]) == (job["job_id"], "resizeFail")
    assert (row["resource_id"], *of_failure(row)) == (instance, CODE, REASON)


# Batches


@pytest.mark.parametrize(
    ("operation", "code"), [(BATCHES[0], "SDRS.1350"), (BATCHES[1], "SDRS.1351")]
)
def test_the_usual_code_of_a_batch_is_that_of_the_single_operation(sdrs, group, operation, code):
    sdrs.faults.fail_job(operation)

    assert ended(sdrs, batch(sdrs, operation, group))["error_code"] == code
    assert {row["error_code"] for row in rows_of(sdrs, group).values()} == {code}


@pytest.mark.parametrize("operation", BATCHES)
def test_a_failed_batch_fails_every_sub_job(sdrs, group, fail, operation):
    fail(operation)
    job = ended(sdrs, batch(sdrs, operation, group))

    for each in (job, *job["entities"]["sub_jobs"]):
        assert (each["status"], *of_failure(each)) == ("FAIL", CODE, REASON)


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [(BATCHES[0], ("createFail", "error")), (BATCHES[1], ("deleteFail", "error-deleting"))],
)
def test_a_failed_batch_gives_a_row_for_each_instance(sdrs, group, fail, operation, statuses):
    fail(operation)
    job = ended(sdrs, batch(sdrs, operation, group))

    rows = rows_of(sdrs, group)
    parts = {each["job_id"]: each for each in job["entities"]["sub_jobs"]}
    assert (rows.keys(), job["job_id"] in rows) == (parts.keys(), False)
    for job_id, row in rows.items():
        part, one = parts[job_id], show(sdrs, row["resource_id"])
        assert part["entities"]["protected_instance_id"] == one["id"]
        assert (row["failure_status"], one["status"]) == statuses
        assert (row["resource_name"], row["job_type"]) == (one["name"], part["job_type"])
        assert (row["begin_time"], *of_failure(row)) == (job["begin_time"], CODE, REASON)
        assert show_job(sdrs, job_id).json == part


def test_a_failed_batch_creation_makes_no_pair_and_its_servers_stay_taken(sdrs, group, fail):
    fail(BATCHES[0])
    batch(sdrs, BATCHES[0], group)

    assert sdrs.replication_pairs == ()
    assert batch(sdrs, BATCHES[0], group).json["error"]["code"] == "SDRS.1305"


def test_a_failed_batch_deletion_leaves_the_pairs_and_can_be_tried_again(sdrs, group, fail):
    fail(BATCHES[1])
    batch(sdrs, BATCHES[1], group)

    assert [len(each.attachment) for each in sdrs.replication_pairs] == [1, 1]
    assert ended(sdrs, batch(sdrs, BATCHES[1], group))["status"] == "SUCCESS"
    assert (sdrs.protected_instances, sdrs.replication_pairs) == ((), ())
    assert len(rows_of(sdrs, group)) == 2


@pytest.mark.parametrize("operation", BATCHES)
def test_a_batch_that_will_fail_does_so_in_a_file_and_in_a_fork(
    sdrs, group, fail, operation, tmp_path
):
    sdrs.jobs.hold()
    fail(operation)
    if operation == BATCHES[1]:
        sdrs.add_protected_instance()
    job = ended(sdrs, batch(sdrs, operation, group))
    parts = [each["job_id"] for each in job["entities"]["sub_jobs"]]
    sdrs.save(tmp_path / "sdrs.json")

    for other in (FakeSdrs.from_file(tmp_path / "sdrs.json"), sdrs.fork()):
        other.jobs.finish(job["job_id"])
        assert sorted(rows_of(other, group)) == sorted(parts)
        other.save(tmp_path / "again.json")
        again = FakeSdrs.from_file(tmp_path / "again.json")
        assert rows_of(again, group) == rows_of(other, group)
        for job_id in (job["job_id"], *parts):
            assert show_job(again, job_id).json == show_job(other, job_id).json
    assert rows_of(sdrs, group) == {}
