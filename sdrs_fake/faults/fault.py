"""Fault: one fault that a test armed; Schedule: the options that all faults share."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sdrs_fake.errors import check_callable, check_flag, check_integer, counted
from sdrs_fake.operations.field_matchers import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """At which of the requests that it matches a fault fires, and whether it has to fire at all."""

    times: int | None = None
    after: int = 0
    every: int = 1
    when: Condition | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        for name, least in (("times", 1), ("after", 0), ("every", 1)):
            value = getattr(self, name)
            if name != "times" or value is not None:
                object.__setattr__(self, name, check_integer(name, value, least))
        if self.when is not None:
            check_callable("when", self.when, "a Request")
        check_flag("optional", self.optional)

    def fires_at(self, match: int) -> bool:
        """Does the fault fire at its nth match?"""
        return match > self.after and (match - self.after - 1) % self.every == 0


class Fault:
    """A fault that a test armed: whether it may still fire, how often it matched and fired.

    It is disarmed at the end of a `with` block, and once it has fired as often as it should.
    """

    def __init__(self, number: int, description: str, schedule: Schedule) -> None:
        self.number = number
        self.description = description
        self.optional = schedule.optional
        self.armed = True
        self.matched = 0
        self.fired = 0
        self._times = schedule.times

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
        """Fire no more. The counts stay."""
        self.armed = False

    def __repr__(self) -> str:
        return f"<Fault {self}>"

    def __str__(self) -> str:
        limit = "" if self._times is None else f" of {self._times}"
        fired = f"{self.fired}{limit} times" if limit else counted(self.fired, "time")
        matched = counted(self.matched, "request")
        return f"{self.description}: matched {matched}, fired {fired}"
