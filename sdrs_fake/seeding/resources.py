"""The groups and resources of a dataset, and the failed jobs made of them."""

from collections.abc import Sequence
from copy import copy
from dataclasses import fields
from random import Random
from typing import NamedTuple

from sdrs_fake.domain.failure_jobs import FailureJob, FailureStatus, ResourceType
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.times import from_milliseconds
from sdrs_fake.seeding.names import CHINESE_ONE_IN, drawn_name
from sdrs_fake.seeding.randomness import one_of, resource_id_with, resource_numbers

REMEMBERED = 32
QUIET_ONE_IN = 4


class Resource(NamedTuple):
    """What a job failed on; a group is its own group."""

    id: str
    name: str
    group_id: str


class Resources:
    """The groups and resources of one batch, drawn from the newest job to the oldest.

    Of each type only a few are remembered, so that a million jobs need no more memory than a
    hundred.
    """

    def __init__(self, source: Random, groups: int, batch: int) -> None:
        self._source = source
        self._numbers = resource_numbers(batch)
        self._chinese = int(source.random() * CHINESE_ONE_IN)
        self.groups = [self.new(ResourceType.SERVER_GROUPS) for _ in range(groups)]
        self._busy = [
            group for place, group in enumerate(self.groups, start=1) if place % QUIET_ONE_IN
        ]
        self._remembered: dict[str, list[Resource]] = {kind: [] for kind in ResourceType}

    def new(self, kind: ResourceType) -> Resource:
        """Draw a new resource; one that is no group is in a group that has failures."""
        number = next(self._numbers)
        resource_id = resource_id_with(self._source, number)
        chinese = number % CHINESE_ONE_IN == self._chinese
        name = drawn_name(self._source, kind, resource_id, chinese=chinese)
        if kind is ResourceType.SERVER_GROUPS:
            return Resource(resource_id, name, resource_id)
        return Resource(resource_id, name, one_of(self._source, self._busy).id)

    def among(self, groups: Sequence[Resource]) -> "Resources":
        """Other resources of the same batch: those that fail in these groups alone."""
        others = copy(self)
        others._busy = [*groups]  # noqa: SLF001 of its own kind
        others._remembered = {kind: [] for kind in ResourceType}  # noqa: SLF001 as before
        return others

    def failing(self, failure: JobType) -> Resource:
        """A resource that can fail so: in two of three cases one that is remembered."""
        if failure.resource_type == ResourceType.SERVER_GROUPS:
            return one_of(self._source, self._busy)
        remembered = self._remembered[failure.resource_type]
        created = failure.failure_status is FailureStatus.CREATE_FAIL
        place = int(self._source.random() * 1.5 * len(remembered))
        if place < len(remembered):
            # Jobs come newest first, and nothing failed on a resource before its creation.
            return remembered.pop(place) if created else remembered[place]
        resource = self.new(ResourceType(failure.resource_type))
        if not created:
            remembered.append(resource)
            del remembered[:-REMEMBERED]
        return resource


_new = FailureJob.__new__
(_status, _id, _name, _type, _failure, _job_id, _job_type, _begin_time, _code, _reason, _group) = (
    FailureJob.__dict__[each.name].__set__ for each in fields(FailureJob)
)


def fast_failure_job(resource: Resource, failure: JobType, job_id: str, begun: int) -> FailureJob:
    """Make a failed job without validation, which would double the time; tests validate them.

    A frozen value has no other way in than its slots.
    """
    job_type, resource_type, failure_status, error_code, fail_reason = failure
    resource_id, name, group_id = resource
    job = _new(FailureJob)
    _status(job, "FAIL")
    _id(job, resource_id)
    _name(job, name)
    _type(job, resource_type)
    _failure(job, failure_status)
    _job_id(job, job_id)
    _job_type(job, job_type)
    _begin_time(job, from_milliseconds(begun))
    _code(job, error_code)
    _reason(job, fail_reason)
    _group(job, group_id)
    return job
