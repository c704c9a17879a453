"""A Faker provider of the service's values: `fake.add_provider(SdrsProvider)`."""

import datetime as dt
from collections.abc import Iterable
from random import Random
from typing import TypeVar

from faker.providers import BaseProvider

from sdrs_fake.domain.failure_jobs import FailureJob, FailureStatus, ResourceType
from sdrs_fake.domain.groups import ProtectionGroup
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.times import EPOCH, from_milliseconds, instant, to_milliseconds
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.seeding.failure_catalog import DECK
from sdrs_fake.seeding.names import CHINESE_ONE_IN, drawn_name
from sdrs_fake.seeding.randomness import begun_before, job_id_with, one_of, uuid_with

AS_OF = instant("2026-01-01T00:00:00Z")
"""Jobs without a given time are from the 30 days before this, so that a seeded Faker repeats."""

Word = TypeVar("Word", FailureStatus, ResourceType)


class SdrsProvider(BaseProvider):
    """Values of SDRS that fit each other; ParameterError for a wrong argument."""

    def sdrs_job_id(self, at: dt.datetime | str | None = None) -> str:
        """The id of a job that began at a time, in the service's layout."""
        return _job_id(self._source, self._moment(at))

    def sdrs_resource_name(self, resource_type: str | None = None) -> str:
        """A name for a resource of a type; one in five is Chinese."""
        kind = _word("resource_type", resource_type, ResourceType)
        return _drawn(self._source, kind or one_of(self._source, list(ResourceType)))[1]

    def sdrs_group_name(self) -> str:
        """A name for a protection group; one in five is Chinese."""
        return self.sdrs_resource_name(ResourceType.SERVER_GROUPS)

    def sdrs_failure(
        self, resource_type: str | None = None, failure_status: str | None = None
    ) -> JobType:
        """A way to fail: resource type, status and job type, with a fitting code and reason."""
        kind = _word("resource_type", resource_type, ResourceType)
        cards = [ways for ways in DECK if kind in {None, ways[0].resource_type}]
        status = _word(
            "failure_status",
            failure_status,
            [FailureStatus(ways[0].failure_status) for ways in cards],
        )
        cards = [ways for ways in cards if status in {None, ways[0].failure_status}]
        return one_of(self._source, one_of(self._source, cards))

    def sdrs_failure_job(
        self,
        resource_type: str | None = None,
        failure_status: str | None = None,
        group: ProtectionGroup | None = None,
        at: dt.datetime | str | None = None,
    ) -> FailureJob:
        """A failed job of a group, by default a new one; unless the group failed, of a resource."""
        if not isinstance(group, ProtectionGroup | None):
            raise ParameterError("group", f"{shown(group)} should be a ProtectionGroup")
        failure = self.sdrs_failure(resource_type, failure_status)
        begin_time = self._moment(at)
        resource = home = (
            (group.id, group.name) if group else _drawn(self._source, ResourceType.SERVER_GROUPS)
        )
        if failure.resource_type != ResourceType.SERVER_GROUPS:
            resource = _drawn(self._source, ResourceType(failure.resource_type))
        return FailureJob(
            resource_id=resource[0],
            resource_name=resource[1],
            job_id=_job_id(self._source, begin_time),
            begin_time=begin_time,
            server_group_id=home[0],
            **failure._asdict(),
        )

    @property
    def _source(self) -> Random:
        source: Random = self.generator.random
        return source

    def _moment(self, at: dt.datetime | str | None) -> dt.datetime:
        if at is None:
            return from_milliseconds(begun_before(to_milliseconds(AS_OF), self._source.random()))
        try:
            moment = instant(at)
        except ValueError as error:
            raise ParameterError("at", f"{shown(at)} {error}") from None
        if moment < EPOCH:
            raise ParameterError("at", f"{shown(at)} should be in 1970 or later")
        return moment


def _drawn(source: Random, kind: ResourceType) -> tuple[str, str]:
    """Draw the id and the name of a new resource."""
    resource_id = uuid_with(source, source.getrandbits(48))
    return resource_id, drawn_name(
        source, kind, resource_id, chinese=source.random() * CHINESE_ONE_IN < 1
    )


def _job_id(source: Random, begin_time: dt.datetime) -> str:
    return job_id_with(
        source, to_milliseconds(begin_time), source.getrandbits(32), source.getrandbits(16)
    )


def _word(name: str, value: object, choices: Iterable[Word]) -> Word | None:
    """The choice with that value; None for None."""
    known = {str(choice): choice for choice in choices}
    if value is None:
        return None
    if not isinstance(value, str) or value not in known:
        raise ParameterError(name, f"{shown(value)} should be one of {', '.join(known)}")
    return known[str(value)]
