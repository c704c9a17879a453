"""Protection groups: their fields, the query of their list, and their counts."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from enum import StrEnum
from typing import Annotated, Literal
from zlib import crc32

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import Identifier, JavaInstant, OptionalFilter, QueryType, Text
from sdrs_fake.domain.refusals import INCORRECT_STATUS
from sdrs_fake.domain.store import KeepsJson, ListQuery, changed
from sdrs_fake.domain.times import instant, java_time

DOMAIN = {"id": "fb4bb8e3-a574-4437-a156-78c916aeea4d", "name": "ActiveactiveDomain"}
"""The default active-active domain, and below the zones of its two sites."""
ZONES = ("cn-north-1a", "cn-north-1b")
_FIRST_CREATED_AT = instant("2018-06-01T00:00:00Z")
_VPC = "046852ef-c49d-409b-8389-546aaaa5701f"


class GroupStatus(StrEnum):
    """The documented statuses of a protection group."""

    CREATING = "creating"
    AVAILABLE = "available"
    PROTECTED = "protected"
    DELETING = "deleting"
    ERROR_DELETING = "error-deleting"
    ERROR = "error"
    STARTING = "starting"
    ERROR_STARTING = "error-starting"
    REPROTECTING = "reprotecting"
    ERROR_REPROTECTING = "error-reprotecting"
    STOPPING = "stopping"
    ERROR_STOPPING = "error-stopping"
    REVERSING = "reversing"
    ERROR_REVERSING = "error-reversing"
    FAILING_OVER = "failing-over"
    FAILED_OVER = "failed-over"
    ERROR_FAILING_OVER = "error-failing-over"


Count = Annotated[int, Field(ge=0)]


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", defer_build=True)
)
class ProtectionGroup(KeepsJson):
    """A protection group: its wire fields in the sample's order.

    The three numbers count the resources of the group. A group without `created_at` gets one that
    follows from its id; one without `updated_at` has not changed since.
    """

    id: Identifier
    name: Text
    description: Text | None = None
    source_availability_zone: Text = ZONES[0]
    target_availability_zone: Text = ZONES[1]
    domain_id: Text = DOMAIN["id"]
    domain_name: Text = DOMAIN["name"]
    status: GroupStatus = GroupStatus.AVAILABLE
    protected_status: Literal["started", "stopped"] | None = None
    replication_status: Literal["active", "inactive", "copying", "active-stopped"] | None = None
    health_status: Literal["normal", "abnormal"] | None = None
    progress: Annotated[int, Field(ge=0, le=100)] = 0
    priority_station: Literal["source", "target"] = "source"
    protected_instance_num: Count = 0
    replication_num: Count = 0
    disaster_recovery_drill_num: Count = 0
    source_vpc_id: Text = _VPC
    target_vpc_id: Text = _VPC
    test_vpc_id: Text | None = None
    dr_type: Literal["migration"] = "migration"
    server_type: Literal["ECS"] = "ECS"
    created_at: JavaInstant | None = None
    updated_at: JavaInstant | None = None
    protection_type: Literal["replication-pair"] | None = "replication-pair"
    replication_model: Text | None = None

    @property
    def key(self) -> str:
        return self.id

    @property
    def rank(self) -> tuple[dt.datetime | None, str]:
        return self.created_at, self.id

    def _wire(self) -> dict[str, object]:
        wire = {name: getattr(self, name) for name in WIRE_FIELDS}
        wire["status"] = str(self.status)
        for name in ("created_at", "updated_at"):
            wire[name] = java_time(wire[name]) if wire[name] else None
        return wire

    @property
    def production_zone(self) -> str:
        """The availability zone that its servers run in now."""
        return (
            self.source_availability_zone
            if self.priority_station == "source"
            else self.target_availability_zone
        )


WIRE_FIELDS = [field.name for field in fields(ProtectionGroup)]


class ProtectionGroupQuery(ListQuery):
    """The six parameters of ListProtectionGroups."""

    status: Annotated[GroupStatus | None, OptionalFilter, INCORRECT_STATUS] = None
    name: Annotated[str | None, OptionalFilter] = None
    query_type: Annotated[
        Literal["status_abnormal", "stop_protected", "period_no_dr_drill"] | None,
        QueryType,
    ] = None
    availability_zone: Annotated[str | None, OptionalFilter] = None

    @property
    def filters(self) -> tuple[str | None, ...]:
        return self.status, self.name, self.query_type, self.availability_zone


Predicate = Callable[[ProtectionGroup], bool]

_QUERY_TYPES: dict[str, Predicate] = {
    "status_abnormal": lambda group: group.status.startswith("error"),
    "stop_protected": lambda group: group.status == GroupStatus.AVAILABLE,
}


def select(
    groups: Iterable[ProtectionGroup],
    query: ProtectionGroupQuery,
    drilled: frozenset[str] = frozenset(),
) -> Iterable[ProtectionGroup]:
    """The groups that match every filter given; `drilled` are those with a recent drill."""
    for predicate in _filters(query, drilled):
        groups = filter(predicate, groups)
    return groups


def _filters(query: ProtectionGroupQuery, drilled: frozenset[str]) -> Iterator[Predicate]:
    if (status := query.status) is not None:
        yield lambda group: group.status is status
    if (name := query.name) is not None:
        yield lambda group: name in group.name
    if query.query_type == "period_no_dr_drill":
        yield lambda group: group.id not in drilled
    elif query.query_type is not None:
        yield _QUERY_TYPES[query.query_type]
    if (zone := query.availability_zone) is not None:
        yield lambda group: group.production_zone == zone


NUMBERS = {
    ResourceType.PROTECTED_INSTANCES: "protected_instance_num",
    ResourceType.REPLICATIONS: "replication_num",
    ResourceType.DISASTER_RECOVERY_DRILLS: "disaster_recovery_drill_num",
}
"""The fields that count the resources of a group."""


def with_times(group: ProtectionGroup) -> ProtectionGroup:
    """The group with the times that it lacks."""
    created_at = group.created_at or _default_created_at(group.id)
    return changed(group, created_at=created_at, updated_at=group.updated_at or created_at)


def _default_created_at(group_id: str) -> dt.datetime:
    """A time in the second half of 2018, before anything in the group can have failed."""
    return _FIRST_CREATED_AT + dt.timedelta(milliseconds=crc32(group_id.encode()) * 4)
