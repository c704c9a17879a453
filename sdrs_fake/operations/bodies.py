"""The bodies of requests: strict models whose fields carry the refusal of a wrong value.

A field that is missing, or null where it is required, is refused as a whole (SDRS.0201); null in an
optional field counts as absent; unknown fields are ignored.
"""

import re
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from sdrs_fake.domain import refusals
from sdrs_fake.domain.fields import is_encodable
from sdrs_fake.domain.instances import Tag
from sdrs_fake.domain.refusals import require
from sdrs_fake.domain.tags import MAX_TAGS, checked_tags
from sdrs_fake.operations import value_schemas
from sdrs_fake.operations.reading import Body

MAX_BYTES = 64
MAX_PREFIX_BYTES = 59
"""So that a name with its number has at most 64."""
_NAME = re.compile("[A-Za-z0-9._\u4e00-\u9fff-]+")
_DEVICE = re.compile(r"/dev/[vs]d[a-z]", re.ASCII)


def _name(value: str) -> str:
    """Letters, digits and `._-`, Chinese characters too; at most 64 bytes."""
    if not _NAME.fullmatch(value) or len(value.encode()) > MAX_BYTES:
        raise ValueError("should be 1 to 64 bytes of letters, digits and ._-")
    return value


def _size(value: str) -> int:
    """The bytes of a text; ValueError for half a character."""
    if not is_encodable(value):
        raise ValueError("should be text that UTF-8 can encode")
    return len(value.encode())


def _prefix(value: str) -> str:
    if _size(value) > MAX_PREFIX_BYTES:
        raise ValueError("should be at most 59 bytes")
    return value


def _description(value: str | None) -> str | None:
    if value and (_size(value) > MAX_BYTES or set(value) & set("<>")):
        raise ValueError("should be at most 64 bytes without < and >")
    return value


def _encodable(value: str) -> str:
    _size(value)
    return value


def _tags(value: object) -> tuple[Tag, ...] | None:
    """The tags of a new instance, each wrong value with the code of its own."""
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError("should be a list of objects")
    require(len(value) <= MAX_TAGS, refusals.TOO_MANY_TAGS)
    return checked_tags(value)


def _address(value: str | None) -> str | None:
    if value is not None:
        try:
            IPv4Address(value)
        except ValueError:
            raise ValueError("should be an IPv4 address such as 192.168.0.2") from None
    return value


def _device(value: str) -> str:
    if not _DEVICE.fullmatch(value):
        raise ValueError("should be /dev/vd or /dev/sd and a letter")
    return value


def _whole_gigabytes(value: object) -> object:
    """Decimals are cut; text and booleans are no numbers."""
    return int(value) if isinstance(value, float) and abs(value) < 2**31 else value


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Id = Annotated[str, Field(min_length=1), AfterValidator(_encodable)]
Name = Annotated[str, AfterValidator(_name), refusals.INVALID_NAME, value_schemas.NAME]
Description = Annotated[
    str | None,
    AfterValidator(_description),
    refusals.INVALID_DESCRIPTION,
    value_schemas.DESCRIPTION,
]
Address = Annotated[
    str | None, AfterValidator(_address), refusals.INVALID_IP_ADDRESS, value_schemas.ADDRESS
]
NewTags = Annotated[tuple[Tag, ...] | None, PlainValidator(_tags), value_schemas.NEW_TAGS]
WantedTags = Annotated[list[Any] | None, value_schemas.WANTED_TAGS]


# The bodies


class NewName(Body):
    """The part of a body that renames something."""

    name: Name


class Empty(Body):
    """An action without arguments."""


class NewGroup(Body):
    name: Name
    description: Description = None
    source_availability_zone: Annotated[Id, refusals.INVALID_ZONE]
    target_availability_zone: Annotated[Id, refusals.INVALID_ZONE]
    domain_id: Annotated[Id, refusals.INVALID_DOMAIN]
    source_vpc_id: Annotated[Id, refusals.INVALID_VPC]
    dr_type: Annotated[Literal["migration"] | None, refusals.INVALID_DR_TYPE] = None


class CreateProtectionGroup(Body):
    server_group: NewGroup


class UpdateProtectionGroupName(Body):
    server_group: NewName


class StartProtectionGroup(Body):
    action: Empty = Field(alias="start-server-group")


class StopProtectionGroup(Body):
    action: Empty = Field(alias="stop-server-group")


class StartFailoverProtectionGroup(Body):
    action: Empty = Field(alias="failover-server-group")


class Reverse(Body):
    priority_station: Annotated[Literal["source", "target"], refusals.INVALID_STATION]


class StartReverseProtectionGroup(Body):
    action: Reverse = Field(alias="reverse-server-group")


class NewInstance(Body):
    server_group_id: Annotated[Id, refusals.INVALID_GROUP_ID]
    server_id: Annotated[Id, refusals.INVALID_SERVER_ID]
    name: Name
    description: Description = None
    cluster_id: Annotated[Id | None, refusals.INVALID_CLUSTER_ID] = None
    primary_subnet_id: Id | None = None
    primary_ip_address: Address = None
    flavor: Id | None = Field(default=None, alias="flavorRef")
    tenancy: Annotated[Literal["shared", "dedicated"] | None, refusals.INVALID_TENANCY] = None
    dedicated_host_id: Annotated[Id | None, refusals.INVALID_HOST_ID] = None
    tags: NewTags = None


class CreateProtectedInstance(Body):
    protected_instance: NewInstance


class UpdateProtectedInstanceName(Body):
    protected_instance: NewName


class DeleteProtectedInstance(Body):
    delete_target_server: bool | None = None
    delete_target_eip: bool | None = None


class Attachment(Body):
    replication_id: Annotated[Id, refusals.INVALID_PAIR_ID]
    device: Annotated[str, AfterValidator(_device), value_schemas.DEVICE]


class AttachProtectedInstanceReplication(Body):
    attachment: Attachment = Field(alias="replicationAttachment")


class NewPair(Body):
    server_group_id: Annotated[Id, refusals.INVALID_GROUP_ID]
    # A comma separates the two ids of a pair.
    volume_id: Annotated[Id, Field(pattern="^[^,]+$"), refusals.INVALID_DISK_ID]
    name: Name
    description: Description = None
    cluster_id: Annotated[Id | None, refusals.INVALID_CLUSTER_ID] = None


class CreateReplication(Body):
    replication: NewPair


class UpdateReplicationName(Body):
    replication: NewName


class DeletedPair(Body):
    server_group_id: Annotated[Id | None, refusals.INVALID_GROUP_ID] = None
    delete_target_volume: bool | None = None


class DeleteReplication(Body):
    replication: DeletedPair


class NewSize(Body):
    new_size: Annotated[
        int, BeforeValidator(_whole_gigabytes), Field(ge=1, lt=2**31), value_schemas.SIZE
    ]


class ExpandReplication(Body):
    action: NewSize = Field(alias="extend-replication")


class Server(Body):
    server_id: Annotated[Id, refusals.INVALID_SERVER_IN_LIST]
    flavor: Id | None = Field(default=None, alias="flavorRef")


class NewInstances(Body):
    name_prefix: Annotated[Name, AfterValidator(_prefix), value_schemas.PREFIX]
    description: Description = None
    server_group_id: Annotated[Id, refusals.INVALID_GROUP_ID]
    cluster_id: Annotated[Id | None, refusals.INVALID_CLUSTER_ID] = None
    primary_subnet_id: Id | None = None
    servers: Annotated[list[Server], Field(min_length=1)]
    tenancy: Annotated[Literal["shared", "dedicated"] | None, refusals.INVALID_TENANCY] = None
    dedicated_host_id: Annotated[Id | None, refusals.INVALID_HOST_ID] = None
    tags: NewTags = None


class BatchCreateProtectedInstances(Body):
    protected_instances: NewInstances


class InstanceId(Body):
    id: Annotated[Id, refusals.INVALID_INSTANCE_ID]


class BatchDeleteProtectedInstances(Body):
    protected_instances: Annotated[list[InstanceId], Field(min_length=1)]
    delete_target_server: bool | None = None
    delete_target_eip: bool | None = None


class SecurityGroup(Body):
    id: Id


class AddProtectedInstanceNic(Body):
    subnet_id: Id
    security_groups: list[SecurityGroup] | None = None
    ip_address: Address = None


class DeleteProtectedInstanceNic(Body):
    nic_id: Annotated[Id, refusals.INVALID_NIC_ID]


class Resize(Body):
    flavor: Id | None = Field(default=None, alias="flavorRef")
    production_flavor: Id | None = Field(default=None, alias="production_flavorRef")
    dr_flavor: Id | None = Field(default=None, alias="dr_flavorRef")
    production_dedicated_host_id: Id | None = None
    dr_dedicated_host_id: Id | None = None


class ResizeProtectedInstance(Body):
    resize: Resize


class NewDrill(Body):
    server_group_id: Annotated[Id, refusals.INVALID_GROUP_ID]
    drill_vpc_id: Annotated[Id | None, refusals.INVALID_VPC] = None
    name: Name


class CreateDisasterRecoveryDrill(Body):
    disaster_recovery_drill: NewDrill


class UpdateDisasterRecoveryDrillName(Body):
    disaster_recovery_drill: NewName


class NewTag(Body):
    """Its values are checked by the rules of tags."""

    key: Annotated[Any, value_schemas.TAG_KEY]
    value: Annotated[Any, value_schemas.TAG_VALUE]


class AddProtectedInstanceTags(Body):
    tag: NewTag


class BatchAddTags(Body):
    """The tags are checked by their own rules."""

    action: Annotated[Literal["create"], refusals.INVALID_TAG_ACTION]
    tags: Annotated[list[Any], refusals.NO_TAGS, value_schemas.ADDED_TAGS]


class BatchDeleteTags(Body):
    """The tags are checked by their own rules."""

    action: Annotated[Literal["delete"], refusals.INVALID_TAG_ACTION]
    tags: Annotated[list[Any], refusals.NO_TAGS, value_schemas.DELETED_TAGS]


class ListProtectedInstancesByTags(Body):
    """The lists are checked by their own rules; null in them counts as absent."""

    action: Annotated[
        Literal["filter", "count"], BeforeValidator(_trimmed), refusals.INVALID_QUERY_ACTION
    ]
    limit: Annotated[str | int | None, refusals.INVALID_TAG_LIMIT, value_schemas.TAG_LIMIT] = None
    offset: Annotated[str | int | None, refusals.INVALID_OFFSET, value_schemas.TAG_OFFSET] = None
    tags: WantedTags = None
    tags_any: WantedTags = None
    not_tags: WantedTags = None
    not_tags_any: WantedTags = None
    matches: Annotated[list[Any] | None, value_schemas.MATCHES] = None
