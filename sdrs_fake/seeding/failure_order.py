"""Which failures of one resource can follow each other: what the transitions leave open."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.transitions import (
    AS_THE_GROUP,
    PREVIOUS,
    REMOVED,
    TRANSITIONS,
    Transition,
    is_stable,
)

_STABLE = frozenset({"available", "protected", "failed-over"})
_OF_GROUPS = frozenset(row.error for row in TRANSITIONS if row.members and row.error)
_FOLLOWERS = {ResourceType.PROTECTED_INSTANCES, ResourceType.REPLICATIONS}


@cache
def followers() -> Mapping[tuple[str, str], frozenset[str]]:
    """The failure statuses that can follow each pair of resource type and failure status."""
    rows = [row for row in TRANSITIONS if row.failure_status]
    return {
        (str(row.resource_type), str(row.failure_status)): frozenset(_next(row, rows))
        for row in rows
    }


def _next(failed: Transition, rows: Iterable[Transition]) -> Iterator[str]:
    of_kind = [row for row in rows if row.resource_type is failed.resource_type]
    statuses = _reachable(str(failed.error), of_kind)
    for row in of_kind:
        if _allowed(row) & statuses:
            yield str(row.failure_status)


def _allowed(row: Transition) -> frozenset[str]:
    """The statuses that a transition is possible from; none where its resource is made."""
    allowed = row.allowed or frozenset()
    # What is being deleted is attached to nothing.
    return allowed - {"error-deleting"} if row.running == "detaching" else allowed


def _reachable(status: str, rows: Iterable[Transition]) -> set[str]:
    """The statuses that a resource can come to, as long as it is not deleted."""
    found, new = {status}, {status}
    while new:
        new = {each for row in rows for each in _after(row, found)} - found
        if any(map(is_stable, found)) and next(iter(rows)).resource_type in _FOLLOWERS:
            new |= (_STABLE | _OF_GROUPS) - found  # with its group
        found |= new
    return found


def _after(row: Transition, statuses: set[str]) -> Iterator[str]:
    if not _allowed(row) & statuses:
        return
    if row.error:
        yield row.error
    if row.success in {AS_THE_GROUP, PREVIOUS}:
        yield from _STABLE
    elif row.success != REMOVED:
        yield row.success
