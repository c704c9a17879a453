"""DR drills: their fields, and the query of their list."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from sdrs_fake.domain.fields import Identifier, JavaInstant, OptionalFilter, Text
from sdrs_fake.domain.refusals import INCORRECT_STATUS
from sdrs_fake.domain.store import KeepsJson, ListQuery
from sdrs_fake.domain.times import java_time

RECENT = dt.timedelta(days=90)
"""How long a group counts as drilled: the three months of `period_no_dr_drill`."""


class DrillStatus(StrEnum):
    """The documented statuses of a DR drill."""

    CREATING = "creating"
    AVAILABLE = "available"
    DELETING = "deleting"
    ERROR_DELETING = "error-deleting"
    ERROR = "error"


class DrillServer(NamedTuple):
    """The server that a drill made for an instance."""

    protected_instance: Identifier
    drill_server_id: Identifier


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", defer_build=True)
)
class Drill(KeepsJson):
    """A DR drill: its wire fields in the sample's order."""

    id: Identifier
    name: Text
    status: DrillStatus = DrillStatus.AVAILABLE
    server_group_id: Identifier
    drill_vpc_id: Identifier
    created_at: JavaInstant
    updated_at: JavaInstant
    drill_servers: tuple[DrillServer, ...] = ()

    @property
    def key(self) -> str:
        return self.id

    @property
    def rank(self) -> tuple[dt.datetime, str]:
        return self.created_at, self.id

    def _wire(self) -> dict[str, object]:
        wire = {name: getattr(self, name) for name in WIRE_FIELDS}
        wire["status"] = str(self.status)
        wire["created_at"] = java_time(self.created_at)
        wire["updated_at"] = java_time(self.updated_at)
        wire["drill_servers"] = [each._asdict() for each in self.drill_servers]
        return wire


WIRE_FIELDS = [each.name for each in fields(Drill)]


class DrillQuery(ListQuery):
    """The six parameters of ListDisasterRecoveryDrills."""

    server_group_id: Annotated[str | None, OptionalFilter] = None
    name: Annotated[str | None, OptionalFilter] = None
    status: Annotated[DrillStatus | None, OptionalFilter, INCORRECT_STATUS] = None
    drill_vpc_id: Annotated[str | None, OptionalFilter] = None

    @property
    def filters(self) -> tuple[object, ...]:
        """What tells one view of the list from another."""
        return self.server_group_id, self.name, self.status, self.drill_vpc_id


Predicate = Callable[[Drill], bool]


def select(drills: Iterable[Drill], query: DrillQuery) -> Iterable[Drill]:
    """The drills that match every filter given."""
    for predicate in _filters(query):
        drills = filter(predicate, drills)
    return drills


def _filters(query: DrillQuery) -> Iterator[Predicate]:
    if (group := query.server_group_id) is not None:
        yield lambda drill: drill.server_group_id == group
    if (name := query.name) is not None:
        yield lambda drill: name in drill.name
    if (status := query.status) is not None:
        yield lambda drill: drill.status is status
    if (vpc := query.drill_vpc_id) is not None:
        yield lambda drill: drill.drill_vpc_id == vpc
