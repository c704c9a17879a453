"""The server behind `url`: what a user with a real socket sees."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.operations import failure_jobs
from sdrs_fake.transports import http1, loopback
from sdrs_fake.wsgi.wire import MAX_BODY

TOKEN = {"X-Auth-Token": "any"}


@pytest.fixture
def connection(sdrs):
    with closing(
        http.client.HTTPConnection(sdrs.url.removeprefix("http://"), timeout=10)
    ) as connection:
        yield connection


@pytest.fixture
def talk(sdrs):
    """Send bytes as they are, say no more, and read everything until the server closes."""

    def send(data, *, then_end=True):
        address = sdrs.url.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1])), timeout=10) as client:
            client.sendall(data)
            if then_end:
                client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(1 << 16), b""))

    return send


def ask(connection, path, method="GET", **more):
    connection.request(method, path, headers=TOKEN, **more)
    answer = connection.getresponse()
    return answer, answer.read()


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


def test_an_answer_is_one_write_and_is_sent_at_once(sdrs, connection, path, monkeypatch):
    ask(connection, path)
    ((served, _),) = sdrs._server._connections
    writes = []
    send = socket.socket.sendall
    monkeypatch.setattr(
        socket.socket, "sendall", lambda self, data: (writes.append(self), send(self, data))[1]
    )

    ask(connection, path)

    assert [writer for writer in writes if writer is served] == [served]
    assert served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_is_kept_for_the_next_request(connection, path):
    answer, _ = ask(connection, path)
    kept = connection.sock
    ask(connection, path)

    assert (answer.version, answer.headers["Connection"]) == (11, "keep-alive")
    assert connection.sock is kept is not None


def test_the_answer_is_that_of_every_other_door(sdrs, connection, path):
    sdrs.add_failure_job(fail_reason="磁盘 is error!")

    answer, body = ask(connection, path)
    reply = sdrs.request("GET", path)

    assert (answer.status, body) == (reply.status, reply.body)
    assert {name for name, _ in answer.getheaders()} == {*reply.headers, "Connection"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
def test_a_request_with_a_body_leaves_the_connection_usable(connection, path, method):
    first, _ = ask(connection, path, method, body=b"x" * 70_000)
    kept = connection.sock
    second, _ = ask(connection, path)

    assert (first.status in {200, 405}, second.status) == (True, 200)
    assert connection.sock is kept is not None


def test_a_body_in_chunks_is_read(connection, path):
    assert (
        ask(connection, path, "PUT", body=iter([b"a", b"b" * 70_000]), encode_chunked=True)[
            0
        ].status
        == 405
    )
    assert ask(connection, path)[0].status == 200


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_is_too_large_gets_413_also_while_it_is_still_being_sent(
    connection, path, chunked
):
    body = b"x" * (2 * MAX_BODY)
    answer, content = ask(
        connection,
        path,
        "PUT",
        **({"body": iter([body]), "encode_chunked": True} if chunked else {"body": body}),
    )

    assert (answer.status, json.loads(content)["error_msg"]) == (413, "Request entity too large.")
    assert answer.headers["Connection"] == "close"


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(talk, path):
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: t\r\nContent-Length: 2\r\nExpect:"
        " 100-continue\r\n\r\n"
    )

    answer = talk(head.encode() + b"{}")

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 405 ")


def test_no_leave_is_given_for_a_body_that_is_too_large(talk, path):
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY + 1}\r\nExpect:"
        " 100-continue\r\n\r\n"
    )

    assert talk(head.encode()).startswith(b"HTTP/1.1 413 ")


def test_requests_sent_in_one_piece_are_answered_one_by_one(talk, path):
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: t\r\n\r\n".encode()

    assert talk(request * 3).count(b"HTTP/1.1 200 OK\r\n") == 3


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("http://sdrs.example{path}?limit=x", b"SDRS.0221"),
        ("HTTP://sdrs.example?limit=x", b'"versions":['),
    ],
)
def test_a_whole_url_as_target_is_understood(talk, path, target, answer):
    request = (
        f"GET {target.format(path=path)} HTTP/1.1\r\nHost: sdrs.example\r\nX-Auth-Token: t\r\n\r\n"
    )

    assert answer in talk(request.encode())


@pytest.mark.parametrize(
    ("version", "headers", "kept"),
    [
        ("1.1", "", True),
        ("1.1", "Connection: Close", False),
        ("1.0", "", False),
        ("1.0", "Connection: keep-alive", True),
    ],
)
def test_the_connection_is_kept_or_closed_as_the_client_says(talk, path, version, headers, kept):
    request = (
        f"GET {path} HTTP/{version}\r\nHost: x\r\nX-Auth-Token: t\r\n{headers}\r\n\r\n".replace(
            "\r\n\r\n\r\n", "\r\n\r\n"
        )
    )

    assert talk(request.encode() * 2).count(b"HTTP/1.1 200 OK\r\n") == (2 if kept else 1)


def test_empty_lines_and_bare_line_feeds_are_forgiven(talk, path):
    assert talk(f"\r\nGET {path} HTTP/1.1\nHost: x\nX-Auth-Token: t\n\n".encode()).startswith(
        b"HTTP/1.1 200 "
    )


MALFORMED = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nName : value\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nName: a\r\n folded\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nName: a\x00b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nName: a\rb\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1_0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    (
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length:"
        b" 3\r\n\r\n0\r\n\r\n"
    ),
    b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    b"get\tX / HTTP/1.1\r\nHost: x\r\n\r\n",
]


@pytest.mark.parametrize("data", MALFORMED)
def test_a_malformed_request_gets_400_and_the_server_goes_on(talk, connection, path, data):
    answer = talk(data)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["error_code"] == "APIGW.0602"
    assert ask(connection, path)[0].status == 200


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /" + b"a" * http1.MAX_LINE + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nName: " + b"a" * http1.MAX_LINE + b"\r\n\r\n", 494),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"Name: aaaaaaaa\r\n" * 6000 + b"\r\n", 494),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
            + b"Name: aaaaaaaa\r\n" * 6000
            + b"\r\n",
            494,
        ),
    ],
)
def test_what_is_too_large_is_refused_with_the_gateways_status(talk, data, status):
    assert talk(data).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab",
        b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_a_client_that_leaves_in_the_middle_gets_nothing_and_does_no_harm(
    talk, connection, path, data
):
    assert talk(data) == b""
    assert ask(connection, path)[0].status == 200


def test_a_client_that_resets_the_connection_does_no_harm(sdrs, connection, path):
    host, port = sdrs.url.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n".encode())
    client.close()

    assert ask(connection, path)[0].status == 200


def test_a_body_that_never_ends_is_not_read_for_ever(talk, monkeypatch):
    monkeypatch.setattr(loopback, "LINGER_BYTES", 1 << 16)

    head = f"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: {10 * MAX_BODY}\r\n\r\n"
    with pytest.raises(OSError):  # noqa: PT011 reset or broken pipe, as the system has it
        talk(head.encode() + b"x" * 10 * MAX_BODY)


def gone(client):
    """Has the server let go of a client: in order, or before it was ever accepted?"""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_close_leaves_no_thread_and_no_socket_also_with_idle_clients(path):
    before = set(threading.enumerate())
    sdrs = FakeSdrs()
    clients = [
        http.client.HTTPConnection(sdrs.url.removeprefix("http://"), timeout=10) for _ in range(5)
    ]
    for client in clients[1:]:
        ask(client, path)
    clients[0].connect()
    host, port = sdrs.url.removeprefix("http://").split(":")

    sdrs.close()

    assert set(threading.enumerate()) == before
    assert [gone(client.sock) for client in clients] == [True] * 5
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))
    for client in clients:
        client.close()


def test_close_ends_also_where_no_file_handle_is_free(sdrs, monkeypatch):
    assert sdrs.url
    tries = []

    def no_handles(*_args, **_more):
        tries.append(1)
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(socket, "create_connection", no_handles)
    monkeypatch.setattr(socket.socket, "accept", no_handles)
    acceptor = sdrs._server._acceptor

    sdrs.close()

    assert not acceptor.is_alive()


def test_close_ends_also_where_a_listener_cannot_be_shut_down(sdrs, monkeypatch):
    assert sdrs.url
    shutdown = socket.socket.shutdown

    def refuse_listeners(self, how):
        if self.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            raise OSError(57, "Socket is not connected")
        shutdown(self, how)

    monkeypatch.setattr(socket.socket, "shutdown", refuse_listeners)
    acceptor = sdrs._server._acceptor

    sdrs.close()

    assert not acceptor.is_alive()


@pytest.mark.parametrize("place", ["acceptor", "worker"])
def test_a_fake_may_be_collected_on_a_thread_of_its_own(path, monkeypatch, place):
    sdrs = FakeSdrs()
    assert sdrs.url
    server, closed = sdrs._server, threading.Event()

    def collected(*_):
        server.close()
        closed.set()
        raise OSError("the end")

    if place == "worker":
        monkeypatch.setattr(http1, "read_head", collected)
    else:
        monkeypatch.setattr(
            server, "_start", lambda connection: (connection.close(), server.close(), closed.set())
        )
    host, port = sdrs.url.removeprefix("http://").split(":")
    socket.create_connection((host, int(port))).close()

    assert closed.wait(10)
    for thread in (server._acceptor, *(thread for _, thread in server._connections)):
        thread.join(10)
        assert not thread.is_alive()


def test_a_forked_child_that_closes_its_copy_does_the_parent_no_harm(
    sdrs, connection, path, monkeypatch
):
    ask(connection, path)
    child, status = os.fork(), 0
    if child == 0:
        sdrs.close()
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert status == 0
    kept = connection.sock
    assert ask(connection, path)[0].status == 200
    assert connection.sock is kept


def test_a_client_is_let_go_where_no_thread_is_free(sdrs, connection, path, monkeypatch):
    ask(connection, path)

    def no_threads(_self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_threads)
        host, port = sdrs.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as client:
            assert client.recv(1) == b""
    assert ask(connection, path)[0].status == 200


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


def test_a_fake_that_is_dropped_takes_its_server_along():
    before = threading.active_count()
    sdrs = FakeSdrs()
    assert sdrs.url
    assert threading.active_count() == before + 1

    del sdrs

    assert threading.active_count() == before


@pytest.fixture
def broken(monkeypatch):
    def bug(*_):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(failure_jobs, "cut", bug)


def ask_once(sdrs, path):
    with closing(
        http.client.HTTPConnection(sdrs.url.removeprefix("http://"), timeout=10)
    ) as connection:
        return ask(connection, path)


def test_a_bug_of_the_fake_is_500_on_the_socket_and_is_raised_when_the_fake_is_closed(
    broken, path, capfd
):
    sdrs = FakeSdrs()
    answer, body = ask_once(sdrs, path)

    assert (answer.status, json.loads(body)) == (
        500,
        {"error": {"message": "Internal error", "code": "SDRS.0013"}},
    )
    assert "ZeroDivisionError: a bug" in capfd.readouterr().err
    with pytest.raises(ZeroDivisionError):
        sdrs.close()


def test_a_bug_of_the_fake_does_not_hide_the_failure_of_the_test(broken, path):
    with (
        pytest.raises(LookupError, match="the test's own") as caught,
        FakeSdrs() as sdrs,
    ):  # noqa: PT012 both are the case
        ask_once(sdrs, path)
        raise LookupError("the test's own")

    assert caught.value.__notes__ == ["The fake failed too: ZeroDivisionError('a bug')"]


def test_several_bugs_are_raised_together(broken, path):
    sdrs = FakeSdrs()
    for _ in range(12):
        ask_once(sdrs, path)

    with pytest.raises(ExceptionGroup) as caught:
        sdrs.close()
    assert [type(error) for error in caught.value.exceptions] == [ZeroDivisionError] * 10


def test_a_bug_of_the_fake_fails_a_test_that_went_well(broken, path):
    with pytest.raises(ZeroDivisionError), FakeSdrs() as sdrs:
        ask_once(sdrs, path)


def test_no_request_is_logged(sdrs, connection, path, capfd):
    ask(connection, path)

    assert capfd.readouterr() == ("", "")
