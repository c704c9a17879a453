"""FakeProject: the state of one project of a fake, and the ways to change it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Unpack

from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.builders import ROW, captured_failure_jobs, new_failure_job, new_group
from sdrs_fake.domain.clock import Clock
from sdrs_fake.domain.drill_builders import add_drill, add_rpo_statistic
from sdrs_fake.domain.drills import Drill
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import checked_project_id
from sdrs_fake.domain.groups import ProtectionGroup
from sdrs_fake.domain.instances import ProtectedInstance
from sdrs_fake.domain.job_builders import new_job
from sdrs_fake.domain.jobs import Job
from sdrs_fake.domain.json_input import Given, rows_of
from sdrs_fake.domain.keywords import (
    DrillFields,
    FailureJobFields,
    JobFields,
    ProtectedInstanceFields,
    ProtectionGroupFields,
    ReplicationPairFields,
    RpoStatisticFields,
)
from sdrs_fake.domain.pairs import ReplicationPair
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.resource_builders import add_instance, add_pair
from sdrs_fake.domain.rpo_statistics import RpoStatistic
from sdrs_fake.domain.task_center import add_dataset, add_failure_jobs
from sdrs_fake.domain.transaction import Transaction
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.project_jobs import ProjectJobs
from sdrs_fake.seeding.datasets import Dataset, make
from sdrs_fake.seeding.library import Scenario
from sdrs_fake.seeding.randomness import MAX_BATCHES
from sdrs_fake.seeding.spec import SeedSpec

DEFAULT_PROJECT_ID = "a4a5d4098fb4474fa22cd05f897d6b99"
"""The project of a fake that was given none."""


class FakeProject:
    """The state of one project of a fake: what it holds, and ways to add more."""

    def __init__(self, project_id: str, backend: Backend, clock: Clock, defaults: SeedSpec) -> None:
        self._project_id = checked_project_id(project_id)
        self._clock = clock
        self._backend = backend
        self._defaults = defaults

    @property
    def project_id(self) -> str:
        """The id of the project, as it stands in paths."""
        return self._project_id

    @property
    def clock(self) -> Clock:
        """The fake's time."""
        return self._clock

    def __repr__(self) -> str:
        return f"<FakeProject {self.project_id!r} failure_jobs={len(self.failure_jobs)}>"

    def add_failure_job(self, **fields: Unpack[FailureJobFields]) -> FailureJob:
        """Add a failed job and return it; fields that are not given get values that fit the others.

        A time is a datetime with a zone, or a string as on the wire. The group that the job names
        is added too. ParameterError for a wrong field; nothing is added then.
        """
        with self._backend.lock:
            project = self._backend.find(self.project_id)
            job = new_failure_job(project, fields, self.clock.now())
            add_failure_jobs(project, [job], with_resources=True)
            self._backend.put(project)
        return job

    def add_job(self, **fields: Unpack[JobFields]) -> Job:
        """Add a job of any status and return it; fields that are not given get fitting values.

        Failed jobs of the task center have jobs already; the id of one of them brings its fields.
        `entities` may hold a list of jobs under `sub_jobs`. ParameterError for a wrong field;
        nothing is added then.
        """
        with self._backend.lock:
            project = self._backend.find(self.project_id)
            job = new_job(project, fields, self.clock.now())
            transaction = Transaction(project)
            transaction.put_job(job)
            transaction.commit()
            self._backend.put(project)
        return job

    def add_protection_group(self, **fields: Unpack[ProtectionGroupFields]) -> ProtectionGroup:
        """Add a protection group and return it; fields that are not given get usual values.

        Its numbers follow from what is in it.
        """
        with self._backend.lock:
            project = self._backend.find(self.project_id)
            group = new_group(project, fields, self.clock.now())
            project.put_groups([group])
            self._backend.put(project)
        return group

    def add_protected_instance(
        self, **fields: Unpack[ProtectedInstanceFields]
    ) -> ProtectedInstance:
        """Add a protected instance and return it; fields that are not given get fitting values.

        It is in the first group of the project by default. ParameterError for a wrong field;
        nothing is added then.
        """
        with self._backend.lock:
            project = self._backend.find(self.project_id)
            instance = add_instance(project, fields, self.clock.now())
            self._backend.put(project)
        return instance

    def add_replication_pair(self, **fields: Unpack[ReplicationPairFields]) -> ReplicationPair:
        """Add a replication pair and return it; fields that are not given get fitting values.

        `attachment=[{"device": "/dev/vdb", "protected_instance": id}]` attaches it to an
        instance. ParameterError for a wrong field; nothing is added then.
        """
        with self._backend.lock:
            project = self._backend.find(self.project_id)
            pair = add_pair(project, fields, self.clock.now())
            self._backend.put(project)
        return pair

    def add_drill(self, **fields: Unpack[DrillFields]) -> Drill:
        """Add a DR drill and return it; fields that are not given get fitting values.

        ParameterError for a wrong field; nothing is added then.
        """
        with self._backend.lock:
            project = self._backend.find(self.project_id)
            drill = add_drill(project, fields, self.clock.now())
            self._backend.put(project)
        return drill

    def add_rpo_statistic(self, **fields: Unpack[RpoStatisticFields]) -> RpoStatistic:
        """Add an RPO statistic and return it; without fields it is about now.

        ParameterError for a wrong field; nothing is added then.
        """
        with self._backend.lock:
            project = self._backend.find(self.project_id)
            statistic = add_rpo_statistic(project, fields, self.clock.now())
            self._backend.put(project)
        return statistic

    def delete_failure_job(self, job_id: str) -> None:
        """Delete a failed job from the task center. Its job can still be asked for.

        ParameterError where there is none with that id.
        """
        with self._backend.lock:
            project = self._backend.find(self.project_id)
            job = project.failure_jobs.get(job_id) if isinstance(job_id, str) else None
            if job is None:
                raise ParameterError("job_id", f"{shown(job_id)} is no failed job of the project")
            project.delete_failure_jobs([job])

    def delete_protection_group(self, id: str) -> None:  # noqa: A002 as the field is called
        """Delete a protection group with what is in it. Its rows in the task center stay.

        ParameterError where there is none with that id.
        """
        with self._backend.lock:
            project = self._backend.find(self.project_id)
            group = project.server_groups.get(id) if isinstance(id, str) else None
            if group is None:
                raise ParameterError("id", f"{shown(id)} is no protection group of the project")
            project.delete_group(group)

    def import_failure_jobs(
        self, answer: Given, server_group_id: str | None = None
    ) -> list[FailureJob]:
        """Add the jobs of a captured answer `{"count": ..., "failure_jobs": [...]}`, all or none.

        The answer is a dict, a JSON string or the path of a file; JSON lines are taken too.
        `server_group_id` is the group that the answer was asked for; a row that names its own is
        in that one. Without it, a group's failure belongs to that group, any other to none.
        """
        rows = rows_of(answer)
        if not isinstance(server_group_id, str | None) or server_group_id == "":
            raise ParameterError(
                "server_group_id", f"{shown(server_group_id)} should be the id of a group, or None"
            )
        with self._backend.lock:
            project = self._backend.find(self.project_id).copy()
            jobs = captured_failure_jobs(project, rows, server_group_id)
            add_failure_jobs(project, jobs, ROW)
            if server_group_id is not None:
                project.get_or_create_group(server_group_id)
            self._backend.put(project)
        return jobs

    def seed(
        self,
        failures: int | None = None,
        groups: int | None = None,
        seed: int | None = None,
        as_of: dt.datetime | str | None = None,
        *,
        scenario: Given | Scenario | None = None,
    ) -> Dataset:
        """Add a dataset: new groups with what is in them, and the failed jobs of their history.

        By default these are 24 failures of 3 groups, seed 0, of the 30 days until now. `scenario`
        replaces failures and groups: the name of one of the package, or the path, JSON text or dict
        of your own. The same arguments give the same data on a new fake; called again, it adds
        another batch. ParameterError, named after the argument, for a wrong one; nothing is added
        then.
        """
        given = {"failures": failures, "groups": groups, "seed": seed, "as_of": as_of}
        spec = SeedSpec.parse({**given, "scenario": scenario}).merge(self._defaults)
        spec = spec.completed(self.clock.now())
        with self._backend.lock:
            project = self._backend.find(self.project_id).copy()
            data = _next_dataset(project, spec)
            add_dataset(project, data.spec, data.groups, data.failure_jobs, data.members)
            self._backend.put(project)
        return data

    @property
    def seed_history(self) -> tuple[SeedSpec, ...]:
        """What the project was seeded with, in order; each prints as the call of `seed`."""
        with self._backend.lock:
            return tuple(self._backend.find(self.project_id).seed_history)

    @property
    def failure_jobs(self) -> tuple[FailureJob, ...]:
        """All failed jobs of the project, in the order of the list: newest first."""
        with self._backend.lock:
            return self._backend.find(self.project_id).failure_jobs.ordered()

    @property
    def protection_groups(self) -> tuple[ProtectionGroup, ...]:
        """All protection groups of the project, in the order they were added."""
        with self._backend.lock:
            return tuple(self._backend.find(self.project_id).server_groups)

    @property
    def protected_instances(self) -> tuple[ProtectedInstance, ...]:
        """All protected instances of the project, in the order they were added."""
        with self._backend.lock:
            return tuple(self._backend.find(self.project_id).protected_instances)

    @property
    def replication_pairs(self) -> tuple[ReplicationPair, ...]:
        """All replication pairs of the project, in the order they were added."""
        with self._backend.lock:
            return tuple(self._backend.find(self.project_id).replications)

    @property
    def drills(self) -> tuple[Drill, ...]:
        """All DR drills of the project, in the order they were added."""
        with self._backend.lock:
            return tuple(self._backend.find(self.project_id).disaster_recovery_drills)

    @property
    def rpo_statistics(self) -> tuple[RpoStatistic, ...]:
        """All RPO statistics of the project, in the order they were added."""
        with self._backend.lock:
            return tuple(self._backend.find(self.project_id).rpo_statistics)

    @property
    def jobs(self) -> ProjectJobs:
        """The jobs of the project, and when they end."""
        return ProjectJobs(self._backend, self.project_id)

    def reset(self) -> None:
        """Empty the project."""
        with self._backend.lock:
            self._backend.reset(self.project_id)


def _next_dataset(project: Project, spec: SeedSpec) -> Dataset:
    """The first batch after those the project has, of which it has nothing, such as by an import.

    Ids that a scenario gives as they are stay the same in all batches.
    """
    story = spec.scenario
    taken = story and _taken(project, [job.job_id for job in story.failure_jobs], story.group_ids)
    if story and taken:
        raise ParameterError(
            "scenario",
            f"{story.name} gives {shown(taken)} as it is, and the project has that already; seed a"
            " project with it once",
        )
    first = max((each.batch for each in project.seed_history), default=-1) + 1
    for batch in range(first, MAX_BATCHES):
        data = make(replace(spec, batch=batch))
        job_ids = [job.job_id for job in data.failure_jobs]
        if not _taken(project, job_ids, [group.id for group in data.groups]):
            return data
    raise ParameterError("seed", f"the project has all {MAX_BATCHES:,} batches; reset it first")


def _taken(project: Project, job_ids: Iterable[str], group_ids: Iterable[str]) -> str | None:
    """The first of these ids that the project knows, also of a failed job that was deleted."""
    for job_id in job_ids:
        if project.failed(job_id) or job_id in project.jobs:
            return job_id
    return next((group_id for group_id in group_ids if group_id in project.server_groups), None)
