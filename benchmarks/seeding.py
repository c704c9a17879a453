"""Bars of seeding: jobs a second with their resources, their room, and a stream's rate and room."""

import datetime as dt
import os
import subprocess
import sys
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count

from benchmarks.measure import Bar, side_by_side
from sdrs_fake import FakeSdrs
from sdrs_fake.seeding import Dataset, dataset, scenarios, stream

SHORT = 5
"""Rounds of the short form."""

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def _exhaust(work: Iterator[object]) -> None:
    deque(work, maxlen=0)


def _lines(jobs: int) -> Iterator[bytes]:
    return (job.wire_json + b"\n" for job in stream(jobs, groups=10, as_of=AS_OF))


def _least(work: Callable[[], object], calls: int, rounds: int) -> float:
    """The microseconds of the processor that a call takes, in the least disturbed round."""
    work()
    seen = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(calls):
            work()
        seen.append((time.process_time() - start) / calls * 1e6)
    return min(seen)


def datasets(rounds: int, failures: int = 20_000) -> Iterator[Bar]:
    seeds = count()
    many = _least(
        lambda: _whole(dataset(failures, groups=10, seed=next(seeds), as_of=AS_OF)), 1, rounds
    )
    yield Bar(
        f"a dataset of {failures:,} jobs with their resources",
        failures / many * 1e6,
        100_000,
        " jobs/s",
        f"{many / failures:.1f} us a job",
        at_least=True,
    )

    few = _least(lambda: dataset(100, seed=next(seeds), as_of=AS_OF), 20, rounds)
    fixture = _least(_fixture, 20, rounds)
    name = "a fake with seed(failures=100), set up and torn down"
    yield Bar(name, fixture / 1000, 2, " ms", f"{few / fixture:.0%} of it the dataset")


def _whole(data: Dataset) -> int:
    return len(data.protected_instances) + len(data.replication_pairs) + len(data.drills)


def _fixture() -> None:
    with FakeSdrs() as sdrs:
        sdrs.seed(failures=100, as_of=AS_OF)


def room(_rounds: int) -> Iterator[Bar]:
    """The room of failed jobs in a fake, with and without their share of resources."""
    for failures, groups in ((100, 3), (20_000, 10)):
        jobs, everything = _room(failures, groups)
        name = f"the room of each of {failures:,} failed jobs in a fake"
        yield Bar(name, jobs, 700, " B", "with its strings")
        yield Bar(f"{name}, with its resources", everything, 1200, " B", f"{groups} groups")


def _room(failures: int, groups: int) -> tuple[float, float]:
    with FakeSdrs() as sdrs:
        tracemalloc.start()
        sdrs.seed(failures, groups, as_of=AS_OF)
        jobs = tracemalloc.get_traced_memory()[0]
        _ = sdrs.replication_pairs  # the first look makes all resources
        everything = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    return jobs / failures, everything / failures


def made_of_scenarios(rounds: int) -> Iterator[Bar]:
    """Every scenario of the package, from its name to a fake that holds it, from another seed each
    time.
    """
    seeds = count()
    seen = {
        each: (
            side_by_side(
                lambda name=name: FakeSdrs().seed(scenario=name, seed=next(seeds)),
                calls=1,
                rounds=rounds,
            )[0]
            / 1000
        )
        for name, each in scenarios().items()
    }
    small = {each: cost for each, cost in seen.items() if each.failures < 1000}  # noqa: PLR2004 all but the one that is there to be large
    slowest = max(small, key=small.__getitem__)
    yield Bar(
        f"the slowest of {len(small)} scenarios into a fake",
        small[slowest],
        100,
        " ms",
        f"{slowest.name}, {slowest.failures} jobs",
    )
    for each in seen.keys() - small.keys():
        yield Bar(
            f"the scenario {each.name} into a fake",
            seen[each],
            1000,
            " ms",
            f"{each.failures:,} jobs",
        )


def streams(rounds: int, jobs: int = 20_000) -> Iterator[Bar]:
    seen = _least(lambda: _exhaust(_lines(jobs)), 1, rounds)
    yield Bar(
        "a stream as JSON lines",
        jobs / seen * 1e6,
        50_000,
        " jobs/s",
        f"{seen / jobs:.1f} us a job",
        at_least=True,
    )

    few, many = _peak(jobs // 10), _peak(jobs * 5)
    yield Bar(
        f"most memory of a stream of {jobs * 5:,} jobs",
        many / 1024,
        256,
        " KiB",
        f"{few / 1024:.0f} KiB for {jobs // 10:,}",
    )


def generated(rounds: int) -> Iterator[Bar]:
    """The program that writes a file: a million jobs where there is time for it."""
    many = 1_000_000 if rounds > SHORT else 100_000
    (_, few_room), (seconds, room) = _generated(1000), _generated(many)
    yield Bar(
        f"sdrs-fake generate, {many:,} jobs as JSON lines",
        many / seconds,
        50_000,
        " jobs/s",
        f"{seconds:.1f} s in all",
        at_least=True,
    )
    yield Bar(
        "its memory over that for 1,000 jobs",
        room / few_room,
        1.2,
        "x",
        f"{room / 1024:.0f} MiB / {few_room / 1024:.0f} MiB",
    )


def _generated(jobs: int) -> tuple[float, int]:
    """Seconds of the processor that it takes, and the KiB that it needs at most."""
    program = (
        "import resource, runpy, sys; sys.argv[0] = 'sdrs-fake'\ntry: runpy.run_module('sdrs_fake',"
        " run_name='__main__')\n"
    )
    program += "finally:\n used = resource.getrusage(resource.RUSAGE_SELF)\n"
    program += " print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)"
    arguments = ["--failures", str(jobs), "--groups", "10", "--output", os.devnull]
    done = subprocess.run(
        [sys.executable, "-c", program, "generate", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, room = done.stderr.split()[-2:]
    return float(seconds), int(room)


def _peak(jobs: int) -> int:
    lines = _lines(jobs)
    tracemalloc.start()
    _exhaust(lines)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
