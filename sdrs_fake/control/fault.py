"""One fault: which calls it meets, and at which of them it fires."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

from sdrs_fake.control.conditions import Test
from sdrs_fake.control.effects import Effect
from sdrs_fake.exchange import Call


class Turns(NamedTuple):
    """Which of the calls that it meets a fault fires at."""

    times: int | None = None
    after: int = 0
    every: int = 1


@dataclass(slots=True, eq=False, repr=False)
class Fault:
    """One armed fault: which calls it meets, what befalls them, how often it matched and fired.
    Disarmed at the end of a `with` block.

    It is over once it has fired as often as it was told, or the time is over that it said to wait
    before another try.
    """

    number: int
    operation: str | None
    effect: Effect
    turns: Turns
    optional: bool
    told: str
    tests: tuple[Test, ...]
    is_armed: Callable[["Fault"], bool]
    disarm_it: Callable[["Fault"], None]
    matched: int = 0
    fired: int = 0
    until: dt.datetime | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.disarm()

    def disarm(self) -> None:
        """Fire no more."""
        self.disarm_it(self)

    @property
    def armed(self) -> bool:
        """May it still fire?"""
        return self.is_armed(self)

    def __repr__(self) -> str:
        return f"<Fault {self}>"

    def __str__(self) -> str:
        most = "" if self.turns.times is None else f" of {self.turns.times}"
        return f"{self.told}: matched {self.matched} calls, fired {self.fired}{most} times"

    def meets(self, call: Call) -> bool:
        """Is it about this call?"""
        return self.operation in {None, call.operation} and all(test(call) for test in self.tests)

    def fires(self, now: dt.datetime) -> bool:
        """Does it fire at a call that it meets? Counts."""
        if self.is_over(now):
            return False
        self.matched += 1
        due = self.matched - self.turns.after - 1
        if due < 0 or due % self.turns.every:
            return False
        self.fired += 1
        return True

    def is_over(self, now: dt.datetime) -> bool:
        return self.fired == self.turns.times or (self.until is not None and self.until <= now)

    def effect_at(self, now: dt.datetime) -> Effect:
        """What befalls a call now: if it says when to try again, then that was so many seconds from
        its first call on.
        """
        if self.effect.retry_after is None:
            return self.effect
        self.until = self.until or now + dt.timedelta(seconds=self.effect.retry_after)
        return self.effect.again_in(self.until - now)
