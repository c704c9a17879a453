"""The keyword arguments of the methods that add something to a project."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict


class FailureJobFields(TypedDict, total=False):
    """The keyword arguments of `add_failure_job`."""

    job_status: str
    resource_id: str
    resource_name: str
    resource_type: str
    failure_status: str
    job_id: str
    job_type: str
    begin_time: dt.datetime | str
    error_code: str
    fail_reason: str
    server_group_id: str | None


class ProtectionGroupFields(TypedDict, total=False):
    """The keyword arguments of `add_protection_group`."""

    id: str
    name: str
    description: str | None
    source_availability_zone: str
    target_availability_zone: str
    domain_id: str
    domain_name: str
    status: str
    protected_status: str | None
    replication_status: str | None
    health_status: str | None
    progress: int
    priority_station: str
    source_vpc_id: str
    target_vpc_id: str
    test_vpc_id: str | None
    dr_type: str
    server_type: str
    created_at: dt.datetime | str | None
    updated_at: dt.datetime | str | None
    protection_type: str | None
    replication_model: str | None


class ProtectedInstanceFields(TypedDict, total=False):
    """The keyword arguments of `add_protected_instance`."""

    id: str
    name: str
    description: str | None
    server_group_id: str
    status: str
    progress: int
    source_server: str
    target_server: str
    created_at: dt.datetime | str
    updated_at: dt.datetime | str
    priority_station: str
    tags: Sequence[Mapping[str, str]]
    metadata: Mapping[str, str]
    nics: Sequence[Mapping[str, object]]
    production_flavor: str | None
    dr_flavor: str | None


class ReplicationPairFields(TypedDict, total=False):
    """The keyword arguments of `add_replication_pair`."""

    id: str
    name: str
    description: str | None
    replication_model: str
    status: str
    progress: int
    replication_status: str
    attachment: Sequence[Mapping[str, str]]
    server_group_id: str
    volume_ids: str
    priority_station: str
    fault_level: str
    created_at: dt.datetime | str
    updated_at: dt.datetime | str
    record_metadata: Mapping[str, object]
    failure_detail: str | None


class DrillFields(TypedDict, total=False):
    """The keyword arguments of `add_drill`."""

    id: str
    name: str
    status: str
    server_group_id: str
    drill_vpc_id: str
    created_at: dt.datetime | str
    updated_at: dt.datetime | str
    drill_servers: Sequence[Mapping[str, str]]


class RpoStatisticFields(TypedDict, total=False):
    """The keyword arguments of `add_rpo_statistic`."""

    id: str
    point_time: dt.datetime | str
    resource_num: int
    resource_type: str
    created_at: dt.datetime | str
    updated_at: dt.datetime | str


class JobFields(TypedDict, total=False):
    """The keyword arguments of `add_job`."""

    job_id: str
    job_type: str
    begin_time: dt.datetime | str
    end_time: dt.datetime | str | None
    status: str
    error_code: str | None
    fail_reason: str | None
    entities: Mapping[str, Any]
