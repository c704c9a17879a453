"""The fake's time."""

import datetime as dt
from collections.abc import Callable

from sdrs_fake.domain.fields import instant

_A_CENTURY = dt.timedelta(days=36525)
"""So much time is left at the end of the calendar, for what reaches into the future."""


class Clock:
    """Follows the system's time, so that freezing the process freezes the fake too, and can be
    moved on.
    """

    def __init__(self) -> None:
        self._ahead = dt.timedelta()
        self._tick: Callable[[dt.timedelta], object] | None = None

    def now(self) -> dt.datetime:
        """The time it is in the fake, in UTC."""
        return dt.datetime.now(dt.UTC) + self._ahead

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> dt.datetime:
        """Move the fake's time on without waiting, and return it. Where the process is frozen for a
        fake, it moves on too.
        """
        for name, number in (
            ("days", days),
            ("hours", hours),
            ("minutes", minutes),
            ("seconds", seconds),
        ):
            if not isinstance(number, int | float) or isinstance(number, bool):
                raise TypeError(f"{name}: {number!r} should be a number")
        try:
            by = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            self.now() + by + _A_CENTURY
        except (OverflowError, ValueError):  # infinity and NaN are numbers too
            raise ValueError(
                f"advance: {days} days, {hours} h, {minutes} min, {seconds} s should end before the"
                " year 9900"
            ) from None
        if by < dt.timedelta():
            raise ValueError(f"advance: {by} should not be negative; time does not go back")
        if self._tick:
            self._tick(by)
        else:
            self._ahead += by
        return self.now()

    def set(self, moment: dt.datetime | str) -> dt.datetime:
        """Move the fake's time on to a moment, a datetime or a text with a zone, and return it;
        ValueError for one that is over.
        """
        try:
            wanted = instant(moment)
        except ValueError as error:
            raise ValueError(f"set: {moment!r} {error}") from None
        by = wanted - self.now()
        if by < dt.timedelta():
            raise ValueError(f"set: {moment!r} should not be over; time does not go back")
        return self.advance(seconds=by.total_seconds())

    def follow(self, other: "Clock") -> None:
        """Show the time that another clock shows now, and move the frozen time of the process if
        that does.
        """
        self._ahead, self._tick = other._ahead, other._tick  # noqa: SLF001 of its own kind

    def move_with(self, tick: Callable[[dt.timedelta], object]) -> None:
        """From now on `advance` moves the frozen time of the process instead of this clock
        alone.
        """
        self._tick = tick
