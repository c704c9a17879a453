"""Backend: the projects of one fake, the one lock around them, and what is deferred."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from threading import RLock
from typing import NamedTuple

from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.forks import renew_in_child
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.store import Change, at_once


class Deferred(NamedTuple):
    """A change that happens to a project later; `report` is called with its outcome then."""

    due: dt.datetime
    project_id: str
    change: Callable[[Project], str]
    report: Callable[[str], object] | None


class Backend:
    """All projects of one fake. Hold `lock` while you touch a project.

    A deferred change happens when it is due: before anybody looks at its project.
    """

    def __init__(self, behavior: Behavior, now: Callable[[], dt.datetime]) -> None:
        self.behavior = behavior
        self.lock = RLock()
        self._now = now
        self._projects: dict[str, Project] = {}
        self._deferred: list[Deferred] = []
        renew_in_child(self)

    def after_fork(self) -> None:
        self.lock = RLock()

    def find(self, project_id: str) -> Project:
        """The project with that id; a new one is kept only once it is `put`."""
        if self._deferred:
            self._settle(project_id)
        return self._projects.get(project_id) or Project(project_id, self.behavior)

    def put(self, *projects: Project) -> None:
        """Keep projects that were changed, in place of those with their ids: all, or none."""
        at_once([self.putting(*projects)])

    def putting(self, *projects: Project) -> Change:
        """What puts projects, for `at_once`."""
        new = {project.project_id: project for project in projects}
        return partial(self._projects.update, new)

    def defer(
        self,
        delay: dt.timedelta,
        project_id: str,
        change: Callable[[Project], str],
        report: Callable[[str], object],
    ) -> None:
        """Change a project once the delay has passed."""
        self._deferred.append(Deferred(self._now() + delay, project_id, change, report))

    def settle(self) -> None:
        """Make the changes that are due in any project."""
        if self._deferred:
            with self.lock:
                for project_id in {each.project_id for each in self._deferred}:
                    self._settle(project_id)

    def _settle(self, project_id: str) -> None:
        now = self._now()
        due: list[Deferred] = []
        pending: list[Deferred] = []
        for each in self._deferred:
            is_due = each.project_id == project_id and each.due <= now
            (due if is_due else pending).append(each)
        self._deferred = pending
        for each in sorted(due, key=lambda each: each.due):
            outcome = each.change(self.find(project_id))
            if each.report:
                each.report(outcome)

    def copy_from(self, other: "Backend") -> None:
        """Hold copies of another backend's projects and deferred changes, which report nothing."""
        with other.lock:
            projects = other._projects.items()
            self._projects = {project_id: project.copy() for project_id, project in projects}
            self._deferred = [each._replace(report=None) for each in other._deferred]

    @property
    def project_ids(self) -> frozenset[str]:
        """The ids of the projects that were written to."""
        return frozenset(self._projects)

    def reset(self, project_id: str | None = None) -> None:
        """Empty one project, or all; changes that were deferred for them do not happen."""
        if project_id is None:
            self._projects.clear()
            self._deferred.clear()
        else:
            self._projects.pop(project_id, None)
            self._deferred = [each for each in self._deferred if each.project_id != project_id]
