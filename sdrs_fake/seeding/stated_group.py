"""A protection group in the file of a scenario, and what is in it."""

from sdrs_fake.domain.fields import Identifier, Text
from sdrs_fake.domain.groups import GroupStatus
from sdrs_fake.seeding.wave import Part


class StatedPair(Part):
    """A replication pair of a group, attached to one of its instances or to none."""

    name: Identifier
    attached_to: Identifier | None = None


class StatedGroup(Part):
    """A protection group; what is not given is drawn, as in a dataset.

    That its members are not given means that all three kinds are not.
    """

    name: Identifier | None = None
    id: Identifier | None = None
    description: Text | None = None
    status: GroupStatus = GroupStatus.AVAILABLE
    protected_instances: list[Identifier] | None = None
    replication_pairs: list[StatedPair] | None = None
    drills: list[Identifier] | None = None

    @property
    def has_members(self) -> bool:
        """Whether it states what is in it."""
        members = self.protected_instances, self.replication_pairs, self.drills
        return any(each is not None for each in members)

    @property
    def names(self) -> list[tuple[str, str]]:
        """The names of what is in it, each with its place."""
        pairs = [pair.name for pair in self.replication_pairs or ()]
        kinds = {
            "protected_instances[{}]": self.protected_instances or (),
            "replication_pairs[{}].name": pairs,
            "drills[{}]": self.drills or (),
        }
        return [
            (place.format(number), name)
            for place, names in kinds.items()
            for number, name in enumerate(names)
        ]
