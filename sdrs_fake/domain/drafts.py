"""What a user gives, checked and completed: failed jobs, groups, jobs. Nothing of it is in the
project yet.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from pydantic import ValidationError

from sdrs_fake.domain import defaults
from sdrs_fake.domain.errors import INTERNAL_ERROR
from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.fields import explain, instant
from sdrs_fake.domain.job_types import (
    ENTITIES,
    JOB_TYPES,
    NIC_JOB_TYPES,
    JobType,
    entities_of,
    today,
)
from sdrs_fake.domain.jobs import SUB_JOBS, Job, JobStatus, ended, job_of
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.protection_groups import ProtectionGroup

ROW = "failure_jobs[{}]."
"""Where a captured answer has a failed job."""

_JOB_FIELDS = [field.name for field in fields(FailureJob)]
_GROUP_FIELDS = [field.name for field in fields(ProtectionGroup)]
_FIELDS = [field.name for field in fields(Job)]
_SUB_JOB = "entities.sub_jobs[{}]."
_PLACEHOLDERS = {
    "job_id": "?",
    "job_type": "?",
    "begin_time": dt.datetime.min.replace(tzinfo=dt.UTC),
    "status": "SUCCESS",
}
_UNKNOWN = JobType("", "", "", INTERNAL_ERROR.code, INTERNAL_ERROR.message)


# Failed jobs


def new_failure_job(project: Project, given: Mapping[str, Any], now: dt.datetime) -> FailureJob:
    """A failed job with everything that was given, and defaults that fit it for the rest."""
    draft = _failure_job({**defaults.PLACEHOLDERS, **given})
    said = {name: getattr(draft, name) for name in given}
    known = {**_resource(project, said), **said}
    group_id, resource_id = known.get("server_group_id"), known.get("resource_id")
    way = {name: known[name] for name in JobType._fields if name in known}
    values: dict[str, Any] = {
        **defaults.failure_of(
            inside=group_id is not None and group_id != resource_id, **way
        )._asdict(),
        **known,
    }
    kind = ResourceType.of(values["resource_type"])
    is_group = kind is ResourceType.SERVER_GROUPS
    if "resource_id" not in values:
        values["resource_id"] = (is_group and group_id) or project.free_id(kind)
    values.setdefault("resource_name", _name_of(project, kind, values["resource_id"]))
    if "server_group_id" not in values:
        values["server_group_id"] = values["resource_id"] if is_group else _usual_group(project)
    values.setdefault("begin_time", defaults.begin_time_of(said.get("job_id"), now))
    if "job_id" not in values:
        values["job_id"] = project.free_job_id(values["begin_time"])
    return FailureJob(**values)


def captured_failure_jobs(
    rows: Iterable[Mapping[str, Any]], server_group_id: str | None
) -> list[FailureJob]:
    """The jobs of a captured answer, all inside one group; without a group, failures of groups are
    their own.
    """
    jobs = [
        _failure_job({"server_group_id": server_group_id, **row}, ROW.format(place))
        for place, row in enumerate(rows)
    ]
    return jobs if server_group_id is not None else [_own_group(job) for job in jobs]


def _failure_job(values: Mapping[str, Any], place: str = "") -> FailureJob:
    try:
        return FailureJob(**values)
    except ValidationError as error:
        raise ValueError(explain(error, _JOB_FIELDS, place)) from None


def _own_group(job: FailureJob) -> FailureJob:
    return (
        replace(job, server_group_id=job.resource_id)
        if job.kind is ResourceType.SERVER_GROUPS
        else job
    )


def _resource(project: Project, said: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a resource that failed before: one resource has one name, type and group."""
    if "resource_id" not in said or said.keys() >= {
        "resource_name",
        "resource_type",
        "server_group_id",
    }:
        return {}
    job = project.failed_resource(said["resource_id"])
    if job is None or (
        "resource_type" in said and ResourceType.of(said["resource_type"]) is not job.kind
    ):
        return {}
    return {
        "resource_name": job.resource_name,
        "resource_type": job.resource_type,
        "server_group_id": job.server_group_id,
    }


def _name_of(project: Project, kind: ResourceType, resource_id: str) -> str:
    group = project.server_groups.get(resource_id)
    if group and kind is ResourceType.SERVER_GROUPS:
        return group.name
    return defaults.name_of(kind, resource_id)


def _usual_group(project: Project) -> str:
    """The project's first group; it is not declared here, so that a refused job leaves nothing
    behind.
    """
    first = next(iter(project.server_groups), None)
    return first.id if first else defaults.new_id(project.project_id, ResourceType.SERVER_GROUPS, 0)


# Groups


def new_group(project: Project, given: Mapping[str, Any], now: dt.datetime) -> ProtectionGroup:
    """A group with everything that was given, made now; ValueError for an id that is taken."""
    group_id = given["id"] if "id" in given else project.free_id(ResourceType.SERVER_GROUPS)
    name = defaults.name_of(ResourceType.SERVER_GROUPS, str(group_id))
    try:
        group = ProtectionGroup(**{"name": name, **given, "id": group_id})
    except ValidationError as error:
        raise ValueError(explain(error, _GROUP_FIELDS)) from None
    if group.id in project.server_groups:
        raise ValueError(
            f"id: {group.id!r} should be an id that no other protection group of the project has"
        )
    return (
        group
        if group.created_at
        else replace(group, created_at=project.group_made_at(instant(now)))
    )


# Jobs


def new_job(project: Project, given: Mapping[str, Any], now: dt.datetime) -> Job:
    """A job with everything that was given, and defaults that fit it for the rest; ValueError for
    an id that is taken.

    The id of a failed job says what is known of that.
    """
    failed = project.failed(str(given.get("job_id")))
    known = _fields_of(job_of(failed)) if failed else {}
    alone, sub_jobs = _apart({**known, **given})
    values = _completed_job(project, alone, now)
    if sub_jobs:
        made = tuple(
            _sub_job(project, values, each, _SUB_JOB.format(place))
            for place, each in enumerate(sub_jobs)
        )
        values["entities"] = {**values["entities"], SUB_JOBS: made}
    job = _job(values)
    if job.job_id in project.jobs:
        raise ValueError(
            f"job_id: {job.job_id!r} should be an id that no other job of the project has"
        )
    if failed and job.status is not JobStatus.FAIL:
        raise ValueError(
            f"status: '{job.status}' should be 'FAIL', since {job.job_id!r} is a failed job"
        )
    return job


def _apart(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What is given without its sub-jobs, and these."""
    entities = given.get("entities")
    if not isinstance(entities, Mapping) or SUB_JOBS not in entities:
        return dict(given), []
    sub_jobs = entities[SUB_JOBS]
    if not isinstance(sub_jobs, list | tuple) or not all(
        isinstance(each, Mapping | Job) for each in sub_jobs
    ):
        raise ValueError(f"entities.sub_jobs: {sub_jobs!r:.120} should be a list of jobs")
    return {**given, "entities": {**entities, SUB_JOBS: ()}}, [
        _fields_of(each) if isinstance(each, Job) else dict(each) for each in sub_jobs
    ]


def _sub_job(
    project: Project, parent: Mapping[str, Any], given: Mapping[str, Any], place: str
) -> Job:
    """A sub-job; what is not given is as with the job that it belongs to."""
    usual = {name: parent[name] for name in ("status", "begin_time")}
    usual["job_type"] = parent["job_type"].replace("NoCG", "RepNoCG")
    usual["entities"] = {
        "server_group_id": parent["entities"].get("server_group_id") or _usual_group(project)
    }
    if given.keys().isdisjoint({"status", "begin_time", "end_time"}):
        usual["end_time"] = parent["end_time"]
    return _job(_completed_job(project, {**usual, **given}, parent["begin_time"], place), place)


def _completed_job(
    project: Project, given: Mapping[str, Any], now: dt.datetime, place: str = ""
) -> dict[str, Any]:
    draft = _job({**_PLACEHOLDERS, **given}, place)
    said = {name: getattr(draft, name) for name in given}
    failed = said.get("error_code") is not None or said.get("fail_reason") is not None
    way = _way(said)
    values: dict[str, Any] = {
        "job_type": way.job_type,
        "status": JobStatus.FAIL if failed else JobStatus.SUCCESS,
        **said,
    }
    status, job_type = values["status"], values["job_type"]
    begin_time = values.setdefault("begin_time", defaults.begin_time_of(said.get("job_id"), now))
    if "job_id" not in values:
        values["job_id"] = project.free_job_id(begin_time)
    values.setdefault(
        "end_time", ended(begin_time, defaults.duration_of(job_type)) if status.is_over else None
    )
    values.setdefault("error_code", way.error_code if status is JobStatus.FAIL else None)
    values.setdefault("fail_reason", way.fail_reason if status is JobStatus.FAIL else None)
    if "entities" not in values:
        values["entities"] = {key: _entity(project, key) for key in entities_of(job_type) or ()}
    return values


def _way(said: Mapping[str, Any]) -> JobType:
    """The way to fail that agrees best with what is said of a job, whether or not it did fail."""
    rows = [*JOB_TYPES, *NIC_JOB_TYPES]
    if "job_type" in said:
        rows = [row for row in rows if today(row.job_type) == today(said["job_type"])] or [
            _UNKNOWN._replace(job_type=said["job_type"])
        ]
    elif "entities" in said:
        rows = [
            row for row in rows if said["entities"].keys() <= set(ENTITIES[row.job_type])
        ] or rows
    return max(
        rows,
        key=lambda row: (
            row.error_code == said.get("error_code"),
            row.fail_reason == said.get("fail_reason"),
        ),
    )


def _entity(project: Project, key: str) -> Any:
    if key == SUB_JOBS:
        return ()
    if key == "server_group_id":
        return _usual_group(project)
    return ",".join(project.free_id(key) for _ in range(2 if key == "volume_ids" else 1))


def _fields_of(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in _FIELDS}


def _job(values: Mapping[str, Any], place: str = "") -> Job:
    try:
        return Job(**values)
    except ValidationError as error:
        raise ValueError(explain(error, _FIELDS, place)) from None
