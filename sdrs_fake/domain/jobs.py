"""Jobs: asynchronous operations and their outcomes."""

import datetime as dt
from dataclasses import field
from enum import StrEnum
from typing import Annotated, Any, NamedTuple
from zlib import crc32

from pydantic import AfterValidator, BeforeValidator, ConfigDict, ValidationInfo
from pydantic.dataclasses import dataclass
from pydantic_core import to_json

from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.fields import Identifier, Instant, Text, empty_as_absent, is_encodable
from sdrs_fake.domain.ids import new_job_ids
from sdrs_fake.domain.job_types import entities_of
from sdrs_fake.domain.store import all_changed, changed, unchecked
from sdrs_fake.domain.times import EPOCH, LATEST, wire_time
from sdrs_fake.errors import shown

ENTITY_OF = {
    ResourceType.SERVER_GROUPS: "server_group_id",
    ResourceType.PROTECTED_INSTANCES: "protected_instance_id",
    ResourceType.REPLICATIONS: "replication_pair_id",
    ResourceType.DISASTER_RECOVERY_DRILLS: "disaster_recovery_drill_id",
}
SUB_JOBS = "sub_jobs"
SHORTEST, LONGEST = 5000, 20_000
"""How many milliseconds a job takes that nobody gave an end."""


class JobStatus(StrEnum):
    """The documented statuses of a job."""

    INIT = "INIT"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"

    @property
    def is_over(self) -> bool:
        return self in {JobStatus.SUCCESS, JobStatus.FAIL}


def _not_earlier(end: dt.datetime | None, info: ValidationInfo) -> dt.datetime | None:
    begin = info.data.get("begin_time")
    if end and begin and end < begin:
        raise ValueError(f"should not be earlier than begin_time, {wire_time(begin)}")
    return end


def _given_for_failure(text: str | None, info: ValidationInfo) -> str | None:
    if text is None and info.data.get("status") is JobStatus.FAIL:
        raise ValueError("should be a string for a job that failed")
    return text


def _readable(entities: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
    """Refuse what Go clients cannot decode: they take strings alone for the jobs of a pair."""
    of_pair = "ReplicationPair" in str(info.data.get("job_type"))
    for name, value in entities.items():
        if name == SUB_JOBS and not of_pair:
            if not isinstance(value, tuple) or any(SUB_JOBS in job.entities for job in value):
                raise ValueError("should have sub_jobs that have none themselves")
        elif not isinstance(value, str):
            raise ValueError(
                f"should be a string under {shown(name)}, since clients read nothing else there"
            )
        elif not is_encodable(value):
            raise ValueError(f"should be a string that UTF-8 can encode under {shown(name)}")
    return entities


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", defer_build=True)
)
class Job:
    """A job: its wire fields.

    `entities` holds the ids of what it made or changed, and under `sub_jobs` a tuple of Jobs.
    """

    job_id: Identifier
    job_type: Text
    begin_time: Instant
    status: JobStatus
    end_time: Annotated[
        Instant | None, BeforeValidator(empty_as_absent), AfterValidator(_not_earlier)
    ] = None
    error_code: Annotated[Text | None, AfterValidator(_given_for_failure)] = None
    fail_reason: Annotated[Text | None, AfterValidator(_given_for_failure)] = None
    entities: Annotated[dict[str, Any], AfterValidator(_readable)] = field(
        default_factory=dict, hash=False
    )

    @property
    def parts(self) -> tuple["Job", ...]:
        """The sub-jobs of a batch, each of which can be asked for as a job."""
        return self.entities.get(SUB_JOBS, ()) if self.job_type.startswith("batch") else ()

    @property
    def wire_json(self) -> bytes:
        """The wire fields as compact JSON, in the order of the sample with or without sub-jobs."""
        return to_json(_with_sub_jobs(self) if SUB_JOBS in self.entities else _alone(self))


class SubJobs(NamedTuple):
    """The sub-jobs of a group's job, made when they are looked at: there may be thousands.

    They are like the `first` and the `others`, with ids that follow from running numbers.
    """

    first: Job
    others: Job
    numbers: range

    def made(self) -> tuple[Job, ...]:
        job_ids = new_job_ids(self.first.begin_time, self.numbers)
        jobs = [self.first, *[self.others] * (len(job_ids) - 1)]
        return tuple(all_changed(jobs, job_id=job_ids))


_NO_END = {JobStatus.INIT: "", JobStatus.RUNNING: ""}
"""How the end of a job that is not over is answered: seen in services with the same jobs."""

_TEMPLATE = unchecked(Job, job_id="?", job_type="?", begin_time=EPOCH, status=JobStatus.RUNNING)


def running_job(
    job_id: str, job_type: str, begin_time: dt.datetime, entities: dict[str, Any]
) -> Job:
    """A job that has just begun, of values that are right."""
    values = {"job_id": job_id, "job_type": job_type, "begin_time": begin_time}
    return changed(_TEMPLATE, **values, entities=entities)


def ended(
    job: Job, end_time: dt.datetime, error_code: str | None = None, fail_reason: str | None = None
) -> Job:
    """The job at its end, and its sub-jobs.

    Where it fails, so does the first sub-job of a group's job, and all those of a batch.
    """
    entities = job.entities
    if sub_jobs := entities.get(SUB_JOBS):
        over: SubJobs | tuple[Job, ...]
        if isinstance(sub_jobs, SubJobs):
            first = ended(sub_jobs.first, end_time, error_code, fail_reason)
            over = sub_jobs._replace(first=first, others=ended(sub_jobs.others, end_time))
        else:
            failing = len(job.parts) or 1
            over = (
                *(ended(each, end_time, error_code, fail_reason) for each in sub_jobs[:failing]),
                *(ended(each, end_time) for each in sub_jobs[failing:]),
            )
        entities = {**entities, SUB_JOBS: over}
    status = JobStatus.SUCCESS if error_code is None else JobStatus.FAIL
    values = {"status": status, "end_time": end_time, "entities": entities}
    return changed(job, **values, error_code=error_code, fail_reason=fail_reason)


def with_sub_jobs(job: Job) -> Job:
    """The job with all its sub-jobs, as users see it."""
    if not isinstance(job.entities.get(SUB_JOBS), SubJobs):
        return job
    return changed(job, entities={**job.entities, SUB_JOBS: _sub_jobs(job)})


def _sub_jobs(job: Job) -> tuple[Job, ...]:
    sub_jobs: SubJobs | tuple[Job, ...] = job.entities[SUB_JOBS]
    return sub_jobs.made() if isinstance(sub_jobs, SubJobs) else sub_jobs


def _alone(job: Job) -> dict[str, object]:
    fields = _plain(job)
    return {"status": fields.pop("status"), "entities": job.entities, **fields}


def _with_sub_jobs(job: Job) -> dict[str, object]:
    sub_jobs = [{**_plain(each), "entities": each.entities} for each in _sub_jobs(job)]
    return {**_plain(job), "entities": {**job.entities, SUB_JOBS: sub_jobs}}


def _plain(job: Job) -> dict[str, object]:
    return {
        "job_id": job.job_id,
        "job_type": job.job_type,
        "begin_time": wire_time(job.begin_time),
        "end_time": wire_time(job.end_time) if job.end_time else _NO_END.get(job.status),
        "status": str(job.status),
        "error_code": job.error_code,
        "fail_reason": job.fail_reason,
    }


def job_of(failed: FailureJob) -> Job:
    """The job behind a failed job of the task center."""
    return Job(
        job_id=failed.job_id,
        job_type=failed.job_type,
        begin_time=failed.begin_time,
        end_time=end_time_of(failed.begin_time, failed.job_id),
        status=JobStatus.FAIL,
        error_code=failed.error_code,
        fail_reason=failed.fail_reason,
        entities=_entities_of(failed),
    )


def end_time_of(begin_time: dt.datetime, seed: str) -> dt.datetime:
    """When a job ends that nobody gave an end: 5 to 20 seconds later, as in the samples."""
    duration = dt.timedelta(milliseconds=SHORTEST + crc32(seed.encode()) % (LONGEST - SHORTEST + 1))
    return begin_time + min(duration, LATEST - begin_time)


def _entities_of(failed: FailureJob) -> dict[str, Any]:
    """The resource that a failed job names, under the keys that its job type has."""
    resource_key = ENTITY_OF[failed.kind]
    known: dict[str, Any] = {resource_key: failed.resource_id, SUB_JOBS: ()}
    keys = entities_of(failed.job_type)
    return {key: known[key] for key in ([resource_key] if keys is None else keys) if key in known}
