"""Faults that take time: latency, Retry-After, and requests that are handled later."""

import datetime as dt
import time

import pytest

LIST = "ListFailureJobs"
DELETE = "DeleteFailureJob"
ZONES = {"source_availability_zone": "a", "target_availability_zone": "b"}
NEW_GROUP = {"name": "late", "domain_id": "d", "source_vpc_id": "v", **ZONES}


@pytest.fixture
def statuses(sdrs, path):
    """`statuses(3)`: the statuses of three requests for the list."""
    return lambda requests=1: [sdrs.request("GET", path).status for _ in range(requests)]


@pytest.fixture
def job_id(sdrs):
    """The id of a failed job to delete, of two."""
    sdrs.add_failure_job()
    return sdrs.add_failure_job().job_id


# Latency and Retry-After


def test_latency_moves_the_fakes_clock_alone(sdrs, statuses):
    sdrs.faults.fail(LIST, latency=90)
    sdrs.faults.fail(LIST, status=504, latency=dt.timedelta(minutes=2), optional=True)
    now, before = sdrs.clock.now(), time.monotonic()

    assert statuses(2) == [200, 200]

    assert (sdrs.clock.now() - now).total_seconds() == pytest.approx(180, abs=30)
    assert time.monotonic() - before < 30


def test_latency_with_sleep_leaves_the_fakes_clock_alone(sdrs, statuses):
    sdrs.faults.fail(LIST, status=504, latency=0.02, sleep=True)
    before = time.monotonic()

    assert statuses() == [504]
    assert time.monotonic() - before >= 0.02
    assert str(sdrs.journal.last.response.network_fault) == "sent, 0.02 s late"


def test_at_the_end_of_the_calendar_the_clock_stands_still(sdrs, statuses):
    sdrs.clock.set("9898-01-01T00:00:00Z")
    sdrs.faults.fail(LIST, latency=366 * 24 * 3600)

    assert statuses(5) == [200] * 5
    assert sdrs.clock.now().year < 9900


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_counts_down_with_the_clock_until_the_fault_is_over(sdrs, path, status):
    fault = sdrs.faults.fail(LIST, status=status, retry_after=30)
    answers = []

    for seconds in (0, 10.5, 19, 1):
        sdrs.clock.advance(seconds=seconds)
        response = sdrs.request("GET", path)
        answers.append((response.status, response.headers.get("Retry-After")))

    assert answers == [(status, "30"), (status, "20"), (status, "1"), (200, None)]
    assert (fault.matched, fault.fired, fault.armed) == (3, 3, False)


# Deferred requests


def test_a_deferred_request_is_accepted_and_handled_after_its_delay(sdrs, path, job_id):
    sdrs.faults.defer(DELETE, delay=30, times=1)

    response = sdrs.request("DELETE", f"{path}/{job_id}")

    assert (response.status, response.body, len(sdrs.failure_jobs)) == (202, b"", 2)
    sdrs.clock.advance(seconds=29)
    assert sdrs.request("GET", path).json["count"] == 2
    sdrs.clock.advance(seconds=1)
    assert sdrs.request("GET", path).json["count"] == 1


def test_what_is_due_first_is_handled_first_and_the_journal_shows_the_answer(sdrs, path, job_id):
    sdrs.faults.defer(DELETE, delay=30, times=1)
    sdrs.faults.defer(DELETE, delay=dt.timedelta(seconds=10), times=1)
    for _ in range(2):
        assert sdrs.request("DELETE", f"{path}/{job_id}").status == 202
    assert sdrs.journal.last.response.note == "accepted, not handled yet"

    sdrs.clock.advance(minutes=1)

    late, soon = (record.response.note for record in sdrs.journal)
    assert late == "accepted, and handled later: 404 SDRS.0408: Null job"
    assert soon.startswith("accepted, and handled later: 204 ")
    assert len(sdrs.failure_jobs) == 1


def test_a_fork_handles_a_deferred_request_at_its_own_time(sdrs, path, job_id):
    sdrs.faults.defer(delay=30)
    sdrs.request("DELETE", f"{path}/{job_id}")

    with sdrs.fork() as twin:
        twin.clock.advance(minutes=1)
        assert (len(sdrs.failure_jobs), len(twin.failure_jobs)) == (2, 1)
    assert sdrs.journal.last.response.note == "accepted, not handled yet"


@pytest.fixture
def create_group(sdrs):
    """Ask for a new group; the answer is that of a deferral."""

    def ask():
        path = f"/v1/{sdrs.project_id}/server-groups"
        response = sdrs.request("POST", path, json={"server_group": NEW_GROUP})
        assert (response.status, response.body) == (202, b"")

    return ask


def test_a_deferred_creation_happens_later_and_its_job_begins_then(sdrs, create_group):
    sdrs.faults.defer("CreateProtectionGroup", delay=30)
    earliest = sdrs.clock.now()
    create_group()
    latest = sdrs.clock.now()
    assert (sdrs.protection_groups, len(sdrs.jobs)) == ((), 0)

    sdrs.clock.advance(seconds=90)

    (group,), (job,) = sdrs.protection_groups, sdrs.jobs
    late = dt.timedelta(seconds=30)
    assert earliest - dt.timedelta(milliseconds=1) <= job.begin_time - late <= latest
    assert (group.name, group.created_at, job.status) == ("late", job.begin_time, "SUCCESS")
    assert sdrs.journal.last.response.note == "accepted, and handled later: 200"


def test_a_deferred_creation_waits_for_its_job_where_jobs_are_held(sdrs, create_group):
    sdrs.faults.defer("CreateProtectionGroup", delay=30)
    sdrs.jobs.hold()
    create_group()

    sdrs.clock.advance(seconds=30)
    (group,), (job,) = sdrs.protection_groups, sdrs.jobs.pending
    sdrs.jobs.finish(job.job_id)

    assert (group.status, sdrs.protection_groups[0].status) == ("creating", "available")


def test_a_deferred_request_sees_what_those_before_it_have_done(sdrs):
    group = sdrs.add_protection_group()
    instance = sdrs.add_protected_instance(server_group_id=group.id)
    sdrs.faults.defer("DeleteProtectionGroup", delay=20)
    sdrs.faults.defer("DeleteProtectedInstance", delay=10)
    paths = f"server-groups/{group.id}", f"protected-instances/{instance.id}"
    statuses = [sdrs.request("DELETE", f"/v1/{sdrs.project_id}/{path}").status for path in paths]

    sdrs.clock.advance(seconds=60)

    assert (statuses, sdrs.protection_groups, sdrs.protected_instances) == ([202, 202], (), ())
    first, second = (job.begin_time for job in sdrs.jobs)
    assert (second - first).total_seconds() == pytest.approx(10, abs=5)


def test_a_deferred_creation_that_is_refused_later_makes_nothing(sdrs):
    sdrs.faults.defer("CreateReplication")
    body = {"replication": {"server_group_id": "none", "volume_id": "v", "name": "pair"}}
    sdrs.request("POST", f"/v1/{sdrs.project_id}/replications", json=body)

    sdrs.clock.advance(seconds=60)

    assert (sdrs.replication_pairs, len(sdrs.jobs)) == ((), 0)
    note = "accepted, and handled later: 400 SDRS.1013: Protection group not found"
    assert sdrs.journal.last.response.note == note


def test_a_fork_takes_a_deferred_creation_along(sdrs, create_group):
    sdrs.faults.defer("CreateProtectionGroup", delay=30)
    create_group()

    with sdrs.fork() as twin:
        twin.clock.advance(seconds=30)
        assert [group.name for group in twin.protection_groups] == ["late"]
        assert [job.job_type for job in twin.jobs] == ["createProtectionGroupNoCG"]
    assert (sdrs.protection_groups, len(sdrs.jobs)) == ((), 0)


def test_a_reset_forgets_deferred_requests(sdrs, path, job_id):
    sdrs.faults.defer(delay=30)
    sdrs.request("DELETE", f"{path}/{job_id}")

    with sdrs.fork() as twin:
        for reset, fake in ((twin.reset, twin), (sdrs.project(sdrs.project_id).reset, sdrs)):
            reset()
            fake.add_failure_job(job_id=job_id)
            fake.clock.advance(minutes=1)
            assert len(fake.failure_jobs) == 1


def test_only_requests_that_change_something_are_deferred(sdrs, statuses, path, job_id):
    fault = sdrs.faults.defer(when=lambda request: "x" not in request.params)

    assert statuses() == [200]
    assert sdrs.request("DELETE", f"{path}/batch", params={"x": 1}).status == 204
    assert sdrs.request("DELETE", f"{path}/batch").status == 202
    assert (fault.matched, fault.description[:15]) == (1, "defer(delay=60,")


def test_the_outcome_is_noted_also_where_the_body_is_no_longer_kept(sdrs, path):
    job = sdrs.add_failure_job()
    sdrs.faults.defer("DeleteFailureJob", delay=60)
    sdrs.request("DELETE", f"{path}/{job.job_id}", json={"a": "body"})
    for _ in range(6):
        sdrs.request("POST", path, json="a" * 900_000)

    sdrs.clock.advance(seconds=60)

    first = next(iter(sdrs.journal))
    assert first.response.note.startswith("accepted, and handled later: 204")
