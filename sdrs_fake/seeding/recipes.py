"""What stands in a scenario's file: its groups, the waves of failures that met them, and failed jobs as they are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError

from sdrs_fake.domain.failure_jobs import FailureStatus, ResourceType
from sdrs_fake.domain.fields import Identifier, Text
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.protection_groups import GroupStatus
from sdrs_fake.seeding.datasets import MOST_JOBS
from sdrs_fake.seeding.draws import MILLISECOND, SPAN
from sdrs_fake.seeding.failures import DECK

MOST_GROUPS = 10_000
WAYS = {(card[0].resource_type, card[0].failure_status): card for card in DECK}

_WHOLE_SPAN, _NOW = "P30D", "PT0S"
_DURATION = re.compile(r"P(?=\d|T\d)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII)
_SECONDS = (604_800, 86_400, 3600, 60, 1)
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_LONGEST_NAME = 64


def milliseconds_ago(value: object) -> int:
    """A duration of ISO 8601 before the anchor, in milliseconds; months and years are none, since they have no one length."""
    parts = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if parts:
        seconds = sum(int(number or 0) * unit for number, unit in zip(parts.groups(), _SECONDS, strict=True))
        if seconds <= SPAN.total_seconds():
            return seconds * 1000
    raise ValueError("should be how long before the anchor, at most 30 days, in ISO 8601, such as PT90M, PT3H or P2DT12H")


def _named(value: object) -> object:
    """Groups are listed, each by its name or as an object; or it is only said how many there are."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_GROUPS:
        return [{}] * value
    if not isinstance(value, list) or len(value) > MOST_GROUPS:
        raise ValueError(f"should be a list of groups, each a name or an object, or a number from 0 to {MOST_GROUPS:,}")
    return [{"name": group} if isinstance(group, str) else group for group in value]


def _plain_name(value: object) -> object:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or len(value) > _LONGEST_NAME:
        raise ValueError("should be words of small letters and digits with '-' between them, such as noisy-group")
    return value


Number = Annotated[int, Field(strict=True, ge=0, le=MOST_JOBS)]
Ago = Annotated[int, PlainValidator(milliseconds_ago)]
NAME = Annotated[str, BeforeValidator(_plain_name)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=False)


class Group(_Part):
    """A protection group; what it is not told it gets as those of a dataset do."""

    name: Identifier | None = None
    id: Identifier | None = None
    description: Text | None = None
    status: GroupStatus = GroupStatus.AVAILABLE


class Wave(_Part):
    """Failed jobs from one stretch of time, dealt evenly to groups and ways to fail; by itself to all, over the 30 days."""

    jobs: Number
    groups: Annotated[list[str] | None, Field(min_length=1)] = None
    failures: Annotated[dict[ResourceType, Annotated[list[FailureStatus], Field(min_length=1)]] | None, Field(min_length=1)] = None
    error_codes: Annotated[list[str] | None, Field(min_length=1)] = None
    since: Ago = Field(alias="from", default=SPAN // MILLISECOND)
    until: Ago = Field(alias="to", default=0)

    @property
    def deck(self) -> Sequence[Sequence[JobType]]:
        """The ways to fail, a card each time a wave names them; all of them, as in a dataset, where it names none."""
        cards = self._cards()
        if self.error_codes is None:
            return cards
        return [card for each in cards if (card := [way for way in each if way.error_code in self.error_codes])]

    def _cards(self) -> Sequence[Sequence[JobType]]:
        if self.failures is None:
            return DECK
        return [WAYS[kind, status] for kind, statuses in self.failures.items() for status in statuses if (kind, status) in WAYS]

    @property
    def known_codes(self) -> list[str]:
        """The error codes that its failures can have."""
        return sorted({way.error_code for card in self._cards() for way in card})


class Recipe(_Part):
    """A scenario's file."""

    scenario: Literal[1]
    name: NAME
    title: Text
    description: Text = ""
    groups: Annotated[list[Group], BeforeValidator(_named)] = []
    waves: list[Wave] = []
    failure_jobs: list[dict[str, Any]] = []


PARTS: dict[object, type[BaseModel]] = {"groups": Group, "waves": Wave}


def read_recipe(place: str, content: object) -> Recipe:
    """The recipe that was given; ValueError, a line for each wrong value, naming place, value and choices."""
    if not isinstance(content, Mapping):
        raise ValueError(f'{place}: {content!r:.120} should be an object such as {{"scenario": 1, "name": "mine", "title": "Mine"}}')  # noqa: TRY004 one kind for all
    try:
        recipe = Recipe.model_validate(content)
    except ValidationError as error:
        found = [_explained(dict(line)) for line in error.errors(include_url=False)]
    else:
        found = [*_groups_that_clash(recipe), *_waves_that_cannot_be(recipe, content)]
        if (total := sum(wave.jobs for wave in recipe.waves)) > MOST_JOBS:
            found.append(f"waves: {total} jobs in all should be at most {MOST_JOBS:,}")
    if found:
        raise ValueError("\n".join(f"{place}: {line}" for line in found))
    return recipe


def _explained(line: dict[str, Any]) -> str:
    steps = [step for step in line["loc"] if step != "[key]"]
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    if line["type"] == "missing":
        return f"{where}: missing"
    if line["type"] == "extra_forbidden":
        fields = PARTS.get(steps[0], Recipe).model_fields if len(steps) > 1 else Recipe.model_fields
        return f"{where}: no such field; there are {', '.join(field.alias or name for name, field in fields.items())}"
    wanted = line["msg"].removeprefix("Value error, ").removeprefix("Input ").partition(" or instance of ")[0]
    return f"{where}: {line['input']!r:.120} {wanted}"


def _groups_that_clash(recipe: Recipe) -> Iterator[str]:
    for field in ("name", "id"):
        seen: set[str] = set()
        for place, group in enumerate(recipe.groups):
            value = getattr(group, field)
            if value in seen:
                yield f"groups[{place}].{field}: {value!r} should be one that no other group has"
            seen |= {value} - {None}


def _waves_that_cannot_be(recipe: Recipe, content: Mapping[str, Any]) -> Iterator[str]:
    names = [group.name for group in recipe.groups if group.name]
    choices = ", ".join(names) or "the names under groups, where there are none"
    for number, wave in enumerate(recipe.waves):
        where = f"waves[{number}]"
        for place, name in enumerate(wave.groups or ()):
            if name not in names:
                yield f"{where}.groups[{place}]: {name!r} should be one of {choices}"
        yield from (f"{where}.failures.{line}" for line in _failures_that_cannot_be(wave))
        for place, code in enumerate(wave.error_codes or ()):
            if code not in wave.known_codes:
                yield f"{where}.error_codes[{place}]: {code!r} should be one of {', '.join(wave.known_codes)}"
        if wave.jobs and not recipe.groups:
            yield f"{where}.jobs: {wave.jobs} should be 0 where there are no groups, since every job belongs to one"
        if wave.since < wave.until:
            said = content["waves"][number]
            yield f"{where}.from: {said.get('from', _WHOLE_SPAN)!r} should be as long ago as its to, {said.get('to', _NOW)!r}, or longer"


def _failures_that_cannot_be(wave: Wave) -> Iterator[str]:
    for kind, statuses in (wave.failures or {}).items():
        known = {status: ways for (of, status), ways in WAYS.items() if of == kind}
        for place, status in enumerate(statuses):
            if status not in known:
                yield f"{kind}[{place}]: {str(status)!r} should be one of {', '.join(known)}"
            elif wave.error_codes and not any(way.error_code in wave.error_codes for way in known[status]):
                codes = sorted({way.error_code for way in known[status]})
                yield f"{kind}[{place}]: {str(status)!r} has none of the error_codes; it can have {', '.join(codes)}"
