"""Check that failed jobs make sense, and that a dataset is a history the service could have had."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import TypeVar

from sdrs_fake.domain.failure_jobs import FailureJob, FailureStatus, ResourceType
from sdrs_fake.domain.groups import ProtectionGroup
from sdrs_fake.domain.ids import HOST
from sdrs_fake.domain.job_types import JOB_TYPES
from sdrs_fake.domain.times import to_milliseconds
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.seeding.datasets import Dataset
from sdrs_fake.seeding.failure_catalog import DECK
from sdrs_fake.seeding.failure_order import followers
from sdrs_fake.seeding.history_check import history_problems
from sdrs_fake.seeding.randomness import LATER, SPAN
from sdrs_fake.seeding.spec import parse_as_of

Value = TypeVar("Value")
Check = Callable[[FailureJob], Iterator[str]]

_JOB_ID = re.compile(HOST + "[0-9a-f]{24}")
_MILLISECONDS = slice(16, 28)
_FAILURES = {(row.resource_type, row.failure_status, row.job_type) for row in JOB_TYPES}
_REASONS = {(way.job_type, way.error_code, way.fail_reason) for ways in DECK for way in ways}
_OF_GONE_GROUPS = {FailureStatus.CREATE_FAIL, FailureStatus.DELETE_FAIL}


def assert_consistent(
    jobs: Iterable[FailureJob] | Dataset,
    groups: Iterable[ProtectionGroup] | None = None,
    *,
    as_of: dt.datetime | str | None = None,
) -> None:
    """Raise an AssertionError, with a line for each problem, unless the jobs could be a dataset's.

    A Dataset is replayed: each step of its history has to be one that the service allows, and its
    resources have to be as the steps leave them.
    Jobs alone have to make sense one by one, and the failures of a resource have to be able to
    follow each other. With `groups` they must also belong to these and have their names; with
    `as_of` they must have begun in the 30 days before it. Each of a dataset does.
    """
    found: list[str] = []
    names: dict[str, str] = {}
    if isinstance(jobs, Dataset):
        steps = jobs.steps()
        found += history_problems(jobs, steps)
        as_of = jobs.spec.as_of if as_of is None else as_of
        if groups is None:
            groups = jobs.groups
            names = {step.resource_id: step.resource_name for step in steps if step.is_of_group}
    rows = jobs.failure_jobs if isinstance(jobs, Dataset) else _all("jobs", jobs, FailureJob)
    checks: list[Check] = [
        _check_failure,
        _check_job_id,
        _check_group,
        partial(_check_unique, set()),
        partial(_check_resource, {}),
    ]
    if groups is not None:
        names |= {group.id: group.name for group in _all("groups", groups, ProtectionGroup)}
        checks.append(partial(_check_declared, names))
    if as_of is not None:
        checks.append(partial(_check_recent, parse_as_of(as_of)))
    for job in rows:
        problems = chain.from_iterable(check(job) for check in checks)
        found += [f"{job.job_id}: {problem}" for problem in problems]
    found += _sequel_problems(rows)
    if found:
        raise AssertionError("\n".join([f"{len(found)} inconsistencies", *found]))


def _all(name: str, values: Iterable[Value], kind: type[Value]) -> tuple[Value, ...]:
    """The values, all of which have to be of that kind."""
    values = tuple(values)
    for number, value in enumerate(values):
        if not isinstance(value, kind):
            reason = f"{shown(value)} should be a {kind.__name__}"
            raise ParameterError(f"{name}[{number}]", reason)
    return values


def _sequel_problems(jobs: Iterable[FailureJob]) -> Iterator[str]:
    """Failures of one resource that cannot follow each other, in the order of time."""
    last: dict[str, FailureJob] = {}
    for job in sorted(jobs, key=lambda job: job.begin_time):
        before = last.get(job.resource_id)
        last[job.resource_id] = job
        if before is None or before.begin_time == job.begin_time:
            continue  # of two at the same time nobody can tell which was first
        pair = before.resource_type, str(before.failure_status)
        if job.failure_status not in followers().get(pair, {job.failure_status}):
            yield (
                f"{job.job_id}: {job.failure_status} of resource {job.resource_id} cannot follow"
                f" {before.failure_status} in {before.job_id}"
            )


def _check_failure(job: FailureJob) -> Iterator[str]:
    if (job.resource_type, job.failure_status, job.job_type) not in _FAILURES:
        yield f"{job.failure_status} of {job.resource_type} is not {job.job_type}"
    if (job.job_type, job.error_code, job.fail_reason) not in _REASONS:
        yield f"{job.error_code} {shown(job.fail_reason)} is not what {job.job_type} fails with"


def _check_job_id(job: FailureJob) -> Iterator[str]:
    if not _JOB_ID.fullmatch(job.job_id):
        yield f"job_id is not {HOST} and 24 hex digits"
    elif int(job.job_id[_MILLISECONDS], 16) - to_milliseconds(job.begin_time) not in LATER:
        yield f"job_id is not 1 to 4 ms later than begin_time {job.begin_time}"


def _check_group(job: FailureJob) -> Iterator[str]:
    if job.server_group_id is None:
        yield "server_group_id is missing"
    elif (job.kind is ResourceType.SERVER_GROUPS) is not (job.resource_id == job.server_group_id):
        yield (
            f"resource_id {job.resource_id} of {job.resource_type} does not go with server_group_id"
            f" {job.server_group_id}"
        )


def _check_unique(seen: set[str], job: FailureJob) -> Iterator[str]:
    if job.job_id in seen:
        yield "job_id is that of another job"
    seen.add(job.job_id)


def _check_resource(known: dict[str, FailureJob], job: FailureJob) -> Iterator[str]:
    first = known.setdefault(job.resource_id, job)
    for name in ("resource_name", "resource_type", "server_group_id"):
        here, there = getattr(job, name), getattr(first, name)
        if here != there:
            yield (
                f"{name} of resource {job.resource_id} is {shown(here)}, but"
                f" {shown(there)} in {first.job_id}"
            )


def _check_declared(names: Mapping[str, str], job: FailureJob) -> Iterator[str]:
    group = job.server_group_id or ""
    if group not in names:
        if job.resource_id == group and job.failure_status in _OF_GONE_GROUPS:
            return  # the group was deleted later
        yield f"server_group_id {group} is none of the groups"
    elif job.resource_id == group and job.resource_name != names[group]:
        yield f"resource_name {shown(job.resource_name)} is not the group's, {shown(names[group])}"


def _check_recent(as_of: dt.datetime, job: FailureJob) -> Iterator[str]:
    if not as_of - SPAN <= job.begin_time <= as_of:
        yield f"begin_time {job.begin_time} is not within the 30 days before {as_of}"
