"""A scenario as data: failed jobs and their groups as a pure function of its file, seed, anchor and
part.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from random import Random
from typing import NamedTuple

from sdrs_fake.captured import Given
from sdrs_fake.domain.defaults import name_of
from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.protection_groups import ProtectionGroup
from sdrs_fake.seeding.datasets import Dataset, checked, numbered_job_id, source_of
from sdrs_fake.seeding.draws import LATEST, dealt, milliseconds_of, moment_at, one_of
from sdrs_fake.seeding.jobs import job_of
from sdrs_fake.seeding.library import Scenario, find
from sdrs_fake.seeding.recipes import Group, Wave
from sdrs_fake.seeding.resources import Resource, Resources


class Failure(NamedTuple):
    """What failed how, and how many milliseconds before the anchor."""

    age: int
    resource: Resource
    way: JobType


def scenario(
    given: Given | Scenario, seed: int = 0, *, anchor: dt.datetime | str, part: int = 0
) -> Dataset:
    """The failed jobs and groups of a scenario: of one that comes with the package, by its name, or
    of your own file, text or dict.

    The same scenario, seed, anchor and part give the same dataset everywhere. Another part is more
    of
    the same; what a file gives as it is stays the same in all parts.
    """
    return staged(find(given), seed, anchor=anchor, part=part)


def staged(told: Scenario, seed: int, *, anchor: dt.datetime | str, part: int) -> Dataset:
    """The data of a scenario that was read already."""
    parameters = replace(
        checked(0, 0, seed, anchor, part),
        jobs=told.jobs,
        groups=told.groups,
        scenario=told.name,
        digest=told.digest,
    )
    source = source_of(parameters)
    resources = Resources(source, 0, part)
    homes = [_home(resources, group) for group in told.recipe.groups]
    named = {group.name: home for group, home in zip(told.recipe.groups, homes, strict=True)}
    failures = [
        failure
        for wave in told.recipe.waves
        for failure in _failing(
            source, resources, [named[name] for name in wave.groups] if wave.groups else homes, wave
        )
    ]
    drawn = _jobs(
        source, milliseconds_of(parameters.anchor), part, sorted(failures, key=attrgetter("age"))
    )
    jobs = sorted([*drawn, *told.failure_jobs], key=attrgetter("rank"), reverse=True)
    groups = [_group(home, group) for home, group in zip(homes, told.recipe.groups, strict=True)]
    return Dataset(parameters, tuple(jobs), (*groups, *_mentioned(told)))


def _home(resources: Resources, group: Group) -> Resource:
    """The group as it is drawn, but for what is said of it."""
    drawn = resources.new_group()
    group_id = group.id or drawn.id
    return Resource(
        group_id,
        group.name or (name_of(ResourceType.SERVER_GROUPS, group_id) if group.id else drawn.name),
        group_id,
    )


def _failing(
    source: Random, resources: Resources, homes: Sequence[Resource], wave: Wave
) -> Iterator[Failure]:
    """The failures of a wave from the newest to the oldest, spread evenly over its time."""
    groups = dealt(source, [resources.among([home]) for home in homes])
    cards = dealt(source, wave.deck)
    for place in range(wave.jobs):
        age = wave.until + int((place + source.random()) / wave.jobs * (wave.since - wave.until))
        way = one_of(source, next(cards))
        yield Failure(max(age, LATEST), next(groups).failing(way), way)


def _jobs(
    source: Random, anchor: int, part: int, failures: Sequence[Failure]
) -> Iterator[FailureJob]:
    for number, (age, (resource_id, name, group_id), way) in zip(
        reversed(range(len(failures))), failures, strict=True
    ):
        begun = anchor - age
        yield job_of(
            resource_id,
            name,
            group_id,
            way,
            numbered_job_id(source, begun, part, number),
            moment_at(begun),
        )


def _group(home: Resource, group: Group) -> ProtectionGroup:
    return ProtectionGroup(
        id=home.id, name=home.name, description=group.description, status=group.status
    )


def _mentioned(told: Scenario) -> Iterator[ProtectionGroup]:
    """The groups that nothing but given jobs names; what failed on a group itself says what it is
    called.
    """
    called = {job.resource_id: job.resource_name for job in reversed(told.failure_jobs)}
    declared = {group.id for group in told.recipe.groups}
    for group_id in told.group_ids:
        if group_id not in declared:
            yield ProtectionGroup(
                id=group_id,
                name=called.get(group_id) or name_of(ResourceType.SERVER_GROUPS, group_id),
            )
