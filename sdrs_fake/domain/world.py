"""The state of a fake: a Project per tenant, and the one lock around them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import count
from threading import RLock
from typing import Any

from pydantic import ValidationError

from sdrs_fake.domain import defaults
from sdrs_fake.domain.failure_jobs import FailureJob, ResourceType
from sdrs_fake.domain.fields import explain
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.listing import Shelf
from sdrs_fake.domain.protection_groups import ProtectionGroup
from sdrs_fake.domain.reading import Reading

_JOB_FIELDS = [field.name for field in fields(FailureJob)]
_ROW = "failure_jobs[{}]."
_GROUP_FIELDS = [field.name for field in fields(ProtectionGroup)]


class Project:
    """What one tenant has. Whatever adds to it adds all that it was given, or nothing."""

    def __init__(self, project_id: str, reading: Reading) -> None:
        self.project_id = project_id
        self.reading = reading
        self.failure_jobs: Shelf[FailureJob] = Shelf()
        self.server_groups: dict[str, ProtectionGroup] = {}
        self.parts: list[Any] = []
        """What it was seeded with, a part each time."""
        self._resources: dict[str, FailureJob] | None = None
        self._numbers = count(1)

    def add_failure_job(self, given: Mapping[str, Any], now: dt.datetime) -> FailureJob:
        """Add a job with everything that was given, and defaults that fit it for the rest."""
        job = self._completed(_failure_job({**defaults.PLACEHOLDERS, **given}), given, now)
        self.add_failure_jobs([job])
        return job

    def load_failure_jobs(self, rows: Iterable[Mapping[str, Any]], server_group_id: str | None) -> list[FailureJob]:
        """Add the jobs of a captured answer, all inside one group; without a group, failures of groups are their own."""
        jobs = [_failure_job({"server_group_id": server_group_id, **row}, _ROW.format(place)) for place, row in enumerate(rows)]
        if server_group_id is None:
            jobs = [_own_group(job) for job in jobs]
        self.add_failure_jobs(jobs, _ROW)
        if server_group_id is not None:
            self._mention(server_group_id)
        return jobs

    def add_failure_jobs(self, jobs: Sequence[FailureJob], row: str = "") -> None:
        """Take new jobs in; their groups exist from then on. ValueError for an id that is taken."""
        new: set[str] = set()
        for place, job in enumerate(jobs):
            if job.job_id in self.failure_jobs or job.job_id in new:
                raise ValueError(f"{row.format(place)}job_id: {job.job_id!r} should be an id that no other failed job of the project has")
            new.add(job.job_id)
        self.failure_jobs.put(jobs)
        if self._resources is not None:
            self._resources.update((job.resource_id, job) for job in jobs)
        for job in jobs:
            self._declare(job)

    def add_part(self, parameters: object, groups: Iterable[ProtectionGroup], jobs: Sequence[FailureJob]) -> None:
        """Take in a part of a dataset: its groups, also those without failures, and its jobs."""
        self.add_failure_jobs(jobs)
        self.server_groups.update((group.id, group) for group in groups)
        self.parts.append(parameters)

    def add_protection_group(self, given: Mapping[str, Any]) -> ProtectionGroup:
        """Declare a group; ValueError for an id that is taken."""
        group_id = given["id"] if "id" in given else self._free_id(ResourceType.SERVER_GROUPS)
        name = defaults.name_of(ResourceType.SERVER_GROUPS, str(group_id))
        try:
            group = ProtectionGroup(**{"name": name, **given, "id": group_id})
        except ValidationError as error:
            raise ValueError(explain(error, _GROUP_FIELDS)) from None
        if group.id in self.server_groups:
            raise ValueError(f"id: {group.id!r} should be an id that no other protection group of the project has")
        self.server_groups[group.id] = group
        return group

    def _completed(self, draft: FailureJob, given: Mapping[str, Any], now: dt.datetime) -> FailureJob:
        said = {name: getattr(draft, name) for name in given}
        known = {**self._resource(said), **said}
        group_id, resource_id = known.get("server_group_id"), known.get("resource_id")
        way = {name: known[name] for name in JobType._fields if name in known}
        values: dict[str, Any] = {**defaults.failure_of(inside=group_id is not None and group_id != resource_id, **way)._asdict(), **known}
        kind = ResourceType.of(values["resource_type"])
        is_group = kind is ResourceType.SERVER_GROUPS
        if "resource_id" not in values:
            values["resource_id"] = (is_group and group_id) or self._free_id(kind)
        values.setdefault("resource_name", self._name_of(kind, values["resource_id"]))
        if "server_group_id" not in values:
            values["server_group_id"] = values["resource_id"] if is_group else self._usual_group()
        values.setdefault("begin_time", defaults.begin_time_of(said.get("job_id"), now))
        if "job_id" not in values:
            values["job_id"] = self._free_job_id(values["begin_time"])
        return FailureJob(**values)

    def _resource(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """What is known of a resource that failed before: one resource has one name, type and group."""
        if "resource_id" not in said or said.keys() >= {"resource_name", "resource_type", "server_group_id"}:
            return {}
        if self._resources is None:
            self._resources = {job.resource_id: job for job in self.failure_jobs}
        job = self._resources.get(said["resource_id"])
        if job is None or ("resource_type" in said and ResourceType.of(said["resource_type"]) is not job.kind):
            return {}
        return {"resource_name": job.resource_name, "resource_type": job.resource_type, "server_group_id": job.server_group_id}

    def _name_of(self, kind: ResourceType, resource_id: str) -> str:
        group = self.server_groups.get(resource_id)
        if group and kind is ResourceType.SERVER_GROUPS:
            return group.name
        return defaults.name_of(kind, resource_id)

    def _usual_group(self) -> str:
        """The project's first group; it is not declared here, so that a refused job leaves nothing behind."""
        return next(iter(self.server_groups), defaults.new_id(self.project_id, ResourceType.SERVER_GROUPS, 0))

    def _free_id(self, kind: ResourceType) -> str:
        while (new := defaults.new_id(self.project_id, kind, next(self._numbers))) in self.server_groups:
            pass
        return new

    def _free_job_id(self, begin_time: dt.datetime) -> str:
        while (job_id := defaults.job_id_at(begin_time, next(self._numbers))) in self.failure_jobs:
            pass
        return job_id

    def _declare(self, job: FailureJob) -> None:
        """The group of a job exists from now on. A name that only a failure of its own tells replaces a made-up one."""
        group_id = job.server_group_id
        if group_id is None:
            return
        group = self._mention(group_id)
        if job.resource_id == group_id and group.name == defaults.name_of(ResourceType.SERVER_GROUPS, group_id):
            self.server_groups[group_id] = replace(group, name=job.resource_name)

    def _mention(self, group_id: str) -> ProtectionGroup:
        """The group with that id, which is made where there is none."""
        group = self.server_groups.get(group_id)
        if group is None:
            group = ProtectionGroup(id=group_id, name=defaults.name_of(ResourceType.SERVER_GROUPS, group_id))
            self.server_groups[group_id] = group
        return group


class World:
    """All projects of one fake, and how its reference is read. Hold `lock` while you touch a project."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.lock = RLock()
        self._projects: dict[str, Project] = {}

    def project(self, project_id: str) -> Project:
        """A project to write to; it exists from then on."""
        return self._projects.setdefault(project_id, Project(project_id, self.reading))

    def find(self, project_id: str) -> Project:
        """A project to read; looking at one that does not exist does not make it."""
        return self._projects.get(project_id) or Project(project_id, self.reading)

    @property
    def project_ids(self) -> frozenset[str]:
        """The projects that were written to."""
        return frozenset(self._projects)

    def forget(self, project_id: str | None = None) -> None:
        """Empty one project, or all."""
        if project_id is None:
            self._projects.clear()
        else:
            self._projects.pop(project_id, None)


def _failure_job(values: Mapping[str, Any], place: str = "") -> FailureJob:
    try:
        return FailureJob(**values)
    except ValidationError as error:
        raise ValueError(explain(error, _JOB_FIELDS, place)) from None


def _own_group(job: FailureJob) -> FailureJob:
    return replace(job, server_group_id=job.resource_id) if job.kind is ResourceType.SERVER_GROUPS else job
