"""A small HTTP server for one WSGI app, whose connections are kept alive.

It is here because Werkzeug's own server closes each connection and takes half a second to stop.
"""

import os
import socket
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from errno import EADDRINUSE
from functools import lru_cache
from threading import TIMEOUT_MAX, Event, Lock
from wsgiref.types import WSGIApplication, WSGIEnvironment

from sdrs_fake.domain.refusals import INTERNAL_ERROR, Refusal
from sdrs_fake.errors import Offline, ParameterError, shown
from sdrs_fake.messages import NETWORK_FAULT, NetworkFault
from sdrs_fake.transports import http1
from sdrs_fake.transports.connection import ClientConnection, OutgoingResponse
from sdrs_fake.transports.dispatcher import Dispatcher
from sdrs_fake.transports.wsgi_call import call_app, read_request

BACKLOG = 4096
"""How many clients may wait to be accepted; the system may allow fewer."""

MAX_EXCEPTIONS = 10

REQUEST_TIMEOUT = 20.0
"""How long a client may take to send a request, in seconds."""


class LoopbackServer:
    """Serves `app` at `host` and `port` from `start` until `close`.

    `refuse` gives the app that answers malformed requests; `max_body` gives the largest body that
    is read for a request, by its head. A request that has begun and is not complete after
    `request_timeout` seconds is answered 408; a connection without one may stay idle. Exceptions of
    the app are answered with 500, printed, and kept for `take_exceptions`.
    """

    def __init__(  # noqa: PLR0913 all that a server is made from
        self,
        app: WSGIApplication,
        refuse: Callable[[Refusal], WSGIApplication],
        *,
        max_body: Callable[[WSGIEnvironment], int],
        host: str = "127.0.0.1",
        port: int = 0,
        request_timeout: float = REQUEST_TIMEOUT,
    ) -> None:
        if not _is_duration(request_timeout):
            reason = f"{shown(request_timeout)} should be a number of seconds above 0"
            raise ParameterError("request_timeout", reason)
        self._exceptions: list[Exception] = []
        self._app = app
        self._refuse = refuse
        self._max_body = max_body
        self._request_timeout = request_timeout
        self._lock = Lock()
        self._closed = False
        self._stopped = False
        self._dispatcher: Dispatcher | None = None
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as error:
            if error.errno != EADDRINUSE:
                raise
            advice = "choose another, or port 0 for any free one"
            message = f"{host} port {port}: {os.strerror(EADDRINUSE)}; {advice}"
            raise OSError(EADDRINUSE, message) from None
        self.address: tuple[str, int] = self._listener.getsockname()[:2]

    @property
    def url(self) -> str:
        host, port = self.address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def start(self) -> None:
        """Accept connections, the first time or after `stop`; OSError where the port is taken."""
        with self._lock:
            if self._closed or self._dispatcher:
                return
            self._listener.listen(BACKLOG)
            self._stopped = False
            name = f"sdrs-fake:{self.address[1]}"
            self._dispatcher = Dispatcher(self._listener, self._exchange, name)
            self._dispatcher.start()

    def stop(self) -> None:
        """End all connections and refuse new ones. The port stays reserved."""
        with self._lock:
            if self._closed or self._stopped:
                return
            self._stopped = True
            dispatcher = self._end_connections()
            self._listener.close()
            self._listener = socket.socket(self._listener.family)
            if os.name == "posix":  # else connections that ended a moment ago block the address
                self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind(self.address)
        if dispatcher:  # not under the lock: a request may close the fake
            dispatcher.join()

    def close(self) -> None:
        """Stop for good: no thread and no socket is left, also where clients are connected."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            dispatcher = self._end_connections()
            self._listener.close()
        if dispatcher:
            dispatcher.join()

    def take_exceptions(self) -> list[Exception]:
        """The exceptions that the app raised so far, ten at most; they are given once."""
        taken, self._exceptions = self._exceptions, []
        return taken

    def _end_connections(self) -> Dispatcher | None:
        dispatcher, self._dispatcher = self._dispatcher, None
        if dispatcher:
            dispatcher.stop()
        return dispatcher

    def leave_to_parent(self) -> None:
        """In the child of a fork: close the handles, which are the parent's."""
        self._lock, self._closed = Lock(), True
        with suppress(OSError):
            os.close(self._listener.detach())
        if self._dispatcher:
            self._dispatcher.leave_to_parent()

    def _exchange(self, client: ClientConnection, stopping: Event) -> bool:
        """Answer one request; False when the connection is to be closed."""
        keep_alive = complete = False
        try:
            with client.deadline(self._request_timeout):
                request = read_request(
                    client.stream,
                    max_body=self._max_body,
                    address=self.address,
                    peer=client.peer,
                    write=client.write,
                )
        except http1.RequestError as error:
            app, environ = self._refuse(error.refusal), error.environ
        else:
            if request is None:
                return False
            app, (environ, keep_alive, complete) = self._app, request
        keep_alive = client.send(self._respond(app, environ, keep_alive), stopping) and keep_alive
        if not complete:
            client.linger()
        return keep_alive

    def _respond(
        self,
        app: WSGIApplication,
        environ: WSGIEnvironment,
        keep_alive: bool,  # noqa: FBT001
    ) -> OutgoingResponse:
        faults: list[NetworkFault] = []
        environ[NETWORK_FAULT] = faults
        try:
            status, headers, body = call_app(app, environ)
        except Offline:  # it went offline after the request had come
            return OutgoingResponse(b"", b"", NetworkFault("disconnect"))
        except Exception as error:  # noqa: BLE001 a bug: whoever closes the server raises it again
            self._exceptions = [*self._exceptions, error][:MAX_EXCEPTIONS]
            traceback.print_exception(error)
            status, headers, body = call_app(self._refuse(INTERNAL_ERROR), environ)
        headers = [*headers, ("Date", _date(int(time.time())))]
        head = http1.format_response(status, headers, b"", keep_alive=keep_alive)
        return OutgoingResponse(head, body, faults[0] if faults else None)


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def _is_duration(value: object) -> bool:
    """Whether it is a number of seconds that the system can wait for."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 < value <= TIMEOUT_MAX
