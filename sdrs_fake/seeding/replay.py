"""Replay: whether steps can follow each other, and how they leave the resources."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.jobs import end_time_of
from sdrs_fake.domain.times import EPOCH, wire_time
from sdrs_fake.domain.transitions import (
    AS_THE_GROUP,
    PREVIOUS,
    REMOVED,
    Transition,
    is_stable,
    last_stable,
)
from sdrs_fake.errors import shown
from sdrs_fake.seeding.episodes import OF_ATTACHMENTS
from sdrs_fake.seeding.steps import Step

_GROUPS, _INSTANCES = ResourceType.SERVER_GROUPS, ResourceType.PROTECTED_INSTANCES
_PAIRS = ResourceType.REPLICATIONS
_FOLLOWERS = {_INSTANCES, _PAIRS}
_NEEDS_PAIR = {"starting", "reversing", "failing-over"}
_FLIPS = {"reversing", "failing-over"}
_OTHER_SITE = {"source": "target", "target": "source"}


class WrongStepError(Exception):
    """A step that its resource did not allow at that time."""


@dataclass(slots=True)
class Replayed:
    """A resource as the steps so far left it; `instance_id` is what a pair is attached to."""

    kind: ResourceType
    server_group_id: str
    status: str
    station: str = "source"
    instance_id: str | None = None
    is_system: bool = False


class Replay:
    """The resources of steps that are taken one after the other, from nothing on."""

    def __init__(self) -> None:
        self.resources: dict[str, Replayed] = {}
        self._groups: defaultdict[str, dict[str, Replayed]] = defaultdict(dict)
        """The same ones by their groups, which are their own."""
        self._ends: dict[str, dt.datetime] = {}
        """When the last steps of resources are over."""
        self._ends_in: dict[str, dt.datetime] = {}
        """When all steps in a group are over."""

    def busy_until(self, step: Step) -> dt.datetime:
        """When the steps that a step has to wait for are over.

        They are those of its resource, its group, and the instance that a pair is attached to or
        detached from; for a group also those of what is in it.
        """
        if step.row.resource_type is _GROUPS:
            return self._ends_in.get(step.resource_id, EPOCH)
        ids = [step.resource_id, step.server_group_id]
        if step.row.running in OF_ATTACHMENTS:
            ids.append(step.other_id or "")
        return max(self._ends.get(each, EPOCH) for each in ids)

    def take(self, step: Step, *, failed: bool, end_time: dt.datetime = EPOCH) -> None:
        """Take a step; WrongStepError where a rule of the service is against it.

        With `end_time` other steps can wait for its end.
        """
        row = step.row
        known = self.resources.get(step.resource_id)
        if row.allowed is None:
            _require(known is None, "should be made once")
            status = ""
        else:
            _require(known is not None, "should be there")
            assert known is not None  # noqa: S101
            status = known.status
            _require(status in row.allowed, f"is {status}, which {row.operation} does not allow")
        self._check_group(step, row)
        if row.running in OF_ATTACHMENTS:
            self._check_instance(step, row, known)
        if row.success == REMOVED:
            self._check_alone(step.resource_id, row)
        if row.running == "extending":
            at_home = known is not None and known.station == "source"
            _require(at_home, "should have the source as its production site")
        self._end(step, row, status, failed=failed)
        self._ends[step.resource_id] = end_time
        group_id = step.server_group_id
        self._ends_in[group_id] = max(end_time, self._ends_in.get(group_id, EPOCH))

    def _check_group(self, step: Step, row: Transition) -> None:
        if row.resource_type is _GROUPS:
            followers = self._followers(step.resource_id) if row.running in _NEEDS_PAIR else ()
            has_pair = any(each.kind is _PAIRS for each in followers)
            _require(row.running not in _NEEDS_PAIR or has_pair, "should have a replication pair")
            return
        group = self.resources.get(step.server_group_id)
        _require(group is not None and group.kind is _GROUPS, "should be in a protection group")
        assert group is not None  # noqa: S101
        allowed = row.group_allowed
        _require(
            allowed is None or group.status in allowed,
            f"is in a group that is {group.status}, which {row.operation} does not allow",
        )

    def _check_instance(self, step: Step, row: Transition, pair: Replayed | None) -> None:
        instance = self.resources.get(step.other_id or "")
        at = pair.instance_id if pair else None
        if row.running == "attaching":
            _require(at is None, "should not be attached")
        else:
            _require(at is not None and at == step.other_id, "should be attached to that instance")
        _require(
            instance is not None and instance.kind is _INSTANCES,
            "should go to an instance of its group",
        )
        assert instance is not None  # noqa: S101
        _require(instance.server_group_id == step.server_group_id, "should stay in its group")
        _require(
            row.instance_allowed is None or instance.status in row.instance_allowed,
            f"goes with an instance that is {instance.status}",
        )

    def _check_alone(self, resource_id: str, row: Transition) -> None:
        """Refuse to delete a pair that is attached, or a group with something in it."""
        resource = self.resources[resource_id]
        if row.resource_type is _PAIRS:
            _require(resource.instance_id is None, "should not be attached")
        if row.resource_type is _GROUPS:
            _require(len(self._groups[resource_id]) == 1, "should have nothing in it")

    def _followers(self, group_id: str) -> list[Replayed]:
        """The members that follow the group: those that have its status."""
        status = self.resources[group_id].status
        return [
            each
            for each in self._groups[group_id].values()
            if each.kind in _FOLLOWERS and each.status == status
        ]

    def _end(self, step: Step, row: Transition, previous: str, *, failed: bool) -> None:
        """Leave the resource, and what follows it, as the end of the job does."""
        if row.allowed is None:
            self._add(step, row)
        resource = self.resources[step.resource_id]
        followers = self._followers(step.resource_id) if row.members else []
        status = self._status_after(row, resource, previous, failed=failed)
        if status == REMOVED:
            self._remove(step.resource_id)
            return
        for each in (resource, *followers):
            each.status = status
        if row.running == "attaching":  # also where it failed
            resource.instance_id = step.other_id
        if not failed:
            self._succeed(step, row, resource)

    def _status_after(
        self, row: Transition, resource: Replayed, previous: str, *, failed: bool
    ) -> str:
        group = self.resources.get(resource.server_group_id, resource)
        status = row.error if failed else row.success
        if status == AS_THE_GROUP:
            return last_stable(group.status)
        if status is None or status == PREVIOUS:
            return previous if is_stable(previous) else _as_the_group(group.status)
        return status

    def _succeed(self, step: Step, row: Transition, resource: Replayed) -> None:
        """Change what a success changes beside statuses."""
        if row.running == "detaching":
            resource.instance_id = None
        elif row.running in _FLIPS:
            self._flip(step.resource_id)
        elif row.running == "creating" and row.resource_type is _INSTANCES:
            self._add_system_pair(step, resource)

    def _add(self, step: Step, row: Transition) -> None:
        group = self.resources.get(step.server_group_id)
        station = group.station if group else "source"
        added = Replayed(row.resource_type, step.server_group_id, row.running, station)
        self._put(step.resource_id, added)

    def _put(self, resource_id: str, resource: Replayed) -> None:
        self.resources[resource_id] = resource
        self._groups[resource.server_group_id][resource_id] = resource

    def _delete(self, resource_id: str) -> None:
        resource = self.resources.pop(resource_id)
        del self._groups[resource.server_group_id][resource_id]

    def _add_system_pair(self, step: Step, instance: Replayed) -> None:
        pair_id = step.other_id or f"system pair of {step.resource_id}"
        values = instance.server_group_id, instance.status, instance.station, step.resource_id
        self._put(pair_id, Replayed(_PAIRS, *values, is_system=True))

    def _remove(self, resource_id: str) -> None:
        """Remove a resource; the pair of an instance's system disk goes with it."""
        members = self._groups[self.resources[resource_id].server_group_id]
        self._delete(resource_id)
        for pair_id, pair in list(members.items()):
            if pair.instance_id == resource_id:
                pair.instance_id = None
                if pair.is_system:
                    self._delete(pair_id)

    def _flip(self, group_id: str) -> None:
        """The other site becomes the production site of a group and all in it."""
        station = _OTHER_SITE[self.resources[group_id].station]
        for each in self._groups[group_id].values():
            each.station = station


def _as_the_group(status: str) -> str:
    """The status of what was in an error status before an operation in its group."""
    return status if is_stable(status) else "available"


def _require(holds: object, reason: str) -> None:
    if not holds:
        raise WrongStepError(reason)


def replayed(steps: Iterable[Step], *, timed: bool = False) -> dict[str, Replayed]:
    """The resources that steps leave; WrongStepError, with the step, for one that cannot be.

    With `timed` one cannot be, either, that begins before a failed job it has to wait for is over.
    """
    replay = Replay()
    for step in steps:
        job, begun = step.failure_job, step.begin_time
        try:
            if timed:
                busy = replay.busy_until(step)
                _require(begun >= busy, f"is busy until {wire_time(busy)}")
            end = end_time_of(job.begin_time, job.job_id) if job else begun
            replay.take(step, failed=job is not None, end_time=end)
        except WrongStepError as error:
            name = shown(step.resource_name)
            where = f"{step.operation} of {name} at {begun}"
            raise WrongStepError(f"{where}: {name} {error}") from None
    return replay.resources
