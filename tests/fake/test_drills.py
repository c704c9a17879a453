"""DR drills in Python: add_drill, drills, and what adds or takes them along."""

import json

import pytest

from sdrs_fake import DrillStatus, FakeSdrs
from tests.cases import refusal


def show(sdrs, drill_id):
    path = f"/v1/{sdrs.project_id}/disaster-recovery-drills/{drill_id}"
    return sdrs.request("GET", path).json


def number(sdrs, group_id):
    answer = sdrs.request("GET", f"/v1/{sdrs.project_id}/server-groups/{group_id}").json
    return answer["server_group"]["disaster_recovery_drill_num"]


def test_without_arguments_it_is_in_the_first_group_with_a_server_for_each_instance(sdrs):
    group = sdrs.add_protection_group()
    instances = [sdrs.add_protected_instance() for _ in range(2)]

    drill = sdrs.add_drill()

    assert (drill.server_group_id, drill.status) == (group.id, DrillStatus.AVAILABLE)
    assert drill.name.startswith("DR-Drill-")
    assert [each.protected_instance for each in drill.drill_servers] == [x.id for x in instances]
    assert drill.drill_vpc_id not in {group.source_vpc_id, group.target_vpc_id}
    assert sdrs.drills == (drill,)


def test_it_adds_the_group_that_is_not_there(sdrs):
    sdrs.add_drill(server_group_id="g")

    assert [group.id for group in sdrs.protection_groups] == ["g"]
    assert number(sdrs, "g") == 1


def test_given_servers_are_kept(sdrs):
    servers = [{"protected_instance": "i", "drill_server_id": "s"}]

    drill = sdrs.add_drill(drill_servers=servers)

    assert show(sdrs, drill.id)["disaster_recovery_drill"]["drill_servers"] == servers


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "broken"}, "status: 'broken' should be 'creating', 'available', 'deleting', "),
        ({"status": "protected"}, "status: 'protected' should be "),
        ({"name": 5}, "name: 5 should be a valid string"),
        ({"created_at": "2019-05-22"}, "created_at: '2019-05-22' should be a datetime with"),
        ({"drill_servers": [5]}, "drill_servers"),
        ({"vpc_id": "v"}, "vpc_id: no such field; did you mean drill_vpc_id"),
        ({"id": "taken"}, "id: 'taken' should be an id that no other resource"),
    ],
)
def test_a_wrong_field_is_refused_and_nothing_is_added(sdrs, fields, words):
    sdrs.add_protection_group(id="taken")

    assert words in refusal(sdrs.add_drill, **fields)
    assert sdrs.drills == ()


def test_drills_are_in_the_order_they_were_added(sdrs):
    sdrs.add_drill(id="b", created_at="2026-01-02T00:00:00Z")
    sdrs.add_drill(id="a", created_at="2026-01-01T00:00:00Z")

    assert [drill.id for drill in sdrs.drills] == ["b", "a"]


def test_deleting_a_group_takes_its_drills_along(sdrs):
    sdrs.add_drill(server_group_id="g")
    sdrs.add_drill(id="kept", server_group_id="h")

    sdrs.delete_protection_group("g")

    assert [drill.id for drill in sdrs.drills] == ["kept"]


def test_the_job_of_a_drill_that_went_with_its_group_succeeds(sdrs):
    sdrs.add_drill(id="d", server_group_id="g")
    sdrs.jobs.hold()
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/disaster-recovery-drills/d")
    sdrs.delete_protection_group("g")

    sdrs.jobs.finish()

    assert [str(job.status) for job in sdrs.jobs] == ["SUCCESS"]


@pytest.mark.parametrize(
    ("failure_status", "status"), [("createFail", "error"), ("deleteFail", "error-deleting")]
)
def test_a_failure_brings_its_drill_in_the_status_it_left(sdrs, failure_status, status):
    row = sdrs.add_failure_job(
        resource_type="disaster_recovery_drills",
        failure_status=failure_status,
        resource_name="quarterly",
        server_group_id="g",
    )

    (drill,) = sdrs.drills
    assert (drill.id, drill.name, drill.status) == (row.resource_id, "quarterly", status)
    assert (drill.server_group_id, number(sdrs, "g")) == ("g", 1)
    assert show(sdrs, drill.id)["disaster_recovery_drill"]["status"] == status


def test_a_failure_of_a_drill_that_is_there_changes_nothing_of_it(sdrs):
    drill = sdrs.add_drill()

    row = sdrs.add_failure_job(resource_id=drill.id, failure_status="deleteFail")

    assert (row.resource_type, row.resource_name) == ("disaster_recovery_drills", drill.name)
    assert sdrs.drills == (drill,)


def test_a_reset_empties_it(sdrs):
    sdrs.add_drill()

    sdrs.reset()

    assert sdrs.drills == ()


def test_a_fork_has_drills_of_its_own(sdrs):
    sdrs.add_drill(id="d")
    fork = sdrs.fork()
    fork.add_drill()
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/disaster-recovery-drills/d")

    assert (len(sdrs.drills), len(fork.drills)) == (0, 2)


# Files


def test_drills_come_back_from_a_file(sdrs, tmp_path):
    sdrs.add_protected_instance()
    sdrs.add_drill(status="error-deleting")

    sdrs.save(tmp_path / "fake.json")
    back = FakeSdrs.from_file(tmp_path / "fake.json")

    (row,) = json.loads((tmp_path / "fake.json").read_text())["projects"][0][
        "disaster_recovery_drills"
    ]
    assert row == show(sdrs, row["id"])["disaster_recovery_drill"]
    assert (back.drills, back.export_data()) == (sdrs.drills, sdrs.export_data())


def test_a_row_of_a_file_needs_no_field(sdrs):
    data = {"protection_groups": [{"id": "g"}], "disaster_recovery_drills": [{}]}

    assert sdrs.import_data(data)["disaster_recovery_drills"] == 1
    assert number(sdrs, "g") == 1


def test_a_wrong_row_is_named_and_nothing_is_added(sdrs):
    words = refusal(sdrs.import_data, {"disaster_recovery_drills": [{}, {"status": "x"}]})

    assert words.startswith("disaster_recovery_drills[1].status: 'x' should be 'creating'")
    assert sdrs.drills == ()


def test_a_running_creation_goes_on_after_an_import(sdrs):
    sdrs.add_protected_instance(server_group_id="g")
    sdrs.jobs.hold()
    body = {"disaster_recovery_drill": {"server_group_id": "g", "name": "new"}}
    sdrs.request("POST", f"/v1/{sdrs.project_id}/disaster-recovery-drills", json=body)
    with FakeSdrs(sdrs.project_id) as twin:
        twin.import_data(sdrs.export_data())
        before = twin.drills[0].status
        twin.jobs.finish()

        (drill,) = twin.drills
        assert (before, drill.status, len(drill.drill_servers)) == ("creating", "available", 1)
