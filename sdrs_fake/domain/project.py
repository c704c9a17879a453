"""What one tenant has: a shelf per family of resources, and what follows from one for another."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from sdrs_fake.domain import defaults
from sdrs_fake.domain.errors import GROUP_NOT_FOUND, require
from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.jobs import Job, job_of
from sdrs_fake.domain.listing import Shelf
from sdrs_fake.domain.protection_groups import ProtectionGroup, counted
from sdrs_fake.domain.reading import Reading

_MILLISECOND = dt.timedelta(milliseconds=1)


class Project:
    """What one tenant has. Whatever adds to it adds all that it was given, or nothing."""

    def __init__(self, project_id: str, reading: Reading) -> None:
        self.project_id = project_id
        self.reading = reading
        self.failure_jobs: Shelf[FailureJob] = Shelf()
        self.server_groups: Shelf[ProtectionGroup] = Shelf()
        self.jobs: dict[str, Job] = {}
        """The jobs that were put there; those of failed jobs follow from these."""
        self.parts: list[Any] = []
        """What it was seeded with, a part each time."""
        self._deleted: dict[str, FailureJob] = {}
        self._resources: dict[str, FailureJob] | None = None
        self._shown_groups: Shelf[ProtectionGroup] | None = None
        self._number = 0
        self._last_group_made: dt.datetime | None = None

    def copy(self) -> "Project":
        """Another project with the same things in it; what happens to one does not happen to the
        other.
        """
        twin = Project(self.project_id, self.reading)
        twin.failure_jobs = self.failure_jobs.copy()
        twin.server_groups = self.server_groups.copy()
        twin.jobs = dict(self.jobs)
        twin.parts = list(self.parts)
        twin._deleted = dict(self._deleted)
        twin._shown_groups = self._shown_groups and self._shown_groups.copy()
        twin._number = self._number
        twin._last_group_made = self._last_group_made
        return twin

    # Failed jobs

    def add_failure_jobs(self, jobs: Sequence[FailureJob], row: str = "") -> None:
        """Take new jobs in; their groups exist from then on. ValueError for an id that is taken."""
        new: set[str] = set()
        for place, job in enumerate(jobs):
            if job.job_id in self.failure_jobs or job.job_id in self.jobs or job.job_id in new:
                raise ValueError(
                    f"{row.format(place)}job_id: {job.job_id!r} should be an id that no other job"
                    " of the project has"
                )
            new.add(job.job_id)
        self.failure_jobs.put(jobs)
        self._shown_groups = None
        if self._resources is not None:
            _remember(self._resources, jobs)
        for job in jobs:
            self._deleted.pop(job.job_id, None)
            self._declare(job)

    def add_part(
        self, parameters: object, groups: Iterable[ProtectionGroup], jobs: Sequence[FailureJob]
    ) -> None:
        """Take in a part of a dataset: its groups, also those without failures, and its jobs."""
        self.add_failure_jobs(jobs)
        self.put_groups(groups)
        self.parts.append(parameters)

    def named(self, failure_job_id: str) -> tuple[Sequence[FailureJob], str]:
        """The failed jobs that an id names, and whether it does so as a job_id or as a
        resource_id.
        """
        choice = self.reading.failure_job_id
        if choice != "resource_id" and (job := self.failure_jobs.get(failure_job_id)):
            return [job], "job_id"
        if choice != "job_id" and (
            jobs := [job for job in self.failure_jobs if job.resource_id == failure_job_id]
        ):
            return jobs, "resource_id"
        return [], ""

    def delete_failure_jobs(self, jobs: Iterable[FailureJob]) -> None:
        """Take failed jobs out of the task center. Their jobs, resources and groups go on."""
        jobs = list(jobs)
        self.failure_jobs.remove(jobs)
        self._deleted.update((job.job_id, job) for job in jobs)

    def failed_resource(self, resource_id: str) -> FailureJob | None:
        """The newest entry of a resource that failed before, also where that was deleted."""
        if self._resources is None:
            self._resources = {}
            _remember(self._resources, self._all_failed())
        return self._resources.get(resource_id)

    @property
    def deleted_failure_jobs(self) -> Sequence[FailureJob]:
        """Those that are in the task center no more, in the order they went."""
        return tuple(self._deleted.values())

    def _all_failed(self) -> Iterable[FailureJob]:
        return chain(self._deleted.values(), self.failure_jobs)

    # Jobs

    def job(self, job_id: str) -> Job | None:
        """The job with that id: one that was put there, or that of a failed job, in the task center
        still or not.
        """
        failed = self.failed(job_id)
        return self.jobs.get(job_id) or (job_of(failed) if failed else None)

    def failed(self, job_id: str) -> FailureJob | None:
        """The failed job with that id, in the task center still or not."""
        return self.failure_jobs.get(job_id) or self._deleted.get(job_id)

    # Groups

    def put_groups(self, groups: Iterable[ProtectionGroup]) -> None:
        self.server_groups.put(groups)
        self._shown_groups = None

    def shown_groups(self) -> Shelf[ProtectionGroup]:
        """The groups as they are answered, with what follows from failed jobs; made once between
        two writes.
        """
        if self._shown_groups is None:
            self._shown_groups = Shelf()
            self._shown_groups.put(
                counted(self.server_groups, self._all_failed(), defaults.created_at_of)
            )
        return self._shown_groups

    def check_group(self, group_id: str | None) -> None:
        """Refuse a group that nobody declared, if the reading says so."""
        known = group_id is None or group_id in self.server_groups
        require(known or self.reading.unknown_group == "empty", GROUP_NOT_FOUND)

    def mention(self, group_id: str) -> ProtectionGroup:
        """The group with that id, which is made where there is none."""
        group = self.server_groups.get(group_id)
        if group is None:
            group = ProtectionGroup(
                id=group_id, name=defaults.name_of(ResourceType.SERVER_GROUPS, group_id)
            )
            self.put_groups([group])
        return group

    def group_made_at(self, now: dt.datetime) -> dt.datetime:
        """When a group was made that is declared now: later than the one before, so that the newest
        first is the last one first.
        """
        last = self._last_group_made
        self._last_group_made = now if last is None else max(now, last + _MILLISECOND)
        return self._last_group_made

    def _declare(self, job: FailureJob) -> None:
        """The group of a job exists from now on. A name that only a failure of its own tells
        replaces a made-up one.
        """
        group_id = job.server_group_id
        if group_id is None:
            return
        group = self.mention(group_id)
        if job.resource_id == group_id and group.name == defaults.name_of(
            ResourceType.SERVER_GROUPS, group_id
        ):
            self.put_groups([replace(group, name=job.resource_name)])

    # Ids that nothing has yet

    def free_id(self, kind: str) -> str:
        while True:
            new = defaults.new_id(self.project_id, kind, self._next_number())
            if new not in self.server_groups and not self.failed_resource(new):
                return new

    def free_job_id(self, begin_time: dt.datetime) -> str:
        while self.job(job_id := defaults.job_id_at(begin_time, self._next_number())):
            pass
        return job_id

    def _next_number(self) -> int:
        self._number += 1
        return self._number


def _remember(resources: dict[str, FailureJob], jobs: Iterable[FailureJob]) -> None:
    """Of each resource the newest failed job."""
    for job in jobs:
        if resources.setdefault(job.resource_id, job).rank < job.rank:
            resources[job.resource_id] = job
