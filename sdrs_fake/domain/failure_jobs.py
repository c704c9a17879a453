"""Failed jobs of the task center: their fields, the query of their list, and its scope."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict
from pydantic.dataclasses import dataclass

from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.fields import Identifier, Instant, OptionalFilter, Text
from sdrs_fake.domain.store import KeepsJson, ListQuery, Store
from sdrs_fake.domain.times import wire_time


class FailureStatus(StrEnum):
    """The documented values of `failure_status`."""

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
    """The documented values of `resource_type`; `of` also takes the spelling of 2019."""

    SERVER_GROUPS = "server_groups"
    PROTECTED_INSTANCES = "protected_instances"
    REPLICATIONS = "replications"
    DISASTER_RECOVERY_DRILLS = "disaster_recovery_drills"

    @classmethod
    def of(cls, spelling: str) -> "ResourceType":
        """The resource type behind either spelling; ValueError for another string."""
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


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", defer_build=True)
)
class FailureJob(KeepsJson):
    """A failed job: the ten wire fields in the sample's order, and the group it belongs to.

    `resource_type` keeps the spelling it was given; `kind` is the type behind it. `begin_time` is
    in UTC and cut to milliseconds. `server_group_id` is never answered; for a failure of a group
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
    server_group_id: Identifier | None = None

    @property
    def kind(self) -> ResourceType:
        return _SPELLINGS[self.resource_type]

    @property
    def key(self) -> str:
        return self.job_id

    @property
    def rank(self) -> tuple[dt.datetime, str]:
        return self.begin_time, self.job_id

    def _wire(self) -> dict[str, str]:
        return {
            "job_status": self.job_status,
            "resource_id": self.resource_id,
            "resource_name": self.resource_name,
            "resource_type": self.resource_type,
            "failure_status": str(self.failure_status),
            "job_id": self.job_id,
            "job_type": self.job_type,
            "begin_time": wire_time(self.begin_time),
            "error_code": self.error_code,
            "fail_reason": self.fail_reason,
        }


class FailureJobQuery(ListQuery):
    """The six parameters of ListFailureJobs.

    The filters take the documented enums only, case-sensitive.
    """

    failure_status: Annotated[FailureStatus | None, OptionalFilter] = None
    resource_name: Annotated[str | None, OptionalFilter] = None
    server_group_id: Annotated[str | None, OptionalFilter] = None
    resource_type: Annotated[ResourceType | None, OptionalFilter] = None

    @property
    def filters(self) -> tuple[str | None, ...]:
        return self.failure_status, self.resource_name, self.server_group_id, self.resource_type


Predicate = Callable[[FailureJob], bool]


def select(
    jobs: Iterable[FailureJob], query: FailureJobQuery, behavior: Behavior
) -> Iterable[FailureJob]:
    """The jobs in the scope of a query that match all its filters."""
    for predicate in (_scope(query, behavior), *_filters(query, behavior)):
        jobs = filter(predicate, jobs)
    return jobs


def view(store: Store[FailureJob], query: FailureJobQuery, behavior: Behavior) -> list[bytes]:
    """The JSON of the jobs that a query selects, in order."""
    return store.view(query.filters, lambda jobs: select(jobs, query, behavior))


def _scope(query: FailureJobQuery, behavior: Behavior) -> Predicate | None:
    """The jobs that a query is about before its filters narrow them; None for all of the project.

    A job without a group is in no group's list.
    """
    group = query.server_group_id
    if group is not None:
        if behavior.group_scope == "members":
            return lambda job: (
                job.server_group_id == group and job.kind is not ResourceType.SERVER_GROUPS
            )
        return lambda job: job.server_group_id == group
    widened = behavior.scope_without_group == "widened_by_filter" and any(query.filters)
    if widened or behavior.scope_without_group == "everywhere":
        return None
    return lambda job: job.kind is ResourceType.SERVER_GROUPS


def _filters(query: FailureJobQuery, behavior: Behavior) -> Iterator[Predicate]:
    if (status := query.failure_status) is not None:
        yield lambda job: job.failure_status is status
    if (kind := query.resource_type) is not None:
        yield lambda job: job.kind is kind
    if (name := query.resource_name) is not None:
        exact = behavior.resource_name == "exact"
        yield lambda job: job.resource_name == name if exact else name in job.resource_name
