"""A user's fields of a failed job or a group, checked and completed. Nothing is stored here."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from sdrs_fake.domain import ids
from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.fields import parameter_error
from sdrs_fake.domain.groups import NUMBERS, ProtectionGroup, with_times
from sdrs_fake.domain.job_types import JOB_TYPES, POSSIBLE, JobType, plain_job_type
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.store import changed
from sdrs_fake.domain.times import EPOCH, instant
from sdrs_fake.domain.transaction import kind_of
from sdrs_fake.errors import ParameterError, shown

ROW = "failure_jobs[{}]."
"""The place of a failed job in a captured answer, for messages."""

_JOB_FIELDS = [field.name for field in fields(FailureJob)]
_WIRE_FIELDS = {*_JOB_FIELDS} - {"server_group_id"}
_GROUP_FIELDS = [field.name for field in fields(ProtectionGroup)]
_RESOURCE_FIELDS = ("resource_name", "resource_type", "server_group_id")
_PLACEHOLDERS: dict[str, Any] = {
    "resource_id": "?",
    "resource_name": "?",
    **JOB_TYPES[0]._asdict(),
    "job_id": "?",
    "begin_time": EPOCH,
}
"""Stand for the fields that are not given while those that are given are checked."""

_WEIGHTS = {
    "job_type": 9,
    "fail_reason": 5,
    "error_code": 4,
    "failure_status": 3,
    "resource_type": 2,
}
"""How much a given field says about the kind of failure: a job type is one kind, a resource fails
in several."""


def new_failure_job(project: Project, given: Mapping[str, Any], now: dt.datetime) -> FailureJob:
    """A failed job with the given fields, and defaults that fit them for the others.

    ParameterError for a status that the type of resource cannot have.
    """
    job = _completed_failure_job(project, given, now)
    if (job.kind, job.failure_status) not in POSSIBLE:
        choices = [status for kind, status in sorted(POSSIBLE) if kind == job.kind]
        raise ParameterError(
            "failure_status",
            f"'{job.failure_status}' should be one that {job.kind} can have: {', '.join(choices)}",
        )
    return job


def _completed_failure_job(
    project: Project, given: Mapping[str, Any], now: dt.datetime
) -> FailureJob:
    checked = _failure_job({**_PLACEHOLDERS, **given})
    known = {name: getattr(checked, name) for name in given}
    known = {**_known_resource(project, known), **known}
    group_id = known.get("server_group_id")
    in_group = group_id is not None and group_id != known.get("resource_id")
    values = {**_likely_failure(in_group=in_group, known=known)._asdict(), **known}
    kind = ResourceType.of(values["resource_type"])
    is_group = kind is ResourceType.SERVER_GROUPS
    if "resource_id" not in values:
        values["resource_id"] = (is_group and group_id) or project.free_id(kind)
    values.setdefault("resource_name", _name_of(project, kind, values["resource_id"]))
    if "server_group_id" not in values:
        values["server_group_id"] = values["resource_id"] if is_group else default_group(project)
    values.setdefault("begin_time", ids.begin_time_of(known.get("job_id"), now))
    if "job_id" not in values:
        values["job_id"] = project.free_job_id(values["begin_time"])
    job = FailureJob(**values)
    _check_type(project, job)
    _check_group(project, job)
    return job


def captured_failure_jobs(
    project: Project, rows: Iterable[Mapping[str, Any]], server_group_id: str | None
) -> list[FailureJob]:
    """The jobs of a captured answer for a group; without one, a group's failures are its own."""
    jobs = []
    for number, row in enumerate(rows):
        place = ROW.format(number)
        job = _failure_job({"server_group_id": server_group_id, **row}, place)
        _check_type(project, job, place)
        # A failure of a group may stand in the answer of any group.
        if job.kind is not ResourceType.SERVER_GROUPS or "server_group_id" in row:
            _check_group(project, job, place)
        jobs.append(job if server_group_id is not None else with_own_group(job))
    return jobs


def imported_failure_job(project: Project, row: Mapping[str, Any], now: dt.datetime) -> FailureJob:
    """A failed job of imported data: taken as it is where no wire field is missing."""
    if row.keys() >= _WIRE_FIELDS:
        return with_own_group(_failure_job(row))
    return _completed_failure_job(project, row, now)


def new_group(project: Project, given: Mapping[str, Any], now: dt.datetime) -> ProtectionGroup:
    """A group with the given fields, created now; ParameterError for an id that is taken."""
    for number in NUMBERS.values():
        if number in given:
            raise ParameterError(number, "follows from the resources of the group")
    group_id = given["id"] if "id" in given else project.free_id(ResourceType.SERVER_GROUPS)
    name = ids.default_name(ResourceType.SERVER_GROUPS, str(group_id))
    try:
        group = ProtectionGroup(**{"name": name, **given, "id": group_id})
    except ValidationError as error:
        raise parameter_error(error, _GROUP_FIELDS) from None
    if project.resource(group.id):
        raise ParameterError(
            "id", f"{shown(group.id)} should be an id that no other resource of the project has"
        )
    created_at = group.created_at or project.created_at(instant(now))
    return with_times(changed(group, created_at=created_at))


def default_group(project: Project) -> str:
    """The id of the project's first group, or of the one that it would get.

    The group is not added here, so that a refused job leaves nothing behind.
    """
    first = next(iter(project.server_groups), None)
    if first:
        return first.id
    new = ids.new_id(project.project_id, ResourceType.SERVER_GROUPS, 0)
    # Rows of a group that was deleted must not become those of a new one.
    return project.free_id(ResourceType.SERVER_GROUPS) if project.names_group(new) else new


def _failure_job(values: Mapping[str, Any], place: str = "") -> FailureJob:
    try:
        return FailureJob(**values)
    except ValidationError as error:
        raise parameter_error(error, _JOB_FIELDS, place) from None


def _check_type(project: Project, job: FailureJob, place: str = "") -> None:
    """Refuse a job of something that is there, but is of another type."""
    resource = project.resource(job.resource_id)
    if resource is not None and (kind := kind_of(resource)) is not job.kind:
        raise ParameterError(
            f"{place}resource_type",
            f"{shown(job.resource_type)} should be '{kind}', of which {shown(resource.id)} is one",
        )


def _check_group(project: Project, job: FailureJob, place: str = "") -> None:
    """Refuse a job in another group than its resource; one without a group says nothing."""
    name, resource_id, group_id = f"{place}server_group_id", job.resource_id, job.server_group_id
    if group_id is None:
        return
    own, whose = resource_id, "the group itself"
    if job.kind is not ResourceType.SERVER_GROUPS:
        own = getattr(project.resource(resource_id), "server_group_id", group_id)
        whose = f"the group of {shown(resource_id)}"
    if group_id != own:
        raise ParameterError(name, f"{shown(group_id)} should be {shown(own)}, {whose}")
    group = project.resource(group_id)
    named = kind_of(group) if group else ResourceType.SERVER_GROUPS
    kind = job.kind if group_id == resource_id else named
    if kind is not ResourceType.SERVER_GROUPS:
        reason = f"should be the id of a protection group, but is one of {kind}"
        raise ParameterError(name, f"{shown(group_id)} {reason}")


def with_own_group(job: FailureJob) -> FailureJob:
    """The job; a failure of a group is in that group."""
    if job.kind is ResourceType.SERVER_GROUPS:
        return replace(job, server_group_id=job.resource_id)
    return job


def _known_resource(project: Project, given: Mapping[str, Any]) -> dict[str, Any]:
    """The name, type and group of a resource that failed before: one resource has one of each."""
    if "resource_id" not in given or given.keys() >= set(_RESOURCE_FIELDS):
        return {}
    known = _resource_fields(project, given["resource_id"])
    if known and "resource_type" in given:
        wanted = ResourceType.of(given["resource_type"])
        return known if wanted is ResourceType.of(known["resource_type"]) else {}
    return known


def _resource_fields(project: Project, resource_id: str) -> dict[str, Any]:
    """The name, type and group of a resource that is there, or of the newest failure of one."""
    resource = project.resource(resource_id)
    if resource is not None:
        group_id = getattr(resource, "server_group_id", resource.id)
        values = resource.name, str(kind_of(resource)), group_id
        return dict(zip(_RESOURCE_FIELDS, values, strict=True))
    job = project.failed_resource(resource_id)
    return {name: getattr(job, name) for name in _RESOURCE_FIELDS} if job else {}


def _name_of(project: Project, kind: ResourceType, resource_id: str) -> str:
    group = project.server_groups.get(resource_id)
    if group and kind is ResourceType.SERVER_GROUPS:
        return group.name
    return ids.default_name(kind, resource_id)


def _likely_failure(*, in_group: bool, known: Mapping[str, Any]) -> JobType:
    """The documented kind of failure that agrees best with the known fields."""
    return _best_job_type(in_group, *(known.get(name) for name in JobType._fields))


@lru_cache(maxsize=1024)
def _best_job_type(in_group: bool, *values: str | None) -> JobType:  # noqa: FBT001 a cache key
    """By default a creation: of an instance `in_group`, else of a group."""
    default = ResourceType.PROTECTED_INSTANCES if in_group else ResourceType.SERVER_GROUPS
    wanted = _comparable(dict(zip(JobType._fields, values, strict=True)))

    def agreement(row: JobType) -> tuple[int, bool]:
        facts = _comparable(row._asdict())
        score = sum(weight for name, weight in _WEIGHTS.items() if facts[name] == wanted[name])
        return score, row.resource_type == default

    return max(JOB_TYPES, key=agreement)


def _comparable(fields: dict[str, Any]) -> dict[str, Any]:
    """The same without what differs between the spellings of 2019 and those of today."""
    if fields["job_type"] is not None:
        fields["job_type"] = plain_job_type(fields["job_type"])
    if fields["resource_type"] is not None:
        fields["resource_type"] = ResourceType.of(fields["resource_type"])
    return fields
