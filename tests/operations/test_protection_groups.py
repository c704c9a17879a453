"""GET /v1/{project_id}/server-groups and one of them."""

import datetime as dt
import json
from collections import Counter

import pytest
from freezegun import freeze_time

from sdrs_fake import Behavior, FakeSdrs, ProtectionGroup
from sdrs_fake.domain.groups import GroupStatus, ProtectionGroupQuery
from sdrs_fake.operations.table import ROWS
from tests.cases import refusal

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def ask(sdrs, group_id="", **query):
    path = f"/v1/{sdrs.project_id}/server-groups"
    return sdrs.request("GET", f"{path}/{group_id}" if group_id else path, params=query)


def listed(sdrs, **query):
    return [group["id"] for group in ask(sdrs, **query).json["server_groups"]]


def shown(sdrs, **fields):
    return ask(sdrs, sdrs.add_protection_group(**fields).id).json["server_group"]


def add_with_members(sdrs, group):
    """Add a group of the reference, and as many resources as its numbers say."""
    numbers = [name for name in group if name.endswith("_num")]
    sdrs.add_protection_group(**{name: group[name] for name in group if name not in numbers})
    for _ in range(group["protected_instance_num"]):
        sdrs.add_protected_instance(server_group_id=group["id"])
    for _ in range(group["replication_num"]):
        sdrs.add_replication_pair(server_group_id=group["id"])


# The documented samples


def test_the_documented_list_comes_back_value_for_value_in_its_order(sdrs, fixture):
    sample = fixture("examples/list_protection_groups")
    for group in sample["server_groups"]:
        add_with_members(sdrs, group)

    assert ask(sdrs).body.decode() == json.dumps(sample, separators=(",", ":"))


def test_the_documented_group_comes_back_value_for_value_in_its_order(sdrs, fixture):
    sample = fixture("examples/show_protection_group")
    add_with_members(sdrs, sample["server_group"])

    body = ask(sdrs, sample["server_group"]["id"]).body
    assert body.decode() == json.dumps(sample, separators=(",", ":"))


def test_a_group_by_default_is_as_in_the_sample(sdrs, fixture):
    sample = fixture("examples/show_protection_group")["server_group"]
    own = dict.fromkeys(["id", "name", "created_at", "updated_at"])

    assert shown(sdrs) | own == sample | own


# One


def test_a_group_that_is_not_there_is_400_sdrs_1013(sdrs, fixture):
    sdrs.add_protection_group()

    response = ask(sdrs, "unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/group_not_found"))


def test_a_group_that_only_a_failed_job_named_is_there(sdrs):
    failed = sdrs.add_failure_job(server_group_id="g")

    group = ask(sdrs, "g").json["server_group"]

    assert (group["name"][:17], group["updated_at"]) == ("Protection-Group-", group["created_at"])
    assert group["created_at"] < str(failed.begin_time)


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        ("2019-05-22 08:16:54.413", "2019-05-22 08:16:54.413"),
        ("2019-05-22 08:16:54.74", "2019-05-22 08:16:54.74"),
        ("2019-05-22 08:16:54.0", "2019-05-22 08:16:54.0"),
        ("2019-05-22T08:16:50.910Z", "2019-05-22 08:16:50.91"),
        (
            dt.datetime(2019, 5, 22, 10, 16, 50, 0, dt.timezone(dt.timedelta(hours=2))),
            "2019-05-22 08:16:50.0",
        ),
        (dt.datetime(2019, 5, 22, 8, 16, 50, 100999, dt.UTC), "2019-05-22 08:16:50.1"),
    ],
)
def test_times_are_answered_in_utc_without_zeros_at_the_end(sdrs, given, wire):
    assert shown(sdrs, created_at=given)["created_at"] == wire


@freeze_time(NOON)
def test_a_group_is_made_now_and_each_a_moment_later_than_the_one_before(sdrs):
    times = [shown(sdrs)["created_at"] for _ in range(3)]

    assert times == ["2026-03-01 12:00:00.0", "2026-03-01 12:00:00.001", "2026-03-01 12:00:00.002"]


# How much is in it


def test_the_numbers_count_what_is_in_the_group_also_by_a_failure_alone(sdrs):
    for each in "ab":
        sdrs.add_protected_instance(id=each, server_group_id="g")
    sdrs.add_replication_pair(server_group_id="another")
    instances = [("protected_instances", each) for each in "bc"]
    pairs = [("replicationPair", each) for each in "deff"]
    for kind, each in [*instances, *pairs, ("server_groups", "g")]:
        sdrs.add_failure_job(resource_type=kind, resource_id=each, server_group_id="g")

    group = ask(sdrs, "g").json["server_group"]

    assert (group["protected_instance_num"], group["replication_num"]) == (3, 3)


def test_the_numbers_follow_what_is_added_and_stay_when_failed_jobs_are_deleted(sdrs):
    numbers = [shown(sdrs, id="g")["replication_num"]]
    for resource_id in "ab":
        sdrs.add_failure_job(
            resource_type="replications", resource_id=resource_id, server_group_id="g"
        )
        numbers.append(ask(sdrs, "g").json["server_group"]["replication_num"])
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/g/failure-jobs/batch")
    numbers.append(ask(sdrs, "g").json["server_group"]["replication_num"])

    assert (numbers, sdrs.failure_jobs) == ([0, 1, 2, 2], ())


@pytest.mark.parametrize(
    "number", ["protected_instance_num", "replication_num", "disaster_recovery_drill_num"]
)
def test_a_number_that_is_given_is_refused(sdrs, number):
    message = refusal(sdrs.add_protection_group, **{number: 1})

    assert message == f"{number}: follows from the resources of the group"


def test_the_numbers_of_seeded_groups_fit_what_is_seeded(sdrs):
    data = sdrs.seed(failures=300, groups=8)
    numbers = {
        "protected_instance_num": Counter(
            each.server_group_id for each in data.protected_instances
        ),
        "replication_num": Counter(each.server_group_id for each in data.replication_pairs),
        "disaster_recovery_drill_num": Counter(each.server_group_id for each in data.drills),
    }

    for group in ask(sdrs).json["server_groups"]:
        for name, expected in numbers.items():
            assert group[name] == expected[group["id"]]


def test_seeded_groups_are_walked_and_each_ones_failures_asked_for(sdrs):
    data = sdrs.seed(failures=60, groups=5)
    path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"

    groups = listed(sdrs)
    counts = [
        sdrs.request("GET", path, params={"server_group_id": group}).json["count"]
        for group in groups
    ]

    assert set(groups) == {group.id for group in data.groups}
    of_deleted = [job for job in data.failure_jobs if job.server_group_id not in groups]
    assert sum(counts) == 60 - len(of_deleted)


def test_seeded_groups_are_the_same_in_every_fake():
    bodies = []
    for _ in range(2):
        sdrs = FakeSdrs()
        sdrs.seed(as_of=NOON)
        bodies.append(ask(sdrs).body)

    assert bodies[0] == bodies[1]


# Order and page


def test_the_newest_comes_first_and_ties_go_by_id_descending(sdrs):
    for group_id, day in [("a", 2), ("c", 1), ("b", 2), ("d", 3)]:
        sdrs.add_protection_group(id=group_id, created_at=f"2026-01-0{day} 00:00:00.0")

    assert listed(sdrs) == ["d", "b", "a", "c"]
    assert [group.id for group in sdrs.protection_groups] == ["a", "c", "b", "d"]


def test_pages_and_the_count_are_those_of_any_list(sdrs):
    groups = [sdrs.add_protection_group().id for _ in range(5)]

    pages = [ask(sdrs, limit=2, offset=offset).json for offset in (0, 2, 4, 6)]

    assert [group["id"] for page in pages for group in page["server_groups"]] == groups[::-1]
    assert [page["count"] for page in pages] == [5, 5, 5, 5]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": "1001"}, "SDRS.0221"),
        ({"limit": "-1"}, "SDRS.0221"),
        ({"offset": "x"}, "SDRS.0222"),
        ({"status": "broken"}, "SDRS.0209"),
        ({"status": "Available"}, "SDRS.0209"),
        ({"query_type": "everything"}, "SDRS.0201"),
    ],
)
def test_a_wrong_parameter_is_refused(sdrs, query, code):
    response = ask(sdrs, **query)

    assert (response.status, response.json["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"count": "page"}, (200, 0)),
        ({"limit_zero": "empty"}, (200, 2)),
        ({"limit_zero": "error"}, (400, None)),
    ],
)
def test_behaviors_of_the_page_hold_for_this_list_too(choice, expected):
    sdrs = FakeSdrs(behavior=Behavior(**choice))
    sdrs.add_protection_group()
    sdrs.add_protection_group()

    response = ask(sdrs, limit=0)

    assert (response.status, response.json.get("count")) == expected


# Filters


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name": "pay"}, {"a", "b"}),
        ({"name": "PAY"}, set()),
        ({"name": "复"}, {"c"}),
        ({"name": ""}, {"a", "b", "c"}),
        ({"status": "error-starting"}, {"c"}),
        ({"status": ""}, {"a", "b", "c"}),
        ({"query_type": "status_abnormal"}, {"c"}),
        ({"query_type": "stop_protected"}, {"a"}),
        ({"query_type": " stop_protected"}, {"a"}),
        ({"query_type": "period_no_dr_drill"}, {"a", "b", "c"}),
        ({"query_type": "general"}, {"a", "b", "c"}),
        ({"query_type": ""}, {"a", "b", "c"}),
        ({"availability_zone": "cn-north-1a"}, {"a", "c"}),
        ({"availability_zone": "cn-north-1b"}, {"b"}),
        ({"availability_zone": "nowhere"}, set()),
        ({"name": "pay", "status": "protected"}, {"b"}),
        ({"marker": "a"}, {"a", "b", "c"}),
    ],
)
def test_a_filter_keeps_what_matches(sdrs, query, expected):
    sdrs.add_protection_group(id="a", name="payments")
    sdrs.add_protection_group(
        id="b",
        name="old payments",
        status="protected",
        priority_station="target",
    )
    sdrs.add_protection_group(id="c", name="复制", status="error-starting")

    assert set(listed(sdrs, **query)) == expected


@pytest.mark.parametrize("status", GroupStatus)
def test_each_documented_status_is_a_filter(sdrs, status):
    for each in GroupStatus:
        sdrs.add_protection_group(id=each, status=each)

    assert listed(sdrs, status=status) == [status]


def test_the_parameters_and_fields_are_the_documented_ones(fixture):
    fields = {field["name"] for field in fixture("operations")["schemas"]["ProtectionGroup"]}

    assert set(ProtectionGroupQuery.model_fields) == ROWS["ListProtectionGroups"].params
    assert set(ProtectionGroup.__dataclass_fields__) == fields


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "broken"}, "status: 'broken' should be 'creating', 'available', 'protected', "),
        ({"progress": 101}, "progress: 101 should be less than or equal to 100"),
        ({"priority_station": "left"}, "priority_station: 'left' should be 'source' or 'target'"),
        (
            {"created_at": "2019-05-22"},
            "created_at: '2019-05-22' should be a datetime with a time zone",
        ),
        ({"description": 5}, "description: 5 should be a valid string"),
        ({"state": "x"}, "state: no such field; did you mean "),
    ],
)
def test_a_wrong_field_is_refused_and_nothing_is_added(sdrs, fields, words):
    assert words in refusal(sdrs.add_protection_group, **fields)
    assert listed(sdrs) == []
