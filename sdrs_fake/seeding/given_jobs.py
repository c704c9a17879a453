"""What the failed jobs stand for that a scenario gives as they are: their groups and resources."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.ids import default_name
from sdrs_fake.domain.times import to_milliseconds
from sdrs_fake.domain.transitions import TRANSITIONS
from sdrs_fake.seeding.resources import Group, Resource

_ERRORS = {
    (row.resource_type, row.failure_status): row.error
    for row in TRANSITIONS
    if row.error and row.failure_status
}


def groups_with(jobs: Sequence[FailureJob], groups: Iterable[Group]) -> list[Group]:
    """The groups, with those that only the jobs name, and with what failed in them.

    The newest job of a resource gives its status, and the oldest its name.
    """
    known = {group.id: group for group in groups}
    resources: dict[str, Resource] = {}
    for group in known.values():
        resources |= {each.id: each for each in (group, *group.members)}
    for job in sorted(jobs, key=attrgetter("rank")):
        if job.server_group_id is None:
            continue
        group = known.get(job.server_group_id) or _group(job.server_group_id)
        known[group.id] = resources[group.id] = group
        resource = resources.get(job.resource_id) or _resource(job, group)
        resources[resource.id] = resource
        if resource.kind is job.kind and not resource.touched:
            _fail(resource, job)
    return list(known.values())


def _group(group_id: str) -> Group:
    group = Group(group_id, default_name(ResourceType.SERVER_GROUPS, group_id))
    group.home = "available"
    return group


def _resource(job: FailureJob, group: Group) -> Resource:
    resource = Resource(job.kind, job.resource_id, job.resource_name, group)
    resource.created = to_milliseconds(job.begin_time)
    group.members.append(resource)
    return resource


def _fail(resource: Resource, job: FailureJob) -> None:
    default = default_name(resource.kind, resource.id)
    if resource is resource.group and resource.name == default:
        resource.name = job.resource_name
    status = _ERRORS.get((job.kind, job.failure_status))
    if status is not None:
        resource.status = status
        resource.is_made = status != "error"
        resource.detail = job.error_code
        resource.updated = to_milliseconds(job.begin_time)
