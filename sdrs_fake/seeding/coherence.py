"""Do failed jobs make sense: each by itself, and all together?"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.job_types import JOB_TYPES
from sdrs_fake.domain.protection_groups import ProtectionGroup
from sdrs_fake.seeding.datasets import moment_of
from sdrs_fake.seeding.draws import HOST, LATER, SPAN, milliseconds_of
from sdrs_fake.seeding.failures import DECK

Check = Callable[[FailureJob], Iterator[str]]

_LAYOUT = re.compile(HOST + "[0-9a-f]{24}")
_TIME = slice(16, 28)
_ROWS = {(row.resource_type, row.failure_status, row.job_type) for row in JOB_TYPES}
_SAYINGS = {(way.job_type, way.error_code, way.fail_reason) for ways in DECK for way in ways}


def check_coherent(
    jobs: Iterable[FailureJob],
    groups: Iterable[ProtectionGroup] | None = None,
    *,
    anchor: dt.datetime | str | None = None,
) -> None:
    """AssertionError, a line per incoherence, unless the jobs make sense as those of a dataset do.

    With `groups` the jobs must also be of these and call them by their names; with an `anchor` they
    must be of the 30 days before it.
    """
    checks: list[Check] = [
        _failure,
        _job_id,
        _group,
        partial(_only_one, set()),
        partial(_resource, {}),
    ]
    if groups is not None:
        checks.append(partial(_declared, {group.id: group.name for group in groups}))
    if anchor is not None:
        checks.append(partial(_recent, moment_of(anchor)))
    found = [
        f"{job.job_id}: {problem}" for job in jobs for check in checks for problem in check(job)
    ]
    if found:
        raise AssertionError("\n".join([f"{len(found)} incoherences", *found]))


def _failure(job: FailureJob) -> Iterator[str]:
    if (job.resource_type, job.failure_status, job.job_type) not in _ROWS:
        yield f"{job.failure_status} of {job.resource_type} is not {job.job_type}"
    if (job.job_type, job.error_code, job.fail_reason) not in _SAYINGS:
        yield f"{job.error_code} {job.fail_reason!r} is not what {job.job_type} says"


def _job_id(job: FailureJob) -> Iterator[str]:
    if not _LAYOUT.fullmatch(job.job_id):
        yield f"job_id is not {HOST} and 24 hex digits"
    elif int(job.job_id[_TIME], 16) - milliseconds_of(job.begin_time) not in LATER:
        yield f"job_id is not 1 to 4 ms later than begin_time {job.begin_time}"


def _group(job: FailureJob) -> Iterator[str]:
    if job.server_group_id is None:
        yield "server_group_id is missing"
    elif (job.kind is ResourceType.SERVER_GROUPS) is not (job.resource_id == job.server_group_id):
        yield (
            f"resource_id {job.resource_id} of {job.resource_type} does not go with server_group_id"
            f" {job.server_group_id}"
        )


def _only_one(seen: set[str], job: FailureJob) -> Iterator[str]:
    if job.job_id in seen:
        yield "job_id is that of another job"
    seen.add(job.job_id)


def _resource(known: dict[str, FailureJob], job: FailureJob) -> Iterator[str]:
    first = known.setdefault(job.resource_id, job)
    for name in ("resource_name", "resource_type", "server_group_id"):
        here, there = getattr(job, name), getattr(first, name)
        if here != there:
            yield (
                f"{name} of resource {job.resource_id} is {here!r}, but {there!r} in {first.job_id}"
            )


def _declared(names: Mapping[str, str], job: FailureJob) -> Iterator[str]:
    group = job.server_group_id or ""
    if group not in names:
        yield f"server_group_id {group} is none of the groups"
    elif job.resource_id == group and job.resource_name != names[group]:
        yield f"resource_name {job.resource_name!r} is not the group's, {names[group]!r}"


def _recent(anchor: dt.datetime, job: FailureJob) -> Iterator[str]:
    if not anchor - SPAN <= job.begin_time <= anchor:
        yield f"begin_time {job.begin_time} is not within the 30 days before {anchor}"
