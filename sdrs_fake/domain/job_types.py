"""The documented job types that can fail into the task center, and the code that says so.

Source: the job page's list of types; codes whose message says that this operation failed. The two
NIC jobs are not here: no failure status fits them.
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
    JobType("createProtectionGroupNoCG", "server_groups", "createFail", "SDRS.1014", "Failed to create the protection group"),
    JobType("deleteProtectionGroupNoCG", "server_groups", "deleteFail", "SDRS.1016", "Failed to delete the protection group"),
    JobType("startProtectionGroupNoCG", "server_groups", "startFail", "SDRS.1027", "Failed to enable protection"),
    JobType("stopProtectionGroupNoCG", "server_groups", "stopFail", "SDRS.1028", "Failed to disable protection"),
    JobType("reverseProtectionGroupNoCG", "server_groups", "reverseFail", "SDRS.1029", "Failed to perform the planned failover"),
    JobType("failoverProtectionGroupNoCG", "server_groups", "failoverFail", "SDRS.1030", "Failed to perform the failover"),
    JobType("reprotectProtectionGroupNoCG", "server_groups", "reprotectFail", "SDRS.1032", "Failed to enable protection again"),
    JobType("createProtectedInstanceNoCG", "protected_instances", "createFail", "SDRS.1350", "Failed to create the protected instance"),
    JobType("deleteProtectedInstanceNoCG", "protected_instances", "deleteFail", "SDRS.1351", "Failed to delete the protected instance"),
    JobType(
        "resizeProtectedInstanceNew", "protected_instances", "resizeFail", "SDRS.1329", "Failed to modify protected instance specifications"
    ),
    JobType(
        "createReplicationPairNoCG",
        "replications",
        "createFail",
        "SDRS.1606",
        "Failed to create the replication pair and status being error",
    ),
    JobType("createReplicationPairNoCG", "replications", "createFail", "SDRS.1609", "Replication pair creation failure"),
    JobType("deleteReplicationPairNoCG", "replications", "deleteFail", "SDRS.1607", "Failed to delete the replication pair"),
    JobType("attachReplicationPairNew", "replications", "attachFail", "SDRS.1821", "Failed to attach the replication pair"),
    JobType("detachReplicationPairNew", "replications", "detachFail", "SDRS.1822", "Failed to detach the replication pair"),
    JobType("expandReplicationPairNew", "replications", "expandFail", "SDRS.1820", "Failed to expand the capacity"),
    JobType("createDisasterRecoveryDrill", "disaster_recovery_drills", "createFail", "SDRS.1922", "Failed to create the DR drill"),
    JobType("deleteDisasterRecoveryDrill", "disaster_recovery_drills", "deleteFail", "SDRS.1923", "Failed to delete the DR drill"),
)
