"""A wave in the file of a scenario: failed jobs of one period, and the ways they fail."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)

from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.times import MILLISECOND
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.seeding.failure_catalog import DECK, WAYS
from sdrs_fake.seeding.randomness import MAX_FAILURES, SPAN

_DURATION = (
    r"P(?=\d|T\d)(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"
)
_TIMES = TypeAdapter(timedelta)
_SECONDS = (604_800, 86_400, 3600, 60, 1)
_CODES = sorted({way.error_code for ways in DECK for way in ways})


def _milliseconds(value: object) -> int:
    """The length of an ISO 8601 duration."""
    # Months and years are no durations here, since they have no one length.
    parts = re.fullmatch(_DURATION, value, re.ASCII) if isinstance(value, str) else None
    if parts:
        numbers = [int(number or 0) for number in parts.groups()]
        seconds = sum(number * unit for number, unit in zip(numbers, _SECONDS, strict=True))
        if seconds <= SPAN.total_seconds():
            return seconds * 1000
    raise ValueError(
        "should be how long before as_of, at most 30 days, in ISO 8601, such as PT90M or P2DT12H"
    )


def duration_text(milliseconds: int) -> str:
    """An ISO 8601 duration."""
    return str(_TIMES.dump_python(timedelta(milliseconds=milliseconds), mode="json"))


Count = Annotated[int, Field(strict=True, ge=0, le=MAX_FAILURES)]
Ago = Annotated[
    int,
    PlainValidator(_milliseconds),
    WithJsonSchema({"type": "string", "pattern": f"^{_DURATION}$"}),
]
Code = Annotated[str, Field(json_schema_extra={"enum": list(_CODES)})]
AtLeastOne = Field(min_length=1)

GroupFailure = Literal[
    "createFail",
    "deleteFail",
    "startFail",
    "stopFail",
    "reverseFail",
    "failoverFail",
    "reprotectFail",
]
InstanceFailure = Literal["createFail", "deleteFail", "resizeFail"]
PairFailure = Literal["createFail", "deleteFail", "attachFail", "detachFail", "expandFail"]
DrillFailure = Literal["createFail", "deleteFail"]


class Part(BaseModel):
    """A part of the file: it knows its keys, and cannot change."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def check_unique(place: str, values: Sequence[str | None]) -> None:
    """Refuse a value that comes twice, under its place, in which `{}` is its number."""
    seen = set()
    for number, value in enumerate(values):
        if value is not None and value in seen:
            raise ParameterError(place.format(number), f"{shown(value)} should be given only once")
        seen.add(value)


class Failures(Part):
    """What fails in a wave: statuses for each type of resource, a card each time one is named."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    server_groups: Annotated[list[GroupFailure], AtLeastOne] = []
    protected_instances: Annotated[list[InstanceFailure], AtLeastOne] = []
    replications: Annotated[list[PairFailure], AtLeastOne] = []
    disaster_recovery_drills: Annotated[list[DrillFailure], AtLeastOne] = []

    @model_validator(mode="after")
    def _check(self) -> "Failures":
        if not self.model_fields_set:
            raise ValueError("should name one type of resource or more")
        return self

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Type of resource and status of each card."""
        for kind, statuses in self:
            yield from ((kind, status) for status in statuses)


class Wave(Part):
    """Failed jobs of one period, dealt evenly to groups and ways to fail.

    By default to all groups of the file and all ways to fail, over the whole 30 days.
    """

    count: Count
    groups: Annotated[list[str] | None, AtLeastOne] = None
    failures: Failures | None = None
    error_codes: Annotated[list[Code] | None, AtLeastOne] = None
    since: Ago = Field(
        alias="from", default=SPAN // MILLISECOND, json_schema_extra={"default": "P30D"}
    )
    until: Ago = Field(alias="to", default=0, json_schema_extra={"default": "PT0S"})

    @model_validator(mode="after")
    def _check(self) -> "Wave":
        if self.since < self.until:
            raise ParameterError("from", "should be as long ago as to, or longer")
        known = sorted({way.error_code for card in self._cards for way in card})
        for place, code in enumerate(self.error_codes or ()):
            if code not in known:
                raise ParameterError(
                    f"error_codes[{place}]", f"{shown(code)} should be one of {', '.join(known)}"
                )
        if self.failures and len(self.deck) < len(self._cards):
            raise ParameterError(
                "error_codes", f"{self.error_codes} should have a code of each of the failures"
            )
        return self

    @property
    def deck(self) -> Sequence[Sequence[JobType]]:
        """The ways to fail, a card for each pair of type and status."""
        if self.error_codes is None:
            return self._cards
        cards = []
        for card in self._cards:
            ways = [way for way in card if way.error_code in self.error_codes]
            if ways:
                cards.append(ways)
        return cards

    @property
    def _cards(self) -> Sequence[Sequence[JobType]]:
        return DECK if self.failures is None else [WAYS[pair] for pair in self.failures.pairs]
