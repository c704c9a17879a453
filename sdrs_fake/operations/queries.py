"""Which parameters each served operation knows, and which values are documented for them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Literal, get_args, get_origin

from sdrs_fake.domain.failure_jobs import FailureJobQuery
from sdrs_fake.domain.listing import ListQuery
from sdrs_fake.domain.protection_groups import ProtectionGroupQuery

_NONE: frozenset[str] = frozenset()

QUERIES: dict[str, type[ListQuery]] = {
    "ListProtectionGroups": ProtectionGroupQuery,
    "ListFailureJobs": FailureJobQuery,
}
"""What each list may be asked."""

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

_PAGE = frozenset({"limit", "offset"})
_INSIDE = _PAGE | {
    "server_group_id",
    "server_group_ids",
    "name",
    "status",
    "protected_instance_ids",
    "query_type",
    "availability_zone",
}

LATER: dict[str, frozenset[str]] = {
    "ListProtectedInstances": _INSIDE,
    "ListReplications": _INSIDE | {"protected_instance_id", "volume_id"},
    "ListDisasterRecoveryDrills": _PAGE | {"server_group_id", "name", "status", "drill_vpc_id"},
    "ListRpoStatistics": _PAGE | {"start_time", "end_time", "resource_type"},
}
"""The parameters of operations that are not served yet."""


def unknown(operation: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are no parameters of an operation."""
    known = PARAMETERS.get(operation, LATER.get(operation, _NONE))
    return tuple(name for name in names if name not in known) if operation else ()


@cache
def filters(operation: str) -> Mapping[str, tuple[str, ...]]:
    """The filters of a list and the documented values of each; none where any text will do."""
    fields = ListQuery.model_fields.keys()
    return {
        name: _values(field.annotation)
        for name, field in QUERIES[operation].model_fields.items()
        if name not in fields
    }


def _values(annotation: object) -> tuple[str, ...]:
    found: list[str] = []
    for kind in get_args(annotation):
        if get_origin(kind) is Literal:
            found += get_args(kind)
        elif isinstance(kind, type) and issubclass(kind, StrEnum):
            found += map(str, kind)
    return tuple(found)
