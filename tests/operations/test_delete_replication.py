"""DELETE /v1/{project_id}/replications/{replication_id}"""

import pytest

from sdrs_fake import GroupStatus, PairStatus
from tests.operations.members import (
    PAIRS,
    WRONG_BODIES,
    ask,
    attached,
    job_of,
    listed,
    outcome,
    pair,
    rule_of,
)


def delete(sdrs, pair_id="p", **fields):
    return ask(sdrs, "DELETE", f"{PAIRS}/{pair_id}", {"replication": fields})


def test_the_documented_request_is_accepted_with_a_job(sdrs, fixture):
    body = fixture("examples/delete_replication.request")
    sdrs.add_replication_pair(id="p", server_group_id=body["replication"]["server_group_id"])

    response = ask(sdrs, "DELETE", f"{PAIRS}/p", body)

    assert response.status == 200
    assert response.json.keys() == fixture("examples/delete_replication").keys()


def test_its_job_names_nothing(sdrs):
    sdrs.add_replication_pair(id="p")

    job = job_of(sdrs, delete(sdrs))

    assert (job["job_type"], job["entities"]) == ("deleteReplicationPairNoCG", {})


def test_it_is_deleting_until_the_job_ends_and_then_gone(sdrs):
    sdrs.add_replication_pair(id="p")
    sdrs.jobs.hold()
    delete(sdrs)
    status = pair(sdrs, "p")["status"]
    sdrs.jobs.finish()

    gone = ask(sdrs, "GET", f"{PAIRS}/p")
    assert (status, outcome(gone), sdrs.replication_pairs) == ("deleting", "SDRS.1608", ())
    assert sdrs.protection_groups[0].replication_num == 0


def test_what_is_gone_is_400_sdrs_1608(sdrs, fixture):
    response = delete(sdrs, "unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/replication_not_found"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"server_group_id": "another"}, "SDRS.1611"),
        ({"server_group_id": ""}, "SDRS.0207"),
        ({"server_group_id": 5}, "SDRS.0207"),
        ({"delete_target_volume": "yes"}, "SDRS.0201"),
        ({"delete_target_volume": 1}, "SDRS.0201"),
        ({}, "accepted"),
        ({"server_group_id": None, "delete_target_volume": None}, "accepted"),
        ({"server_group_id": "g", "delete_target_volume": True}, "accepted"),
    ],
)
def test_its_fields_are_optional_and_have_to_be_right(sdrs, fields, code):
    sdrs.add_replication_pair(id="p", server_group_id="g")

    assert outcome(delete(sdrs, **fields)) == code
    assert listed(sdrs, PAIRS) == ([] if code == "accepted" else ["p"])


@pytest.mark.parametrize("body", [*WRONG_BODIES, {"replication": None}])
def test_a_body_without_the_object_is_refused(sdrs, body):
    sdrs.add_replication_pair(id="p")

    assert outcome(ask(sdrs, "DELETE", f"{PAIRS}/p", body)) == "SDRS.0201"


def test_a_pair_that_is_attached_stays(sdrs):
    sdrs.add_protected_instance(id="i")
    attached(sdrs, "i", id="p")

    assert outcome(delete(sdrs)) == "SDRS.1605"
    assert listed(sdrs, PAIRS) == ["p"]


def test_other_statuses_than_the_documented_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "DeleteReplication", "from_status")
    for status in PairStatus:
        sdrs.add_replication_pair(id=status, status=status)

        expected = "accepted" if status in allowed else "SDRS.1601"
        assert (status, outcome(delete(sdrs, status))) == (status, expected)


def test_other_statuses_of_the_group_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "DeleteReplication", "group_status")
    for status in GroupStatus:
        sdrs.add_protection_group(id=f"g-{status}", status=status)
        sdrs.add_replication_pair(id=status, server_group_id=f"g-{status}", status="available")

        expected = "accepted" if status in allowed else "SDRS.1002"
        assert (status, outcome(delete(sdrs, status))) == (status, expected)
