"""The table of transitions is the reference's."""

import pytest

from sdrs_fake.domain.groups import GroupStatus
from sdrs_fake.domain.instances import InstanceStatus
from sdrs_fake.domain.pairs import PairStatus
from sdrs_fake.domain.transitions import (
    AS_THE_GROUP,
    PREVIOUS,
    REMOVED,
    RUNNING,
    TRANSITIONS,
    last_stable,
    transitions_of,
)

TYPES = {
    "protection_group": "server_groups",
    "protected_instance": "protected_instances",
    "replication_pair": "replications",
    "dr_drill": "disaster_recovery_drills",
}
SUCCESSES = {
    ("available", "protected"): AS_THE_GROUP,
    ("previous",): PREVIOUS,
    ("removed",): REMOVED,
}
CASES = pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.job_type)


def documented(fixture, file, row):
    """The one row of a fixture's list that is for the operation, and for its variant."""
    (found,) = [
        each
        for each in fixture(file)["operations" if file == "states" else "job_types"]
        if (each["operation_id"], each.get("variant", "")) == (row.operation, row.variant)
    ]
    return found


def statuses(words):
    return None if words is None else frozenset(words)


def test_there_are_21_for_20_operations(fixture):
    operations = [each["operation_id"] for each in fixture("states")["operations"]]

    assert sorted(row.operation for row in TRANSITIONS) == sorted(operations)
    assert (len(TRANSITIONS), len(set(operations))) == (21, 20)


@CASES
def test_a_row_has_the_documented_statuses(fixture, row):
    expected = documented(fixture, "states", row)
    success = tuple(expected["success"])

    assert row.resource_type == TYPES[expected["resource"]]
    assert row.running == expected["transitional"]
    assert row.success == SUCCESSES.get(success, success[0])
    assert row.error == expected["error"]
    assert row.members == expected.get("cascades", False)
    assert row.group_allowed == statuses(expected.get("group_status"))
    assert row.instance_allowed == statuses(expected.get("instance_status"))
    if expected["from_status"] != "undocumented":
        assert row.allowed == statuses(expected["from_status"])


def test_a_group_may_be_deleted_in_every_status_of_no_running_operation(fixture):
    (row,) = transitions_of("DeleteProtectionGroup")
    groups = fixture("states")["protection_group"]["statuses"]

    settled = {each["status"] for each in groups if each["kind"] != "transitional"}
    assert row.allowed == settled


@CASES
def test_a_row_has_the_documented_job_type_and_failure_status(fixture, row):
    expected = documented(fixture, "job_types", row)

    undocumented = row.operation[0].lower() + row.operation[1:]
    assert row.job_type == (expected["job_type"] or undocumented)
    assert (row.resource_type, row.failure_status) == (
        expected["resource_type"],
        expected["failure_status"],
    )


@pytest.mark.parametrize(
    ("kind", "enum"),
    [
        ("protection_group", GroupStatus),
        ("protected_instance", InstanceStatus),
        ("replication_pair", PairStatus),
    ],
)
def test_the_statuses_of_a_resource_are_the_documented_ones(fixture, kind, enum):
    documented_ones = fixture("states")[kind]["statuses"]

    assert list(enum) == [each["status"] for each in documented_ones]
    transitional = {each["status"] for each in documented_ones if each["kind"] == "transitional"}
    assert transitional == set(enum) & RUNNING


@pytest.mark.parametrize(
    ("status", "stable"),
    [
        ("creating", "available"),
        ("error-starting", "available"),
        ("stopping", "protected"),
        ("error-reversing", "protected"),
        ("error-failing-over", "protected"),
        ("reprotecting", "failed-over"),
        ("failed-over", "failed-over"),
        ("error", "available"),
    ],
)
def test_the_last_stable_status_of_a_group_follows_from_its_status(status, stable):
    assert last_stable(status) == stable
