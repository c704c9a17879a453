"""Bars of control: what a call pays for faults that do not meet it."""

from collections.abc import Iterator

from benchmarks.measure import Bar, side_by_side
from sdrs_fake import FakeSdrs
from sdrs_fake.exchange import Call


def faults(rounds: int) -> Iterator[Bar]:
    sdrs, armed = FakeSdrs(), FakeSdrs()
    armed.faults.fail("ListProtectionGroups", status=503)
    call = Call("GET", "/", "/", {"offset": "0"}, {}, b"", operation="ListFailureJobs")
    empty, other = side_by_side(lambda: sdrs.faults.strike(call), lambda: armed.faults.strike(call), calls=2000, rounds=rounds)
    yield Bar("asking an empty set of faults", empty, 1, " us", "a call of the list takes about 30")
    yield Bar("asking a fault that does not meet the call", other, 3, " us", "of another operation")
