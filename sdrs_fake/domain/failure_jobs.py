"""Failed jobs of the task center: what one is, what may be asked for, and which are meant."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass
from pydantic_core import to_json

from sdrs_fake.domain.fields import Identifier, Instant, OptionalFilter, Text
from sdrs_fake.domain.listing import ListQuery, Shelf
from sdrs_fake.domain.reading import Reading


class FailureStatus(StrEnum):
    """What failed (list page, `failure_status`)."""

    CREATE_FAIL = "createFail"
    DELETE_FAIL = "deleteFail"
    ATTACH_FAIL = "attachFail"
    DETACH_FAIL = "detachFail"
    EXPAND_FAIL = "expandFail"
    RESIZE_FAIL = "resizeFail"
    START_FAIL = "startFail"
    STOP_FAIL = "stopFail"
    REVERSE_FAIL = "reverseFail"
    FAILOVER_FAIL = "failoverFail"
    REPROTECT_FAIL = "reprotectFail"


class ResourceType(StrEnum):
    """What it failed on (list page, `resource_type`); `of` also knows how records of 2019 spell
    it.
    """

    SERVER_GROUPS = "server_groups"
    PROTECTED_INSTANCES = "protected_instances"
    REPLICATIONS = "replications"
    DISASTER_RECOVERY_DRILLS = "disaster_recovery_drills"

    @classmethod
    def of(cls, spelling: str) -> "ResourceType":
        """The resource type behind either spelling; ValueError naming the choices for any other
        text.
        """
        member = _SPELLINGS.get(spelling)
        if member is None:
            raise ValueError(
                f"should be one of {', '.join(cls)}, or as in 2019: {', '.join(SPELLINGS_OF_2019)}"
            )
        return member


SPELLINGS_OF_2019 = {
    "protectionGroup": ResourceType.SERVER_GROUPS,
    "protectedInstance": ResourceType.PROTECTED_INSTANCES,
    "replicationPair": ResourceType.REPLICATIONS,
    "disasterRecoveryDrill": ResourceType.DISASTER_RECOVERY_DRILLS,
}
_SPELLINGS: dict[str, ResourceType] = {
    **{str(member): member for member in ResourceType},
    **SPELLINGS_OF_2019,
}


def _known_spelling(spelling: str) -> str:
    ResourceType.of(spelling)
    return str(spelling)


class _Rendered:
    """Room for a job's JSON text, which is made once."""

    __slots__ = ("_json",)
    _json: bytes


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", defer_build=True)
)
class FailureJob(_Rendered):
    """A failed job: the ten wire fields in the sample's order, and the group it belongs to.

    `resource_type` keeps the spelling it was given (`kind` is the type behind it). `begin_time` is
    in
    UTC and cut to milliseconds. `server_group_id` is never answered; for a failure of a group
    itself
    it is the group's own id.
    """

    job_status: Literal["FAIL"] = "FAIL"
    resource_id: Identifier
    resource_name: Text
    resource_type: Annotated[str, AfterValidator(_known_spelling)]
    failure_status: FailureStatus
    job_id: Identifier
    job_type: Text
    begin_time: Instant
    error_code: Text
    fail_reason: Text
    server_group_id: Annotated[Identifier | None, Field(exclude=True)] = None

    @property
    def kind(self) -> ResourceType:
        return _SPELLINGS[self.resource_type]

    @property
    def key(self) -> str:
        return self.job_id

    @property
    def rank(self) -> tuple[dt.datetime, str]:
        return self.begin_time, self.job_id

    @property
    def wire_json(self) -> bytes:
        """The ten wire fields as compact JSON in UTF-8."""
        try:
            return self._json
        except AttributeError:
            object.__setattr__(self, "_json", to_json(self))
            return self._json


class FailureJobQuery(ListQuery):
    """The six parameters of ListFailureJobs. The filters take the documented enums only,
    case-sensitive.
    """

    failure_status: Annotated[FailureStatus | None, OptionalFilter] = None
    resource_name: Annotated[str | None, OptionalFilter] = None
    server_group_id: Annotated[str | None, OptionalFilter] = None
    resource_type: Annotated[ResourceType | None, OptionalFilter] = None

    @property
    def filters(self) -> tuple[str | None, ...]:
        return self.failure_status, self.resource_name, self.server_group_id, self.resource_type


Test = Callable[[FailureJob], bool]


def wanted(
    jobs: Iterable[FailureJob], query: FailureJobQuery, reading: Reading
) -> Iterable[FailureJob]:
    """The jobs in the scope of a query that match every filter given."""
    for test in (_scope(query, reading), *_filters(query, reading)):
        jobs = filter(test, jobs)
    return jobs


def listed(shelf: Shelf[FailureJob], query: FailureJobQuery, reading: Reading) -> list[bytes]:
    """The JSON texts of the jobs that a query is about, in order."""
    return shelf.view(query.filters, lambda jobs: wanted(jobs, query, reading))


def _scope(query: FailureJobQuery, reading: Reading) -> Test | None:
    """Which jobs a query is about before its filters narrow them; None: all of the project.

    A job without a group is in no group's list.
    """
    group = query.server_group_id
    if group is not None:
        if reading.group_scope == "inside":
            return lambda job: (
                job.server_group_id == group and job.kind is not ResourceType.SERVER_GROUPS
            )
        return lambda job: job.server_group_id == group
    widened = reading.scope_without_group == "widened_by_filter" and any(query.filters)
    if widened or reading.scope_without_group == "everywhere":
        return None
    return lambda job: job.kind is ResourceType.SERVER_GROUPS


def _filters(query: FailureJobQuery, reading: Reading) -> Iterator[Test]:
    if (status := query.failure_status) is not None:
        yield lambda job: job.failure_status is status
    if (kind := query.resource_type) is not None:
        yield lambda job: job.kind is kind
    if (name := query.resource_name) is not None:
        exact = reading.resource_name == "exact"
        yield lambda job: job.resource_name == name if exact else name in job.resource_name
