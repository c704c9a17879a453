"""A small HTTP server for one WSGI app: a thread for each connection, connections kept alive.

It is here because Werkzeug's own server closes each connection and takes half a second to stop.
"""

import os
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader
from threading import Event, Lock, Thread, current_thread
from typing import NamedTuple
from wsgiref.types import WSGIApplication, WSGIEnvironment

from sdrs_fake.domain.refusals import INTERNAL_ERROR, ApiError, Refusal
from sdrs_fake.errors import Offline
from sdrs_fake.messages import NETWORK_FAULT, NetworkFault
from sdrs_fake.transports import http1
from sdrs_fake.transports.wsgi_call import call_app, read_request

BACKLOG = 128
MAX_EXCEPTIONS = 10

LINGER_BYTES = 16 << 20
"""How much of an unread body is thrown away, so that its sender gets to see the refusal."""


class LoopbackServer:
    """Serves `app` at `host` and `port` from `start` until `close`.

    `refuse` gives the app that answers malformed requests; `max_body` gives the largest body that
    is read for a target. Exceptions of the app are answered with 500, printed, and kept in
    `exceptions`.
    """

    def __init__(
        self,
        app: WSGIApplication,
        refuse: Callable[[Refusal], WSGIApplication],
        *,
        max_body: Callable[[str], int],
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.exceptions: list[Exception] = []
        self._app = app
        self._refuse = refuse
        self._max_body = max_body
        self._lock = Lock()
        self._process = os.getpid()
        self._closed = False
        self._stopped = False
        self._connections: list[tuple[socket.socket, Thread]] = []
        self._acceptor: Thread | None = None
        self._stopping = Event()
        self._listener = socket.create_server((host, port), backlog=BACKLOG)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

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
            if os.getpid() != self._process:
                # a forked copy: the connections are the parent's, only the handles are ours
                self._close_handles()
                return
            ended = self._end_connections()
            self._listener.close()
        _join_all(ended)

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

    def _close_handles(self) -> None:
        self._listener.close()
        for connection, _ in self._connections:
            connection.close()

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
        alive = [pair for pair in self._connections if pair[1].is_alive()]
        self._connections = [*alive, (connection, thread)]
        try:
            thread.start()
        except RuntimeError:  # no thread is free
            self._connections = alive
            connection.close()

    def _serve(self, connection: socket.socket, stopping: Event) -> None:
        with (
            connection,
            connection.makefile("rb") as stream,
            suppress(OSError, http1.ClientDisconnected),
        ):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = connection.getpeername()[0]
            while self._exchange(connection, stream, peer, stopping) and not stopping.is_set():
                pass

    def _exchange(
        self, connection: socket.socket, stream: BufferedReader, peer: str, stopping: Event
    ) -> bool:
        """Answer one request; False when the connection is to be closed."""
        keep_alive = complete = False
        try:
            request = read_request(
                stream,
                max_body=self._max_body,
                address=self.address,
                peer=peer,
                write=connection.sendall,
            )
        except ApiError as error:
            app, environ = self._refuse(error.refusal), {"REQUEST_METHOD": "GET"}
        else:
            if request is None:
                return False
            app, (environ, keep_alive, complete) = self._app, request
        outgoing = self._respond(app, environ, keep_alive=keep_alive)
        keep_alive = outgoing.send(connection, stopping) and keep_alive
        if not complete:
            _linger(connection, stream)
        return keep_alive

    def _respond(
        self, app: WSGIApplication, environ: WSGIEnvironment, *, keep_alive: bool
    ) -> "_Outgoing":
        faults: list[NetworkFault] = []
        environ[NETWORK_FAULT] = faults
        try:
            status, headers, body = call_app(app, environ)
        except Offline:  # it went offline after the request had come
            return _Outgoing(b"", b"", NetworkFault("disconnect"))
        except Exception as error:  # noqa: BLE001 a bug: whoever closes the server raises it again
            self.exceptions = [*self.exceptions, error][:MAX_EXCEPTIONS]
            traceback.print_exception(error)
            status, headers, body = call_app(self._refuse(INTERNAL_ERROR), environ)
        head = http1.format_response(status, headers, b"", keep_alive=keep_alive)
        return _Outgoing(head, body, faults[0] if faults else None)


class _Outgoing(NamedTuple):
    """A response as bytes, and the network fault to apply to it."""

    head: bytes
    body: bytes
    network_fault: NetworkFault | None

    def send(self, connection: socket.socket, stopping: Event) -> bool:
        """Send it, with its network fault; False when the connection is to be closed.

        A response that is still late when the server stops is not sent.
        """
        fault = self.network_fault
        if fault is None:
            connection.sendall(self.head + self.body)
            return True
        seconds = fault.latency if fault.sleep else 0.0
        slow_body = fault.kind == "slow_body"
        if not slow_body and stopping.wait(seconds):
            return False
        if fault.kind == "disconnect":
            return False
        first, rest = fault.parts(self.body)
        connection.sendall(self.head + first)
        if slow_body:
            if stopping.wait(seconds):
                return False
            connection.sendall(rest)
        return fault.kind != "truncate"


def _join_all(threads: list[Thread]) -> None:
    for thread in threads:
        thread.join()


def _linger(connection: socket.socket, stream: BufferedReader) -> None:
    """Read what the client still sends, before the connection is closed.

    To close at once would reset the connection, and the client would lose the response.
    """
    connection.shutdown(socket.SHUT_WR)
    left = LINGER_BYTES
    while left > 0 and (data := stream.read1(1 << 16)):
        left -= len(data)
