"""The rows of the task center as they are added."""

import datetime as dt

from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.task_center import add_failure_jobs


def test_of_two_kinds_with_one_id_the_first_failure_says_what_the_resource_is():
    project = Project("p", Behavior())
    jobs = [
        FailureJob(
            resource_id="one",
            resource_name=kind,
            resource_type=kind,
            failure_status="deleteFail",
            job_id=f"job-{hour}",
            job_type="any",
            begin_time=dt.datetime(2026, 6, 1, hour, tzinfo=dt.UTC),
            error_code="SDRS.1351",
            fail_reason="it failed",
            server_group_id="group",
        )
        for hour, kind in enumerate(["protected_instances", "replications"])
    ]

    add_failure_jobs(project, jobs, with_resources=True)

    assert [each.status for each in project.protected_instances] == ["error-deleting"]
    assert list(project.replications) == []
