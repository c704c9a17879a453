"""Whether a dataset is what its steps leave."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sdrs_fake.domain.drills import Drill
from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.groups import NUMBERS, ProtectionGroup
from sdrs_fake.domain.ids import default_name
from sdrs_fake.domain.jobs import end_time_of
from sdrs_fake.domain.pairs import PairStatus, ReplicationPair
from sdrs_fake.errors import shown
from sdrs_fake.seeding.datasets import Dataset, as_they_are
from sdrs_fake.seeding.episodes import OF_ATTACHMENTS
from sdrs_fake.seeding.history import ROOM
from sdrs_fake.seeding.randomness import AGES
from sdrs_fake.seeding.replay import Replayed, WrongStepError, replayed
from sdrs_fake.seeding.steps import Step

_Times = dict[str, dt.datetime]


class _State(NamedTuple):
    """What is compared of a resource."""

    server_group_id: str
    status: str
    station: str
    instance_id: str | None


def history_problems(data: Dataset, steps: Sequence[Step]) -> Iterator[str]:
    """What is wrong with a dataset and its steps, beside what is wrong with single failed jobs."""
    given = set(data.spec.scenario.failure_jobs) if data.spec.scenario else set()
    taken = [step.failure_job for step in steps if step.failure_job]
    if set(taken) != set(data.failure_jobs) - given or len(taken) != len(set(taken)):
        yield "failure_jobs are not those of the steps"
    if list(data.failure_jobs) != sorted(data.failure_jobs, key=attrgetter("rank"), reverse=True):
        yield "failure_jobs are not in order, the newest first"
    try:
        left = replayed(steps, timed=_has_room(data))
    except WrongStepError as error:
        yield str(error)
        return
    yield from _differences(data, {key: _left(each) for key, each in left.items()})
    yield from _wrong_fields(data, steps)
    yield from _wrong_times(data, steps)
    yield from _wrong_attachments(data)
    yield from _wrong_numbers(data)


def _has_room(data: Dataset) -> bool:
    """Whether the 30 days have room for all jobs one after the other, and no file says when."""
    return data.spec.scenario is None and len(data.failure_jobs) * ROOM <= AGES


def _left(state: Replayed) -> _State:
    is_drill = state.kind is ResourceType.DISASTER_RECOVERY_DRILLS
    station = "" if is_drill else state.station
    return _State(state.server_group_id, state.status, station, state.instance_id)


def _shown(resource: Any) -> _State:
    is_group, is_pair = isinstance(resource, ProtectionGroup), isinstance(resource, ReplicationPair)
    return _State(
        resource.id if is_group else resource.server_group_id,
        str(resource.status),
        "" if isinstance(resource, Drill) else resource.priority_station,
        resource.instance_id if is_pair else None,
    )


def _differences(data: Dataset, left: dict[str, _State]) -> Iterator[str]:
    """Resources that are not as the steps leave them, but for what a scenario states as it is."""
    found = {each.id: _shown(each) for each in _resources(data)}
    for key in sorted((found.keys() | left.keys()) - as_they_are(data)):
        if found.get(key) != left.get(key):
            yield f"{key} is {_words(found.get(key))}, but its steps leave {_words(left.get(key))}"


def _resources(data: Dataset) -> tuple[Any, ...]:
    return (
        *data.groups,
        *data.protected_instances,
        *data.replication_pairs,
        *data.drills,
    )


def _wrong_fields(data: Dataset, steps: Iterable[Step]) -> Iterator[str]:
    """Resources that are there twice, or with another name or code than their steps gave them."""
    names = {step.resource_id: step.resource_name for step in steps}
    codes = {
        job.resource_id: job.error_code
        for step in steps
        if (job := step.failure_job) and step.row.running == "creating"
    }
    seen = set()
    for each in _resources(data):
        if each.id in seen:
            yield f"{each.id} is there twice"
        seen.add(each.id)
        if each.id in as_they_are(data):
            continue
        # Only the pair of a system disk has no step of its own: the service makes and names it.
        name = names.get(each.id, default_name(ResourceType.REPLICATIONS, each.id))
        if each.name != name:
            yield f"name of {each.id} is {shown(each.name)}, but its steps leave {shown(name)}"
        if isinstance(each, ReplicationPair):
            there, left = each.failure_detail, codes.get(each.id)
            is_shown = there is not None or each.status is PairStatus.ERROR
            if is_shown and there != left:
                yield f"failure_detail of {each.id} is {shown(there)}, but its steps leave {left}"


def _wrong_times(data: Dataset, steps: Iterable[Step]) -> Iterator[str]:
    """Resources that were not made or not changed when their steps say."""
    made, changed = _times(steps, exact=_has_room(data))
    for each in _resources(data):
        if each.id not in made or each.id in as_they_are(data):
            continue  # the pair of a system disk has no steps
        if each.created_at != made[each.id]:
            yield f"created_at of {each.id} is {each.created_at}, not {made[each.id]}"
        if not changed[each.id] <= each.updated_at <= data.spec.as_of:
            yield f"updated_at of {each.id} is {each.updated_at}, not {changed[each.id]} or later"


def _times(steps: Iterable[Step], *, exact: bool) -> tuple[_Times, _Times]:
    """When resources were made, and when the last of their steps ended, or began."""
    made: _Times = {}
    changed: _Times = {}
    for step in steps:
        job, end = step.failure_job, step.begin_time
        if job and exact:
            end = end_time_of(end, job.job_id)
        if step.row.allowed is None:
            made[step.resource_id] = step.begin_time
        ids = [step.resource_id, step.other_id if step.row.running in OF_ATTACHMENTS else None]
        changed |= {each: max(end, changed.get(each, end)) for each in ids if each}
    return made, changed


def _wrong_attachments(data: Dataset) -> Iterator[str]:
    """Pairs that their instances show in another way, or not at all."""
    of_instances = {
        (each.id, *attached) for each in data.protected_instances for attached in each.attachment
    }
    of_pairs = {
        (attached.protected_instance, each.id, attached.device)
        for each in data.replication_pairs
        for attached in each.attachment
    }
    for instance_id, pair_id, device in sorted(of_instances ^ of_pairs):
        yield f"{pair_id} at {device} of {instance_id} is in the attachment of one of them only"


def _words(state: _State | None) -> str:
    if state is None:
        return "not there"
    at = f", attached to {state.instance_id}" if state.instance_id else ""
    return f"{state.status} at {state.station or 'no'} station{at}"


def _wrong_numbers(data: Dataset) -> Iterator[str]:
    members: tuple[Any, ...] = data.protected_instances, data.replication_pairs, data.drills
    for name, resources in zip(NUMBERS.values(), members, strict=True):
        numbers = Counter(each.server_group_id for each in resources)
        for group in data.groups:
            if getattr(group, name) != numbers[group.id]:
                yield f"{name} of {group.id} is {getattr(group, name)}, not {numbers[group.id]}"
