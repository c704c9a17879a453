"""Project: the resources of one tenant, and the rules between them."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from sdrs_fake.domain import ids
from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.drills import RECENT, Drill
from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.groups import ProtectionGroup, with_times
from sdrs_fake.domain.instances import ProtectedInstance
from sdrs_fake.domain.jobs import Job, job_of
from sdrs_fake.domain.pairs import ReplicationPair
from sdrs_fake.domain.plans import Plan, Schedule
from sdrs_fake.domain.quotas import Quotas
from sdrs_fake.domain.refusals import GROUP_NOT_FOUND, require
from sdrs_fake.domain.rpo_statistics import RpoStatistic
from sdrs_fake.domain.store import Change, SharedIds, Store, at_once
from sdrs_fake.domain.tags import TagIndex
from sdrs_fake.domain.times import MILLISECOND
from sdrs_fake.errors import ParameterError, shown

AnyStore = TypeVar("AnyStore", bound=Store[Any])
Resource = ProtectionGroup | ProtectedInstance | ReplicationPair | Drill


class Project:
    """The resources of one tenant. A method that adds something adds all of it, or nothing."""

    def __init__(
        self,
        project_id: str,
        behavior: Behavior,
        quotas: Quotas | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        self.project_id = project_id
        self.behavior = behavior
        self.quotas = quotas or Quotas()
        self.schedule = schedule or Schedule()
        self.failure_jobs: Store[FailureJob] = Store()
        self._groups: Store[ProtectionGroup] = Store()
        self._instances = Store[ProtectedInstance](lambda each: (each.source_server,))
        self._pairs = Store[ReplicationPair](lambda each: each.volume_ids.split(","))
        self._drills: Store[Drill] = Store()
        self.rpo_statistics: Store[RpoStatistic] = Store()
        self.jobs: dict[str, Job] = {}
        """The jobs that ran or were added; those of the other failed jobs are made from these when
        asked for."""
        self.batches: dict[str, str] = {}
        """The ids of the sub-jobs of batches, and those of their jobs."""
        self.plans: dict[str, Plan] = {}
        """How the running jobs end."""
        self.due: list[tuple[dt.datetime, str]] = []
        """A heap: when the jobs end that wait for time alone, and their ids."""
        self.made_by_failures = SharedIds()
        """The ids of resources that nothing but their failed jobs made."""
        self._to_make: tuple[Callable[[Project], object], ...] = ()
        self._is_making = False
        self.given_ids = SharedIds()
        """The ids of servers, disks, NICs and VPCs that Python or an import put in."""
        self.seed_history: list[Any] = []
        """The specs of the datasets that were added, in their order."""
        self._deleted: dict[str, FailureJob] = {}
        self._resources: dict[str, FailureJob] | None = None
        self._tag_index: TagIndex | None = None
        self._number = 0
        self._last_created_at: dt.datetime | None = None

    def now(self) -> dt.datetime:
        """The time of the fake, cut to milliseconds."""
        now = self.schedule.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def copy(self) -> "Project":
        """An independent project with the same contents; what does not change is shared."""
        twin = Project(self.project_id, self.behavior, self.quotas.copy(), self.schedule)
        twin.failure_jobs = self.failure_jobs.copy()
        twin._groups = self._groups.copy()
        twin._instances = self._instances.copy()
        twin._pairs = self._pairs.copy()
        twin._drills = self._drills.copy()
        twin._to_make = self._to_make
        twin.rpo_statistics = self.rpo_statistics.copy()
        twin.jobs = dict(self.jobs)
        twin.batches = dict(self.batches)
        twin.plans = dict(self.plans)
        twin.due = list(self.due)
        twin.made_by_failures = self.made_by_failures.copy()
        twin.given_ids = self.given_ids.copy()
        twin.seed_history = list(self.seed_history)
        twin._deleted = dict(self._deleted)
        twin._number = self._number
        twin._last_created_at = self._last_created_at
        return twin

    @property
    def version(self) -> tuple[object, ...]:
        """Something else after each change of a resource, a failed job, a job or its plan."""
        stores = (self.failure_jobs, self._groups, self._instances, self._pairs, self._drills)
        polls = sum(plan.polls for plan in self.plans.values())
        held = sum(plan.held for plan in self.plans.values())
        jobs = (len(self.jobs), len(self.plans), polls, held)
        return (*(store.version for store in stores), *jobs)

    # The stores of what operations act on

    @property
    def server_groups(self) -> Store[ProtectionGroup]:
        """The protection groups."""
        return self._made(self._groups)

    @property
    def protected_instances(self) -> Store[ProtectedInstance]:
        """The protected instances."""
        return self._made(self._instances)

    @property
    def replications(self) -> Store[ReplicationPair]:
        """The replication pairs."""
        return self._made(self._pairs)

    @property
    def disaster_recovery_drills(self) -> Store[Drill]:
        """The DR drills."""
        return self._made(self._drills)

    def make_later(self, make: "Callable[[Project], object]") -> None:
        """Add resources by a function, once somebody looks at groups or at what is in them.

        Most tests that seed failed jobs look at their list alone.
        """
        self._to_make = (*self._to_make, make)

    def _made(self, store: AnyStore) -> AnyStore:
        if self._to_make and not self._is_making:
            self._is_making = True
            try:
                while self._to_make:  # a function that was interrupted is called again
                    self._to_make[0](self)
                    self._to_make = self._to_make[1:]
            finally:
                self._is_making = False
        return store

    # Failed jobs

    def note_failures(self, jobs: Iterable[FailureJob]) -> None:
        """Keep the index of failed resources right after jobs were added."""
        if self._resources is not None:
            resources, self._resources = self._resources, None
            _keep_newest(resources, jobs)
            self._resources = resources

    def undelete(self, jobs: Iterable[FailureJob]) -> list[Change]:
        """What forgets that jobs with these ids were deleted, for `at_once`."""
        ids = [job.job_id for job in jobs if job.job_id in self._deleted]
        return [partial(self._deleted.pop, each) for each in ids]

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
        """The job with that id: one that ran or was added, a sub-job of a batch, or that of a
        failed job, deleted or not.
        """
        if job_id in self.batches:
            parts = self.jobs[self.batches[job_id]].parts
            return next(each for each in parts if each.job_id == job_id)
        failed = self.failed(job_id)
        return self.jobs.get(job_id) or (job_of(failed) if failed else None)

    def failed(self, job_id: str) -> FailureJob | None:
        """The failed job with that id, deleted from the task center or not."""
        return self.failure_jobs.get(job_id) or self._deleted.get(job_id)

    # Groups

    def put_groups(self, groups: Iterable[ProtectionGroup]) -> None:
        """Add groups, or replace those with the same ids; the quota rises by those added."""
        groups = [with_times(group) for group in groups]
        added = len({group.id for group in groups if group.id not in self._groups})
        granting = self.quotas.granting({ResourceType.SERVER_GROUPS: added})
        at_once([self._groups.putting({group.id: group for group in groups}), granting])

    def delete_group(self, group: ProtectionGroup) -> None:
        """Delete a group with all in it. The rows of its failed jobs stay."""
        instances, pairs = self.instances_of(group.id), self.pairs_of(group.id)
        drills = self.drills_of(group.id)
        members: list[Resource] = [group, *instances, *pairs, *drills]
        gone = {each.id for each in members}
        changes = self.protected_instances.removing(instances)
        changes += self.replications.removing(pairs)
        changes += self.disaster_recovery_drills.removing(drills)
        changes += self.server_groups.removing([group])
        at_once([*changes, self.made_by_failures.removing(gone)])

    def instances_of(self, group_id: str) -> list[ProtectedInstance]:
        """The instances of a group."""
        return [each for each in self.protected_instances if each.server_group_id == group_id]

    def pairs_of(self, group_id: str) -> list[ReplicationPair]:
        """The replication pairs of a group."""
        return [each for each in self.replications if each.server_group_id == group_id]

    def drills_of(self, group_id: str) -> list[Drill]:
        """The DR drills of a group."""
        return [each for each in self.disaster_recovery_drills if each.server_group_id == group_id]

    def drilled_groups(self) -> frozenset[str]:
        """The ids of the groups with a drill in the last three months."""
        since = self.now() - RECENT
        drills = self.disaster_recovery_drills
        return frozenset(each.server_group_id for each in drills if each.created_at >= since)

    def tag_index(self) -> TagIndex:
        """The instances by their tags."""
        # An interrupt leaves no index behind, rather than half of one.
        index, self._tag_index = self._tag_index or TagIndex(), None
        index.update(self.protected_instances)
        self._tag_index = index
        return index

    def zones(self) -> dict[str, str]:
        """The zone in which the servers of each group run now."""
        return {group.id: group.production_zone for group in self.server_groups}

    def deleted_groups(self) -> list[str]:
        """The ids of groups that failed jobs name and that are gone."""
        named = dict.fromkeys(job.server_group_id for job in self._all_failed())
        return [each for each in named if each is not None and each not in self._groups]

    def names_group(self, group_id: str) -> bool:
        """Whether a failed job, deleted or not, is of that group, which may be gone."""
        return any(job.server_group_id == group_id for job in self._all_failed())

    def check_group(self, group_id: str | None) -> None:
        """Refuse an unknown group, where the behavior says so."""
        known = group_id is None or group_id in self._groups
        require(known or self.behavior.unknown_group == "empty", GROUP_NOT_FOUND)

    def get_or_create_group(self, group_id: str) -> ProtectionGroup:
        """The group with that id; a new one has a default name."""
        group = self.server_groups.get(group_id)
        if group is None:
            group = self.new_group(group_id)
            self.put_groups([group])
        return group

    def new_group(self, group_id: str) -> ProtectionGroup:
        """A group with that id and a default name, which is not added yet."""
        if self.resource(group_id) is not None:
            raise ParameterError("server_group_id", f"{shown(group_id)} is no protection group")
        return with_times(_default_group(group_id))

    def created_at(self, now: dt.datetime) -> dt.datetime:
        """The creation time of a new group: after the last one's, so that lists have one order."""
        last = self._last_created_at
        self._last_created_at = now if last is None else max(now, last + MILLISECOND)
        return self._last_created_at

    def groups_of(self, jobs: Iterable[FailureJob]) -> Iterable[ProtectionGroup]:
        """The groups of jobs that are new, or get a name from a failure of their own."""
        groups: dict[str, ProtectionGroup] = {}
        for job in jobs:
            group_id = job.server_group_id
            if group_id is None:
                continue
            group = groups.get(group_id) or self._groups.get(group_id)
            if group is None:
                group = groups[group_id] = self.new_group(group_id)
            if job.resource_id == group_id and group.name == _default_group_name(group_id):
                groups[group_id] = replace(group, name=job.resource_name)
        return groups.values()

    # Resources of any kind

    def store_of(self, kind: ResourceType) -> Store[Any]:
        """The store of the resources of a kind."""
        store: Store[Any] = getattr(self, kind)  # which is called like the kind
        return store

    def resource(self, resource_id: str) -> Resource | None:
        """The group, instance, pair or drill with that id."""
        self.server_groups  # noqa: B018 makes what is made later
        return (
            self._groups.get(resource_id)
            or self._instances.get(resource_id)
            or self._pairs.get(resource_id)
            or self._drills.get(resource_id)
        )

    # Unused ids

    def free_id(self, kind: str) -> str:
        """An id that nothing in the project has."""
        while True:
            new = ids.new_id(self.project_id, kind, self._next_number())
            taken = self.resource(new) or self.failed_resource(new)
            if not (taken or new in self.given_ids or new in self.rpo_statistics):
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

    @property
    def counters(self) -> tuple[int, dt.datetime | None]:
        """The number that was used last, and the last creation time."""
        return self._number, self._last_created_at

    def count_on(self, number: int, created_at: dt.datetime | None) -> None:
        """Count on from these; ids that are taken are passed over."""
        self._number, self._last_created_at = number, created_at

    def reserve_numbers(self, count: int) -> range:
        """Take this many running numbers."""
        first = self._number + 1
        self._number += count
        return range(first, first + count)


def _default_group_name(group_id: str) -> str:
    return ids.default_name(ResourceType.SERVER_GROUPS, group_id)


def _default_group(group_id: str) -> ProtectionGroup:
    return ProtectionGroup(id=group_id, name=_default_group_name(group_id))


def _keep_newest(resources: dict[str, FailureJob], jobs: Iterable[FailureJob]) -> None:
    """Of each resource the newest failed job."""
    for job in jobs:
        if resources.setdefault(job.resource_id, job).rank < job.rank:
            resources[job.resource_id] = job
