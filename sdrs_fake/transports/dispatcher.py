"""The connections of a server: a selector waits for their requests, threads answer them.

With a thread for each connection, hundreds of clients that come at once would wait for the threads
to start, and then for each other.
"""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from threading import Event, RLock, Thread, current_thread

from sdrs_fake.transports.connection import ClientConnection
from sdrs_fake.transports.http1 import ClientDisconnected
from sdrs_fake.transports.workers import STALL_SECONDS, Workers

MAX_OWN_THREADS = 32
"""How many connections have a thread of their own, which begins their next request sooner."""


class Dispatcher:
    """Accepts connections, and lets threads answer their requests, from `start` until `stop`.

    `exchange` answers one request, and returns whether its connection stays open; the event is
    set when the server stops.
    """

    def __init__(
        self,
        listener: socket.socket,
        exchange: Callable[[ClientConnection, Event], bool],
        name: str,
    ) -> None:
        self._exchange = exchange
        self._stopping = Event()
        # The garbage collector may close a forgotten fake on any thread, also under this lock.
        self._lock = RLock()
        self._clients: set[ClientConnection] = set()
        self._with_thread: set[ClientConnection] = set()
        self._returned: list[ClientConnection] = []
        self._workers = Workers(name)
        listener.setblocking(False)
        self._listener = listener
        self._woken, self._waker = socket.socketpair()
        self._selector = DefaultSelector()
        self._selector.register(listener, EVENT_READ)
        self._selector.register(self._woken, EVENT_READ)
        self._acceptor = Thread(target=self._watch, name=name, daemon=True)

    def start(self) -> None:
        self._acceptor.start()

    def stop(self) -> None:
        """Accept no more and end all connections."""
        with self._lock:
            self._stopping.set()
            self._waker.send(b"\0")
        if not self._is_current:
            self._acceptor.join()

    def join(self) -> None:
        """Wait for the threads to end, unless called on one of them."""
        if not self._is_current:
            self._workers.join()

    def leave_to_parent(self) -> None:
        """In the child of a fork: close only the handles, since the connections are the parent's.

        Their streams belong to threads that do not exist here, and would keep them open.
        """
        self._lock = RLock()
        self._workers.leave_to_parent()
        with suppress(OSError):  # some systems have closed it already
            self._selector.close()
        for handle in (self._woken, self._waker, *(client.socket for client in self._clients)):
            with suppress(OSError):
                os.close(handle.detach())

    @property
    def _is_current(self) -> bool:
        return current_thread() is self._acceptor or self._workers.is_current

    # On the thread that accepts

    def _watch(self) -> None:
        while not self._stopping.is_set():
            timeout = STALL_SECONDS if self._workers.has_waiting else None
            for key, _ in self._selector.select(timeout):
                if key.data:
                    self._receive(key.data)
                elif key.fileobj is self._listener:
                    self._accept()
                else:
                    self._take_back()
            for client in self._workers.take_stalled():
                self._start(client)
        self._end()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, address = self._listener.accept()
            except BlockingIOError:
                return
            except OSError:  # the client left, no file handle is free, or the listener is closed
                self._stopping.wait(0.01)
                return
            client = ClientConnection(connection, address[0])
            with self._lock:
                self._clients.add(client)
                keeps = self._may_keep(client)
            if keeps:
                self._start(client)
            else:
                self._selector.register(connection, EVENT_READ, client)

    def _receive(self, client: ClientConnection) -> None:
        """Read the beginning of a request, or the end of the stream: one of them has come."""
        self._selector.unregister(client.socket)
        has_request = False
        with suppress(OSError):
            has_request = client.has_request()
        if not has_request:
            self._close(client)
        elif self._workers.admit(client):
            self._start(client)

    def _start(self, client: ClientConnection) -> None:
        try:
            self._workers.start(client, self._serve)
        except RuntimeError:  # no thread is free
            self._workers.end(client)
            self._close(client)

    def _take_back(self) -> None:
        with self._lock:
            self._woken.recv(1)
            returned, self._returned = self._returned, []
        for client in returned:
            self._selector.register(client.socket, EVENT_READ, client)

    def _end(self) -> None:
        watched = [key.data for key in self._selector.get_map().values() if key.data]
        for client in (*watched, *self._returned, *self._workers.stop()):
            self._close(client)
        for client in tuple(self._clients):
            client.shut_down()
        with self._lock:  # which `stop` holds until it has woken this thread
            for each in (self._selector, self._woken, self._waker):
                each.close()

    # On the threads that answer

    def _serve(self, client: ClientConnection) -> None:
        given_back = False
        try:
            with suppress(OSError, ClientDisconnected):
                given_back = self._answer(client)
        finally:
            if not given_back:
                self._workers.end(client)
                self._close(client)

    def _answer(self, client: ClientConnection) -> bool:
        """Answer the requests of a connection; whether it is given back to the selector."""
        while not self._stopping.is_set() and client.has_request():
            self._workers.begin(client)
            stays_open = self._exchange(client, self._stopping)
            self._workers.end(client)
            if not stays_open:
                break
            if not client.has_begun_request() and self._give_back(client):
                return True
        return False

    def _give_back(self, client: ClientConnection) -> bool:
        """Have the selector wait for the next request, unless the connection keeps its thread."""
        with self._lock:
            if self._stopping.is_set():
                return False
            if not self._workers.has_waiting and self._may_keep(client):
                return False
            self._with_thread.discard(client)
            if not self._returned:
                self._waker.send(b"\0")
            self._returned.append(client)
            return True

    def _may_keep(self, client: ClientConnection) -> bool:
        if len(self._with_thread) < MAX_OWN_THREADS:
            self._with_thread.add(client)
        return client in self._with_thread

    def _close(self, client: ClientConnection) -> None:
        with self._lock:
            self._clients.discard(client)
            self._with_thread.discard(client)
        client.close()
