"""How operations fail: the service's own messages, and those of the services beneath it.

The reason of a failed job has one of three forms that are on record:

- the message of its code in the error-code table;
- `<TaskName>-fail:<reason>` with the code of another service, such as EVS.2024;
- `<TaskName>-fail:SDRS.0011:Client error : {...}` with the answer of the replication.

Two names of tasks are on record: SdrsGenerateNativeServerParamsTask, and
SdrsExtendReplicationPairNewTask of expandReplicationPairNew. The others are made after the second.
The codes are those services' own, and mean what they say here.
"""

from collections.abc import Iterator
from itertools import chain

from sdrs_fake.domain.error_codes import refusal_of
from sdrs_fake.domain.failure_jobs import FailureStatus
from sdrs_fake.domain.job_types import JOB_TYPES, JobType
from sdrs_fake.domain.transitions import Transition

_VOLUME = ("EVS.2024", "volume is error!")
_DELETING = ("EVS.2020", "volume is error_deleting!")
_DETACHING = ("EVS.2021", "volume is error_detaching!")
_EXTENDING = ("EVS.2026", "volume is error_extending!")
_UNFIT = ("EVS.1064", "volume status must be available or in-use when extending!")
_BROKEN = ("EVS.2002", "internal error!")
_UNREACHED = ("EVS.2023", "ConnectException happened!")
_SERVER = ("Ecs.0219", "Failed to quickly create server because the ECS status is error.")
_ATTACHING = (
    "Ecs.0205",
    "Failed to call the Nova API to attach disk to ECS because the disk is not available.",
)
_RESIZING = ("Ecs.0207", "Failed to resize ECS: No valid host was found.")
_CONFIRMING = ("Ecs.0209", "Failed to confirm the flavor change of ECS.")
_ACTING = ("Ecs.0226", "ECS action failed.")
_GONE = ("Ecs.0301", "The information, status, or metadata of ECS is null.")
_PORT = ("Ecs.0201", "Failed to create port in network because no more IP addresses are available.")
_NETWORK = ("VPC.0004", "VPC is not active, please try later.")

_Cause = tuple[str, str]

_BENEATH: dict[str, list[_Cause]] = {
    "createProtectionGroupNoCG": [_NETWORK, _UNREACHED],
    "deleteProtectionGroupNoCG": [_BROKEN, _UNREACHED],
    "startProtectionGroupNoCG": [_VOLUME, _UNREACHED],
    "stopProtectionGroupNoCG": [_BROKEN, _UNREACHED],
    "reverseProtectionGroupNoCG": [_ACTING, _DETACHING, _NETWORK],
    "failoverProtectionGroupNoCG": [_ACTING, _VOLUME, _NETWORK],
    "reprotectProtectionGroupNoCG": [_VOLUME, _BROKEN],
    "createProtectedInstanceNoCG": [_VOLUME, _SERVER, _PORT, _NETWORK],
    "deleteProtectedInstanceNoCG": [_GONE, _DELETING],
    "resizeProtectedInstanceNew": [_RESIZING, _CONFIRMING],
    "createReplicationPairNoCG": [_VOLUME, _BROKEN],
    "deleteReplicationPairNoCG": [_DELETING, _UNREACHED],
    "attachReplicationPairNew": [_ATTACHING, _VOLUME],
    "detachReplicationPairNew": [_DETACHING, _UNREACHED],
    "expandReplicationPairNew": [_EXTENDING, _UNFIT],
    "createDisasterRecoveryDrill": [_VOLUME, _SERVER, _PORT],
    "deleteDisasterRecoveryDrill": [_GONE, _DELETING],
}

# What the replication was doing, in the words of the one answer that is on record.
_REPLICATING = {
    "startProtectionGroupNoCG": "Starting",
    "stopProtectionGroupNoCG": "Stopping",
    "reverseProtectionGroupNoCG": "Reversing",
    "failoverProtectionGroupNoCG": "Failing over",
    "reprotectProtectionGroupNoCG": "Reprotecting",
    "createReplicationPairNoCG": "Creating",
    "deleteReplicationPairNoCG": "Deleting",
    "expandReplicationPairNew": "Extending",
}
_ANSWER = '{{"badRequest": {{"message": "{} Replication error: {}", "code": 400}}}}'
_CLIENT_ERROR = "SDRS.0011"

_GENERATE = ("createProtectedInstanceNoCG", _VOLUME[0])
"""The failure of the other task whose name is on record."""


def _task(job_type: str) -> str:
    """The name of the task of a job type, such as SdrsExtendReplicationPairNewTask."""
    name = job_type.replace("expand", "extend", 1)
    return f"Sdrs{name[0].upper()}{name[1:]}Task"


def _reason(job_type: str, code: str, cause: str) -> str:
    is_generating = (job_type, code) == _GENERATE
    task = "SdrsGenerateNativeServerParamsTask" if is_generating else _task(job_type)
    return f"{task}-fail:{cause}"


Pair = tuple[str, str]

_PAIRS: list[Pair] = list(
    dict.fromkeys((row.resource_type, row.failure_status) for row in JOB_TYPES)
)
_TWICE: list[Pair] = [
    ("protected_instances", "createFail"),
    ("replications", "createFail"),
    ("replications", "attachFail"),
    ("replications", "expandFail"),
]


def _ways(pair: Pair) -> tuple[JobType, ...]:
    """The ways of one pair to fail, half of them with the service's own messages."""
    rows = [
        row._replace(failure_status=FailureStatus(row.failure_status))
        for row in JOB_TYPES
        if row[1:3] == pair
    ]
    foreign = [
        rows[0]._replace(error_code=code, fail_reason=reason)
        for code, reason in _foreign(rows[0].job_type)
    ]
    own = [rows[place % len(rows)] for place in range(len(foreign))]
    return (*own, *foreign)


def _foreign(job_type: str) -> Iterator[tuple[str, str]]:
    """Codes and reasons that come from beneath the service."""
    causes = _BENEATH[job_type]
    for code, cause in causes:
        yield code, _reason(job_type, code, cause)
    if job_type in _REPLICATING:
        of_disks = next(cause for code, cause in causes if code.startswith("EVS."))
        answer = _ANSWER.format(_REPLICATING[job_type], of_disks)
        message = refusal_of(None, _CLIENT_ERROR).message
        cause = f"{_CLIENT_ERROR}:{message} : {answer}"
        yield _CLIENT_ERROR, _reason(job_type, _CLIENT_ERROR, cause)


def reason_of(job_type: str, code: str) -> str | None:
    """The reason that goes with a code of another service, as a job of that type gives it."""
    for each, cause in chain(_BENEATH.get(job_type, ()), *_BENEATH.values()):
        if each == code:
            return _reason(job_type, code, cause)
    return None


DECK: tuple[tuple[JobType, ...], ...] = tuple(_ways(pair) for pair in [*_PAIRS, *_TWICE])
"""A card for each pair of resource type and failure status, with its ways to fail; frequent pairs
have two. These are 21, and the 7 of groups are a third of them.
"""

WAYS: dict[Pair, tuple[JobType, ...]] = {
    (card[0].resource_type, card[0].failure_status): card for card in DECK
}
"""The card of each pair."""


def pair_of(row: Transition) -> Pair:
    """The pair of resource type and failure status that a failure of a transition has."""
    return str(row.resource_type), str(row.failure_status)
