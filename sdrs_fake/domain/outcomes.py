"""What the end of a job changes beside the job: statuses, members, and the row of a failure."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import repeat
from typing import Any

from sdrs_fake.domain import ids
from sdrs_fake.domain.drills import DrillServer
from sdrs_fake.domain.failure_jobs import FailureJob, FailureStatus, ResourceType
from sdrs_fake.domain.instances import ProtectedInstance
from sdrs_fake.domain.jobs import Job
from sdrs_fake.domain.pairs import (
    PairStatus,
    RecordMetadata,
    ReplicationPair,
    attached,
    device_letters,
)
from sdrs_fake.domain.plans import Plan
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.store import all_changed, changed, unchecked
from sdrs_fake.domain.times import EPOCH
from sdrs_fake.domain.transaction import Transaction
from sdrs_fake.domain.transitions import (
    AS_THE_GROUP,
    PREVIOUS,
    REMOVED,
    Transition,
    is_stable,
    last_stable,
)

SYSTEM_DISK = "/dev/vda"
_SYSTEM_DISK_SIZE = 40
_OF_ATTACHMENTS = (PairStatus.ERROR_ATTACHING, PairStatus.ERROR_DETACHING)
"""The statuses of a pair that end when it is detached."""
_OTHER_SITE = {"source": "target", "target": "source"}
_FAILURE_JOB = unchecked(
    FailureJob,
    resource_id="?",
    resource_name="?",
    resource_type=str(ResourceType.SERVER_GROUPS),
    failure_status=FailureStatus.CREATE_FAIL,
    job_id="?",
    job_type="?",
    begin_time=EPOCH,
    error_code="?",
    fail_reason="?",
)
"""The row of a failed job is made from it; its values were checked before."""


def succeed(transaction: Transaction, row: Transition, plan: Plan, now: dt.datetime) -> None:
    """Change what a job changes that ends with success."""
    resource = transaction.get(plan.resource_id)
    if resource is None:  # it was deleted in Python meanwhile
        return
    if row.success == REMOVED:
        transaction.remove(resource)
    else:
        transaction.put(with_status(resource, _status(transaction, row, plan), now))
    if row.members:
        late = {plan.previous} - {row.success}
        _end_members(transaction, {row.running, *late}, row.success, plan, now)
    also = _ON_SUCCESS.get(row.operation)
    if also:
        also(transaction, resource, plan, now)


def record_failure(
    transaction: Transaction, row: Transition, plan: Plan, job: Job, now: dt.datetime
) -> None:
    """Change what a job changes that fails, and list it in the task center."""
    resource = transaction.get(plan.resource_id)
    if resource is not None:
        status = _error(transaction, row, plan, resource)
        resource = with_status(resource, status, now)
        if row.operation == "AddProtectedInstanceNic":
            nic_id = plan.values["nic_id"]
            nics = tuple(nic for nic in resource.nics if nic.id != nic_id)
            resource = changed(resource, nics=nics)
        if status == PairStatus.ERROR and isinstance(resource, ReplicationPair):
            resource = changed(resource, failure_detail=plan.error_code)
        transaction.put(resource)
    if row.members and row.error:
        _end_members(transaction, {row.running}, row.error, plan, now)
    if row.failure_status:
        name = resource.name if resource else plan.resource_name
        transaction.put_failure_jobs([_failure_job(row, plan, job, name)])


def updated(resource: Any, now: dt.datetime, **values: object) -> Any:
    """A resource with other values from now on.

    What was made in one millisecond has times that lie ahead; those of its changes do not go back.
    """
    return changed(resource, **values, updated_at=max(now, resource.updated_at))


def with_status(resource: Any, status: str, now: dt.datetime) -> Any:
    """A resource in another status from now on."""
    return updated(resource, now, status=type(resource.status)(status))


def all_with_status(resources: Sequence[Any], status: str, now: dt.datetime) -> list[Any]:
    """As `with_status`, for many resources of one kind."""
    if not resources:
        return []
    member = type(resources[0].status)(status)
    updated_at = [max(now, each.updated_at) for each in resources]
    return all_changed(resources, status=repeat(member), updated_at=updated_at)


def _status(transaction: Transaction, row: Transition, plan: Plan) -> str:
    """The status of a resource after a success."""
    if row.success == AS_THE_GROUP:
        return _as_the_group(transaction, plan.server_group_id)
    return _previous(transaction, plan) if row.success == PREVIOUS else row.success


def _error(transaction: Transaction, row: Transition, plan: Plan, resource: Any) -> str:
    """The status of a resource after a failure."""
    if row.operation == "DetachProtectedInstanceReplication":
        wanted = plan.values["protected_instance_id"]
        if wanted not in {each.protected_instance for each in resource.attachment}:
            # The instance was deleted meanwhile. Only detaching leads out of `error-detaching`.
            return _previous(transaction, plan)
    return row.error or _previous(transaction, plan)


def _as_the_group(transaction: Transaction, group_id: str) -> str:
    """The last stable status of a group."""
    group = transaction.get(group_id)
    return last_stable(group.status) if group else "available"


def _previous(transaction: Transaction, plan: Plan) -> str:
    """The status before the job; that of the group where this is no longer right."""
    group = transaction.get(plan.server_group_id)
    status = group.status if group else plan.group_status
    if plan.previous.startswith("error"):
        return status if is_stable(status) else "available"
    if is_stable(plan.previous) and status != plan.group_status:
        return last_stable(status)
    return plan.previous


def _end_members(
    transaction: Transaction, statuses: Collection[str], status: str, plan: Plan, now: dt.datetime
) -> None:
    """Let the members in these statuses follow to the end.

    They are those that followed when the job began; after a success also those whose own jobs
    ended meanwhile, with the status that the group had: nothing else could bring them along later.
    """
    project = transaction.project
    for store in (project.protected_instances, project.replications):
        followers = [
            each
            for each in store
            if each.server_group_id == plan.server_group_id and each.status in statuses
        ]
        transaction.put(*all_with_status(followers, status, now))


def _failure_job(row: Transition, plan: Plan, job: Job, resource_name: str) -> FailureJob:
    assert row.failure_status and plan.error_code and plan.fail_reason  # noqa: S101, PT018
    return changed(
        _FAILURE_JOB,
        resource_id=plan.resource_id,
        resource_name=resource_name,
        resource_type=str(row.resource_type),
        failure_status=row.failure_status,
        job_id=plan.job_id,
        job_type=row.job_type,
        begin_time=job.begin_time,
        error_code=plan.error_code,
        fail_reason=plan.fail_reason,
        server_group_id=plan.server_group_id,
    )


def shares_pair(project: Project, instance: ProtectedInstance, beside: Collection[str]) -> bool:
    """Whether a pair of an instance is attached to one that is not among others."""
    pairs = [project.replications.get(each.replication) for each in instance.attachment]
    sharing = {one.protected_instance for pair in pairs if pair for one in pair.attachment}
    return not sharing <= set(beside)


# What a success of some operations changes beside statuses


def _remove_members(transaction: Transaction, group: Any, _plan: Plan, _now: dt.datetime) -> None:
    """Operations delete empty groups alone, but Python may have put something in meanwhile."""
    project = transaction.project
    for members in (project.instances_of, project.pairs_of, project.drills_of):
        for each in members(group.id):
            transaction.remove(each)


def _add_system_pair(
    transaction: Transaction, instance: Any, _plan: Plan, now: dt.datetime
) -> None:
    """Creating an instance makes the pair of its system disk, attached at once."""
    project = transaction.project
    instance = transaction.get(instance.id)
    pair_id = project.free_id(ResourceType.REPLICATIONS)
    pair = unchecked(
        ReplicationPair,
        id=pair_id,
        name=ids.default_name(ResourceType.REPLICATIONS, pair_id),
        status=PairStatus(instance.status),
        server_group_id=instance.server_group_id,
        volume_ids=f"{project.free_id('volume')},{project.free_id('volume')}",
        priority_station=instance.priority_station,
        created_at=now,
        updated_at=now,
        record_metadata=RecordMetadata(bootable=True, volume_size=_SYSTEM_DISK_SIZE),
    )
    transaction.put(*attached(pair, instance, SYSTEM_DISK))


def _leave_pairs(transaction: Transaction, instance: Any, _plan: Plan, now: dt.datetime) -> None:
    """Deleting an instance deletes the pair of its system disk, and detaches the others."""
    for each in instance.attachment:
        pair = updated(transaction.get(each.replication), now)
        pair = transaction.detach(pair, instance.id)
        is_system = device_letters(each.device) == device_letters(SYSTEM_DISK)
        if is_system and not pair.attachment:
            transaction.remove(pair)
        elif pair.status in _OF_ATTACHMENTS:
            status = _as_the_group(transaction, pair.server_group_id)
            transaction.put(with_status(pair, status, now))


def _detach(transaction: Transaction, pair: Any, plan: Plan, now: dt.datetime) -> None:
    instance_id = str(plan.values["protected_instance_id"])
    transaction.detach(transaction.get(pair.id), instance_id)
    instance = transaction.get(instance_id)
    if instance is not None:
        transaction.put(updated(instance, now))


def _expand(transaction: Transaction, pair: Any, plan: Plan, _now: dt.datetime) -> None:
    metadata = pair.record_metadata._replace(volume_size=plan.values["new_size"])
    transaction.put(changed(transaction.get(pair.id), record_metadata=metadata))


def _flip(transaction: Transaction, group: Any, _plan: Plan, _now: dt.datetime) -> None:
    """The other site becomes the production site of the group and all in it."""
    station = _OTHER_SITE[group.priority_station]
    project = transaction.project
    for members in ([group], project.instances_of(group.id), project.pairs_of(group.id)):
        current = [transaction.get(each.id) for each in members]
        transaction.put(*all_changed(current, priority_station=repeat(station)))


def _set_flavors(transaction: Transaction, instance: Any, plan: Plan, _now: dt.datetime) -> None:
    transaction.put(changed(transaction.get(instance.id), **plan.values))


def _remove_nic(transaction: Transaction, instance: Any, plan: Plan, _now: dt.datetime) -> None:
    left = tuple(nic for nic in instance.nics if nic.id != plan.values["nic_id"])
    transaction.put(changed(transaction.get(instance.id), nics=left))


def _add_drill_servers(
    transaction: Transaction, drill: Any, _plan: Plan, _now: dt.datetime
) -> None:
    """A drill has a server for each instance of its group."""
    project = transaction.project
    servers = tuple(
        DrillServer(instance.id, project.free_id("server"))
        for instance in project.instances_of(drill.server_group_id)
    )
    transaction.put(changed(transaction.get(drill.id), drill_servers=servers))


_ON_SUCCESS: Mapping[str, Callable[[Transaction, Any, Plan, dt.datetime], None]] = {
    "DeleteProtectionGroup": _remove_members,
    "CreateProtectedInstance": _add_system_pair,
    "DeleteProtectedInstance": _leave_pairs,
    "DetachProtectedInstanceReplication": _detach,
    "ExpandReplication": _expand,
    "StartReverseProtectionGroup": _flip,
    "StartFailoverProtectionGroup": _flip,
    "ResizeProtectedInstance": _set_flavors,
    "DeleteProtectedInstanceNic": _remove_nic,
    "CreateDisasterRecoveryDrill": _add_drill_servers,
}
