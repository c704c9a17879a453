"""Clock: the fake's time."""

import datetime as dt
from collections.abc import Callable

from sdrs_fake.domain.times import instant, plain_now
from sdrs_fake.errors import ParameterError, check_number, shown

_CENTURY = dt.timedelta(days=36525)
"""Left free at the end of the calendar, for times that lie in the fake's future."""


class Clock:
    """Follows the system's time, and can be moved on.

    Freezing the process, as freezegun does, freezes the fake with it.
    """

    def __init__(self) -> None:
        self._ahead = dt.timedelta()
        self._tick: Callable[[dt.timedelta], object] | None = None

    def __dir__(self) -> list[str]:  # the verbs of a test; the others are the fake's own
        return ["advance", "now", "set"]

    def __repr__(self) -> str:
        return f"<Clock: {self.now():%Y-%m-%dT%H:%M:%SZ}, {self._ahead} ahead of the system>"

    def now(self) -> dt.datetime:
        """The fake's time, in UTC."""
        return plain_now() + self._ahead

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> dt.datetime:
        """Move the fake's time on without waiting, and return it.

        Where a test froze the process for its fake, the frozen time moves with it, unless a
        freeze of the test's own is nested in that one.
        """
        given = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
        given = {name: check_number(name, number) for name, number in given.items()}
        try:
            by = dt.timedelta(**given)
            self.now() + by + _CENTURY
        except (OverflowError, ValueError):  # infinity and NaN are numbers too
            by_name = ", ".join(f"{name}={shown(number)}" for name, number in given.items())
            raise ParameterError("advance", f"{by_name} ends after the year 9900") from None
        if by < dt.timedelta():
            raise ParameterError("advance", f"{by} should not be negative; time does not go back")
        if not self._moves_process(by):
            self._ahead += by
        return self.now()

    def set(self, time: dt.datetime | str) -> dt.datetime:
        """Move the fake's time on to a datetime or string with a zone, and return it."""
        try:
            wanted = instant(time)
        except ValueError as error:
            raise ParameterError("set", f"{shown(time)} {error}") from None
        by = wanted - self.now()
        if by < dt.timedelta():
            raise ParameterError(
                "set", f"{shown(time)} should be in the future; time does not go back"
            )
        return self.advance(seconds=by.total_seconds())

    def _moves_process(self, by: dt.timedelta) -> bool:
        """Whether the frozen time of the process moved by that, and the fake's time with it."""
        if self._tick is None:
            return False
        before = self.now()
        self._tick(by)
        if self.now() - before >= by:
            return True
        # The freeze has ended, or another one is nested in it: its time is not what anyone sees.
        self._tick(-by)
        return False

    def copy_from(self, other: "Clock") -> None:
        """Show the time of another clock, and move the frozen process if that one does."""
        self._ahead, self._tick = other._ahead, other._tick  # noqa: SLF001 of the same class

    def move_with(self, tick: Callable[[dt.timedelta], object]) -> None:
        """Let `advance` move the frozen time of the process, by its `tick`."""
        self._tick = tick
