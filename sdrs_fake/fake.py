"""FakeSdrs: a fake of the service, and every way to use it."""

import datetime as dt
import json as jsonlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from wsgiref.types import WSGIApplication

from sdrs_fake import clients
from sdrs_fake.activity.activity import Activity
from sdrs_fake.admin.admin import Admin
from sdrs_fake.auth.auth import Auth, Authenticator, AuthMode
from sdrs_fake.auth.credentials import Credentials
from sdrs_fake.cors import Cors, parse_origins
from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.clock import Clock
from sdrs_fake.domain.json_input import Given
from sdrs_fake.domain.plans import Schedule
from sdrs_fake.domain.quotas import check_quotas
from sdrs_fake.errors import ParameterError, check_callable, check_integer, shown
from sdrs_fake.fake_project import DEFAULT_PROJECT_ID, FakeProject
from sdrs_fake.faults.armed import ArmedFaults
from sdrs_fake.faults.faults import Faults
from sdrs_fake.journal.journal import Journal
from sdrs_fake.journal.request_log import RequestLog
from sdrs_fake.messages import Response
from sdrs_fake.seeding.library import Scenario
from sdrs_fake.seeding.spec import SeedSpec
from sdrs_fake.transports.direct_request import (
    Params,
    headers_of,
    json_body,
    method_of,
    target_of,
)
from sdrs_fake.transports.environment import environment_variables
from sdrs_fake.transports.in_process import InProcessServer
from sdrs_fake.transports.listener import Listener
from sdrs_fake.transports.loopback_server import REQUEST_TIMEOUT
from sdrs_fake.transports.wsgi_call import build_environ, call_app
from sdrs_fake.wsgi.app import App

if TYPE_CHECKING:
    import httpx
    import requests
else:
    from sdrs_fake.clients import httpx, requests

_MAX_PORT = 65535
_USUAL_BEHAVIOR = Behavior.model_construct()
"""Of its defaults alone, so that Pydantic compiles nothing for most fakes."""

JobDurationLike = float | dt.timedelta | Literal["realistic"]
BehaviorLike = Behavior | Mapping[str, Any] | str | None
QuotasLike = Mapping[str, int] | str | None
CorsLike = Sequence[str] | str | None


class FakeSdrs(FakeProject):
    """An isolated fake of the service, in memory; a context manager.

    It is the FakeProject of its own project. `behavior` chooses where the reference is ambiguous.
    `auth` is `any` (a request needs a credential; any value is accepted), `strict` (a credential
    that this fake knows, for the project of the path) or `off`. `failures`, `groups` or `scenario`
    seed it at once; these, `seed` and `as_of` are also the defaults of its method `seed`.
    A job takes `job_duration` (seconds of the fake's time, a timedelta, or `realistic`), and the
    first `job_polls` answers about it say that it runs; by default it is over when it is next
    looked at.
    `quotas` are how many `server_groups` and `replications` operations may make; -1 is no limit.
    `cors` are the origins whose pages may call the service and IAM from a browser, `*` for any; by
    default none may, as in the cloud.
    `admin_token` is what requests below `/_fake/` need; without one they are answered only to
    programs on this machine, through the fake's own server and clients.
    """

    base_url = clients.BASE_URL

    def __init__(  # noqa: PLR0913 all that a fake is made from
        self,
        project_id: str = DEFAULT_PROJECT_ID,
        behavior: BehaviorLike = None,
        auth: AuthMode = "any",
        *,
        failures: int | None = None,
        groups: int | None = None,
        seed: int | None = None,
        as_of: dt.datetime | str | None = None,
        scenario: Given | Scenario | None = None,
        job_duration: JobDurationLike = 0,
        job_polls: int = 0,
        quotas: QuotasLike = None,
        cors: CorsLike = None,
        admin_token: str | None = None,
    ) -> None:
        given = {"failures": failures, "groups": groups, "seed": seed, "as_of": as_of}
        defaults = SeedSpec.parse({**given, "scenario": scenario})
        schedule, limits = Schedule(job_duration, job_polls), check_quotas(quotas)
        origins = Cors(parse_origins(cors))
        self._build(project_id, behavior, auth, defaults, admin_token, schedule, limits, origins)
        if defaults.seeds:
            self.seed()
        self._backend.keep_start()

    def _build(  # noqa: PLR0913, PLR0917 what a fake is made from, but for its data
        self,
        project_id: str,
        behavior: BehaviorLike,
        auth: AuthMode,
        defaults: SeedSpec,
        admin_token: str | None,
        schedule: Schedule,
        limits: Mapping[str, int],
        cors: Cors,
    ) -> None:
        """Compose the parts of a fake, without data."""
        clock = Clock()
        schedule.now = clock.now
        choices = _USUAL_BEHAVIOR if behavior is None else Behavior.parse(behavior)
        backend = Backend(choices, schedule, limits)
        super().__init__(project_id, backend, clock, defaults)
        self._credentials = Credentials(self.project_id, clock, unpredictable=auth == "strict")
        authenticator = Authenticator(auth, self._credentials)
        armed = ArmedFaults(clock)
        self._log = RequestLog()
        backend.on_deferred = self._log.note_deferred
        self._auth = Auth(authenticator)
        self._faults = Faults(armed, backend)
        self._journal = Journal(self._log, backend.settle)
        self._admin_token = admin_token
        self._cors = cors
        admin = Admin(
            self.project_id,
            backend=backend,
            clock=clock,
            defaults=defaults,
            credentials=self._credentials,
            auth_mode=auth,
            faults=self._faults,
            journal=self._journal,
            log=self._log,
            token=admin_token,
        )
        self._app = App(backend, authenticator, armed, self._log, admin, cors)
        app = self._app
        self._in_process = InProcessServer(app, app.refuse, max_body=app.max_body)
        self._listener = Listener(
            app, app.refuse, max_body=app.max_body, on_address=admin.on_address
        )
        self._fork_callbacks: tuple[Callable[[FakeSdrs], object], ...] = ()

    def __repr__(self) -> str:
        place = self.listening_at or "no socket"
        return (
            f"<FakeSdrs project_id={self.project_id!r}"
            f" failure_jobs={len(self.failure_jobs)} ({place})>"
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
        except Exception as error:
            if exc is None:
                raise
            exc.add_note(f"The fake failed too: {error!r}")  # and does not hide the first error

    # State

    @property
    def behavior(self) -> Behavior:
        """The choices where the reference is ambiguous."""
        return self._backend.behavior

    @property
    def auth(self) -> Auth:
        """The auth mode, and the credentials that `strict` accepts."""
        return self._auth

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose."""
        return self._faults

    @property
    def journal(self) -> Journal:
        """The requests that were answered."""
        return self._journal

    @property
    def project_ids(self) -> frozenset[str]:
        """The ids of the projects that hold anything."""
        with self._backend.lock:
            return self._backend.project_ids

    def project(self, project_id: str) -> FakeProject:
        """Another project of the same fake."""
        return FakeProject(project_id, self._backend, self.clock, self._defaults)

    def import_data(self, data: Given) -> dict[str, int]:
        """Add the data of one project or several, all of it or nothing.

        `data` is a dict, a JSON string or the path of a file, in the format that `export_data`
        gives; docs/admin.md describes it. Return how many of each kind were added. ParameterError,
        naming the place in the data, for what is wrong; OSError for no file.
        """
        from sdrs_fake.admin.data_import import import_data
        from sdrs_fake.domain.json_input import read_json

        with read_json("data", data) as content:
            return import_data(self._backend, self._credentials, content, self.clock.now())

    def export_data(self) -> dict[str, Any]:
        """The data of all projects, as `import_data` takes it; keys and users are left out."""
        from sdrs_fake.admin.data_export import export_data

        return export_data(self._backend)

    def save(self, path: str | PathLike[str]) -> None:
        """Write all projects and the settings of this fake into a JSON file for `from_file`.

        Keys, users, journal, faults, time and the seed history are left out. The file is written
        whole or not at all, and keeps its mode; a pipe or a device is written as it is. OSError
        where that fails.
        """
        from sdrs_fake.domain.files import replaced

        settings = {
            "project_id": self.project_id,
            "behavior": self.behavior.model_dump(),
            "auth": self.auth.mode,
            "job_duration": self._backend.schedule.setting,
            "job_polls": self._backend.schedule.polls,
            "quotas": self._backend.limits,
            "cors": self._cors.origins,
        }
        data = self.export_data()
        content = {"version": data.pop("version"), **settings, **data}
        text = jsonlib.dumps(content, ensure_ascii=False, indent=1)
        with replaced(path) as file:
            file.write(text.encode())

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> "FakeSdrs":
        """A new fake from a file that `save` wrote; a file with data alone will do."""
        from sdrs_fake.admin.data_format import settings_of
        from sdrs_fake.admin.data_import import import_data
        from sdrs_fake.domain.json_input import read_json

        with read_json("path", path) as content:
            fake = cls(**settings_of(content))
            import_data(fake._backend, fake._credentials, content, fake.clock.now())
        fake._backend.keep_start()
        return fake

    def fork(self) -> "FakeSdrs":
        """An independent fake with the same projects, credentials and time.

        It has its own access key, journal and url, and no faults. What does not change is shared.
        Who observes this fake's journal also observes the fork's, and who is called on forks of
        this fake is called on those of the fork.
        """
        twin = FakeSdrs.__new__(FakeSdrs)
        twin._build(
            self.project_id,
            self.behavior,
            self.auth.mode,
            self._defaults,
            self._admin_token,
            Schedule(),
            self._backend.limits,
            self._cors,
        )
        twin._backend.copy_from(self._backend)
        twin._credentials.copy_from(self._credentials)
        twin.clock.copy_from(self.clock)
        twin._log.max_requests = self._log.max_requests
        twin._log.observers = self._log.observers
        twin._fork_callbacks = self._fork_callbacks
        for callback in self._fork_callbacks:
            callback(twin)
        return twin

    def on_fork(self, callback: "Callable[[FakeSdrs], object]") -> None:
        """Call a function with each fork of this fake, and with each fork of a fork."""
        check_callable("callback", callback, "a FakeSdrs")
        self._fork_callbacks += (callback,)

    def reset(self, to: Literal["start"] | None = None) -> None:
        """Empty all projects, and hold jobs no more. The journal and the request ids go on.

        `to="start"` goes back to what the fake was started with instead: what it held when it
        began to listen, or where it does not, when it was made.
        """
        self._backend.reset_to(to)

    def activity(self, seed: int = 0) -> Activity:
        """An iterator that lets something happen at each step, and yields what it did.

        It asks for an operation that is allowed then, as a client does; some of the jobs fail, and
        what failed is tried again. It never ends. The same seed gives the same steps on fakes that
        hold the same.
        """
        return Activity(self, self.faults, self.request, seed)

    # Ways in

    @property
    def wsgi(self) -> WSGIApplication:
        """The service as a WSGI application, to be mounted anywhere."""
        return self._app

    @property
    def access_key(self) -> str:
        """The fake's own access key; no other fake of the process has the same."""
        return self._credentials.own_key.access_key

    @property
    def secret_key(self) -> str:
        """The secret of `access_key`."""
        return self._credentials.own_key.secret_key

    def request(  # noqa: PLR0913, PLR0917 a request has that many parts
        self,
        method: str,
        path: str,
        params: Params = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        credentials: clients.Credentials = ...,
    ) -> Response:
        """Send a request in process, without a client library.

        `path` may hold a query, and may be a URL of any host. `params` is a mapping, pairs or a
        string; None in it is left out. A token is sent by default; `credentials` is another one,
        or None to send none.
        """
        sent = headers_of(headers)
        for name, value in self._credential_headers(credentials).items():
            sent.setdefault(name.lower(), value)
        body = b""
        if json is not None:
            body = json_body(json)
            sent.setdefault("content-type", "application/json")
        target = target_of(path, params)
        environ = build_environ(method_of(method), target, sent.items(), body)
        status, received, content = call_app(self._app, environ)
        return Response(int(status[:3]), content, dict(received))

    def session(self, credentials: clients.Credentials = ...) -> "requests.Session":
        """A `requests.Session` whose requests are answered in process, whatever host they name.

        `session.get(f"{sdrs.base_url}/v1/...")`. It sends a token by default; `credentials` is
        another one, or None to send none.
        """
        return clients.requests_session(self._in_process, self._credential_headers(credentials))

    def httpx_client(self, credentials: clients.Credentials = ...) -> "httpx.Client":
        """An `httpx.Client` with `base_url` set: `client.get("/v1/...")`; else as `session`."""
        return clients.httpx_client(self._in_process, self._credential_headers(credentials))

    def httpx_async_client(self, credentials: clients.Credentials = ...) -> "httpx.AsyncClient":
        """An `httpx.AsyncClient`; otherwise as `httpx_client`."""
        return clients.httpx_async_client(self._in_process, self._credential_headers(credentials))

    @contextmanager
    def intercept(self, *hosts: str) -> Iterator[Self]:
        """For a `with` block, answer what `requests`, urllib3 or httpx send to the cloud.

        That is to `sdrs.*.myhuaweicloud.com` and `iam.*.myhuaweicloud.com` of any region, and
        `hosts`: names or patterns, for any port or with one. It holds in all threads, also for
        clients that were made before. Other hosts are left alone.
        """
        with clients.intercept(self._in_process, *hosts):
            yield self

    def environment(
        self, region: str = "cn-north-4", home: str | PathLike[str] | None = None
    ) -> dict[str, str]:
        """The variables that point unmodified programs at `url`, which starts to listen.

        They are those of the official SDK (`HUAWEICLOUD_SDK_*`), of OpenStack's clients (`OS_*`)
        and of Terraform's provider (`HW_*`, and `TF_VAR_sdrs_url` for its endpoints), and NO_PROXY
        as it is now with the fake added; with `home` also HOME, where programs look for their
        files.
        """
        identity = self._credentials.identity
        return environment_variables(
            self.url, self.project_id, identity, region, home=home, env=os.environ
        )

    def _credential_headers(self, credentials: clients.Credentials) -> dict[str, str]:
        return clients.credential_headers(credentials, self.auth.own_token)

    # The socket

    @property
    def url(self) -> str:
        """Where the service listens, `http://127.0.0.1:PORT`; the first use starts the server.

        It listens as long as the fake exists: keep the fake, not the url alone.
        """
        return self.listen()

    @property
    def listening_at(self) -> str | None:
        """The url, where the server was started and is not closed."""
        return self._listener.listening_at

    def listen(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        request_timeout: float = REQUEST_TIMEOUT,
    ) -> str:
        """Listen on an address, unless the server runs already, and return the url.

        Port 0 is any free one; `::1` is the loopback address of IPv6. Whoever can reach an address
        that is not a loopback one can use the fake. A client that begins a request and does not
        finish it within `request_timeout` seconds is answered 408.
        """
        if not isinstance(host, str):
            raise ParameterError("host", f"{shown(host)} should be a name or an address")
        number = check_integer("port", port, 0)
        if number > _MAX_PORT:
            raise ParameterError("port", f"{number} should be an integer, {_MAX_PORT} or less")
        if self.listening_at is None:
            self._backend.keep_start()
        return self._listener.listen(host, number, request_timeout)

    @property
    def is_offline(self) -> bool:
        """Whether the fake refuses all connections and requests."""
        return self._listener.is_offline

    def go_offline(self) -> None:
        """Refuse all connections and requests, those to `/_fake/` too; open connections end.

        In process that is ConnectionRefusedError, or the error of the client's library.
        """
        self._listener.go_offline()

    def go_online(self) -> None:
        """Answer again; OSError where another program has taken the address."""
        self._listener.go_online()

    @contextmanager
    def offline(self) -> Iterator[Self]:
        """Be offline in a `with` block, and afterwards as before."""
        before = self.is_offline
        self.go_offline()
        try:
            yield self
        finally:
            if not before:
                self.go_online()

    def close(self) -> None:
        """Stop the server, if it runs, and raise the exceptions that the fake raised under it."""
        self._listener.close()
