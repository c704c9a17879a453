"""Protected instances: their fields, and the query of their list."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, fields
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from sdrs_fake.domain.fields import (
    Identifier,
    IdList,
    JavaInstant,
    OptionalFilter,
    QueryType,
    Text,
)
from sdrs_fake.domain.refusals import INCORRECT_STATUS
from sdrs_fake.domain.store import KeepsJson, ListQuery
from sdrs_fake.domain.times import java_time


class InstanceStatus(StrEnum):
    """The documented statuses of a protected instance."""

    CREATING = "creating"
    AVAILABLE = "available"
    DELETING = "deleting"
    ERROR_DELETING = "error-deleting"
    ERROR = "error"
    NIC_CREATING = "nic-creating"
    NIC_DELETING = "nic-deleting"
    STARTING = "starting"
    ERROR_STARTING = "error-starting"
    PROTECTED = "protected"
    REVERSING = "reversing"
    FAILING_OVER = "failing-over"
    FAILED_OVER = "failed-over"
    REPROTECTING = "reprotecting"
    STOPPING = "stopping"
    ERROR_STOPPING = "error-stopping"
    ERROR_REVERSING = "error-reversing"
    ERROR_FAILING_OVER = "error-failing-over"
    ERROR_REPROTECTING = "error-reprotecting"
    RESIZING = "resizing"
    ERROR_RESIZING = "error-resizing"
    INVALID = "invalid"
    FAULT = "fault"


class AttachedPair(NamedTuple):
    """A replication pair that is attached to an instance."""

    replication: Identifier
    device: Text


class Nic(NamedTuple):
    """A NIC of an instance, which no answer shows; an empty address was not given."""

    id: Identifier
    subnet_id: Text = ""
    ip_address: Text = ""
    is_primary: bool = False


class Tag(NamedTuple):
    """A tag of an instance."""

    key: Text
    value: Text


def _distinct(tags: tuple[Tag, ...]) -> tuple[Tag, ...]:
    if len({tag.key for tag in tags}) < len(tags):
        raise ValueError("should have each key once")
    return tags


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", defer_build=True)
)
class ProtectedInstance(KeepsJson):
    """A protected instance: its wire fields in the sample's order.

    `attachment` follows from the replication pairs that are attached to it. The last three fields
    are what requests said, and no answer shows.
    """

    id: Identifier
    name: Text
    description: Text | None = None
    server_group_id: Identifier
    status: InstanceStatus = InstanceStatus.AVAILABLE
    progress: Annotated[int, Field(ge=0, le=100)] = 0
    source_server: Identifier
    target_server: Identifier
    created_at: JavaInstant
    updated_at: JavaInstant
    priority_station: Literal["source", "target"] = "source"
    attachment: tuple[AttachedPair, ...] = ()
    tags: Annotated[tuple[Tag, ...], AfterValidator(_distinct)] = ()
    metadata: dict[str, str] = field(default_factory=dict, hash=False)
    nics: tuple[Nic, ...] = ()
    production_flavor: Text | None = None
    dr_flavor: Text | None = None

    @property
    def key(self) -> str:
        return self.id

    @property
    def rank(self) -> tuple[dt.datetime, str]:
        return self.created_at, self.id

    @property
    def kept(self) -> dict[str, object]:
        """What no answer shows, for files."""
        nics = [nic._asdict() for nic in self.nics]
        values = {"nics": nics, **{name: getattr(self, name) for name in _KEPT[1:]}}
        return {name: value for name, value in values.items() if value}

    def _wire(self) -> dict[str, object]:
        wire = {name: getattr(self, name) for name in WIRE_FIELDS}
        wire["status"] = str(self.status)
        wire["created_at"] = java_time(self.created_at)
        wire["updated_at"] = java_time(self.updated_at)
        wire["attachment"] = [each._asdict() for each in self.attachment]
        wire["tags"] = [each._asdict() for each in self.tags]
        return wire


_KEPT = ("nics", "production_flavor", "dr_flavor")
WIRE_FIELDS = [each.name for each in fields(ProtectedInstance) if each.name not in _KEPT]


class ProtectedInstanceQuery(ListQuery):
    """The nine parameters of ListProtectedInstances."""

    server_group_id: Annotated[str | None, OptionalFilter] = None
    server_group_ids: IdList = None
    protected_instance_ids: IdList = None
    status: Annotated[InstanceStatus | None, OptionalFilter, INCORRECT_STATUS] = None
    name: Annotated[str | None, OptionalFilter] = None
    query_type: Annotated[Literal["status_abnormal"] | None, QueryType] = None
    availability_zone: Annotated[str | None, OptionalFilter] = None

    @property
    def filters(self) -> tuple[object, ...]:
        """What tells one view of the list from another."""
        ids = self.server_group_id, self.server_group_ids, self.protected_instance_ids
        return *ids, self.status, self.name, self.query_type, self.availability_zone


Predicate = Callable[[ProtectedInstance], bool]


def is_abnormal(status: str) -> bool:
    """Whether `status_abnormal` selects a status. Which ones do is not documented."""
    return status.startswith("error") or status in {"invalid", "fault"}


def select(
    instances: Iterable[ProtectedInstance],
    query: ProtectedInstanceQuery,
    zones: Mapping[str, str],
) -> Iterable[ProtectedInstance]:
    """The instances that match every filter given; `zones` has the production zone of groups."""
    for predicate in _filters(query, zones):
        instances = filter(predicate, instances)
    return instances


def _filters(query: ProtectedInstanceQuery, zones: Mapping[str, str]) -> Iterator[Predicate]:
    groups = query.server_group_ids or (query.server_group_id and (query.server_group_id,))
    if groups:
        yield lambda each: each.server_group_id in groups
    elif (ids := query.protected_instance_ids) is not None:
        yield lambda each: each.id in ids
    if (status := query.status) is not None:
        yield lambda each: each.status is status
    if (name := query.name) is not None:
        yield lambda each: name in each.name
    if query.query_type is not None:
        yield lambda each: is_abnormal(each.status)
    if (zone := query.availability_zone) is not None:
        yield lambda each: zones.get(each.server_group_id) == zone
