"""Transaction: changes to a project that are made together, or not at all."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from heapq import heappush
from itertools import groupby
from typing import Any

from sdrs_fake.domain.drills import Drill
from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.groups import NUMBERS, ProtectionGroup
from sdrs_fake.domain.instances import ProtectedInstance
from sdrs_fake.domain.jobs import Job
from sdrs_fake.domain.pairs import ReplicationPair
from sdrs_fake.domain.plans import Failure, Plan
from sdrs_fake.domain.project import Project, Resource
from sdrs_fake.domain.store import Change, at_once, changed

_KINDS: dict[type, ResourceType] = {
    ProtectionGroup: ResourceType.SERVER_GROUPS,
    ProtectedInstance: ResourceType.PROTECTED_INSTANCES,
    ReplicationPair: ResourceType.REPLICATIONS,
    Drill: ResourceType.DISASTER_RECOVERY_DRILLS,
}


def kind_of(resource: Resource) -> ResourceType:
    """The type of a resource."""
    return _KINDS[type(resource)]


class Transaction:
    """Changes to a project, which `commit` makes; the numbers of groups are counted again.

    `get` sees what was put or removed before.
    """

    def __init__(self, project: Project, job_failures: Mapping[str, Failure] | None = None) -> None:
        self.project = project
        self.job_failures = job_failures
        """How a job fails that begins with it, by job type, where one is to fail."""
        self._changed: dict[ResourceType, dict[str, Resource | None]] = {}
        self._changes: list[Change] = []
        self._failures: Sequence[FailureJob] = ()
        self.made_by_failures: set[str] = set()
        """The ids of what is put because of failed jobs alone."""

    def get(self, resource_id: str) -> Any:
        """The resource with that id; None where there is none."""
        for changed_ in self._changed.values():
            if resource_id in changed_:
                return changed_[resource_id]
        return self.project.resource(resource_id)

    def put(self, *resources: Resource) -> None:
        """Add resources, or replace those with the same ids."""
        for kind, some in groupby(resources, kind_of):
            self._changed.setdefault(kind, {}).update({each.id: each for each in some})

    def remove(self, resource: Resource) -> None:
        self._changed.setdefault(kind_of(resource), {})[resource.id] = None

    def put_job(self, job: Job) -> None:
        self._changes.append(partial(self.project.jobs.__setitem__, job.job_id, job))
        if job.parts:
            batch = {each.job_id: job.job_id for each in job.parts}
            self._changes.append(partial(self.project.batches.update, batch))

    def put_plan(self, plan: Plan) -> None:
        """Note how a job ends, and when, if it waits for time alone."""
        self._changes.append(partial(self.project.plans.__setitem__, plan.job_id, plan))
        if plan.waits_for_time:
            entry = plan.end_time, plan.job_id
            self._changes.append(partial(heappush, self.project.due, entry))

    def end_plan(self, plan: Plan) -> None:
        self._changes.append(partial(self.project.plans.pop, plan.job_id, None))

    def put_failure_jobs(self, jobs: Sequence[FailureJob]) -> None:
        self._failures = (*self._failures, *jobs)
        self._changes.append(self.project.failure_jobs.putting({job.key: job for job in jobs}))
        self._changes += self.project.undelete(jobs)

    def detach(self, pair: ReplicationPair, instance_id: str) -> ReplicationPair:
        """Show a pair and an instance as apart, and return the pair."""
        instance = self.get(instance_id)
        if instance is not None:
            rest = tuple(each for each in instance.attachment if each.replication != pair.id)
            self.put(changed(instance, attachment=rest))
        left = tuple(each for each in pair.attachment if each.protected_instance != instance_id)
        pair = changed(pair, attachment=left)
        self.put(pair)
        return pair

    def commit(self, *, grants: bool = True) -> None:
        """Make the changes. Quotas rise by what is added, unless it counts against them."""
        added = self._count()
        changes = [*self._changes_of_resources(), *self._changes, *self._origins()]
        if grants and added:
            changes.append(self.project.quotas.granting(added))
        at_once(changes)
        self.project.note_failures(self._failures)

    def _origins(self) -> Iterable[Change]:
        """Note what failed jobs made, and that the rest was changed by something else."""
        noted = self.project.made_by_failures
        if self.made_by_failures:
            yield noted.adding(self.made_by_failures)
        elif noted:
            yield from map(noted.removing, self._changed.values())

    def _changes_of_resources(self) -> Iterable[Change]:
        for kind, changed_ in self._changed.items():
            store = self.project.store_of(kind)
            new = {key: each for key, each in changed_.items() if each is not None}
            if new:
                yield store.putting(new)
            if len(new) < len(changed_):
                gone = [store.get(key) for key, each in changed_.items() if each is None]
                yield from store.removing(each for each in gone if each is not None)

    def _count(self) -> Counter[ResourceType]:
        """Change the numbers of the groups that gain or lose a resource; count what is added."""
        added: Counter[ResourceType] = Counter()
        differences: defaultdict[tuple[str, ResourceType], int] = defaultdict(int)
        for kind, changed_ in self._changed.items():
            store = self.project.store_of(kind)
            known = store.keys()
            for resource_id, new in changed_.items():
                if (resource_id in known) == (new is None):  # it goes, or is new
                    resource: Any = new or store.get(resource_id)
                    added[kind] += new is not None
                    if kind in NUMBERS:
                        differences[resource.server_group_id, kind] += -1 if new is None else 1
        for (group_id, kind), difference in differences.items():
            group = self.get(group_id)
            if group is not None:
                number = NUMBERS[kind]
                values = {number: getattr(group, number) + difference}
                self.put(changed(group, **values))
        return added
