"""Whether a dataset is what its steps leave."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from sdrs_fake.domain.drills import Drill
from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.groups import NUMBERS, ProtectionGroup
from sdrs_fake.domain.pairs import ReplicationPair
from sdrs_fake.seeding.datasets import Dataset, as_they_are
from sdrs_fake.seeding.replay import Replayed, WrongStepError, replayed


class _State(NamedTuple):
    """What is compared of a resource."""

    server_group_id: str
    status: str
    station: str
    instance_id: str | None


def history_problems(data: Dataset) -> Iterator[str]:
    """What is wrong with a dataset, beside what is wrong with single failed jobs."""
    steps = data.steps()
    given = set(data.spec.scenario.failure_jobs) if data.spec.scenario else set()
    taken = [step.failure_job for step in steps if step.failure_job]
    if set(taken) != set(data.failure_jobs) - given or len(taken) != len(set(taken)):
        yield "failure_jobs are not those of the steps"
    try:
        left = replayed(steps)
    except WrongStepError as error:
        yield str(error)
        return
    yield from _differences(data, {key: _left(each) for key, each in left.items()})
    yield from _wrong_numbers(data)


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
    members: tuple[Any, ...] = (*data.protected_instances, *data.replication_pairs, *data.drills)
    shown = {each.id: _shown(each) for each in (*data.groups, *members)}
    for key in sorted((shown.keys() | left.keys()) - as_they_are(data)):
        if shown.get(key) != left.get(key):
            yield f"{key} is {_words(shown.get(key))}, but its steps leave {_words(left.get(key))}"


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
