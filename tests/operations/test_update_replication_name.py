"""PUT /v1/{project_id}/replications/{replication_id}"""

import pytest
from freezegun import freeze_time

from sdrs_fake import PairStatus
from tests.operations.members import (
    ABSENT,
    PAIRS,
    RIGHT_NAMES,
    WRONG_BODIES,
    WRONG_NAMES,
    ask,
    outcome,
    pair,
    with_fields,
)
from tests.operations.test_show_replication import added


def rename(sdrs, name="new", pair_id="p"):
    body = {"replication": with_fields({}, {"name": name})}
    return ask(sdrs, "PUT", f"{PAIRS}/{pair_id}", body)


def test_the_documented_rename_comes_back_value_for_value(sdrs, fixture):
    sample = fixture("examples/update_replication_name")["replication"]
    sample["record_metadata"]["volume_size"] = 10  # the page has "10", against its own field table
    sample["updated_at"] = "2018-05-04T03:44:28.322000"  # the fake's clock has milliseconds
    added(sdrs, {**sample, "name": "old", "updated_at": sample["created_at"]})

    with freeze_time(f"{sample['updated_at']}Z"):
        body = fixture("examples/update_replication_name.request")
        response = ask(sdrs, "PUT", f"{PAIRS}/{sample['id']}", body)

    assert (response.status, response.json) == (200, {"replication": sample})
    assert pair(sdrs, sample["id"]) == sample


@pytest.mark.parametrize("name", RIGHT_NAMES)
def test_a_name_of_1_to_64_bytes_is_taken(sdrs, name):
    sdrs.add_replication_pair(id="p")

    assert rename(sdrs, name).json["replication"]["name"] == name


@pytest.mark.parametrize(("name", "code"), WRONG_NAMES)
def test_any_other_name_is_refused_and_nothing_changes(sdrs, name, code):
    before = sdrs.add_replication_pair(id="p", name="old")

    assert outcome(rename(sdrs, name)) == code
    assert sdrs.replication_pairs == (before,)


@pytest.mark.parametrize("body", [*WRONG_BODIES, {"replication": None}])
def test_a_body_without_the_object_is_refused(sdrs, body):
    sdrs.add_replication_pair(id="p")

    assert outcome(ask(sdrs, "PUT", f"{PAIRS}/p", body)) == "SDRS.0201"


def test_every_status_allows_it(sdrs):
    for status in PairStatus:
        sdrs.add_replication_pair(id=status, status=status)

        shown = rename(sdrs, pair_id=status).json["replication"]
        assert (shown["name"], shown["status"]) == ("new", status)


def test_what_is_gone_is_400_sdrs_1608(sdrs, fixture):
    response = rename(sdrs, pair_id="unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/replication_not_found"))


def test_a_wrong_body_is_refused_before_the_pair_is_looked_for(sdrs):
    assert outcome(rename(sdrs, ABSENT, "unheard-of")) == "SDRS.0201"
