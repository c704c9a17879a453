"""The state of a fake: a Project per tenant, what is to happen to it later, and the one lock around
them.
"""

import datetime as dt
from collections.abc import Callable
from threading import RLock
from typing import NamedTuple

from sdrs_fake.domain.project import Project
from sdrs_fake.domain.reading import Reading


class Postponed(NamedTuple):
    """What is to be done to a project at a time that has not come, and who is told then how it
    went.
    """

    due: dt.datetime
    project_id: str
    work: Callable[[Project], str]
    tell: Callable[[str], object]


class World:
    """All projects of one fake, how its reference is read, and what time it is there. Hold `lock`
    while you touch a project.

    What was postponed is done when it is due: before anybody looks at a project then.
    """

    def __init__(self, reading: Reading, now: Callable[[], dt.datetime]) -> None:
        self.reading = reading
        self.lock = RLock()
        self._now = now
        self._projects: dict[str, Project] = {}
        self._postponed: list[Postponed] = []

    def find(self, project_id: str) -> Project:
        """The project with that id; one that is new exists only once it is `put`."""
        if self._postponed:
            self._settle(project_id)
        return self._projects.get(project_id) or Project(project_id, self.reading)

    def put(self, project: Project) -> None:
        """Keep a project that was written to, in the place of the one with its id, if there is
        one.
        """
        self._projects[project.project_id] = project

    def postpone(
        self,
        delay: dt.timedelta,
        project_id: str,
        work: Callable[[Project], str],
        tell: Callable[[str], object],
    ) -> None:
        """Do that to a project once so much time has passed."""
        self._postponed.append(Postponed(self._now() + delay, project_id, work, tell))

    def settle(self) -> None:
        """Do what is due to any project."""
        if self._postponed:
            with self.lock:
                for project_id in {each.project_id for each in self._postponed}:
                    self._settle(project_id)

    def _settle(self, project_id: str) -> None:
        """Do what is due to a project, first what was due first."""
        now = self._now()
        due: list[Postponed] = []
        left: list[Postponed] = []
        for each in self._postponed:
            (due if each.project_id == project_id and each.due <= now else left).append(each)
        self._postponed = left
        for each in sorted(due, key=lambda each: each.due):
            each.tell(each.work(self.find(project_id)))

    def adopt(self, other: "World") -> None:
        """Hold the projects of another world, as copies, and what was postponed there, in place of
        its own. Nobody is told of that.
        """
        with other.lock:
            self._projects = {
                project_id: project.copy() for project_id, project in other._projects.items()
            }  # noqa: SLF001 of its own kind
            self._postponed = [each._replace(tell=bool) for each in other._postponed]  # noqa: SLF001 as above

    @property
    def project_ids(self) -> frozenset[str]:
        """The projects that were written to."""
        return frozenset(self._projects)

    def forget(self, project_id: str | None = None) -> None:
        """Empty one project, or all; what was postponed for them is not done."""
        if project_id is None:
            self._projects.clear()
            self._postponed.clear()
        else:
            self._projects.pop(project_id, None)
            self._postponed = [each for each in self._postponed if each.project_id != project_id]
