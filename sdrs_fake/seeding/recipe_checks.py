"""Is a scenario's file right? A line for each wrong value, naming place, value and what would be
right.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from sdrs_fake.seeding.datasets import MOST_JOBS
from sdrs_fake.seeding.failures import WAYS
from sdrs_fake.seeding.recipes import NAME_RULE, NOW, WHOLE_SPAN, Group, Recipe, Wave

_PARTS: dict[object, type[BaseModel]] = {"groups": Group, "waves": Wave}
_JOBS = f"a whole number from 0 to {MOST_JOBS:,}"
_NEEDED = {
    "scenario": "1, the version of this form",
    "name": NAME_RULE,
    "title": "a text, what people call it",
    "jobs": _JOBS,
}
_WORDS = {
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "string_unicode": "text that UTF-8 can say",
    "too_short": "one or more, or left out",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "invalid_key": "under a name that is a text",
    "int_type": _JOBS,
    "greater_than_equal": _JOBS,
    "less_than_equal": _JOBS,
}
"""What pydantic says in words of its own."""


def read_recipe(place: str, content: object) -> Recipe:
    """The recipe that was given; ValueError, a line for each wrong value, naming place, value and
    choices.
    """
    if not isinstance(content, Mapping):
        raise ValueError(
            f'{place}: {content!r:.120} should be an object such as {{"scenario": 1, "name":'
            ' "mine", "title": "Mine"}'
        )  # noqa: TRY004 one kind for all
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
    where = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps
    ).removeprefix(".")
    where = where.encode("utf-8", "backslashreplace").decode()
    if line["type"] == "missing":
        return f"{where}: missing; should be {_NEEDED[str(steps[-1])]}"
    if line["type"] == "extra_forbidden":
        fields = (
            _PARTS.get(steps[0], Recipe).model_fields if len(steps) > 1 else Recipe.model_fields
        )
        return (
            f"{where}: no such field; there are"
            f" {', '.join(field.alias or name for name, field in fields.items())}"
        )
    return f"{where}: {line['input']!r:.120} {_wanted(line, steps)}".removeprefix(": ")


def _wanted(line: Mapping[str, Any], steps: list[Any]) -> str:
    if line["type"] == "model_type" and steps[0] == "groups":
        return "should be a name or an object"
    if line["type"] in _WORDS:
        return f"should be {_WORDS[line['type']]}"
    return str(line["msg"]).removeprefix("Value error, ").removeprefix("Input ")


def _groups_that_clash(recipe: Recipe) -> Iterator[str]:
    for field in ("name", "id"):
        seen: set[str] = set()
        for place, group in enumerate(recipe.groups):
            value = getattr(group, field)
            if value in seen:
                yield f"groups[{place}].{field}: {value!r} should be one that no other group has"
            seen |= {value} - {None}


def _waves_that_cannot_be(recipe: Recipe, content: Mapping[str, Any]) -> Iterator[str]:
    for number, wave in enumerate(recipe.waves):
        where = f"waves[{number}]"
        yield from (f"{where}.groups{line}" for line in _groups_that_cannot_be(recipe, wave))
        yield from (f"{where}.failures.{line}" for line in _failures_that_cannot_be(wave))
        for place, code in enumerate(wave.error_codes or ()):
            if code not in wave.known_codes:
                yield (
                    f"{where}.error_codes[{place}]: {code!r} should be one of"
                    f" {', '.join(wave.known_codes)}"
                )
        if wave.jobs and not recipe.groups:
            yield (
                f"{where}.jobs: {wave.jobs} should be 0 where there are no groups, since every job"
                " belongs to one"
            )
        if wave.since < wave.until:
            said = content["waves"][number]
            yield (
                f"{where}.from: {said.get('from', WHOLE_SPAN)!r} should be as long ago as its to,"
                f" {said.get('to', NOW)!r}, or longer"
            )


def _groups_that_cannot_be(recipe: Recipe, wave: Wave) -> Iterator[str]:
    """A wave has a group of its file, and that once: twice would make it two."""
    names = [group.name for group in recipe.groups if group.name]
    met = wave.groups or []
    for place, name in enumerate(met):
        if name not in names:
            yield (
                f"[{place}]: {name!r} should be one of"
                f" {', '.join(names) or 'the names under groups, where there are none'}"
            )
        elif name in met[:place]:
            yield f"[{place}]: {name!r} should be named once"


def _failures_that_cannot_be(wave: Wave) -> Iterator[str]:
    for kind, statuses in (wave.failures or {}).items():
        known = {status: ways for (of, status), ways in WAYS.items() if of == kind}
        for place, status in enumerate(statuses):
            if status not in known:
                yield f"{kind}[{place}]: {str(status)!r} should be one of {', '.join(known)}"
            elif wave.error_codes and not any(
                way.error_code in wave.error_codes for way in known[status]
            ):
                codes = sorted({way.error_code for way in known[status]})
                yield (
                    f"{kind}[{place}]: {str(status)!r} has none of the error_codes; it can have"
                    f" {', '.join(codes)}"
                )
