"""Which parameters each served operation knows."""

from sdrs_fake.domain.failure_jobs import FailureJobQuery
from sdrs_fake.domain.protection_groups import ProtectionGroupQuery

_NONE: frozenset[str] = frozenset()

PARAMETERS: dict[str, frozenset[str]] = {
    "ListApiVersions": _NONE,
    "ShowSpecifiedApiVersion": _NONE,
    "ShowJobStatus": _NONE,
    "ListActiveActiveDomains": _NONE,
    "ShowQuota": _NONE,
    "ListProtectionGroups": frozenset(ProtectionGroupQuery.model_fields),
    "ShowProtectionGroup": _NONE,
    "ListFailureJobs": frozenset(FailureJobQuery.model_fields),
    "DeleteFailureJob": _NONE,
    "DeleteAllServerGroupFailureJobs": _NONE,
    "DeleteServerGroupFailureJobs": _NONE,
}
