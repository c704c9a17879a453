"""Datasets: what their failed jobs, names, resources, groups and times are like."""

import datetime as dt
import json
import re
from collections import Counter
from dataclasses import astuple, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdrs_fake.domain.jobs import job_of
from sdrs_fake.seeding import assert_consistent, stream
from sdrs_fake.seeding.failure_catalog import DECK
from tests.seeding.cases import (
    AS_OF,
    assert_nothing_failed_before_its_creation,
    drawn,
    pairs,
    resources,
)

MONTH = dt.timedelta(days=30)
NAME = re.compile(r"[A-Za-z0-9._\-\u4e00-\u9fff]+")

seeds = st.integers(0, 2**80)
sizes = st.integers(0, 300)
group_counts = st.integers(1, 8)


# What the jobs say


@given(failures=sizes, groups=group_counts, seed=seeds, batch=st.integers(0, 0xFFFF))
def test_jobs_are_consistent_also_without_their_history(failures, groups, seed, batch):
    data = drawn(failures, groups, seed, batch=batch)

    assert_consistent(data.failure_jobs, data.groups, as_of=AS_OF)
    assert len({job.job_id for job in data.failure_jobs}) == failures


def test_jobs_are_what_validation_would_have_made_of_them():
    for job in stream(300, 8, as_of=AS_OF):
        validated = replace(job)

        assert validated == job
        assert [*map(type, astuple(validated))] == [*map(type, astuple(job))]
        assert validated.wire_json == job.wire_json


@given(seed=seeds)
def test_about_a_third_of_the_jobs_are_of_groups_themselves(seed):
    jobs = drawn(210, seed=seed).failure_jobs

    assert abs(sum(job.resource_type == "server_groups" for job in jobs) - 70) <= 4


@given(seed=seeds, groups=group_counts)
def test_200_jobs_hold_every_documented_way_to_fail(seed, groups, fixture):
    rows = fixture("job_types")["job_types"]
    documented = {
        (row["resource_type"], row["failure_status"]) for row in rows if row["failure_status"]
    }

    assert len(documented) == 17
    assert pairs(drawn(200, groups, seed).failure_jobs) == documented


def form_of(job, messages):
    if messages.get(job.error_code) == job.fail_reason:
        return "message"
    task = f"Sdrs{job.job_type[0].upper()}{job.job_type[1:]}Task".replace("Expand", "Extend")
    if job.error_code == "EVS.2024" and job.job_type == "createProtectedInstanceNoCG":
        task = "SdrsGenerateNativeServerParamsTask"
    start, _, cause = job.fail_reason.partition("-fail:")
    assert (start, bool(cause)) == (task, True)
    if not cause.startswith("SDRS.0011:Client error : "):
        assert job.error_code.partition(".")[0] in {"EVS", "Ecs", "VPC"}
        return "another service"
    answer = json.loads(cause.removeprefix("SDRS.0011:Client error : "))["badRequest"]
    assert (job.error_code, answer["code"]) == ("SDRS.0011", 400)
    assert re.fullmatch(
        r"[A-Z][a-z ]+ Replication error: volume .*|.* error: .*!", answer["message"]
    )
    return "answer of the replication"


def test_reasons_come_in_the_three_forms_that_are_on_record(fixture):
    messages = {row["code"]: row["message"] for row in fixture("error_codes")["errors"]}
    jobs = drawn(3000).failure_jobs
    forms = Counter(form_of(job, messages) for job in jobs)

    assert forms.keys() == {"message", "another service", "answer of the replication"}
    assert 0.45 < forms["message"] / len(jobs) < 0.55
    assert forms["answer of the replication"] > 150


def test_the_reasons_on_record_occur(fixture):
    sample = fixture("list_failure_jobs")["failure_jobs"][0]
    ways = {(way.error_code, way.fail_reason) for ways in DECK for way in ways}
    extending = [reason for code, reason in ways if code == "SDRS.0011" and "Extending" in reason]

    assert (sample["error_code"], sample["fail_reason"]) in ways
    assert ("SDRS.1820", "Failed to expand the capacity") in ways
    assert extending[0].startswith(
        'SdrsExtendReplicationPairNewTask-fail:SDRS.0011:Client error : {"badRequest": {"message":'
        ' "Extending Replication error: '
    )


def test_every_way_to_fail_has_a_reason_of_another_service():
    assert all(any("Task-fail:" in way.fail_reason for way in ways) for ways in DECK)


def test_job_types_are_the_documented_ones(fixture):
    rows = fixture("job_types")["job_types"]

    assert {job.job_type for job in drawn(200).failure_jobs} == {
        row["job_type"] for row in rows if row["job_type"] and row["failure_status"]
    }


# Names


@given(seed=seeds, groups=group_counts)
def test_one_resource_in_five_has_a_chinese_name_but_for_the_pairs_of_system_disks(seed, groups):
    data = drawn(300, groups, seed)
    names = {job.resource_id: job.resource_name for job in data.failure_jobs}
    names |= {each.id: each.name for each in resources(data)}
    for pair in data.replication_pairs:
        if pair.record_metadata.bootable:
            assert names.pop(pair.id).startswith("Replication-Pair-")
    chinese = sum(not name.isascii() for name in names.values())

    assert chinese in {len(names) // 5, len(names) // 5 + 1}


def test_names_are_such_as_the_service_takes():
    names = {job.resource_name for job in stream(20_000, 40, as_of=AS_OF)}

    assert all(NAME.fullmatch(name) and len(name.encode()) <= 64 for name in names)


@pytest.mark.parametrize(
    "form",
    [
        *(f"{kind}-[0-9a-f]{{4}}" for kind in ("Protection-Group", "Protected-Instance")),
        *(f"{kind}-[0-9a-f]{{4}}" for kind in ("Replication-Pair", "DR-Drill")),
        *(r"[a-z]+-[a-z]+-pg-\d\d", r"[a-z]+-[a-z]+-\d\d", r"[a-z]+-[a-z]+-\d\d-[a-z]+"),
        r"[a-z]+-drill-\d\d",
        *(r"\w+系统保护组-\d\d", r"\w+数据库-\d\d", r"\w+数据库-\d\d-数据盘", r"\w+容灾演练-\d\d"),
    ],
)
def test_names_come_in_all_forms(form):
    data = drawn(2000, 40)

    assert any(re.fullmatch(form, job.resource_name) for job in data.failure_jobs)


# Resources and groups


def test_several_jobs_share_a_resource():
    inside = Counter(
        job.resource_id for job in drawn(200).failure_jobs if job.resource_type != "server_groups"
    )

    assert 2 < inside.total() / len(inside) < 4


def test_nothing_failed_on_a_resource_before_its_creation():
    assert_nothing_failed_before_its_creation(stream(3000, as_of=AS_OF))


@pytest.mark.parametrize(("groups", "quiet"), [(1, 0), (3, 0), (4, 1), (7, 1), (8, 2)])
def test_one_group_in_four_has_no_failures(groups, quiet):
    data = drawn(300, groups)

    failed = {job.server_group_id for job in data.failure_jobs}
    assert len({group.id for group in data.groups} - failed) == quiet


def test_groups_without_jobs_are_possible():
    assert (len(drawn(0, 3).failure_jobs), len(drawn(0, 3).groups)) == (0, 3)


# Time


@given(failures=sizes, seed=seeds)
def test_the_newest_comes_first(failures, seed):
    times = [job.begin_time for job in drawn(failures, seed=seed).failure_jobs]

    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(("failures", "share"), [(100, 0.5), (10_000, 0.376), (22_000, 0.25)])
def test_recent_days_are_denser_as_long_as_their_episodes_have_time(failures, share):
    recent = [job for job in drawn(failures).failure_jobs if job.begin_time > AS_OF - MONTH / 4]

    assert abs(len(recent) / failures - share) < 0.02


@pytest.mark.parametrize("seed", range(8))
def test_even_the_newest_job_of_all_is_over_by_then(seed):
    newest = next(stream(100_000_000, seed=seed, as_of=AS_OF))

    assert AS_OF - dt.timedelta(seconds=31) <= newest.begin_time
    assert job_of(newest).end_time < AS_OF


@pytest.mark.parametrize(
    "as_of", ["1971-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-01T00:00:00+14:00"]
)
def test_any_as_of_from_a_year_after_1970_began_will_do(as_of):
    for seed in range(20):
        assert_consistent(drawn(seed=seed, as_of=as_of))
