"""The state of one project of a fake: what is there, and ways to put more there."""

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple, Unpack

from sdrs_fake.captured import Given, captured
from sdrs_fake.control.clock import Clock
from sdrs_fake.domain.drafts import ROW, captured_failure_jobs, new_failure_job, new_group, new_job
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import checked_project_id
from sdrs_fake.domain.jobs import Job
from sdrs_fake.domain.protection_groups import ProtectionGroup
from sdrs_fake.domain.world import World
from sdrs_fake.given import FailureJobFields, JobFields, ProtectionGroupFields

if TYPE_CHECKING:
    from sdrs_fake.seeding import Dataset, Scenario, StateToken
    from sdrs_fake.seeding.datasets import Parameters

DEFAULT_PROJECT_ID = "a4a5d4098fb4474fa22cd05f897d6b99"
"""The project of a fake that was given none."""


class SeedDefaults(NamedTuple):
    """What `seed` takes where it is told nothing; no anchor is the time it is."""

    jobs: int = 24
    groups: int = 3
    seed: int = 0
    anchor: dt.datetime | str | None = None
    scenario: "Given | Scenario | None" = None
    """In the place of jobs and groups."""


class ProjectState:
    """The state of one project of a fake: what is there, and ways to put more there."""

    def __init__(
        self, project_id: str, world: World, clock: Clock, seeding: "SeedDefaults"
    ) -> None:
        self.project_id = checked_project_id(project_id)
        self._world = world
        self._seeding = seeding
        self.clock = clock

    def add_failure_job(self, **fields: Unpack[FailureJobFields]) -> FailureJob:
        """Add a failed job and return it; what is not given gets a value that fits what is.

        A time is a datetime with a zone or a text as on the wire. A group that was not there is
        there
        from now on. ValueError, naming field, value and choices, for a wrong value; nothing is
        added then.
        """
        with self._world.lock:
            project = self._world.find(self.project_id)
            job = new_failure_job(project, fields, self.clock.now())
            project.add_failure_jobs([job])
            self._world.put(project)
        return job

    def add_job(self, **fields: Unpack[JobFields]) -> Job:
        """Add a job, in any status, and return it; what is not given gets a value that fits what
        is.

        Failed jobs of the task center have jobs already; the id of one of them says what is known
        of it.
        Under `sub_jobs` the entities may hold a list of jobs. ValueError, naming field, value and
        choices, for a wrong value; nothing is added then.
        """
        with self._world.lock:
            project = self._world.find(self.project_id)
            job = new_job(project, fields, self.clock.now())
            project.jobs[job.job_id] = job
            self._world.put(project)
        return job

    def add_protection_group(self, **fields: Unpack[ProtectionGroupFields]) -> ProtectionGroup:
        """Add a protection group, with or without failed jobs to come, and return it; what is not
        given gets a usual value.

        A number that is not given is answered as how many of such resources have failed in the
        group.
        """
        with self._world.lock:
            project = self._world.find(self.project_id)
            group = new_group(project, fields, self.clock.now())
            project.put_groups([group])
            self._world.put(project)
        return group

    def load_failure_jobs(
        self, answer: Given, server_group_id: str | None = None
    ) -> list[FailureJob]:
        """Add the jobs of a captured answer `{"count": ..., "failure_jobs": [...]}`: all of them,
        or none.

        The answer is a dict, a JSON text or the path of a file. `server_group_id` is the group that
        was
        asked for when it was captured; a row that names its own wins. Without one, a failure of a
        group
        belongs to that group itself and any other job to none.
        """
        rows = captured(answer)
        if not isinstance(server_group_id, str | None) or server_group_id == "":
            raise ValueError(
                f"server_group_id: {server_group_id!r} should be the id of a group, or None"
            )
        with self._world.lock:
            project = self._world.find(self.project_id)
            jobs = captured_failure_jobs(rows, server_group_id)
            project.add_failure_jobs(jobs, ROW)
            if server_group_id is not None:
                project.mention(server_group_id)
            self._world.put(project)
        return jobs

    def seed(  # noqa: PLR0913 all that data can depend on
        self,
        jobs: int | None = None,
        groups: int | None = None,
        seed: int | None = None,
        anchor: dt.datetime | str | None = None,
        *,
        scenario: "Given | Scenario | None" = None,
        state: "StateToken | str | None" = None,
    ) -> "Dataset":
        """Add believable failed jobs of new groups: by default 24 of 3, seed 0, from the 30 days
        before now.

        Or those of a `scenario`: its name or value, or the path, JSON text or dict of one of your
        own. The same
        arguments on a new fake give the same jobs; called again it adds others. docs/datasets.md
        says what
        is promised of them. `state` is the token of another project, whose very data are added; it
        takes
        no other argument but a scenario of your own that it names. With several datasets the last
        is returned.
        """
        from sdrs_fake.seeding import sowing

        _check_alone(state, scenario, jobs=jobs, groups=groups, seed=seed, anchor=anchor)
        usual = self._seeding
        if anchor is None:
            anchor = self.clock.now() if usual.anchor is None else usual.anchor
        if scenario is None and state is None and jobs is None and groups is None:
            scenario = usual.scenario
        seed = usual.seed if seed is None else seed
        with self._world.lock:
            found = self._world.find(self.project_id)
            if state is not None:
                found = found.copy()  # of several datasets none is kept where one is refused
                made = sowing.sow_state(found, state, anchor, scenario)[-1]
            elif scenario is not None:
                made = sowing.sow_scenario(found, scenario, seed, anchor)
            else:
                made = sowing.sow(
                    found,
                    usual.jobs if jobs is None else jobs,
                    usual.groups if groups is None else groups,
                    seed,
                    anchor,
                )
            self._world.put(found)
        return made

    @property
    def state(self) -> str:
        """The token of what the project was seeded with: `seed(state=...)` makes the same data
        again. Empty where it was not.

        What was added, loaded or deleted besides is not in it.
        """
        from sdrs_fake.seeding import StateToken

        return str(StateToken.of(self.datasets))

    @property
    def datasets(self) -> "tuple[Parameters, ...]":
        """What the project was seeded with, in that order."""
        with self._world.lock:
            return tuple(self._world.find(self.project_id).parts)

    @property
    def failure_jobs(self) -> tuple[FailureJob, ...]:
        """All failed jobs of the project, in the order of the list: newest first."""
        with self._world.lock:
            return self._world.find(self.project_id).failure_jobs.ordered()

    @property
    def protection_groups(self) -> tuple[ProtectionGroup, ...]:
        """All protection groups of the project as they are answered, in the order they came to
        be.
        """
        with self._world.lock:
            return tuple(self._world.find(self.project_id).shown_groups())

    def reset(self) -> None:
        """Empty the project."""
        with self._world.lock:
            self._world.forget(self.project_id)


def _check_alone(state: object, scenario: object, **given: object) -> None:
    """What says how much there is says it alone."""
    whole, others = (
        ("state", given)
        if state is not None
        else ("scenario", {name: given[name] for name in ("jobs", "groups")})
    )
    if state is None and scenario is None:
        return
    for name, value in others.items():
        if value is not None:
            raise ValueError(
                f"{name}: {value!r} should not be given with {whole}, which says it already"
            )
