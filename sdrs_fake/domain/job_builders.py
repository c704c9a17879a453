"""A user's fields of a job, checked and completed. Nothing is stored here."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import ValidationError

from sdrs_fake.domain import ids
from sdrs_fake.domain.builders import default_group
from sdrs_fake.domain.fields import parameter_error
from sdrs_fake.domain.job_types import (
    ENTITIES,
    JOB_TYPES,
    NIC_JOB_TYPES,
    JobType,
    entities_of,
    plain_job_type,
)
from sdrs_fake.domain.jobs import SUB_JOBS, Job, JobStatus, end_time_of, job_of
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import INTERNAL_ERROR
from sdrs_fake.domain.times import EPOCH
from sdrs_fake.errors import ParameterError, shown

_FIELDS = [field.name for field in fields(Job)]
_PLACEHOLDERS = {"job_id": "?", "job_type": "?", "begin_time": EPOCH, "status": "SUCCESS"}
_UNKNOWN = JobType("", "", "", INTERNAL_ERROR.code, INTERNAL_ERROR.message)


def new_job(project: Project, given: Mapping[str, Any], now: dt.datetime) -> Job:
    """A job with the given fields, and defaults that fit them for the others.

    The id of a failed job brings the fields of that job. ParameterError for an id that is taken.
    """
    failed = project.failed(str(given.get("job_id")))
    known = _fields_of(job_of(failed)) if failed else {}
    given, sub_jobs = _split({**known, **given})
    values = _completed(project, given, now)
    if sub_jobs:
        built = [_sub_job(project, values, each, number) for number, each in enumerate(sub_jobs)]
        values["entities"] = {**values["entities"], SUB_JOBS: tuple(built)}
    job = _job(values)
    _check_ids(project, job)
    if failed and job.status is not JobStatus.FAIL:
        raise ParameterError(
            "status", f"'{job.status}' should be 'FAIL', since {shown(job.job_id)} is a failed job"
        )
    return job


def _check_ids(project: Project, job: Job) -> None:
    """Refuse an id that another job has; the sub-jobs of a batch can be asked for as jobs too."""
    places = [f"entities.sub_jobs[{number}].job_id" for number in range(len(job.parts))]
    new: set[str] = set()
    for place, each in zip(["job_id", *places], [job, *job.parts], strict=True):
        if each.job_id in new or each.job_id in project.jobs or each.job_id in project.batches:
            raise ParameterError(
                place, f"{shown(each.job_id)} should be an id that no other job of the project has"
            )
        new.add(each.job_id)


def _split(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The fields without the sub-jobs, and the sub-jobs."""
    entities = given.get("entities")
    if not isinstance(entities, Mapping) or SUB_JOBS not in entities:
        return dict(given), []
    sub_jobs = entities[SUB_JOBS]
    if not isinstance(sub_jobs, list | tuple) or not all(
        isinstance(each, Mapping | Job) for each in sub_jobs
    ):
        raise ParameterError("entities.sub_jobs", f"{shown(sub_jobs)} should be a list of jobs")
    rows = [_fields_of(each) if isinstance(each, Job) else dict(each) for each in sub_jobs]
    return {**given, "entities": {**entities, SUB_JOBS: ()}}, rows


def _sub_job(
    project: Project, parent: Mapping[str, Any], given: Mapping[str, Any], number: int
) -> Job:
    """A sub-job; the fields that are not given are those of its job."""
    default = {name: parent[name] for name in ("status", "begin_time")}
    default["job_type"] = parent["job_type"].replace("NoCG", "RepNoCG")
    group_id = parent["entities"].get("server_group_id") or default_group(project)
    default["entities"] = {"server_group_id": group_id}
    if given.keys().isdisjoint({"status", "begin_time", "end_time"}):
        default["end_time"] = parent["end_time"]
    place = f"entities.sub_jobs[{number}]."
    return _job(_completed(project, {**default, **given}, parent["begin_time"], place), place)


def _completed(
    project: Project, given: Mapping[str, Any], now: dt.datetime, place: str = ""
) -> dict[str, Any]:
    checked = _job({**_PLACEHOLDERS, **given}, place)
    known = {name: getattr(checked, name) for name in given}
    failed = known.get("error_code") is not None or known.get("fail_reason") is not None
    failure = _likely_failure(known)
    status = JobStatus.FAIL if failed else JobStatus.SUCCESS
    values: dict[str, Any] = {"job_type": failure.job_type, "status": status, **known}
    status, job_type = values["status"], values["job_type"]
    begin_time = values.setdefault("begin_time", ids.begin_time_of(known.get("job_id"), now))
    if "job_id" not in values:
        values["job_id"] = project.free_job_id(begin_time)
    values.setdefault("end_time", end_time_of(begin_time, job_type) if status.is_over else None)
    values.setdefault("error_code", failure.error_code if status is JobStatus.FAIL else None)
    values.setdefault("fail_reason", failure.fail_reason if status is JobStatus.FAIL else None)
    if "entities" not in values:
        values["entities"] = {key: _entity(project, key) for key in entities_of(job_type) or ()}
    return values


def _likely_failure(known: Mapping[str, Any]) -> JobType:
    """The kind of failure that agrees best with the known fields, whether the job failed or not."""
    rows = [*JOB_TYPES, *NIC_JOB_TYPES]
    if "job_type" in known:
        plain = plain_job_type(known["job_type"])
        rows = [row for row in rows if plain_job_type(row.job_type) == plain]
        rows = rows or [_UNKNOWN._replace(job_type=known["job_type"])]
    elif "entities" in known:
        keys = known["entities"].keys()
        rows = [row for row in rows if keys <= set(ENTITIES[row.job_type])] or rows
    code, reason = known.get("error_code"), known.get("fail_reason")
    return max(rows, key=lambda row: (row.error_code == code, row.fail_reason == reason))


def _entity(project: Project, key: str) -> Any:
    if key == SUB_JOBS:
        return ()
    if key == "server_group_id":
        return default_group(project)
    count = 2 if key == "volume_ids" else 1  # the production and the DR disk
    return ",".join(project.free_id(key) for _ in range(count))


def _fields_of(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in _FIELDS}


def _job(values: Mapping[str, Any], place: str = "") -> Job:
    try:
        return Job(**values)
    except ValidationError as error:
        raise parameter_error(error, _FIELDS, place) from None
