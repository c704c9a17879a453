"""The fixture: nothing to import, a fake of its own for each test."""

import pytest
from report import failures_by_status


def test_a_report_counts_every_page(sdrs):
    data = sdrs.seed(jobs=40, groups=3)
    group = data.groups[0]

    counted = failures_by_status(sdrs.url, sdrs.project_id, group.id, page_size=4)

    assert counted.total() == sum(job.server_group_id == group.id for job in data.jobs)


def test_a_report_of_exactly_what_you_say(sdrs):
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


@pytest.mark.sdrs(jobs=200, groups=4, seed=7, frozen_at="2019-04-01T12:00:00Z")
def test_last_week(sdrs):
    newest = sdrs.failure_jobs[0]

    assert (sdrs.clock.now() - newest.begin_time).days < 7


@pytest.mark.sdrs(reading={"count": "page"})
def test_a_program_that_does_not_lean_on_count(sdrs, sdrs_jobs):
    group = next(job.server_group_id for job in sdrs_jobs)

    assert failures_by_status(sdrs.url, sdrs.project_id, group, page_size=2).total() > 2


def test_two_regions(sdrs_factory):
    north, south = sdrs_factory(jobs=10, seed=1), sdrs_factory(jobs=10, seed=2)

    assert north.url != south.url
    assert {job.job_id for job in north.failure_jobs}.isdisjoint(
        job.job_id for job in south.failure_jobs
    )
