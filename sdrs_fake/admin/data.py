"""The JSON format of a fake's data: import, export, and a whole fake in a file.

    {"version": 1, "project_id": ..., "behavior": {...}, "auth": "any",
     "projects": [{"project_id": ..., "protection_groups": [...], "failure_jobs": [...], ...}]}

All parts are optional. The lists of a single project may stand beside the other keys, without
`projects`; JSON lines are its failed jobs.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sdrs_fake.auth.auth import check_mode
from sdrs_fake.auth.credentials import Credentials
from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.builders import imported_failure_job, new_group
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import checked_project_id
from sdrs_fake.domain.groups import ProtectionGroup
from sdrs_fake.domain.job_builders import new_job
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.store import at_once
from sdrs_fake.errors import ParameterError, check_names, shown

VERSION = 1
"""Rises when older releases can no longer read the format."""

RESOURCES = ("protection_groups", "deleted_failure_jobs", "failure_jobs", "jobs")
"""In the order of import: a group names its failed jobs, a failed job completes its job."""

GONE = "deleted_protection_groups"
"""The ids of groups that rows name and an import does not add."""

CREDENTIALS = ("keys", "users")
SETTINGS = ("version", "project_id", "behavior", "auth")

_IGNORED = ("version", "behavior", "auth", "count")
"""Keys beside the lists of a single project: settings of a fake, the count of an answer."""

Row = Mapping[str, Any]


def import_data(
    backend: Backend, credentials: Credentials, data: object, now: dt.datetime
) -> dict[str, int]:
    """Add data, all of it or nothing; return how many of each kind were added.

    ParameterError, naming the place in the data, for what is wrong.
    """
    copies: dict[str, Project] = {}
    counts = dict.fromkeys((*RESOURCES, *CREDENTIALS), 0)
    settings_of(data)  # which are checked, and left out
    with backend.lock, credentials.draft() as draft:
        try:
            for place, section in _sections(data):
                for kind, number in _add(backend, draft, copies, section, place, now):
                    counts[kind] += number
        except RecursionError:
            raise ParameterError("data", "should not be nested as deeply") from None
        at_once([backend.putting(*copies.values()), *credentials.taking(draft)])
    return counts


def export_data(backend: Backend) -> dict[str, Any]:
    """The data of all projects, as `import_data` takes it; keys and users are left out."""
    with backend.lock:
        projects = [backend.find(project_id) for project_id in sorted(backend.project_ids)]
        return {"version": VERSION, "projects": [_exported(project) for project in projects]}


def settings_of(data: object) -> dict[str, Any]:
    """The arguments of FakeSdrs that stand in the data of a saved fake."""
    content = _object("data", data)
    _check_version(content)
    settings = {name: content[name] for name in SETTINGS[1:] if name in content}
    if "behavior" in settings:
        settings["behavior"] = Behavior.parse(settings["behavior"])
    if "auth" in settings:
        check_mode(settings["auth"])
    return settings


def _sections(data: object) -> list[tuple[str, Row]]:
    """The data of each project, and its place."""
    content = _object("data", data)
    check_names(content, (*SETTINGS, "projects", "count", *RESOURCES, GONE, *CREDENTIALS), "key")
    _check_version(content)
    if "projects" not in content:
        section = {name: value for name, value in content.items() if name not in _IGNORED}
        return [("", section)]
    check_names(content, (*SETTINGS, "projects"), "key")
    sections = _rows("", "projects", content)
    return [(f"projects[{number}].", section) for number, section in enumerate(sections)]


def _check_version(content: Row) -> None:
    version = content.get("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ParameterError("version", f"{shown(version)} should be {VERSION}, or left out")
    if version > VERSION:
        raise ParameterError(
            "version", f"{shown(version)} is newer than {VERSION}; read it with a newer sdrs-fake"
        )


def _add(  # noqa: PLR0913, PLR0917 what an import changes, and with what
    backend: Backend,
    credentials: Credentials,
    copies: dict[str, Project],
    section: Row,
    place: str,
    now: dt.datetime,
) -> Iterator[tuple[str, int]]:
    """Add one project's data to a copy of the project, and its keys and users."""
    with _within(place):
        check_names(section, ("project_id", *RESOURCES, GONE, *CREDENTIALS), "key")
        project_id = checked_project_id(section.get("project_id", credentials.own_key.project_id))
    rows = {kind: _rows(place, kind, section) for kind in (*RESOURCES, *CREDENTIALS)}
    project = copies.get(project_id) or backend.find(project_id).copy()
    gone = frozenset(_gone(place, section))
    if any(rows[kind] for kind in RESOURCES):
        copies[project_id] = project
    for kind, add in _adders(project, credentials, gone, now).items():
        for number, row in enumerate(rows[kind]):
            with _within(f"{place}{kind}[{number}]."):
                add(row)
        yield kind, len(rows[kind])


def _gone(place: str, section: Row) -> Sequence[str]:
    """The ids of the groups that rows of the data name and that are not added."""
    gone = section.get(GONE, [])
    if not isinstance(gone, list) or not all(isinstance(each, str) for each in gone):
        raise ParameterError(f"{place}{GONE}", f"{shown(gone)} should be a list of ids")
    return gone


def _adders(
    project: Project, credentials: Credentials, gone: frozenset[str], now: dt.datetime
) -> dict[str, Callable[[Row], object]]:
    """The functions that add a row of each kind, in the order of the kinds."""

    def add_group(row: Row) -> None:
        project.put_groups([new_group(project, row, now)])

    def add_failure_job(row: Row) -> FailureJob:
        job = imported_failure_job(project, row, now)
        project.add_failure_jobs([job], gone=gone)
        return job

    def add_deleted_failure_job(row: Row) -> None:
        project.delete_failure_jobs([add_failure_job(row)])

    def add_job(row: Row) -> None:
        job = new_job(project, row, now)
        project.jobs[job.job_id] = job

    def add_key(row: Row) -> None:
        access_key, secret_key = _values(row, "access_key", "secret_key")
        credentials.add_key(access_key, secret_key, project.project_id)

    def add_user(row: Row) -> None:
        name, password = _values(row, "name", "password")
        credentials.add_user(name, password, project.project_id)

    return {
        "protection_groups": add_group,
        "deleted_failure_jobs": add_deleted_failure_job,
        "failure_jobs": add_failure_job,
        "jobs": add_job,
        "keys": add_key,
        "users": add_user,
    }


def _exported(project: Project) -> dict[str, Any]:
    """A project's data in the order it was added, since new ids depend on it."""
    groups = zip(project.server_groups, project.shown_groups(), strict=True)
    gone = project.deleted_groups()
    return {
        "project_id": project.project_id,
        "protection_groups": [_group_row(*each) for each in groups],
        **({GONE: gone} if gone else {}),
        "deleted_failure_jobs": [_failure_row(job) for job in project.deleted_failure_jobs],
        "failure_jobs": [_failure_row(job) for job in project.failure_jobs],
        "jobs": [json.loads(job.wire_json) for job in project.jobs.values()],
    }


def _group_row(group: ProtectionGroup, answered: ProtectionGroup) -> Row:
    """The group with its counts left open; only its creation time would be another one later."""
    created_at = json.loads(answered.wire_json)["created_at"]
    return {**json.loads(group.wire_json), "created_at": created_at}


def _failure_row(job: FailureJob) -> Row:
    return {**json.loads(job.wire_json), "server_group_id": job.server_group_id}


def _values(row: Row, *names: str) -> Sequence[Any]:
    check_names(row, names, "field")
    return [row.get(name) for name in names]


def _rows(place: str, kind: str, section: Row) -> list[Row]:
    rows = section.get(kind, [])
    if not isinstance(rows, list):
        raise ParameterError(f"{place}{kind}", f"{shown(rows)} should be a list of objects")
    return [_object(f"{place}{kind}[{number}]", row) for number, row in enumerate(rows)]


def _object(place: str, value: object) -> Row:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ParameterError(place, f"{shown(value)} should be an object")
    return value


@contextmanager
def _within(place: str) -> Iterator[None]:
    """Put the place of a value before the names in an error about it."""
    try:
        yield
    except ParameterError as error:
        raise error.within(place) from None
