"""The address of a fake: a loopback server that starts on first use, goes offline, and closes."""

from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Protocol
from weakref import finalize
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sdrs_fake.domain.forks import renew_in_child
from sdrs_fake.domain.refusals import Refusal
from sdrs_fake.transports.loopback_server import REQUEST_TIMEOUT, LoopbackServer


class App(Protocol):
    """A WSGI application that can be offline: it raises Offline then."""

    offline: bool

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse, /
    ) -> Iterable[bytes]: ...


class Listener:
    """Serves an app at an address, from the first use of its url on.

    `refuse` and `max_body` are as in LoopbackServer. `on_address` is given the host that the
    server is bound to, before the first connection is accepted. The server ends with its
    Listener, also where nobody closes it.
    """

    def __init__(
        self,
        app: App,
        refuse: Callable[[Refusal], WSGIApplication],
        *,
        max_body: Callable[[WSGIEnvironment], int],
        on_address: Callable[[str], object],
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._max_body = max_body
        self._on_address = on_address
        self._lock = Lock()
        self._server: LoopbackServer | None = None
        self._closed = False
        renew_in_child(self)

    def after_fork(self) -> None:
        """Leave the server to the parent; the first use of the url starts one in the child."""
        self._lock = Lock()
        server, self._server = self._server, None
        if server:
            server.leave_to_parent()

    @property
    def url(self) -> str:
        """The url; the first use starts the server."""
        return self.listen()

    @property
    def listening_at(self) -> str | None:
        """The url, if the server was started and is not closed."""
        return self._server.url if self._server else None

    def listen(
        self, host: str = "127.0.0.1", port: int = 0, request_timeout: float = REQUEST_TIMEOUT
    ) -> str:
        """Start the server at an address, unless it runs already, and return its url."""
        with self._lock:
            if self._closed:
                raise RuntimeError("this FakeSdrs is closed; its url is gone")
            if self._server is None:
                self._server = self._start(host, port, request_timeout)
            return self._server.url

    @property
    def is_offline(self) -> bool:
        return self._app.offline

    def go_offline(self) -> None:
        """Refuse every connection and every request; open connections end."""
        with self._lock:
            server = self._server
            self._app.offline = True
        if server:  # not under the lock: this waits for requests, and one may ask for the url
            server.stop()

    def go_online(self) -> None:
        """Answer again; OSError where another program has taken the address."""
        with self._lock:
            server = self._server
            self._app.offline = False  # before the first connection is accepted
        if server is None:
            return
        try:
            server.start()
        except OSError:
            self._app.offline = True
            raise

    def close(self) -> None:
        """Stop the server for good, and raise the exceptions that the app raised under it."""
        with self._lock:
            self._closed = True
            server, self._server = self._server, None
        if server is None:
            return
        server.close()
        raise_all(server.take_exceptions())

    def take_exceptions(self) -> list[Exception]:
        """The exceptions that the app raised under the server; they are not raised again."""
        server = self._server
        return server.take_exceptions() if server else []

    def _start(self, host: str, port: int, request_timeout: float) -> LoopbackServer:
        server = LoopbackServer(
            self._app,
            self._refuse,
            max_body=self._max_body,
            host=host,
            port=port,
            request_timeout=request_timeout,
        )
        finalize(self, server.close).atexit = False
        self._on_address(server.address[0])
        if self._app.offline:
            server.stop()
        else:
            server.start()
        return server


def raise_all(exceptions: Sequence[Exception]) -> None:
    """Raise the exceptions of apps: one as it is, several as a group."""
    if len(exceptions) > 1:
        raise ExceptionGroup("the fake failed while it answered", exceptions)
    if exceptions:
        raise exceptions[0]
