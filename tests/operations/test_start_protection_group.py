"""POST .../action with start-server-group: enable protection, or enable it again."""

import pytest

from tests.cases import show_job
from tests.operations.cases import GROUP, add_what_it_needs, begin, code_of, send

START = "StartProtectionGroup"


@pytest.mark.parametrize(
    ("status", "verb", "running"),
    [
        ("available", "start", "starting"),
        ("error-starting", "start", "starting"),
        ("failed-over", "reprotect", "reprotecting"),
        ("error-reprotecting", "reprotect", "reprotecting"),
    ],
)
def test_the_status_decides_which_job_it_is(sdrs, status, verb, running):
    add_what_it_needs(sdrs, START, group=status)
    sdrs.jobs.hold()

    job = show_job(sdrs, begin(sdrs, START)).json

    assert job["job_type"] == f"{verb}ProtectionGroupNoCG"
    (sub_job,) = job["entities"]["sub_jobs"]
    assert sub_job["job_type"] == f"{verb}ProtectionGroupRepNoCG"
    assert sdrs.protection_groups[0].status == sdrs.replication_pairs[0].status == running
    sdrs.jobs.finish()
    assert sdrs.protection_groups[0].status == sdrs.replication_pairs[0].status == "protected"


@pytest.mark.parametrize("status", ["failed-over", "error-reprotecting"])
def test_a_group_without_pairs_is_reprotected(sdrs, status):
    sdrs.add_protection_group(id=GROUP, status=status)

    assert code_of(send(sdrs, START)) == 200


@pytest.mark.parametrize("status", ["available", "failed-over"])
def test_the_production_site_stays(sdrs, status):
    sdrs.add_protection_group(id=GROUP, status=status, priority_station="target")
    sdrs.add_replication_pair(status=status)

    begin(sdrs, START)

    assert sdrs.protection_groups[0].priority_station == "target"


def test_what_is_made_in_a_protected_group_ends_protected_at_its_site(sdrs):
    sdrs.add_protection_group(id=GROUP, status="protected", priority_station="target")

    begin(sdrs, "CreateReplication")

    (pair,) = sdrs.replication_pairs
    assert (pair.status, pair.priority_station) == ("protected", "target")
