"""Which parameters each served operation knows."""

from collections.abc import Iterable

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


def unknown(operation: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are no parameters of an operation; of one that is not served yet none is known to be."""
    known = PARAMETERS.get(operation)
    return () if known is None else tuple(name for name in names if name not in known)
