"""Episodes as they happened, and when each of their steps did."""

from collections.abc import Sequence
from typing import NamedTuple

from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.jobs import end_time_of
from sdrs_fake.domain.times import to_milliseconds
from sdrs_fake.seeding.episodes import OF_ATTACHMENTS, Episode
from sdrs_fake.seeding.resources import MINUTES_10, Resource


class Incident(NamedTuple):
    """An episode as it happened: how many of its last steps did, and its failed jobs.

    The newest job comes first. All steps lie between `since` and `until`.
    """

    episode: Episode
    resource: Resource
    kept: int
    jobs: Sequence[FailureJob]
    since: int
    until: int


def lead_time(incident: Incident, place: int) -> int:
    """When a step began that came before the failures."""
    first = to_milliseconds(incident.jobs[-1].begin_time)
    back = len(incident.episode.lead) - place
    return first - back * min((first - incident.since) // len(incident.episode.lead), MINUTES_10)


def trail_time(incident: Incident, place: int) -> int:
    """When a step began that came after the failures."""
    last = to_milliseconds(incident.jobs[0].begin_time)
    apart = min((incident.until - last) // (len(incident.episode.trail) + 1), MINUTES_10)
    return last + (place + 1) * apart


def moved_at(incident: Incident) -> int:
    """When the last of its steps ended that attached or detached a pair."""
    for place in reversed(range(incident.kept)):
        if incident.episode.trail[place].running in OF_ATTACHMENTS:
            return max(trail_time(incident, place), _end_of_failures(incident))
    return _end_of_failures(incident)


def end_of(incident: Incident) -> int:
    """When the last of its steps ended."""
    end = _end_of_failures(incident)  # in dense data it can come after the beginning of the last
    return max(trail_time(incident, incident.kept - 1), end) if incident.kept else end


def _end_of_failures(incident: Incident) -> int:
    newest = incident.jobs[0]
    return to_milliseconds(end_time_of(newest.begin_time, newest.job_id))
