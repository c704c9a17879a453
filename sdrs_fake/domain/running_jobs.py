"""Asynchronous operations: how a job begins, when it is over, and what its end changes."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from heapq import heappop
from typing import Any

from sdrs_fake.domain.jobs import SUB_JOBS, Job, SubJobs, ended, running_job
from sdrs_fake.domain.outcomes import all_with_status, record_failure, succeed, with_status
from sdrs_fake.domain.plans import Failure, Plan
from sdrs_fake.domain.project import Project, Resource
from sdrs_fake.domain.refusals import ApiError, Refusal
from sdrs_fake.domain.transaction import Transaction, kind_of
from sdrs_fake.domain.transitions import BY_JOB_TYPE, Transition


def check_status(project: Project, row: Transition, resource: Resource) -> None:
    """Refuse a resource whose status, or whose group's, does not allow the operation."""
    group = project.server_groups.get(getattr(resource, "server_group_id", ""))
    if group is not None:
        require_status(group, row.group_allowed, row.group_refused)
    require_status(resource, row.allowed, row.refused)


def require_status(resource: Resource, allowed: Collection[str] | None, refusal: Refusal) -> None:
    """Refuse a resource that has none of the allowed statuses; None allows all."""
    if allowed is not None and resource.status not in allowed:
        wanted = ", ".join(sorted(allowed))
        note = f"the status of {resource.id} is {resource.status}; it should be one of {wanted}"
        raise ApiError(refusal, note)


def begin(  # noqa: PLR0913 what a job is made from
    transaction: Transaction,
    row: Transition,
    resource: Resource,
    now: dt.datetime,
    *,
    entities: Mapping[str, Any],
    values: Mapping[str, str | int] | None = None,
) -> Job:
    """Begin the job of an operation, and commit the transaction with what else it changes.

    `values` is what the end of the job needs to know.
    """
    project = transaction.project
    check_status(project, row, resource)
    job_id = project.free_job_id(now)
    pairs = _begin_members(transaction, row, resource, now) if row.members else None
    entities = dict(entities)
    if pairs is not None:
        entities[SUB_JOBS] = _sub_jobs(project, row, resource, now, pairs)
    plan = _plan(project, job_id, resource, now, _failure(transaction, row), values or {})
    job = running_job(job_id, row.job_type, now, entities)
    current = transaction.get(resource.id) or resource
    transaction.put(with_status(current, row.running, now))
    return _begun(transaction, job, plan)


def begin_batch(  # noqa: PLR0913 what a job is made from
    transaction: Transaction,
    row: Transition,
    resources: Sequence[Resource],
    now: dt.datetime,
    *,
    single: Transition,
    entities: Sequence[Mapping[str, Any]],
) -> Job:
    """Begin one job for several resources, with a sub-job for each: the job of the `single` one."""
    project = transaction.project
    for resource in resources:
        check_status(project, row, resource)
    job_id, *sub_ids = [project.free_job_id(now) for _ in range(len(resources) + 1)]
    failure = _failure(transaction, row)
    plans = [
        _plan(project, sub_id, resource, now, failure, {})
        for sub_id, resource in zip(sub_ids, resources, strict=True)
    ]
    sub_jobs = tuple(
        running_job(sub_id, single.job_type, now, dict(each))
        for sub_id, each in zip(sub_ids, entities, strict=True)
    )
    transaction.put(*(with_status(each, row.running, now) for each in resources))
    job = running_job(job_id, row.job_type, now, {SUB_JOBS: sub_jobs})
    plan = replace(plans[0], job_id=job_id, resource_id=job_id, batch=tuple(plans))
    return _begun(transaction, job, plan)


def _failure(transaction: Transaction, row: Transition) -> Failure | None:
    """How the job of a row fails, where it is to fail."""
    return transaction.job_failures[row.job_type] if transaction.job_failures else None


def _begun(transaction: Transaction, job: Job, plan: Plan) -> Job:
    transaction.put_job(job)
    transaction.put_plan(plan)
    transaction.commit(grants=False)
    return job


def _plan(  # noqa: PLR0913, PLR0917 what a plan is made from
    project: Project,
    job_id: str,
    resource: Resource,
    now: dt.datetime,
    failure: Failure | None,
    values: Mapping[str, str | int],
) -> Plan:
    group_id = getattr(resource, "server_group_id", resource.id)
    group = project.server_groups.get(group_id)
    schedule = project.schedule
    return Plan(
        job_id=job_id,
        resource_id=resource.id,
        resource_name=resource.name,
        server_group_id=group_id,
        end_time=now + schedule.duration_of(kind_of(resource), job_id),
        polls=schedule.polls,
        held=schedule.held,
        previous=resource.status,
        group_status=group.status if group else "",
        error_code=failure.error_code if failure else None,
        fail_reason=failure.fail_reason if failure else None,
        values=values,
    )


def settle(project: Project, now: dt.datetime) -> None:
    """End every job that is due, in the order of their ends."""
    due = project.due
    while due and due[0][0] <= now:
        end_time, job_id = due[0]
        plan = project.plans.get(job_id)
        if plan and plan.waits_for_time and plan.end_time <= end_time:
            end(project, plan, end_time)
        heappop(due)


def end(project: Project, plan: Plan, end_time: dt.datetime) -> None:
    """End a job as it was planned."""
    job = project.jobs[plan.job_id]
    transaction = Transaction(project)
    parts = zip(plan.batch, job.entities[SUB_JOBS], strict=True) if plan.batch else [(plan, job)]
    for part, its_job in parts:
        row = BY_JOB_TYPE[its_job.job_type]
        if part.error_code is None:
            succeed(transaction, row, part, end_time)
        else:
            record_failure(transaction, row, part, its_job, end_time)
    transaction.put_job(ended(job, end_time, plan.error_code, plan.fail_reason))
    transaction.end_plan(plan)
    transaction.commit(grants=False)


def poll(project: Project, job_id: str, now: dt.datetime) -> None:
    """Count an answer that said RUNNING; one about a sub-job of a batch counts for its job."""
    plan = project.plans.get(project.batches.get(job_id, job_id))
    if plan is None or plan.polls == 0:
        return
    plan = replace(plan, polls=plan.polls - 1)
    if plan.polls == 0:
        plan = replace(plan, end_time=max(plan.end_time, now))
    _replace(project, plan)


def release(project: Project) -> None:
    """Let the jobs that are held go on by their plans."""
    now = project.now()
    for plan in [each for each in project.plans.values() if each.held]:
        _replace(project, replace(plan, held=False, end_time=max(plan.end_time, now)))


def finish(project: Project, job: Job) -> None:
    """End a job now, whatever it waits for; one that was added has no plan, and succeeds."""
    plan = project.plans.get(job.job_id)
    if plan is None:
        project.jobs[job.job_id] = ended(job, _end_now(project, job))
    else:
        end(project, plan, _end_now(project, job))


def fail(project: Project, plan: Plan, failure: Failure) -> None:
    """End a job now, as FAIL."""
    job = project.jobs[plan.job_id]
    end(project, _failing(plan, failure), _end_now(project, job))


def _end_now(project: Project, job: Job) -> dt.datetime:
    """The time now; a test that freezes an earlier one does not end a job before its begin."""
    return max(project.now(), job.begin_time)


def _failing(plan: Plan, failure: Failure) -> Plan:
    batch = tuple(_failing(each, failure) for each in plan.batch)
    return replace(plan, **failure._asdict(), batch=batch)


def pending(project: Project) -> list[Job]:
    """The jobs that are not over."""
    return [job for job in project.jobs.values() if not job.status.is_over]


def _replace(project: Project, plan: Plan) -> None:
    transaction = Transaction(project)
    transaction.put_plan(plan)
    transaction.commit()


def _begin_members(
    transaction: Transaction, row: Transition, group: Resource, now: dt.datetime
) -> int:
    """Let the members follow that have the group's status; return how many pairs do."""
    project = transaction.project
    pairs = [each for each in project.pairs_of(group.id) if each.status == group.status]
    instances = [each for each in project.instances_of(group.id) if each.status == group.status]
    for members in (instances, pairs):
        transaction.put(*all_with_status(members, row.running, now))
    return len(pairs)


def _sub_jobs(
    project: Project, row: Transition, group: Resource, now: dt.datetime, count: int
) -> SubJobs | tuple[()]:
    """One for each pair that follows; its entities hold the id of the group, as in the sample."""
    if count == 0:
        return ()
    job_type = row.job_type.replace("NoCG", "RepNoCG")
    each = running_job("", job_type, now, {"server_group_id": group.id})
    return SubJobs(each, each, project.reserve_numbers(count))
