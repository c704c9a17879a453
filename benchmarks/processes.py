"""Bars of coming and going: a fake with its socket, and the import."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.measure import Bar, side_by_side
from sdrs_fake import FakeSdrs


def empty_fake(rounds: int) -> Iterator[Bar]:
    def life() -> None:
        with FakeSdrs() as sdrs:
            assert sdrs.url

    (seen,) = side_by_side(life, calls=20, rounds=rounds)
    yield Bar(
        "an empty fake made, asked for its url, closed",
        seen / 1000,
        2,
        " ms",
        "peers' servers take 502 ms to stop",
    )


def bare_import(rounds: int) -> Iterator[Bar]:
    def run(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return (time.perf_counter() - start) * 1000

    pairs = [(run("import sdrs_fake"), run("pass")) for _ in range(rounds)]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    yield Bar(
        "import sdrs_fake over python -c pass",
        ours - bare,
        25,
        " ms",
        f"{ours:.0f} ms - {bare:.0f} ms",
    )
