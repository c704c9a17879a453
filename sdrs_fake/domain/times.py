"""Times: reading them, and writing them in the two forms of the service. All are in UTC."""

import datetime as dt
import re
from typing import Any


def _epoch() -> dt.datetime:
    # Where time is frozen while this is imported, a subclass is in the place of the real class.
    plain: Any = next(each for each in dt.datetime.__mro__ if each.__module__ == "datetime")
    epoch: dt.datetime = plain(1970, 1, 1, tzinfo=dt.UTC)
    return epoch


EPOCH = _epoch()
MILLISECOND = dt.timedelta(milliseconds=1)
LATEST = EPOCH.max.replace(tzinfo=dt.UTC)

_JAVA_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,3}", re.ASCII)
_NO_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?", re.ASCII)


def instant(value: object) -> dt.datetime:
    """A time in UTC, cut to milliseconds, from a datetime or an ISO 8601 string with a zone."""
    time = _time_of(value)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def _time_of(value: object) -> dt.datetime:
    try:
        time = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(time, dt.datetime) and time.utcoffset() is not None:
            return plain_time(time)
    except (ValueError, OverflowError):
        pass
    raise ValueError(
        "should be a datetime with a time zone, or a string with one such as"
        " 2019-01-21T12:56:35.754Z"
    )


def plain_now() -> dt.datetime:
    """The time of the system, or of the test that froze it."""
    return plain_time(dt.datetime.now(dt.UTC))


def plain_time(time: dt.datetime) -> dt.datetime:
    """The same time in UTC as a plain datetime, which outlives the freeze of a test."""
    time = time.astimezone(dt.UTC)
    if type(time) is type(EPOCH):
        return time
    return EPOCH.replace(
        time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond
    )


def java_instant(value: object) -> dt.datetime:
    """As `instant`; a string may also be a Java timestamp, which is in UTC."""
    if isinstance(value, str) and _JAVA_TIMESTAMP.fullmatch(value):
        value = f"{value}+00:00"
    return instant(value)


def precise_instant(value: object) -> dt.datetime:
    """A time in UTC to the microsecond; a string needs no zone, as those of replication pairs."""
    if isinstance(value, str) and _NO_ZONE.fullmatch(value):
        value = f"{value}+00:00"
    return _time_of(value)


def wire_time(time: dt.datetime) -> str:
    """`yyyy-MM-ddTHH:mm:ss.SSSZ`, the form of jobs and failed jobs."""
    # In half the time of `isoformat`.
    date, milliseconds = (time.year, time.month, time.day), time.microsecond // 1000
    clock = time.hour, time.minute, time.second, milliseconds
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (*date, *clock)  # noqa: UP031


def precise_time(time: dt.datetime) -> str:
    """`yyyy-MM-ddTHH:mm:ss.SSSSSS`, the form of replication pairs."""
    return time.isoformat(timespec="microseconds")[:-6]


def java_time(time: dt.datetime) -> str:
    """`yyyy-MM-dd HH:mm:ss.SSS`, the form of groups: trailing zeros are cut, but for one digit."""
    text = time.isoformat(" ", timespec="milliseconds")[:-6]
    return text[:-2] + text[-2:].rstrip("0")


def to_milliseconds(time: dt.datetime) -> int:
    """Milliseconds since 1970."""
    return (time - EPOCH) // MILLISECOND


def from_milliseconds(milliseconds: int) -> dt.datetime:
    """The time that many milliseconds after 1970 began."""
    return EPOCH + milliseconds * MILLISECOND  # quicker than to make a timedelta
