"""FakeSdrs: what a user holds."""

import json as jsonlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from string import punctuation
from types import EllipsisType, TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

from sdrs_fake.captured import Given, content_of
from sdrs_fake.control.auth import Auth, AuthMode
from sdrs_fake.control.clock import Clock
from sdrs_fake.control.faults import Faults
from sdrs_fake.control.identity import Identity
from sdrs_fake.control.journal import Journal
from sdrs_fake.control.weather import Weather
from sdrs_fake.domain.reading import Reading
from sdrs_fake.domain.world import World
from sdrs_fake.doors import Doors
from sdrs_fake.exchange import Reply
from sdrs_fake.serving import Serving
from sdrs_fake.state import DEFAULT_PROJECT_ID, ProjectState, SeedDefaults
from sdrs_fake.transports.conversation import Conversation
from sdrs_fake.transports.wsgi_call import called, environ_of
from sdrs_fake.wsgi import routes
from sdrs_fake.wsgi.admin import Admin
from sdrs_fake.wsgi.app import App
from sdrs_fake.wsgi.controls import Controls
from sdrs_fake.wsgi.staging import Staging
from sdrs_fake.wsgi.wire import max_body

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Query = Mapping[str, object] | Iterable[tuple[str, object]] | str | None


class FakeSdrs(ProjectState, Serving, Doors):
    """An isolated fake of the service, in memory; a context manager.

    It is the state of its own project and every door to it: `request` in process, `wsgi` to mount,
    `url` for real sockets, and those of `Doors`. `reading` chooses how ambiguous clauses of the
    reference are read;
    `auth` is `present` (a credential has to be there, any will do), `strict` (it has to be one that
    this
    fake knows, for the project asked for) or `off`. `admin_token` is what requests below `/_fake/`
    have to bring;
    without one they are answered on this machine alone.
    """

    def __init__(
        self,
        project_id: str = DEFAULT_PROJECT_ID,
        reading: Reading | None = None,
        auth: AuthMode = "present",
        *,
        seeding: SeedDefaults | None = None,
        admin_token: str | None = None,
    ) -> None:
        if not isinstance(reading, Reading | None):
            raise TypeError(
                f"reading: {reading!r} should be a Reading, such as Reading(count='page')"
            )
        clock = Clock()
        ProjectState.__init__(
            self,
            project_id,
            World(reading or Reading(), clock.now),
            clock,
            seeding or SeedDefaults(),
        )
        self.journal = Journal(routes.documented, self._world.settle)
        self.faults = Faults(routes.documented, clock)
        self.weather = Weather(self.faults, self._world, clock)
        self.auth = Auth(auth, self.project_id, self.clock)
        self._admin_token = admin_token
        controls = Controls(self.faults, self.weather, self.journal, clock)
        staging = Staging(
            partial(ProjectState, world=self._world, clock=clock, seeding=self._seeding),
            self.project_id,
        )
        self._admin = Admin(
            self._world, self.auth, clock, {**controls.routes, **staging.routes}, admin_token
        )
        self._app = App(self._world, self.auth, self.journal, self._admin, self.faults)
        self._conversation = Conversation(self._app, self._app.refuse, max_body=max_body)
        self._identity = Identity(self.auth.own_key.access_key, self.auth.own_key.secret_key)
        self.auth.add_user(self._identity.user, self._identity.password)
        Serving.__init__(self, self._app, self._admin)
        self.forked: Callable[[FakeSdrs], object] | None = None
        """Told of each fork of this fake, and of each fork of a fork."""

    def __repr__(self) -> str:
        return (
            f"<FakeSdrs project_id={self.project_id!r} failure_jobs={len(self.failure_jobs)}"
            f" ({self.listening_at or 'no socket'})>"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
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
    def access_key(self) -> str:
        """The fake's own access key: registered for its project, and unlike that of any other fake
        in the process.
        """
        return self.auth.own_key.access_key

    @property
    def secret_key(self) -> str:
        """The secret of `access_key`."""
        return self.auth.own_key.secret_key

    @property
    def wsgi(self) -> "WSGIApplication":
        """The service as a WSGI application, to be mounted anywhere."""
        return self._app

    @property
    def project_ids(self) -> frozenset[str]:
        """The projects that hold anything."""
        with self._world.lock:
            return self._world.project_ids

    def project(self, project_id: str) -> ProjectState:
        """Another tenant of the same fake."""
        return ProjectState(project_id, self._world, self.clock, self._seeding)

    def request(  # noqa: PLR0913, PLR0917 a request has that many parts
        self,
        method: str,
        path: str,
        query: Query = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        credentials: str | EllipsisType | None = ...,
    ) -> Reply:
        """Send a request in process and return the Reply: `status`, `headers`, `body`, `json`.

        `path` is as on the wire, percent-encoded where needed, and may hold a query. A token comes
        along by itself; `credentials` is another token, or None to send none. `query` is a mapping,
        pairs or a
        text; a None in it is left out.
        """
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if credentials is not None:
            sent.setdefault(
                "x-auth-token", self.auth.own_token if credentials is ... else str(credentials)
            )
        body = b""
        if json is not None:
            body = jsonlib.dumps(json).encode()
            sent.setdefault("content-type", "application/json")
        status, answered, content = called(
            self._app, environ_of(method, _target(path, query), sent.items(), body)
        )
        return Reply(int(status[:3]), content, dict(answered))

    def fork(self) -> "FakeSdrs":
        """Another fake with the same projects, keys, users, tokens and time: what happens to one
        does not happen to the other.

        It has an access key, a journal and, once asked for, a url of its own, and no faults. What
        has not changed is shared.
        Who observes this fake's journal observes the twin's too, and who is told of forks is told
        of the twin and its forks.
        """
        twin = FakeSdrs(
            self.project_id,
            self.reading,
            self.auth.mode,
            seeding=self._seeding,
            admin_token=self._admin_token,
        )
        twin._world.adopt(self._world)
        twin.auth.adopt(self.auth)
        twin.clock.follow(self.clock)
        twin.journal.most = self.journal.most
        twin.journal.observe(*self.journal.observers)
        twin.forked = self.forked
        if self.forked:
            self.forked(twin)
        return twin

    def snapshot(self, path: str | PathLike[str]) -> None:
        """Write all projects, and how this fake reads and lets in, into a JSON file that `load`
        makes another fake of.

        Keys and users are left out, as in `export_data`, and so are time, journal, faults, and what
        it was seeded with. The file is there
        whole or not at all; OSError where it cannot be.
        """
        from sdrs_fake import snapshots

        snapshots.write(
            Path(path), self.project_id, self.reading, self.auth.mode, self.export_data()
        )

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "FakeSdrs":
        """A new fake as the one that a `snapshot` was taken of; ValueError for a file that is none,
        OSError for no file.
        """
        from sdrs_fake import snapshots

        taken = snapshots.read(Path(path))
        fake = FakeSdrs(taken.project_id, taken.reading, taken.auth)
        fake.load_data(taken.data)
        return fake

    def load_data(self, data: Given) -> dict[str, int]:
        """Add the data of one project or several, all of it or nothing; gives how many of each kind
        were added.

        The data is a dict, a JSON text or the path of a file, as docs/admin.md shows it.
        ValueError, naming the
        place in the data, the value and the choices, for what is wrong; OSError for no file.
        """
        from sdrs_fake.control import datafile

        _, content, file = content_of("data", data)
        try:
            return datafile.load(self._world, self.auth, content, self.clock.now())
        except ValueError as error:
            if file is None:
                raise
            raise ValueError(
                "\n".join(f"{file}: {line}" for line in str(error).split("\n"))
            ) from None

    def export_data(self) -> dict[str, Any]:
        """The state of all projects, as `load_data` takes it; keys and users are left out."""
        from sdrs_fake.control import datafile

        return datafile.export(self._world)

    def reset(self) -> None:
        """Empty all projects. The journal and the ids of requests go on."""
        with self._world.lock:
            self._world.forget()


def _target(path: str, query: Query) -> str:
    """Path and query as they are sent; what is percent-encoded already stays as it is."""
    path, _, given = path.partition("?")
    if isinstance(query, str):
        asked = quote(query, safe=punctuation)
    else:
        pairs = query.items() if isinstance(query, Mapping) else query or ()
        asked = urlencode([(name, value) for name, value in pairs if value is not None], doseq=True)
    asked = "&".join(part for part in (quote(given, safe=punctuation), asked) if part)
    return quote(path, safe="/%:@!$&'()*+,;=~") + (f"?{asked}" if asked else "")
