"""The table of `--sdrs-api-coverage`, from counts."""

import re

import pytest

from conftest_plugin.api_coverage_table import EDGES, STATUSES, table
from sdrs_fake.operations.table import ROWS

LISTS = ("ListProtectionGroups", "ListFailureJobs")


def test_a_code_that_is_only_in_the_catalogue_has_its_message_and_an_answer_without_a_code_none():
    lines = list(
        table({("requests",): 2, ("error", "400", "SDRS.1820"): 1, ("error", "500", ""): 1}, 100)
    )

    assert "    1  400 SDRS.1820   Failed to expand the capacity" in lines
    assert "    1  500 (no code)" in lines


def test_where_everything_was_met_nothing_is_shown_as_missing():
    resource_types = ROWS["ListFailureJobs"].filters["resource_type"]
    counts = {("requests",): 1, **{("operation", name): 1 for name in ROWS}}
    counts |= {("error", str(status), "x"): 1 for status in STATUSES}
    counts |= {("filter", "ListFailureJobs", "resource_type", type_): 1 for type_ in resource_types}

    lines = list(table(counts, 200))

    assert lines[-1] == "   14  of the 14 abnormal statuses"
    assert "operations: 49 of 49" in lines
    assert (
        "    4  resource_type    server_groups 1, protected_instances 1, replications 1,"
        " disaster_recovery_drills 1" in lines
    )


def test_filters_and_pages_are_shown_of_the_lists_that_were_requested():
    requested, other = LISTS

    lines = list(table({("requests",): 1, ("operation", requested): 1}, 100))

    filters = [f"    -  {name}" for name in ROWS[requested].filters]
    start = lines.index(f"filters of {requested}") + 1
    assert lines[start : start + len(filters)] == filters
    assert len([line for line in lines if re.fullmatch(rf" {{7}}{requested}[ -]+", line)]) == 3
    assert len([line for line in lines if other in line]) == 1


def test_operations_that_were_never_requested_stand_together():
    lines = list(table({("requests",): 1, ("operation", "ShowQuota"): 1}, 2000))

    never = ", ".join(operation for operation in ROWS if operation != "ShowQuota")
    start = lines.index("operations: 1 of 49") + 1
    assert lines[start : start + 3] == ["    1  ShowQuota", f"    -  {never}", ""]
    assert "limit" not in {line[:5] for line in lines}


def test_fields_of_bodies_are_shown_in_their_documented_order_with_those_that_never_came():
    counts = {("requests",): 3}
    counts |= {("field", "CreateReplication", name): 2 for name in ("name", "server_group_id")}
    counts |= {("field", "ExpandReplication", "new_size"): 1}

    lines = list(table(counts, 200))

    start = lines.index("fields of bodies")
    never = "never volume_id, description, cluster_id"
    assert lines[start + 1 : start + 4] == [
        f"    2  CreateReplication  server_group_id 2, name 2; {never}",
        "    1  ExpandReplication  new_size 1",
        "",
    ]


def everything():
    """Counts that fill each row."""
    counts = {("fakes",): 6, ("requests",): 123456}
    counts |= {("operation", name): 12345 for name in ROWS}
    for operation in LISTS:
        for name, values in ROWS[operation].filters.items():
            counts |= {("filter", operation, name, value): 12 for value in (*values, "empty")}
        for kind, edges in EDGES.items():
            counts |= {(kind, operation, edge): 12345 for edge in edges}
        counts |= {("unknown", operation, f"parameter-{number}"): number for number in range(1, 51)}
    fields = {(name, field) for name, row in ROWS.items() for field in row.body_fields}
    counts |= {("field", *each): 12345 for each in fields}
    return counts | {("error", "418", ""): 1, ("error", "404", "APIGW.0101"): 1}


def test_in_a_terminal_that_is_too_narrow_the_columns_stay_apart():
    lines = list(table({("requests",): 1, ("operation", LISTS[0]): 1}, 20))

    assert [line.split() for line in lines if line.startswith("limit ")] == [
        ["limit", "absent", "0", "1", "2", "to", "999", "1000", "refused"]
    ]


@pytest.mark.parametrize("width", [79, 80, 81, 100, 200])
@pytest.mark.parametrize(
    "counts", [{("requests",): 1}, everything()], ids=["next to nothing", "everything"]
)
def test_nothing_is_wider_than_the_terminal(width, counts):
    assert max(map(len, table(counts, width))) <= width


def ranked(highest, lowest):
    return [f"name-{number} {number}" for number in range(highest, lowest - 1, -1)]


@pytest.mark.parametrize(
    ("names", "more", "shown"),
    [
        (1, {}, ranked(1, 1)),
        (2, {}, ranked(2, 1)),
        (10, {}, ranked(10, 1)),
        (11, {}, [*ranked(11, 2), "1 other"]),
        (100, {}, [*ranked(100, 91), "90 others"]),
        (100, {"...": 500}, [*ranked(100, 91), "more than 90 others"]),
        (1, {"...": 5}, [*ranked(1, 1), "others"]),
        (0, {"...": 5}, ["others"]),
    ],
)
def test_the_most_frequent_of_the_unknown_parameters_are_named(names, more, shown):
    given = {f"name-{number}": number for number in range(1, names + 1)} | more
    counts = {("unknown", "ListFailureJobs", name): number for name, number in given.items()}

    line = f"{sum(given.values()):>5}  unknown, which change nothing: {', '.join(shown)}"
    assert line in list(table({("requests",): 1, **counts}, 400))
