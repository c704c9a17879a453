"""GET /v1/{project_id}/protected-instances"""

import json

import pytest

from sdrs_fake import Behavior, FakeSdrs, InstanceStatus
from tests.operations.members import INSTANCES, WRONG_PAGES, ask, listed, outcome
from tests.operations.test_show_protected_instance import added

A_ZONE, B_ZONE = "cn-north-1a", "cn-north-1b"


def fill(sdrs):
    sdrs.add_protection_group(id="g")
    sdrs.add_protection_group(id="h", status="protected", priority_station="target")
    sdrs.add_protected_instance(id="a", server_group_id="g", name="web-1")
    sdrs.add_protected_instance(id="b", server_group_id="g", name="web-2", status="error-resizing")
    sdrs.add_protected_instance(id="c", server_group_id="h", name="数据库")
    sdrs.add_protected_instance(id="d", server_group_id="h", name="cache", status="fault")


def test_the_documented_list_comes_back_value_for_value(sdrs, fixture):
    sample = fixture("examples/list_protected_instances")
    for row in sample["protected_instances"]:
        added(sdrs, row)

    response = ask(sdrs, "GET", INSTANCES)

    assert (response.status, response.json) == (200, sample)
    rows = response.json["protected_instances"]
    assert json.dumps(rows) == json.dumps(sample["protected_instances"])


def test_an_empty_project_has_an_empty_list(sdrs):
    assert ask(sdrs, "GET", INSTANCES).json == {"count": 0, "protected_instances": []}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "abcd"),
        ({"server_group_id": "g"}, "ab"),
        ({"server_group_id": ""}, "abcd"),
        ({"server_group_id": "unheard-of"}, ""),
        ({"server_group_ids": '["g","h","unheard-of"]'}, "abcd"),
        ({"server_group_ids": '["h"]'}, "cd"),
        ({"server_group_ids": "['g', 'h']"}, "abcd"),
        ({"server_group_ids": "h"}, "cd"),
        ({"server_group_ids": ""}, "abcd"),
        ({"server_group_ids": "[]"}, "abcd"),
        ({"server_group_ids": "[]", "server_group_id": "g"}, "ab"),
        ({"server_group_ids": '["h"]', "server_group_id": "g"}, "cd"),
        ({"protected_instance_ids": '["a","d","unheard-of"]'}, "ad"),
        ({"protected_instance_ids": "['a']"}, "a"),
        ({"protected_instance_ids": "[]"}, "abcd"),
        ({"protected_instance_ids": '["d"]', "server_group_id": "g"}, "ab"),
        ({"protected_instance_ids": '["d"]', "server_group_ids": '["g"]'}, "ab"),
        ({"status": "available"}, "a"),
        ({"status": "protected"}, "c"),
        ({"status": ""}, "abcd"),
        ({"name": "web"}, "ab"),
        ({"name": "WEB"}, ""),
        ({"name": "据"}, "c"),
        ({"name": ""}, "abcd"),
        ({"query_type": "status_abnormal"}, "bd"),
        ({"query_type": " status_abnormal"}, "bd"),
        ({"query_type": "general"}, "abcd"),
        ({"query_type": ""}, "abcd"),
        ({"availability_zone": A_ZONE}, "ab"),
        ({"availability_zone": B_ZONE}, "cd"),
        ({"availability_zone": "nowhere"}, ""),
        ({"name": "web", "status": "available", "server_group_id": "g"}, "a"),
        ({"marker": "a"}, "abcd"),
    ],
)
def test_a_filter_keeps_what_matches(sdrs, query, expected):
    fill(sdrs)

    assert set(listed(sdrs, INSTANCES, **query)) == set(expected)


@pytest.mark.parametrize("status", InstanceStatus)
def test_each_documented_status_is_a_filter(sdrs, status):
    for each in InstanceStatus:
        sdrs.add_protected_instance(id=each, status=each)

    assert listed(sdrs, INSTANCES, status=status) == [status]


def test_the_statuses_are_the_documented_ones(fixture):
    rows = fixture("states")["protected_instance"]["statuses"]

    assert list(InstanceStatus) == [row["status"] for row in rows]


def test_the_zone_follows_the_station_of_the_group(sdrs):
    sdrs.add_protection_group(id="g", status="protected")
    sdrs.add_protected_instance(id="i", server_group_id="g")
    sdrs.add_replication_pair(server_group_id="g")
    zones = [listed(sdrs, INSTANCES, availability_zone=zone) for zone in (A_ZONE, B_ZONE)]
    body = {"reverse-server-group": {"priority_station": "target"}}
    ask(sdrs, "POST", "server-groups/g/action", body)
    zones += [listed(sdrs, INSTANCES, availability_zone=zone) for zone in (A_ZONE, B_ZONE)]

    assert zones == [["i"], [], [], ["i"]]


def test_the_newest_comes_first_and_ties_go_by_id_descending(sdrs):
    for instance_id, day in [("a", 2), ("c", 1), ("b", 2), ("d", 3)]:
        sdrs.add_protected_instance(id=instance_id, created_at=f"2026-01-0{day} 00:00:00.0")

    assert listed(sdrs, INSTANCES) == ["d", "b", "a", "c"]


def test_pages_and_the_count_are_those_of_any_list(sdrs):
    ids = [sdrs.add_protected_instance().id for _ in range(5)]

    pages = [ask(sdrs, "GET", INSTANCES, limit=2, offset=offset).json for offset in (0, 2, 4, 6)]

    rows = [row["id"] for page in pages for row in page["protected_instances"]]
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
    sdrs.add_protected_instance()

    response = ask(sdrs, "GET", INSTANCES, limit=0)

    assert (response.status, response.json.get("count")) == expected


@pytest.mark.parametrize(
    ("query", "code"),
    [
        *WRONG_PAGES,
        ({"status": "broken"}, "SDRS.0209"),
        ({"status": "Available"}, "SDRS.0209"),
        ({"query_type": "everything"}, "SDRS.0201"),
        ({"query_type": "stop_protected"}, "SDRS.0201"),
        ({"server_group_ids": json.dumps([str(n) for n in range(31)])}, "SDRS.0226"),
        ({"protected_instance_ids": json.dumps([str(n) for n in range(31)])}, "SDRS.0226"),
    ],
)
def test_a_wrong_parameter_is_refused(sdrs, query, code):
    assert outcome(ask(sdrs, "GET", INSTANCES, **query)) == code


@pytest.mark.parametrize("name", ["server_group_ids", "protected_instance_ids"])
def test_a_list_has_30_ids_at_most(sdrs, name):
    ids = json.dumps([str(n) for n in range(30)])

    assert outcome(ask(sdrs, "GET", INSTANCES, **{name: ids})) == "accepted"
