"""A small HTTP server for one WSGI app: a thread for each connection, connections kept alive.

It is here because Werkzeug's own server closes each connection and takes half a second to stop.
"""

import os
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from threading import TIMEOUT_MAX, Event, Lock, Thread, current_thread
from wsgiref.types import WSGIApplication, WSGIEnvironment

from sdrs_fake.domain.refusals import INTERNAL_ERROR, Refusal
from sdrs_fake.errors import Offline, ParameterError, shown
from sdrs_fake.messages import NETWORK_FAULT, NetworkFault
from sdrs_fake.transports import http1
from sdrs_fake.transports.connection import ClientConnection, OutgoingResponse
from sdrs_fake.transports.wsgi_call import call_app, read_request

BACKLOG = 4096
"""How many clients may wait to be accepted; the system may allow fewer."""

MIN_CONNECTIONS = 16
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
        self._connections: list[tuple[socket.socket, Thread]] = []
        self._most_connections = MIN_CONNECTIONS
        self._acceptor: Thread | None = None
        self._stopping = Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]

    @property
    def url(self) -> str:
        host, port = self.address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def start(self) -> None:
        """Accept connections, the first time or after `stop`; OSError where the port is taken."""
        with self._lock:
            if self._closed or self._acceptor:
                return
            self._listener.listen(BACKLOG)
            self._stopped = False
            self._stopping = Event()
            self._connections = []
            self._acceptor = Thread(
                target=self._accept,
                args=(self._stopping,),
                name=f"sdrs-fake:{self.address[1]}",
                daemon=True,
            )
            self._acceptor.start()

    def stop(self) -> None:
        """End all connections and refuse new ones. The port stays reserved."""
        with self._lock:
            if self._closed or self._stopped:
                return
            self._stopped = True
            ended = self._end_connections()
            self._listener.close()
            self._listener = socket.socket(self._listener.family)
            if os.name == "posix":  # else connections that ended a moment ago block the address
                self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind(self.address)
        _join_all(ended)

    def close(self) -> None:
        """Stop for good: no thread and no socket is left, also where clients are connected."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            ended = self._end_connections()
            self._listener.close()
        _join_all(ended)

    def take_exceptions(self) -> list[Exception]:
        """The exceptions that the app raised so far, ten at most; they are given once."""
        taken, self._exceptions = self._exceptions, []
        return taken

    def _end_connections(self) -> list[Thread]:
        """Accept no more and end all connections; return the threads to wait for."""
        acceptor, self._acceptor = self._acceptor, None
        if acceptor is None:
            return []
        self._stopping.set()
        self._wake_acceptor()
        if current_thread() is acceptor:
            # the garbage collector may close a forgotten fake on any thread, also on this one
            return []
        acceptor.join()
        for connection, _ in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        threads = [thread for _, thread in self._connections]
        return [] if current_thread() in threads else threads

    def leave_to_parent(self) -> None:
        """In the child of a fork: close only the handles, since the connections are the parent's.

        Their streams belong to threads that do not exist here, and would keep them open.
        """
        self._lock, self._closed = Lock(), True
        for handle in (self._listener, *(connection for connection, _ in self._connections)):
            with suppress(OSError):
                os.close(handle.detach())

    def _wake_acceptor(self) -> None:
        """Interrupt `accept`: on Linux a shutdown does, elsewhere a connection."""
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            with suppress(OSError), socket.create_connection(self.address, timeout=1):
                pass

    def _accept(self, stopping: Event) -> None:
        while not stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:  # the client left, no file handle is free, or the server stops
                stopping.wait(0.01)
                continue
            self._start_thread(connection, stopping)

    def _start_thread(self, connection: socket.socket, stopping: Event) -> None:
        name = current_thread().name
        thread = Thread(target=self._serve, args=(connection, stopping), name=name, daemon=True)
        self._forget_ended()
        self._connections.append((connection, thread))
        try:
            thread.start()
        except RuntimeError:  # no thread is free
            self._connections.pop()
            connection.close()

    def _forget_ended(self) -> None:
        # Only when there are twice as many as before: to look at all of them for each new one
        # would take a time that grows with their square.
        if len(self._connections) >= self._most_connections:
            self._connections = [pair for pair in self._connections if pair[1].is_alive()]
            self._most_connections = 2 * len(self._connections) + MIN_CONNECTIONS

    def _serve(self, connection: socket.socket, stopping: Event) -> None:
        with (
            connection,
            suppress(OSError, http1.ClientDisconnected),
            ClientConnection(connection) as client,
        ):
            while client.has_request() and self._exchange(client, stopping):
                if stopping.is_set():
                    return

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
        headers = [*headers, ("Date", formatdate(usegmt=True))]
        head = http1.format_response(status, headers, b"", keep_alive=keep_alive)
        return OutgoingResponse(head, body, faults[0] if faults else None)


def _is_duration(value: object) -> bool:
    """Whether it is a number of seconds that the system can wait for."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 < value <= TIMEOUT_MAX


def _join_all(threads: list[Thread]) -> None:
    for thread in threads:
        thread.join()
