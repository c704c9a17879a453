"""Plan: how and when a running job ends; and Schedule: the settings that a new plan follows."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Annotated, Literal, NamedTuple
from zlib import crc32

from pydantic import Field

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import Identifier, Instant, Text
from sdrs_fake.domain.times import plain_now, wire_time
from sdrs_fake.errors import ParameterError, integer_of, number_of, shown

_MAX_SECONDS = 366 * 24 * 3600
_MAX_POLLS = 1_000_000
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)


class Failure(NamedTuple):
    """The code and the reason of a job that fails."""

    error_code: str
    fail_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How and when a running job ends. It is a value: it copies, prints and saves.

    A job is over once `end_time` has come, `polls` answers have said RUNNING, and it is not held.
    `error_code` and `fail_reason` are those of a job that will fail. `resource_name` and the two
    that follow are as they were before: the status of the resource is `previous`, that of its
    group `group_status`. `values` is what the end needs to know, such as the new size of a pair.
    `batch` are the plans of the sub-jobs of a batch, which end with its job.
    """

    job_id: Text
    resource_id: Text
    resource_name: Text
    server_group_id: Text
    end_time: Instant
    polls: Annotated[int, Field(ge=0, le=_MAX_POLLS)] = 0
    held: bool = False
    previous: str = ""
    group_status: str = ""
    error_code: Identifier | None = None
    fail_reason: Identifier | None = None
    values: Mapping[str, Text | int] = field(default_factory=dict)
    batch: tuple["Plan", ...] = ()

    @property
    def row(self) -> dict[str, object]:
        """The plan as JSON; `planned` reads it."""
        batch = [each.row for each in self.batch]
        return {**asdict(self), "end_time": wire_time(self.end_time), "batch": batch}

    @property
    def waits_for_time(self) -> bool:
        """Whether time alone is missing."""
        return not (self.polls or self.held)


REALISTIC: Literal["realistic"] = "realistic"
Duration = dt.timedelta | Literal["realistic"]

_USUAL = (5_000, 15_000)
_REALISTIC = {
    ResourceType.SERVER_GROUPS: (8_000, 20_000),
    ResourceType.PROTECTED_INSTANCES: (120_000, 300_000),
}
"""The milliseconds that jobs take, from samples and the logs of acceptance tests."""


class Schedule:
    """When the jobs of a fake end: its time, and the settings that a new plan follows."""

    def __init__(
        self,
        job_duration: object = 0,
        job_polls: object = 0,
        now: Callable[[], dt.datetime] = plain_now,
    ) -> None:
        self.now = now
        self.duration = parse_duration(job_duration)
        self.polls = parse_polls(job_polls)
        self.held = False
        """Whether jobs that start from now on wait."""

    @contextmanager
    def at(self, moment: dt.datetime) -> Iterator[None]:
        """Let it be this time in the block: for what was due then and is caught up with now."""
        now, self.now = self.now, lambda: moment
        try:
            yield
        finally:
            self.now = now

    @property
    def setting(self) -> float | str:
        """`job_duration` as it was given: seconds, or `realistic`."""
        return REALISTIC if self.duration == REALISTIC else self.duration.total_seconds()

    def duration_of(self, resource_type: ResourceType, job_id: str) -> dt.timedelta:
        """How long a job takes. What is realistic depends on its resource and its id alone."""
        if self.duration != REALISTIC:
            return self.duration
        least, most = _REALISTIC.get(resource_type, _USUAL)
        return dt.timedelta(milliseconds=least + crc32(job_id.encode()) % (most - least + 1))

    def copy_from(self, other: "Schedule") -> None:
        """Take over the settings of another fake, but not its time."""
        self.duration, self.polls, self.held = other.duration, other.polls, other.held


def parse_duration(value: object) -> Duration:
    """How long a job takes: seconds, a timedelta, or `realistic`: as long as such jobs took in
    samples and logs. The string of a command line may end with an s.
    """
    if value == REALISTIC:
        return REALISTIC
    number = value.removesuffix("s") if isinstance(value, str) else value
    seconds = value.total_seconds() if isinstance(value, dt.timedelta) else _number(number)
    if seconds is None or not 0 <= seconds <= _MAX_SECONDS:
        more = "" if isinstance(value, str) else " such a timedelta,"  # of which a shell has none
        raise ParameterError(
            "job_duration",
            f"{shown(value)} should be seconds from 0 to {_MAX_SECONDS:,},{more} or {REALISTIC!r}",
        )
    return dt.timedelta(milliseconds=round(seconds * 1000))  # the unit of the service's times


def parse_polls(value: object) -> int:
    """How many answers say that a job runs, also as a string of a command line."""
    number = integer_of(_number(value))
    if number is None or not 0 <= number <= _MAX_POLLS:
        raise ParameterError(
            "job_polls", f"{shown(value)} should be an integer from 0 to {_MAX_POLLS:,}"
        )
    return number


def _number(value: object) -> int | float | None:
    """A number, also one in plain digits; None for anything else."""
    if not isinstance(value, str):
        return number_of(value)
    if not _NUMBER.fullmatch(value):
        return None
    return float(value) if "." in value else int(value)
