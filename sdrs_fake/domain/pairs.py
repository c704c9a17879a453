"""Replication pairs: their fields, and the query of their list."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from sdrs_fake.domain.fields import (
    Identifier,
    IdList,
    OptionalFilter,
    PreciseInstant,
    QueryType,
    Text,
)
from sdrs_fake.domain.instances import AttachedPair, ProtectedInstance, is_abnormal
from sdrs_fake.domain.refusals import INCORRECT_PAIR_STATUS
from sdrs_fake.domain.store import KeepsJson, ListQuery, changed
from sdrs_fake.domain.times import precise_time

_DEVICE = re.compile("/dev/[vs]d[a-z]+")
"""A request names one letter; an instance with more disks than that has devices such as vdaa."""


class PairStatus(StrEnum):
    """The documented statuses of a replication pair."""

    CREATING = "creating"
    AVAILABLE = "available"
    DELETING = "deleting"
    ERROR_DELETING = "error-deleting"
    ERROR = "error"
    EXTENDING = "extending"
    ERROR_EXTENDING = "error-extending"
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
    INVALID = "invalid"
    FAULT = "fault"
    ATTACHING = "attaching"
    DETACHING = "detaching"
    ERROR_ATTACHING = "error-attaching"
    ERROR_DETACHING = "error-detaching"


def _device(value: str) -> str:
    if not _DEVICE.fullmatch(value):
        raise ValueError("should be /dev/vd or /dev/sd and a letter, or several: /dev/vdb")
    return value


def device_letters(device: str) -> str:
    """What tells devices apart: `/dev/vdb` and `/dev/sdb` are one."""
    return device[len("/dev/vd") :]


class AttachedInstance(NamedTuple):
    """The instance that a pair is attached to."""

    device: Annotated[str, AfterValidator(_device)]
    protected_instance: Identifier


class RecordMetadata(NamedTuple):
    """The disks of a pair."""

    multiattach: bool = False
    bootable: bool = False
    volume_size: Annotated[int, Field(ge=1)] = 10
    volume_type: Text = "SATA"


def _two_ids(value: str) -> str:
    ids = value.split(",")
    if len(ids) != 2 or not all(ids):  # noqa: PLR2004 the disk at either site
        raise ValueError("should be the ids of two disks with a comma between them")
    return value


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", defer_build=True)
)
class ReplicationPair(KeepsJson):
    """A replication pair: its wire fields in the sample's order.

    `volume_ids` are those of the production and the DR disk, with a comma between them.
    `failure_detail`, an error code, is answered only while the status is `error`.
    """

    id: Identifier
    name: Text
    description: Text | None = None
    replication_model: Text = "hypermetro"
    status: PairStatus = PairStatus.AVAILABLE
    progress: Annotated[int, Field(ge=0, le=100)] = 0
    replication_status: Literal["active", "inactive", "copying", "active-stopped"] = "active"
    attachment: tuple[AttachedInstance, ...] = ()
    server_group_id: Identifier
    volume_ids: Annotated[str, AfterValidator(_two_ids)]
    priority_station: Literal["source", "target"] = "source"
    fault_level: Literal["0", "2", "5"] = "0"
    created_at: PreciseInstant
    updated_at: PreciseInstant
    record_metadata: RecordMetadata = RecordMetadata()
    failure_detail: Text | None = None

    @property
    def key(self) -> str:
        return self.id

    @property
    def rank(self) -> tuple[dt.datetime, str]:
        return self.created_at, self.id

    @property
    def instance_id(self) -> str | None:
        """The first instance that it is attached to: a shared pair can have several."""
        return self.attachment[0].protected_instance if self.attachment else None

    def _wire(self) -> dict[str, object]:
        wire = {name: getattr(self, name) for name in WIRE_FIELDS}
        wire["status"] = str(self.status)
        wire["created_at"] = precise_time(self.created_at)
        wire["updated_at"] = precise_time(self.updated_at)
        wire["attachment"] = [each._asdict() for each in self.attachment]
        wire["record_metadata"] = self.record_metadata._asdict()
        if self.status is not PairStatus.ERROR:
            del wire["failure_detail"]
        return wire


WIRE_FIELDS = [each.name for each in fields(ReplicationPair)]


def attached(
    pair: ReplicationPair, instance: ProtectedInstance, device: str
) -> tuple[ReplicationPair, ProtectedInstance]:
    """A pair and an instance as they show that they are attached to each other."""
    at_pair = AttachedInstance(device, instance.id)
    at_instance = AttachedPair(pair.id, device)
    return (
        changed(pair, attachment=(*pair.attachment, at_pair)),
        changed(instance, attachment=(*instance.attachment, at_instance)),
    )


class ReplicationQuery(ListQuery):
    """The eleven parameters of ListReplications."""

    server_group_id: Annotated[str | None, OptionalFilter] = None
    server_group_ids: IdList = None
    protected_instance_id: Annotated[str | None, OptionalFilter] = None
    protected_instance_ids: IdList = None
    name: Annotated[str | None, OptionalFilter] = None
    status: Annotated[PairStatus | None, OptionalFilter, INCORRECT_PAIR_STATUS] = None
    query_type: Annotated[Literal["status_abnormal"] | None, QueryType] = None
    availability_zone: Annotated[str | None, OptionalFilter] = None
    volume_id: Annotated[str | None, OptionalFilter] = None

    @property
    def filters(self) -> tuple[object, ...]:
        """What tells one view of the list from another."""
        instances = self.protected_instance_id, self.protected_instance_ids
        others = self.name, self.status, self.query_type, self.availability_zone, self.volume_id
        return self.server_group_id, self.server_group_ids, *instances, *others


Predicate = Callable[[ReplicationPair], bool]


def select(
    pairs: Iterable[ReplicationPair], query: ReplicationQuery, zones: Mapping[str, str]
) -> Iterable[ReplicationPair]:
    """The pairs that match every filter given; `zones` has the production zone of groups."""
    for predicate in (*_ids(query), *_filters(query, zones)):
        pairs = filter(predicate, pairs)
    return pairs


def _ids(query: ReplicationQuery) -> Iterator[Predicate]:
    groups = query.server_group_ids or (query.server_group_id and (query.server_group_id,))
    if groups:
        yield lambda each: each.server_group_id in groups
    instances = query.protected_instance_ids or (
        query.protected_instance_id and (query.protected_instance_id,)
    )
    if instances:
        yield lambda each: any(one.protected_instance in instances for one in each.attachment)
    if (volume := query.volume_id) is not None:
        yield lambda each: volume in each.volume_ids.split(",")


def _filters(query: ReplicationQuery, zones: Mapping[str, str]) -> Iterator[Predicate]:
    if (status := query.status) is not None:
        yield lambda each: each.status is status
    if (name := query.name) is not None:
        yield lambda each: name in each.name
    if query.query_type is not None:
        yield lambda each: is_abnormal(each.status)
    if (zone := query.availability_zone) is not None:
        yield lambda each: zones.get(each.server_group_id) == zone
