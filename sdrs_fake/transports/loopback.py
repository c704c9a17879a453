"""A small HTTP server for one WSGI app: a thread a connection, kept alive, started and stopped at
once.

Werkzeug's own server closes each connection and takes half a second to stop, which is why this one
is here.
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
from sdrs_fake.exchange import TROUBLE, Dark, Trouble
from sdrs_fake.transports import http1
from sdrs_fake.transports.incoming import environ_from
from sdrs_fake.transports.outgoing import Outgoing
from sdrs_fake.transports.wsgi_call import called

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

BACKLOG = 128
KEPT_FAILURES = 10

LINGER_BYTES = 16 << 20
"""How much of a body that was refused unread is read away, so that its sender gets to see the
answer.
"""


class LoopbackServer:
    """Serves `app` from construction on, at `host` and `port`, until `close`.

    `refuse` gives the app that answers what never became a request; bodies of as many bytes as
    `max_body` says for their target are read for the app. Exceptions of the app are answered with
    500, printed, and kept in `failures`.
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
        self._dark = False
        self._listener = socket.create_server((host, port), backlog=BACKLOG)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self._begin()

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    def close(self) -> None:
        """Stop: no thread and no socket is left, also with clients that are still connected."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if (
                os.getpid() != self._process
            ):  # a forked copy: the connections are the parent's, only the handles are ours
                self._drop_handles()
                return
            ended = [] if self._dark else self._end()
            self._listener.close()
        _wait_for(ended)

    def go_dark(self) -> None:
        """End all connections and refuse others. The address is still kept, so that it is nobody's
        else by chance.
        """
        with self._lock:
            if self._closed or self._dark:
                return
            self._dark = True
            ended = self._end()
            self._listener.close()
            self._listener = socket.socket(self._listener.family)
            if (
                os.name == "posix"
            ):  # as create_server does: connections that have just ended keep an address too
                self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind(self.address)
        _wait_for(ended)

    def come_back(self) -> None:
        """Listen again; OSError, and dark as before, where somebody else has asked for the very
        address.
        """
        with self._lock:
            if self._closed or not self._dark:
                return
            self._listener.listen(BACKLOG)
            self._dark = False
            self._begin()

    def _begin(self) -> None:
        self._closing = Event()
        self._connections: list[tuple[socket.socket, Thread]] = []
        self._acceptor = Thread(
            target=self._accept, name=f"sdrs-fake:{self.address[1]}", daemon=True
        )
        self._acceptor.start()

    def _end(self) -> list[Thread]:
        """Accept no more, and end the connections; gives the threads that are to be waited for."""
        self._closing.set()
        self._stop_accepting()
        if (
            current_thread() is self._acceptor
        ):  # a forgotten fake may be collected on any thread, which can't wait for itself
            return []
        self._acceptor.join()
        for connection, _ in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        threads = [thread for _, thread in self._connections]
        return [] if current_thread() in threads else threads

    def _drop_handles(self) -> None:
        self._listener.close()
        for connection, _ in self._connections:
            connection.close()

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
            except (
                OSError
            ):  # the client gave up already, no file handle is free just now, or this is the end
                self._closing.wait(0.01)
                continue
            self._start(connection)

    def _start(self, connection: socket.socket) -> None:
        thread = Thread(
            target=self._serve, args=(connection,), name=self._acceptor.name, daemon=True
        )
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
            while self._exchange(connection, stream, peer, closing.wait) and not closing.is_set():
                pass

    def _exchange(
        self,
        connection: socket.socket,
        stream: BufferedReader,
        peer: str,
        wait: Callable[[float], bool],
    ) -> bool:
        """One request and its answer; False when the connection is to be closed."""
        try:
            head = http1.read_head(stream)
            if head is None:
                return False
            environ, whole = environ_from(
                stream,
                head,
                max_body=self._max_body,
                server=self.address,
                peer=peer,
                say=connection.sendall,
            )
        except ApiError as error:
            keep, whole = False, False
            outgoing = self._run(self._refuse(error.refusal), {"REQUEST_METHOD": "GET"}, keep=False)
        else:
            keep = whole and head.keeps
            outgoing = self._run(self._app, environ, keep=keep)
        keep = outgoing.send(connection, wait) and keep
        if not whole:
            _linger(connection, stream)
        return keep

    def _run(self, app: "WSGIApplication", environ: "WSGIEnvironment", *, keep: bool) -> Outgoing:
        told: list[Trouble] = []
        environ[TROUBLE] = told
        try:
            status, headers, body = called(app, environ)
        except Dark:  # that came while a request was on its way
            return Outgoing(b"", b"", Trouble("drop"))
        except Exception as error:  # noqa: BLE001 a bug is answered, shown, and raised again by whoever closes the server
            self.failures = [*self.failures, error][:KEPT_FAILURES]
            traceback.print_exception(error)
            status, headers, body = called(self._refuse(INTERNAL_ERROR), environ)
        return Outgoing(
            http1.answer(status, headers, b"", keep=keep), body, told[0] if told else None
        )


def _wait_for(threads: list[Thread]) -> None:
    for thread in threads:
        thread.join()


def _linger(connection: socket.socket, stream: BufferedReader) -> None:
    """Closing at once would reset the connection and lose the answer while the client still
    sends.
    """
    connection.shutdown(socket.SHUT_WR)
    left = LINGER_BYTES
    while left > 0 and (data := stream.read1(1 << 16)):
        left -= len(data)
