"""The scenarios that come with the package, and those of a user's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from os import PathLike, sep
from os.path import exists, isdir, join
from pathlib import Path
from typing import Any

from sdrs_fake import captured
from sdrs_fake.captured import Given, is_json
from sdrs_fake.domain.drafts import captured_failure_jobs
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.seeding.recipe_checks import read_recipe
from sdrs_fake.seeding.recipes import Recipe

_FOLDER = "scenarios"
_SAID_ONLY = ("title", "description")
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named dataset: what its file says. The digest stands for all of it that decides the
    data.
    """

    name: str
    title: str
    description: str
    digest: str
    jobs: int
    groups: int
    recipe: Recipe = field(repr=False, compare=False)
    failure_jobs: tuple[FailureJob, ...] = field(repr=False)

    @property
    def group_ids(self) -> list[str]:
        """Those that its file gives: of groups, and of those that its failed jobs are in."""
        told = [group.id for group in self.recipe.groups if group.id]
        return list(
            dict.fromkeys(
                [*told, *(job.server_group_id for job in self.failure_jobs if job.server_group_id)]
            )
        )


def scenarios() -> dict[str, Scenario]:
    """The scenarios that come with the package, by name."""
    return {name: find(name) for name in names()}


def names() -> list[str]:
    return sorted(
        file.name.removesuffix(".json")
        for file in _folder().iterdir()
        if file.name.endswith(".json")
    )


def find(given: Given | Scenario) -> Scenario:
    """The scenario of that name, or of a file, a JSON text or a dict; ValueError for what is none,
    OSError for no file.
    """
    if isinstance(given, Scenario):
        return given
    if isinstance(given, str | PathLike):
        return read(*text_of(given))
    if isinstance(given, Mapping):
        return _read("scenario", given)
    raise ValueError(
        f"scenario: {given!r:.120} should be a name, the path of a file, a JSON text or a dict"
    )


def text_of(given: str | PathLike[str]) -> tuple[str, str]:
    """What errors call it, and the text of a scenario; a name of the package means the package's,
    whatever files there are.
    """
    if isinstance(given, str) and given in names():
        return f"scenario: {given}", (_folder() / f"{given}.json").read_text(encoding="utf-8")
    if isinstance(given, str) and not is_json(given) and not _is_path(given):
        raise ValueError(
            f"scenario: {given!r:.120} should be one of {', '.join(names())}, or the path of a file"
            " such as mine.json"
        )
    return captured.text_of("scenario", given)


def read(place: str, text: str) -> Scenario:
    """The scenario of a text; errors call it as they are told to."""
    return _read(place, captured.parsed(place, text))


def beside(given: object, folder: Path) -> object:
    """The same, but a relative path is one from that folder, whatever the working directory is."""
    if isinstance(given, PathLike):
        return folder / given
    if not isinstance(given, str) or is_json(given) or given in names():
        return given
    return folder / given if _is_path(given, folder) else given


def _is_path(given: str, folder: Path | str = "") -> bool:
    """Does it look like a path, or is it one of something to read, rather than a name?"""
    place = join(folder, given)  # noqa: PTH118 and below: of a name that is too long a Path would fail
    return "/" in given or sep in given or "." in given or (exists(place) and not isdir(place))  # noqa: PTH110, PTH112


def _folder() -> Traversable:
    return files(__package__) / _FOLDER


def _read(place: str, content: Any) -> Scenario:
    recipe = read_recipe(place, content)
    jobs = _given_jobs(place, recipe)
    groups = {job.server_group_id for job in jobs if job.server_group_id} - {
        group.id for group in recipe.groups
    }
    return Scenario(
        name=recipe.name,
        title=recipe.title,
        description=recipe.description,
        digest=_digest(content),
        jobs=sum(wave.jobs for wave in recipe.waves) + len(jobs),
        groups=len(recipe.groups) + len(groups),
        recipe=recipe,
        failure_jobs=jobs,
    )


def _given_jobs(place: str, recipe: Recipe) -> tuple[FailureJob, ...]:
    try:
        jobs = captured_failure_jobs(recipe.failure_jobs, None)
    except ValueError as error:
        raise ValueError("\n".join(f"{place}: {line}" for line in str(error).split("\n"))) from None
    seen: set[str] = set()
    for number, job in enumerate(jobs):
        if job.job_id in seen:
            raise ValueError(
                f"{place}: failure_jobs[{number}].job_id: {job.job_id!r} should be an id that no"
                " other job has"
            )
        seen.add(job.job_id)
    return tuple(jobs)


def _digest(content: Mapping[str, Any]) -> str:
    """However the file is laid out, and whatever it says of itself."""
    deciding = {name: value for name, value in content.items() if name not in _SAID_ONLY}
    return sha256(json.dumps(deciding, sort_keys=True, default=str).encode()).hexdigest()[:_DIGITS]
