"""Ways to draw numbers, choices and ids that give the same values in every Python.

Everything rests on `random()` and `getrandbits`, whose sequences no release changes.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import count
from random import Random
from typing import TypeVar

from sdrs_fake.domain.ids import job_id
from sdrs_fake.domain.times import MILLISECOND

Choice = TypeVar("Choice")

SPAN = dt.timedelta(days=30)
"""How far back failed jobs go."""

# As far as ids have room: 12 bits of the server's start and 16 of the counter number the jobs of a
# batch, 28 bits of a resource id its groups and resources, 16 the batches.
MAX_FAILURES = 100_000_000
MAX_GROUPS = 1_000_000
MAX_BATCHES = 0x10000
MAX_SEED_BITS = 4096

LATER = range(1, 5)
"""By how many milliseconds a job's id can be later than its begin_time."""

LATEST = LATER[-1]  # so that no id is of the future
_AGES = SPAN // MILLISECOND - LATEST

# When the server of these jobs started: far from the ids that other jobs of a fake get by default.
_START = 0x9A6F31C5

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
    bits = source.getrandbits(74)
    text = f"{bits >> 2:018x}"
    return f"{text[:8]}-{text[8:12]}-4{text[12:15]}-{'89ab'[bits & 3]}{text[15:]}-{node:012x}"


def resource_numbers(batch: int) -> Iterator[int]:
    """The numbers of a batch's resources, which no other batch has."""
    return count(batch << _NUMBER_BITS)


def resource_id_with(source: Random, number: int) -> str:
    """Draw the id of the resource with that number; no other number gives it."""
    return uuid_with(source, (number * _FACTOR + _SHIFT) & _NODE)


def job_id_with(source: Random, begun: int, start: int, counter: int) -> str:
    """Draw a job id in Hibernate's layout: host, server start, milliseconds, counter."""
    return job_id(start, begun + 1 + source.getrandbits(2), counter)


def numbered_job_id(source: Random, begun: int, batch: int, number: int) -> str:
    """Draw the id of a job; batch and number keep it apart from all others of a fake."""
    return job_id_with(source, begun, _START ^ (batch << 12) ^ (number >> 16), number & 0xFFFF)


def begun_before(as_of: int, share: float) -> int:
    """When a job began, in milliseconds, that lies that share of the span before `as_of`.

    The share is squared, so that recent days are denser.
    """
    return as_of - LATEST - int(share * share * _AGES)
