"""A dataset is a history: each failure was a legal step, and the resources are what it left."""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.times import MILLISECOND
from sdrs_fake.domain.transitions import TRANSITIONS
from sdrs_fake.seeding import assert_consistent
from sdrs_fake.seeding.episodes import EPISODES
from sdrs_fake.seeding.replay import WrongStepError, replayed
from tests.seeding.cases import AS_OF, drawn, resources

seeds = st.integers(0, 2**80)
LISTS = {
    "server_groups": "server-groups",
    "protected_instances": "protected-instances",
    "replications": "replications",
    "disaster_recovery_drills": "disaster-recovery-drills",
}


@given(
    failures=st.integers(0, 300),
    groups=st.integers(1, 8),
    seed=seeds,
    batch=st.integers(0, 0xFFFF),
)
def test_any_seed_and_size_replays(failures, groups, seed, batch):
    assert_consistent(drawn(failures, groups, seed, batch=batch))


@given(seed=seeds)
def test_the_steps_are_in_the_order_of_time_and_hold_the_failed_jobs(seed):
    data = drawn(100, 3, seed)
    steps = data.steps()

    times = [step.begin_time for step in steps]
    assert times == sorted(times)
    assert times[-1] <= AS_OF
    failed = [step.failure_job for step in steps if step.failure_job]
    assert tuple(reversed(failed)) == data.failure_jobs


@pytest.mark.parametrize("seed", range(5))
def test_a_history_without_the_creation_of_something_does_not_replay(seed):
    steps = drawn(40, 2, seed).steps()
    made = [step for step in steps if step.row.allowed is None and step.failure_job is None]
    used = Counter(step.resource_id for step in steps)
    left_out = next(step for step in made if used[step.resource_id] > 1)

    with pytest.raises(WrongStepError, match=r"should be (there|in a protection group)"):
        replayed(step for step in steps if step is not left_out)


def test_a_history_that_goes_backwards_does_not_replay():
    with pytest.raises(WrongStepError):
        replayed(reversed(drawn(40, 2).steps()))


def test_a_step_on_what_is_still_busy_does_not_replay_where_the_data_have_time():
    steps = drawn(40, 2).steps()
    (place, retry), *_ = [
        (place, after)
        for place, (step, after) in enumerate(pairwise(steps), start=1)
        if step.failure_job and step.resource_id == after.resource_id
    ]
    failed = steps[place - 1]
    hurried = retry._replace(begin_time=failed.begin_time + MILLISECOND)

    with pytest.raises(WrongStepError, match=r"^\w+ of '[^']+' at .+: '[^']+' is busy until 20"):
        replayed([*steps[:place], hurried], timed=True)
    assert replayed([*steps[:place], hurried])


def test_jobs_of_a_dataset_are_over_before_the_next_step_as_long_as_30_days_have_time():
    assert_consistent(drawn(21_599, 10))


def test_denser_data_are_in_order_all_the_same():
    data = drawn(30_000, 3)

    assert_consistent(data)
    with pytest.raises(WrongStepError, match="is busy until"):
        replayed(data.steps(), timed=True)


def test_the_episodes_are_legal_from_every_stable_status_and_lead_back_to_it():
    for home, episodes in EPISODES.items():
        assert len(episodes) == 17
        for choices in episodes.values():
            assert len(choices[0].ways) == 1
            for episode in choices:
                outcome = episode.outcomes[-1]
                back = {home} if episode.kind == "server_groups" else {"usual"}
                assert not episode.flips[-1]
                assert outcome.status in ({"gone"} if episode.makes else back)


# What the failures are like


@given(seed=seeds)
def test_some_steps_are_tried_again_and_fail_again_or_succeed(seed):
    tries = defaultdict(list)
    for step in drawn(300, 4, seed).steps():
        tries[step.resource_id].append((step.operation, step.failure_job is not None))
    pairs = Counter(
        later[1]
        for steps in tries.values()
        for earlier, later in pairwise(steps)
        if earlier[1] and later[0] == earlier[0]
    )

    assert min(pairs[True], pairs[False]) > 10


@given(seed=seeds)
def test_a_group_that_could_not_be_made_was_deleted_and_its_row_stays(seed):
    data = drawn(200, 4, seed)
    listed = {group.id for group in data.groups}
    gone = [
        job
        for job in data.failure_jobs
        if job.resource_type == "server_groups" and job.server_group_id not in listed
    ]

    assert len(listed) == 4
    assert {str(job.failure_status) for job in gone} == {"createFail", "deleteFail"}
    assert all(job.server_group_id == job.resource_id for job in gone)


def test_groups_hold_a_few_dozen_things_at_most_however_many_failures_there_are():
    data = drawn(20_000, 3)
    sizes = Counter(
        each.server_group_id
        for each in (*data.protected_instances, *data.replication_pairs, *data.drills)
    )

    assert max(sizes.values()) < 36


def test_resources_end_in_error_statuses_and_in_stable_ones():
    statuses = Counter(
        str(each.status) for seed in range(60) for each in resources(drawn(60, 5, seed))
    )
    errors = {row.error for row in TRANSITIONS if row.error}

    assert statuses.keys() == errors | {"available", "protected", "failed-over"}
    assert statuses["available"] + statuses["protected"] > sum(statuses.values()) / 2


def test_the_production_site_is_another_one_after_an_odd_number_of_switches():
    stations = Counter(
        group.priority_station for seed in range(60) for group in drawn(40, 4, seed).groups
    )

    assert min(stations["source"], stations["target"]) > 10


# Over HTTP


@given(failures=st.integers(1, 60), groups=st.integers(1, 4), seed=seeds)
def test_the_resource_and_the_job_of_every_row_can_be_asked_for_and_agree(failures, groups, seed):
    with FakeSdrs() as sdrs:
        data = sdrs.seed(failures, groups, seed, AS_OF)
        there = {each.id: each for each in resources(data)}
        for row in data.failure_jobs:
            job = sdrs.request("GET", f"/v1/{sdrs.project_id}/jobs/{row.job_id}").json
            assert (job["status"], job["job_type"]) == ("FAIL", row.job_type)
            assert (job["error_code"], job["fail_reason"]) == (row.error_code, row.fail_reason)
            path = f"/v1/{sdrs.project_id}/{LISTS[row.resource_type]}/{row.resource_id}"
            answer = sdrs.request("GET", path)
            if row.resource_id in there:
                (shown,) = answer.json.values()
                resource = there[row.resource_id]
                assert shown == json.loads(resource.wire_json)
                assert shown["name"] == row.resource_name
            else:
                assert answer.status in {400, 404}


@given(seed=seeds, batch=st.integers(0, 3))
def test_a_fake_holds_what_the_dataset_has(seed, batch):
    with FakeSdrs() as sdrs:
        for _ in range(batch + 1):
            data = sdrs.seed(30, 3, seed, AS_OF)

        assert data == drawn(30, 3, seed, batch=batch)
        assert sdrs.protection_groups[-3:] == data.groups
        for held, seeded in (
            (sdrs.protected_instances, data.protected_instances),
            (sdrs.replication_pairs, data.replication_pairs),
            (sdrs.drills, data.drills),
        ):
            assert held[len(held) - len(seeded) :] == seeded


def test_resources_are_what_validation_would_have_made_of_them():
    for each in resources(drawn(300, 8)):
        assert replace(each) == each
        assert replace(each).wire_json == each.wire_json
