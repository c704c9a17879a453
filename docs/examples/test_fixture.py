"""Tests with the fixtures of sdrs-fake; nothing of it is imported."""

from collections import Counter

import pytest
from report import failures_by_status


def test_every_page_is_counted(sdrs):
    data = sdrs.seed(failures=40, groups=3)
    group = data.groups[0]

    counted = failures_by_status(sdrs.url, sdrs.project_id, group.id, page_size=4)

    assert counted.total() == sum(job.server_group_id == group.id for job in data.failure_jobs)


def test_what_was_added_is_counted(sdrs):
    group = sdrs.add_protection_group(name="payments")
    sdrs.add_failure_job(
        server_group_id=group.id, resource_type="replications", failure_status="expandFail"
    )
    sdrs.add_failure_job(
        server_group_id=group.id, resource_type="replications", failure_status="attachFail"
    )

    assert failures_by_status(sdrs.url, sdrs.project_id, group.id) == {
        "expandFail": 1,
        "attachFail": 1,
    }


@pytest.mark.sdrs(failures=200, groups=4, seed=7, frozen_at="2019-04-01T12:00:00Z")
def test_the_newest_failure_is_of_last_week(sdrs):
    newest = sdrs.failure_jobs[0]

    assert (sdrs.clock.now() - newest.begin_time).days < 7


@pytest.mark.sdrs(behavior={"count": "page"})
def test_the_count_of_a_page_is_not_trusted(sdrs, sdrs_failure_jobs):
    groups = Counter(job.server_group_id for job in sdrs_failure_jobs)
    [(group, count)] = groups.most_common(1)

    assert failures_by_status(sdrs.url, sdrs.project_id, group, page_size=2).total() == count


def test_two_regions_share_nothing(sdrs_factory):
    north = sdrs_factory(failures=10, seed=1)
    south = sdrs_factory(failures=10, seed=2)

    assert north.url != south.url
    assert set(north.failure_jobs).isdisjoint(south.failure_jobs)
