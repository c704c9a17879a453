"""The reference as data, replayed: request lines, job types, parameters."""

import pytest

from sdrs_fake import FailureStatus, ResourceType
from sdrs_fake.domain.failure_jobs import SPELLINGS_OF_2019, FailureJobQuery
from sdrs_fake.domain.job_types import JOB_TYPES, JobType

SERVED = {"ListFailureJobs"}


def test_the_documented_request_lines_of_the_list_are_answered(sdrs, fixture):
    lines = [line for line in fixture("requests")["requests"] if line["operation"] in SERVED]
    statuses = []
    for line in lines:
        target = line["url"].removeprefix("https://{Endpoint}").format(project_id=sdrs.project_id)
        statuses.append(sdrs.request(line["method"], target).status)

    assert statuses == [200, 200]


def test_every_documented_parameter_is_read(fixture):
    documented = fixture("list_failure_jobs.operation")["query_params"]

    assert set(FailureJobQuery.model_fields) == {each["name"] for each in documented}


@pytest.mark.parametrize(
    ("name", "enum"), [("failure_status", FailureStatus), ("resource_type", ResourceType)]
)
def test_the_enums_are_the_documented_ones(fixture, name, enum):
    documented = fixture("list_failure_jobs.operation")["query_params"]

    assert [list(enum)] == [each["enum"] for each in documented if each["name"] == name]


def test_the_job_types_are_the_documented_ones_that_can_fail_into_the_list(fixture):
    messages = {error["code"]: error["message"] for error in fixture("error_codes")["errors"]}
    documented = {
        JobType(row["job_type"], row["resource_type"], row["failure_status"], code, messages[code])
        for row in fixture("job_types")["job_types"]
        if row["job_type"] and row["failure_status"]
        for code in row["failure_codes"]
    }

    assert set(JOB_TYPES) == documented


def test_the_spellings_of_2019_are_the_documented_ones(fixture):
    documented = {
        row["cts_resource_type"]: row["resource_type"]
        for row in fixture("job_types")["job_types"]
        if "attach" not in str(row["job_type"]) and "etach" not in str(row["job_type"])
    }

    assert documented == SPELLINGS_OF_2019


def test_a_get_does_not_make_a_project(sdrs):
    sdrs.request("GET", "/v1/looked-at/task-center/failure-jobs")

    assert sdrs.project_ids == frozenset()
