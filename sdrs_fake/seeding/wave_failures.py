"""The failures of the waves of a scenario: when each begins, and the span of its episode."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import attrgetter
from random import Random

from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.jobs import LONGEST
from sdrs_fake.seeding.episodes import EPISODES, Episode
from sdrs_fake.seeding.failure_catalog import Pair
from sdrs_fake.seeding.randomness import LATEST, dealt, one_of
from sdrs_fake.seeding.resources import Group
from sdrs_fake.seeding.wave import Wave

_HOUR = 3_600_000


@dataclass(slots=True, eq=False)
class WaveFailure:
    """What failed how in which group, and how many milliseconds before `as_of`.

    Its episode begins `since` and is over `until`, milliseconds before `as_of` too.
    """

    age: int
    group: Group
    ways: Sequence[JobType]
    episode: Episode
    wave: Wave
    since: int = 0
    until: int = 0

    @property
    def before(self) -> int:
        """How long the steps before the failure can take."""
        return len(self.episode.lead) * LONGEST

    @property
    def after(self) -> int:
        """How long the failure and the steps after it can take."""
        return (1 + len(self.episode.trail)) * LONGEST


def failures_of(
    waves: Sequence[Wave], groups: Sequence[Group], first: Mapping[str, int], source: Random
) -> list[WaveFailure]:
    """Draw the failures of waves.

    `first` is when the steps of the file begin in groups, by their ids; the waves are older there.
    """
    named = {group.name: group for group in groups}
    of_groups: defaultdict[str, list[WaveFailure]] = defaultdict(list)
    for wave in waves:
        hit = [named[name] for name in wave.groups] if wave.groups else groups
        for failure in _of_wave(wave, hit, source):
            of_groups[failure.group.id].append(failure)
    for group_id, failures in of_groups.items():
        newest = first.get(group_id, LATEST)
        _move_apart(failures, newest)
        failures.sort(key=attrgetter("age"))
        _share_out(failures, newest)
    return list(chain.from_iterable(of_groups.values()))


def _of_wave(wave: Wave, hit: Sequence[Group], source: Random) -> Iterator[WaveFailure]:
    """The failures of a wave, spread evenly over its time, from the newest to the oldest."""
    groups, cards = dealt(source, hit), dealt(source, wave.deck)
    for place in range(wave.count):
        share = (place + source.random()) / wave.count
        age = wave.until + int(share * (wave.since - wave.until))
        group, ways = next(groups), next(cards)
        episode = one_of(source, _with_one_failure(group.home, ways[0][1:3]))
        yield WaveFailure(age, group, ways, episode, wave)


@cache
def _with_one_failure(home: str, pair: Pair) -> tuple[Episode, ...]:
    return tuple(each for each in EPISODES[home][pair] if not each.ways[1:])


def _move_apart(failures: list[WaveFailure], newest: int) -> None:
    """Let each episode be over before the next one, as far as the waves have time for that."""
    failures.sort(key=attrgetter("age"))
    least = newest
    for each in failures:
        each.age = max(each.age, least + each.after)
        least = each.age + each.before
    most = least
    for each in reversed(failures):
        each.age = min(each.age, each.wave.since, most - each.before)
        most = each.age - each.after
    for each in failures:
        each.age = max(each.age, each.wave.until, LATEST)


def _share_out(failures: Sequence[WaveFailure], newest: int) -> None:
    """Share the time between two failures out to what follows the one and precedes the other."""
    age, before = newest, 0
    for newer, each in zip([None, *failures], failures, strict=False):
        each.until = each.age - (each.age - age) * each.after // (each.after + before)
        if newer is not None:
            newer.since = each.until
        age, before = each.age, each.before
    failures[-1].since = age + _HOUR
