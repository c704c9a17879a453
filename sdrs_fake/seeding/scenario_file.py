"""The file of a scenario: its format as pydantic models, with their checks and JSON Schema."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import Identifier, Text, parameter_error
from sdrs_fake.domain.groups import GroupStatus
from sdrs_fake.errors import ParameterError, integer_of, shown
from sdrs_fake.seeding.randomness import MAX_FAILURES
from sdrs_fake.seeding.wave import Failures, Part, Wave

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


class Group(Part):
    """A protection group; what is not given is drawn, as in a dataset."""

    name: Identifier | None = None
    id: Identifier | None = None
    description: Text | None = None
    status: GroupStatus = GroupStatus.AVAILABLE


class ScenarioFile(Part):
    """A named dataset with a story: groups, waves of failed jobs, and failed jobs as they are."""

    model_config = ConfigDict(
        title="A scenario of sdrs-fake", json_schema_extra={"$schema": DIALECT}
    )

    schema_uri: str | None = Field(default=None, alias="$schema")
    scenario: Annotated[Literal[2], BeforeValidator(_format)]
    name: Annotated[str, Field(pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
    title: Identifier
    description: Text = ""
    groups: Annotated[list[Group], BeforeValidator(_listed)] = Field(
        default=[], json_schema_extra=_names_or_number
    )
    waves: list[Wave] = Field(default=[])
    failure_jobs: list[FailureJob] = Field(default=[])

    @model_validator(mode="after")
    def _check(self) -> "ScenarioFile":
        for kind, values in (
            ("groups[{}].name", [group.name for group in self.groups]),
            ("groups[{}].id", [group.id for group in self.groups]),
            ("failure_jobs[{}].job_id", [job.job_id for job in self.failure_jobs]),
        ):
            _check_unique(kind, values)
        names = {group.name: True for group in self.groups if group.name}
        for number, wave in enumerate(self.waves):
            self._check_wave(f"waves[{number}]", wave, names)
        total = sum(wave.count for wave in self.waves)
        if total > MAX_FAILURES:
            raise ParameterError("waves", f"{total} jobs in all should be at most {MAX_FAILURES:,}")
        return self

    def _check_wave(self, place: str, wave: Wave, names: Collection[str]) -> None:
        for number, name in enumerate(wave.groups or ()):
            if name not in names:
                known = ", ".join(names) or "the names under groups, where there are none"
                raise ParameterError(
                    f"{place}.groups[{number}]", f"{shown(name)} should be one of {known:.500}"
                )
        _check_unique(f"{place}.groups[{{}}]", wave.groups or [])
        if wave.count and not self.groups:
            raise ParameterError(
                f"{place}.count", f"{wave.count} should be 0 where there are no groups"
            )


def _check_unique(place: str, values: Sequence[str | None]) -> None:
    seen = set()
    for number, value in enumerate(values):
        if value is not None and value in seen:
            raise ParameterError(place.format(number), f"{shown(value)} should be given only once")
        seen.add(value)


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


_NESTED = {
    "groups": _names(Group),
    "waves": _names(Wave),
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
        return ScenarioFile.model_validate(dict(content))
    except ValidationError as error:
        raise parameter_error(error, _names(ScenarioFile), nested=_NESTED) from None


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario's file; rules between two values are not in it."""
    return ScenarioFile.model_json_schema(by_alias=True)
