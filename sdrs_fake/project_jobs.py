"""ProjectJobs: the jobs of a project, and the ways to say when they end."""

from collections.abc import Iterable, Iterator

from sdrs_fake.domain import running_jobs
from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.jobs import Job, with_sub_jobs
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.transitions import BY_JOB_TYPE
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.faults.job_failures import job_failures


class ProjectJobs:
    """The jobs of a project; iterate over it. `hold`, `finish` and `release` are for all projects
    of the fake.
    """

    def __init__(self, backend: Backend, project_id: str) -> None:
        self._backend = backend
        self._project_id = project_id

    def __dir__(self) -> list[str]:  # the verbs of a test
        return ["fail", "finish", "hold", "pending", "release"]

    def __repr__(self) -> str:
        held = ", held" if self._backend.schedule.held else ""
        return f"<ProjectJobs: {len(self)}, {len(self.pending)} pending{held}>"

    def __iter__(self) -> Iterator[Job]:
        with self._backend.lock:
            return iter([*map(with_sub_jobs, self._project().jobs.values())])

    def __len__(self) -> int:
        with self._backend.lock:
            return len(self._project().jobs)

    @property
    def pending(self) -> tuple[Job, ...]:
        """The jobs that are not over, in the order they began."""
        with self._backend.lock:
            return tuple(map(with_sub_jobs, running_jobs.pending(self._project())))

    def hold(self) -> None:
        """Let jobs that start from now on wait until `finish` or `release`."""
        self._backend.schedule.held = True

    def finish(self, job_id: str | None = None) -> None:
        """End a job of any project as it was planned, or all that are pending.

        Jobs that start from now on wait as before. ParameterError where no such job runs.
        """
        with self._backend.lock:
            ids = sorted(self._backend.project_ids, key=lambda each: each != self._project_id)
            finish_jobs(self._backend, ids, job_id)

    def fail(self, job_id: str, code: str | None = None, reason: str | None = None) -> None:
        """End a job of any project as FAIL; `code` and `reason` are those of `faults.fail_job`.

        ParameterError where no operation began such a job, or it is over.
        """
        with self._backend.lock:
            ids = sorted(self._backend.project_ids, key=lambda each: each != self._project_id)
            fail_job(self._backend, ids, job_id, code, reason)

    def release(self) -> None:
        """Hold no more; what waited goes on by its plan."""
        with self._backend.lock:
            release_jobs(self._backend, self._backend.project_ids)
            self._backend.schedule.held = False

    def _project(self) -> Project:
        return self._backend.find(self._project_id)


def finish_jobs(backend: Backend, project_ids: Iterable[str], job_id: str | None = None) -> None:
    """End the job with that id in the first project that has it, or all of these projects."""
    jobs = [
        (project, job)
        for project in map(backend.find, project_ids)
        for job in running_jobs.pending(project)
        if job_id is None or job.job_id == job_id
    ]
    if job_id is not None:
        if not jobs:
            raise ParameterError("job_id", f"{shown(job_id)} is no job that runs")
        jobs = jobs[:1]
    for project, job in jobs:
        running_jobs.finish(project, job)


def fail_job(
    backend: Backend,
    project_ids: Iterable[str],
    job_id: object,
    code: str | None = None,
    reason: str | None = None,
) -> None:
    """End the job with that id as FAIL in the first project that has it."""
    for project in map(backend.find, project_ids):
        plan = project.plans.get(job_id) if isinstance(job_id, str) else None
        if plan is not None:
            row = BY_JOB_TYPE[project.jobs[plan.job_id].job_type]
            running_jobs.fail(project, plan, job_failures([row], code, reason)[row.job_type])
            return
    raise ParameterError("job_id", f"{shown(job_id)} is no job of an operation that runs")


def release_jobs(backend: Backend, project_ids: Iterable[str]) -> None:
    """Let the jobs of these projects that are held go on by their plans."""
    for project in map(backend.find, project_ids):
        running_jobs.release(project)
