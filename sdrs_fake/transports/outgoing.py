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

    def send(self, connection: socket.socket, wait: Callable[[float], object]) -> bool:
        """Send it; False when the connection is to end. `wait` lets so many seconds pass, unless the server ends before."""
        if self.trouble is None:
            connection.sendall(self.head + self.body)
            return True
        wire, seconds = self.trouble.wire, self.trouble.latency if self.trouble.real else 0.0
        middle = len(self.body) // 2
        if wire != "slow_body":
            wait(seconds)
        if wire == "drop":
            return False
        connection.sendall(self.head + (self.body[:middle] if wire else self.body))
        if wire == "slow_body":
            wait(seconds)
            connection.sendall(self.body[middle:])
        return wire != "cut"
