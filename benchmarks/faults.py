"""Bars of faults, the journal and forks: what a request pays for them, and what a fork costs."""

from collections.abc import Iterator

from benchmarks.measure import Bar, side_by_side
from sdrs_fake import FakeSdrs
from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.clock import Clock
from sdrs_fake.faults.armed import ArmedFaults
from sdrs_fake.faults.faults import Faults
from sdrs_fake.journal.request_log import RequestLog
from sdrs_fake.messages import Request, Response


def faults(rounds: int) -> Iterator[Bar]:
    clock = Clock()
    none, other = ArmedFaults(clock), ArmedFaults(clock)
    Faults(other, Backend(Behavior(), clock.now)).fail("ListProtectionGroups", status=503)
    request = Request("GET", "/", "/", {"offset": "0"}, {}, b"", operation="ListFailureJobs")
    empty, unmatched = side_by_side(
        lambda: none.match(request),
        lambda: other.match(request),
        calls=2000,
        rounds=rounds,
    )
    yield Bar("a request without faults", empty, 1, " us", "a list request takes about 30")
    yield Bar("a request that a fault does not match", unmatched, 3, " us", "of another operation")


def journal(rounds: int) -> Iterator[Bar]:
    log = RequestLog()
    request, response = Request("GET", "/", "/", {}, {}, b""), Response(200, b"{}")
    (seen,) = side_by_side(lambda: log.record(request, response), calls=20_000, rounds=rounds)
    yield Bar("a record in the journal", seen, 5, " us", "a full journal, which drops as many")


def forks(rounds: int, jobs: int = 100_000) -> Iterator[Bar]:
    with FakeSdrs() as sdrs:
        sdrs.seed(failures=jobs)
        sdrs.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs")
        (seen,) = side_by_side(sdrs.fork, calls=20, rounds=rounds)
    yield Bar(f"a fork of {jobs:,} jobs", seen / 1000, 1, " ms", "listed before")
