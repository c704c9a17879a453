"""The documented job types that can fail into the task center, and the code that says so.

Source: the job page's list of types; codes whose message says that this operation failed.
"""

from typing import NamedTuple


class JobType(NamedTuple):
    """One way for an operation to fail."""

    job_type: str
    resource_type: str
    failure_status: str
    error_code: str
    fail_reason: str


JOB_TYPES = (
    JobType(
        "createProtectionGroupNoCG",
        "server_groups",
        "createFail",
        "SDRS.1014",
        "Failed to create the protection group",
    ),
    JobType(
        "deleteProtectionGroupNoCG",
        "server_groups",
        "deleteFail",
        "SDRS.1016",
        "Failed to delete the protection group",
    ),
    JobType(
        "startProtectionGroupNoCG",
        "server_groups",
        "startFail",
        "SDRS.1027",
        "Failed to enable protection",
    ),
    JobType(
        "stopProtectionGroupNoCG",
        "server_groups",
        "stopFail",
        "SDRS.1028",
        "Failed to disable protection",
    ),
    JobType(
        "reverseProtectionGroupNoCG",
        "server_groups",
        "reverseFail",
        "SDRS.1029",
        "Failed to perform the planned failover",
    ),
    JobType(
        "failoverProtectionGroupNoCG",
        "server_groups",
        "failoverFail",
        "SDRS.1030",
        "Failed to perform the failover",
    ),
    JobType(
        "reprotectProtectionGroupNoCG",
        "server_groups",
        "reprotectFail",
        "SDRS.1032",
        "Failed to enable protection again",
    ),
    JobType(
        "createProtectedInstanceNoCG",
        "protected_instances",
        "createFail",
        "SDRS.1350",
        "Failed to create the protected instance",
    ),
    JobType(
        "deleteProtectedInstanceNoCG",
        "protected_instances",
        "deleteFail",
        "SDRS.1351",
        "Failed to delete the protected instance",
    ),
    JobType(
        "resizeProtectedInstanceNew",
        "protected_instances",
        "resizeFail",
        "SDRS.1329",
        "Failed to modify protected instance specifications",
    ),
    JobType(
        "createReplicationPairNoCG",
        "replications",
        "createFail",
        "SDRS.1606",
        "Failed to create the replication pair and status being error",
    ),
    JobType(
        "createReplicationPairNoCG",
        "replications",
        "createFail",
        "SDRS.1609",
        "Replication pair creation failure",
    ),
    JobType(
        "deleteReplicationPairNoCG",
        "replications",
        "deleteFail",
        "SDRS.1607",
        "Failed to delete the replication pair",
    ),
    JobType(
        "attachReplicationPairNew",
        "replications",
        "attachFail",
        "SDRS.1821",
        "Failed to attach the replication pair",
    ),
    JobType(
        "detachReplicationPairNew",
        "replications",
        "detachFail",
        "SDRS.1822",
        "Failed to detach the replication pair",
    ),
    JobType(
        "expandReplicationPairNew",
        "replications",
        "expandFail",
        "SDRS.1820",
        "Failed to expand the capacity",
    ),
    JobType(
        "createDisasterRecoveryDrill",
        "disaster_recovery_drills",
        "createFail",
        "SDRS.1922",
        "Failed to create the DR drill",
    ),
    JobType(
        "deleteDisasterRecoveryDrill",
        "disaster_recovery_drills",
        "deleteFail",
        "SDRS.1923",
        "Failed to delete the DR drill",
    ),
)

NIC_JOB_TYPES = (
    JobType(
        "addNicNew",
        "protected_instances",
        "",
        "SDRS.1312",
        "Failed to add the NIC to the protected instance",
    ),
    JobType(
        "deleteNicNew",
        "protected_instances",
        "",
        "SDRS.1313",
        "Failed to delete the NIC from the protected instance",
    ),
)
"""The two that no failure status fits: they fail as jobs, and never into the task center."""

ENTITIES: dict[str, tuple[str, ...]] = {
    "createProtectionGroupNoCG": ("server_group_id",),
    "deleteProtectionGroupNoCG": ("server_group_id",),
    "startProtectionGroupNoCG": ("server_group_id", "sub_jobs"),
    "reprotectProtectionGroupNoCG": ("server_group_id", "sub_jobs"),
    "stopProtectionGroupNoCG": ("server_group_id", "sub_jobs"),
    "reverseProtectionGroupNoCG": ("server_group_id", "sub_jobs"),
    "failoverProtectionGroupNoCG": ("server_group_id", "sub_jobs"),
    "createProtectedInstanceNoCG": ("protected_instance_id", "native_server_id"),
    "deleteProtectedInstanceNoCG": (),
    "addNicNew": ("nic_id", "protected_instance_id"),
    "deleteNicNew": (),
    "resizeProtectedInstanceNew": ("protected_instance_id",),
    "attachReplicationPairNew": ("replication_pair_id", "protected_instance_id"),
    "detachReplicationPairNew": ("replication_pair_id", "protected_instance_id"),
    "createReplicationPairNoCG": ("replication_pair_id", "volume_ids"),
    "deleteReplicationPairNoCG": (),
    "expandReplicationPairNew": ("replication_pair_id",),
    "createDisasterRecoveryDrill": ("disaster_recovery_drill_id",),
    "deleteDisasterRecoveryDrill": (),
}
"""What the job of each type tells of what it made or changed. Go clients read all of it as text,
but for `sub_jobs`.
"""


def plain_job_type(job_type: str) -> str:
    """A job type as in 2019, without `NoCG` or `New`; a sub-job has the type of its job."""
    return job_type.removesuffix("NoCG").removesuffix("New").removesuffix("Rep")


_ENTITIES = {plain_job_type(job_type): keys for job_type, keys in ENTITIES.items()}


def entities_of(job_type: str) -> tuple[str, ...] | None:
    """The keys of a job type's entities, in either spelling; None for a job type that is not
    documented.
    """
    return _ENTITIES.get(plain_job_type(job_type))
