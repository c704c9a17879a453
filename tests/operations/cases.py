"""A group with an instance, a pair and a drill, and a good request of every operation on them."""

GROUP, INSTANCE, PAIR, DRILL, NIC = "g", "i", "p", "d", "n"

_GROUP_BODY = {
    "name": "new",
    "source_availability_zone": "cn-north-1a",
    "target_availability_zone": "cn-north-1b",
    "domain_id": "d",
    "source_vpc_id": "v",
}
_GROUP, _INSTANCE = f"server-groups/{GROUP}", f"protected-instances/{INSTANCE}"
_PAIR, _DRILL = f"replications/{PAIR}", f"disaster-recovery-drills/{DRILL}"
_TAG = {"key": "k", "value": "v"}

REQUESTS = {
    "CreateProtectionGroup": ("POST", "server-groups", {"server_group": _GROUP_BODY}),
    "DeleteProtectionGroup": ("DELETE", _GROUP, None),
    "ShowProtectionGroup": ("GET", _GROUP, None),
    "UpdateProtectionGroupName": ("PUT", _GROUP, {"server_group": {"name": "new"}}),
    "StartProtectionGroup": ("POST", f"{_GROUP}/action", {"start-server-group": {}}),
    "StopProtectionGroup": ("POST", f"{_GROUP}/action", {"stop-server-group": {}}),
    "StartFailoverProtectionGroup": ("POST", f"{_GROUP}/action", {"failover-server-group": {}}),
    "StartReverseProtectionGroup": (
        "POST",
        f"{_GROUP}/action",
        {"reverse-server-group": {"priority_station": "target"}},
    ),
    "CreateProtectedInstance": (
        "POST",
        "protected-instances",
        {"protected_instance": {"server_group_id": GROUP, "server_id": "s", "name": "new"}},
    ),
    "DeleteProtectedInstance": ("DELETE", _INSTANCE, None),
    "ShowProtectedInstance": ("GET", _INSTANCE, None),
    "UpdateProtectedInstanceName": ("PUT", _INSTANCE, {"protected_instance": {"name": "new"}}),
    "AttachProtectedInstanceReplication": (
        "POST",
        f"{_INSTANCE}/attachreplication",
        {"replicationAttachment": {"replication_id": PAIR, "device": "/dev/vdb"}},
    ),
    "DetachProtectedInstanceReplication": (
        "DELETE",
        f"{_INSTANCE}/detachreplication/{PAIR}",
        None,
    ),
    "CreateReplication": (
        "POST",
        "replications",
        {"replication": {"server_group_id": GROUP, "volume_id": "disk", "name": "new"}},
    ),
    "DeleteReplication": ("DELETE", _PAIR, {"replication": {"server_group_id": GROUP}}),
    "ShowReplication": ("GET", _PAIR, None),
    "UpdateReplicationName": ("PUT", _PAIR, {"replication": {"name": "new"}}),
    "ExpandReplication": ("POST", f"{_PAIR}/action", {"extend-replication": {"new_size": 100}}),
    "AddProtectedInstanceNic": ("POST", f"{_INSTANCE}/nic", {"subnet_id": "subnet"}),
    "DeleteProtectedInstanceNic": ("POST", f"{_INSTANCE}/nic/delete", {"nic_id": NIC}),
    "ResizeProtectedInstance": ("POST", f"{_INSTANCE}/resize", {"resize": {"flavorRef": "f"}}),
    "BatchCreateProtectedInstances": (
        "POST",
        "protected-instances/batch",
        {
            "protected_instances": {
                "server_group_id": GROUP,
                "servers": [{"server_id": "s"}, {"server_id": "t"}],
                "name_prefix": "new",
            }
        },
    ),
    "BatchDeleteProtectedInstances": (
        "POST",
        "protected-instances/delete",
        {"protected_instances": [{"id": INSTANCE}]},
    ),
    "CreateDisasterRecoveryDrill": (
        "POST",
        "disaster-recovery-drills",
        {"disaster_recovery_drill": {"server_group_id": GROUP, "name": "new"}},
    ),
    "DeleteDisasterRecoveryDrill": ("DELETE", _DRILL, None),
    "ShowDisasterRecoveryDrill": ("GET", _DRILL, None),
    "UpdateDisasterRecoveryDrillName": (
        "PUT",
        _DRILL,
        {"disaster_recovery_drill": {"name": "new"}},
    ),
    "AddProtectedInstanceTags": ("POST", f"{_INSTANCE}/tags", {"tag": _TAG}),
    "BatchAddTags": ("POST", f"{_INSTANCE}/tags/action", {"action": "create", "tags": [_TAG]}),
    "BatchDeleteTags": ("POST", f"{_INSTANCE}/tags/action", {"action": "delete", "tags": [_TAG]}),
    "DeleteProtectedInstanceTag": ("DELETE", f"{_INSTANCE}/tags/old", None),
    "ListProtectedInstanceTags": ("GET", f"{_INSTANCE}/tags", None),
    "ListProtectedInstancesProjectTags": ("GET", "protected-instances/tags", None),
    "ListProtectedInstancesByTags": (
        "POST",
        "protected-instances/resource_instances/action",
        {"action": "filter", "tags": [{"key": "old", "values": []}]},
    ),
}
"""Method, path below the project, and body of each operation."""

_STARTS_PROTECTED = {
    "StopProtectionGroup",
    "StartFailoverProtectionGroup",
    "StartReverseProtectionGroup",
}

_DEVICES = {
    "DetachProtectedInstanceReplication": "/dev/vdb",
    "ResizeProtectedInstance": "/dev/vda",
}
"""Operations that need a pair that is attached, and its device."""


def usual_status(operation):
    """A status of the group from which an operation is allowed."""
    return "protected" if operation in _STARTS_PROTECTED else "available"


def add_what_it_needs(sdrs, operation, **statuses):
    """Add a group in a status and what an operation needs in it, by default in a usual status.

    The pair of an action on the group has the status of the group.
    """
    group = statuses.get("group", usual_status(operation))
    sdrs.add_protection_group(id=GROUP, status=group)
    if operation == "DeleteProtectionGroup":
        return
    on_group = operation.endswith("ProtectionGroup")
    sdrs.add_protected_instance(
        id=INSTANCE,
        status=statuses.get("instance", "available"),
        tags=[{"key": "old", "value": "v"}],
        nics=[{"id": NIC, "subnet_id": "subnet"}],
    )
    device = _DEVICES.get(operation)
    sdrs.add_replication_pair(
        id=PAIR,
        status=statuses.get("pair", group if on_group else "available"),
        attachment=[{"device": device, "protected_instance": INSTANCE}] if device else [],
    )
    if "Drill" in operation:
        sdrs.add_drill(id=DRILL, status=statuses.get("drill", "available"))


def add_what_the_transition_needs(sdrs, row):
    """As `add_what_it_needs`; the status of the group decides between enabling and reprotecting."""
    group = "failed-over" if row.variant == "reprotect" else usual_status(row.operation)
    add_what_it_needs(sdrs, row.operation, group=group)


def send(sdrs, operation, json=...):
    """The response to the good request of an operation, or to one with another body."""
    method, path, body = REQUESTS[operation]
    url = f"/v1/{sdrs.project_id}/{path}"
    return sdrs.request(method, url, json=body if json is ... else json)


def begin(sdrs, operation, json=...):
    """The id of the job that an operation begins."""
    response = send(sdrs, operation, json)
    assert response.status in (200, 202), response
    return response.json["job_id"]


def code_of(response):
    """The code of a refusal; 200 for what is not refused."""
    return response.json["error"]["code"] if response.status >= 400 else 200
