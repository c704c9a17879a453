"""POST /v1/{project_id}/replications/{replication_id}/action"""

import pytest

from sdrs_fake import GroupStatus, PairStatus
from tests.operations.members import (
    ABSENT,
    PAIRS,
    ask,
    job_of,
    outcome,
    pair,
    rule_of,
    with_fields,
)


def expand(sdrs, new_size=20, pair_id="p"):
    body = {"extend-replication": with_fields({}, {"new_size": new_size})}
    return act(sdrs, body, pair_id)


def act(sdrs, body, pair_id="p"):
    return ask(sdrs, "POST", f"{PAIRS}/{pair_id}/action", body)


def size(sdrs):
    return pair(sdrs, "p")["record_metadata"]["volume_size"]


def test_the_documented_request_is_accepted_with_a_job(sdrs, fixture):
    sdrs.add_replication_pair(id="p", record_metadata={"volume_size": 9})

    response = act(sdrs, fixture("examples/expand_replication.request"))

    assert response.status == 200
    assert response.json.keys() == fixture("examples/expand_replication").keys()
    assert size(sdrs) == 10


def test_its_job_names_the_pair(sdrs):
    sdrs.add_replication_pair(id="p")

    job = job_of(sdrs, expand(sdrs))

    assert job["job_type"] == "expandReplicationPairNew"
    assert job["entities"] == {"replication_pair_id": "p"}


def test_the_size_changes_when_the_job_ends(sdrs):
    sdrs.add_replication_pair(id="p")
    sdrs.jobs.hold()
    expand(sdrs)
    before = pair(sdrs, "p")["status"], size(sdrs)
    sdrs.jobs.finish()

    assert before == ("extending", 10)
    assert (pair(sdrs, "p")["status"], size(sdrs)) == ("available", 20)


@pytest.mark.parametrize(
    ("new_size", "expected"),
    [
        (11, 11),
        (11.9, 11),
        (10.9, "SDRS.0201"),
        (10, "SDRS.0201"),
        (9, "SDRS.0201"),
        (-1, "SDRS.0201"),
        (2**31, "SDRS.0201"),
        (1e300, "SDRS.0201"),
        ("20", "SDRS.0201"),
        (True, "SDRS.0201"),
        (None, "SDRS.0201"),
        (ABSENT, "SDRS.0201"),
    ],
)
def test_a_size_is_larger_than_before_and_decimals_are_cut(sdrs, new_size, expected):
    sdrs.add_replication_pair(id="p")

    answer = outcome(expand(sdrs, new_size))

    assert (size(sdrs) if answer == "accepted" else answer) == expected


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "SDRS.0201"),
        ([], "SDRS.0201"),
        ({"extend-replication": None}, "SDRS.0201"),
        ({"extend-replication": {"new_size": 20}, "other": {}}, "accepted"),
        ({"shrink-replication": {"new_size": 20}}, "SDRS.0206"),
    ],
)
def test_another_body_than_the_actions_is_refused(sdrs, body, code):
    sdrs.add_replication_pair(id="p")

    assert outcome(act(sdrs, body)) == code


def test_other_statuses_than_the_documented_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "ExpandReplication", "from_status")
    for status in PairStatus:
        sdrs.add_replication_pair(id=status, status=status)

        expected = "accepted" if status in allowed else "SDRS.1601"
        assert (status, outcome(expand(sdrs, pair_id=status))) == (status, expected)


def test_no_status_of_the_group_is_refused(sdrs):
    for status in GroupStatus:
        sdrs.add_protection_group(id=f"g-{status}", status=status)
        sdrs.add_replication_pair(id=status, server_group_id=f"g-{status}", status="available")

        assert (status, outcome(expand(sdrs, pair_id=status))) == (status, "accepted")


def test_a_pair_whose_production_site_is_the_target_is_refused(sdrs):
    sdrs.add_protection_group(id="g", status="protected", priority_station="target")
    sdrs.add_replication_pair(id="p", server_group_id="g")

    assert (outcome(expand(sdrs)), size(sdrs)) == ("SDRS.1809", 10)


def test_what_is_gone_is_400_sdrs_1608(sdrs, fixture):
    response = expand(sdrs, pair_id="unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/replication_not_found"))
