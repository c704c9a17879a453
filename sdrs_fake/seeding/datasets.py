"""Datasets: failed jobs and their groups as a pure function of a few options."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.groups import ProtectionGroup
from sdrs_fake.domain.ids import default_name
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.json_input import Given
from sdrs_fake.domain.times import to_milliseconds
from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding.failure_catalog import DECK
from sdrs_fake.seeding.library import Scenario, find
from sdrs_fake.seeding.randomness import LATEST, begun_before, dealt, numbered_job_id, one_of
from sdrs_fake.seeding.resources import Resource, Resources, fast_failure_job
from sdrs_fake.seeding.spec import SeedSpec, parse_as_of

if TYPE_CHECKING:
    from sdrs_fake.seeding.scenario_file import Group, ScenarioFile
    from sdrs_fake.seeding.wave import Wave

DATASET_VERSION = 1
"""Rises when the same options give other jobs than before."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Failed jobs, newest first, and their groups; the spec makes the same ones again."""

    spec: SeedSpec
    failure_jobs: tuple[FailureJob, ...] = field(repr=False)
    groups: tuple[ProtectionGroup, ...] = field(repr=False)


def dataset(
    failures: int = 24, groups: int = 3, seed: int = 0, *, as_of: dt.datetime | str, batch: int = 0
) -> Dataset:
    """Make failed jobs of protection groups, from the 30 days before `as_of`.

    The same arguments give the same dataset everywhere. Another batch is more of the same seed;
    ids of different batches never meet, whatever their other arguments. ParameterError, named
    after the argument, for a wrong one.
    """
    return make(_spec(failures=failures, groups=groups, seed=seed, as_of=as_of, batch=batch))


def stream(
    failures: int = 24, groups: int = 3, seed: int = 0, *, as_of: dt.datetime | str, batch: int = 0
) -> Iterator[FailureJob]:
    """Make the jobs of `dataset` one by one, in constant memory."""
    return jobs_of(_spec(failures=failures, groups=groups, seed=seed, as_of=as_of, batch=batch))


def scenario(
    given: Given | Scenario, seed: int = 0, *, as_of: dt.datetime | str, batch: int = 0
) -> Dataset:
    """Make the failed jobs and groups of a scenario.

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
    source, resources = _start(spec)
    groups = tuple(ProtectionGroup(id=group.id, name=group.name) for group in resources.groups)
    return Dataset(spec, tuple(_draw(spec, source, resources)), groups)


def jobs_of(spec: SeedSpec) -> Iterator[FailureJob]:
    """Make the failed jobs of a spec, one by one where it has no scenario."""
    spec = spec.completed()
    if spec.scenario is not None:
        return iter(make(spec).failure_jobs)
    return _draw(spec, *_start(spec))


def _start(spec: SeedSpec) -> tuple[Random, Resources]:
    source = random_source(spec)
    return source, Resources(source, spec.groups or 0, spec.batch)


def random_source(spec: SeedSpec) -> Random:
    """The random stream of a dataset or a scenario."""
    # A bare generator: `Faker()` would load twenty providers of a locale first.
    from faker.generator import Generator

    # This string decides all data: it stays as it is until DATASET_VERSION rises.
    key = f"sdrs-fake dataset {DATASET_VERSION}, seed {spec.seed}, part {spec.batch}"
    if spec.scenario is not None:
        key += f", scenario {spec.scenario.name}"
    return Generator().seed_instance(int.from_bytes(sha256(key.encode()).digest(), "big")).random


def _draw(spec: SeedSpec, source: Random, resources: Resources) -> Iterator[FailureJob]:
    as_of, failures = _milliseconds(spec), spec.failures or 0
    cards = dealt(source, DECK)
    for place in range(failures):
        # A draw in each slice of the span gives the newest job first.
        begun = begun_before(as_of, (place + source.random()) / failures)
        failure = one_of(source, next(cards))
        resource = resources.failing(failure)
        job_id = numbered_job_id(source, begun, spec.batch, failures - 1 - place)
        yield fast_failure_job(resource, failure, job_id, begun)


def _milliseconds(spec: SeedSpec) -> int:
    return to_milliseconds(parse_as_of(spec.as_of))


class _Failure(NamedTuple):
    """What failed how, and how many milliseconds before `as_of`."""

    age: int
    resource: Resource
    failure: JobType


def _make_scenario(spec: SeedSpec, story: Scenario) -> Dataset:
    file: ScenarioFile = story.file
    source = random_source(spec)
    resources = Resources(source, 0, spec.batch)
    homes = [_home(resources, group) for group in file.groups]
    named = {group.name: home for group, home in zip(file.groups, homes, strict=True)}
    failures: list[_Failure] = []
    for wave in file.waves:
        met = [named[name] for name in wave.groups] if wave.groups else homes
        failures += _failures(source, resources, met, wave)
    failures.sort(key=attrgetter("age"))
    jobs = [*_scenario_jobs(source, spec, failures), *story.failure_jobs]
    jobs.sort(key=attrgetter("rank"), reverse=True)
    groups = [
        ProtectionGroup(
            id=home.id, name=home.name, description=group.description, status=group.status
        )
        for home, group in zip(homes, file.groups, strict=True)
    ]
    return Dataset(spec, tuple(jobs), (*groups, *_groups_of_given_jobs(story)))


def _home(resources: Resources, group: "Group") -> Resource:
    """A group of a scenario; what its file leaves open is drawn."""
    drawn = resources.new(ResourceType.SERVER_GROUPS)
    if group.id is None:
        return drawn._replace(name=group.name or drawn.name)
    name = group.name or default_name(ResourceType.SERVER_GROUPS, group.id)
    return Resource(group.id, name, group.id)


def _failures(
    source: Random, resources: Resources, homes: Sequence[Resource], wave: "Wave"
) -> Iterator[_Failure]:
    """The failures of a wave, spread evenly over its time, from the newest to the oldest."""
    groups = dealt(source, [resources.among([home]) for home in homes])
    cards = dealt(source, wave.deck)
    for place in range(wave.count):
        share = (place + source.random()) / wave.count
        age = wave.until + int(share * (wave.since - wave.until))
        failure = one_of(source, next(cards))
        yield _Failure(max(age, LATEST), next(groups).failing(failure), failure)


def _scenario_jobs(
    source: Random, spec: SeedSpec, failures: Sequence[_Failure]
) -> Iterator[FailureJob]:
    as_of = _milliseconds(spec)
    for number, (age, resource, failure) in enumerate(failures, start=1):
        begun = as_of - age
        job_id = numbered_job_id(source, begun, spec.batch, len(failures) - number)
        yield fast_failure_job(resource, failure, job_id, begun)


def _groups_of_given_jobs(story: Scenario) -> Iterator[ProtectionGroup]:
    """The groups that only given jobs name; a failure of the group itself has its name."""
    called = {job.resource_id: job.resource_name for job in reversed(story.failure_jobs)}
    declared = {group.id for group in story.file.groups}
    for group_id in story.group_ids:
        if group_id not in declared:
            name = called.get(group_id) or default_name(ResourceType.SERVER_GROUPS, group_id)
            yield ProtectionGroup(id=group_id, name=name)
