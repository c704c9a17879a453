"""Scenarios as histories, from the groups, waves and steps of their files."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from random import Random
from typing import NamedTuple

from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.ids import default_name
from sdrs_fake.domain.jobs import end_time_of
from sdrs_fake.domain.times import to_milliseconds
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.seeding.failure_catalog import WAYS, pair_of
from sdrs_fake.seeding.history import History
from sdrs_fake.seeding.incidents import Incident
from sdrs_fake.seeding.randomness import one_of
from sdrs_fake.seeding.resources import DrawnResources, Group, Resource
from sdrs_fake.seeding.scenario_step import ScenarioStep
from sdrs_fake.seeding.scenario_steps import ScenarioSteps, TakenStep
from sdrs_fake.seeding.stated_group import StatedGroup
from sdrs_fake.seeding.steps import Step, steps_of
from sdrs_fake.seeding.wave import Wave
from sdrs_fake.seeding.wave_failures import WaveFailure, failures_of

_HOMES = {"available", "protected"}
_PROTECTED = {ResourceType.PROTECTED_INSTANCES, ResourceType.REPLICATIONS}


class Parts(NamedTuple):
    """What the file of a scenario has for its history."""

    groups: Sequence[StatedGroup]
    waves: Sequence[Wave]
    steps: Sequence[ScenarioStep]


class ScenarioHistory:
    """The history of a scenario: what its file states, and what is drawn for the rest.

    In each group the waves are older than the steps. ParameterError, with its place in the file,
    for what the service would not have allowed.
    """

    def __init__(self, parts: Parts, source: Random, batch: int, as_of: int) -> None:
        self._parts = parts
        self._source = source
        self._batch = batch
        self._as_of = as_of
        self._resources = DrawnResources(source, 0, batch, as_of)
        self._as_they_are: list[Group] = []
        self.stated = [self._group(number) for number in range(len(parts.groups))]
        """The groups of the file; `groups` are those that are there at the end."""
        self.descriptions = {
            group.id: each.description
            for group, each in zip(self.stated, parts.groups, strict=True)
        }
        steps_taken = ScenarioSteps(self.stated, self._named(), self._resources, as_of)
        for number, step in enumerate(parts.steps):
            steps_taken.take(f"steps[{number}]", step)
        steps_taken.end()
        self.groups = steps_taken.groups
        self._taken = steps_taken.taken
        self._failed: dict[int, FailureJob] = {}
        """The failed jobs of the steps that failed, by the ids of their objects."""
        self._check_waves()
        self._incidents: list[Incident] = []

    def jobs(self) -> Iterator[FailureJob]:
        """Draw the failed jobs, the newest first; once."""
        taken = [each for each in self._taken if each.failed]
        waves = failures_of(self._parts.waves, self.stated, self._first_steps(), self._source)
        happened: list[WaveFailure | TakenStep] = sorted([*taken, *waves], key=attrgetter("age"))
        history = History(self._source, self._resources, self._batch, len(happened))
        history.incidents = self._incidents
        for each in happened:
            if isinstance(each, TakenStep):
                yield self._job(history, each)
            else:
                yield from self._of_wave(history, each)

    @property
    def as_they_are(self) -> set[str]:
        """The ids of groups in a status of the file, and of what is in them."""
        return {each.id for group in self._as_they_are for each in (group, *group.members)}

    @property
    def deleted_ids(self) -> set[str]:
        """The ids of the groups of the file that its steps delete."""
        return {each.id for each in self.stated} - {each.id for each in self.groups}

    def steps(self) -> list[Step]:
        """The whole history in the order of time, once its failed jobs were drawn."""
        waves = steps_of(self.stated, self._incidents)
        taken = [each.step._replace(failure_job=self._failed.get(id(each))) for each in self._taken]
        return sorted([*waves, *taken], key=attrgetter("begin_time"))

    def _job(self, history: History, taken: TakenStep) -> FailureJob:
        ways = WAYS[pair_of(taken.row)]
        if taken.code is not None:
            ways = tuple(way for way in ways if way.error_code == taken.code)
        job = history.job(taken.resource, one_of(self._source, ways), self._as_of - taken.age)
        self._failed[id(taken)] = job
        taken.change(to_milliseconds(end_time_of(job.begin_time, job.job_id)))
        if taken.row.running == "creating":
            taken.resource.detail = job.error_code
        return job

    # The groups

    def _group(self, number: int) -> Group:
        """A group of the file; what its file leaves open is drawn."""
        stated = self._parts.groups[number]
        group = self._resources.new_group()
        if stated.id is not None:
            group.id = stated.id
            group.name = default_name(ResourceType.SERVER_GROUPS, stated.id)
        group.name = stated.name or group.name
        if stated.has_members:
            self._state(f"groups[{number}].", stated, group)
        elif stated.id is None or self._has_wave(stated) or self._has_step(stated):
            self._resources.add_members(group)
        group.home = stated.status if stated.status in _HOMES else "available"
        if group.home == "protected" and not any(each.kind in _PROTECTED for each in group.members):
            reason = "'protected' should go with an instance or a pair in the group"
            raise ParameterError(f"groups[{number}].status", reason)
        if stated.status not in _HOMES:
            self._state_status(f"groups[{number}].status", stated, group)
        return group

    def _named(self) -> dict[str, Resource]:
        """The groups and members that the file names, by their names."""
        named: dict[str, Resource] = {}
        for stated, group in zip(self._parts.groups, self.stated, strict=True):
            names = {name for _, name in stated.names} | {stated.name}
            named |= {each.name: each for each in (*group.members, group) if each.name in names}
        return named

    def _has_wave(self, stated: StatedGroup) -> bool:
        """Whether a wave is about a group."""
        return any(
            wave.count and (wave.groups is None or stated.name in wave.groups)
            for wave in self._parts.waves
        )

    def _has_step(self, stated: StatedGroup) -> bool:
        """Whether a step is about a group or what is in it, or makes something there."""
        names = {stated.name, *(name for _, name in stated.names)}
        return any(names & {*step.resources, step.group} - {None} for step in self._parts.steps)

    def _state_status(self, place: str, stated: StatedGroup, group: Group) -> None:
        """Leave a group in a status of the file, whatever its history."""
        if self._has_step(stated):
            reason = (
                "should be available or protected where steps are about the group or its members"
            )
            raise ParameterError(place, f"{shown(str(stated.status))} {reason}")
        group.status, group.touched = str(stated.status), True
        self._as_they_are.append(group)
        group.seen.add("status")

    def _state(self, place: str, stated: StatedGroup, group: Group) -> None:
        """Put into a group what the file states."""
        resources = self._resources
        resources.date(group)
        for name in stated.protected_instances or ():
            resources.add_instance(group).name = name
        instances = {each.name: each for each in group.instances}
        for number, pair in enumerate(stated.replication_pairs or ()):
            if pair.attached_to is not None and pair.attached_to not in instances:
                raise ParameterError(
                    f"{place}replication_pairs[{number}].attached_to",
                    f"{shown(pair.attached_to)} should be one of the protected_instances",
                )
            resources.add_pair(group, instances.get(pair.attached_to or "")).name = pair.name
        for name in stated.drills or ():
            resources.add(group, ResourceType.DISASTER_RECOVERY_DRILLS).name = name
        resources.settle(group)
        if self._has_wave(stated) and not group.pairs:
            raise ParameterError(
                f"{place}replication_pairs",
                "should have one with attached_to, since a wave is about the group",
            )

    # The waves

    def _of_wave(self, history: History, failure: WaveFailure) -> Sequence[FailureJob]:
        episode = failure.episode
        group = self._resources.new_group() if episode.makes_group else failure.group
        begun, since, until = (
            self._as_of - age for age in (failure.age, failure.since, failure.until)
        )
        return history.add_episode(episode, group, [begun], [failure.ways], (since, until))

    def _first_steps(self) -> dict[str, int]:
        """How long ago the first step in a group was, by its id."""
        first: dict[str, int] = {}
        for taken in self._taken:
            first.setdefault(taken.resource.group.id, taken.age)
        return first

    def _check_waves(self) -> None:
        """Refuse a wave that is not over before the first step in one of its groups."""
        first = self._first_steps()
        for number, wave in enumerate(self._parts.waves):
            for group in self.stated if wave.count else ():
                is_about = wave.groups is None or group.name in wave.groups
                if is_about and first.get(group.id, 0) > wave.until:
                    reason = f"should be as long ago as the first step in {shown(group.name)}"
                    raise ParameterError(f"waves[{number}].to", f"{reason}, or longer")
