"""Medians of interleaved runs, and the line that reports a bar."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A promise and what was seen: `seen` may be at most `limit` (at least, where `at_least` is
    set).
    """

    name: str
    seen: float
    limit: float
    unit: str
    detail: str
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.seen >= self.limit if self.at_least else self.seen <= self.limit

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        verdict = "ok  " if self.holds else "OVER"
        return (
            f"{verdict} {self.name}: {self.seen:,.2f}{self.unit} (bar {sign}"
            f" {self.limit:,g}{self.unit}; {self.detail})"
        )


def microseconds(work: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - start) / calls * 1e6


def side_by_side(*works: Callable[[], object], calls: int, rounds: int) -> list[float]:
    """The median microseconds a call of each, taken in turns so that the machine's moods hit all
    alike.
    """
    for work in works:
        work()
    gc.collect()
    seen = [[microseconds(work, calls) for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*seen, strict=True)]
