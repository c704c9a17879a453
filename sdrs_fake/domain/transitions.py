"""The documented transitions: what each asynchronous operation does to the status of a resource.

Source: the status tables and the constraints of the API reference. A test compares the rows with
`fixtures/states.json` and `fixtures/job_types.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sdrs_fake.domain import refusals
from sdrs_fake.domain.failure_jobs import FailureStatus, ResourceType
from sdrs_fake.domain.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One way that an operation changes the status of a resource.

    `allowed` are the statuses that it may have before; None for one that is made. `success` is the
    status afterwards, or AS_THE_GROUP, PREVIOUS or REMOVED. `error` is the status after a failure,
    None for the one before. `group_allowed` and `instance_allowed` are the statuses that its group
    and the instance that it is attached to may have; None for no rule. Where `members` is true,
    the instances and pairs of the group follow.
    """

    operation: str
    job_type: str
    resource_type: ResourceType
    running: str
    success: str
    error: str | None
    failure_status: FailureStatus | None
    allowed: frozenset[str] | None
    refused: Refusal
    group_allowed: frozenset[str] | None
    group_refused: Refusal
    instance_allowed: frozenset[str] | None
    members: bool

    @property
    def variant(self) -> str:
        """`enable` or `reprotect`, which are one operation."""
        return _VARIANTS.get(self.running, "")


AS_THE_GROUP, PREVIOUS, REMOVED = "as the group", "previous", "removed"
_VARIANTS = {"starting": "enable", "reprotecting": "reprotect"}

_STATUS_REFUSED = {
    ResourceType.SERVER_GROUPS: refusals.GROUP_STATUS,
    ResourceType.PROTECTED_INSTANCES: refusals.INSTANCE_STATUS,
    ResourceType.REPLICATIONS: refusals.PAIR_STATUS,
    ResourceType.DISASTER_RECOVERY_DRILLS: refusals.DRILL_STATUS,
}


def _row(  # noqa: PLR0913, PLR0917 the columns
    operation: str,
    job_type: str,
    resource_type: ResourceType,
    running: str,
    success: str,
    failure_status: FailureStatus | None,
    *,
    allowed: str | None = None,
    refused: Refusal | None = None,
    group: str | None = None,
    group_refused: Refusal = refusals.GROUP_NOT_AVAILABLE,
    instance: str | None = None,
    members: bool = False,
) -> Transition:
    error = "error" if running == "creating" else f"error-{running}"
    return Transition(
        operation=operation,
        job_type=job_type,
        resource_type=resource_type,
        running=running,
        success=success,
        error=error if failure_status else None,
        failure_status=failure_status,
        allowed=_statuses(allowed),
        refused=refused or _STATUS_REFUSED[resource_type],
        group_allowed=_statuses(group),
        group_refused=group_refused,
        instance_allowed=_statuses(instance),
        members=members,
    )


def _statuses(words: str | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words.split())


_READY = "available protected"
_FAILED = "error-starting error-stopping error-reversing error-failing-over"
_SETTLED = f"{_READY} failed-over {_FAILED} error-deleting error-reprotecting"
_DELETABLE = f"{_SETTLED} error invalid fault"

_GROUPS, _INSTANCES = ResourceType.SERVER_GROUPS, ResourceType.PROTECTED_INSTANCES
_PAIRS, _DRILLS = ResourceType.REPLICATIONS, ResourceType.DISASTER_RECOVERY_DRILLS
_FAIL = FailureStatus

TRANSITIONS = (
    _row(
        "CreateProtectionGroup",
        "createProtectionGroupNoCG",
        _GROUPS,
        "creating",
        "available",
        _FAIL.CREATE_FAIL,
    ),
    _row(
        "DeleteProtectionGroup",
        "deleteProtectionGroupNoCG",
        _GROUPS,
        "deleting",
        REMOVED,
        _FAIL.DELETE_FAIL,
        allowed=f"{_SETTLED} error",  # assumed: each that is not of a running operation
    ),
    _row(
        "StartProtectionGroup",
        "startProtectionGroupNoCG",
        _GROUPS,
        "starting",
        "protected",
        _FAIL.START_FAIL,
        allowed="available error-starting",
        members=True,
    ),
    _row(
        "StartProtectionGroup",
        "reprotectProtectionGroupNoCG",
        _GROUPS,
        "reprotecting",
        "protected",
        _FAIL.REPROTECT_FAIL,
        allowed="failed-over error-reprotecting",
        members=True,
    ),
    _row(
        "StopProtectionGroup",
        "stopProtectionGroupNoCG",
        _GROUPS,
        "stopping",
        "available",
        _FAIL.STOP_FAIL,
        allowed="protected error-stopping",
        members=True,
    ),
    _row(
        "StartReverseProtectionGroup",
        "reverseProtectionGroupNoCG",
        _GROUPS,
        "reversing",
        "protected",
        _FAIL.REVERSE_FAIL,
        allowed="protected error-reversing",
        members=True,
    ),
    _row(
        "StartFailoverProtectionGroup",
        "failoverProtectionGroupNoCG",
        _GROUPS,
        "failing-over",
        "failed-over",
        _FAIL.FAILOVER_FAIL,
        allowed="protected error-failing-over error-reversing",
        members=True,
    ),
    _row(
        "CreateProtectedInstance",
        "createProtectedInstanceNoCG",
        _INSTANCES,
        "creating",
        AS_THE_GROUP,
        _FAIL.CREATE_FAIL,
        group=_READY,
    ),
    _row(
        "BatchCreateProtectedInstances",
        "batchCreateProtectedInstances",
        _INSTANCES,
        "creating",
        AS_THE_GROUP,
        _FAIL.CREATE_FAIL,
        group=_READY,
    ),
    _row(
        "DeleteProtectedInstance",
        "deleteProtectedInstanceNoCG",
        _INSTANCES,
        "deleting",
        REMOVED,
        _FAIL.DELETE_FAIL,
        allowed=f"{_DELETABLE} error-resizing",
    ),
    _row(
        "BatchDeleteProtectedInstances",
        "batchDeleteProtectedInstances",
        _INSTANCES,
        "deleting",
        REMOVED,
        _FAIL.DELETE_FAIL,
        allowed=f"{_DELETABLE} error-resizing",
    ),
    _row(
        "AddProtectedInstanceNic",
        "addNicNew",
        _INSTANCES,
        "nic-creating",
        PREVIOUS,
        None,
        allowed=_READY,
        refused=refusals.NIC_STATUS,
        group=_READY,
    ),
    _row(
        "DeleteProtectedInstanceNic",
        "deleteNicNew",
        _INSTANCES,
        "nic-deleting",
        PREVIOUS,
        None,
        allowed=_READY,
        refused=refusals.NIC_STATUS,
        group=_READY,
    ),
    _row(
        "ResizeProtectedInstance",
        "resizeProtectedInstanceNew",
        _INSTANCES,
        "resizing",
        PREVIOUS,
        _FAIL.RESIZE_FAIL,
        allowed=f"{_READY} error-resizing",
        refused=refusals.INSTANCE_ABNORMAL,
        group=_READY,
    ),
    _row(
        "CreateReplication",
        "createReplicationPairNoCG",
        _PAIRS,
        "creating",
        AS_THE_GROUP,
        _FAIL.CREATE_FAIL,
        group=_READY,
    ),
    _row(
        "DeleteReplication",
        "deleteReplicationPairNoCG",
        _PAIRS,
        "deleting",
        REMOVED,
        _FAIL.DELETE_FAIL,
        allowed=f"{_DELETABLE} error-attaching error-extending",
        group=_SETTLED,
        group_refused=refusals.GROUP_STATUS,
    ),
    _row(
        "AttachProtectedInstanceReplication",
        "attachReplicationPairNew",
        _PAIRS,
        "attaching",
        PREVIOUS,
        _FAIL.ATTACH_FAIL,
        allowed=_READY,
        group=_READY,
        instance=_READY,
    ),
    _row(
        "DetachProtectedInstanceReplication",
        "detachReplicationPairNew",
        _PAIRS,
        "detaching",
        PREVIOUS,
        _FAIL.DETACH_FAIL,
        allowed=f"{_SETTLED} error-attaching error-detaching error-extending invalid fault",
        group=f"{_READY} failed-over {_FAILED}",
        group_refused=refusals.GROUP_STATUS,
        instance=f"{_SETTLED} error-resizing invalid fault",
    ),
    _row(
        "ExpandReplication",
        "expandReplicationPairNew",
        _PAIRS,
        "extending",
        PREVIOUS,
        _FAIL.EXPAND_FAIL,
        allowed=f"{_READY} error-extending",
    ),
    _row(
        "CreateDisasterRecoveryDrill",
        "createDisasterRecoveryDrill",
        _DRILLS,
        "creating",
        "available",
        _FAIL.CREATE_FAIL,
        group=f"{_READY} failed-over {_FAILED} error-reprotecting",
        group_refused=refusals.GROUP_STATUS,
    ),
    _row(
        "DeleteDisasterRecoveryDrill",
        "deleteDisasterRecoveryDrill",
        _DRILLS,
        "deleting",
        REMOVED,
        _FAIL.DELETE_FAIL,
        allowed="available error error-deleting",
    ),
)

BY_JOB_TYPE: Mapping[str, Transition] = {row.job_type: row for row in TRANSITIONS}

RUNNING = frozenset(row.running for row in TRANSITIONS)
"""The statuses of a resource whose operation has not ended."""

_STABLE = frozenset({"available", "protected", "failed-over"})
_STABLE_BEFORE = {
    **dict.fromkeys(("stopping", "reversing", "failing-over"), "protected"),
    **dict.fromkeys(("error-stopping", "error-reversing", "error-failing-over"), "protected"),
    **dict.fromkeys(("reprotecting", "error-reprotecting"), "failed-over"),
}


def transitions_of(operation: str) -> tuple[Transition, ...]:
    """The rows of an operation: two where the status decides between them."""
    return tuple(row for row in TRANSITIONS if row.operation == operation)


def is_stable(status: str) -> bool:
    return status in _STABLE


def last_stable(status: str) -> str:
    """The last stable status of a group, which follows from the one that it has."""
    return status if status in _STABLE else _STABLE_BEFORE.get(status, "available")
