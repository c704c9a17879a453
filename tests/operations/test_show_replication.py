"""GET /v1/{project_id}/replications/{replication_id}"""

import json

import pytest

from tests.operations.members import PAIRS, ask, pair


def added(sdrs, sample):
    """A pair as in a sample, with the instances that it is attached to."""
    group_id = sample["server_group_id"]
    for each in sample["attachment"]:
        sdrs.add_protected_instance(id=each["protected_instance"], server_group_id=group_id)
    sdrs.add_replication_pair(**sample)


def test_the_documented_pair_comes_back_value_for_value_in_its_order(sdrs, fixture):
    sample = fixture("examples/show_replication")
    added(sdrs, sample["replication"])

    response = ask(sdrs, "GET", f"{PAIRS}/{sample['replication']['id']}")

    assert response.status == 200
    assert response.body.decode() == json.dumps(sample, separators=(",", ":"))


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        ("2018-05-04T03:43:24.108526", "2018-05-04T03:43:24.108526"),
        ("2018-05-04T03:43:24.100Z", "2018-05-04T03:43:24.100000"),
    ],
)
def test_times_have_six_digits_and_no_zone(sdrs, given, wire):
    sdrs.add_replication_pair(id="p", created_at=given, updated_at=given)

    shown = pair(sdrs, "p")
    assert (shown["created_at"], shown["updated_at"]) == (wire, wire)


@pytest.mark.parametrize(
    ("status", "shown"), [("error", {"failure_detail": "SDRS.1606"}), ("available", {})]
)
def test_the_code_of_a_failure_is_there_in_error_alone(sdrs, status, shown):
    sdrs.add_replication_pair(id="p", status=status, failure_detail="SDRS.1606")

    row = pair(sdrs, "p")
    assert {name: row[name] for name in row if name == "failure_detail"} == shown


def test_what_is_gone_is_400_sdrs_1608(sdrs, fixture):
    response = ask(sdrs, "GET", f"{PAIRS}/unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/replication_not_found"))
