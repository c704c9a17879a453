"""`sdrs.seed` adds datasets and scenarios to a project."""

import datetime as dt
import json
import threading

import pytest

from sdrs_fake import FakeSdrs, fake_project
from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding import dataset
from tests.seeding.cases import AS_OF, JOB, made, own

GROUP = "decf224d-87fe-403a-8721-037a1a45c287"
JOB_ID = "ff808082686f229a0168707b9be9013e"


def batches(sdrs):
    return [spec.batch for spec in sdrs.seed_history]


def test_a_project_is_seeded_with_a_dataset_and_again_with_another_batch(sdrs):
    seen = [sdrs.seed(30, 4, 7, AS_OF) for _ in range(2)]

    assert seen == [dataset(30, 4, 7, as_of=AS_OF, batch=batch) for batch in (0, 1)]
    assert set(sdrs.failure_jobs) == {job for data in seen for job in data.failure_jobs}
    assert batches(sdrs) == [0, 1]


def test_a_project_is_seeded_with_a_scenario_and_again_with_another_batch(sdrs):
    seen = [sdrs.seed(scenario="regional-switchover", seed=7, as_of=AS_OF) for _ in range(2)]

    assert seen == [made("regional-switchover", 7, batch=batch) for batch in (0, 1)]
    assert len({job.job_id for job in sdrs.failure_jobs}) == 2 * len(seen[0].failure_jobs)
    assert len(sdrs.protection_groups) == 2 * len(seen[0].groups)


def test_scenarios_and_datasets_share_a_project(sdrs):
    sdrs.seed(as_of=AS_OF)
    sdrs.seed(scenario="storage-outage", as_of=AS_OF)
    sdrs.seed(as_of=AS_OF)

    assert batches(sdrs) == [0, 1, 2]
    assert len(sdrs.failure_jobs) == 24 + 84 + 24


@pytest.mark.parametrize("given", [{}, {"failures": 5}, {"scenario": "noisy-group"}])
def test_by_default_it_is_of_now(sdrs, given):
    made = sdrs.seed(**given)

    assert sdrs.clock.now() - made.spec.as_of < dt.timedelta(minutes=1)


def test_a_fake_has_defaults_of_its_own():
    with FakeSdrs(failures=5, groups=2, seed=7, as_of=AS_OF) as sdrs:
        again = sdrs.seed(seed=8)
        scenario = sdrs.seed(scenario="storage-outage")

    assert [str(spec) for spec in sdrs.seed_history[:2]] == [
        'sdrs.seed(failures=5, groups=2, seed=7, as_of="2026-06-01T00:00:00.000Z")',
        'sdrs.seed(failures=5, groups=2, seed=8, as_of="2026-06-01T00:00:00.000Z")',
    ]
    assert again.spec == sdrs.seed_history[1]
    assert str(scenario.spec) == (
        'sdrs.seed(scenario="storage-outage", seed=7, as_of="2026-06-01T00:00:00.000Z")'
    )


def test_failures_are_seeded_in_place_of_the_scenario_of_a_fake():
    with FakeSdrs(scenario="storage-outage", as_of=AS_OF) as sdrs:
        assert len(sdrs.failure_jobs) == 84
        assert len(sdrs.seed().failure_jobs) == 84
        assert len(sdrs.seed(failures=3).failure_jobs) == 3


# The history


@pytest.mark.parametrize(
    "calls",
    [
        [{}],
        [{"failures": 40, "groups": 2, "seed": 7, "as_of": AS_OF}],
        [{"scenario": "noisy-group", "seed": 7}, {"failures": 5}],
        [{"scenario": own(groups=['a "b"'], waves=[{"count": 5, "from": "P2D"}])}],
        [{"failures": 5}, {"failures": 5}],
    ],
)
def test_the_calls_that_the_history_prints_give_the_same_data(sdrs, calls):
    for call in calls:
        sdrs.seed(**call)
    with FakeSdrs() as other:
        for spec in sdrs.seed_history:
            eval(str(spec), {"sdrs": other})

        assert other.export_data() == sdrs.export_data()


def test_the_history_shows_the_path_of_a_file(sdrs, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(own(groups=1)))
    sdrs.seed(scenario=file, as_of=AS_OF)

    assert str(sdrs.seed_history[0]) == (
        f'sdrs.seed(scenario="{file}", seed=0, as_of="2026-06-01T00:00:00.000Z")'
    )


def test_each_project_and_each_fork_has_a_history_of_its_own(sdrs):
    sdrs.seed(failures=5)
    sdrs.project("other").seed(failures=6)
    with sdrs.fork() as twin:
        twin.seed(failures=7)

        assert [spec.failures for spec in sdrs.seed_history] == [5]
        assert [spec.failures for spec in sdrs.project("other").seed_history] == [6]
        assert [spec.failures for spec in twin.seed_history] == [5, 7]


def test_a_reset_empties_the_history(sdrs):
    sdrs.seed(failures=5)
    sdrs.add_failure_job()
    sdrs.reset()

    assert sdrs.seed_history == ()


# A project that holds something


@pytest.mark.parametrize(
    ("before", "taken"),
    [
        (lambda sdrs: sdrs.seed(scenario="documented-sample"), "ff808082686f229a0168707beaab014e"),
        (lambda sdrs: sdrs.add_protection_group(id=GROUP), GROUP),
        (lambda sdrs: sdrs.add_job(job_id=JOB_ID), JOB_ID),
    ],
)
def test_what_a_scenario_gives_as_it_is_goes_into_a_project_once(sdrs, before, taken):
    before(sdrs)
    held = sdrs.export_data()
    with pytest.raises(ParameterError, match=f"^scenario: documented-sample gives '{taken}' as"):
        sdrs.seed(scenario="documented-sample")

    assert sdrs.export_data() == held


def test_what_a_scenario_gives_as_it_is_is_there_also_when_it_was_deleted(sdrs):
    content = own(failure_jobs=[JOB])
    sdrs.seed(scenario=content)
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/j")

    with pytest.raises(ParameterError, match=r"^scenario: mine gives 'j' as it is, and the"):
        sdrs.seed(scenario=content)


def test_a_dataset_that_was_imported_is_not_seeded_again(sdrs):
    with FakeSdrs() as other:
        other.import_data(sdrs.export_data())
        rows = [json.loads(job.wire_json) for job in other.seed(as_of=AS_OF).failure_jobs]
    sdrs.import_failure_jobs({"failure_jobs": rows})

    assert [sdrs.seed(as_of=AS_OF).spec.batch for _ in range(2)] == [1, 2]
    assert len(sdrs.failure_jobs) == 3 * 24


def test_groups_that_are_there_already_are_not_overwritten(sdrs):
    sdrs.seed(failures=5, as_of=AS_OF)
    with FakeSdrs() as other:
        other.import_data(sdrs.export_data())
        held = other.protection_groups
        # At another time the job ids are others, and the groups the same.
        made = other.seed(failures=5, as_of=AS_OF + dt.timedelta(days=1))

        assert (made.spec.batch, other.protection_groups[: len(held)]) == (1, held)


def test_failed_jobs_that_were_deleted_do_not_come_back(sdrs):
    sdrs.seed(failures=5, groups=1, as_of=AS_OF)
    rows = sdrs.export_data()["projects"][0]["failure_jobs"]
    deleted = [{**row, "server_group_id": "mine"} for row in rows]
    with FakeSdrs() as other:
        other.import_data({"deleted_failure_jobs": deleted})
        made = other.seed(failures=5, groups=1, as_of=AS_OF)

        assert (made.spec.batch, len(other.failure_jobs)) == (1, 5)


def test_more_batches_than_there_are_are_refused(sdrs, monkeypatch):
    monkeypatch.setattr(fake_project, "MAX_BATCHES", 2)
    sdrs.seed()
    sdrs.seed()

    with pytest.raises(ParameterError, match=r"^seed: the project has all 2 batches; reset it"):
        sdrs.seed()


def test_threads_that_seed_at_once_get_batches_of_their_own(sdrs):
    threads = [threading.Thread(target=sdrs.seed, args=(20,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert batches(sdrs) == list(range(8))
    assert len({job.job_id for job in sdrs.failure_jobs}) == 160


# Refusals


@pytest.mark.parametrize(
    ("given", "name", "reason"),
    [
        ({"failures": -1}, "failures", "-1 should be an integer from 0 to 100,000,000"),
        ({"groups": 0}, "groups", "0 should be at least 1 where there are failures"),
        ({"scenario": "noisy-group", "failures": 5}, "failures", "5 should not be given with scen"),
        ({"scenario": "noisy"}, "scenario", "'noisy' should be one of disaster-drill-day, "),
        ({"scenario": own(groups=-1)}, "scenario", "groups: -1 should be a list of groups"),
    ],
)
def test_a_wrong_option_is_refused_and_named(sdrs, given, name, reason):
    with pytest.raises(ParameterError) as caught:
        sdrs.seed(**given)

    assert caught.value.name == name
    assert caught.value.reason.startswith(reason)
    assert sdrs.project_ids == set()


def test_a_file_that_is_not_there_is_refused(sdrs, tmp_path):
    with pytest.raises(ParameterError, match=r"scenario: .*none\.json should be a file: No such"):
        sdrs.seed(scenario=tmp_path / "none.json")
