"""The operations that a program could ask for now, by the statuses of a project's resources."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from sdrs_fake.domain.drills import Drill
from sdrs_fake.domain.groups import DOMAIN, ZONES, ProtectionGroup
from sdrs_fake.domain.instances import ProtectedInstance
from sdrs_fake.domain.pairs import ReplicationPair, device_letters
from sdrs_fake.domain.transitions import transitions_of
from sdrs_fake.operations.table import ROWS
from sdrs_fake.seeding.randomness import one_of

MAX_GROUPS, MAX_INSTANCES, MAX_PAIRS, MAX_DRILLS = 4, 3, 6, 1
"""Up to how many groups are made, and how many of each kind in a group."""

_SYSTEMS = ("billing", "crm", "erp", "mail", "orders", "payments", "portal", "warehouse")
_FLAVORS = ("s6.large.2", "s6.xlarge.2", "s6.2xlarge.2")
_LETTERS = "bcdefgh"
_STEP_GB = 10

Resource = ProtectionGroup | ProtectedInstance | ReplicationPair | Drill


@dataclass(frozen=True, slots=True)
class Action:
    """An operation that is allowed now, with what its request needs; `name` is its resource's."""

    operation: str
    name: str
    ids: Mapping[str, str]
    body: Mapping[str, Any] | None = None
    status: str = ""
    """The status of the resource; empty for a new one."""

    @property
    def mends(self) -> bool:
        """Whether the resource stands in an error status."""
        return self.status.startswith("error")

    @property
    def deletes(self) -> bool:
        """Whether it deletes something."""
        return self.operation.startswith("Delete")

    @property
    def is_retry(self) -> bool:
        """Whether it stands in the error status of just this operation."""
        return any(row.error == self.status for row in transitions_of(self.operation))


@dataclass(frozen=True)
class Members:
    """What is in a group."""

    instances: list[ProtectedInstance]
    pairs: list[ReplicationPair]
    drills: list[Drill]

    @property
    def is_empty(self) -> bool:
        return not (self.instances or self.pairs or self.drills)


def actions(
    groups: tuple[ProtectionGroup, ...],
    instances: Iterable[ProtectedInstance],
    pairs: Iterable[ReplicationPair],
    drills: Iterable[Drill],
    source: Random,
) -> Iterator[Action]:
    """All that is allowed now, in the order of the resources; `source` draws what is new."""
    if len(groups) < MAX_GROUPS:
        yield _new_group(source)
    instances_of, pairs_of, drills_of = map(_by_group, (instances, pairs, drills))
    for group in groups:
        members = Members(instances_of[group.id], pairs_of[group.id], drills_of[group.id])
        if members.is_empty and len(groups) > 1:
            yield from _on("DeleteProtectionGroup", group, {"server_group_id": group.id})
        yield from _on_group(group, members)
        yield from _in_group(group, members, source)
        for instance in members.instances:
            yield from _on_instance(group, instance)
        for pair in members.pairs:
            yield from _on_pair(group, pair, members.instances)
        for drill in members.drills:
            ids = {"disaster_recovery_drill_id": drill.id}
            yield from _on("DeleteDisasterRecoveryDrill", drill, ids)


def _by_group(resources: Iterable[Any]) -> Mapping[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for each in resources:
        found[each.server_group_id].append(each)
    return found


def _is_allowed(
    operation: str, status: str | None, group: str | None = None, instance: str | None = None
) -> bool:
    """Whether an operation is allowed in the statuses of a resource, its group, its instance."""
    for row in transitions_of(operation):
        rules = (row.allowed, status), (row.group_allowed, group), (row.instance_allowed, instance)
        if all(rule is None or value is None or value in rule for rule, value in rules):
            return True
    return False


def _on(  # noqa: PLR0913 what an action is, and whose statuses it goes by
    operation: str,
    resource: Resource,
    ids: Mapping[str, str],
    body: Mapping[str, Any] | None = None,
    *,
    group: ProtectionGroup | None = None,
    instance: ProtectedInstance | None = None,
) -> Iterator[Action]:
    """An operation on a resource, if its status and those of the others allow it."""
    others = [each.status if each else None for each in (group, instance)]
    if _is_allowed(operation, resource.status, *others):
        yield Action(operation, resource.name, ids, body, resource.status)


def _on_group(group: ProtectionGroup, members: Members) -> Iterator[Action]:
    """Actions on a group; most need a pair that follows."""
    is_followed = str(group.status) in {str(pair.status) for pair in members.pairs}
    other = "target" if group.priority_station == "source" else "source"
    fields = {"StartReverseProtectionGroup": {"priority_station": other}}
    operations = ["StopProtectionGroup"]
    if is_followed:
        operations += ["StartFailoverProtectionGroup", "StartReverseProtectionGroup"]
    if is_followed or group.status in {"failed-over", "error-reprotecting"}:
        operations.append("StartProtectionGroup")
    for operation in operations:
        body = {ROWS[operation].action: fields.get(operation, {})}
        yield from _on(operation, group, {"server_group_id": group.id}, body)


def _in_group(group: ProtectionGroup, members: Members, source: Random) -> Iterator[Action]:
    """What can be made in a group."""
    pairs = len(members.pairs)
    new = {"server_group_id": group.id, "name": _name(source)}
    room: dict[str, tuple[bool, dict[str, Any]]] = {
        "CreateProtectedInstance": (
            len(members.instances) < MAX_INSTANCES and pairs < MAX_PAIRS,
            {"protected_instance": {**new, "server_id": _id(source)}},
        ),
        "CreateReplication": (
            pairs < MAX_PAIRS,
            {"replication": {**new, "volume_id": _id(source)}},
        ),
        "CreateDisasterRecoveryDrill": (
            len(members.drills) < MAX_DRILLS,
            {"disaster_recovery_drill": new},
        ),
    }
    for operation, (has_room, body) in room.items():
        if has_room and _is_allowed(operation, None, group.status):
            yield Action(operation, new["name"], {}, body)


def _on_instance(group: ProtectionGroup, instance: ProtectedInstance) -> Iterator[Action]:
    ids = {"protected_instance_id": instance.id}
    yield from _on("DeleteProtectedInstance", instance, ids, {}, group=group)
    if any(each.device.endswith("a") for each in instance.attachment):  # the system disk
        now = {instance.production_flavor, instance.dr_flavor}
        flavor = next(each for each in _FLAVORS if each not in now)
        body = {"resize": {"flavorRef": flavor}}
        yield from _on("ResizeProtectedInstance", instance, ids, body, group=group)


def _on_pair(
    group: ProtectionGroup, pair: ReplicationPair, instances: list[ProtectedInstance]
) -> Iterator[Action]:
    ids = {"replication_id": pair.id}
    if pair.priority_station == "source":
        size = pair.record_metadata.volume_size + _STEP_GB
        body: dict[str, Any] = {"extend-replication": {"new_size": size}}
        yield from _on("ExpandReplication", pair, ids, body, group=group)
    if not pair.attachment:
        body = {"replication": {"server_group_id": group.id}}
        yield from _on("DeleteReplication", pair, ids, body, group=group)
        for instance in instances:
            yield from _attachment(group, pair, instance)
    elif not pair.record_metadata.bootable:
        for instance in instances:
            if instance.id == pair.instance_id:
                both = {**ids, "protected_instance_id": instance.id}
                operation = "DetachProtectedInstanceReplication"
                yield from _on(operation, pair, both, group=group, instance=instance)


def _attachment(
    group: ProtectionGroup, pair: ReplicationPair, instance: ProtectedInstance
) -> Iterator[Action]:
    """The attachment of a pair to an instance, if both are at the group's site."""
    taken = {device_letters(each.device) for each in instance.attachment}
    free = [letter for letter in _LETTERS if letter not in taken]
    sites = {group.priority_station, pair.priority_station, instance.priority_station}
    if free and len(sites) == 1:
        device = {"replication_id": pair.id, "device": f"/dev/vd{free[0]}"}
        body = {"replicationAttachment": device}
        ids = {"protected_instance_id": instance.id}
        operation = "AttachProtectedInstanceReplication"
        yield from _on(operation, pair, ids, body, group=group, instance=instance)


def _new_group(source: Random) -> Action:
    new = {
        "name": _name(source),
        "source_availability_zone": ZONES[0],
        "target_availability_zone": ZONES[1],
        "domain_id": DOMAIN["id"],
        "source_vpc_id": _id(source),
    }
    return Action("CreateProtectionGroup", new["name"], {}, {"server_group": new})


def _name(source: Random) -> str:
    return f"{one_of(source, _SYSTEMS)}-{source.getrandbits(16):04x}"


def _id(source: Random) -> str:
    return str(UUID(int=source.getrandbits(128), version=4))
