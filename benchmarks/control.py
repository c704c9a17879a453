"""Bars of control: what a call pays for faults that do not meet it and for its note, and what a
fork costs.
"""

from collections.abc import Iterator

from benchmarks.measure import Bar, side_by_side
from sdrs_fake import FakeSdrs
from sdrs_fake.control.journal import Journal
from sdrs_fake.exchange import Call, Reply


def faults(rounds: int) -> Iterator[Bar]:
    sdrs, armed = FakeSdrs(), FakeSdrs()
    armed.faults.fail("ListProtectionGroups", status=503)
    call = Call("GET", "/", "/", {"offset": "0"}, {}, b"", operation="ListFailureJobs")
    empty, other = side_by_side(
        lambda: sdrs.faults.strike(call),
        lambda: armed.faults.strike(call),
        calls=2000,
        rounds=rounds,
    )
    yield Bar("asking an empty set of faults", empty, 1, " us", "a call of the list takes about 30")
    yield Bar("asking a fault that does not meet the call", other, 3, " us", "of another operation")


def notes(rounds: int) -> Iterator[Bar]:
    journal = Journal()
    call, reply = Call("GET", "/", "/", {}, {}, b""), Reply(200, b"{}")
    (seen,) = side_by_side(lambda: journal.note(call, reply), calls=20_000, rounds=rounds)
    yield Bar("a note in the journal", seen, 5, " us", "a full journal, which drops as many")


def forks(rounds: int, jobs: int = 100_000) -> Iterator[Bar]:
    with FakeSdrs() as sdrs:
        sdrs.seed(jobs=jobs)
        sdrs.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs")
        (seen,) = side_by_side(sdrs.fork, calls=20, rounds=rounds)
    yield Bar(f"a fork of {jobs:,} jobs", seen / 1000, 1, " ms", "listed before")
