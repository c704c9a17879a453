"""`sdrs.activity()`: operations that happen by themselves, drawn from a seed."""

from collections import Counter
from dataclasses import FrozenInstanceError
from itertools import islice

import pytest

from sdrs_fake import ActivityStep, FakeSdrs, ParameterError

AS_OF = "2026-06-01T00:00:00Z"
STEP = {
    "operation": "StartProtectionGroup",
    "name": "erp-1",
    "is_retry": False,
    "status": 200,
    "error_code": "",
    "job_fails": False,
    "job_id": "j1",
}


def steps(fake, number, seed=0):
    return list(islice(fake.activity(seed=seed), number))


FILLED = {
    "empty": {},
    "seeded": {"failures": 30, "groups": 3, "as_of": AS_OF},
    "a scenario": {"scenario": "regional-switchover", "as_of": AS_OF},
    "with jobs that are asked for": {"job_polls": 2},
}
filled = pytest.mark.parametrize("options", FILLED.values(), ids=FILLED)


@filled
def test_the_same_seed_gives_the_same_steps(options):
    one, two = FakeSdrs(**options), FakeSdrs(**options)

    assert steps(one, 60, seed=7) == steps(two, 60, seed=7)
    assert steps(one, 20, seed=8) != steps(two, 20, seed=9)


@filled
def test_what_it_asks_for_is_allowed(options):
    fake = FakeSdrs(**options)

    assert [str(step) for step in steps(fake, 150, seed=3) if step.status != 200] == []


def test_on_an_empty_fake_it_creates_a_group_first(sdrs):
    (step,) = steps(sdrs, 1)

    assert step.operation == "CreateProtectionGroup"
    assert [group.name for group in sdrs.protection_groups] == [step.name]


def test_all_kinds_of_resources_come_and_change(sdrs):
    done = Counter(step.operation for step in steps(sdrs, 300))

    assert len(done) == 16
    assert min(done.values()) > 1
    assert len(sdrs.protection_groups) <= 4
    assert len(sdrs.replication_pairs) <= 4 * 6


def test_some_jobs_fail_and_are_in_the_task_center(sdrs):
    failed = [step for step in steps(sdrs, 100) if step.job_fails]

    assert 10 < len(failed) < 40
    assert {step.job_id for step in failed} == {job.job_id for job in sdrs.failure_jobs}


def test_what_failed_is_tried_again(sdrs):
    failed, retried = set(), set()
    for step in steps(sdrs, 200):
        if step.is_retry:
            assert (step.operation, step.name) in failed
            retried.add((step.operation, step.name))
        if step.job_fails:
            failed.add((step.operation, step.name))

    assert len(retried) > 10


@pytest.mark.parametrize("seed", range(4))
def test_nothing_stays_in_an_error_status_for_ever(sdrs, seed):
    """In the long run what fails is mended: half of the steps see to it, a quarter fails."""
    standing = []
    for _ in islice(sdrs.activity(seed=seed), 150):
        resources = *sdrs.protection_groups, *sdrs.protected_instances, *sdrs.drills
        standing.append(sum(each.status.startswith("error") for each in resources))

    assert min(standing[75:]) <= 1


def test_while_every_resource_is_busy_it_asks_for_jobs(sdrs):
    sdrs.add_protection_group()
    sdrs.jobs.hold()
    done = steps(sdrs, 30)

    assert [str(step) for step in done[-2:]] == ["ShowJobStatus: answered"] * 2
    assert [step.status for step in done] == [200] * 30


def test_where_there_is_no_room_and_no_job_it_looks_at_the_groups(sdrs):
    for _ in range(4):
        sdrs.add_protection_group(status="deleting")

    assert [str(step) for step in steps(sdrs, 1)] == ["ListProtectionGroups: answered"]


# Beside a program and its faults


def test_the_journal_shows_its_requests_as_those_of_a_client(sdrs):
    (step,) = steps(sdrs, 1)

    record = sdrs.journal.assert_called_once(step.operation, name=step.name)
    assert record.request.headers["user-agent"].startswith("sdrs-fake-activity/0 ")


def test_its_failures_are_for_its_own_requests(sdrs):
    group = sdrs.add_protection_group()
    pair = {"server_group_id": group.id, "name": "mine"}
    path = f"/v1/{sdrs.project_id}/replications"
    mine = []
    for number, _ in enumerate(islice(sdrs.activity(), 40)):
        body = {"replication": {**pair, "volume_id": f"mine-{number}"}}
        mine.append(sdrs.request("POST", path, json=body).json.get("job_id"))

    assert len(sdrs.failure_jobs) > 0
    assert {job.job_id for job in sdrs.failure_jobs}.isdisjoint(mine)


def test_its_fault_is_one_and_optional(sdrs):
    steps(sdrs, 50)

    assert len(list(sdrs.faults)) == 1
    sdrs.faults.clear()
    steps(sdrs, 1)
    sdrs.faults.assert_all_fired()


def test_its_fault_is_named_after_the_call(sdrs):
    steps(sdrs, 50, seed=7)

    assert {each.description for each in sdrs.faults} == {"fail_job(when=activity(seed=7))"}
    assert "fail_job(when=activity(seed=7))" in {each.response.fault for each in sdrs.journal}


def test_it_goes_on_after_faults_were_cleared(sdrs):
    activity = sdrs.activity()
    next(activity)
    sdrs.faults.clear()

    assert any(step.job_fails for step in islice(activity, 50))


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"status": 503}, "refused with 503 503"),
        ({"code": "APIGW.0308"}, "refused with 429 APIGW.0308"),
        ({"network": "disconnect"}, "no answer"),
        ({"network": "truncate"}, "no answer"),
        ({"network": "garbage"}, "no answer"),
        ({"network": "garbage", "status": 503}, "no answer"),
    ],
)
def test_a_step_that_is_refused_is_no_error(sdrs, fault, outcome):
    sdrs.faults.fail(**fault)

    assert [str(step).partition(": ")[2] for step in steps(sdrs, 3)] == [outcome] * 3


def test_a_fake_that_is_offline_does_not_answer(sdrs):
    sdrs.go_offline()

    assert [step.status for step in steps(sdrs, 2)] == [None, None]


@pytest.mark.parametrize("auth", ["strict", "off"])
def test_it_is_let_in_under_each_auth_mode(auth):
    assert [step.status for step in steps(FakeSdrs(auth=auth), 3)] == [200] * 3


# Steps


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "StartProtectionGroup erp-1: accepted"),
        ({"job_fails": True}, "StartProtectionGroup erp-1: accepted, and its job fails"),
        ({"is_retry": True}, "retry of StartProtectionGroup erp-1: accepted"),
    ],
)
def test_a_step_prints_as_a_line(changed, line):
    assert str(ActivityStep(**{**STEP, **changed})) == line


def test_a_step_is_a_value():
    step = ActivityStep(**STEP)

    assert step == ActivityStep(**{**STEP, "job_id": "j2"})
    with pytest.raises(FrozenInstanceError):
        step.name = "other"


@pytest.mark.parametrize("seed", [-1, "x", None, 1.5])
def test_a_wrong_seed_is_refused(sdrs, seed):
    with pytest.raises(ParameterError, match="should be an integer from 0 to") as caught:
        sdrs.activity(seed=seed)

    assert caught.value.name == "seed"
