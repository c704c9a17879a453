"""The groups, instances, pairs and drills of a history as values of the service."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple
from zlib import crc32

from sdrs_fake.domain import ids
from sdrs_fake.domain.drills import Drill, DrillServer, DrillStatus
from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.groups import NUMBERS, GroupStatus, ProtectionGroup, with_times
from sdrs_fake.domain.instances import AttachedPair, InstanceStatus, ProtectedInstance
from sdrs_fake.domain.outcomes import SYSTEM_DISK
from sdrs_fake.domain.pairs import AttachedInstance, PairStatus, RecordMetadata, ReplicationPair
from sdrs_fake.domain.store import changed, unchecked
from sdrs_fake.domain.times import EPOCH, from_milliseconds
from sdrs_fake.seeding.episodes import GONE, USUAL
from sdrs_fake.seeding.resources import Group, Resource

_ANY: Any = {"id": "?", "name": "?"}
_IN_GROUP: Any = {**_ANY, "server_group_id": "?", "created_at": EPOCH, "updated_at": EPOCH}
_GROUP = unchecked(ProtectionGroup, **_ANY)
_INSTANCE = unchecked(ProtectedInstance, **_IN_GROUP, source_server="?", target_server="?")
_PAIR = unchecked(ReplicationPair, **_IN_GROUP, volume_ids="?,?")
_DRILL = unchecked(Drill, **_IN_GROUP, drill_vpc_id="?")

_SYSTEM = RecordMetadata(bootable=True, volume_size=40)
_SIZES = (10, 20, 40, 100, 200, 500)
_STATIONS = ("source", "target")
_INSTANCES, _PAIRS = ResourceType.PROTECTED_INSTANCES, ResourceType.REPLICATIONS
_DRILLS = ResourceType.DISASTER_RECOVERY_DRILLS


class Members(NamedTuple):
    """What is in the groups."""

    protected_instances: tuple[ProtectedInstance, ...]
    replication_pairs: tuple[ReplicationPair, ...]
    drills: tuple[Drill, ...]


def group_of(group: Group, **values: Any) -> ProtectionGroup:
    """A group with the numbers of what is in it."""
    kinds = Counter(each.kind for each in group.members)
    if group.created:
        values["created_at"] = from_milliseconds(group.created)
        values["updated_at"] = from_milliseconds(_updated(group))
    made = changed(
        _GROUP,
        id=group.id,
        name=group.name,
        status=GroupStatus(group_status(group)),
        priority_station=_STATIONS[group.flipped],
        **{number: kinds[kind] for kind, number in NUMBERS.items()},
        **values,
    )
    return with_times(made)


def members_of(groups: Iterable[Group]) -> Members:
    """The instances, pairs and drills of groups, each in the status that its history left."""
    instances: list[ProtectedInstance] = []
    pairs: list[ReplicationPair] = []
    drills: list[Drill] = []
    for group in groups:
        instances += _instances(group)
        pairs += _pairs(group)
        drills += _drills(group)
    return Members(tuple(instances), tuple(pairs), tuple(drills))


def _of_kind(group: Group, kind: ResourceType) -> list[Resource]:
    return [each for each in group.members if each.kind is kind]


def group_status(group: Group) -> str:
    return group.home if group.status == USUAL else group.status


def status_of(resource: Resource) -> str:
    """The status of what is in a group: where nothing else left one, it follows its group."""
    if resource.status != USUAL:
        return resource.status
    return "available" if resource.kind is _DRILLS else group_status(resource.group)


def _updated(resource: Resource) -> int:
    """When a resource changed last: with its group too, where it followed."""
    group = resource.group
    if resource is group:
        start = group.settled if group.home == "protected" else group.created
        return group.updated or start
    own = max(resource.updated, resource.created)
    follows = resource.status == USUAL and resource.kind is not _DRILLS
    return max(own, _updated(group)) if follows else own


def _common(resource: Resource) -> dict[str, Any]:
    return {
        "id": resource.id,
        "name": resource.name,
        "server_group_id": resource.group.id,
        "created_at": from_milliseconds(resource.created),
        "updated_at": from_milliseconds(_updated(resource)),
    }


def _part(resource: Resource, number: int) -> str:
    """The id of a server, a disk or a VPC, which follows from that of its resource."""
    return ids.new_id(resource.id, "part", number)


def _devices(group: Group) -> dict[str, str]:
    """The device of each pair that is attached; that of the system disk is the first."""
    devices: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    for pair in group.members:
        at = pair.attached_to
        if at is not None and pair.is_system:
            devices[pair.id] = SYSTEM_DISK
        elif at is not None:
            numbers[at.id] += 1
            devices[pair.id] = _device(numbers[at.id])
    return devices


def _device(number: int) -> str:
    """The name that Linux gives a virtual disk: vda to vdz, then vdaa, vdab and so on."""
    letters = ""
    while number >= 0:
        number, letter = divmod(number, 26)
        letters = chr(ord("a") + letter) + letters
        number -= 1
    return f"/dev/vd{letters}"


def _in_order(pair: AttachedPair) -> tuple[int, str]:
    return len(pair.device), pair.device


def _instances(group: Group) -> Iterable[ProtectedInstance]:
    devices = _devices(group)
    attached = defaultdict(list)
    for pair in group.members:
        if pair.attached_to is not None:
            attached[pair.attached_to.id].append(AttachedPair(pair.id, devices[pair.id]))
    for each in _of_kind(group, _INSTANCES):
        yield changed(
            _INSTANCE,
            **_common(each),
            status=InstanceStatus(status_of(each)),
            priority_station=_STATIONS[group.flipped],
            source_server=_part(each, 0),
            target_server=_part(each, 1),
            attachment=tuple(sorted(attached[each.id], key=_in_order)),
        )


def _pairs(group: Group) -> Iterable[ReplicationPair]:
    devices = _devices(group)
    for each in _of_kind(group, _PAIRS):
        at = each.attached_to
        size = _SIZES[crc32(each.id.encode()) % len(_SIZES)]
        yield changed(
            _PAIR,
            **_common(each),
            status=PairStatus(status_of(each)),
            priority_station=_STATIONS[group.flipped],
            volume_ids=f"{_part(each, 0)},{_part(each, 1)}",
            attachment=(AttachedInstance(devices[each.id], at.id),) if at else (),
            record_metadata=_SYSTEM if each.is_system else RecordMetadata(volume_size=size),
            failure_detail=each.detail,
        )


def _instances_then(drill: Resource) -> Iterable[Resource]:
    """The instances that were there when a drill was made."""
    group = drill.group
    for each in [*_of_kind(group, _INSTANCES), *group.deleted_instances]:
        is_there = each.status != GONE or each.updated > drill.created
        if each.created < drill.created and is_there:
            yield each


def _drills(group: Group) -> Iterable[Drill]:
    for each in _of_kind(group, _DRILLS):
        # A drill that could not be made has no servers.
        there = _instances_then(each) if each.is_made else []
        servers = [DrillServer(one.id, ids.new_id(each.id, one.id, 0)) for one in there]
        yield changed(
            _DRILL,
            **_common(each),
            status=DrillStatus(status_of(each)),
            drill_vpc_id=_part(each, 0),
            drill_servers=tuple(servers),
        )
