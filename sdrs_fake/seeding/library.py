"""Scenarios: those that come with the package, and files of a user's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike, sep
from os.path import exists, isdir, join
from pathlib import Path
from typing import Any

from sdrs_fake.domain.builders import with_own_group
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.json_input import Given, is_json, parse, text_of
from sdrs_fake.errors import ParameterError, shown

_FOLDER = Path(__file__).with_name("scenarios")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named dataset with a story."""

    name: str
    title: str
    description: str
    failures: int
    groups: int
    failure_jobs: tuple[FailureJob, ...] = field(repr=False)
    """Those that its file has as they are."""
    file: Any = field(repr=False, hash=False)
    """Its ScenarioFile, whose models are loaded with the first scenario."""
    source: str = field(repr=False, compare=False)
    """What finds it again: the name of one of the package, the path of a file, or JSON text."""

    @property
    def group_ids(self) -> list[str]:
        """Ids that its file has as they are: those of groups, and of groups of its failed jobs."""
        ids = [group.id for group in self.file.groups]
        ids += [job.server_group_id for job in self.failure_jobs]
        return [each for each in dict.fromkeys(ids) if each is not None]


def scenarios() -> dict[str, Scenario]:
    """The scenarios that come with the package, by name."""
    return {name: find(name) for name in names()}


def names() -> list[str]:
    """The names of the scenarios that come with the package."""
    return sorted(file.stem for file in _FOLDER.glob("*.json"))


def find(given: Given | Scenario) -> Scenario:
    """The scenario of that name, or of a file, JSON text or dict.

    ParameterError for what is none, OSError for no file.
    """
    if isinstance(given, Scenario):
        return given
    if isinstance(given, str | PathLike):
        return read(given)[0]
    if isinstance(given, Mapping):
        return _scenario(given, None, json.dumps(given, ensure_ascii=False, default=str))
    raise ParameterError(
        "scenario", f"{shown(given)} should be a name, the path of a file, JSON text or a dict"
    )


def read(given: str | PathLike[str]) -> tuple[Scenario, str]:
    """A scenario and its text. A name of the package means the package's, whatever files exist."""
    if isinstance(given, str) and given in names():
        text = (_FOLDER / f"{given}.json").read_text(encoding="utf-8")
        return _scenario(json.loads(text), given, given), text
    if isinstance(given, str) and not is_json(given) and not _is_path(given):
        raise ParameterError(
            "scenario",
            f"{shown(given)} should be one of {', '.join(names())}, or the path of a file such as"
            " mine.json",
        )
    file, text = text_of("scenario", given)
    return _scenario(parse("scenario", file, text), file, str(given)), text


def beside(given: object, folder: Path) -> object:
    """The same scenario, where a relative path is relative to a folder."""
    if isinstance(given, PathLike):
        return folder / given
    if isinstance(given, str) and not is_json(given) and given not in names():
        return folder / given if _is_path(given, folder) else given
    return given


def _is_path(given: str, folder: Path | str = "") -> bool:
    """Whether it looks like a path, or is one of something to read, rather than a name."""
    path = join(folder, given)
    return "/" in given or sep in given or "." in given or (exists(path) and not isdir(path))


def _scenario(content: Any, place: str | None, source: str) -> Scenario:
    from sdrs_fake.seeding.scenario_file import parse_file

    try:
        file = parse_file(content)
    except ParameterError as error:
        within = "" if place is None else f"{place}: "
        first, *more = [
            ("scenario", f"{within}{name}: {reason}" if name else f"{within}{reason}")
            for name, reason in error.problems
        ]
        raise ParameterError(*first, *more) from None
    jobs = tuple(with_own_group(job) for job in file.failure_jobs)
    declared = {group.id for group in file.groups}
    others = {job.server_group_id for job in jobs} - declared - {None}
    return Scenario(
        name=file.name,
        title=file.title,
        description=file.description,
        failures=file.failures + len(jobs),
        groups=file.group_count + len(others),
        failure_jobs=jobs,
        file=file,
        source=source,
    )
