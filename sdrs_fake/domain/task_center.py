"""The task center's rows as they are added: with their groups, and the resources that failed."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from sdrs_fake.domain import ids
from sdrs_fake.domain.drills import Drill, DrillStatus
from sdrs_fake.domain.failure_jobs import FailureJob, FailureStatus, ResourceType
from sdrs_fake.domain.groups import GroupStatus, ProtectionGroup, with_times
from sdrs_fake.domain.instances import InstanceStatus, ProtectedInstance
from sdrs_fake.domain.pairs import PairStatus, ReplicationPair
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.store import at_once, changed, unchecked
from sdrs_fake.domain.transaction import Transaction, kind_of
from sdrs_fake.domain.transitions import TRANSITIONS
from sdrs_fake.errors import ParameterError, shown

_STATUSES: dict[ResourceType, type[GroupStatus | InstanceStatus | PairStatus | DrillStatus]] = {
    ResourceType.SERVER_GROUPS: GroupStatus,
    ResourceType.PROTECTED_INSTANCES: InstanceStatus,
    ResourceType.REPLICATIONS: PairStatus,
    ResourceType.DISASTER_RECOVERY_DRILLS: DrillStatus,
}
_STATUS_AFTER = {
    (row.resource_type, row.failure_status): _STATUSES[row.resource_type](row.error)
    for row in TRANSITIONS
    if row.error and row.failure_status
}
# These two may be about the instance, which has no status of its own for them.
for _failed in (FailureStatus.ATTACH_FAIL, FailureStatus.DETACH_FAIL):
    _STATUS_AFTER[ResourceType.PROTECTED_INSTANCES, _failed] = InstanceStatus.AVAILABLE


def add_failure_jobs(
    project: Project,
    jobs: Sequence[FailureJob],
    place: str = "",
    *,
    with_resources: bool = False,
    gone: frozenset[str] = frozenset(),
) -> None:
    """Add jobs, and the groups they name; ParameterError for an id that is taken.

    `place` is how messages call the row of a number, such as `failure_jobs[{}].`. With their
    resources, each that is not there is added in the status that its newest failure gives.
    Groups that are `gone` are not added.
    """
    _check_ids(project, jobs, place)
    transaction = Transaction(project)
    in_groups = [job for job in jobs if job.server_group_id not in gone]
    transaction.put(*map(with_times, project.groups_of(in_groups)))
    if with_resources:
        _put_resources(transaction, jobs)
    transaction.put_failure_jobs(jobs)
    transaction.commit()


def add_dataset(
    project: Project,
    spec: object,
    groups: Iterable[ProtectionGroup],
    jobs: Sequence[FailureJob],
    members: Callable[[], Iterable[Iterable[Any]]],
) -> None:
    """Add the groups and jobs of a dataset, later what is in the groups, and note its spec.

    `members` makes the instances, pairs and drills; the numbers of the groups count them already.
    """
    _check_ids(project, jobs, "")
    project.put_groups(groups)
    transaction = Transaction(project)
    transaction.put_failure_jobs(jobs)
    transaction.commit()
    project.make_later(partial(_add_members, members=members))
    project.seed_history.append(spec)


def _add_members(project: Project, members: Callable[[], Iterable[Iterable[Any]]]) -> None:
    changes, counts = [], {}
    for resources in members():
        by_id = {each.id: each for each in resources}
        for kind in {kind_of(each) for each in resources}:  # one, or none
            changes.append(project.store_of(kind).putting(by_id))
            counts[kind] = len(by_id)
    at_once([*changes, project.quotas.granting(counts)])


def _check_ids(project: Project, jobs: Sequence[FailureJob], place: str) -> None:
    new = {job.job_id for job in jobs}
    stores = project.jobs.keys(), project.batches.keys(), project.failure_jobs.keys()
    if len(new) == len(jobs) and all(new.isdisjoint(each) for each in stores):
        return  # which is quicker than to look for the first that is taken
    new = set()
    for number, job in enumerate(jobs):  # pragma: no branch: one of them is taken
        taken = job.job_id in project.jobs or job.job_id in project.batches
        if taken or job.job_id in new or job.job_id in project.failure_jobs:
            raise ParameterError(
                f"{place.format(number)}job_id",
                f"{shown(job.job_id)} should be an id that no other job of the project has",
            )
        new.add(job.job_id)


def _put_resources(transaction: Transaction, jobs: Iterable[FailureJob]) -> None:
    """Put each resource once: as its first failed job names it, in the status of its newest."""
    first: dict[str, FailureJob] = {}
    newest: dict[str, FailureJob] = {}
    for job in sorted(jobs, key=attrgetter("rank")):
        if first.setdefault(job.resource_id, job).kind is job.kind:
            newest[job.resource_id] = job
    for resource_id, job in newest.items():
        _put_resource(transaction, first[resource_id], job)


def _put_resource(transaction: Transaction, first: FailureJob, newest: FailureJob) -> None:
    """Put the resource of failed jobs; one that something else made is not touched."""
    project, kind, resource_id = transaction.project, first.kind, first.resource_id
    if project.resource(resource_id) and resource_id not in project.made_by_failures:
        return
    older = project.failed_resource(resource_id)
    newest = older if older and older.kind is kind and older.rank > newest.rank else newest
    status = _STATUS_AFTER.get((kind, newest.failure_status), "available")
    existing = transaction.get(resource_id)
    if existing is None:
        resource = _new_resource(transaction, first, status)
    else:
        resource = changed(existing, status=status) if kind_of(existing) is kind else None
    if resource is not None:
        transaction.put(resource)
        transaction.made_by_failures.add(resource_id)


def _new_resource(transaction: Transaction, job: FailureJob, status: str) -> Any:
    """An instance, a pair or a drill; None for what is in no group."""
    kind = job.kind
    group_id = job.server_group_id
    group = transaction.get(group_id) if group_id else None
    if not isinstance(group, ProtectionGroup):
        return None
    values = {
        "id": job.resource_id,
        "name": job.resource_name,
        "server_group_id": group.id,
        "status": status,
        "priority_station": group.priority_station,
        "created_at": job.begin_time,
        "updated_at": job.begin_time,
    }
    servers_or_disks = [_other_id(job.resource_id, number) for number in range(2)]
    if kind is ResourceType.PROTECTED_INSTANCES:
        source, target = servers_or_disks
        return unchecked(ProtectedInstance, **values, source_server=source, target_server=target)
    if kind is ResourceType.REPLICATIONS:
        disks = ",".join(servers_or_disks)
        return unchecked(ReplicationPair, **values, volume_ids=disks, failure_detail=job.error_code)
    del values["priority_station"]
    return unchecked(Drill, **values, drill_vpc_id=servers_or_disks[0])


def _other_id(resource_id: str, number: int) -> str:
    """The id of a server or a disk, which follows from that of the resource it is part of."""
    return ids.new_id(resource_id, "part", number)
