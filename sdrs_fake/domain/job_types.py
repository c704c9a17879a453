"""The documented job types that can fail into the task center, and the code that says so.

Source: the job page's list of types; codes whose message says that this operation failed.
"""

from typing import NamedTuple

from sdrs_fake.domain.error_codes import refusal_of


class JobType(NamedTuple):
    """One way for an operation to fail."""

    job_type: str
    resource_type: str
    failure_status: str
    error_code: str
    fail_reason: str


def _rows(*rows: tuple[str, str, str, str]) -> tuple[JobType, ...]:
    """The rows with the message of their code as the reason."""
    return tuple(JobType(*row, refusal_of(None, row[-1]).message) for row in rows)


JOB_TYPES = _rows(
    ("createProtectionGroupNoCG", "server_groups", "createFail", "SDRS.1014"),
    ("deleteProtectionGroupNoCG", "server_groups", "deleteFail", "SDRS.1016"),
    ("startProtectionGroupNoCG", "server_groups", "startFail", "SDRS.1027"),
    ("stopProtectionGroupNoCG", "server_groups", "stopFail", "SDRS.1028"),
    ("reverseProtectionGroupNoCG", "server_groups", "reverseFail", "SDRS.1029"),
    ("failoverProtectionGroupNoCG", "server_groups", "failoverFail", "SDRS.1030"),
    ("reprotectProtectionGroupNoCG", "server_groups", "reprotectFail", "SDRS.1032"),
    ("createProtectedInstanceNoCG", "protected_instances", "createFail", "SDRS.1350"),
    ("deleteProtectedInstanceNoCG", "protected_instances", "deleteFail", "SDRS.1351"),
    ("resizeProtectedInstanceNew", "protected_instances", "resizeFail", "SDRS.1329"),
    ("createReplicationPairNoCG", "replications", "createFail", "SDRS.1606"),
    ("createReplicationPairNoCG", "replications", "createFail", "SDRS.1609"),
    ("deleteReplicationPairNoCG", "replications", "deleteFail", "SDRS.1607"),
    ("attachReplicationPairNew", "replications", "attachFail", "SDRS.1821"),
    ("detachReplicationPairNew", "replications", "detachFail", "SDRS.1822"),
    ("expandReplicationPairNew", "replications", "expandFail", "SDRS.1820"),
    ("createDisasterRecoveryDrill", "disaster_recovery_drills", "createFail", "SDRS.1922"),
    ("deleteDisasterRecoveryDrill", "disaster_recovery_drills", "deleteFail", "SDRS.1923"),
)

_OF_INSTANCES = {("protected_instances", "attachFail"), ("protected_instances", "detachFail")}
"""The path of these two operations is the instance's, so the failure may be too."""

POSSIBLE = {(row.resource_type, row.failure_status) for row in JOB_TYPES} | _OF_INSTANCES
"""Each type of resource with the statuses of failures that it can have."""

NIC_JOB_TYPES = _rows(
    ("addNicNew", "protected_instances", "", "SDRS.1312"),
    ("deleteNicNew", "protected_instances", "", "SDRS.1313"),
)
"""The two that no failure status fits: they fail as jobs, and never reach the task center."""

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
    """The keys of a job type's entities, in either spelling; None if it is not documented."""
    return _ENTITIES.get(plain_job_type(job_type))
