"""The plan of a running job that stands in imported data."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache

from pydantic import TypeAdapter, ValidationError

from sdrs_fake.domain.fields import parameter_error
from sdrs_fake.domain.jobs import Job
from sdrs_fake.domain.plans import Plan
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.times import wire_time
from sdrs_fake.domain.transaction import kind_of
from sdrs_fake.domain.transitions import BY_JOB_TYPE, PREVIOUS, Transition
from sdrs_fake.errors import ParameterError, check_names, shown

_FLAVORS = ("production_flavor", "dr_flavor")
_NEEDED: Mapping[str, tuple[str, type]] = {
    "AddProtectedInstanceNic": ("nic_id", str),
    "DeleteProtectedInstanceNic": ("nic_id", str),
    "DetachProtectedInstanceReplication": ("protected_instance_id", str),
    "ExpandReplication": ("new_size", int),
}
"""What the end of a job has to know, and its type."""


def planned(project: Project, job: Job, row: object) -> Plan:
    """The plan of a job, as `Plan.row` gives it; ParameterError for one that cannot end it."""
    if job.status.is_over:
        raise ParameterError("plan", f"goes with a job that runs, not with one in {job.status}")
    if not isinstance(row, Mapping):
        raise ParameterError("plan", f"{shown(row)} should be an object")
    try:
        plan = _adapter().validate_python({**row, "job_id": job.job_id})
    except ValidationError as error:
        raise parameter_error(error, [each.name for each in fields(Plan)], "plan.") from None
    _check(project, job, plan)
    return plan


@cache
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def _check(project: Project, job: Job, plan: Plan, place: str = "plan.") -> None:
    row = BY_JOB_TYPE.get(job.job_type)
    if row is None:
        raise ParameterError("job_type", f"{shown(job.job_type)} is no operation that has a plan")
    _check_end(job, plan, place)
    is_batch = row.operation.startswith("Batch")
    parts = job.parts if is_batch else ()
    if len(plan.batch) != len(parts) or (is_batch and not parts):
        raise ParameterError(f"{place}batch", "should have a plan for each sub-job of a batch")
    if not is_batch:
        _check_resource(project, row, plan, place)
        _check_values(row, plan, place)
    for number, (part, sub_job) in enumerate(zip(plan.batch, parts, strict=True)):
        _check(project, sub_job, part, f"{place}batch[{number}].")


def _check_end(job: Job, plan: Plan, place: str) -> None:
    if bool(plan.error_code) != bool(plan.fail_reason):
        raise ParameterError(f"{place}error_code", "goes with fail_reason, and neither is empty")
    if plan.end_time < job.begin_time:
        reason = f"should not be earlier than begin_time, {wire_time(job.begin_time)}"
        raise ParameterError(f"{place}end_time", f"{shown(wire_time(plan.end_time))} {reason}")


def _check_resource(project: Project, row: Transition, plan: Plan, place: str) -> None:
    """Refuse a resource, or a status before, that the operation is not for."""
    resource = project.resource(plan.resource_id)  # which may be gone already
    if resource is not None and kind_of(resource) is not row.resource_type:
        reason = f"{shown(plan.resource_id)} is none of the {row.resource_type}"
        raise ParameterError(f"{place}resource_id", reason)
    if row.success == PREVIOUS and plan.previous not in (row.allowed or ()):
        reason = f"should be one of {', '.join(sorted(row.allowed or ()))}"
        raise ParameterError(f"{place}previous", f"{shown(plan.previous)} {reason}")


def _check_values(row: Transition, plan: Plan, place: str) -> None:
    """Refuse values with which the end of the job could do nothing."""
    name, kind = _NEEDED.get(row.operation, ("", object))
    value = plan.values.get(name)
    if not isinstance(value, kind) or (isinstance(value, int) and value < 1):
        wanted = "a string" if kind is str else "an integer, 1 or more"
        raise ParameterError(f"{place}values.{name}", f"{shown(value)} should be {wanted}")
    if row.operation == "ResizeProtectedInstance":
        _check_flavors(plan, place)


def _check_flavors(plan: Plan, place: str) -> None:
    try:
        check_names(plan.values, _FLAVORS, "value")
    except ParameterError as error:
        raise error.within(f"{place}values.") from None
    for name, value in plan.values.items():
        if not isinstance(value, str):
            raise ParameterError(f"{place}values.{name}", f"{shown(value)} should be a string")
