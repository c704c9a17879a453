"""The steps of a history in the order of time, from the creation of its groups on."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.times import from_milliseconds
from sdrs_fake.domain.transitions import BY_JOB_TYPE, Transition
from sdrs_fake.seeding.episodes import OF_ATTACHMENTS
from sdrs_fake.seeding.incidents import Incident, lead_time, trail_time
from sdrs_fake.seeding.resources import Group, Resource, attached_at

_CREATE = {
    ResourceType.SERVER_GROUPS: "createProtectionGroupNoCG",
    ResourceType.PROTECTED_INSTANCES: "createProtectedInstanceNoCG",
    ResourceType.REPLICATIONS: "createReplicationPairNoCG",
    ResourceType.DISASTER_RECOVERY_DRILLS: "createDisasterRecoveryDrill",
}
_ATTACH, _START = "attachReplicationPairNew", "startProtectionGroupNoCG"


class Step(NamedTuple):
    """An operation on a resource: when it began, and the failed job where it failed.

    `other_id` is the instance that a pair is attached to or detached from; where an instance is
    made, the pair of its system disk, if that was still there at the end.
    """

    begin_time: dt.datetime
    job_type: str
    resource_id: str
    resource_name: str
    server_group_id: str
    other_id: str | None = None
    failure_job: FailureJob | None = None

    @property
    def row(self) -> Transition:
        """The transition that it is."""
        return BY_JOB_TYPE[self.job_type]

    @property
    def is_of_group(self) -> bool:
        """Whether it is about a group itself."""
        return self.resource_id == self.server_group_id

    @property
    def operation(self) -> str:
        """The name of the operation in the reference."""
        return self.row.operation


def steps_of(groups: Iterable[Group], incidents: Sequence[Incident]) -> Iterator[Step]:
    """The steps that made what the groups had at first, and those of the incidents.

    The incidents come as they were drawn, the newest first.
    """
    beginnings = [step for group in groups for step in beginning_of(group)]
    yield from sorted(beginnings, key=lambda step: step.begin_time)  # groups one beside the other
    for incident in reversed(incidents):
        yield from _steps(incident)


def beginning_of(group: Group) -> Iterator[Step]:
    """The steps that made a group and what it had at first."""
    if not group.created:
        return  # a group as it is, of which nobody knows when it was made
    yield step_of(group, _CREATE[group.kind], group.created)
    for each in group.standing:
        if each.is_system:
            continue
        yield step_of(each, _CREATE[each.kind], each.created)
        if each.instance is not None:
            yield step_of(each, _ATTACH, attached_at(each))
    if group.home == "protected":
        yield step_of(group, _START, group.settled)


def _steps(incident: Incident) -> Iterator[Step]:
    episode, resource = incident.episode, incident.resource
    for place, row in enumerate(episode.lead):
        yield step_of(resource, row.job_type, lead_time(incident, place))
    for job in reversed(incident.jobs):
        yield step_of(resource, job.job_type, 0)._replace(
            begin_time=job.begin_time, failure_job=job
        )
    for place, row in enumerate(episode.trail[: incident.kept]):
        yield step_of(resource, row.job_type, trail_time(incident, place))


def step_of(
    resource: Resource, job_type: str, milliseconds: int, instance: Resource | None = None
) -> Step:
    """A step on a resource that began then; `instance` is another one than episodes attach to."""
    row = BY_JOB_TYPE[job_type]
    other = resource.system_pair if row.running == "creating" else None
    if row.running in OF_ATTACHMENTS:
        other = instance or resource.instance
    return Step(
        from_milliseconds(milliseconds),
        job_type,
        resource.id,
        resource.name,
        resource.group.id,
        other.id if other else None,
    )
