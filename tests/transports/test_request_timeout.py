"""The request timeout of the loopback server: a client that does not finish what it began."""

import socket
import threading

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
from sdrs_fake.transports import connection as connection_module

UNFINISHED = {
    "a request line": (b"GET / HT", True),
    "headers": (b"GET / HTTP/1.1\r\nHost: x\r\n", True),
    "headers of a HEAD request": (b"HEAD / HTTP/1.1\r\nHost: x\r\n", False),
    "a body": (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab", True),
    "a chunked body": (
        b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
        True,
    ),
    "a second request": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET", True),
}


def address_of(url):
    host, _, port = url.removeprefix("http://").rpartition(":")
    return host, int(port)


def received(client):
    return b"".join(iter(lambda: client.recv(1 << 16), b""))


@pytest.fixture
def impatient():
    """A fake that waits for a request for a tenth of a second."""
    with FakeSdrs() as sdrs:
        sdrs.listen(request_timeout=0.1)
        yield sdrs


@pytest.mark.parametrize(("data", "has_body"), UNFINISHED.values(), ids=UNFINISHED)
def test_an_unfinished_request_is_answered_408_and_the_connection_is_closed(
    impatient, data, has_body
):
    with socket.create_connection(address_of(impatient.url), timeout=10) as client:
        client.sendall(data)
        answer = received(client)

    refusal = answer[answer.rindex(b"HTTP/1.1 ") :]
    assert refusal.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"\r\nConnection: close\r\n" in refusal
    assert refusal.endswith(b"\r\n\r\n") is not has_body


def test_single_bytes_do_not_extend_the_timeout(impatient):
    stopped = threading.Event()

    def drip(client):
        while not stopped.wait(0.02):
            client.sendall(b"a")

    with socket.create_connection(address_of(impatient.url), timeout=10) as client:
        client.sendall(b"GET /")
        sender = threading.Thread(target=drip, args=(client,))
        sender.start()
        answer = received(client)
        stopped.set()
        sender.join()

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_an_idle_connection_is_kept_for_longer_than_the_timeout(impatient, connect, path):
    with connect(impatient) as connection, connect(impatient) as late:
        late.connect()
        connection.ask(path)
        kept = connection.sock
        with socket.create_connection(address_of(impatient.url), timeout=10) as other:
            other.sendall(b"GET")
            received(other)  # which takes the whole timeout

        assert (connection.ask(path).status, connection.sock) == (200, kept)
        assert late.ask(path).status == 200


def test_frozen_time_that_moves_on_ends_no_request(sdrs, path):
    with (
        freeze_time("2026-06-01T00:00:00Z") as frozen,
        socket.create_connection(address_of(sdrs.url), timeout=10) as client,
    ):
        client.sendall(f"GET {path} HTTP/1.1\r\nX-Auth-Token: t\r\n".encode())
        frozen.tick(3600)
        client.sendall(b"Connection: close\r\nHost: x\r\n\r\n")

        assert received(client).startswith(b"HTTP/1.1 200 ")


def test_a_refused_client_that_stays_is_left_after_a_while(sdrs, monkeypatch):
    closed = threading.Event()
    close = connection_module.ClientConnection.close
    monkeypatch.setattr(connection_module, "LINGER_SECONDS", 0.1)
    monkeypatch.setattr(
        connection_module.ClientConnection, "close", lambda client: (close(client), closed.set())
    )
    with socket.create_connection(address_of(sdrs.url), timeout=10) as client:
        client.sendall(b"malformed\r\n\r\n")
        received(client)

        assert closed.wait(10)


@pytest.mark.parametrize("timeout", [0, -1, True, "20", None, float("nan"), float("inf"), 1e300])
def test_what_is_no_number_of_seconds_is_refused(timeout):
    with pytest.raises(
        ValueError, match=r"request_timeout: .* should be a number of seconds above 0"
    ):
        FakeSdrs().listen(request_timeout=timeout)
