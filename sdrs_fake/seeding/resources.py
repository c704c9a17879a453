"""Who a dataset is about: its groups, and the resources inside them as they come up."""

from collections.abc import Sequence
from copy import copy
from itertools import count
from random import Random
from typing import NamedTuple

from sdrs_fake.domain.failure_jobs import FailureStatus, ResourceType
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.seeding.draws import one_of, uuid_with
from sdrs_fake.seeding.names import CHINESE_ONE_IN, drawn_name

REMEMBERED = 32
QUIET_ONE_IN = 4

_NUMBER_BITS = 28
_SPREAD = (
    0x9E3779B97F4B  # odd: multiplying by it keeps 48-bit numbers apart, and hides that they count
)
_SHIFT = 0x2B7E151628AE
_NODE = (1 << 48) - 1


class Resource(NamedTuple):
    """What a job failed on; a group is its own group."""

    id: str
    name: str
    group_id: str


class Resources:
    """The groups and resources of one part of a dataset, met from the newest job to the oldest.

    Of each type only a few are remembered, so a million jobs take no more room than a hundred.
    Ids hold the part and a running number, which keeps them apart from each other's and other
    parts'.
    """

    def __init__(self, source: Random, groups: int, part: int) -> None:
        self._source = source
        self._numbers = count(part << _NUMBER_BITS)
        self._chinese = int(source.random() * CHINESE_ONE_IN)
        self.groups = [self._new(ResourceType.SERVER_GROUPS) for _ in range(groups)]
        self._busy = [
            group for place, group in enumerate(self.groups, start=1) if place % QUIET_ONE_IN
        ]
        self._remembered: dict[str, list[Resource]] = {kind: [] for kind in ResourceType}

    def new_group(self) -> Resource:
        """Another group; nothing fails in it but `among` others."""
        return self._new(ResourceType.SERVER_GROUPS)

    def among(self, groups: Sequence[Resource]) -> "Resources":
        """Others of the same part: what fails in these groups alone, with a memory of its own."""
        others = copy(self)
        others._busy = [*groups]  # noqa: SLF001 of its own kind
        others._remembered = {kind: [] for kind in ResourceType}  # noqa: SLF001 as before
        return others

    def failing(self, failure: JobType) -> Resource:
        """A resource that can fail so: in two of three cases one that is remembered, else a new
        one.
        """
        if failure.resource_type == ResourceType.SERVER_GROUPS:
            return one_of(self._source, self._busy)
        remembered = self._remembered[failure.resource_type]
        place = int(self._source.random() * 1.5 * len(remembered))
        if place < len(remembered):
            return self._again(remembered, place, failure)
        resource = self._new(ResourceType(failure.resource_type))
        if failure.failure_status is not FailureStatus.CREATE_FAIL:
            remembered.append(resource)
            del remembered[:-REMEMBERED]
        return resource

    def _again(self, remembered: list[Resource], place: int, failure: JobType) -> Resource:
        """Jobs come newest first: nothing can have failed on a resource before its creation."""
        if failure.failure_status is FailureStatus.CREATE_FAIL:
            return remembered.pop(place)
        return remembered[place]

    def _new(self, kind: ResourceType) -> Resource:
        number = next(self._numbers)
        resource_id = uuid_with(self._source, (number * _SPREAD + _SHIFT) & _NODE)
        name = drawn_name(
            self._source, kind, resource_id, chinese=number % CHINESE_ONE_IN == self._chinese
        )
        group_id = (
            resource_id
            if kind is ResourceType.SERVER_GROUPS
            else one_of(self._source, self._busy).id
        )
        return Resource(resource_id, name, group_id)
