"""Project: the resources of one tenant, and the rules between them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from sdrs_fake.domain import ids
from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.groups import ProtectionGroup, completed
from sdrs_fake.domain.jobs import Job, job_of
from sdrs_fake.domain.refusals import GROUP_NOT_FOUND, require
from sdrs_fake.domain.store import Store, at_once
from sdrs_fake.domain.times import MILLISECOND
from sdrs_fake.errors import ParameterError, shown


class Project:
    """The resources of one tenant. A method that adds something adds all of it, or nothing."""

    def __init__(self, project_id: str, behavior: Behavior) -> None:
        self.project_id = project_id
        self.behavior = behavior
        self.failure_jobs: Store[FailureJob] = Store()
        self.server_groups: Store[ProtectionGroup] = Store()
        self.jobs: dict[str, Job] = {}
        """The jobs that were added; those of failed jobs are made from these when asked for."""
        self.seed_history: list[Any] = []
        """The specs of the datasets that were added, in their order."""
        self._deleted: dict[str, FailureJob] = {}
        self._resources: dict[str, FailureJob] | None = None
        self._shown_groups: Store[ProtectionGroup] | None = None
        self._number = 0
        self._last_created_at: dt.datetime | None = None

    def copy(self) -> "Project":
        """An independent project with the same contents; what does not change is shared."""
        twin = Project(self.project_id, self.behavior)
        twin.failure_jobs = self.failure_jobs.copy()
        twin.server_groups = self.server_groups.copy()
        twin.jobs = dict(self.jobs)
        twin.seed_history = list(self.seed_history)
        twin._deleted = dict(self._deleted)
        if self._shown_groups is not None:
            twin._shown_groups = self._shown_groups.copy()
        twin._number = self._number
        twin._last_created_at = self._last_created_at
        return twin

    # Failed jobs

    def add_failure_jobs(
        self, jobs: Sequence[FailureJob], place: str = "", gone: frozenset[str] = frozenset()
    ) -> None:
        """Add jobs, and the groups they name; ParameterError for an id that is taken.

        `place` is how messages call the row of a number, such as `failure_jobs[{}].`. Groups that
        are `gone` are not added.
        """
        new: set[str] = set()
        for number, job in enumerate(jobs):
            if job.job_id in new or job.job_id in self.failure_jobs or job.job_id in self.jobs:
                raise ParameterError(
                    f"{place.format(number)}job_id",
                    f"{shown(job.job_id)} should be an id that no other job of the project has",
                )
            new.add(job.job_id)
        groups = self._groups_of(job for job in jobs if job.server_group_id not in gone)
        self._shown_groups = None
        at_once(
            [
                self.server_groups.putting(groups),
                self.failure_jobs.putting(jobs),
                *[partial(self._deleted.pop, each) for each in new & self._deleted.keys()],
            ]
        )
        if self._resources is not None:
            resources, self._resources = self._resources, None
            _keep_newest(resources, jobs)
            self._resources = resources

    def add_dataset(
        self, spec: object, groups: Iterable[ProtectionGroup], jobs: Sequence[FailureJob]
    ) -> None:
        """Add the groups and jobs of a dataset, and note its spec."""
        self.add_failure_jobs(jobs)
        self.put_groups(groups)
        self.seed_history.append(spec)

    def find_failure_jobs(self, failure_job_id: str) -> tuple[Sequence[FailureJob], str]:
        """The failed jobs that an id names, and whether it is their job_id or their resource_id."""
        choice = self.behavior.failure_job_id
        if choice != "resource_id" and (job := self.failure_jobs.get(failure_job_id)):
            return [job], "job_id"
        if choice != "job_id":
            jobs = [job for job in self.failure_jobs if job.resource_id == failure_job_id]
            return jobs, "resource_id"
        return [], "job_id"

    def delete_failure_jobs(self, jobs: Iterable[FailureJob]) -> None:
        """Delete failed jobs from the task center. Their jobs, resources and groups stay."""
        deleted = {job.job_id: job for job in jobs}
        removing = self.failure_jobs.removing(deleted.values())
        at_once([*removing, partial(self._deleted.update, deleted)])

    def failed_resource(self, resource_id: str) -> FailureJob | None:
        """The newest failed job of a resource, also where it was deleted."""
        if self._resources is None:
            resources: dict[str, FailureJob] = {}
            _keep_newest(resources, self._all_failed())
            self._resources = resources
        return self._resources.get(resource_id)

    @property
    def deleted_failure_jobs(self) -> Sequence[FailureJob]:
        """The failed jobs that were deleted from the task center, in the order of deletion."""
        return tuple(self._deleted.values())

    def _all_failed(self) -> Iterable[FailureJob]:
        return chain(self._deleted.values(), self.failure_jobs)

    # Jobs

    def job(self, job_id: str) -> Job | None:
        """The job with that id: one that was added, or that of a failed job, deleted or not."""
        failed = self.failed(job_id)
        return self.jobs.get(job_id) or (job_of(failed) if failed else None)

    def failed(self, job_id: str) -> FailureJob | None:
        """The failed job with that id, deleted from the task center or not."""
        return self.failure_jobs.get(job_id) or self._deleted.get(job_id)

    # Groups

    def put_groups(self, groups: Iterable[ProtectionGroup]) -> None:
        """Add groups, or replace those with the same ids."""
        self._shown_groups = None
        self.server_groups.put(groups)

    def delete_group(self, group: ProtectionGroup) -> None:
        """Delete a group. The rows of its failed jobs stay."""
        at_once(self.server_groups.removing([group]))
        self._shown_groups = None

    def shown_groups(self) -> Store[ProtectionGroup]:
        """The groups with their counts, as they are answered; computed once between two writes."""
        if self._shown_groups is None:
            shown: Store[ProtectionGroup] = Store()
            shown.put(completed(self.server_groups, self._all_failed()))
            self._shown_groups = shown
        return self._shown_groups

    def deleted_groups(self) -> list[str]:
        """The ids of groups that failed jobs name and that are gone."""
        named = dict.fromkeys(job.server_group_id for job in self._all_failed())
        return [each for each in named if each is not None and each not in self.server_groups]

    def names_group(self, group_id: str) -> bool:
        """Whether a failed job, deleted or not, is of that group, which may be gone."""
        return any(job.server_group_id == group_id for job in self._all_failed())

    def check_group(self, group_id: str | None) -> None:
        """Refuse an unknown group, where the behavior says so."""
        known = group_id is None or group_id in self.server_groups
        require(known or self.behavior.unknown_group == "empty", GROUP_NOT_FOUND)

    def get_or_create_group(self, group_id: str) -> ProtectionGroup:
        """The group with that id; a new one has a default name."""
        group = self.server_groups.get(group_id)
        if group is None:
            group = _default_group(group_id)
            self.put_groups([group])
        return group

    def created_at(self, now: dt.datetime) -> dt.datetime:
        """The creation time of a new group: after the last one's, so that lists have one order."""
        last = self._last_created_at
        self._last_created_at = now if last is None else max(now, last + MILLISECOND)
        return self._last_created_at

    def _groups_of(self, jobs: Iterable[FailureJob]) -> Iterable[ProtectionGroup]:
        """The groups of jobs that are new, or get a name from a failure of their own."""
        groups: dict[str, ProtectionGroup] = {}
        for job in jobs:
            group_id = job.server_group_id
            if group_id is None:
                continue
            group = groups.get(group_id) or self.server_groups.get(group_id)
            if group is None:
                group = groups[group_id] = _default_group(group_id)
            if job.resource_id == group_id and group.name == _default_group_name(group_id):
                groups[group_id] = replace(group, name=job.resource_name)
        return groups.values()

    # Unused ids

    def free_id(self, kind: str) -> str:
        """An id that no resource of the project has."""
        while True:
            new = ids.new_id(self.project_id, kind, self._next_number())
            if new not in self.server_groups and not self.failed_resource(new):
                return new

    def free_job_id(self, begin_time: dt.datetime) -> str:
        """An id that no job of the project has."""
        while True:
            new = ids.new_job_id(begin_time, self._next_number())
            if self.job(new) is None:
                return new

    def _next_number(self) -> int:
        self._number += 1
        return self._number


def _default_group_name(group_id: str) -> str:
    return ids.default_name(ResourceType.SERVER_GROUPS, group_id)


def _default_group(group_id: str) -> ProtectionGroup:
    return ProtectionGroup(id=group_id, name=_default_group_name(group_id))


def _keep_newest(resources: dict[str, FailureJob], jobs: Iterable[FailureJob]) -> None:
    """Of each resource the newest failed job."""
    for job in jobs:
        if resources.setdefault(job.resource_id, job).rank < job.rank:
            resources[job.resource_id] = job
