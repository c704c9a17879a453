"""What stands in a scenario's file: its groups, the waves of failures that met them, and failed
jobs as they are.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from sdrs_fake.domain.failure_jobs import FailureStatus, ResourceType
from sdrs_fake.domain.fields import Identifier, Text
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.protection_groups import GroupStatus
from sdrs_fake.seeding import schema
from sdrs_fake.seeding.datasets import MOST_JOBS
from sdrs_fake.seeding.draws import MILLISECOND, SPAN
from sdrs_fake.seeding.failures import DECK, WAYS
from sdrs_fake.seeding.tokens import NAME

MOST_GROUPS = 10_000
WHOLE_SPAN, NOW = "P30D", "PT0S"
NAME_RULE = (
    "words of small letters and digits with '-' between them, at most 64 characters, such as"
    " noisy-group"
)

_DURATION = re.compile(schema.DURATION, re.ASCII)
_SECONDS = (604_800, 86_400, 3600, 60, 1)
_NAME = re.compile(NAME, re.ASCII)


def milliseconds_ago(value: object) -> int:
    """A duration of ISO 8601 before the anchor, in milliseconds; months and years are none, since
    they have no one length.
    """
    parts = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if parts:
        seconds = sum(
            int(number or 0) * unit for number, unit in zip(parts.groups(), _SECONDS, strict=True)
        )
        if seconds <= SPAN.total_seconds():
            return seconds * 1000
    raise ValueError(
        "should be how long before the anchor, at most 30 days, in ISO 8601, such as PT90M, PT3H or"
        " P2DT12H"
    )


def _named(value: object) -> object:
    """Groups are listed, each by its name or as an object; or it is only said how many there
    are.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_GROUPS:
        return [{}] * value
    if not isinstance(value, list) or len(value) > MOST_GROUPS:
        raise ValueError(
            "should be a list of groups, each a name or an object, or a number from 0 to"
            f" {MOST_GROUPS:,}"
        )
    return [{"name": group} if isinstance(group, str) else group for group in value]


def _plain_name(value: object) -> object:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or len(value) > schema.LONGEST_NAME:
        raise ValueError(f"should be {NAME_RULE}")
    return value


def _one(value: object) -> object:
    """To Python true and 1.0 are 1 too."""
    if type(value) is not int or value != 1:
        raise ValueError("should be 1")
    return value


Number = Annotated[int, Field(strict=True, ge=0, le=MOST_JOBS)]
Ago = Annotated[
    int,
    PlainValidator(milliseconds_ago),
    WithJsonSchema({"type": "string", "pattern": f"^{schema.DURATION}$"}),
]
Name = Annotated[str, BeforeValidator(_plain_name), Field(json_schema_extra=schema.name)]
Some = Field(min_length=1)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=False)


class Group(_Part):
    """A protection group; what it is not told it gets as those of a dataset do."""

    name: Identifier | None = None
    id: Identifier | None = None
    description: Text | None = None
    status: GroupStatus = GroupStatus.AVAILABLE


class Wave(_Part):
    """Failed jobs from one stretch of time, dealt evenly to groups and ways to fail; by itself to
    all, over the 30 days.
    """

    jobs: Number
    groups: Annotated[list[str] | None, Some] = None
    failures: Annotated[dict[ResourceType, Annotated[list[FailureStatus], Some]] | None, Some] = (
        Field(default=None, json_schema_extra=schema.failures)
    )
    error_codes: Annotated[list[str] | None, Some] = Field(
        default=None, json_schema_extra=schema.error_codes
    )
    since: Ago = Field(
        alias="from", default=SPAN // MILLISECOND, json_schema_extra={"default": WHOLE_SPAN}
    )
    until: Ago = Field(alias="to", default=0, json_schema_extra={"default": NOW})

    @property
    def deck(self) -> Sequence[Sequence[JobType]]:
        """The ways to fail, a card each time a wave names them; all of them, as in a dataset, where
        it names none.
        """
        cards = self._cards()
        if self.error_codes is None:
            return cards
        return [
            card
            for each in cards
            if (card := [way for way in each if way.error_code in self.error_codes])
        ]

    def _cards(self) -> Sequence[Sequence[JobType]]:
        """Kind by kind, in their own order: that of an object's keys says nothing, and no digest
        knows it.
        """
        named = self.failures
        if named is None:
            return DECK
        return [
            WAYS[kind, status]
            for kind in ResourceType
            for status in named.get(kind, ())
            if (kind, status) in WAYS
        ]

    @property
    def known_codes(self) -> list[str]:
        """The error codes that its failures can have."""
        return sorted({way.error_code for card in self._cards() for way in card})


class Recipe(_Part):
    """A scenario's file."""

    scenario: Annotated[Literal[1], BeforeValidator(_one)]
    name: Name
    title: Identifier
    description: Text = ""
    groups: Annotated[list[Group], BeforeValidator(_named)] = Field(
        default=[], json_schema_extra=schema.groups(MOST_GROUPS)
    )
    waves: list[Wave] = []
    failure_jobs: list[dict[str, Any]] = Field(default=[], json_schema_extra=schema.failure_jobs)
