"""Failed jobs for the inspector: of all groups, with their days, jobs and resources."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from sdrs_fake.admin.admin import Admin
from sdrs_fake.admin.bodies import read_params, refusal, refused
from sdrs_fake.domain.failure_jobs import FailureJob, FailureJobQuery, ResourceType
from sdrs_fake.domain.fields import checked_project_id, read
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import ApiError, found, require
from sdrs_fake.errors import shown
from sdrs_fake.messages import Request, Response

DAYS = 30
"""How many days the picture shows."""


def _day(job: FailureJob) -> str:
    return job.begin_time.date().isoformat()


_TESTS: dict[str, Callable[[FailureJob], object]] = {
    "server_group_id": lambda job: job.server_group_id,
    "failure_status": lambda job: job.failure_status,
    "resource_name": lambda job: job.resource_name,
    "resource_type": lambda job: job.kind,
    "day": _day,
}
"""What a parameter is compared with."""


def list_all_failure_jobs(admin: Admin, request: Request) -> Response:
    """A page of the failed jobs of a project, whatever their groups; newest first."""
    names = (*_TESTS, "project_id", "limit", "offset")
    given = read_params(request, names)
    _check_day(given.get("day", ""))
    query = read(FailureJobQuery, {name: given[name] for name in given if name != "day"})
    wanted = {name: given[name] for name in _TESTS if given.get(name)}
    jobs = [job for job in _ordered(admin, given) if _matches(job, wanted)]
    page = jobs[query.offset : query.offset + query.limit]
    return Response.ok(count=len(jobs), failure_jobs=[_fields(job) for job in page])


def _check_day(text: str) -> None:
    wrong = refusal(400, f"day: {shown(text)} should be a date such as 2026-06-01")
    try:
        require(not text or dt.date.fromisoformat(text).isoformat() == text, wrong)
    except ValueError:
        raise ApiError(wrong) from None


def _matches(job: FailureJob, wanted: dict[str, str]) -> bool:
    return all(_TESTS[name](job) == value for name, value in wanted.items())


def _fields(job: FailureJob) -> dict[str, Any]:
    return {**json.loads(job.wire_json), "server_group_id": job.server_group_id}


def show_failure_job(admin: Admin, request: Request) -> Response:
    """A failed job with its job and its resource; null where the resource is gone."""
    with admin.backend.lock:
        project = _project(admin, read_params(request, ("project_id",)))
        gone = refusal(404, "there is no such failed job")
        job = found(project.failure_jobs.get(request.path_params["failure_job_id"]), gone)
        resource = project.resource(job.resource_id)
        its_job = found(project.job(job.job_id), gone)
    return Response.ok(
        failure_job=_fields(job),
        job=json.loads(its_job.wire_json),
        resource=json.loads(resource.wire_json) if resource else None,
    )


def count_failure_jobs(admin: Admin, request: Request) -> Response:
    """How many failed jobs began on each of 30 days, by type, and how many each group has.

    The last day is today, or that of the newest failed job where none is younger than 30 days.
    """
    jobs = _ordered(admin, read_params(request, ("project_id",)))
    counts = Counter((_day(job), str(job.kind)) for job in jobs)
    days = _days(admin.clock.now().date(), max((day for day, _ in counts), default=""))
    rows = [{"day": day, **{kind: counts[day, kind] for kind in ResourceType}} for day in days]
    groups = Counter(job.server_group_id for job in jobs if job.server_group_id)
    return Response.ok(count=len(jobs), days=rows, groups=groups)


def _days(today: dt.date, newest: str) -> list[str]:
    first = (today - dt.timedelta(days=DAYS - 1)).isoformat()
    last = dt.date.fromisoformat(newest) if newest and newest < first else today
    return [(last - dt.timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]


def _ordered(admin: Admin, given: dict[str, str]) -> tuple[FailureJob, ...]:
    with admin.backend.lock:
        return _project(admin, given).failure_jobs.ordered()


def _project(admin: Admin, given: dict[str, str]) -> Project:
    with refused():
        return admin.backend.find(checked_project_id(given.get("project_id", admin.project_id)))
