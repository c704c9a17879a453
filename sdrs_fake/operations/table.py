"""The API table: one row for each documented operation, in the order of the reference.

Routing, 501s, known parameters, what faults and the journal may name, and API coverage derive
from it. To add an operation, put a handler into its row.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, get_args, get_origin

from sdrs_fake.domain.failure_jobs import FailureJobQuery
from sdrs_fake.domain.groups import ProtectionGroupQuery
from sdrs_fake.domain.store import ListQuery
from sdrs_fake.errors import ParameterError, did_you_mean, shown
from sdrs_fake.messages import Endpoint, Operation
from sdrs_fake.operations import api_versions, failure_jobs, groups, jobs, quotas

_PAGE = frozenset({"limit", "offset"})
_IN_GROUP = {
    *("server_group_id", "server_group_ids", "name", "status"),
    *("protected_instance_ids", "query_type", "availability_zone"),
}


@dataclass(frozen=True)
class Row(Endpoint):
    """One documented operation.

    `handler` is None where the operation is not served yet (501). `query` is the model of its query
    parameters, `later` their names where there is no model yet. `action` is the word in the body
    that tells the operations of one route apart.
    """

    handler: Operation | None = None
    query: type[ListQuery] | None = None
    later: frozenset[str] = frozenset()
    action: str = ""

    @property
    def served(self) -> bool:
        return self.handler is not None

    @property
    def writes(self) -> bool:
        """Does it change something?"""
        return self.method != "GET"

    @property
    def is_open(self) -> bool:
        """Is it served without credentials? The two operations that show versions are."""
        return "project_id" not in self.path_params

    @cached_property
    def path_params(self) -> frozenset[str]:
        """The names of the ids in the path."""
        return frozenset(re.findall(r"{(\w+)}", self.path))

    @cached_property
    def params(self) -> frozenset[str]:
        """The names of the query parameters."""
        return frozenset(self.query.model_fields) if self.query else self.later

    @cached_property
    def fields(self) -> frozenset[str]:
        """What faults and the journal may name: query parameters and ids in the path."""
        return self.params | self.path_params

    @cached_property
    def filters(self) -> Mapping[str, tuple[str, ...]]:
        """The filters of a list with their documented values; none where any string will do."""
        fields = self.query.model_fields if self.query else {}
        return {
            name: _values(each.annotation) for name, each in fields.items() if name not in _PAGE
        }


def _values(annotation: object) -> tuple[str, ...]:
    found: list[str] = []
    for kind in get_args(annotation):
        if get_origin(kind) is Literal:
            found += get_args(kind)
        elif isinstance(kind, type) and issubclass(kind, StrEnum):
            found += map(str, kind)
    return tuple(found)


def _row(id_: str, route: str, handler: Operation | None = None, **more: Any) -> Row:
    """A row of the operations below a project."""
    method, path = route.split()
    return Row(id_, method, f"/v1/{{project_id}}{path}", handler, **more)


TABLE: tuple[Row, ...] = (
    # Job
    _row("ShowJobStatus", "GET /jobs/{job_id}", jobs.show_job_status),
    # API Version
    Row("ListApiVersions", "GET", "/", api_versions.list_api_versions),
    Row(
        "ShowSpecifiedApiVersion",
        "GET",
        "/{api_version}",
        api_versions.show_specified_api_version,
    ),
    # Active-Active Domain
    _row("ListActiveActiveDomains", "GET /active-domains", quotas.list_active_active_domains),
    # Protection Group
    _row("CreateProtectionGroup", "POST /server-groups"),
    _row(
        "ListProtectionGroups",
        "GET /server-groups",
        groups.list_protection_groups,
        query=ProtectionGroupQuery,
    ),
    _row(
        "ShowProtectionGroup", "GET /server-groups/{server_group_id}", groups.show_protection_group
    ),
    _row("DeleteProtectionGroup", "DELETE /server-groups/{server_group_id}"),
    _row("UpdateProtectionGroupName", "PUT /server-groups/{server_group_id}"),
    _row(
        "StartProtectionGroup",
        "POST /server-groups/{server_group_id}/action",
        action="start-server-group",
    ),
    _row(
        "StopProtectionGroup",
        "POST /server-groups/{server_group_id}/action",
        action="stop-server-group",
    ),
    _row(
        "StartFailoverProtectionGroup",
        "POST /server-groups/{server_group_id}/action",
        action="failover-server-group",
    ),
    _row(
        "StartReverseProtectionGroup",
        "POST /server-groups/{server_group_id}/action",
        action="reverse-server-group",
    ),
    # Protected Instance
    _row("CreateProtectedInstance", "POST /protected-instances"),
    _row("DeleteProtectedInstance", "DELETE /protected-instances/{protected_instance_id}"),
    _row("ListProtectedInstances", "GET /protected-instances", later=_PAGE | _IN_GROUP),
    _row("ShowProtectedInstance", "GET /protected-instances/{protected_instance_id}"),
    _row("UpdateProtectedInstanceName", "PUT /protected-instances/{protected_instance_id}"),
    _row(
        "AttachProtectedInstanceReplication",
        "POST /protected-instances/{protected_instance_id}/attachreplication",
    ),
    _row(
        "DetachProtectedInstanceReplication",
        "DELETE /protected-instances/{protected_instance_id}/detachreplication/{replication_id}",
    ),
    _row("AddProtectedInstanceNic", "POST /protected-instances/{protected_instance_id}/nic"),
    _row(
        "DeleteProtectedInstanceNic", "POST /protected-instances/{protected_instance_id}/nic/delete"
    ),
    _row("ResizeProtectedInstance", "POST /protected-instances/{protected_instance_id}/resize"),
    _row("BatchCreateProtectedInstances", "POST /protected-instances/batch"),
    _row("BatchDeleteProtectedInstances", "POST /protected-instances/delete"),
    # Replication Pair
    _row("CreateReplication", "POST /replications"),
    _row("DeleteReplication", "DELETE /replications/{replication_id}"),
    _row(
        "ListReplications",
        "GET /replications",
        later=_PAGE | _IN_GROUP | {"protected_instance_id", "volume_id"},
    ),
    _row("ShowReplication", "GET /replications/{replication_id}"),
    _row("ExpandReplication", "POST /replications/{replication_id}/action"),
    _row("UpdateReplicationName", "PUT /replications/{replication_id}"),
    # DR Drill
    _row("CreateDisasterRecoveryDrill", "POST /disaster-recovery-drills"),
    _row(
        "DeleteDisasterRecoveryDrill",
        "DELETE /disaster-recovery-drills/{disaster_recovery_drill_id}",
    ),
    _row(
        "ListDisasterRecoveryDrills",
        "GET /disaster-recovery-drills",
        later=_PAGE | {"server_group_id", "name", "status", "drill_vpc_id"},
    ),
    _row("ShowDisasterRecoveryDrill", "GET /disaster-recovery-drills/{disaster_recovery_drill_id}"),
    _row(
        "UpdateDisasterRecoveryDrillName",
        "PUT /disaster-recovery-drills/{disaster_recovery_drill_id}",
    ),
    # Tag Management
    _row("ListProtectedInstancesByTags", "POST /protected-instances/resource_instances/action"),
    _row(
        "BatchAddTags",
        "POST /protected-instances/{protected_instance_id}/tags/action",
        action="create",
    ),
    _row("AddProtectedInstanceTags", "POST /protected-instances/{protected_instance_id}/tags"),
    _row(
        "DeleteProtectedInstanceTag",
        "DELETE /protected-instances/{protected_instance_id}/tags/{key}",
    ),
    _row("ListProtectedInstanceTags", "GET /protected-instances/{protected_instance_id}/tags"),
    _row("ListProtectedInstancesProjectTags", "GET /protected-instances/tags"),
    _row(
        "BatchDeleteTags",
        "POST /protected-instances/{protected_instance_id}/tags/action",
        action="delete",
    ),
    # Task Center
    _row(
        "ListFailureJobs",
        "GET /task-center/failure-jobs",
        failure_jobs.list_failure_jobs,
        query=FailureJobQuery,
    ),
    _row(
        "DeleteFailureJob",
        "DELETE /task-center/failure-jobs/{failure_job_id}",
        failure_jobs.delete_failure_job,
    ),
    _row(
        "DeleteAllServerGroupFailureJobs",
        "DELETE /task-center/failure-jobs/batch",
        failure_jobs.delete_all_server_group_failure_jobs,
    ),
    _row(
        "DeleteServerGroupFailureJobs",
        "DELETE /task-center/{server_group_id}/failure-jobs/batch",
        failure_jobs.delete_server_group_failure_jobs,
    ),
    # Big Screen
    _row(
        "ListRpoStatistics",
        "GET /resource/rpo-statistics",
        later=_PAGE | {"start_time", "end_time", "resource_type"},
    ),
    # Tenant Quota Management
    _row("ShowQuota", "GET /sdrs/quotas", quotas.show_quota),
)

ROWS: Mapping[str, Row] = {row.id: row for row in TABLE}
"""The rows by operation id."""


def row_of(operation: object) -> Row:
    """The row of an operation that a user names by its id."""
    row = ROWS.get(operation) if isinstance(operation, str) else None
    if row is None:
        hint = did_you_mean(operation, ROWS) or "; an operation id is, for example, ListFailureJobs"
        raise ParameterError("operation", f"{shown(operation)} is not documented{hint}")
    return row
