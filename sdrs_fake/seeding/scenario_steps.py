"""The steps of a scenario's file, taken one after the other, each as the service allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.jobs import LONGEST
from sdrs_fake.domain.times import MILLISECOND, from_milliseconds
from sdrs_fake.domain.transitions import Transition, transitions_of
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.seeding.episodes import EPISODES, GONE, OF_ATTACHMENTS, USUAL
from sdrs_fake.seeding.failure_catalog import WAYS, pair_of
from sdrs_fake.seeding.replay import Replay, Replayed, WrongStepError
from sdrs_fake.seeding.resources import DrawnResources, Group, Resource
from sdrs_fake.seeding.scenario_step import ScenarioStep
from sdrs_fake.seeding.steps import Step, beginning_of, step_of
from sdrs_fake.seeding.wave import duration_text

_INSTANCES = ResourceType.PROTECTED_INSTANCES


@dataclass(frozen=True, slots=True)
class TakenStep:
    """An operation on one resource, and how many milliseconds before `as_of` it began.

    `instance` is the one that a pair is attached to or detached from.
    """

    age: int
    resource: Resource
    instance: Resource | None
    row: Transition
    failed: bool
    code: str | None
    step: Step

    @property
    def resources(self) -> list[Resource]:
        """What it changes."""
        return [self.resource, self.instance] if self.instance else [self.resource]

    def change(self, when: int) -> None:
        """Note when it changed its resources."""
        for each in self.resources:
            each.updated = max(each.updated, when)


class ScenarioSteps:
    """The resources of a scenario by their names, while its steps are taken."""

    def __init__(
        self,
        groups: Sequence[Group],
        named: Mapping[str, Resource],
        resources: DrawnResources,
        as_of: int,
    ) -> None:
        self.groups = list(groups)
        """The groups, and those that the steps made."""
        self.taken: list[TakenStep] = []
        self._resources = resources
        self._as_of = as_of
        self._replay = Replay()
        self._named = dict(named)
        """What the file names, which no drawn name can be taken for."""
        self._instances: dict[str, Resource] = {}
        """The instances that steps named last, by the ids of pairs."""
        for group in groups:
            for step in beginning_of(group):
                self._replay.take(step, failed=False)

    def take(self, place: str, step: ScenarioStep) -> None:
        """Take a step of the file; ParameterError, with its place, for one that cannot be."""
        for name, age in zip(step.resources, step.ages, strict=True):
            resource = (
                self._new(place, step, name, age) if step.makes else self._find(place, step, name)
            )
            row = self._row(step, resource)
            self._check_code(place, step, row)
            attaches = row.running in OF_ATTACHMENTS
            instance = self._instance(place, step, resource) if attaches else None
            taken = step_of(resource, row.job_type, self._as_of - age, instance)
            self._take(
                place, TakenStep(age, resource, instance, row, step.failed, step.error_code, taken)
            )

    def end(self) -> None:
        """Leave the resources as the steps did."""
        for each in self.taken:
            each.resource.group.seen.add("steps")
            for resource in each.resources:
                resource.touched = True
        need_members = {
            each.resource.group.id
            for each in self.taken
            if each.row.running in {"attaching", "deleting"}
        }
        changed = {id(each.resource.group): each.resource.group for each in self.taken}
        for group in changed.values():
            instances = {each.id: each for each in group.instances}
            for resource in (group, *group.members):
                self._leave(resource, instances)
            if group.id in need_members:
                _keep_members(group)
            gone = [each for each in group.members if each.status == GONE]
            group.deleted_instances = [each for each in gone if each.kind is _INSTANCES]
            group.members = [each for each in group.members if each.status != GONE]
            # The waves are older than what the steps made.
            group.instances = [each for each in group.standing if each.kind is _INSTANCES]
        self.groups = [each for each in self.groups if each.status != GONE]

    def _find(self, place: str, step: ScenarioStep, name: str) -> Resource:
        kind = transitions_of(step.operation)[0].resource_type
        resource = self._named.get(name)
        if resource is None or resource.kind is not kind:
            names = [each.name for each in self._named.values() if each.kind is kind]
            known = (
                f"one of {', '.join(names):.500}"
                if names
                else f"among {kind} that the file names, of which there are none"
            )
            raise ParameterError(f"{place}.resource", f"{shown(name)} should be {known}")
        return resource

    def _new(self, place: str, step: ScenarioStep, name: str, age: int) -> Resource:
        kind = transitions_of(step.operation)[0].resource_type
        if name in self._named and self._has(self._named[name]):  # another can have it when gone
            raise ParameterError(f"{place}.resource", f"{shown(name)} should be a new name")
        if kind is ResourceType.SERVER_GROUPS:
            made = self._resources.new_group()
            made.home = "available"
            self.groups.append(made)
            resource: Resource = made
        else:
            group = self._named.get(step.group or "")
            if not isinstance(group, Group):
                reason = f"{shown(step.group)} should be the name of the group that it is made in"
                raise ParameterError(f"{place}.group", reason)
            resource = self._resources.new(kind, group)
            group.members.append(resource)
        resource.name = name
        resource.created = self._as_of - age
        resource.is_made = not step.failed
        if resource.is_made and kind is _INSTANCES:
            self._equip(resource)
        self._named[name] = resource
        return resource

    def _has(self, resource: Resource) -> bool:
        """Whether a resource is there, or was deleted."""
        return resource.id in self._replay.resources

    def _equip(self, instance: Resource) -> None:
        """An instance that was made has a system disk, and can be attached to."""
        group = instance.group
        group.members.append(self._resources.system_pair(instance))
        group.instances.append(instance)

    def _instance(self, place: str, step: ScenarioStep, resource: Resource) -> Resource | None:
        """The instance that a pair is attached to or detached from, by default its last one."""
        if step.instance is None:
            last = self._instances.get(resource.id) or resource.instance
            choices = [last, *resource.group.instances]
            return next((each for each in choices if each and self._has(each)), None)
        instance = self._named.get(step.instance)
        if instance is None or instance.kind is not _INSTANCES or not self._has(instance):
            raise ParameterError(
                f"{place}.instance", f"{shown(step.instance)} should name an instance that is there"
            )
        self._instances[resource.id] = instance
        return instance

    def _row(self, step: ScenarioStep, resource: Resource) -> Transition:
        """The transition that the status decides on, where an operation has two."""
        *others, last = transitions_of(step.operation)
        state = self._replay.resources.get(resource.id)
        fitting = [row for row in (last, *others) if state and state.status in (row.allowed or ())]
        return (fitting or [*others, last])[0]

    def _check_code(self, place: str, step: ScenarioStep, row: Transition) -> None:
        """Refuse a code that only the other of the two transitions of an operation fails with."""
        codes = sorted({way.error_code for way in WAYS[pair_of(row)]})
        if step.error_code is not None and step.error_code not in codes:
            raise ParameterError(
                f"{place}.error_code",
                f"{shown(step.error_code)} should be one of {', '.join(codes)} to {row.variant}",
            )

    def _take(self, place: str, taken: TakenStep) -> None:
        resource, step = taken.resource, taken.step
        busy = self._replay.busy_until(step)
        try:
            end_time = step.begin_time + LONGEST * MILLISECOND
            self._replay.take(step, failed=taken.failed, end_time=end_time)
        except WrongStepError as error:
            name = shown(resource.name)
            raise ParameterError(f"{place}.operation", f"{name} {error}") from None
        if step.begin_time < busy:
            least = duration_text((from_milliseconds(self._as_of) - busy) // MILLISECOND)
            reason = f"should be {least} or shorter, since the step before can keep"
            raise ParameterError(
                f"{place}.ago",
                f"{duration_text(taken.age)} {reason} {shown(resource.name)} busy until then",
            )
        self.taken.append(taken)
        taken.change(self._as_of - taken.age)

    def _leave(self, resource: Resource, instances: Mapping[str, Resource]) -> None:
        state = self._replay.resources.get(resource.id)
        if state is None:
            resource.status = GONE
            return
        resource.attached_to = instances.get(state.instance_id or "")
        if isinstance(resource, Group):
            resource.status = state.status
            resource.flipped = state.station == "target"
        else:
            group = self._replay.resources[state.server_group_id]
            resource.status = USUAL if _follows(state, group) else state.status


def _keep_members(group: Group) -> None:
    """Let no wave leave what is in a group otherwise than it was at first."""
    group.seen.update(EPISODES[group.home])
    for each in group.members:
        each.touched = True


def _follows(state: Replayed, group: Replayed) -> bool:
    is_drill = state.kind is ResourceType.DISASTER_RECOVERY_DRILLS
    return state.status == ("available" if is_drill else group.status)
