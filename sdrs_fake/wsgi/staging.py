"""Scenarios over HTTP: what `sdrs.seed` does in Python."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from sdrs_fake.domain.errors import require
from sdrs_fake.exchange import Reply
from sdrs_fake.wsgi.admin_bodies import Action, object_of, refusal, refused

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from sdrs_fake.seeding import Dataset


_ARGUMENTS = ("scenario", "state", "jobs", "groups", "seed", "anchor", "project_id")


class Seedable(Protocol):
    """A project that takes datasets."""

    @property
    def state(self) -> str: ...
    @property
    def seed(self) -> "Callable[..., Dataset]": ...


class Staging:
    """The control routes that list scenarios and seed projects; `project` finds one by its id, and
    `own` is the fake's.
    """

    def __init__(self, project: Callable[[str], Seedable], own: str) -> None:
        self._project = project
        self._own = own
        self.routes: Mapping[str, Action] = {
            "GET /_fake/scenarios": self.list_scenarios,
            "POST /_fake/scenarios": self.seed,
        }

    def list_scenarios(self, _environ: "WSGIEnvironment") -> Reply:
        from sdrs_fake.seeding import (
            scenarios,
        )  # here and below: what needs pydantic's models and Faker

        shown = ("name", "title", "description", "jobs", "groups", "digest")
        return Reply.of(
            200,
            {
                "scenarios": [
                    {name: getattr(told, name) for name in shown} for told in scenarios().values()
                ]
            },
        )

    def seed(self, environ: "WSGIEnvironment") -> Reply:
        said = object_of(environ, _ARGUMENTS)
        self._check(said)
        project_id = said.pop("project_id", self._own)
        with refused(), _told_for_http():
            project = self._project(project_id)
            made = project.seed(**said)
        counts = {"failure_jobs": len(made.jobs), "protection_groups": len(made.groups)}
        return Reply.of(201, {"project_id": project_id, "state": project.state, **counts})

    def _check(self, said: Mapping[str, Any]) -> None:
        """A text is the name of a scenario of the package: no request opens files of this
        machine.
        """
        from sdrs_fake.seeding.library import names

        scenario = said.get("scenario")
        known = scenario is None or isinstance(scenario, Mapping) or scenario in names()
        require(
            known,
            refusal(
                400,
                f"scenario: {scenario!r:.120} should be one of {', '.join(names())}, or an object"
                " with one of your own",
            ),
        )


@contextmanager
def _told_for_http() -> Iterator[None]:
    """Nobody gives a file here."""
    from sdrs_fake.seeding.rebuilding import NeedsScenarioError

    try:
        yield
    except NeedsScenarioError as error:
        raise ValueError(
            f'{error.needed}, as an object: "scenario": {{"scenario": 1, ...}}'
        ) from None
