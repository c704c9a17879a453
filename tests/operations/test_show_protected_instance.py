"""GET /v1/{project_id}/protected-instances/{protected_instance_id}"""

import json

import pytest

from tests.operations.members import INSTANCES, ask


def added(sdrs, sample):
    """An instance as in a sample, with the pairs that it is attached to."""
    own = {name: value for name, value in sample.items() if name != "attachment"}
    sdrs.add_protected_instance(**own)
    for each in sample["attachment"]:
        place = {"device": each["device"], "protected_instance": sample["id"]}
        sdrs.add_replication_pair(
            id=each["replication"], server_group_id=sample["server_group_id"], attachment=[place]
        )


def test_the_documented_instance_comes_back_value_for_value_in_its_order(sdrs, fixture):
    sample = fixture("examples/show_protected_instance")
    added(sdrs, sample["protected_instance"])

    response = ask(sdrs, "GET", f"{INSTANCES}/{sample['protected_instance']['id']}")

    assert response.status == 200
    assert response.body.decode() == json.dumps(sample, separators=(",", ":"))


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        ("2018-05-02 22:43:03.0", "2018-05-02 22:43:03.0"),
        ("2018-05-02T22:43:03.910Z", "2018-05-02 22:43:03.91"),
    ],
)
def test_times_are_as_javas_timestamp_writes_them(sdrs, given, wire):
    sdrs.add_protected_instance(id="i", created_at=given, updated_at=given)

    shown = ask(sdrs, "GET", f"{INSTANCES}/i").json["protected_instance"]
    assert (shown["created_at"], shown["updated_at"]) == (wire, wire)


def test_what_is_gone_is_400_sdrs_1320(sdrs, fixture):
    response = ask(sdrs, "GET", f"{INSTANCES}/unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/instance_not_found"))
