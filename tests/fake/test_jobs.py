"""Running jobs: when they end, and what is seen until then."""

import datetime as dt

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
from tests.cases import refusal, show_job

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def delete_group(sdrs, group=None):
    """The id of a job that deletes a group."""
    group = group or sdrs.add_protection_group()
    path = f"/v1/{sdrs.project_id}/server-groups/{group.id}"
    return sdrs.request("DELETE", path).json["job_id"]


def act(sdrs, group, action, **fields):
    """The id of the job of an action on a group."""
    path = f"/v1/{sdrs.project_id}/server-groups/{group.id}/action"
    return sdrs.request("POST", path, json={f"{action}-server-group": fields}).json["job_id"]


def expand(sdrs, pair, size=20):
    path = f"/v1/{sdrs.project_id}/replications/{pair.id}/action"
    body = {"extend-replication": {"new_size": size}}
    return sdrs.request("POST", path, json=body).json["job_id"]


def status(sdrs, job_id, project=None):
    path = f"/v1/{(project or sdrs).project_id}/jobs/{job_id}"
    return sdrs.request("GET", path).json["status"]


def in_project(sdrs, name):
    """The job of a deletion in another project of the fake."""
    group = sdrs.project(name).add_protection_group()
    return sdrs.request("DELETE", f"/v1/{name}/server-groups/{group.id}").json["job_id"]


# When it ends


def test_by_default_a_job_is_over_when_it_is_next_looked_at(sdrs):
    job_id = delete_group(sdrs)

    (job,) = sdrs.jobs
    assert (job.job_id, job.status, sdrs.jobs.pending) == (job_id, "SUCCESS", ())
    assert status(sdrs, delete_group(sdrs)) == "SUCCESS"
    assert sdrs.protection_groups == ()


@pytest.mark.sdrs(job_duration=60, frozen_at="2026-03-01T12:00:00Z")
def test_a_job_with_a_duration_ends_once_the_clock_was_moved_that_far(sdrs):
    job_id = delete_group(sdrs)
    seen = [status(sdrs, job_id)]
    for seconds in (59.999, 0.001):
        sdrs.clock.advance(seconds=seconds)
        seen.append(status(sdrs, job_id))

    assert seen == ["RUNNING", "RUNNING", "SUCCESS"]


def test_a_job_with_a_duration_ends_in_frozen_time_too():
    with freeze_time(NOON) as frozen, FakeSdrs(job_duration=dt.timedelta(hours=1)) as sdrs:
        job_id = delete_group(sdrs)
        frozen.tick(3599)
        assert len(sdrs.jobs.pending) == 1
        frozen.tick(2)

        assert status(sdrs, job_id) == "SUCCESS"
        assert show_job(sdrs, job_id).json["end_time"] == "2026-03-01T13:00:00.000Z"


@pytest.mark.sdrs(job_polls=2)
def test_only_answers_about_the_job_itself_count_as_polls(sdrs):
    job_id, other = delete_group(sdrs), delete_group(sdrs)
    for _ in range(3):
        sdrs.request("GET", f"/v1/{sdrs.project_id}/server-groups")
        assert [group.status for group in sdrs.protection_groups] == ["deleting"] * 2
        assert len(sdrs.jobs.pending) == len(list(sdrs.jobs)) == 2

    assert [status(sdrs, job_id) for _ in range(3)] == ["RUNNING", "RUNNING", "SUCCESS"]
    assert status(sdrs, other) == "RUNNING"


@pytest.mark.sdrs(job_polls=1)
def test_an_answer_that_a_fault_replaced_is_no_poll(sdrs):
    job_id = delete_group(sdrs)
    sdrs.faults.fail("ShowJobStatus", status=503, times=2)

    answers = [show_job(sdrs, job_id) for _ in range(4)]

    assert [each.status for each in answers] == [503, 503, 200, 200]
    assert [each.json["status"] for each in answers[2:]] == ["RUNNING", "SUCCESS"]


@pytest.mark.parametrize("polls_first", [True, False])
def test_both_the_duration_and_the_polls_have_to_pass(polls_first):
    with FakeSdrs(job_duration=60, job_polls=2) as sdrs:
        job_id = delete_group(sdrs)
        if polls_first:
            polled = [status(sdrs, job_id) for _ in range(4)]
            sdrs.clock.advance(minutes=2)
        else:
            sdrs.clock.advance(minutes=2)
            polled = [status(sdrs, job_id) for _ in range(2)]

        assert (set(polled), status(sdrs, job_id)) == ({"RUNNING"}, "SUCCESS")


@pytest.mark.parametrize(
    ("settings", "end", "expected"),
    [
        ({}, lambda sdrs, job_id: None, "12:00:00.000"),
        ({"job_duration": 60}, lambda sdrs, job_id: sdrs.clock.advance(hours=1), "12:01:00.000"),
        (
            {"job_duration": 60, "job_polls": 1},
            lambda sdrs, job_id: (sdrs.clock.advance(hours=1), show_job(sdrs, job_id)),
            "13:00:00.000",
        ),
        (
            {"job_duration": 60, "job_polls": 1},
            lambda sdrs, job_id: (show_job(sdrs, job_id), sdrs.clock.advance(hours=1)),
            "12:01:00.000",
        ),
        ({"job_duration": 60}, lambda sdrs, job_id: sdrs.jobs.finish(job_id), "12:00:00.000"),
    ],
)
def test_the_end_is_the_duration_later_or_when_polls_or_finish_ended_it(settings, end, expected):
    with freeze_time(NOON), FakeSdrs(**settings) as sdrs:
        job_id = delete_group(sdrs)
        end(sdrs, job_id)

        job = show_job(sdrs, job_id).json
        assert job["begin_time"] == "2026-03-01T12:00:00.000Z"
        assert job["end_time"] == f"2026-03-01T{expected}Z"


# What is seen


@pytest.mark.sdrs(job_duration=60)
def test_a_running_job_shows_its_entities_and_no_end_and_no_error(sdrs):
    group = sdrs.add_protection_group()
    job = show_job(sdrs, delete_group(sdrs, group)).json

    assert job["status"] == "RUNNING"
    assert job["entities"] == {"server_group_id": group.id}
    assert (job["end_time"], job["error_code"], job["fail_reason"]) == ("", None, None)


# Hold, finish, release


def test_held_jobs_of_all_projects_wait_until_they_are_released(sdrs):
    sdrs.jobs.hold()
    jobs = [(sdrs, delete_group(sdrs)), (sdrs.project("b"), in_project(sdrs, "b"))]
    sdrs.clock.advance(hours=1)

    assert [status(sdrs, job_id, project) for project, job_id in jobs] == ["RUNNING"] * 2
    sdrs.project("b").jobs.release()
    assert [status(sdrs, job_id, project) for project, job_id in jobs] == ["SUCCESS"] * 2
    assert status(sdrs, delete_group(sdrs)) == "SUCCESS"


@pytest.mark.sdrs(job_polls=1)
def test_what_is_released_goes_on_by_its_plan(sdrs):
    sdrs.jobs.hold()
    job_id = delete_group(sdrs)
    sdrs.jobs.release()

    assert [status(sdrs, job_id) for _ in range(2)] == ["RUNNING", "SUCCESS"]


def test_finish_ends_what_is_pending_in_any_project_and_leaves_the_hold(sdrs):
    sdrs.jobs.hold()
    delete_group(sdrs), in_project(sdrs, "b")
    sdrs.jobs.finish()

    assert (sdrs.jobs.pending, sdrs.project("b").jobs.pending) == ((), ())
    assert status(sdrs, delete_group(sdrs)) == "RUNNING"


def test_finish_ends_one_job_wherever_it_is(sdrs):
    sdrs.jobs.hold()
    mine = delete_group(sdrs)
    sdrs.clock.advance(seconds=1)  # two projects may give one id in the same millisecond
    theirs = in_project(sdrs, "b")
    sdrs.jobs.finish(theirs)

    assert status(sdrs, theirs, sdrs.project("b")) == "SUCCESS"
    assert [job.job_id for job in sdrs.jobs.pending] == [mine]


@freeze_time(NOON)
def test_of_two_jobs_with_one_id_finish_ends_that_of_its_own_project():
    with FakeSdrs("a", job_duration=60) as sdrs:
        for name in ("a", "b"):
            sdrs.project(name).add_job(job_id="same", status="RUNNING")
        sdrs.project("b").jobs.finish("same")

        assert [len(sdrs.project(name).jobs.pending) for name in ("a", "b")] == [1, 0]


@pytest.mark.parametrize("job_id", ["unheard-of", "over", 5, ""])
def test_a_job_that_does_not_run_cannot_be_finished(sdrs, job_id):
    sdrs.add_job(job_id="over")

    assert refusal(sdrs.jobs.finish, job_id) == f"job_id: {job_id!r} is no job that runs"


@pytest.mark.parametrize("status_", ["RUNNING", "INIT"])
def test_a_running_job_that_was_added_stays_until_finish(sdrs, status_):
    job = sdrs.add_job(job_type="createProtectionGroupNoCG", status=status_)
    sdrs.clock.advance(days=1)
    sdrs.jobs.release()
    assert sdrs.jobs.pending == (job,)

    sdrs.jobs.finish(job.job_id)

    assert show_job(sdrs, job.job_id).json["status"] == "SUCCESS"


def test_a_reset_forgets_jobs_and_the_hold(sdrs):
    sdrs.jobs.hold()
    job_id = delete_group(sdrs)
    sdrs.reset()

    assert (len(sdrs.jobs), show_job(sdrs, job_id).status) == (0, 404)
    assert status(sdrs, delete_group(sdrs)) == "SUCCESS"


def test_it_says_how_many_there_are_and_whether_they_are_held(sdrs):
    sdrs.add_job()
    sdrs.jobs.hold()
    delete_group(sdrs)

    assert repr(sdrs.jobs) == "<ProjectJobs: 2, 1 pending, held>"


# Several at once


@pytest.mark.sdrs(frozen_at="2026-03-01T12:00:00Z", job_duration=60)
def test_one_look_after_all_ends_sees_what_a_look_after_each_end_sees(sdrs):
    group = sdrs.add_protection_group()
    pairs = [sdrs.add_replication_pair(server_group_id=group.id) for _ in range(3)]
    for pair in pairs[:2]:
        expand(sdrs, pair)
    sdrs.clock.advance(seconds=20)
    act(sdrs, group, "start")
    twin = sdrs.fork()
    # The clock of a fork moves the frozen process as well.
    before = sdrs.fork()
    states = []
    for _ in range(6):
        sdrs.clock.advance(seconds=20)
        twin.export_data()
        states.append([pair.status for pair in twin.replication_pairs])

    assert before.export_data() == twin.export_data()
    assert states[0] == ["extending", "extending", "starting"]
    assert states[1][:2] == ["available"] * 2  # the last stable status of a group that starts
    assert states[-1] == ["protected"] * 3  # which they follow to the end


@pytest.mark.parametrize("moved_after", [True, False])
def test_a_pair_whose_group_was_moved_meanwhile_takes_the_groups_last_stable_status(moved_after):
    with FakeSdrs() as sdrs:
        group = sdrs.add_protection_group()
        pair, _ = (sdrs.add_replication_pair(server_group_id=group.id) for _ in range(2))
        sdrs.jobs.hold()
        job_id, move = expand(sdrs, pair), act(sdrs, group, "start")
        for each in (job_id, move) if moved_after else (move, job_id):
            sdrs.jobs.finish(each)

        found = next(each for each in sdrs.replication_pairs if each.id == pair.id)
        assert found.record_metadata.volume_size == 20
        assert found.status == "protected"


def test_a_job_ends_though_its_resource_was_deleted_meanwhile(sdrs):
    group = sdrs.add_protection_group()
    pair = sdrs.add_replication_pair(server_group_id=group.id)
    sdrs.jobs.hold()
    jobs = [expand(sdrs, pair), delete_group(sdrs)]
    sdrs.delete_protection_group(group.id)
    sdrs.jobs.finish()

    assert [status(sdrs, job_id) for job_id in jobs] == ["SUCCESS"] * 2
    assert (sdrs.protection_groups, sdrs.replication_pairs) == ((), ())


# How long it takes


def seconds_of_deletions(kind, add):
    """How long jobs take that delete 20 resources of a new fake."""
    with FakeSdrs(job_duration="realistic") as fake, freeze_time("2026-06-01"):
        for each in [add(fake) for _ in range(20)]:
            path = f"/v1/{fake.project_id}/{kind}/{each.id}"
            body = {"replication": {}} if kind == "replications" else None
            assert fake.request("DELETE", path, json=body).status == 200
        fake.clock.advance(minutes=10)
        return [(job.end_time - job.begin_time).total_seconds() for job in fake.jobs]


@pytest.mark.parametrize(
    ("kind", "add", "least", "most"),
    [
        ("server-groups", FakeSdrs.add_protection_group, 8, 20),
        ("replications", FakeSdrs.add_replication_pair, 5, 15),
        ("disaster-recovery-drills", FakeSdrs.add_drill, 5, 15),
        ("protected-instances", FakeSdrs.add_protected_instance, 120, 300),
    ],
)
def test_a_realistic_duration_is_that_of_such_jobs_and_the_same_each_time(kind, add, least, most):
    seconds = seconds_of_deletions(kind, add)

    assert least <= min(seconds) < max(seconds) <= most
    assert seconds_of_deletions(kind, add) == seconds


def test_a_realistic_duration_is_kept_in_a_file(tmp_path):
    FakeSdrs(job_duration="realistic").save(tmp_path / "fake.json")

    with FakeSdrs.from_file(tmp_path / "fake.json") as fake:
        delete_group(fake)
        assert len(fake.jobs.pending) == 1


@pytest.mark.parametrize("verb", ["finish", "fail"])
def test_a_job_does_not_end_before_it_began(verb):
    sdrs = FakeSdrs(job_duration=60)
    with freeze_time(NOON):
        job_id = delete_group(sdrs)
    with freeze_time(NOON - dt.timedelta(hours=1)):
        getattr(sdrs.jobs, verb)(job_id)

    (job,) = sdrs.jobs
    assert job.end_time == job.begin_time == NOON


# What is seen of a group's job


@pytest.mark.parametrize("fails", [False, True])
def test_the_job_of_a_group_has_a_job_for_each_pair_in_python_as_over_http(sdrs, fails):
    group = sdrs.add_protection_group()
    for _ in range(3):
        sdrs.add_replication_pair(server_group_id=group.id)
    if fails:
        sdrs.faults.fail_job()

    act(sdrs, group, "start")

    (job,) = sdrs.jobs
    sub_jobs = job.entities["sub_jobs"]
    shown = show_job(sdrs, job.job_id).json["entities"]["sub_jobs"]
    assert len({each.job_id for each in (job, *sub_jobs)}) == 4
    assert [each.job_id for each in sub_jobs] == [each["job_id"] for each in shown]
    ends = ["FAIL" if fails else "SUCCESS", "SUCCESS", "SUCCESS"]
    assert [str(each.status) for each in sub_jobs] == ends
