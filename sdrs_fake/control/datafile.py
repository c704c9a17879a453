"""A fake's data as JSON: taken in whole or not at all, and given out again."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sdrs_fake.control.auth import Auth
from sdrs_fake.domain.drafts import new_failure_job, new_group, new_job
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import checked_project_id
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.protection_groups import ProtectionGroup
from sdrs_fake.domain.world import World

STATE = ("protection_groups", "deleted_failure_jobs", "failure_jobs", "jobs")
"""In this order: a group gives its name to what fails in it, and a failed job says what is known of
its job.
"""
CREDENTIALS = ("keys", "users")

_SURROGATES = re.compile("[\ud800-\udfff]")

Row = Mapping[str, Any]
Add = Callable[[Row], object]


def load(world: World, auth: Auth, data: object, now: dt.datetime) -> dict[str, int]:
    """Add the data of one project, or of several under `projects`; gives how many of each kind were
    added.

    ValueError naming the place in the data, the value and what would be right; nothing of it is
    kept then.
    """
    drafts: dict[str, Project] = {}
    with world.lock, auth.all_or_nothing():
        try:
            loaded = [
                _take(world, auth, drafts, section, place, now)
                for place, section in _sections(data)
            ]
        except RecursionError:
            raise ValueError("data: should not be nested as deeply") from None
        for draft in drafts.values():
            world.put(draft)
    return {kind: sum(counts[kind] for counts in loaded) for kind in (*STATE, *CREDENTIALS)}


def export(world: World) -> dict[str, Any]:
    """The state of all projects, as `load` takes it; keys and users stay where they are."""
    with world.lock:
        return {
            "projects": [
                _exported(world.find(project_id)) for project_id in sorted(world.project_ids)
            ]
        }


def _sections(data: object) -> list[tuple[str, Row]]:
    """The data of each project, and where it is."""
    content = _object("data", data)
    if "projects" not in content:
        return [("", content)]
    _check_names("data", content, ("projects",))
    return [
        (f"projects[{number}].", section)
        for number, section in enumerate(_rows("", "projects", content))
    ]


def _take(
    world: World, auth: Auth, drafts: dict[str, Project], section: Row, place: str, now: dt.datetime
) -> dict[str, int]:  # noqa: PLR0913, PLR0917 all that data can change, and when
    """Take one project's data into a copy of the project, and register its keys and users; gives
    how many of each.
    """
    _check_names(place.rstrip(".") or "data", section, ("project_id", *STATE, *CREDENTIALS))
    with _at(place):
        project_id = checked_project_id(section.get("project_id", auth.own_key.project_id))
    rows = {kind: _rows(place, kind, section) for kind in (*STATE, *CREDENTIALS)}
    draft = drafts.get(project_id) or world.find(project_id).copy()
    if any(rows[kind] for kind in STATE):
        drafts[project_id] = draft
    for kind, add in _adders(draft, auth, now).items():
        for number, row in enumerate(rows[kind]):
            with _at(f"{place}{kind}[{number}]."):
                _check_texts(row)
                add(row)
    return {kind: len(found) for kind, found in rows.items()}


def _adders(draft: Project, auth: Auth, now: dt.datetime) -> dict[str, Add]:
    """How a row of each kind is added, in the order of the kinds."""

    def add_failure_job(row: Row) -> FailureJob:
        job = new_failure_job(draft, row, now)
        draft.add_failure_jobs([job])
        return job

    def add_job(row: Row) -> None:
        job = new_job(draft, row, now)
        draft.jobs[job.job_id] = job

    return {
        "protection_groups": lambda row: draft.put_groups([new_group(draft, row, now)]),
        "deleted_failure_jobs": lambda row: draft.delete_failure_jobs([add_failure_job(row)]),
        "failure_jobs": add_failure_job,
        "jobs": add_job,
        "keys": lambda row: auth.add_key(
            **_texts(row, "access_key", "secret_key"), project_id=draft.project_id
        ),
        "users": lambda row: auth.add_user(
            **_texts(row, "name", "password"), project_id=draft.project_id
        ),
    }


def _exported(project: Project) -> dict[str, Any]:
    """A project's data in the order it came, since what is added next may depend on it."""
    return {
        "project_id": project.project_id,
        "protection_groups": [
            _group_row(group, shown)
            for group, shown in zip(project.server_groups, project.shown_groups(), strict=True)
        ],
        "deleted_failure_jobs": [_failure_row(job) for job in project.deleted_failure_jobs],
        "failure_jobs": [_failure_row(job) for job in project.failure_jobs],
        "jobs": [json.loads(job.wire_json) for job in project.jobs.values()],
    }


def _group_row(group: ProtectionGroup, shown: ProtectionGroup) -> Row:
    """What was left open stays open, but for the time it was made, which a group that is loaded
    would get anew.
    """
    return {**json.loads(group.wire_json), "created_at": json.loads(shown.wire_json)["created_at"]}


def _failure_row(job: FailureJob) -> Row:
    return {**json.loads(job.wire_json), "server_group_id": job.server_group_id}


def _texts(row: Row, *names: str) -> dict[str, Any]:
    for name in row:
        if name not in names:
            raise ValueError(f"{name}: no such field; there are {', '.join(names)}")
    return {name: row.get(name) for name in names}


def _check_texts(row: Row) -> None:
    """JSON can hold half a character by its number; an answer could not."""
    for name, value in row.items():
        if not _can_be_said([name, value]):
            raise ValueError(f"{name}: {value!r:.120} should be text that UTF-8 can say")


def _can_be_said(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() or not _SURROGATES.search(value)
    if isinstance(value, Mapping):
        return all(_can_be_said(part) for pair in value.items() for part in pair)
    return not isinstance(value, list | tuple) or all(map(_can_be_said, value))


def _rows(place: str, kind: str, section: Row) -> list[Row]:
    rows = section.get(kind, [])
    if not isinstance(rows, list):
        raise ValueError(f"{place}{kind}: {rows!r:.120} should be a list of objects")  # noqa: TRY004 one kind for all
    return [_object(f"{place}{kind}[{number}]", row) for number, row in enumerate(rows)]


def _object(place: str, value: object) -> Row:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"{place}: {value!r:.120} should be an object")
    return value


def _check_names(place: str, row: Row, known: tuple[str, ...]) -> None:
    for name in row:
        if name not in known:
            raise ValueError(f"{place}: {name!r:.120} should be one of {', '.join(known)}")


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Say where in the data a value is that is refused."""
    try:
        yield
    except ValueError as error:
        raise ValueError("\n".join(place + line for line in str(error).split("\n"))) from None
