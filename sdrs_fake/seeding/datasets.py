"""Datasets: failed jobs and their groups as a pure function of a few parameters."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random

from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import instant, wire_time
from sdrs_fake.domain.protection_groups import ProtectionGroup
from sdrs_fake.seeding.draws import (
    EPOCH,
    SPAN,
    begun_before,
    dealt,
    job_id_with,
    milliseconds_of,
    moment_at,
    one_of,
)
from sdrs_fake.seeding.failures import DECK
from sdrs_fake.seeding.jobs import job_of
from sdrs_fake.seeding.resources import Resources

DATASET_VERSION = 1
"""Rises when the same parameters give other jobs than before."""

# of the server whose jobs these are; far from those that other jobs of a fake get by default
_START = 0x9A6F31C5
# As far as ids have room: 12 bits of the start and 16 of the counter number the jobs of a part, 28
# its groups and resources.
_MOST_BITS = 4096
MOST_JOBS = 100_000_000
MOST_PARTS = 0x10000
_MOST = {"jobs": MOST_JOBS, "groups": 1_000_000, "seed": None, "part": MOST_PARTS - 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """All that a dataset depends on."""

    version: int
    jobs: int
    groups: int
    seed: int
    anchor: dt.datetime
    part: int
    scenario: str | None = None
    """The name of the scenario that it was made of; how many jobs and groups there are then follows
    from that.
    """
    digest: str = ""
    """What stands for the content of the scenario."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Failed jobs, newest first, and their groups; the parameters make the same ones again."""

    parameters: Parameters
    jobs: tuple[FailureJob, ...] = field(repr=False)
    groups: tuple[ProtectionGroup, ...] = field(repr=False)


def dataset(
    jobs: int = 24, groups: int = 3, seed: int = 0, *, anchor: dt.datetime | str, part: int = 0
) -> Dataset:
    """That many failed jobs of that many groups, from the 30 days before the anchor.

    The same parameters give the same dataset everywhere. Another part is more of the same seed; ids
    of
    different parts never meet, whatever their other parameters. TypeError or ValueError, naming the
    parameter, for a wrong one.
    """
    parameters = checked(jobs, groups, seed, anchor, part)
    source, resources = _begun(parameters)
    declared = tuple(ProtectionGroup(id=group.id, name=group.name) for group in resources.groups)
    return Dataset(parameters, tuple(_drawn(parameters, source, resources)), declared)


def stream(
    jobs: int = 24, groups: int = 3, seed: int = 0, *, anchor: dt.datetime | str, part: int = 0
) -> Iterator[FailureJob]:
    """The jobs of `dataset`, one by one, in the same little room however many they are."""
    parameters = checked(jobs, groups, seed, anchor, part)
    return _drawn(parameters, *_begun(parameters))


def _begun(parameters: Parameters) -> tuple[Random, Resources]:
    source = source_of(parameters)
    return source, Resources(source, parameters.groups, parameters.part)


def source_of(parameters: Parameters) -> Random:
    """The random stream of a dataset, or of a scenario."""
    from faker.generator import (
        Generator,
    )  # a bare one: `Faker()` would load a locale's twenty providers first

    said = f"sdrs-fake dataset {parameters.version}, seed {parameters.seed}, part {parameters.part}"
    if parameters.scenario is not None:
        said += f", scenario {parameters.scenario}"
    return Generator().seed_instance(int.from_bytes(sha256(said.encode()).digest(), "big")).random


def _drawn(parameters: Parameters, source: Random, resources: Resources) -> Iterator[FailureJob]:
    anchor, jobs, part = milliseconds_of(parameters.anchor), parameters.jobs, parameters.part
    cards = dealt(source, DECK)
    for place in range(jobs):
        begun = begun_before(
            anchor, (place + source.random()) / jobs
        )  # a draw per slice of the span: the newest come first
        way = one_of(source, next(cards))
        resource_id, name, group_id = resources.failing(way)
        job_id = numbered_job_id(source, begun, part, jobs - 1 - place)
        yield job_of(resource_id, name, group_id, way, job_id, moment_at(begun))


def numbered_job_id(source: Random, begun: int, part: int, number: int) -> str:
    """Part and number make the server's start and the counter, so that no two jobs of a fake share
    both.
    """
    return job_id_with(source, begun, _START ^ (part << 12) ^ (number >> 16), number & 0xFFFF)


def checked(jobs: int, groups: int, seed: int, anchor: object, part: int) -> Parameters:
    """The parameters of a dataset, if they are right."""
    for name, value in {"jobs": jobs, "groups": groups, "seed": seed, "part": part}.items():
        check_number(name, value)
    if jobs and not groups:
        raise ValueError(
            "groups: 0 should be at least 1 where there are jobs, since every job belongs to a"
            " group"
        )
    moment = moment_of(anchor)
    if moment < EPOCH + SPAN:
        raise ValueError(f"anchor: {wire_time(moment)} should be at least 30 days after 1970 began")
    return Parameters(
        version=DATASET_VERSION, jobs=jobs, groups=groups, seed=seed, anchor=moment, part=part
    )


def moment_of(anchor: object) -> dt.datetime:
    """An anchor as a plain datetime, also where time is frozen."""
    try:
        return moment_at(milliseconds_of(instant(anchor)))
    except ValueError as error:
        raise ValueError(f"anchor: {anchor!r} {error}") from None


def check_number(name: str, value: object) -> None:
    """TypeError or ValueError for what can be no such parameter of a dataset."""
    most = _MOST[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name}: {value!r} should be a whole number")
    if value.bit_length() > _MOST_BITS:
        raise ValueError(
            f"{name}: a number of {value.bit_length()} bits should have at most {_MOST_BITS}"
        )
    if value < 0 or (most is not None and value > most):
        raise ValueError(
            f"{name}: {value} should be {'0 or more' if most is None else f'from 0 to {most:,}'}"
        )
