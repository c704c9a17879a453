"""How operations fail: the service's own messages, and those of the services beneath it.

A failed job has either the code and message of the error-code table, or `<TaskName>-fail:<reason>`
with the code of another service. Of the second form one pair is on record, EVS.2024 of
SdrsGenerateNativeServerParamsTask. The others are worded after it: the codes are those services'
own and mean what they say here, the task names are made up.
"""

from itertools import chain

from sdrs_fake.domain.failure_jobs import FailureStatus
from sdrs_fake.domain.job_types import JOB_TYPES, JobType

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

_BENEATH = {
    "createProtectionGroupNoCG": [
        ("SdrsCheckVpcTask", _NETWORK),
        ("SdrsCheckDomainTask", _UNREACHED),
    ],
    "deleteProtectionGroupNoCG": [
        ("SdrsDeleteReplicationTask", _BROKEN),
        ("SdrsReleaseDomainTask", _UNREACHED),
    ],
    "startProtectionGroupNoCG": [
        ("SdrsStartReplicationTask", _VOLUME),
        ("SdrsStartReplicationTask", _UNREACHED),
    ],
    "stopProtectionGroupNoCG": [
        ("SdrsStopReplicationTask", _BROKEN),
        ("SdrsStopReplicationTask", _UNREACHED),
    ],
    "reverseProtectionGroupNoCG": [
        ("SdrsStopServerTask", _ACTING),
        ("SdrsDetachVolumeTask", _DETACHING),
        ("SdrsSwitchPortTask", _NETWORK),
    ],
    "failoverProtectionGroupNoCG": [
        ("SdrsStartServerTask", _ACTING),
        ("SdrsSwitchVolumeTask", _VOLUME),
        ("SdrsSwitchPortTask", _NETWORK),
    ],
    "reprotectProtectionGroupNoCG": [
        ("SdrsReverseReplicationTask", _VOLUME),
        ("SdrsReverseReplicationTask", _BROKEN),
    ],
    "createProtectedInstanceNoCG": [
        ("SdrsGenerateNativeServerParamsTask", _VOLUME),
        ("SdrsCreateNativeServerTask", _SERVER),
        ("SdrsCreatePortTask", _PORT),
        ("SdrsCreatePortTask", _NETWORK),
    ],
    "deleteProtectedInstanceNoCG": [
        ("SdrsDeleteNativeServerTask", _GONE),
        ("SdrsDeleteVolumeTask", _DELETING),
    ],
    "resizeProtectedInstanceNew": [
        ("SdrsResizeServerTask", _RESIZING),
        ("SdrsConfirmResizeTask", _CONFIRMING),
    ],
    "createReplicationPairNoCG": [
        ("SdrsCreateVolumeTask", _VOLUME),
        ("SdrsCreateReplicationTask", _BROKEN),
    ],
    "deleteReplicationPairNoCG": [
        ("SdrsDeleteVolumeTask", _DELETING),
        ("SdrsDeleteReplicationTask", _UNREACHED),
    ],
    "attachReplicationPairNew": [
        ("SdrsAttachVolumeTask", _ATTACHING),
        ("SdrsAttachVolumeTask", _VOLUME),
    ],
    "detachReplicationPairNew": [
        ("SdrsDetachVolumeTask", _DETACHING),
        ("SdrsDetachVolumeTask", _UNREACHED),
    ],
    "expandReplicationPairNew": [
        ("SdrsExtendVolumeTask", _EXTENDING),
        ("SdrsExtendVolumeTask", _UNFIT),
    ],
    "createDisasterRecoveryDrill": [
        ("SdrsCloneVolumeTask", _VOLUME),
        ("SdrsCreateDrillServerTask", _SERVER),
        ("SdrsCreatePortTask", _PORT),
    ],
    "deleteDisasterRecoveryDrill": [
        ("SdrsDeleteDrillServerTask", _GONE),
        ("SdrsDeleteVolumeTask", _DELETING),
    ],
}

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
    beneath = _BENEATH[rows[0].job_type]
    own = [rows[place % len(rows)] for place in range(len(beneath))]
    foreign = [
        rows[0]._replace(error_code=code, fail_reason=f"{task}-fail:{reason}")
        for task, (code, reason) in beneath
    ]
    return (*own, *foreign)


def reason_of(job_type: str, code: str) -> str | None:
    """The reason that goes with a code of another service; of the job type where it has one."""
    beneath = [*_BENEATH.get(job_type, ()), *chain.from_iterable(_BENEATH.values())]
    texts = (f"{task}-fail:{reason}" for task, (each, reason) in beneath if each == code)
    return next(texts, None)


DECK: tuple[tuple[JobType, ...], ...] = tuple(_ways(pair) for pair in [*_PAIRS, *_TWICE])
"""A card for each pair of resource type and failure status, with its ways to fail; frequent pairs
have two. These are 21, and the 7 of groups are a third of them.
"""

WAYS: dict[Pair, tuple[JobType, ...]] = {
    (card[0].resource_type, card[0].failure_status): card for card in DECK
}
"""The card of each pair."""
