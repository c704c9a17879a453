"""FakeSdrs: what a user holds."""

import json as jsonlib
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from threading import Lock
from types import EllipsisType, TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack
from urllib.parse import quote, urlencode
from weakref import finalize

from sdrs_fake.control.auth import Auth, AuthMode
from sdrs_fake.control.clock import Clock
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.protection_groups import ProtectionGroup
from sdrs_fake.domain.reading import Reading
from sdrs_fake.domain.world import World
from sdrs_fake.exchange import Reply
from sdrs_fake.transports.loopback import LoopbackServer
from sdrs_fake.transports.wsgi_call import called, environ_of
from sdrs_fake.wsgi.app import App
from sdrs_fake.wsgi.wire import MAX_BODY

if TYPE_CHECKING:
    import datetime as dt

    from _typeshed.wsgi import WSGIApplication

DEFAULT_PROJECT_ID = "a4a5d4098fb4474fa22cd05f897d6b99"
"""The project of a fake that was given none."""


class FailureJobFields(TypedDict, total=False):
    """What `add_failure_job` takes."""

    job_status: str
    resource_id: str
    resource_name: str
    resource_type: str
    failure_status: str
    job_id: str
    job_type: str
    begin_time: "dt.datetime | str"
    error_code: str
    fail_reason: str
    server_group_id: str | None


class ProtectionGroupFields(TypedDict, total=False):
    """What `add_protection_group` takes."""

    id: str
    name: str


class ProjectState:
    """The state of one project of a fake: what is there, and ways to put more there."""

    def __init__(self, project_id: str, world: World, clock: Clock) -> None:
        if not isinstance(project_id, str) or not project_id or "/" in project_id:
            raise ValueError(f"project_id: {project_id!r} should be a text without '/', such as {DEFAULT_PROJECT_ID}")
        self.project_id = project_id
        self._world = world
        self._clock = clock

    def add_failure_job(self, **fields: Unpack[FailureJobFields]) -> FailureJob:
        """Add a failed job and return it; what is not given gets a value that fits what is.

        A time is a datetime with a zone or a text as on the wire. A group that was not there is there
        from now on. ValueError, naming field, value and choices, for a wrong value; nothing is added then.
        """
        with self._world.lock:
            return self._world.project(self.project_id).add_failure_job(fields, self._clock.now())

    def add_protection_group(self, **fields: Unpack[ProtectionGroupFields]) -> ProtectionGroup:
        """Add a protection group, with or without failed jobs to come, and return it."""
        with self._world.lock:
            return self._world.project(self.project_id).add_protection_group(fields)

    def load_failure_jobs(self, answer: Mapping[str, Any] | str | PathLike[str], server_group_id: str | None = None) -> list[FailureJob]:
        """Add the jobs of a captured answer `{"count": ..., "failure_jobs": [...]}`: all of them, or none.

        The answer is a dict, a JSON text or the path of a file. `server_group_id` is the group that was
        asked for when it was captured; without one, a failure of a group belongs to that group itself
        and any other job to none.
        """
        rows = _captured(answer)
        with self._world.lock:
            return self._world.project(self.project_id).load_failure_jobs(rows, server_group_id)

    @property
    def failure_jobs(self) -> tuple[FailureJob, ...]:
        """All failed jobs of the project, in the order of the list: newest first."""
        with self._world.lock:
            return self._world.find(self.project_id).failure_jobs.ordered()

    @property
    def protection_groups(self) -> tuple[ProtectionGroup, ...]:
        """All protection groups of the project, in the order they came to be."""
        with self._world.lock:
            return tuple(self._world.find(self.project_id).server_groups.values())

    def reset(self) -> None:
        """Empty the project."""
        with self._world.lock:
            self._world.forget(self.project_id)


class FakeSdrs(ProjectState):
    """An isolated fake of the service, in memory; a context manager.

    It is the state of its own project and every door to it: `request` in process, `wsgi` to mount,
    `url` for real sockets. `reading` chooses how ambiguous clauses of the reference are read;
    `auth` is `present` (a credential has to be there, any will do) or `off`.
    """

    def __init__(self, project_id: str = DEFAULT_PROJECT_ID, reading: Reading | None = None, auth: AuthMode = "present") -> None:
        if not isinstance(reading, Reading | None):
            raise TypeError(f"reading: {reading!r} should be a Reading, such as Reading(count='page')")
        super().__init__(project_id, World(reading or Reading()), Clock())
        self._app = App(self._world, Auth(auth))
        self._server: LoopbackServer | None = None
        self._opening = Lock()
        self._closed = False

    def __repr__(self) -> str:
        where = self._server.url if self._server and not self._closed else "no socket"
        return f"<FakeSdrs project_id={self.project_id!r} failure_jobs={len(self.failure_jobs)} ({where})>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None) -> None:
        try:
            self.close()
        except Exception as failure:
            if exc is None:
                raise
            exc.add_note(f"The fake failed too: {failure!r}")

    @property
    def reading(self) -> Reading:
        return self._world.reading

    @property
    def wsgi(self) -> "WSGIApplication":
        """The service as a WSGI application, to be mounted anywhere."""
        return self._app

    @property
    def url(self) -> str:
        """Where the service listens, `http://127.0.0.1:PORT`; the first use starts it."""
        with self._opening:
            if self._closed:
                raise RuntimeError("this FakeSdrs is closed; its url is gone")
            if self._server is None:
                self._server = LoopbackServer(self._app, self._app.refuse, max_body=MAX_BODY)
                finalize(self, self._server.close).atexit = False  # for a fake that is dropped and never closed
            return self._server.url

    def project(self, project_id: str) -> ProjectState:
        """Another tenant of the same fake."""
        return ProjectState(project_id, self._world, self._clock)

    def request(  # noqa: PLR0913, PLR0917 a request has that many parts
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | Iterable[tuple[str, object]] | None = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        credentials: str | EllipsisType | None = ...,
    ) -> Reply:
        """Send a request in process and return the Reply: `status`, `headers`, `body`, `json`.

        `path` is as on the wire, percent-encoded where needed, and may hold a query. A token comes
        along by itself; `credentials` is another token, or None to send none. A None in `query` is left out.
        """
        path, _, given = path.partition("?")
        pairs = query.items() if isinstance(query, Mapping) else query or ()
        asked = urlencode([(name, value) for name, value in pairs if value is not None], doseq=True)
        asked = "&".join(part for part in (given, asked) if part)
        target = quote(path, safe="/%:@!$&'()*+,;=~") + (f"?{asked}" if asked else "")
        sent = dict(headers or {})
        if credentials is not None:
            sent.setdefault("X-Auth-Token", self._token() if credentials is ... else str(credentials))
        body = b""
        if json is not None:
            body = jsonlib.dumps(json).encode()
            sent.setdefault("Content-Type", "application/json")
        status, answered, content = called(self._app, environ_of(method, target, sent.items(), body))
        return Reply(int(status[:3]), content, dict(answered))

    def reset(self) -> None:
        """Empty all projects, as if the fake were new."""
        with self._world.lock:
            self._world.forget()

    def close(self) -> None:
        """Stop the server, if there is one. An exception that it met inside the fake is raised here."""
        with self._opening:
            self._closed = True
            server, self._server = self._server, None
        if server:
            server.close()
            if server.failures:
                raise server.failures[0]

    def _token(self) -> str:
        return f"sdrs-fake-token-{self.project_id}"


def _captured(answer: Mapping[str, Any] | str | PathLike[str]) -> list[Mapping[str, Any]]:
    if isinstance(answer, str) and answer.lstrip().startswith("{"):
        content = jsonlib.loads(answer)
    elif isinstance(answer, str | PathLike):
        content = jsonlib.loads(Path(answer).read_text(encoding="utf-8"))
    else:
        content = answer
    rows = content.get("failure_jobs") if isinstance(content, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ValueError(f'answer: {content!r:.120} should be an object such as {{"count": 0, "failure_jobs": []}}')
    return rows
