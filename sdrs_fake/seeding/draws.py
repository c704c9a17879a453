"""All the ways to draw: everything here rests on `random()` and `getrandbits`, whose sequences no
Python changes.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeVar

Choice = TypeVar("Choice")

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SPAN = dt.timedelta(days=30)
"""How far back failed jobs go."""

HOST = "ff808082"
LATER = range(1, 5)
"""By how many milliseconds a job's id can be later than the job."""

MILLISECOND = dt.timedelta(milliseconds=1)
LATEST = LATER[-1]  # so that no id is of the future
_AGES = SPAN // MILLISECOND - LATEST


def one_of(source: Random, choices: Sequence[Choice]) -> Choice:
    """One of the choices; `Random.choice` may draw otherwise in another Python."""
    return choices[int(source.random() * len(choices))]


def dealt(source: Random, deck: Sequence[Choice]) -> Iterator[Choice]:
    """Cards without end: the whole deck in a new order, again and again."""
    cards = list(deck)
    while True:
        for left in range(len(cards), 0, -1):
            place = int(source.random() * left)
            cards[place], cards[left - 1] = cards[left - 1], cards[place]
            yield cards[left - 1]


def uuid_with(source: Random, node: int) -> str:
    """A UUID of version 4 whose last twelve digits are given and whose others are drawn."""
    bits = source.getrandbits(74)
    text = f"{bits >> 2:018x}"
    return f"{text[:8]}-{text[8:12]}-4{text[12:15]}-{'89ab'[bits & 3]}{text[15:]}-{node:012x}"


def job_id_with(source: Random, begun: int, start: int, counter: int) -> str:
    """A job id in Hibernate's layout: host, server start, milliseconds soon after those the job
    began, counter.
    """
    return f"{HOST}{start:08x}{begun + 1 + source.getrandbits(2):012x}{counter:04x}"


def begun_before(anchor: int, share: float) -> int:
    """When a job began, in milliseconds, that lies that share of the span before the anchor.

    The share is squared, so that recent days are denser.
    """
    return anchor - LATEST - int(share * share * _AGES)


def moment_at(milliseconds: int) -> dt.datetime:
    return EPOCH + dt.timedelta(0, 0, 0, milliseconds)


def milliseconds_of(moment: dt.datetime) -> int:
    return (moment - EPOCH) // MILLISECOND
