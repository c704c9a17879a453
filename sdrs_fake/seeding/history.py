"""The history of a dataset, drawn from its newest failed job back to its oldest."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import chain
from random import Random

from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.jobs import LONGEST
from sdrs_fake.domain.times import from_milliseconds, to_milliseconds
from sdrs_fake.seeding.episodes import EPISODES, GONE, Episode, Ways
from sdrs_fake.seeding.failure_catalog import DECK, Pair
from sdrs_fake.seeding.incidents import Incident, end_of, lead_time, moved_at
from sdrs_fake.seeding.randomness import AGES, LATEST, JobIds, dealt
from sdrs_fake.seeding.resources import DrawnResources, Group, Resource

_GROUPS, _INSTANCES = ResourceType.SERVER_GROUPS, ResourceType.PROTECTED_INSTANCES
_PAIRS = ResourceType.REPLICATIONS
_CARDS: list[Pair] = [card[0][1:3] for card in DECK]
_OF_GROUPS = [pair for pair in _CARDS if pair[0] == _GROUPS]
_OF_MEMBERS = [pair for pair in _CARDS if pair[0] != _GROUPS]
_OF_GONE_GROUPS: set[Pair] = {(_GROUPS, "createFail"), (_GROUPS, "deleteFail")}
_AGAIN = (0, 0, 1, 1, 2)
"""How often what failed last fails again at once; each is as likely."""
_LONGEST_WAIT = 30 * 60_000
"""Milliseconds after the end of a step that failed until it is tried again."""
_MOST_STEPS = max(
    len(each.lead) + 1 + len(each.trail)
    for episodes in EPISODES.values()
    for each in chain.from_iterable(episodes.values())
)
ROOM = _MOST_STEPS * LONGEST
"""Milliseconds in which a failed job and all other steps of its episode can be over."""


class History:
    """The resources of a dataset, and the episodes that left them as they are.

    Only the newest episode of a resource changes how it is at the end; that of a group also how
    its members are. That is why a history can be drawn backwards, without keeping it.
    """

    def __init__(
        self, source: Random, resources: DrawnResources, batch: int, failures: int
    ) -> None:
        self.resources = resources
        self._source = source
        self._random = source.random
        self._job_ids = JobIds(source, batch)
        self._left = failures
        self.incidents: list[Incident] | None = None
        """The episodes that were drawn, where a list is put here to keep them."""

    def draw(self, as_of: int) -> Iterator[Sequence[FailureJob]]:
        """Draw the failed jobs of the 30 days before `as_of`, the newest first.

        Recent days are denser, unless the 30 days have no room for that.
        """
        failures, place, owed = self._left, 0, 0.0
        even = min(failures * ROOM, AGES)
        of_groups = dealt(self._source, _OF_GROUPS)
        of_members = dealt(self._source, _OF_MEMBERS)
        until = newest = as_of - LATEST
        while place < failures:
            # A third of the failures are of groups; `owed` is how many of these are missing.
            is_of_group = owed > 2 * self._random() - 1
            pair = next(of_groups if is_of_group else of_members)
            group = self._group_of(pair)
            episode, ways = self._episode(EPISODES[group.home][pair], failures - place)
            owed += len(ways) / 3 - (len(ways) if is_of_group else 0)
            place += len(ways)
            share = place / failures
            since = newest - int(share * (even + share * (AGES - even)))
            times = self._times(episode, len(ways), since, until)
            yield self.add_episode(episode, group, times, ways, (since, until))
            until = since

    def _times(self, episode: Episode, failures: int, since: int, until: int) -> list[int]:
        """Draw when the failed steps of an episode begin, the newest first.

        Before each step the one before it is over, and the last one is by `until`: as far as the
        span has room for that.
        """
        after = len(episode.trail)
        steps = len(episode.lead) + failures + after
        span = until - since
        apart = LONGEST if span > steps * LONGEST else span // steps
        free = span - steps * apart
        begun = until - after * apart
        times = []
        for _ in range(failures):
            waited = int(self._random() * free)
            begun -= apart + waited
            times.append(begun)
            free = min(free - waited, _LONGEST_WAIT)
        return times

    def _group_of(self, pair: Pair) -> Group:
        """The group of an episode: a new one where it is made or deleted itself."""
        if pair in _OF_GONE_GROUPS:
            return self.resources.new_group()
        busy = self.resources.busy
        group = busy[int(self._random() * len(busy))]
        return group if group.members else self.resources.add_members(group)

    def _episode(self, episodes: Sequence[Episode], most: int) -> tuple[Episode, Sequence[Ways]]:
        """Draw an episode, and the ways to fail of each step that does, from the last one on."""
        episode = episodes[int(self._random() * len(episodes))]
        ways = episode.ways
        if episode.can_repeat:
            ways = _AGAIN[int(self._random() * len(_AGAIN))] * ways[:1] + ways
        if len(ways) > most:
            episode = episodes[0]
            ways = episode.ways
        return episode, ways

    def add_episode(
        self,
        episode: Episode,
        group: Group,
        times: Sequence[int],
        ways: Sequence[Ways],
        span: tuple[int, int],
    ) -> Sequence[FailureJob]:
        """Let an episode happen in a group, and return its failed jobs, the newest first.

        The times at which its failed steps begin, and their ways to fail, come in the same order.
        The other steps lie within the span.
        """
        resource = self._resource_of(episode, group)
        kept = self._kept(episode, resource, group.seen)
        jobs = self._jobs(resource, times, ways)
        if episode.flips[kept]:
            group.flipped = not group.flipped
        newest, moved = times[0], None
        if (instance := resource.instance) is not None:
            instance.touched = True  # it has to be in a stable status before that
            moved = instance if episode.attaches and instance.updated < newest else None
        is_left = resource.updated < newest and episode.outcomes[kept].status != GONE
        if is_left or moved or self.incidents is not None:
            incident = Incident(episode, resource, kept, jobs, *span)
            if moved:
                moved.updated = moved_at(incident)
            if is_left:
                self._leave(incident)
            if self.incidents is not None:
                self.incidents.append(incident)
        return jobs

    def _jobs(
        self, resource: Resource, times: Sequence[int], ways: Sequence[Ways]
    ) -> list[FailureJob]:
        jobs = []
        for begun, of_step in zip(times, ways):  # noqa: B905 as long, and this is quicker
            self._left -= 1
            way = of_step[int(self._random() * len(of_step))]
            job_id = self._job_ids.draw(begun, self._left)
            jobs.append(fast_failure_job(resource, way, job_id, begun))
        return jobs

    def job(self, resource: Resource, way: JobType, begun: int) -> FailureJob:
        """The next failed job, older than all before."""
        self._left -= 1
        return fast_failure_job(resource, way, self._job_ids.draw(begun, self._left), begun)

    def _resource_of(self, episode: Episode, group: Group) -> Resource:
        kind = episode.kind
        if kind is _GROUPS:
            return group
        if not episode.makes:
            choices = group.pairs if kind is _PAIRS else group.instances
            return choices[int(self._random() * len(choices))]
        resource = self.resources.new(kind, group)
        if kind is _PAIRS:
            instances = group.instances
            resource.instance = instances[int(self._random() * len(instances))]
        return resource

    def _kept(self, episode: Episode, resource: Resource, seen: set[object]) -> int:
        """How many of the last steps happened: in the newest episode of a resource not all have to.

        That of a group has to be the newest in the group: nothing is made in one that failed.
        """
        whole = len(episode.trail)
        if episode.pair in seen or resource.touched:
            return whole
        if episode.kind is _GROUPS:
            cut = not seen and not episode.makes
        else:
            cut = self._source.getrandbits(1) == 1
        seen.add(episode.pair)
        return int(self._random() * whole) if cut else whole

    def _leave(self, incident: Incident) -> None:
        """Leave a resource as an episode did, where no newer one or step did."""
        episode, resource, kept = incident[:3]
        resource.updated = end_of(incident)
        if resource.touched:
            return
        resource.touched = True
        resource.status, attached = episode.outcomes[kept]
        resource.attached_to = resource.instance if attached else None
        if episode.makes:
            self._keep(incident)

    def _keep(self, incident: Incident) -> None:
        """Leave a resource in its group that was made in this episode."""
        resource, newest = incident.resource, incident.jobs[0]
        resource.is_made = bool(incident.episode.lead)
        if incident.episode.lead:
            resource.created = lead_time(incident, 0)
            if resource.kind is _INSTANCES:
                resource.group.members.append(self.resources.system_pair(resource))
        else:
            resource.created = to_milliseconds(incident.jobs[-1].begin_time)
        if resource.status == "error":
            resource.detail = newest.error_code
        resource.group.members.append(resource)


_new = FailureJob.__new__
(_status, _id, _name, _type, _failure, _job_id, _job_type, _begin_time, _code, _reason, _group) = (
    FailureJob.__dict__[each.name].__set__ for each in fields(FailureJob)
)


def fast_failure_job(resource: Resource, failure: JobType, job_id: str, begun: int) -> FailureJob:
    """Make a failed job without validation, which would double the time; tests validate them.

    A frozen value has no other way in than its slots.
    """
    job_type, resource_type, failure_status, error_code, fail_reason = failure
    job = _new(FailureJob)
    _status(job, "FAIL")
    _id(job, resource.id)
    _name(job, resource.name)
    _type(job, resource_type)
    _failure(job, failure_status)
    _job_id(job, job_id)
    _job_type(job, job_type)
    _begin_time(job, from_milliseconds(begun))
    _code(job, error_code)
    _reason(job, fail_reason)
    _group(job, resource.group.id)
    return job
