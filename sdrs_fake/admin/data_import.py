"""Import of data into the projects of a fake: all of it, or nothing."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from sdrs_fake.admin.data_format import (
    DEFERRED,
    GONE,
    KEYS,
    KINDS,
    RESOURCES,
    Row,
    checked_object,
    is_held,
    rows_of_kind,
    sections,
    settings_of,
)
from sdrs_fake.admin.deferred import imported
from sdrs_fake.auth.credentials import Credentials
from sdrs_fake.domain.backend import Backend, Deferred
from sdrs_fake.domain.builders import imported_failure_job, new_group
from sdrs_fake.domain.drill_builders import add_drill, add_rpo_statistic
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import checked_project_id
from sdrs_fake.domain.groups import NUMBERS
from sdrs_fake.domain.job_builders import new_job
from sdrs_fake.domain.plan_builder import planned
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.resource_builders import add_instance, add_pair
from sdrs_fake.domain.store import at_once, changed
from sdrs_fake.domain.task_center import add_failure_jobs
from sdrs_fake.domain.times import precise_instant
from sdrs_fake.domain.transaction import Transaction
from sdrs_fake.errors import ParameterError, check_integer, check_names, shown


class _Draft:
    """What an import adds, before it is known to be right as a whole."""

    def __init__(self, backend: Backend, credentials: Credentials, now: dt.datetime) -> None:
        self.backend = backend
        self.credentials = credentials
        self.now = now
        self.projects: dict[str, Project] = {}
        self.deferred: list[Deferred] = []
        self.counts = dict.fromkeys(KINDS, 0)


def import_data(
    backend: Backend, credentials: Credentials, data: object, now: dt.datetime
) -> dict[str, int]:
    """Add data, all of it or nothing; return how many of each kind were added.

    ParameterError, naming the place in the data, for what is wrong.
    """
    settings_of(data)  # which are checked, and left out
    held = backend.schedule.held or is_held(data)
    with backend.lock, credentials.draft() as new_credentials:
        draft = _Draft(backend, new_credentials, now)
        try:
            for place, section in sections(data):
                _add(draft, section, place)
        except RecursionError:
            raise ParameterError("data", "should not be nested as deeply") from None
        at_once(
            [
                backend.putting(*draft.projects.values()),
                *credentials.taking(new_credentials),
                partial(backend.deferred.extend, draft.deferred),
                partial(setattr, backend.schedule, "held", held),
            ]
        )
    return draft.counts


def _add(draft: _Draft, section: Row, place: str) -> None:
    """Add one project's data to a copy of the project, and its keys and users."""
    with _within(place):
        check_names(section, ("project_id", *KEYS), "key")
        own_id = draft.credentials.own_key.project_id
        project_id = checked_project_id(section.get("project_id", own_id))
    rows = {kind: rows_of_kind(place, kind, section) for kind in KINDS}
    project = draft.projects.get(project_id) or draft.backend.find(project_id).copy()
    gone = _gone(place, section)
    if any(rows[kind] for kind in RESOURCES):
        draft.projects[project_id] = project
    before = project.counters
    for kind, add in _adders(draft, project, gone).items():
        for number, row in enumerate(rows[kind]):
            with _within(f"{place}{kind}[{number}]."):
                add(row)
        draft.counts[kind] += len(rows[kind])
    _order_attachments(project, rows["protected_instances"])
    if "counters" in section:
        with _within(f"{place}counters."):
            _count_on(project, before, section["counters"])


def _gone(place: str, section: Row) -> frozenset[str]:
    """The ids of the groups that rows of the data name and that are not added."""
    gone = section.get(GONE, [])
    if not isinstance(gone, list) or not all(isinstance(each, str) for each in gone):
        raise ParameterError(f"{place}{GONE}", f"{shown(gone)} should be a list of ids")
    return frozenset(gone)


def _adders(
    draft: _Draft, project: Project, gone: frozenset[str]
) -> dict[str, Callable[[Row], object]]:
    """The functions that add a row of each kind, in the order of the kinds."""
    now = draft.now
    return {
        "protection_groups": lambda row: _add_group(project, row, now),
        "protected_instances": lambda row: _add_instance(project, row, now),
        "replications": lambda row: add_pair(project, row, now),
        "disaster_recovery_drills": lambda row: add_drill(project, row, now),
        "resource_rpo_statistics": lambda row: add_rpo_statistic(project, row, now),
        "deleted_failure_jobs": lambda row: project.delete_failure_jobs(
            [_add_failure_job(project, row, now, gone)]
        ),
        "failure_jobs": lambda row: _add_failure_job(project, row, now, gone),
        "jobs": lambda row: _add_job(project, row, now),
        DEFERRED: lambda row: draft.deferred.append(imported(project.project_id, row)),
        "keys": lambda row: _add_key(draft.credentials, project, row),
        "users": lambda row: _add_user(draft.credentials, project, row),
    }


def _add_group(project: Project, row: Row, now: dt.datetime) -> None:
    """Add a group; its numbers follow from the resources."""
    project.put_groups([new_group(project, _without(row, *NUMBERS.values()), now)])


def _add_instance(project: Project, row: Row, now: dt.datetime) -> None:
    """Add an instance; its attachments follow from the pairs."""
    add_instance(project, _without(row, "attachment"), now)


def _add_failure_job(
    project: Project, row: Row, now: dt.datetime, gone: frozenset[str]
) -> FailureJob:
    job = imported_failure_job(project, row, now)
    add_failure_jobs(project, [job], gone=gone)
    return job


def _add_job(project: Project, row: Row, now: dt.datetime) -> None:
    """Add a job, and the plan by which it ends, where it has one."""
    job = new_job(project, _without(row, "plan"), now)
    transaction = Transaction(project)
    transaction.put_job(job)
    if "plan" in row:
        transaction.put_plan(planned(project, job, row["plan"]))
    transaction.commit()


def _add_key(credentials: Credentials, project: Project, row: Row) -> None:
    access_key, secret_key = _values(row, "access_key", "secret_key")
    credentials.add_key(access_key, secret_key, project.project_id)


def _add_user(credentials: Credentials, project: Project, row: Row) -> None:
    name, password = _values(row, "name", "password")
    credentials.add_user(name, password, project.project_id)


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _order_attachments(project: Project, rows: Sequence[Row]) -> None:
    """Show the pairs of each instance in the order of its row, as far as that tells it."""
    for row in rows:
        instance = project.protected_instances.get(row.get("id", ""))
        pairs = row.get("attachment")
        if instance is None or not instance.attachment[1:] or not isinstance(pairs, list):
            continue
        ids = [each.get("replication") for each in pairs if isinstance(each, Mapping)]
        place = {pair_id: number for number, pair_id in enumerate(map(str, ids))}
        ordered = sorted(instance.attachment, key=lambda each: place.get(each.replication, 0))
        project.protected_instances.put([changed(instance, attachment=tuple(ordered))])


def _count_on(project: Project, before: tuple[int, Any], counters: Row) -> None:
    """Go on with the ids and times of new things where the exported project was.

    What the import itself used up does not count, so that both projects make the same ids.
    """
    check_names(checked_object("", counters), ("number", "created_at"), "field")
    number = check_integer("number", counters.get("number", 0), 0)
    try:
        times = [precise_instant(each) for each in [counters.get("created_at")] if each]
    except ValueError as error:
        raise ParameterError("created_at", f"{shown(counters['created_at'])} {error}") from None
    times += [before[1]] if before[1] else []
    project.count_on(max(before[0], number), max(times, default=None))


def _values(row: Row, *names: str) -> Sequence[Any]:
    check_names(row, names, "field")
    return [row.get(name) for name in names]


@contextmanager
def _within(place: str) -> Iterator[None]:
    """Put the place of a value before the names in an error about it."""
    try:
        yield
    except ParameterError as error:
        raise error.within(place) from None
