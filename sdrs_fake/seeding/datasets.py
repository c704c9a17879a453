"""Datasets: protection groups with a history of failures, as a pure function of a few options."""

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import chain
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING

from sdrs_fake.domain.drills import Drill
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.groups import ProtectionGroup
from sdrs_fake.domain.instances import ProtectedInstance
from sdrs_fake.domain.json_input import Given
from sdrs_fake.domain.pairs import ReplicationPair
from sdrs_fake.domain.times import to_milliseconds
from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding.final_state import Members, group_of, members_of
from sdrs_fake.seeding.given_jobs import groups_with
from sdrs_fake.seeding.history import History
from sdrs_fake.seeding.library import Scenario, find
from sdrs_fake.seeding.resources import DrawnResources, Group
from sdrs_fake.seeding.spec import SeedSpec
from sdrs_fake.seeding.steps import Step, steps_of

if TYPE_CHECKING:
    from sdrs_fake.seeding.scenario_history import ScenarioHistory

DATASET_VERSION = 2
"""Rises when the same options give other data than before."""


class Contents:
    """What is in the groups of a dataset; most tests look at its failed jobs alone."""

    def __init__(self, groups: Iterable[Group], as_they_are: Iterable[str] = ()) -> None:
        self._groups = groups
        self.as_they_are = frozenset(as_they_are)
        """The ids of what a scenario states without a history."""

    @cached_property
    def members(self) -> Members:
        """The values of the service, made when they are first asked for."""
        return members_of(self._groups)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Protection groups, what is in them, and the failed jobs of their history, newest first.

    The spec makes the same ones again.
    """

    spec: SeedSpec
    failure_jobs: tuple[FailureJob, ...] = field(repr=False)
    groups: tuple[ProtectionGroup, ...] = field(repr=False)
    _contents: Contents = field(repr=False, compare=False)

    @property
    def protected_instances(self) -> tuple[ProtectedInstance, ...]:
        """The protected instances of the groups, in the status that the history left."""
        return self._contents.members.protected_instances

    @property
    def replication_pairs(self) -> tuple[ReplicationPair, ...]:
        """The replication pairs of the groups."""
        return self._contents.members.replication_pairs

    @property
    def drills(self) -> tuple[Drill, ...]:
        """The DR drills of the groups."""
        return self._contents.members.drills

    def members(self) -> Members:
        """The instances, pairs and drills, made at the first call."""
        return self._contents.members

    def steps(self) -> tuple[Step, ...]:
        """The whole history in the order of time, drawn again: what succeeded and what failed.

        It begins with the creation of the groups and of what they had at first. Failed jobs that a
        scenario gives as they are have no steps.
        """
        if self.spec.scenario is not None:
            story = _story(self.spec, self.spec.scenario)
            deque(story.jobs(), maxlen=0)
            return tuple(story.steps())
        history = _history(self.spec)
        history.incidents = []
        deque(history.draw(_as_of(self.spec)), maxlen=0)
        return tuple(steps_of(_complete(history), history.incidents))


def dataset(
    failures: int = 24, groups: int = 3, seed: int = 0, *, as_of: dt.datetime | str, batch: int = 0
) -> Dataset:
    """Make protection groups with failed jobs from the 30 days before `as_of`.

    The same arguments give the same dataset everywhere. Another batch is more of the same seed;
    ids of different batches never meet, whatever their other arguments. ParameterError, named
    after the argument, for a wrong one.
    """
    return make(_spec(failures=failures, groups=groups, seed=seed, as_of=as_of, batch=batch))


def stream(
    failures: int = 24, groups: int = 3, seed: int = 0, *, as_of: dt.datetime | str, batch: int = 0
) -> Iterator[FailureJob]:
    """Make the failed jobs of `dataset` one by one, in constant memory."""
    return jobs_of(_spec(failures=failures, groups=groups, seed=seed, as_of=as_of, batch=batch))


def scenario(
    given: Given | Scenario, seed: int = 0, *, as_of: dt.datetime | str, batch: int = 0
) -> Dataset:
    """Make the groups and failed jobs of a scenario.

    It is one of the package, by its name, or of your own: a file, JSON text or dict. What its
    file has as it is stays the same in all batches; for the rest see `dataset`.
    """
    return make(_spec(scenario=find(given), seed=seed, as_of=as_of, batch=batch))


def _spec(**given: object) -> SeedSpec:
    """A spec whose options all have to be given."""
    for name, value in given.items():
        if value is None:
            raise ParameterError(name, "None should be a value")
    return SeedSpec.parse(given)


def make(spec: SeedSpec) -> Dataset:
    """Make the dataset of a spec, with the defaults of what it leaves open."""
    spec = spec.completed()
    if spec.scenario is not None:
        return _make_scenario(spec, spec.scenario)
    history = _history(spec)
    jobs = tuple(chain.from_iterable(history.draw(_as_of(spec))))
    groups = _complete(history)
    return Dataset(spec, jobs, tuple(map(group_of, groups)), Contents(groups))


def _make_scenario(spec: SeedSpec, given: Scenario) -> Dataset:
    story = _story(spec, given)
    jobs = sorted([*story.jobs(), *given.failure_jobs], key=attrgetter("rank"), reverse=True)
    groups = groups_with(given.failure_jobs, story.groups)
    stated = {*story.as_they_are, *(job.resource_id for job in given.failure_jobs)}
    stated |= {group.id for group in groups if not group.created}
    values = [group_of(group, description=story.descriptions.get(group.id)) for group in groups]
    return Dataset(spec, tuple(jobs), tuple(values), Contents(groups, stated))


def _story(spec: SeedSpec, given: Scenario) -> "ScenarioHistory":
    from sdrs_fake.seeding.scenario_history import ScenarioHistory

    return ScenarioHistory(given.file.parts, random_source(spec), spec.batch, _as_of(spec))


def jobs_of(spec: SeedSpec) -> Iterator[FailureJob]:
    """Make the failed jobs of a spec, one by one where it has no scenario."""
    spec = spec.completed()
    if spec.scenario is not None:
        return iter(make(spec).failure_jobs)
    return chain.from_iterable(_history(spec).draw(_as_of(spec)))


def resources_of(spec: SeedSpec) -> tuple[tuple[ProtectionGroup, ...], Members]:
    """Make the groups of a spec and what is in them, without keeping its failed jobs."""
    spec = spec.completed()
    if spec.scenario is not None:
        data = make(spec)
        return data.groups, data.members()
    history = _history(spec)
    deque(history.draw(_as_of(spec)), maxlen=0)
    groups = _complete(history)
    return tuple(map(group_of, groups)), members_of(groups)


def _history(spec: SeedSpec) -> History:
    source = random_source(spec)
    resources = DrawnResources(source, spec.groups or 0, spec.batch, _as_of(spec))
    return History(source, resources, spec.batch, spec.failures or 0)


def as_they_are(data: Dataset) -> frozenset[str]:
    """The ids of what a scenario states as it is, without a history."""
    return data._contents.as_they_are  # noqa: SLF001 of this module


def _complete(history: History) -> list[Group]:
    """The groups, also those in which nothing happened."""
    return [history.resources.add_members(group) for group in history.resources.groups]


def random_source(spec: SeedSpec) -> Random:
    """The random stream of a dataset or a scenario."""
    # A bare generator: `Faker()` would load twenty providers of a locale first.
    from faker.generator import Generator

    # This string decides all data: it stays as it is until DATASET_VERSION rises.
    key = f"sdrs-fake dataset {DATASET_VERSION}, seed {spec.seed}, batch {spec.batch}"
    if spec.scenario is not None:
        key += f", scenario {spec.scenario.name}"
    return Generator().seed_instance(int.from_bytes(sha256(key.encode()).digest(), "big")).random


def _as_of(spec: SeedSpec) -> int:
    assert spec.as_of is not None  # noqa: S101 of a completed spec
    return to_milliseconds(spec.as_of)
