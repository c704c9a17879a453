"""The resources of a history, as they are at its end, and the draws of their ids and names."""

from itertools import count
from random import Random

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.ids import default_name
from sdrs_fake.seeding.episodes import USUAL
from sdrs_fake.seeding.names import CHINESE_ONE_IN, drawn_name
from sdrs_fake.seeding.randomness import SPAN_MILLISECONDS, resource_id_with, resource_numbers

MINUTES_10 = 600_000
_DAY = 86_400_000
_OLDEST = 300
"""Days before the history that a group can have been made."""
_MOST_INSTANCES = 3
_MOST_DATA_PAIRS = 2
_QUIET_ONE_IN = 4
_AVAILABLE_ONE_IN = 4

_GROUPS, _INSTANCES = ResourceType.SERVER_GROUPS, ResourceType.PROTECTED_INSTANCES
_PAIRS, _DRILLS = ResourceType.REPLICATIONS, ResourceType.DISASTER_RECOVERY_DRILLS


class Resource:
    """An instance, a pair or a drill. Times are milliseconds since 1970.

    `status` is USUAL for that of its group, or the one that an episode left. `touched` says
    whether an episode was about it; `updated` is when it changed last, 0 where it never did.
    """

    __slots__ = (
        *("_group", "attached_to", "created", "detail", "id", "instance", "is_made", "is_system"),
        *("kind", "name", "status", "system_pair", "touched", "updated"),
    )

    def __init__(self, kind: ResourceType, id_: str, name: str, group: "Group | None") -> None:
        self.kind = kind
        self.id = id_
        self.name = name
        self._group = group
        self.status = USUAL
        self.created = 0
        self.updated = 0
        self.touched = False
        self.instance: Resource | None = None
        """The instance that episodes attach a pair to."""
        self.attached_to: Resource | None = None
        """The one that it is attached to at the end."""
        self.is_system = False
        """Whether it is the pair of an instance's system disk."""
        self.system_pair: Resource | None = None
        self.is_made = True
        """Whether its creation succeeded."""
        self.detail: str | None = None
        """The error code of a pair that could not be created."""

    @property
    def group(self) -> "Group":
        """The group that it is in."""
        assert self._group is not None  # noqa: S101 a group has its own property
        return self._group


class Group(Resource):
    """A protection group, and what is in it.

    `home` is the stable status that it has between two episodes. `instances` and `pairs` are those
    that episodes can be about again and again.
    """

    __slots__ = (
        *("apart", "deleted_instances", "flipped", "home", "instances", "members", "pairs"),
        *("seen", "settled", "standing"),
    )

    def __init__(self, id_: str, name: str) -> None:
        super().__init__(_GROUPS, id_, name, None)
        self.home = "protected"
        self.apart = MINUTES_10
        """How long after each other what it had at first was made."""
        self.settled = 0
        """When all that it had before its first episode was there."""
        self.standing: tuple[Resource, ...] = ()
        """The members that it had then."""
        self.flipped = False
        """Whether its production site is the other one at the end."""
        self.members: list[Resource] = []
        self.instances: list[Resource] = []
        self.deleted_instances: list[Resource] = []
        """Those that the steps of a file deleted."""
        self.pairs: list[Resource] = []
        self.seen: set[object] = set()
        """What failed in it so far, as pairs of type and status.

        Beside them "steps" or "status", where the file of a scenario has steps about the group or
        its members, or states its status at the end: then no episode leaves it in another.
        """

    @property
    def group(self) -> "Group":
        """Itself. To keep that would be a cycle, which stays until Python collects garbage."""
        return self


class DrawnResources:
    """The groups and resources of one batch."""

    def __init__(self, source: Random, groups: int, batch: int, as_of: int) -> None:
        self._source = source
        self._as_of = as_of
        self._numbers = resource_numbers(batch)
        self._names = count()
        self._chinese = int(source.random() * CHINESE_ONE_IN)
        self.groups = [self.new_group() for _ in range(groups)]
        self.busy = [
            group for place, group in enumerate(self.groups, start=1) if place % _QUIET_ONE_IN
        ]
        """The groups that have failures."""

    def new_group(self) -> Group:
        return Group(*self._drawn(_GROUPS))

    def new(self, kind: ResourceType, group: Group) -> Resource:
        """Draw a new resource of a group."""
        return Resource(kind, *self._drawn(kind), group)

    def _drawn(self, kind: ResourceType) -> tuple[str, str]:
        resource_id = resource_id_with(self._source, next(self._numbers))
        chinese = next(self._names) % CHINESE_ONE_IN == self._chinese
        return resource_id, drawn_name(self._source, kind, resource_id, chinese=chinese)

    def system_pair(self, instance: Resource) -> Resource:
        """Draw the pair of an instance's system disk; the service names it."""
        pair_id = resource_id_with(self._source, next(self._numbers))
        pair = Resource(_PAIRS, pair_id, default_name(_PAIRS, pair_id), instance.group)
        pair.instance = pair.attached_to = instance
        pair.is_system = True
        pair.created = instance.created
        instance.system_pair = pair
        return pair

    def add_members(self, group: Group) -> Group:
        """Draw what is in a group, once: before that nothing of it is known but id and name."""
        if group.members:
            return group
        draw = self._source.random
        if draw() * _AVAILABLE_ONE_IN < 1:
            group.home = "available"
        self.date(group)
        for _ in range(1 + int(draw() * _MOST_INSTANCES)):
            self.add_instance(group)
        for _ in range(1 + int(draw() * _MOST_DATA_PAIRS)):
            self.add_pair(group, group.instances[int(draw() * len(group.instances))])
        if self._source.getrandbits(1):
            self.add(group, _DRILLS)
        self.settle(group)
        return group

    def date(self, group: Group) -> None:
        """Draw when a group was made."""
        age = SPAN_MILLISECONDS + 2 * _DAY + int(self._source.random() * _OLDEST * _DAY)
        group.created = self._as_of - age

    def add_instance(self, group: Group) -> Resource:
        """An instance that a group has at first, with the pair of its system disk."""
        instance = self.add(group, _INSTANCES)
        group.instances.append(instance)
        group.members.append(self.system_pair(instance))
        return instance

    def add_pair(self, group: Group, instance: Resource | None) -> Resource:
        """A pair that a group has at first, attached to an instance or to none."""
        pair = self.add(group, _PAIRS)
        if instance is not None:
            pair.instance = pair.attached_to = instance
            group.pairs.append(pair)
        return pair

    def add(self, group: Group, kind: ResourceType) -> Resource:
        """A resource that a group has at first."""
        resource = self.new(kind, group)
        group.members.append(resource)
        return resource

    @staticmethod
    def settle(group: Group) -> None:
        """End what a group has at first: all of it was made within a day, one after the other."""
        group.standing = tuple(group.members)
        steps = len(group.standing) + 1
        group.apart = min(MINUTES_10, _DAY // steps)
        for place, each in enumerate(group.standing, start=1):
            each.created = group.created + place * group.apart
            instance = each.instance
            if each.is_system and instance:
                each.created = instance.created
            elif instance:
                each.updated = instance.updated = attached_at(each)
        group.settled = group.created + steps * group.apart


def attached_at(pair: Resource) -> int:
    """When a pair was attached that a group has at first."""
    return pair.created + pair.group.apart // 2
