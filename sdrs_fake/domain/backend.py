"""Backend: the projects of one fake, the one lock around them, and the deferred requests."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from threading import RLock
from typing import Any, NamedTuple, TypeVar

from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.forks import renew_in_child
from sdrs_fake.domain.plans import Schedule
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.quotas import DEFAULT_QUOTAS, Quotas
from sdrs_fake.domain.refusals import ApiError
from sdrs_fake.domain.running_jobs import settle
from sdrs_fake.domain.store import Change, at_once
from sdrs_fake.errors import ParameterError, shown

AnyRequest = TypeVar("AnyRequest")
AnyResponse = TypeVar("AnyResponse")


class Deferred(NamedTuple):
    """A request that was accepted and is handled later. It is a value: it copies and saves."""

    due: dt.datetime
    project_id: str
    operation: Callable[[Project, Any], Any]
    request: Any


class _Start(NamedTuple):
    """What a fake held when it was started."""

    projects: tuple[Project, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    held: bool = False


class Backend:
    """All projects of one fake. Hold `lock` while you touch a project.

    What is due happens before anybody looks at a project: jobs end, and deferred requests are
    handled. `on_deferred` is called with such a request and its outcome.
    """

    def __init__(
        self,
        behavior: Behavior,
        schedule: Schedule | None = None,
        limits: Mapping[str, int] = DEFAULT_QUOTAS,
    ) -> None:
        self.behavior = behavior
        self.schedule = schedule or Schedule()
        self.limits = limits
        self.lock = RLock()
        self.on_deferred: Callable[[Any, str], object] = _ignore
        self._projects: dict[str, Project] = {}
        self.deferred: list[Deferred] = []
        self._start = _Start()
        renew_in_child(self)

    def after_fork(self) -> None:
        self.lock = RLock()

    def find(self, project_id: str) -> Project:
        """The project with that id; a new one is kept only once it is `put`."""
        if self.deferred:
            self._handle_deferred(project_id)
        project = self._projects.get(project_id)
        if project is None:
            return Project(project_id, self.behavior, Quotas(self.limits), self.schedule)
        if project.due:
            settle(project, self.schedule.now())
        return project

    def put(self, *projects: Project) -> None:
        """Keep projects that were changed, in place of those with their ids: all, or none."""
        at_once([self.putting(*projects)])

    def putting(self, *projects: Project) -> Change:
        """What puts projects, for `at_once`."""
        new = {project.project_id: project for project in projects}
        return partial(self._projects.update, new)

    def serve(
        self,
        operation: Callable[[Project, AnyRequest], AnyResponse],
        project_id: str,
        request: AnyRequest,
    ) -> AnyResponse:
        """Call an operation on a project, and keep a new project in which a job began."""
        with self.lock:
            project = self.find(project_id)
            response = operation(project, request)
            if project.jobs and project_id not in self._projects:
                self.put(project)
            return response

    def defer(
        self,
        delay: dt.timedelta,
        project_id: str,
        operation: Callable[[Project, AnyRequest], object],
        request: AnyRequest,
    ) -> None:
        """Handle a request once the delay has passed."""
        due = self.schedule.now() + delay
        self.deferred.append(Deferred(due, project_id, operation, request))

    def settle(self) -> None:
        """Let happen what is due in any project."""
        with self.lock:
            for project_id in {*self._projects, *(each.project_id for each in self.deferred)}:
                self.find(project_id)

    def _handle_deferred(self, project_id: str) -> None:
        now = self.schedule.now()
        due: list[Deferred] = []
        pending: list[Deferred] = []
        for each in self.deferred:
            is_due = each.project_id == project_id and each.due <= now
            (due if is_due else pending).append(each)
        self.deferred = pending
        for each in sorted(due, key=lambda each: each.due):
            # At its own time, so that jobs that ended before have ended, and its own begins then.
            with self.schedule.at(each.due):
                outcome = self._outcome(each)
            self.on_deferred(each.request, outcome)

    def _outcome(self, deferred: Deferred) -> str:
        try:
            response = self.serve(deferred.operation, deferred.project_id, deferred.request)
        except ApiError as error:
            return str(error)
        return f"{response.status} {response.note}".rstrip()

    def copy_from(self, other: "Backend") -> None:
        """Hold copies of another backend's projects and deferred requests."""
        with other.lock:
            self.schedule.copy_from(other.schedule)
            self.limits = other.limits
            copies = [project.copy() for project in other._projects.values()]
            for project in copies:
                project.schedule = self.schedule
            self._projects = {project.project_id: project for project in copies}
            self.deferred = list(other.deferred)
            self._start = other._start

    @property
    def project_ids(self) -> frozenset[str]:
        """The ids of the projects that were written to."""
        return frozenset(self._projects)

    def keep_start(self) -> None:
        """Let what there is now be what the fake was started with."""
        with self.lock:
            copies = tuple(project.copy() for project in self._projects.values())
            self._start = _Start(copies, tuple(self.deferred), self.schedule.held)

    def reset_to(self, to: object) -> None:
        """Empty all projects, or, to `start`, go back to what the fake was started with."""
        if to not in (None, "start"):
            raise ParameterError("to", f"{shown(to)} should be 'start', or left out")
        with self.lock:
            if to is None:
                self.reset()
                return
            copies = [project.copy() for project in self._start.projects]
            for project in copies:
                project.schedule = self.schedule  # a fork has one of its own
            at_once(
                [
                    partial(setattr, self, "_projects", {each.project_id: each for each in copies}),
                    partial(setattr, self, "deferred", list(self._start.deferred)),
                    partial(setattr, self.schedule, "held", self._start.held),
                ]
            )

    def reset(self, project_id: str | None = None) -> None:
        """Empty one project, or all; requests that were deferred for them are not handled.

        With all of them the hold on jobs ends.
        """
        if project_id is None:
            self._projects.clear()
            self.deferred.clear()
            self.schedule.held = False
        else:
            self._projects.pop(project_id, None)
            self.deferred = [each for each in self.deferred if each.project_id != project_id]


def _ignore(_request: object, _outcome: str) -> None:
    """Nobody wants to know how a deferred request went."""
