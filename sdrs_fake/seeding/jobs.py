"""A failed job from values that are known to be right."""

import datetime as dt
from dataclasses import fields

from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.job_types import JobType

_new = FailureJob.__new__
(_status, _id, _name, _type, _failure, _job_id, _job_type, _begin_time, _code, _reason, _group) = (
    FailureJob.__dict__[field.name].__set__ for field in fields(FailureJob)
)


def job_of(
    resource_id: str, name: str, group_id: str, way: JobType, job_id: str, begin_time: dt.datetime
) -> FailureJob:  # noqa: PLR0913, PLR0917 a job is that many things
    """That resource failing that way, not validated: that would double the time. The tests validate
    what is made here.

    A frozen value has no other way in than its slots.
    """
    job_type, resource_type, failure_status, error_code, fail_reason = way
    job = _new(FailureJob)
    _status(job, "FAIL")
    _id(job, resource_id)
    _name(job, name)
    _type(job, resource_type)
    _failure(job, failure_status)
    _job_id(job, job_id)
    _job_type(job, job_type)
    _begin_time(job, begin_time)
    _code(job, error_code)
    _reason(job, fail_reason)
    _group(job, group_id)
    return job
