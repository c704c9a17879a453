"""The documented operations that are not served: each says 501, and which it is."""

import json
import re
from collections.abc import Mapping

from sdrs_fake.domain.errors import ApiError, not_implemented
from sdrs_fake.domain.project import Project
from sdrs_fake.exchange import Call, Operation, Reply

ROWS: dict[str, str | Mapping[str, str]] = {
    # Protection Group
    "POST /v1/{project_id}/server-groups": "CreateProtectionGroup",
    "DELETE /v1/{project_id}/server-groups/{server_group_id}": "DeleteProtectionGroup",
    "PUT /v1/{project_id}/server-groups/{server_group_id}": "UpdateProtectionGroupName",
    "POST /v1/{project_id}/server-groups/{server_group_id}/action": {
        "start-server-group": "StartProtectionGroup",
        "stop-server-group": "StopProtectionGroup",
        "failover-server-group": "StartFailoverProtectionGroup",
        "reverse-server-group": "StartReverseProtectionGroup",
    },
    # Protected Instance
    "POST /v1/{project_id}/protected-instances": "CreateProtectedInstance",
    "DELETE /v1/{project_id}/protected-instances/{protected_instance_id}": (
        "DeleteProtectedInstance"
    ),
    "GET /v1/{project_id}/protected-instances": "ListProtectedInstances",
    "GET /v1/{project_id}/protected-instances/{protected_instance_id}": "ShowProtectedInstance",
    "PUT /v1/{project_id}/protected-instances/{protected_instance_id}": (
        "UpdateProtectedInstanceName"
    ),
    "POST /v1/{project_id}/protected-instances/{protected_instance_id}/attachreplication": (
        "AttachProtectedInstanceReplication"
    ),
    "DELETE /v1/{project_id}/protected-instances/{protected_instance_id}/detachreplication/{replication_id}": (
        "DetachProtectedInstanceReplication"
    ),
    "POST /v1/{project_id}/protected-instances/{protected_instance_id}/nic": (
        "AddProtectedInstanceNic"
    ),
    "POST /v1/{project_id}/protected-instances/{protected_instance_id}/nic/delete": (
        "DeleteProtectedInstanceNic"
    ),
    "POST /v1/{project_id}/protected-instances/{protected_instance_id}/resize": (
        "ResizeProtectedInstance"
    ),
    "POST /v1/{project_id}/protected-instances/batch": "BatchCreateProtectedInstances",
    "POST /v1/{project_id}/protected-instances/delete": "BatchDeleteProtectedInstances",
    # Replication Pair
    "POST /v1/{project_id}/replications": "CreateReplication",
    "DELETE /v1/{project_id}/replications/{replication_id}": "DeleteReplication",
    "GET /v1/{project_id}/replications": "ListReplications",
    "GET /v1/{project_id}/replications/{replication_id}": "ShowReplication",
    "POST /v1/{project_id}/replications/{replication_id}/action": "ExpandReplication",
    "PUT /v1/{project_id}/replications/{replication_id}": "UpdateReplicationName",
    # DR Drill
    "POST /v1/{project_id}/disaster-recovery-drills": "CreateDisasterRecoveryDrill",
    "DELETE /v1/{project_id}/disaster-recovery-drills/{disaster_recovery_drill_id}": (
        "DeleteDisasterRecoveryDrill"
    ),
    "GET /v1/{project_id}/disaster-recovery-drills": "ListDisasterRecoveryDrills",
    "GET /v1/{project_id}/disaster-recovery-drills/{disaster_recovery_drill_id}": (
        "ShowDisasterRecoveryDrill"
    ),
    "PUT /v1/{project_id}/disaster-recovery-drills/{disaster_recovery_drill_id}": (
        "UpdateDisasterRecoveryDrillName"
    ),
    # Tag Management
    "POST /v1/{project_id}/protected-instances/resource_instances/action": (
        "ListProtectedInstancesByTags"
    ),
    "POST /v1/{project_id}/protected-instances/{protected_instance_id}/tags/action": {
        "create": "BatchAddTags",
        "delete": "BatchDeleteTags",
    },
    "POST /v1/{project_id}/protected-instances/{protected_instance_id}/tags": (
        "AddProtectedInstanceTags"
    ),
    "DELETE /v1/{project_id}/protected-instances/{protected_instance_id}/tags/{key}": (
        "DeleteProtectedInstanceTag"
    ),
    "GET /v1/{project_id}/protected-instances/{protected_instance_id}/tags": (
        "ListProtectedInstanceTags"
    ),
    "GET /v1/{project_id}/protected-instances/tags": "ListProtectedInstancesProjectTags",
    # Big Screen
    "GET /v1/{project_id}/resource/rpo-statistics": "ListRpoStatistics",
}
"""By route; where a route has several operations, by the word in the body that names them: its key,
or its `action`.
"""


def _unserved(names: Mapping[str, str]) -> Operation:
    def refuse(_project: Project, call: Call) -> Reply:
        raise ApiError(not_implemented(call.operation or " or ".join(names.values())))

    refuse.__name__ = re.sub(r"(?<!^)(?=[A-Z])", "_", _meant(names, b"")).lower()
    return refuse


def _meant(names: Mapping[str, str], body: bytes) -> str:
    """The operation that a body names, of those of its route; empty where it names none of
    several.
    """
    if len(names) == 1:
        return next(iter(names.values()))
    words = _words(body)
    return next((name for word, name in names.items() if word in words), "")


def _words(body: bytes) -> list[object]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return [*content, content.get("action")] if isinstance(content, dict) else []


def meant(operation: Operation, body: bytes) -> str:
    """The operation that a call of a route with several means by its body; empty where it means
    none.
    """
    return _meant(_SEVERAL.get(operation, {"": ""}), body)


_NAMES: dict[str, Mapping[str, str]] = {
    row: {"": names} if isinstance(names, str) else names for row, names in ROWS.items()
}
UNSERVED: dict[str, Operation] = {row: _unserved(names) for row, names in _NAMES.items()}
_SEVERAL = {UNSERVED[row]: names for row, names in _NAMES.items() if len(names) > 1}
NAMES: dict[str, tuple[str, ...]] = {row: tuple(names.values()) for row, names in _NAMES.items()}
"""The operations of each route."""
