"""The server behind `url`: one address, connections, how it ends, and bugs of the fake."""

import gc
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import weakref
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.messages import Response
from sdrs_fake.transports.connection import IncomingBytes


def server_threads(fake_url):
    """The threads of one fake's server: one accepts, the others answer."""
    name = f"sdrs-fake:{fake_url.rpartition(':')[2]}"
    return [thread for thread in threading.enumerate() if thread.name == name]


def test_nothing_listens_until_the_url_is_asked_for(sdrs):
    threads = threading.active_count()

    assert sdrs.request("GET", "/").status == 200
    assert threading.active_count() == threads
    assert sdrs.url.startswith("http://127.0.0.1:")
    assert threading.active_count() == threads + 1


def test_the_url_stays_the_same_and_has_no_slash_at_its_end(sdrs):
    assert sdrs.url == sdrs.url
    assert not sdrs.url.endswith("/")


def test_sixteen_threads_that_ask_at_once_get_one_url():
    with FakeSdrs() as sdrs:
        urls = []
        threads = [threading.Thread(target=lambda: urls.append(sdrs.url)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(urls) == 16
    assert len(set(urls)) == 1


def test_an_answer_is_one_write_and_is_sent_at_once(address, connection, path, monkeypatch):
    connection.ask(path)
    writers = []
    send = socket.socket.sendall

    def record(self, data):
        writers.append(self)
        send(self, data)

    monkeypatch.setattr(socket.socket, "sendall", record)

    connection.ask(path)

    (served,) = [writer for writer in writers if writer.getsockname() == address]
    assert served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow a backlog of 128")
def test_300_clients_that_connect_before_any_is_accepted_are_not_kept_waiting(sdrs, monkeypatch):
    # Beyond the backlog the system drops a client's attempt, which tries again after a second.
    let_go, accept = threading.Event(), socket.socket.accept
    monkeypatch.setattr(socket.socket, "accept", lambda self: let_go.wait(20) and accept(self))
    parts = urlsplit(sdrs.url)
    with ExitStack() as stack:
        stack.callback(let_go.set)
        clients = [stack.enter_context(closing(socket.socket())) for _ in range(300)]
        for client in clients:
            client.settimeout(0.9)
            client.connect((parts.hostname, parts.port))
        let_go.set()
        clients[-1].settimeout(20)
        clients[-1].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")

        assert clients[-1].recv(12) == b"HTTP/1.1 200"


def test_a_connection_is_kept_for_the_next_request(connection, path):
    answer = connection.ask(path)
    kept = connection.sock
    connection.ask(path)

    assert (answer.version, answer.headers["Connection"]) == (11, "keep-alive")
    assert connection.sock is kept is not None


def test_a_client_that_resets_the_connection_does_no_harm(address, connection, path):
    client = socket.create_connection(address)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n".encode())
    client.close()

    assert connection.ask(path).status == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_it_listens_on_ipv6_and_answers_there_also_after_it_was_offline(sdrs, path):
    url = sdrs.listen("::1")
    with sdrs.offline():
        pass
    address = urlsplit(url)
    with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=10)) as client:
        client.request("GET", "/")
        answer = json.loads(client.getresponse().read())

    assert address.netloc == f"[::1]:{address.port}"
    assert answer["versions"][0]["links"][0]["href"] == f"{url}/v1"
    assert sdrs.request("GET", f"{url}/_fake/health").status == 200


# How it ends


def ended(client):
    """Whether the server ended the connection of a client, or never accepted it."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_close_leaves_no_thread_and_no_socket_also_with_idle_clients(path):
    before = set(threading.enumerate())
    sdrs = FakeSdrs()
    host, port = sdrs.url.removeprefix("http://").split(":")
    clients = [http.client.HTTPConnection(host, int(port), timeout=10) for _ in range(40)]
    for client in clients:
        client.connect()
    for client in clients[1:]:
        client.request("GET", path)
        client.getresponse().read()

    sdrs.close()

    assert set(threading.enumerate()) <= before  # a thread of another test may end too
    assert [ended(client.sock) for client in clients] == [True] * 40
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))
    for client in clients:
        client.close()


def test_close_ends_also_where_no_file_handle_is_free(sdrs, monkeypatch):
    url = sdrs.url

    def no_handles(*_args, **_more):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(socket, "create_connection", no_handles)
    monkeypatch.setattr(socket.socket, "accept", no_handles)

    sdrs.close()

    assert server_threads(url) == []


def test_close_ends_also_where_a_listener_cannot_be_shut_down(sdrs, monkeypatch):
    url = sdrs.url
    shutdown = socket.socket.shutdown

    def refuse_listeners(self, how):
        if self.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            raise OSError(57, "Socket is not connected")
        shutdown(self, how)

    monkeypatch.setattr(socket.socket, "shutdown", refuse_listeners)

    sdrs.close()

    assert server_threads(url) == []


@pytest.mark.parametrize("place", ["acceptor", "worker"])
def test_a_fake_may_be_collected_on_a_thread_of_its_own(sdrs, address, monkeypatch, place):
    closed = threading.Event()

    def collected(*_):
        sdrs.close()
        closed.set()
        raise OSError("the end")

    if place == "worker":
        monkeypatch.setattr(IncomingBytes, "readinto", collected)
    else:
        accept = socket.socket.accept
        monkeypatch.setattr(
            socket.socket, "accept", lambda self: (accept(self)[0].close(), collected())
        )
    socket.create_connection(address).close()

    assert closed.wait(10)
    for thread in server_threads(f":{address[1]}"):
        thread.join(10)
        assert not thread.is_alive()


def test_a_forked_child_that_closes_its_copy_does_the_parent_no_harm(sdrs, connection, path):
    connection.ask(path)
    kept = connection.sock
    child = os.fork()
    if child == 0:
        sdrs.close()
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert connection.ask(path).status == 200
    assert connection.sock is kept


def test_a_client_is_let_go_where_no_thread_is_free(address, connection, path, monkeypatch):
    connection.ask(path)

    def no_threads(_self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_threads)
        with socket.create_connection(address, timeout=10) as client:
            assert client.recv(1) == b""
    assert connection.ask(path).status == 200


def test_a_closed_fake_has_no_url_but_still_answers_in_process(path):
    sdrs = FakeSdrs()
    assert sdrs.url
    sdrs.close()
    sdrs.close()

    with pytest.raises(RuntimeError, match="this FakeSdrs is closed"):
        assert sdrs.url
    assert sdrs.request("GET", path).status == 200


def test_nothing_is_left_behind_under_strict_warnings():
    program = """
import gc, http.client
from sdrs_fake import FakeSdrs
client = None
for _ in range(3):
    with FakeSdrs() as sdrs:
        client = http.client.HTTPConnection(sdrs.url.removeprefix("http://"))
        client.request("GET", "/")
        client.getresponse().read()
    client.close()
dropped = FakeSdrs()
dropped.url
del dropped
gc.collect()
forgotten = FakeSdrs()
forgotten.url
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_fake_that_is_dropped_takes_its_server_along_at_once():
    gc.disable()  # nothing that a fake holds may lead back to it
    try:
        sdrs = FakeSdrs()
        url = sdrs.url
        assert len(server_threads(url)) == 1

        del sdrs

        assert server_threads(url) == []
    finally:
        gc.enable()


def test_a_fake_that_is_closed_and_dropped_is_freed_at_once(connect, path):
    gc.disable()
    try:
        sdrs = FakeSdrs()
        with connect(sdrs) as one, connect(sdrs) as another:
            assert (one.ask(path).status, another.ask(path).status) == (200, 200)
            sdrs.close()
        app = weakref.ref(sdrs.wsgi)

        del sdrs

        assert app() is None
    finally:
        gc.enable()


# A bug of the fake


@pytest.fixture
def broken(monkeypatch):
    def bug(*_):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(Response, "page", bug)


def ask(connect, fake, path):
    with connect(fake) as connection:
        return connection.ask(path)


def test_a_bug_of_the_fake_is_500_on_the_socket_and_is_raised_when_the_fake_is_closed(
    broken, connect, path, capfd
):
    sdrs = FakeSdrs()
    answer = ask(connect, sdrs, path)

    expected = {"error": {"message": "Internal error", "code": "SDRS.0013"}}
    assert (answer.status, json.loads(answer.content)) == (500, expected)
    assert "ZeroDivisionError: a bug" in capfd.readouterr().err
    with pytest.raises(ZeroDivisionError):
        sdrs.close()


def test_a_bug_of_the_fake_does_not_hide_the_failure_of_the_test(broken, connect, path):
    def fail():
        with FakeSdrs() as sdrs:
            ask(connect, sdrs, path)
            raise LookupError("the test's own")

    with pytest.raises(LookupError, match="the test's own") as caught:
        fail()

    assert caught.value.__notes__ == ["The fake failed too: ZeroDivisionError('a bug')"]


def test_a_bug_of_the_fake_fails_a_test_that_went_well(broken, connect, path):
    with pytest.raises(ZeroDivisionError), FakeSdrs() as sdrs:
        ask(connect, sdrs, path)


def test_several_bugs_are_raised_together_ten_at_most(broken, connect, path):
    sdrs = FakeSdrs()
    for _ in range(12):
        ask(connect, sdrs, path)

    with pytest.raises(ExceptionGroup) as caught:
        sdrs.close()
    assert [type(error) for error in caught.value.exceptions] == [ZeroDivisionError] * 10


def test_no_request_is_logged(connection, path, capfd):
    connection.ask(path)

    assert capfd.readouterr() == ("", "")
