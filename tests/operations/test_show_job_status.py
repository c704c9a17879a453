"""GET /v1/{project_id}/jobs/{job_id}"""

import datetime as dt
import json

import pytest

from sdrs_fake import Behavior, FakeSdrs, JobStatus
from sdrs_fake.domain.job_types import ENTITIES, JOB_TYPES
from tests.cases import added_job, show_job

OF_PAIRS = [job_type for job_type in ENTITIES if "ReplicationPair" in job_type]


@pytest.mark.parametrize("row", JOB_TYPES)
def test_a_failed_job_can_be_asked_for_as_a_job(sdrs, row):
    failed = sdrs.add_failure_job(**row._asdict())

    job = show_job(sdrs, failed.job_id).json

    wire = json.loads(failed.wire_json)
    names = ("job_id", "job_type", "begin_time", "error_code", "fail_reason")
    assert {name: job[name] for name in names} == {name: wire[name] for name in names}
    assert job["status"] == "FAIL"
    took = dt.datetime.fromisoformat(job["end_time"]) - failed.begin_time
    assert dt.timedelta(seconds=5) <= took <= dt.timedelta(seconds=20)


@pytest.mark.parametrize(
    ("fields", "entities"),
    [
        ({"job_type": "createProtectionGroupNoCG"}, {"server_group_id": "r"}),
        ({"job_type": "deleteProtectionGroup"}, {"server_group_id": "r"}),
        ({"job_type": "stopProtectionGroupNoCG"}, {"server_group_id": "r", "sub_jobs": []}),
        ({"job_type": "reprotectProtectionGroup"}, {"server_group_id": "r", "sub_jobs": []}),
        ({"job_type": "createProtectedInstanceNoCG"}, {"protected_instance_id": "r"}),
        ({"job_type": "deleteProtectedInstanceNoCG"}, {}),
        ({"job_type": "createReplicationPairNoCG"}, {"replication_pair_id": "r"}),
        ({"job_type": "attachReplicationPairNew"}, {"replication_pair_id": "r"}),
        (
            {"job_type": "attachReplicationPairNew", "resource_type": "protectedInstance"},
            {"protected_instance_id": "r"},
        ),
        ({"job_type": "createDisasterRecoveryDrill"}, {"disaster_recovery_drill_id": "r"}),
        ({"job_type": "someNewJob", "resource_type": "replications"}, {"replication_pair_id": "r"}),
    ],
)
def test_its_entities_name_the_resource_as_clients_look_for_it(sdrs, fields, entities):
    failed = sdrs.add_failure_job(resource_id="r", **fields)

    assert show_job(sdrs, failed.job_id).json["entities"] == entities


@pytest.mark.parametrize("job_type", OF_PAIRS)
@pytest.mark.parametrize("status", JobStatus)
def test_entities_of_jobs_of_a_pair_are_texts_alone(sdrs, job_type, status):
    failed = sdrs.add_failure_job(job_type=job_type, server_group_id="g")
    jobs = [added_job(sdrs, job_type=job_type, status=status), show_job(sdrs, failed.job_id).json]

    assert {type(value) for job in jobs for value in job["entities"].values()} <= {str}


@pytest.mark.parametrize("begin_time", ["1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"])
def test_a_job_of_any_time_has_an_end(sdrs, begin_time):
    failed = sdrs.add_failure_job(begin_time=begin_time)

    assert show_job(sdrs, failed.job_id).json["end_time"] >= begin_time


def test_a_job_deleted_from_the_task_center_can_still_be_asked_for(sdrs):
    failed = sdrs.add_failure_job()
    before = show_job(sdrs, failed.job_id).body
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/{failed.job_id}")

    assert (show_job(sdrs, failed.job_id).body, sdrs.failure_jobs) == (before, ())


def test_an_id_that_is_given_again_is_the_new_job(sdrs):
    sdrs.add_failure_job(job_id="one", error_code="SDRS.1014")
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/one")
    sdrs.add_failure_job(job_id="one", error_code="SDRS.1016")

    assert show_job(sdrs, "one").json["error_code"] == "SDRS.1016"


def test_every_seeded_job_can_be_asked_for(sdrs):
    jobs = sdrs.seed(failures=200, groups=4).failure_jobs

    for job in jobs:
        assert show_job(sdrs, job.job_id).json["fail_reason"] == job.fail_reason


# Unknown jobs


NULL_JOB = {"error": {"message": "Null job", "code": "SDRS.0408"}}


def test_an_unknown_job_is_404_sdrs_0408(sdrs):
    response = show_job(sdrs, "unheard-of")

    assert (response.status, response.json) == (404, NULL_JOB)


@pytest.mark.parametrize(
    ("choice", "status"), [("not_found", 404), ("server_error", 500), ("bad_request", 400)]
)
def test_behavior_unknown_job(choice, status):
    response = show_job(FakeSdrs(behavior=Behavior(unknown_job=choice)), "unheard-of")

    assert (response.status, response.json) == (status, NULL_JOB)


def test_a_job_of_another_project_or_from_before_a_reset_is_unknown(sdrs):
    sdrs.add_job(job_id="own")
    sdrs.project("other").add_job(job_id="other")
    before = [show_job(sdrs, job_id).status for job_id in ("own", "other")]
    sdrs.reset()

    assert (before, show_job(sdrs, "own").status) == ([200, 404], 404)
