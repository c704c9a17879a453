"""POST /v1/{project_id}/disaster-recovery-drills"""

import re

import pytest

from sdrs_fake import GroupStatus
from tests.cases import show_job
from tests.operations.drill_cases import (
    GROUP,
    VPC,
    create,
    refused,
    send,
    show,
)


@pytest.fixture
def group(sdrs):
    return sdrs.add_protection_group(id=GROUP)


def created(sdrs, **fields):
    """The drill that was created, as it is answered."""
    job = show_job(sdrs, create(sdrs, **fields).json["job_id"]).json
    return show(sdrs, job["entities"]["disaster_recovery_drill_id"])


def test_the_documented_request_makes_a_drill_of_what_it_says(sdrs, fixture):
    request = fixture("examples/create_disaster_recovery_drill.request")
    given = request["disaster_recovery_drill"]
    sdrs.add_protection_group(id=given["server_group_id"])

    response = send(sdrs, "POST", json=request)

    assert response.status == 200
    assert list(response.json) == list(fixture("examples/create_disaster_recovery_drill"))
    (drill,) = sdrs.drills
    assert {name: getattr(drill, name) for name in given} == given


def test_the_job_names_the_drill_alone(sdrs, group):
    job = show_job(sdrs, create(sdrs).json["job_id"]).json

    assert (job["job_type"], job["status"]) == ("createDisasterRecoveryDrill", "SUCCESS")
    assert job["entities"] == {"disaster_recovery_drill_id": sdrs.drills[0].id}


def test_a_drill_is_creating_and_without_servers_until_its_job_is_over(sdrs, group):
    sdrs.add_protected_instance(server_group_id=GROUP)
    sdrs.jobs.hold()
    create(sdrs)
    before = sdrs.drills[0]

    sdrs.jobs.finish()

    after = sdrs.drills[0]
    assert (before.status, len(before.drill_servers)) == ("creating", 0)
    assert (after.status, len(after.drill_servers)) == ("available", 1)
    assert after.updated_at >= after.created_at == before.created_at


def test_a_drill_has_a_server_for_each_instance_of_its_group(sdrs, group):
    sdrs.add_protected_instance(id="a", server_group_id=GROUP)
    sdrs.add_protected_instance(id="b", server_group_id=GROUP)
    sdrs.add_protected_instance(server_group_id="another")

    servers = created(sdrs)["drill_servers"]

    assert [each["protected_instance"] for each in servers] == ["a", "b"]
    assert len({each["drill_server_id"] for each in servers}) == 2


def test_a_drill_of_a_group_with_nothing_in_it_has_no_servers(sdrs, group):
    assert created(sdrs)["drill_servers"] == []


@pytest.mark.parametrize("value", [..., None], ids=["missing", "null"])
def test_without_a_vpc_one_is_made(sdrs, group, value):
    vpcs = {created(sdrs, drill_vpc_id=value)["drill_vpc_id"] for _ in range(2)}

    assert len(vpcs) == 2
    assert {group.source_vpc_id, group.target_vpc_id}.isdisjoint(vpcs)


def test_the_group_counts_its_drills_from_the_start_of_the_job(sdrs, group):
    sdrs.jobs.hold()
    create(sdrs)
    sdrs.add_drill(server_group_id="another")

    shown = sdrs.request("GET", f"/v1/{sdrs.project_id}/server-groups/{GROUP}").json
    assert shown["server_group"]["disaster_recovery_drill_num"] == 1


# Refusals


def test_a_group_that_is_not_there_is_sdrs_1013(sdrs):
    assert refused(create(sdrs)) == (400, "SDRS.1013")


@pytest.mark.parametrize("status", GroupStatus)
def test_a_group_in_a_status_that_is_not_documented_for_it_is_sdrs_1002(sdrs, fixture, status):
    operations = {each["operation_id"]: each for each in fixture("operations")["operations"]}
    page = operations["CreateDisasterRecoveryDrill"]["constraints"]
    (rule,) = [each["rule"] for each in page if each["rule"].startswith("group.status in ")]
    sdrs.add_protection_group(id=GROUP, status=status)

    response = create(sdrs)

    if status in re.search(r"{(.*)}", rule)[1].split(","):
        assert (response.status, sdrs.protection_groups[0].status) == (200, status)
    else:
        assert refused(response) == (400, "SDRS.1002")
        assert sdrs.drills == ()


@pytest.mark.parametrize("field", ["source_vpc_id", "target_vpc_id"])
def test_a_vpc_of_the_group_is_sdrs_1907(sdrs, field):
    sdrs.add_protection_group(id=GROUP, **{field: VPC})

    assert refused(create(sdrs)) == (400, "SDRS.1907")
    assert sdrs.drills == ()


def test_a_vpc_in_which_a_drill_is_being_created_is_sdrs_1921(sdrs, group):
    sdrs.jobs.hold()
    create(sdrs)

    assert refused(create(sdrs)) == (400, "SDRS.1921")
    sdrs.jobs.finish()
    assert create(sdrs).status == 200


def test_a_pair_that_is_attached_to_nothing_does_not_matter(sdrs, group):
    sdrs.add_replication_pair(server_group_id=GROUP)

    assert create(sdrs).status == 200


@pytest.mark.parametrize("code", ["SDRS.1908", "SDRS.1920", "SDRS.1928", "SDRS.1929"])
def test_what_other_services_know_is_refused_where_it_is_armed(sdrs, group, code):
    sdrs.faults.fail("CreateDisasterRecoveryDrill", code=code)

    response = create(sdrs)

    assert refused(response) == (500 if code == "SDRS.1920" else 400, code)
    assert sdrs.drills == ()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "SDRS.0202"),
        ("name", "x" * 65, "SDRS.0202"),
        ("name", "复" * 22, "SDRS.0202"),
        ("name", "a b", "SDRS.0202"),
        ("name", 5, "SDRS.0202"),
        ("server_group_id", "", "SDRS.0207"),
        ("server_group_id", 5, "SDRS.0207"),
        ("drill_vpc_id", "", "SDRS.0204"),
        ("drill_vpc_id", ["v"], "SDRS.0204"),
        ("name", ..., "SDRS.0201"),
        ("name", None, "SDRS.0201"),
        ("server_group_id", ..., "SDRS.0201"),
        ("server_group_id", None, "SDRS.0201"),
    ],
)
def test_a_wrong_field_has_a_code_of_its_own(sdrs, group, field, value, code):
    assert refused(create(sdrs, **{field: value})) == (400, code)
    assert (sdrs.drills, list(sdrs.jobs)) == ((), [])


@pytest.mark.parametrize("name", ["a", "A-z_0.9", "复" * 21 + "a", "x" * 64])
def test_a_name_has_up_to_64_bytes(sdrs, group, name):
    assert created(sdrs, name=name)["name"] == name


@pytest.mark.parametrize("body", [None, [], {}, {"disaster_recovery_drill": None}, {"name": "a"}])
def test_another_body_is_sdrs_0201(sdrs, body):
    assert refused(send(sdrs, "POST", json=body)) == (400, "SDRS.0201")


# Failures


def test_a_failed_creation_leaves_a_drill_in_error_and_a_row_in_the_task_center(sdrs, group):
    sdrs.add_protected_instance(server_group_id=GROUP)
    sdrs.faults.fail_job("CreateDisasterRecoveryDrill")

    job_id = create(sdrs).json["job_id"]

    (drill,) = sdrs.drills
    (row,) = sdrs.failure_jobs
    assert (drill.status, drill.drill_servers) == ("error", ())
    assert (row.job_id, row.resource_id, row.failure_status) == (job_id, drill.id, "createFail")
    assert (row.resource_type, row.error_code) == ("disaster_recovery_drills", "SDRS.1922")
    assert show_job(sdrs, job_id).json["status"] == "FAIL"
