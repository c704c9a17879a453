"""An answer that goes out on a socket, whole or as it is to go wrong."""

import socket
from collections.abc import Callable
from typing import NamedTuple

from sdrs_fake.exchange import Trouble


class Outgoing(NamedTuple):
    """Head and body as bytes, and what is to go wrong with them."""

    head: bytes
    body: bytes
    trouble: Trouble | None

    def send(self, connection: socket.socket, wait: Callable[[float], bool]) -> bool:
        """Send it; False when the connection is to end. `wait` lets so many seconds pass, and is
        True where the server ends before.
        """
        if self.trouble is None:
            connection.sendall(self.head + self.body)
            return True
        wire, seconds = self.trouble.wire, self.trouble.latency if self.trouble.real else 0.0
        if wire != "slow_body" and wait(seconds):
            return False
        if wire == "drop":
            return False
        first, rest = self.trouble.parts(self.body)
        connection.sendall(self.head + first)
        if wire == "slow_body":
            if wait(seconds):
                return False
            connection.sendall(rest)
        return wire != "cut"
