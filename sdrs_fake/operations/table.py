"""The API table: one row for each documented operation, in the order of the reference.

Routing, known parameters, what faults and the journal may name, and API coverage derive
from it. To add an operation, add a row.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, get_args, get_origin

from sdrs_fake.domain.drills import DrillQuery
from sdrs_fake.domain.failure_jobs import FailureJobQuery
from sdrs_fake.domain.groups import ProtectionGroupQuery
from sdrs_fake.domain.instances import ProtectedInstanceQuery
from sdrs_fake.domain.pairs import ReplicationQuery
from sdrs_fake.domain.refusals import INVALID_ACTION, INVALID_TAG_ACTION, Refusal
from sdrs_fake.domain.rpo_statistics import RpoStatisticQuery
from sdrs_fake.domain.store import ListQuery
from sdrs_fake.errors import ParameterError, did_you_mean, shown
from sdrs_fake.messages import Endpoint, Operation
from sdrs_fake.operations import (
    api_versions,
    batches,
    bodies,
    drills,
    failure_jobs,
    groups,
    hardware,
    instances,
    jobs,
    pairs,
    quotas,
    rpo_statistics,
    tags,
)
from sdrs_fake.operations.reading import Body, body_fields

_PAGE = frozenset({"limit", "offset"})


@dataclass(frozen=True)
class Row(Endpoint):
    """One documented operation.

    `query` is the model of its query parameters, `body` that of its body. `action` is the word in
    the body that tells the operations of one route apart, and `no_action` the refusal of a body
    that has none of them.
    """

    handler: Operation
    query: type[ListQuery] | None = None
    body: type[Body] | None = None
    action: str = ""
    no_action: Refusal = INVALID_ACTION

    @property
    def writes(self) -> bool:
        """Does it change something? A query in a body, ListProtectedInstancesByTags, does not."""
        return self.method != "GET" and not self.id.startswith("List")

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
        return frozenset(self.query.model_fields) if self.query else frozenset()

    @cached_property
    def fields(self) -> frozenset[str]:
        """What faults and the journal may name: parameters, ids in the path, the body's fields."""
        return self.params | self.path_params | self.body_fields

    @cached_property
    def body_fields(self) -> frozenset[str]:
        """The names of the fields of the body, without the wrapper around them."""
        return frozenset(body_fields(self.body)) if self.body else frozenset()

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


def _row(id_: str, route: str, handler: Operation, **more: Any) -> Row:
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
    _row(
        "CreateProtectionGroup",
        "POST /server-groups",
        groups.create_protection_group,
        body=bodies.CreateProtectionGroup,
    ),
    _row(
        "ListProtectionGroups",
        "GET /server-groups",
        groups.list_protection_groups,
        query=ProtectionGroupQuery,
    ),
    _row(
        "ShowProtectionGroup", "GET /server-groups/{server_group_id}", groups.show_protection_group
    ),
    _row(
        "DeleteProtectionGroup",
        "DELETE /server-groups/{server_group_id}",
        groups.delete_protection_group,
    ),
    _row(
        "UpdateProtectionGroupName",
        "PUT /server-groups/{server_group_id}",
        groups.update_protection_group_name,
        body=bodies.UpdateProtectionGroupName,
    ),
    _row(
        "StartProtectionGroup",
        "POST /server-groups/{server_group_id}/action",
        groups.start_protection_group,
        body=bodies.StartProtectionGroup,
        action="start-server-group",
    ),
    _row(
        "StopProtectionGroup",
        "POST /server-groups/{server_group_id}/action",
        groups.stop_protection_group,
        body=bodies.StopProtectionGroup,
        action="stop-server-group",
    ),
    _row(
        "StartFailoverProtectionGroup",
        "POST /server-groups/{server_group_id}/action",
        groups.start_failover_protection_group,
        body=bodies.StartFailoverProtectionGroup,
        action="failover-server-group",
    ),
    _row(
        "StartReverseProtectionGroup",
        "POST /server-groups/{server_group_id}/action",
        groups.start_reverse_protection_group,
        body=bodies.StartReverseProtectionGroup,
        action="reverse-server-group",
    ),
    # Protected Instance
    _row(
        "CreateProtectedInstance",
        "POST /protected-instances",
        instances.create_protected_instance,
        body=bodies.CreateProtectedInstance,
    ),
    _row(
        "DeleteProtectedInstance",
        "DELETE /protected-instances/{protected_instance_id}",
        instances.delete_protected_instance,
        body=bodies.DeleteProtectedInstance,
    ),
    _row(
        "ListProtectedInstances",
        "GET /protected-instances",
        instances.list_protected_instances,
        query=ProtectedInstanceQuery,
    ),
    _row(
        "ShowProtectedInstance",
        "GET /protected-instances/{protected_instance_id}",
        instances.show_protected_instance,
    ),
    _row(
        "UpdateProtectedInstanceName",
        "PUT /protected-instances/{protected_instance_id}",
        instances.update_protected_instance_name,
        body=bodies.UpdateProtectedInstanceName,
    ),
    _row(
        "AttachProtectedInstanceReplication",
        "POST /protected-instances/{protected_instance_id}/attachreplication",
        pairs.attach_protected_instance_replication,
        body=bodies.AttachProtectedInstanceReplication,
    ),
    _row(
        "DetachProtectedInstanceReplication",
        "DELETE /protected-instances/{protected_instance_id}/detachreplication/{replication_id}",
        pairs.detach_protected_instance_replication,
    ),
    _row(
        "AddProtectedInstanceNic",
        "POST /protected-instances/{protected_instance_id}/nic",
        hardware.add_protected_instance_nic,
        body=bodies.AddProtectedInstanceNic,
    ),
    _row(
        "DeleteProtectedInstanceNic",
        "POST /protected-instances/{protected_instance_id}/nic/delete",
        hardware.delete_protected_instance_nic,
        body=bodies.DeleteProtectedInstanceNic,
    ),
    _row(
        "ResizeProtectedInstance",
        "POST /protected-instances/{protected_instance_id}/resize",
        hardware.resize_protected_instance,
        body=bodies.ResizeProtectedInstance,
    ),
    _row(
        "BatchCreateProtectedInstances",
        "POST /protected-instances/batch",
        batches.batch_create_protected_instances,
        body=bodies.BatchCreateProtectedInstances,
    ),
    _row(
        "BatchDeleteProtectedInstances",
        "POST /protected-instances/delete",
        batches.batch_delete_protected_instances,
        body=bodies.BatchDeleteProtectedInstances,
    ),
    # Replication Pair
    _row(
        "CreateReplication",
        "POST /replications",
        pairs.create_replication,
        body=bodies.CreateReplication,
    ),
    _row(
        "DeleteReplication",
        "DELETE /replications/{replication_id}",
        pairs.delete_replication,
        body=bodies.DeleteReplication,
    ),
    _row(
        "ListReplications",
        "GET /replications",
        pairs.list_replications,
        query=ReplicationQuery,
    ),
    _row("ShowReplication", "GET /replications/{replication_id}", pairs.show_replication),
    _row(
        "ExpandReplication",
        "POST /replications/{replication_id}/action",
        pairs.expand_replication,
        body=bodies.ExpandReplication,
        action="extend-replication",
    ),
    _row(
        "UpdateReplicationName",
        "PUT /replications/{replication_id}",
        pairs.update_replication_name,
        body=bodies.UpdateReplicationName,
    ),
    # DR Drill
    _row(
        "CreateDisasterRecoveryDrill",
        "POST /disaster-recovery-drills",
        drills.create_disaster_recovery_drill,
        body=bodies.CreateDisasterRecoveryDrill,
    ),
    _row(
        "DeleteDisasterRecoveryDrill",
        "DELETE /disaster-recovery-drills/{disaster_recovery_drill_id}",
        drills.delete_disaster_recovery_drill,
    ),
    _row(
        "ListDisasterRecoveryDrills",
        "GET /disaster-recovery-drills",
        drills.list_disaster_recovery_drills,
        query=DrillQuery,
    ),
    _row(
        "ShowDisasterRecoveryDrill",
        "GET /disaster-recovery-drills/{disaster_recovery_drill_id}",
        drills.show_disaster_recovery_drill,
    ),
    _row(
        "UpdateDisasterRecoveryDrillName",
        "PUT /disaster-recovery-drills/{disaster_recovery_drill_id}",
        drills.update_disaster_recovery_drill_name,
        body=bodies.UpdateDisasterRecoveryDrillName,
    ),
    # Tag Management
    _row(
        "ListProtectedInstancesByTags",
        "POST /protected-instances/resource_instances/action",
        tags.list_protected_instances_by_tags,
        body=bodies.ListProtectedInstancesByTags,
    ),
    _row(
        "BatchAddTags",
        "POST /protected-instances/{protected_instance_id}/tags/action",
        tags.batch_add_tags,
        body=bodies.BatchAddTags,
        action="create",
        no_action=INVALID_TAG_ACTION,
    ),
    _row(
        "AddProtectedInstanceTags",
        "POST /protected-instances/{protected_instance_id}/tags",
        tags.add_protected_instance_tags,
        body=bodies.AddProtectedInstanceTags,
    ),
    _row(
        "DeleteProtectedInstanceTag",
        "DELETE /protected-instances/{protected_instance_id}/tags/{key}",
        tags.delete_protected_instance_tag,
    ),
    _row(
        "ListProtectedInstanceTags",
        "GET /protected-instances/{protected_instance_id}/tags",
        tags.list_protected_instance_tags,
    ),
    _row(
        "ListProtectedInstancesProjectTags",
        "GET /protected-instances/tags",
        tags.list_protected_instances_project_tags,
    ),
    _row(
        "BatchDeleteTags",
        "POST /protected-instances/{protected_instance_id}/tags/action",
        tags.batch_delete_tags,
        body=bodies.BatchDeleteTags,
        action="delete",
        no_action=INVALID_TAG_ACTION,
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
        rpo_statistics.list_rpo_statistics,
        query=RpoStatisticQuery,
    ),
    # Tenant Quota Management
    _row("ShowQuota", "GET /sdrs/quotas", quotas.show_quota),
)

ROWS: Mapping[str, Row] = {row.id: row for row in TABLE}
"""The rows by operation id."""


def row_of(operation: object, suggested: Mapping[str, Row] = ROWS) -> Row:
    """The row of an operation that a user names by its id; `suggested` are those that would do."""
    row = ROWS.get(operation) if isinstance(operation, str) else None
    if row is None:
        example = "ListFailureJobs" if "ListFailureJobs" in suggested else next(iter(suggested))
        near = did_you_mean(operation, suggested)
        hint = near or f"; an operation id is, for example, {example}"
        raise ParameterError("operation", f"{shown(operation)} is not documented{hint}")
    return row
