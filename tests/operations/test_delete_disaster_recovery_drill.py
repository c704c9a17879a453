"""DELETE /v1/{project_id}/disaster-recovery-drills/{disaster_recovery_drill_id}"""

import pytest

from sdrs_fake import DrillStatus
from tests.cases import show_job
from tests.operations.drill_cases import DRILL, GROUP, refused, send


def delete_group(sdrs):
    return sdrs.request("DELETE", f"/v1/{sdrs.project_id}/server-groups/{GROUP}")


@pytest.fixture
def drill(sdrs):
    sdrs.add_protection_group(id=GROUP)
    return sdrs.add_drill(id=DRILL)


def test_it_answers_a_job_and_the_drill_is_gone(sdrs, drill, fixture):
    response = send(sdrs, "DELETE", DRILL)

    assert response.status == 200
    assert list(response.json) == list(fixture("examples/delete_disaster_recovery_drill"))
    assert sdrs.drills == ()
    assert sdrs.protection_groups[0].disaster_recovery_drill_num == 0


def test_the_job_names_nothing(sdrs, drill):
    job = show_job(sdrs, send(sdrs, "DELETE", DRILL).json["job_id"]).json

    assert (job["job_type"], job["status"]) == ("deleteDisasterRecoveryDrill", "SUCCESS")
    assert job["entities"] == {}


def test_it_is_deleting_while_the_job_runs(sdrs, drill):
    sdrs.jobs.hold()
    send(sdrs, "DELETE", DRILL)

    assert sdrs.drills[0].status == "deleting"
    assert refused(send(sdrs, "DELETE", DRILL)) == (400, "SDRS.1913")


def test_a_drill_that_is_not_there_is_sdrs_1913(sdrs, fixture):
    response = send(sdrs, "DELETE", "unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/drill_delete_not_found"))


@pytest.mark.parametrize("status", DrillStatus)
def test_the_status_of_the_drill_decides(sdrs, status):
    sdrs.add_drill(id=DRILL, status=status)

    response = send(sdrs, "DELETE", DRILL)

    if status in {"available", "error", "error-deleting"}:
        assert (response.status, sdrs.drills) == (200, ())
    else:
        assert refused(response) == (400, "SDRS.1913")
        assert sdrs.drills[0].status == status


@pytest.mark.parametrize("status", ["creating", "protected", "error"])
def test_the_status_of_the_group_does_not_matter(sdrs, status):
    sdrs.add_protection_group(id=GROUP, status=status)
    sdrs.add_drill(id=DRILL)

    assert send(sdrs, "DELETE", DRILL).status == 200


def test_a_body_is_not_looked_at(sdrs, drill):
    assert send(sdrs, "DELETE", DRILL, json=["whatever"]).status == 200


def test_after_a_failed_deletion_it_can_be_deleted_again(sdrs, drill):
    sdrs.faults.fail_job("DeleteDisasterRecoveryDrill")
    job_id = send(sdrs, "DELETE", DRILL).json["job_id"]

    (row,) = sdrs.failure_jobs
    assert sdrs.drills[0].status == "error-deleting"
    assert (row.job_id, row.resource_id, row.failure_status) == (job_id, DRILL, "deleteFail")
    assert send(sdrs, "DELETE", DRILL).status == 200
    assert (sdrs.drills, len(sdrs.failure_jobs)) == ((), 1)


# The group


def test_a_group_with_a_drill_is_not_deleted_until_that_is_gone(sdrs, drill):
    assert refused(delete_group(sdrs)) == (400, "SDRS.1003")

    send(sdrs, "DELETE", DRILL)

    assert delete_group(sdrs).status == 200
    assert sdrs.protection_groups == ()


def test_a_group_whose_drill_is_being_deleted_stays(sdrs, drill):
    sdrs.jobs.hold()
    send(sdrs, "DELETE", DRILL)

    assert refused(delete_group(sdrs)) == (400, "SDRS.1003")


@pytest.mark.parametrize(
    ("add", "code"),
    [("add_protected_instance", "SDRS.1001"), ("add_replication_pair", "SDRS.1010")],
)
def test_instances_and_pairs_are_named_before_drills(sdrs, drill, add, code):
    getattr(sdrs, add)()

    assert refused(delete_group(sdrs)) == (400, code)
