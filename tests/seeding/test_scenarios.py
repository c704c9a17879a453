"""Scenarios of the package: what they hold, and that nothing else decides them."""

import datetime as dt
import json
import re
import time
from collections import Counter, defaultdict
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sdrs_fake
from sdrs_fake import FakeSdrs
from sdrs_fake.seeding import DATASET_VERSION, assert_consistent, dataset, library, scenarios
from sdrs_fake.seeding.replay import replayed
from tests.seeding.cases import (
    AS_OF,
    NAMES,
    assert_nothing_failed_before_its_creation,
    canonical,
    made,
    outlines,
    own,
    pairs,
    timeless,
)

ROOT = Path(__file__).parent.parent.parent
HOUR = dt.timedelta(hours=1)
SMALL = [name for name in NAMES if name not in {"documented-sample", "ten-thousand-jobs"}]
DRAWN = [name for name in NAMES if name != "documented-sample"]
seeds = st.integers(0, 2**80)


# The same scenario, the same data


@pytest.mark.parametrize(
    ("name", "seed", "golden"),
    [
        (
            "documented-sample",
            0,
            "cffabcd826ff41db64f99191b4f5ad55c54b4e5b4d25354f484ddfcad2d8ccc4",
        ),
        (
            "disaster-drill-day",
            0,
            "b3bf413fd15109242aef42f9b80c42c4ad38865f2dbc27d5dea72d05c0f71533",
        ),
        ("empty-project", 0, "5ff6259fb89773081854423583d140f2cb8062de7453ed035c409ea2e41ae6dd"),
        ("noisy-group", 0, "b443868f01fa034b2e4c64e4c7b5bf54114066634abf4fae538cb04210af69d6"),
        ("noisy-group", 2**70, "931ee63cb2038697f0b6abd0bdb1e7b42b84e5fc05c0b9a1e3b2692d2860a589"),
        (
            "regional-switchover",
            0,
            "eb6fb25eb171c6d0d9c63a11e41a6b5fd9b1099701b45d8ca930ae3ea743f12c",
        ),
        ("storage-outage", 0, "8a720b6eaf0cdc896933416ba293e2fbe713fc7742895f1e4bb546544ca4002e"),
        (
            "ten-thousand-jobs",
            0,
            "5b4b77696d671047307b54ecef60e04117f3c5a084ac09ea1d0894af67da28c5",
        ),
    ],
)
def test_a_scenario_of_version_2_is_this_one_for_ever(name, seed, golden):
    assert DATASET_VERSION == 2
    text = canonical(made(name, seed))
    assert sha256(text.encode()).hexdigest() == golden


def reordered(value, order):
    """The same JSON, with the keys of every object in another order."""
    if isinstance(value, dict):
        return {name: reordered(value[name], order) for name in order(value)}
    return [reordered(each, order) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "order", [sorted, lambda value: sorted(value, reverse=True), lambda value: list(value)[::-1]]
)
@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_keys_decides_nothing(name, order):
    content = json.loads(library.read(name)[1])

    assert made(reordered(content, order)) == made(name)


@given(
    name=st.sampled_from(DRAWN[:-1]),
    seed=seeds,
    batch=st.integers(0, 0xFFFF),
    age=st.timedeltas(dt.timedelta(0), dt.timedelta(days=9999)),
)
def test_names_and_resources_do_not_depend_on_as_of(name, seed, batch, age):
    now, then = made(name, seed, batch=batch), made(name, seed, AS_OF - age, batch)

    assert outlines(then) == outlines(now)
    assert timeless(then) == timeless(now)


@pytest.mark.parametrize("name", NAMES)
def test_its_spec_makes_it_again(name):
    data = made(name, 7, "2026-06-01T08:00:00.1239+08:00", 3)
    spec = data.spec

    assert (spec.scenario.name, spec.seed, spec.batch) == (name, 7, 3)
    assert spec.as_of == AS_OF.replace(microsecond=123000)
    assert made(spec.scenario, spec.seed, spec.as_of, spec.batch) == data
    assert spec.scenario.failures == len(data.failure_jobs)
    assert spec.scenario.groups == len(data.groups)


# What those of the package hold


def test_the_package_brings_these():
    assert [each.name for each in scenarios().values()] == list(scenarios()) == NAMES
    assert all(each.title and each.description for each in scenarios().values())


@given(name=st.sampled_from(DRAWN[:-1]), seed=seeds, batch=st.integers(0, 0xFFFF))
def test_their_histories_replay(name, seed, batch):
    assert_consistent(made(name, seed, batch=batch))


def test_ten_thousand_jobs_replay():
    assert_consistent(made("ten-thousand-jobs"))


@pytest.mark.parametrize("name", NAMES)
def test_jobs_are_what_validation_would_have_made_of_them_and_in_the_order_of_the_list(name):
    data = made(name)

    for job in data.failure_jobs:
        assert replace(job) == job
        assert type(replace(job).failure_status) is type(job.failure_status)
    with FakeSdrs() as sdrs:
        assert sdrs.seed(scenario=name, as_of=AS_OF) == data
        assert sdrs.failure_jobs == data.failure_jobs
        assert sdrs.protection_groups == data.groups
        assert sdrs.protected_instances == data.protected_instances
        assert sdrs.replication_pairs == data.replication_pairs
        assert sdrs.drills == data.drills


def test_nothing_failed_on_a_resource_before_its_creation():
    assert_nothing_failed_before_its_creation(made("ten-thousand-jobs").failure_jobs)


def test_the_documented_sample_is_the_references_own_byte_for_byte(fixture):
    with FakeSdrs() as sdrs:
        group = sdrs.seed(scenario="documented-sample").groups[0]
        answer = sdrs.request(
            "GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs?server_group_id={group.id}"
        )

    expected = json.dumps(fixture("list_failure_jobs"), separators=(",", ":"))
    assert answer.body.decode() == expected
    documented = fixture("examples/list_protection_groups")["server_groups"][1]
    assert (group.id, group.name) == (documented["id"], documented["name"])


def test_the_documented_sample_is_consistent_but_for_the_spelling_and_the_time_of_2019():
    data = made("documented-sample")
    with pytest.raises(AssertionError) as caught:
        assert_consistent(data)

    assert Counter(
        line.split(": ", 1)[1].split(" is not ")[0].split(" 2019")[0]
        for line in str(caught.value).splitlines()[1:]
    ) == {
        "createFail of protectedInstance": 2,
        "EVS.2024 'SdrsGenerateNativeServerParamsTask-fail:volume is error!'": 2,
        "begin_time": 2,
    }
    assert [(each.id, str(each.status)) for each in data.protected_instances] == [
        (job.resource_id, "error") for job in reversed(data.failure_jobs)
    ]
    assert data.groups[0].protected_instance_num == 2


def test_an_empty_project_has_groups_and_no_failed_jobs():
    data = made("empty-project")

    assert data.failure_jobs == ()
    assert [group.name for group in data.groups] == ["erp-prod-pg-01", "crm-prod-pg-01"]
    assert {str(pair.status) for pair in data.replication_pairs} == {"available"}


@given(seed=seeds)
def test_one_noisy_group_has_more_than_a_page_and_the_others_a_few_each(seed):
    data = made("noisy-group", seed)
    failed = Counter(job.server_group_id for job in data.failure_jobs)
    noisy, *others = data.groups

    assert failed == {noisy.id: 180, **{group.id: 3 for group in others}}
    assert all(
        AS_OF - job.begin_time <= dt.timedelta(days=3)
        for job in data.failure_jobs
        if job.server_group_id == noisy.id
    )


@given(name=st.sampled_from(SMALL), seed=seeds)
def test_the_jobs_of_a_scenario_are_over_before_the_next_step(name, seed):
    assert replayed(made(name, seed).steps(), timed=True)


@given(name=st.sampled_from(["regional-switchover", "storage-outage"]), seed=seeds)
def test_the_failures_of_a_wave_stay_in_its_time(name, seed):
    hours = {"regional-switchover": ("detachFail", 3, 2.75), "storage-outage": ("createFail", 4, 2)}
    status, since, until = hours[name]
    ages = [
        (AS_OF - job.begin_time) / HOUR
        for job in made(name, seed).failure_jobs
        if job.failure_status == status and AS_OF - job.begin_time < 24 * HOUR
    ]

    assert len(ages) == (24 if status == "detachFail" else 72)
    assert all(until <= age <= since for age in ages)


@given(seed=seeds)
def test_a_wave_that_is_too_dense_for_its_episodes_is_in_order_all_the_same(seed):
    wave = {"count": 200, "from": "PT2M", "to": "PT1M"}
    data = made(own(groups=2, waves=[wave]), seed)

    ages = [(AS_OF - job.begin_time).total_seconds() for job in data.failure_jobs]
    assert len(ages) == 200
    assert all(60 <= age <= 120 for age in ages)
    assert_consistent(data)


@given(seed=seeds)
def test_in_a_regional_switchover_every_group_failed_to_fail_over_and_is_in_the_status_that_fits(
    seed,
):
    data = made("regional-switchover", seed)
    recent = [
        job
        for job in data.failure_jobs
        if job.begin_time > AS_OF - dt.timedelta(hours=2, minutes=45)
        and job.resource_type == "server_groups"
    ]
    last = {}
    for job in recent:  # newest first
        last.setdefault(job.server_group_id, str(job.failure_status))

    assert sum(job.failure_status == "failoverFail" for job in recent) == 10
    assert {group.id for group in data.groups} == {
        job.server_group_id for job in recent if job.failure_status == "failoverFail"
    }
    assert [(str(group.status), last[group.id]) for group in data.groups] == [
        *[("error-failing-over", "failoverFail")] * 4,
        *[("error-reprotecting", "reprotectFail")] * 2,
    ]


@given(seed=seeds)
def test_after_a_regional_switchover_pairs_are_as_their_groups_unless_they_failed_alone(seed):
    data = made("regional-switchover", seed)
    groups = {group.id: group for group in data.groups}
    failed = {job.resource_id for job in data.failure_jobs}

    for pair in data.replication_pairs:
        group = groups[pair.server_group_id]
        assert pair.priority_station == group.priority_station
        assert pair.status == group.status or pair.id in failed
        if pair.record_metadata.bootable:
            assert pair.status == group.status


@given(seed=seeds)
def test_on_a_disaster_drill_day_some_things_failed_and_worked_at_the_second_attempt(seed):
    data = made("disaster-drill-day", seed)
    order, billing, portal, archive = data.groups
    results = defaultdict(list)
    for step in data.steps():
        results[step.resource_name, step.operation].append(step.failure_job is None)

    assert results["order-core-pg-01", "StartFailoverProtectionGroup"] == [False, True]
    assert results["order-drill-01", "DeleteDisasterRecoveryDrill"] == [False, True]
    assert results["billing-prod-pg-01", "StartReverseProtectionGroup"] == [False]
    assert results["billing-prod-pg-01", "StartFailoverProtectionGroup"] == [True]
    assert results["portal-drill-02", "CreateDisasterRecoveryDrill"] == [False]
    assert [(str(each.status), each.priority_station) for each in data.groups] == [
        ("protected", "target"),
        ("error-reprotecting", "target"),
        ("protected", "source"),
        ("protected", "target"),
    ]
    assert [(each.name, str(each.status), each.server_group_id) for each in data.drills] == [
        ("archive-drill-01", "error-deleting", archive.id)
    ]
    assert {order.replication_num, billing.replication_num, portal.replication_num} == {3, 4, 1}


@given(seed=seeds)
def test_in_a_storage_outage_creations_of_every_kind_fail_in_every_group_for_reasons_of_storage(
    seed,
):
    data = made("storage-outage", seed)

    assert {job.error_code.partition(".")[0] for job in data.failure_jobs} == {"EVS"}
    for group in data.groups:
        created = Counter(
            job.resource_type
            for job in data.failure_jobs
            if job.server_group_id == group.id and job.failure_status == "createFail"
        )
        assert created == {
            "replications": 6,
            "protected_instances": 3,
            "disaster_recovery_drills": 3,
        }


def test_ten_thousand_jobs_hold_every_way_to_fail_in_every_group():
    data = made("ten-thousand-jobs")

    every = pairs(dataset(200, as_of=AS_OF).failure_jobs)
    assert pairs(data.failure_jobs) == every
    for group in data.groups:
        failed = [job for job in data.failure_jobs if job.server_group_id == group.id]
        assert pairs(failed) == every - {
            ("server_groups", "createFail"),  # these are of groups that are in no list
            ("server_groups", "deleteFail"),
        }


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", NAMES)
def test_each_is_seeded_in_a_tenth_of_a_second_and_ten_thousand_jobs_in_one(name):
    seen = []
    for _ in range(6):  # the first warms up; the best of the others is undisturbed
        with FakeSdrs() as sdrs:
            start = time.process_time()
            sdrs.seed(scenario=name)
            seen.append(time.process_time() - start)

    assert min(seen[1:]) < (1 if name == "ten-thousand-jobs" else 0.1)


def test_their_files_are_in_the_package():
    folder = Path(sdrs_fake.__file__).parent / "seeding" / "scenarios"

    assert sorted(file.name for file in folder.iterdir()) == [f"{name}.json" for name in NAMES]


DOCUMENT = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")


def test_the_document_lists_those_of_the_package():
    rows = re.findall(r"^\| `([a-z-]+)` \| .* \| ([0-9,]+) \| (\d+) \|$", DOCUMENT, re.MULTILINE)

    assert rows == [
        (name, f"{each.failures:,}", str(each.groups)) for name, each in scenarios().items()
    ]
