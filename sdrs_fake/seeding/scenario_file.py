"""The file of a scenario: its format as pydantic models, with their checks and JSON Schema."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from itertools import pairwise
from random import Random
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import Identifier, Text, parameter_error
from sdrs_fake.domain.times import MILLISECOND
from sdrs_fake.errors import ParameterError, integer_of, shown
from sdrs_fake.seeding.randomness import MAX_FAILURES, OLDEST
from sdrs_fake.seeding.scenario_history import Parts, ScenarioHistory
from sdrs_fake.seeding.scenario_step import ScenarioStep
from sdrs_fake.seeding.stated_group import StatedGroup, StatedPair
from sdrs_fake.seeding.wave import Failures, Part, Wave, check_unique, duration_text

FORMAT = 2
MAX_GROUPS = 10_000
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _listed(value: object) -> object:
    """Turn the names or the number of groups into a list of objects."""
    number = integer_of(value)
    if number is not None and 0 <= number <= MAX_GROUPS:
        return [{}] * number
    if not isinstance(value, list | tuple) or len(value) > MAX_GROUPS:
        raise ValueError(
            "should be a list of groups, each a name or an object, or an integer from 0 to"
            f" {MAX_GROUPS:,}"
        )
    return [{"name": group} if isinstance(group, str) else group for group in value]


def _names_or_number(schema: dict[str, Any]) -> None:
    listed = {"type": schema.pop("type"), "maxItems": MAX_GROUPS}
    listed["items"] = {"anyOf": [{"type": "string", "minLength": 1}, schema.pop("items")]}
    schema["anyOf"] = [{"type": "integer", "minimum": 0, "maximum": MAX_GROUPS}, listed]


def _format(value: object) -> object:
    if type(value) is not int or value != FORMAT:  # in Python 2.0 is 2 too
        raise ValueError(f"should be {FORMAT}, the version of this format")
    return value


class ScenarioFile(Part):
    """A named dataset with a story: groups, waves of failed jobs, steps, and jobs as they are."""

    model_config = ConfigDict(
        title="A scenario of sdrs-fake", json_schema_extra={"$schema": DIALECT}
    )

    schema_uri: str | None = Field(default=None, alias="$schema")
    scenario: Annotated[Literal[2], BeforeValidator(_format)]
    name: Annotated[str, Field(pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
    title: Identifier
    description: Text = ""
    groups: Annotated[list[StatedGroup], BeforeValidator(_listed)] = Field(
        default=[], json_schema_extra=_names_or_number
    )
    waves: list[Wave] = Field(default=[])
    steps: list[ScenarioStep] = Field(default=[])
    failure_jobs: list[FailureJob] = Field(default=[])

    @property
    def failures(self) -> int:
        """How many jobs fail in its waves and steps."""
        steps = sum(len(step.resources) for step in self.steps if step.failed)
        return sum(wave.count for wave in self.waves) + steps

    @property
    def group_count(self) -> int:
        """How many of its groups are there at the end."""
        count = len(self.groups)
        for step in self.steps:
            if step.operation == "CreateProtectionGroup":
                count += len(step.resources)
            elif step.operation == "DeleteProtectionGroup" and not step.failed:
                count -= len(step.resources)
        return count

    @property
    def parts(self) -> Parts:
        """What its history is made from."""
        return Parts(self.groups, self.waves, self.steps)

    @model_validator(mode="after")
    def _check(self) -> "ScenarioFile":
        for kind, values in (
            ("groups[{}].name", [group.name for group in self.groups]),
            ("groups[{}].id", [group.id for group in self.groups]),
            ("failure_jobs[{}].job_id", [job.job_id for job in self.failure_jobs]),
        ):
            check_unique(kind, values)
        names = {group.name: True for group in self.groups if group.name}
        self._check_members(names)
        self._check_order()
        for number, wave in enumerate(self.waves):
            self._check_wave(f"waves[{number}]", wave, names)
        total = sum(wave.count for wave in self.waves)
        if total > MAX_FAILURES:
            raise ParameterError("waves", f"{total} jobs in all should be at most {MAX_FAILURES:,}")
        return self

    def _check_members(self, taken: Collection[str]) -> None:
        """Refuse a name of two resources, since steps name them."""
        seen = set(taken)
        for number, group in enumerate(self.groups):
            for place, name in group.names:
                if name in seen:
                    reason = f"{shown(name)} should be given only once"
                    raise ParameterError(f"groups[{number}].{place}", reason)
                seen.add(name)

    def _check_order(self) -> None:
        for number, (step, after) in enumerate(pairwise(self.steps), start=1):
            last = step.ages[-1]
            if after.ago > last:
                least, name = duration_text(last), shown(step.resources[-1])
                reason = f"should not be longer ago than {least}, when the step before begins on"
                raise ParameterError(
                    f"steps[{number}].ago", f"{duration_text(after.ago)} {reason} {name}"
                )

    def _check_wave(self, place: str, wave: Wave, names: Collection[str]) -> None:
        for number, name in enumerate(wave.groups or ()):
            if name not in names:
                known = ", ".join(names) or "the names under groups, where there are none"
                raise ParameterError(
                    f"{place}.groups[{number}]", f"{shown(name)} should be one of {known:.500}"
                )
        check_unique(f"{place}.groups[{{}}]", wave.groups or [])
        if wave.count and not self.groups:
            raise ParameterError(
                f"{place}.count", f"{wave.count} should be 0 where there are no groups"
            )


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


_NESTED = {
    "groups": _names(StatedGroup),
    "replication_pairs": _names(StatedPair),
    "waves": _names(Wave),
    "steps": _names(ScenarioStep),
    "failures": _names(Failures),
    "failure_jobs": [field.name for field in fields(FailureJob)],
}


def parse_file(content: object) -> ScenarioFile:
    """Check the content of a scenario's file; ParameterError, named after the place in it."""
    if not isinstance(content, Mapping):
        raise ParameterError(
            "",
            f'{shown(content)} should be an object such as {{"scenario": {FORMAT}, "name": "mine",'
            ' "title": "Mine"}',
        )
    version = content.get("scenario")
    if isinstance(version, int) and version > FORMAT:
        raise ParameterError(
            "scenario",
            f"{shown(version)} is a newer format than {FORMAT}; a newer sdrs-fake is needed",
        )
    try:
        file = ScenarioFile.model_validate(dict(content))
    except ValidationError as error:
        raise parameter_error(error, _names(ScenarioFile), nested=_NESTED) from None
    if file.steps or any(group.has_members or group.id for group in file.groups):
        as_of = OLDEST // MILLISECOND
        history = ScenarioHistory(file.parts, Random(0), 0, as_of)  # noqa: S311 it takes the steps
        _check_given(file.failure_jobs, history.deleted_ids)
    return file


def _check_given(jobs: Iterable[FailureJob], deleted: Collection[str]) -> None:
    """Refuse a failed job as it is in a group that a step deletes, which would be there again."""
    for number, job in enumerate(jobs):
        if job.server_group_id in deleted:
            reason = f"{shown(job.server_group_id)} should be the id of a group that stays there"
            raise ParameterError(f"failure_jobs[{number}].server_group_id", reason)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario's file; rules between two values are not in it."""
    return ScenarioFile.model_json_schema(by_alias=True)
