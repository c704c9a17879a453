"""Every status allows what the reference says, and refuses all else with the documented code."""

import re

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.transitions import RUNNING
from tests.operations.cases import REQUESTS, add_what_it_needs, code_of, send

KINDS = {
    "protection_group": ("group", "group"),
    "protected_instance": ("instance", "instance"),
    "replication_pair": ("pair", "pair"),
    "dr_drill": ("drill", "drill"),
}
ALWAYS = {name for name in REQUESTS if name.startswith(("Show", "Update")) or "Tag" in name}
"""Reads and renames have no rule; for tags no statuses are documented."""

OF_NO_GROUP = ALWAYS | {
    "CreateProtectionGroup",
    "ExpandReplication",
    "DeleteProtectedInstance",
    "BatchDeleteProtectedInstances",
    "DeleteDisasterRecoveryDrill",
}
"""Operations for which no rule about the group's status is documented."""

ON_PAIRS = {name for name in REQUESTS if "Replication" in name} - {"CreateReplication"}
ON_INSTANCES = {name for name in REQUESTS if "Instance" in name or "Tag" in name}
ON_INSTANCES -= {"CreateProtectedInstance", "BatchCreateProtectedInstances"}
ON_DRILLS = {name for name in REQUESTS if "Drill" in name} - {"CreateDisasterRecoveryDrill"}


@pytest.mark.parametrize(
    ("kind", "operation"),
    [("protection_group", name) for name in REQUESTS]
    + [("protected_instance", name) for name in sorted(ON_INSTANCES)]
    + [("replication_pair", name) for name in sorted(ON_PAIRS)]
    + [("dr_drill", name) for name in sorted(ON_DRILLS)],
)
def test_each_status_allows_what_is_documented_and_refuses_all_else(fixture, kind, operation):
    word = KINDS[kind][0]
    code = documented_code(fixture, operation, word)
    answers, expected = {}, {}

    for row in fixture("states")[kind]["statuses"]:
        status = row["status"]
        sdrs = FakeSdrs()
        add_what_it_needs(sdrs, operation, **{word: status})
        answers[status] = code_of(send(sdrs, operation))
        expected[status] = 200 if is_allowed(kind, operation, row) else code

    assert answers == expected


def is_allowed(kind, operation, row):
    """Whether a status allows an operation: `allowed` and what the page lists as unlisted there."""
    if operation in ALWAYS or (kind == "protection_group" and operation in OF_NO_GROUP):
        return True
    if operation == "DeleteProtectionGroup":  # assumed: its statuses are not documented
        return row["kind"] != "transitional"
    return operation in {each.partition(":")[0] for each in row["allowed"]}


def documented_code(fixture, operation, word):
    """The code of the constraint about the status of a resource."""
    (row,) = [
        each for each in fixture("operations")["operations"] if each["operation_id"] == operation
    ]
    codes = {
        each["error_code"]
        for each in row["constraints"]
        if re.search(rf"\b{word}\.status (in|allows)", each["rule"])
    }
    return codes.pop() if len(codes) == 1 else None


def test_a_refusal_for_a_status_changes_nothing(sdrs):
    add_what_it_needs(sdrs, "StopProtectionGroup", group="available")
    before = (sdrs.protection_groups, sdrs.protected_instances, sdrs.replication_pairs)

    send(sdrs, "StopProtectionGroup")

    assert (sdrs.protection_groups, sdrs.protected_instances, sdrs.replication_pairs) == before
    assert (list(sdrs.jobs), sdrs.failure_jobs) == ([], ())


@pytest.mark.parametrize("status", sorted(RUNNING))
def test_nothing_of_a_running_operation_is_documented_as_allowed(fixture, status):
    for kind in KINDS:
        rows = fixture("states")[kind]["statuses"]
        assert [row["allowed"] for row in rows if row["status"] == status] in ([], [[]])
