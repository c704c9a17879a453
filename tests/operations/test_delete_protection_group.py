"""DELETE /v1/{project_id}/server-groups/{server_group_id}"""

import pytest

from tests.cases import show_job
from tests.operations.cases import GROUP, begin, code_of, send

DELETE = "DeleteProtectionGroup"


def test_it_answers_a_job_and_the_group_is_gone(sdrs, fixture):
    sdrs.add_protection_group(id=GROUP)

    response = send(sdrs, DELETE)

    assert response.status == 200
    assert set(response.json) == set(fixture("examples/delete_protection_group"))
    assert sdrs.protection_groups == ()
    shown = send(sdrs, "ShowProtectionGroup")
    assert (shown.status, shown.json) == (400, fixture("errors/group_not_found"))


def test_the_job_has_the_id_of_the_group(sdrs):
    sdrs.add_protection_group(id=GROUP)

    job = show_job(sdrs, begin(sdrs, DELETE)).json

    assert (job["job_type"], job["status"]) == ("deleteProtectionGroupNoCG", "SUCCESS")
    assert job["entities"] == {"server_group_id": GROUP}


def test_it_is_deleting_while_the_job_runs_and_is_not_deleted_again(sdrs):
    sdrs.add_protection_group(id=GROUP)
    sdrs.jobs.hold()
    send(sdrs, DELETE)

    assert sdrs.protection_groups[0].status == "deleting"
    assert code_of(send(sdrs, DELETE)) == "SDRS.1002"
    sdrs.jobs.finish()
    assert code_of(send(sdrs, DELETE)) == "SDRS.1013"


@pytest.mark.parametrize(
    ("add", "code"),
    [
        (("add_protected_instance",), "SDRS.1001"),
        (("add_replication_pair",), "SDRS.1010"),
        (("add_protected_instance", "add_replication_pair"), "SDRS.1001"),
    ],
)
@pytest.mark.parametrize("status", ["available", "error", "creating"])
def test_a_group_with_something_in_it_stays(sdrs, add, code, status):
    sdrs.add_protection_group(id=GROUP, status=status)
    for each in add:
        getattr(sdrs, each)(status="error")

    assert code_of(send(sdrs, DELETE)) == code
    assert (sdrs.protection_groups[0].status, list(sdrs.jobs)) == (status, [])


def test_what_is_in_another_group_does_not_matter(sdrs):
    sdrs.add_protection_group(id=GROUP)
    sdrs.add_replication_pair(server_group_id="another")

    begin(sdrs, DELETE)

    assert [group.id for group in sdrs.protection_groups] == ["another"]


def test_a_body_is_not_looked_at(sdrs):
    sdrs.add_protection_group(id=GROUP)

    assert send(sdrs, DELETE, json=["whatever"]).status == 200


def test_the_rows_of_a_group_that_is_gone_stay_in_the_task_center(sdrs, path):
    row = sdrs.add_failure_job(resource_type="server_groups", resource_id=GROUP)

    begin(sdrs, DELETE)

    (listed,) = sdrs.request("GET", path).json["failure_jobs"]
    assert (listed["job_id"], sdrs.protection_groups) == (row.job_id, ())


def test_what_python_put_into_it_meanwhile_goes_with_it(sdrs):
    sdrs.add_protection_group(id=GROUP)
    sdrs.jobs.hold()
    send(sdrs, DELETE)
    instance = sdrs.add_protected_instance()
    sdrs.add_replication_pair(
        attachment=[{"device": "/dev/vdb", "protected_instance": instance.id}]
    )
    sdrs.add_drill()
    sdrs.jobs.finish()

    assert sdrs.protection_groups == ()
    assert (sdrs.protected_instances, sdrs.replication_pairs, sdrs.drills) == ((), (), ())
