"""Bars of seeding: jobs a second, a small dataset, and a stream's rate and room."""

import datetime as dt
import tracemalloc
from collections import deque
from collections.abc import Iterator
from itertools import count

from benchmarks.measure import Bar, side_by_side
from sdrs_fake.seeding import dataset, stream

ANCHOR = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def _exhaust(work: Iterator[object]) -> None:
    deque(work, maxlen=0)


def _lines(jobs: int) -> Iterator[bytes]:
    return (job.wire_json + b"\n" for job in stream(jobs, groups=10, anchor=ANCHOR))


def datasets(rounds: int, jobs: int = 20_000) -> Iterator[Bar]:
    seeds = count()
    (many,) = side_by_side(lambda: dataset(jobs, groups=10, seed=next(seeds), anchor=ANCHOR), calls=1, rounds=rounds)
    yield Bar(f"a dataset of {jobs:,} jobs", jobs / many * 1e6, 100_000, " jobs/s", f"{many / jobs:.1f} us a job", at_least=True)

    (few,) = side_by_side(lambda: dataset(100, seed=next(seeds), anchor=ANCHOR), calls=20, rounds=rounds)
    yield Bar("a dataset of 100 jobs from a new seed", few / 1000, 1, " ms", "Faker() alone takes about 1 ms")


def streams(rounds: int, jobs: int = 20_000) -> Iterator[Bar]:
    (seen,) = side_by_side(lambda: _exhaust(_lines(jobs)), calls=1, rounds=rounds)
    yield Bar("a stream as JSON lines", jobs / seen * 1e6, 50_000, " jobs/s", f"{seen / jobs:.1f} us a job", at_least=True)

    few, many = _peak(jobs // 10), _peak(jobs * 5)
    yield Bar(f"most memory of a stream of {jobs * 5:,} jobs", many / 1024, 256, " KiB", f"{few / 1024:.0f} KiB for {jobs // 10:,}")


def _peak(jobs: int) -> int:
    lines = _lines(jobs)
    tracemalloc.start()
    _exhaust(lines)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
