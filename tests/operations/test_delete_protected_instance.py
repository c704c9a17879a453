"""DELETE /v1/{project_id}/protected-instances/{protected_instance_id}"""

import pytest

from sdrs_fake import InstanceStatus
from tests.operations.members import (
    INSTANCES,
    PAIRS,
    ask,
    attached,
    instance,
    job_of,
    listed,
    outcome,
    pair,
    rule_of,
)


def delete(sdrs, instance_id="i", body=None):
    return ask(sdrs, "DELETE", f"{INSTANCES}/{instance_id}", body)


def test_the_documented_request_is_accepted_with_a_job(sdrs, fixture):
    sdrs.add_protected_instance(id="i")

    response = delete(sdrs, body=fixture("examples/delete_protected_instance.request"))

    assert response.status == 200
    assert response.json.keys() == fixture("examples/delete_protected_instance").keys()


@pytest.mark.parametrize("body", [None, {}, {"delete_target_server": True}, {"other": 1}])
def test_the_body_is_optional(sdrs, body):
    sdrs.add_protected_instance(id="i")

    assert outcome(delete(sdrs, body=body)) == "accepted"


def test_its_job_names_nothing(sdrs):
    sdrs.add_protected_instance(id="i")

    job = job_of(sdrs, delete(sdrs))

    assert (job["job_type"], job["entities"]) == ("deleteProtectedInstanceNoCG", {})


def test_it_is_deleting_until_the_job_ends_and_then_gone(sdrs):
    sdrs.add_protected_instance(id="i")
    sdrs.jobs.hold()
    delete(sdrs)
    status = instance(sdrs, "i")["status"]
    sdrs.jobs.finish()

    gone = ask(sdrs, "GET", f"{INSTANCES}/i")
    assert (status, outcome(gone), sdrs.protected_instances) == ("deleting", "SDRS.1320", ())
    assert sdrs.protection_groups[0].protected_instance_num == 0


def test_the_system_pair_goes_with_it_and_the_others_are_detached(sdrs):
    sdrs.add_protected_instance(id="i")
    attached(sdrs, "i", "/dev/vda", id="system", record_metadata={"bootable": True})
    attached(sdrs, "i", "/dev/vdb", id="data")
    attached(sdrs, "i", "/dev/vdba", id="more")
    sdrs.jobs.hold()
    delete(sdrs)
    before = listed(sdrs, PAIRS)
    sdrs.jobs.finish()

    assert set(before) == {"system", "data", "more"}
    assert set(listed(sdrs, PAIRS)) == {"data", "more"}
    assert (pair(sdrs, "data")["attachment"], pair(sdrs, "data")["status"]) == ([], "available")
    assert sdrs.protection_groups[0].replication_num == 2


def test_what_is_gone_is_400_sdrs_1301(sdrs, fixture):
    response = delete(sdrs, "unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/instance_delete_not_found"))


def test_other_statuses_than_the_documented_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "DeleteProtectedInstance", "from_status")
    for status in InstanceStatus:
        sdrs.add_protected_instance(id=status, status=status)

        expected = "accepted" if status in allowed else "SDRS.1301"
        assert (status, outcome(delete(sdrs, status))) == (status, expected)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"delete_target_server": "yes"}, "SDRS.0201"),
        ({"delete_target_server": 1}, "SDRS.0201"),
        ({"delete_target_eip": "true"}, "SDRS.0201"),
        ([], "SDRS.0201"),
        ("text", "SDRS.0201"),
    ],
)
def test_a_wrong_body_is_refused_and_nothing_is_deleted(sdrs, body, code):
    sdrs.add_protected_instance(id="i")

    assert outcome(delete(sdrs, body=body)) == code
    assert listed(sdrs, INSTANCES) == ["i"]


@pytest.mark.parametrize(
    ("station", "body", "expected"),
    [
        ("source", {"delete_target_server": True, "delete_target_eip": True}, "accepted"),
        ("target", {"delete_target_server": True, "delete_target_eip": True}, "SDRS.1330"),
        ("target", {"delete_target_server": True}, "SDRS.1330"),
        ("target", {"delete_target_eip": True}, "SDRS.1338"),
        ("target", {"delete_target_server": False, "delete_target_eip": None}, "accepted"),
        ("target", None, "accepted"),
    ],
)
def test_the_server_of_the_current_production_site_stays(sdrs, station, body, expected):
    sdrs.add_protection_group(id="g", priority_station=station)
    sdrs.add_protected_instance(id="i", server_group_id="g")

    assert outcome(delete(sdrs, body=body)) == expected


def test_a_pair_that_is_shared_with_another_instance_has_to_be_detached_first(sdrs):
    for each in "ij":
        sdrs.add_protected_instance(id=each)
    places = [{"device": "/dev/vdb", "protected_instance": each} for each in "ij"]
    sdrs.add_replication_pair(id="shared", attachment=places, record_metadata={"multiattach": True})

    assert outcome(delete(sdrs)) == "SDRS.1365"
    ask(sdrs, "DELETE", f"{INSTANCES}/j/detachreplication/shared")
    assert outcome(delete(sdrs)) == "accepted"


@pytest.mark.parametrize("status", ["error-attaching", "error-detaching"])
def test_a_pair_that_is_left_in_the_error_of_its_attachment_can_be_used_again(sdrs, status):
    sdrs.add_protected_instance(id="i")
    left = attached(sdrs, "i", status=status)
    delete(sdrs)

    assert (pair(sdrs, left.id)["status"], pair(sdrs, left.id)["attachment"]) == ("available", [])
    deletion = ask(sdrs, "DELETE", f"{PAIRS}/{left.id}", {"replication": {}})
    assert outcome(deletion) == "accepted"


@pytest.mark.parametrize("fails", [False, True])
def test_a_detachment_that_ends_after_its_instance_went_leaves_nothing_to_detach(sdrs, fails):
    sdrs.add_protected_instance(id="i")
    left = attached(sdrs, "i")
    if fails:
        sdrs.faults.fail_job("DetachProtectedInstanceReplication")
    sdrs.jobs.hold()
    ask(sdrs, "DELETE", f"{INSTANCES}/i/detachreplication/{left.id}")
    job = job_of(sdrs, delete(sdrs))
    sdrs.jobs.finish(job["job_id"])
    sdrs.jobs.finish()

    assert pair(sdrs, left.id)["status"] == "available"
