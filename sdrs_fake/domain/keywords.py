"""The keyword arguments of `add_failure_job`, `add_protection_group` and `add_job`."""

import datetime as dt
from collections.abc import Mapping
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
    protected_instance_num: int | None
    replication_num: int | None
    disaster_recovery_drill_num: int | None
    source_vpc_id: str
    target_vpc_id: str
    test_vpc_id: str | None
    dr_type: str
    server_type: str
    created_at: dt.datetime | str | None
    updated_at: dt.datetime | str | None
    protection_type: str | None
    replication_model: str | None


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
