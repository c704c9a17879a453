"""A small HTTP server for one WSGI app: a thread a connection, kept alive, started and stopped at once.

Werkzeug's own server closes each connection and takes half a second to stop, which is why this one is here.
"""

import os
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader
from threading import Event, Lock, Thread, current_thread
from typing import TYPE_CHECKING

from sdrs_fake.domain.errors import INTERNAL_ERROR, ApiError, Refusal
from sdrs_fake.exchange import Dark, Trouble
from sdrs_fake.transports import http1
from sdrs_fake.transports.incoming import environ_from
from sdrs_fake.transports.outgoing import Outgoing
from sdrs_fake.transports.wsgi_call import called

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

KEPT_FAILURES = 10

LINGER_BYTES = 16 << 20
"""How much of a body that was refused unread is read away, so that its sender gets to see the answer."""


class LoopbackServer:
    """Serves `app` from construction on, at `host` and `port`, until `close`.

    `refuse` gives the app that answers what never became a request; bodies of as many bytes as
    `max_body` says for their target are read for the app. Exceptions of the app are answered with 500, printed, and kept in `failures`.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        refuse: Callable[[Refusal], "WSGIApplication"],
        *,
        max_body: Callable[[str], int],
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.failures: list[Exception] = []
        self._app = app
        self._refuse = refuse
        self._max_body = max_body
        self._lock = Lock()
        self._process = os.getpid()
        self._closed = False
        self._place: socket.socket | None = None  # keeps the port while nobody listens
        self._open(host, port)

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    def close(self) -> None:
        """Stop: no thread and no socket is left, also with clients that are still connected."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if os.getpid() != self._process:  # a forked copy: the connections are the parent's, only the handles are ours
            self._drop_handles()
        elif self._place is None:
            self._stop()
        self._give_place_up()

    def go_dark(self) -> None:
        """End all connections, and refuse others; the address is still kept."""
        with self._lock:
            if self._closed or self._place is not None:
                return
            self._stop()
            self._place = socket.socket(self._listener.family)
            if os.name == "posix":  # as create_server does
                self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._place.bind(self.address)

    def come_back(self) -> None:
        """Listen again."""
        with self._lock:
            if self._closed or self._place is None:
                return
            self._give_place_up()
            self._open(*self.address)

    def _open(self, host: str, port: int) -> None:
        self._listener = socket.create_server((host, port), backlog=128)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self._closing = Event()
        self._connections: list[tuple[socket.socket, Thread]] = []
        self._acceptor = Thread(target=self._accept, name=f"sdrs-fake:{self.address[1]}", daemon=True)
        self._acceptor.start()

    def _stop(self) -> None:
        self._closing.set()
        threads = [self._acceptor, *(thread for _, thread in self._connections)]
        mine = current_thread() in threads  # a forgotten fake may be collected on any thread, which can't wait for itself
        self._stop_accepting()
        if not mine:
            self._acceptor.join()
        self._listener.close()
        for connection, _ in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in self._connections:
            if not mine:
                thread.join()

    def _drop_handles(self) -> None:
        self._listener.close()
        for connection, _ in self._connections:
            connection.close()

    def _give_place_up(self) -> None:
        place, self._place = self._place, None
        if place:
            place.close()

    def _stop_accepting(self) -> None:
        """Wake the acceptor: Linux does so by itself, elsewhere a connection does."""
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            with suppress(OSError), socket.create_connection(self.address, timeout=1):
                pass

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:  # the client gave up already, no file handle is free just now, or this is the end
                self._closing.wait(0.01)
                continue
            self._start(connection)

    def _start(self, connection: socket.socket) -> None:
        thread = Thread(target=self._serve, args=(connection,), name=self._acceptor.name, daemon=True)
        before = [pair for pair in self._connections if pair[1].is_alive()]
        self._connections = [*before, (connection, thread)]
        try:
            thread.start()
        except RuntimeError:  # no thread is free just now
            self._connections = before
            connection.close()

    def _serve(self, connection: socket.socket) -> None:
        closing = self._closing
        with connection, connection.makefile("rb") as stream, suppress(OSError, http1.Vanished):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = connection.getpeername()[0]
            while self._exchange(connection, stream, peer) and not closing.is_set():
                pass

    def _exchange(self, connection: socket.socket, stream: BufferedReader, peer: str) -> bool:
        """One request and its answer; False when the connection is to be closed."""
        try:
            head = http1.read_head(stream)
            if head is None:
                return False
            environ, whole = environ_from(stream, head, max_body=self._max_body, server=self.address, peer=peer, say=connection.sendall)
        except ApiError as error:
            keep, whole = False, False
            outgoing = self._run(self._refuse(error.refusal), {"REQUEST_METHOD": "GET"}, keep=False)
        else:
            keep = whole and head.keeps
            outgoing = self._run(self._app, environ, keep=keep)
        keep = outgoing.send(connection, self._closing.wait) and keep
        if not whole:
            _linger(connection, stream)
        return keep

    def _run(self, app: "WSGIApplication", environ: "WSGIEnvironment", *, keep: bool) -> Outgoing:
        told: list[Trouble] = []
        environ["sdrs_fake.trouble"] = told
        try:
            status, headers, body = called(app, environ)
        except Dark:  # that came while a request was on its way
            return Outgoing(b"", b"", Trouble("drop"))
        except Exception as error:  # noqa: BLE001 a bug is answered, shown, and raised again by whoever closes the server
            self.failures = [*self.failures, error][:KEPT_FAILURES]
            traceback.print_exception(error)
            status, headers, body = called(self._refuse(INTERNAL_ERROR), environ)
        return Outgoing(http1.answer(status, headers, b"", keep=keep), body, told[0] if told else None)


def _linger(connection: socket.socket, stream: BufferedReader) -> None:
    """Closing at once would reset the connection and lose the answer while the client still sends."""
    connection.shutdown(socket.SHUT_WR)
    left = LINGER_BYTES
    while left > 0 and (data := stream.read1(1 << 16)):
        left -= len(data)
