"""More connections than threads: whose requests wait, and for what."""

import os
import threading
from contextlib import ExitStack

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.transports import dispatcher
from sdrs_fake.transports.workers import MAX_FREE, MAX_RUNNING

LIST = "ListFailureJobs"
OWN_THREADS = 4


@pytest.fixture(autouse=True)
def few_own_threads(monkeypatch):
    monkeypatch.setattr(dispatcher, "MAX_OWN_THREADS", OWN_THREADS)


@pytest.fixture
def clients(sdrs, connect):
    """`clients(number)`: connections that are open, and have sent nothing."""
    with ExitStack() as stack:

        def opened(number):
            connections = [stack.enter_context(connect(sdrs)) for _ in range(number)]
            for each in connections:
                each.connect()
            return connections

        yield opened


def at_once(connections, path):
    """The statuses that each gets, where all ask at the same time."""
    statuses = []
    threads = [
        threading.Thread(target=lambda each=each: statuses.append(each.ask(path).status))
        for each in connections
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return statuses


def test_there_are_far_fewer_threads_than_connections(clients, path):
    before = threading.active_count()
    connections = clients(100)

    statuses = [each.ask(path).status for _ in range(2) for each in connections]

    assert statuses == [200] * 200
    assert threading.active_count() - before <= OWN_THREADS + MAX_RUNNING + MAX_FREE


def test_all_connections_are_kept_when_all_ask_at_once(clients, path):
    connections = clients(60)
    sockets = [each.sock for each in connections]

    assert at_once(connections, path) + at_once(connections, path) == [200] * 120
    assert [each.sock for each in connections] == sockets


def test_slow_requests_do_not_hold_up_each_other(sdrs, clients, path):
    meeting = threading.Barrier(60)
    sdrs.faults.fail(LIST, status=503, times=60, when=lambda _: meeting.wait(20) >= 0)

    assert at_once(clients(60), path) == [503] * 60


@pytest.mark.parametrize(
    "sent", [b"", b"G", b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na"]
)
def test_clients_that_send_nothing_more_do_not_hold_up_others(clients, connection, path, sent):
    for each in clients(60):
        each.sock.sendall(sent)

    assert connection.ask(path).status == 200


def test_requests_that_come_together_are_all_answered(clients):
    for each in clients(2 * OWN_THREADS):
        each.sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        answers = b""
        while answers.count(b"HTTP/1.1 200 ") < 3:
            answers += each.sock.recv(1 << 16)


def test_a_client_that_leaves_is_let_go(clients, path):
    connections = clients(30)
    for each in connections[:20]:
        each.close()

    assert [each.ask(path).status for each in connections[20:]] == [200] * 10


def test_a_client_is_let_go_where_no_thread_is_free(clients, path, monkeypatch):
    monkeypatch.setattr(dispatcher, "MAX_OWN_THREADS", 0)
    (connection,) = clients(1)

    def no_threads(_self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_threads)
        connection.sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.sock.recv(1) == b""
    connection.close()
    assert connection.ask(path).status == 200


# Patched until the fake is closed, which waits for the threads.
def test_a_function_that_ends_its_thread_ends_one_connection(
    monkeypatch, sdrs, clients, connection, path
):
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    def leave(_):
        raise SystemExit

    sdrs.faults.fail(LIST, status=503, times=30, when=leave)
    for each in clients(30):
        each.sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: t\r\n\r\n".encode())
        assert each.sock.recv(1) == b""
    sdrs.faults.clear()

    assert connection.ask(path).status == 200


def test_a_forked_child_leaves_all_connections_to_the_parent(sdrs, clients, path):
    connections = clients(20)
    child = os.fork()
    if child == 0:
        sdrs.close()
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert (status, at_once(connections, path)) == (0, [200] * 20)


def test_a_fake_that_is_closed_while_many_ask_leaves_no_thread(connect, path):
    before = set(threading.enumerate())
    fake = FakeSdrs()
    inside, go = threading.Semaphore(0), threading.Event()
    fake.faults.fail(when=lambda _: (inside.release(), go.wait(20)), status=503, times=None)
    with ExitStack() as stack:
        connections = [stack.enter_context(connect(fake)) for _ in range(40)]
        for each in connections:
            each.connect()
            each.sock.sendall(b"GET /v1/x/jobs/y HTTP/1.1\r\nHost: x\r\nX-Auth-Token: t\r\n\r\n")
        for _ in connections:
            assert inside.acquire(timeout=20)
        closing = threading.Thread(target=fake.close)
        closing.start()
        go.set()
        closing.join(20)

    assert set(threading.enumerate()) <= before
