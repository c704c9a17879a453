"""Ways to draw numbers, choices and ids that give the same values in every Python.

Everything rests on `random()` and `getrandbits`, whose sequences no release changes.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import count
from random import Random
from typing import TypeVar

from sdrs_fake.domain.ids import HOST, job_id
from sdrs_fake.domain.times import MILLISECOND

Choice = TypeVar("Choice")

SPAN = dt.timedelta(days=30)
"""How far back failed jobs go."""

OLDEST = dt.timedelta(days=365)
"""How far back a dataset goes at most: its groups are older than its failed jobs."""

SPAN_MILLISECONDS = SPAN // MILLISECOND

# As far as ids have room: 12 bits of the server's start and 16 of the counter number the jobs of a
# batch, 28 bits of a resource id its groups and resources, 16 the batches.
MAX_FAILURES = 100_000_000
MAX_GROUPS = 1_000_000
MAX_BATCHES = 0x10000
MAX_SEED_BITS = 4096

LATER = range(1, 5)
"""By how many milliseconds a job's id can be later than its begin_time."""

LATEST = 30_000
"""How many milliseconds before `as_of` the newest job begins, so that it is over by then."""
AGES = SPAN_MILLISECONDS - LATEST

# The nodes that make the ids: each counts from a number of its own. Their first digits differ from
# those that other jobs of a fake get by default.
_NODES = ((0x8ED18524, 0x79B1), (0x914D99EB, 0x6FAB), (0xA86F229A, 0x1578), (0xB27C03D1, 0xC40E))
_NODE_FACTOR = 0x9E3779B
_NODE_MASK = (1 << 28) - 1

_NUMBER_BITS = 28
# An odd factor keeps 48-bit numbers apart, and hides that they count.
_FACTOR = 0x9E3779B97F4B
_SHIFT = 0x2B7E151628AE
_NODE = (1 << 48) - 1


def one_of(source: Random, choices: Sequence[Choice]) -> Choice:
    """Draw one of the choices; `Random.choice` may draw otherwise in another Python."""
    return choices[int(source.random() * len(choices))]


def dealt(source: Random, deck: Sequence[Choice]) -> Iterator[Choice]:
    """Deal cards without end: the whole deck in a new order, again and again."""
    cards = list(deck)
    while True:
        for left in range(len(cards), 0, -1):
            place = int(source.random() * left)
            cards[place], cards[left - 1] = cards[left - 1], cards[place]
            yield cards[left - 1]


def uuid_with(source: Random, node: int) -> str:
    """Draw a UUID of version 4 whose last twelve digits are given."""
    draw = source.getrandbits
    # This way of formatting takes two thirds of the time of an f-string.
    parts = draw(32), draw(16), draw(12) | 0x4000, draw(14) | 0x8000, node
    return "%08x-%04x-%04x-%04x-%012x" % parts  # noqa: UP031


def resource_numbers(batch: int) -> Iterator[int]:
    """The numbers of a batch's resources, which no other batch has."""
    return count(batch << _NUMBER_BITS)


def resource_id_with(source: Random, number: int) -> str:
    """Draw the id of the resource with that number; no other number gives it."""
    return uuid_with(source, (number * _FACTOR + _SHIFT) & _NODE)


def job_id_with(source: Random, begun: int, start: int, counter: int) -> str:
    """Draw a job id in Hibernate's layout: host, server start, milliseconds, counter."""
    return job_id(start, begun + 1 + source.getrandbits(2), counter)


class JobIds:
    """The ids of the jobs of a batch; batch and number keep each apart from all of other jobs."""

    def __init__(self, source: Random, batch: int) -> None:
        self._getrandbits = source.getrandbits
        self._batch = batch
        self._stretch = -1
        self._nodes: list[tuple[str, int]] = []

    def draw(self, begun: int, number: int) -> str:
        """Draw the id of the job with that number, of one of the nodes."""
        if number >> 16 != self._stretch:
            self._stretch = number >> 16
            mark = ((self._batch << 12) | self._stretch) * _NODE_FACTOR & _NODE_MASK
            self._nodes = [(f"{HOST}{node ^ mark:08x}", base) for node, base in _NODES]
        bits = self._getrandbits(4)
        start, base = self._nodes[bits >> 2]
        made, counter = begun + 1 + (bits & 3), (number + base) & 0xFFFF
        return "%s%012x%04x" % (start, made, counter)  # noqa: UP031 quicker, as above


def begun_before(as_of: int, share: float) -> int:
    """When a job began, in milliseconds, that lies that share of the span before `as_of`.

    The share is squared, so that recent days are denser.
    """
    return as_of - LATEST - int(share * share * AGES)
