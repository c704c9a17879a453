"""GET /v1/{project_id}/replications"""

import json

import pytest

from sdrs_fake import Behavior, FakeSdrs, PairStatus
from tests.operations.members import PAIRS, WRONG_PAGES, ask, attached, listed, outcome
from tests.operations.test_show_replication import added

A_ZONE, B_ZONE = "cn-north-1a", "cn-north-1b"


def fill(sdrs):
    sdrs.add_protection_group(id="g")
    sdrs.add_protection_group(id="h", status="protected", priority_station="target")
    sdrs.add_protected_instance(id="i", server_group_id="g")
    sdrs.add_protected_instance(id="j", server_group_id="h")
    attached(sdrs, "i", id="a", server_group_id="g", name="disk-1", volume_ids="v1,v2")
    attached(sdrs, "j", id="b", server_group_id="h", name="disk-2", volume_ids="v3,v4")
    sdrs.add_replication_pair(id="c", server_group_id="g", name="盘", status="error-extending")
    sdrs.add_replication_pair(id="d", server_group_id="h", name="other", status="invalid")


def test_the_documented_list_comes_back_value_for_value_in_its_order(sdrs, fixture):
    sample = fixture("examples/list_replications")
    for row in sample["replications"]:
        added(sdrs, row)

    response = ask(sdrs, "GET", PAIRS)

    assert response.status == 200
    assert response.body.decode() == json.dumps(sample, separators=(",", ":"))


def test_an_empty_project_has_an_empty_list(sdrs):
    assert ask(sdrs, "GET", PAIRS).json == {"count": 0, "replications": []}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "abcd"),
        ({"server_group_id": "g"}, "ac"),
        ({"server_group_id": ""}, "abcd"),
        ({"server_group_id": "unheard-of"}, ""),
        ({"server_group_ids": '["g","h","unheard-of"]'}, "abcd"),
        ({"server_group_ids": "['h']"}, "bd"),
        ({"server_group_ids": "h"}, "bd"),
        ({"server_group_ids": "[]", "server_group_id": "g"}, "ac"),
        ({"server_group_ids": '["h"]', "server_group_id": "g"}, "bd"),
        ({"protected_instance_id": "i"}, "a"),
        ({"protected_instance_id": "unheard-of"}, ""),
        ({"protected_instance_ids": '["i","j"]'}, "ab"),
        ({"protected_instance_ids": '["j"]', "protected_instance_id": "i"}, "b"),
        ({"protected_instance_ids": "['i','j']", "server_group_id": "g"}, "a"),
        ({"protected_instance_id": "i", "server_group_ids": '["h"]'}, ""),
        ({"status": "available"}, "a"),
        ({"status": ""}, "abcd"),
        ({"name": "disk"}, "ab"),
        ({"name": "DISK"}, ""),
        ({"name": "盘"}, "c"),
        ({"query_type": "status_abnormal"}, "cd"),
        ({"query_type": " status_abnormal"}, "cd"),
        ({"query_type": "general"}, "abcd"),
        ({"query_type": ""}, "abcd"),
        ({"availability_zone": A_ZONE}, "ac"),
        ({"availability_zone": B_ZONE}, "bd"),
        ({"availability_zone": "nowhere"}, ""),
        ({"volume_id": "v1"}, "a"),
        ({"volume_id": "v4"}, "b"),
        ({"volume_id": "v"}, ""),
        ({"volume_id": ""}, "abcd"),
        ({"name": "disk", "availability_zone": B_ZONE, "volume_id": "v3"}, "b"),
        ({"marker": "a"}, "abcd"),
    ],
)
def test_a_filter_keeps_what_matches(sdrs, query, expected):
    fill(sdrs)

    assert set(listed(sdrs, PAIRS, **query)) == set(expected)


@pytest.mark.parametrize("status", PairStatus)
def test_each_documented_status_is_a_filter(sdrs, status):
    for each in PairStatus:
        sdrs.add_replication_pair(id=each, status=each)

    assert listed(sdrs, PAIRS, status=status) == [status]


def test_the_statuses_are_the_documented_ones(fixture):
    rows = fixture("states")["replication_pair"]["statuses"]

    assert set(PairStatus) == {row["status"] for row in rows}


def test_the_zone_follows_the_station_of_the_group(sdrs):
    sdrs.add_protection_group(id="g", status="protected")
    sdrs.add_replication_pair(id="p", server_group_id="g")
    zones = [listed(sdrs, PAIRS, availability_zone=zone) for zone in (A_ZONE, B_ZONE)]
    ask(sdrs, "POST", "server-groups/g/action", {"failover-server-group": {}})
    zones += [listed(sdrs, PAIRS, availability_zone=zone) for zone in (A_ZONE, B_ZONE)]

    assert zones == [["p"], [], [], ["p"]]


def test_the_newest_comes_first_and_ties_go_by_id_descending(sdrs):
    for pair_id, day in [("a", 2), ("c", 1), ("b", 2), ("d", 3)]:
        sdrs.add_replication_pair(id=pair_id, created_at=f"2026-01-0{day}T00:00:00.000000")

    assert listed(sdrs, PAIRS) == ["d", "b", "a", "c"]


def test_pages_and_the_count_are_those_of_any_list(sdrs):
    ids = [sdrs.add_replication_pair().id for _ in range(5)]

    pages = [ask(sdrs, "GET", PAIRS, limit=2, offset=offset).json for offset in (0, 2, 4, 6)]

    rows = [row["id"] for page in pages for row in page["replications"]]
    assert (rows, [page["count"] for page in pages]) == (ids[::-1], [5, 5, 5, 5])


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"count": "page"}, (200, 0)),
        ({"limit_zero": "empty"}, (200, 1)),
        ({"limit_zero": "error"}, (400, None)),
    ],
)
def test_behaviors_of_the_page_hold_for_this_list_too(choice, expected):
    sdrs = FakeSdrs(behavior=Behavior(**choice))
    sdrs.add_replication_pair()

    response = ask(sdrs, "GET", PAIRS, limit=0)

    assert (response.status, response.json.get("count")) == expected


@pytest.mark.parametrize(
    ("query", "code"),
    [
        *WRONG_PAGES,
        ({"status": "broken"}, "SDRS.0214"),
        ({"status": "Available"}, "SDRS.0214"),
        ({"query_type": "everything"}, "SDRS.0201"),
        ({"server_group_ids": json.dumps([str(n) for n in range(31)])}, "SDRS.0226"),
        ({"protected_instance_ids": json.dumps([str(n) for n in range(31)])}, "SDRS.0226"),
    ],
)
def test_a_wrong_parameter_is_refused(sdrs, query, code):
    assert outcome(ask(sdrs, "GET", PAIRS, **query)) == code
