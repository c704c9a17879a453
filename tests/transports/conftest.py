"""Clients that talk to the socket of a fake."""

import http.client
import socket
from contextlib import closing

import pytest

TOKEN = {"X-Auth-Token": "any"}


class Connection(http.client.HTTPConnection):
    """One connection to a fake."""

    def ask(self, path, method="GET", **more):
        """The response; `content` is its body."""
        self.request(method, path, headers=TOKEN, **more)
        response = self.getresponse()
        response.content = response.read()
        return response


@pytest.fixture
def connect():
    """`connect(fake)`: another connection."""
    return lambda fake: closing(Connection(fake.url.removeprefix("http://"), timeout=10))


@pytest.fixture
def connection(sdrs, connect):
    with connect(sdrs) as connection:
        yield connection


@pytest.fixture
def address(sdrs):
    """Host and port of the socket."""
    host, port = sdrs.url.removeprefix("http://").split(":")
    return host, int(port)


@pytest.fixture
def talk(address):
    """Send bytes as they are, end the stream, and read everything until the server closes."""

    def send(data):
        with socket.create_connection(address, timeout=10) as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(1 << 16), b""))

    return send
