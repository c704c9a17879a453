"""The connection of one client: requests within a deadline, responses with a network fault."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedReader, RawIOBase
from socket import IPPROTO_TCP, SHUT_RDWR, SHUT_WR, TCP_NODELAY, socket
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

from sdrs_fake.messages import NetworkFault

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LINGER_BYTES = 16 << 20
"""How much of an unread body is thrown away, so that its sender gets to see the refusal."""

LINGER_SECONDS = 2.0

# Libraries that freeze time in tests replace time.monotonic, and would move deadlines.
now = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    if hasattr(time, "clock_gettime")
    else time.monotonic
)


class OutgoingResponse(NamedTuple):
    """A response as bytes, and the network fault to apply to it."""

    head: bytes
    body: bytes
    network_fault: NetworkFault | None = None


class ClientConnection:
    """A client's connection: `stream` has the bytes that it sends, `peer` is its address."""

    def __init__(self, connection: socket, peer: str) -> None:
        with suppress(OSError):  # the client may have left
            connection.setblocking(True)  # some systems pass on what holds for the listener
            connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        self.peer = peer
        self.socket = connection
        self._incoming = IncomingBytes(connection)
        self.stream: BufferedReader[Any] = BufferedReader(self._incoming)

    def close(self) -> None:
        self.stream.close()
        self.socket.close()

    def shut_down(self) -> None:
        """End the connection under the thread that reads from it."""
        with suppress(OSError):
            self.socket.shutdown(SHUT_RDWR)

    def has_request(self) -> bool:
        """Wait, for as long as it takes, for a request to begin; False at the end of the stream."""
        return bool(self.stream.peek(1))

    def has_begun_request(self) -> bool:
        """Whether the beginning of the next request was read together with the one before."""
        self._incoming.paused = True
        try:
            return bool(self.stream.peek(1))
        finally:
            self._incoming.paused = False

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Raise TimeoutError where a block that reads takes longer."""
        self._incoming.start_deadline(seconds)
        try:
            yield
        finally:
            self._incoming.end_deadline()

    def write(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send(self, response: "OutgoingResponse", stopping: Event) -> bool:
        """Send a response with its network fault; False when the connection is to be closed.

        A response that is still late when the server stops is not sent.
        """
        fault = response.network_fault
        if fault is None:
            self.write(response.head + response.body)
            return True
        seconds = fault.latency if fault.sleep else 0.0
        slow_body = fault.kind == "slow_body"
        if not slow_body and stopping.wait(seconds):
            return False
        if fault.kind == "disconnect":
            return False
        first, rest = fault.parts(response.body)
        self.write(response.head + first)
        if slow_body:
            if stopping.wait(seconds):
                return False
            self.write(rest)
        return fault.kind != "truncate"

    def linger(self) -> None:
        """Read what the client still sends, for a while.

        To close at once would reset the connection, and the client would lose the response.
        """
        self.socket.shutdown(SHUT_WR)
        left = LINGER_BYTES
        with suppress(TimeoutError), self.deadline(LINGER_SECONDS):
            while left > 0 and (data := self.stream.read1(1 << 16)):
                left -= len(data)


class IncomingBytes(RawIOBase):
    """The bytes that a client sends; reading raises TimeoutError after the deadline, if it has one.

    The deadline is for a whole request, so that a client cannot extend it with single bytes.
    """

    def __init__(self, connection: socket) -> None:
        self._connection = connection
        self._deadline: float | None = None
        self.paused = False
        """Set where no reading should wait."""

    def start_deadline(self, seconds: float) -> None:
        self._deadline = now() + seconds

    def end_deadline(self) -> None:
        self._deadline = None
        self._set_timeout(None)  # which holds for sending too

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        if self.paused:
            return None
        remaining = None if self._deadline is None else self._deadline - now()
        if remaining is not None and remaining <= 0:
            raise TimeoutError
        self._set_timeout(remaining)
        return self._connection.recv_into(buffer)

    def _set_timeout(self, seconds: float | None) -> None:
        if seconds != self._connection.gettimeout():
            self._connection.settimeout(seconds)
