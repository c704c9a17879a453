"""RPO statistics: their fields, and the query of their list."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic.dataclasses import dataclass

from sdrs_fake.domain.fields import Identifier, JavaInstant, OptionalFilter, empty_as_absent
from sdrs_fake.domain.store import KeepsJson, ListQuery
from sdrs_fake.domain.times import instant, java_instant, java_time

_DIGITS_OF_POINT = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}"
_POINT = re.compile(_DIGITS_OF_POINT)
_DIGITS_OF_BOUND = rf"{_DIGITS_OF_POINT}:[0-9]{{2}}(\.[0-9]{{1,3}})?"
_BOUND = re.compile(_DIGITS_OF_BOUND)


def point_time(value: object) -> dt.datetime:
    """A time to the minute, from `yyyy-MM-dd HH:mm` or as `instant`."""
    if isinstance(value, str) and _POINT.fullmatch(value):
        value = f"{value}:00+00:00"
    return instant(value).replace(second=0, microsecond=0)


def _bound(value: object) -> dt.datetime | None:
    """A bound of the window, `yyyy-MM-dd HH:mm:ss.SSS`; the fraction may be missing."""
    if empty_as_absent(value) is None:
        return None
    if not _BOUND.fullmatch(str(value)):  # `java_instant` takes times with a zone too
        raise ValueError("should be yyyy-MM-dd HH:mm:ss.SSS")
    return java_instant(value if "." in str(value) else f"{value}.0")


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", defer_build=True)
)
class RpoStatistic(KeepsJson):
    """How many resources missed their RPO at a point of time: the fields of the sample."""

    id: Identifier
    point_time: Annotated[
        dt.datetime,
        PlainValidator(point_time),
        WithJsonSchema({"type": "string", "pattern": f"^{_DIGITS_OF_POINT}$"}),
    ]
    resource_num: Annotated[int, Field(ge=0)] = 1
    resource_type: Literal["replication"] = "replication"
    created_at: JavaInstant
    updated_at: JavaInstant

    @property
    def key(self) -> str:
        return self.id

    @property
    def rank(self) -> tuple[dt.datetime, str]:
        return self.point_time, self.id

    def _wire(self) -> dict[str, object]:
        wire = {name: getattr(self, name) for name in _WIRE}
        wire["point_time"] = f"{self.point_time:%Y-%m-%d %H:%M}"
        wire["created_at"] = java_time(self.created_at)
        wire["updated_at"] = java_time(self.updated_at)
        return wire


_WIRE = [each.name for each in fields(RpoStatistic)]


_Bound = Annotated[
    dt.datetime | None,
    BeforeValidator(_bound),
    WithJsonSchema({"type": "string", "pattern": f"^{_DIGITS_OF_BOUND}$"}),
]


class RpoStatisticQuery(ListQuery):
    """The five parameters of ListRpoStatistics; the window includes both its bounds."""

    start_time: _Bound = None
    end_time: _Bound = None
    resource_type: Annotated[Literal["replication"] | None, OptionalFilter] = None

    @property
    def filters(self) -> tuple[object, ...]:
        """What tells one view of the list from another."""
        return self.start_time, self.end_time, self.resource_type


def select(rows: Iterable[RpoStatistic], query: RpoStatisticQuery) -> Iterable[RpoStatistic]:
    """The statistics in the window."""
    start, end = query.start_time, query.end_time
    for row in rows:
        if (start is None or row.point_time >= start) and (end is None or row.point_time <= end):
            yield row
