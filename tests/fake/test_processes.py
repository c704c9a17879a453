"""A fake in the child of a fork, and in copies and pickles of what it hands out."""

import os
import pickle
import signal
import socket
from copy import copy, deepcopy
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from sdrs_fake import FakeSdrs, ParameterError
from sdrs_fake.domain.refusals import PATH_NOT_FOUND, ApiError

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def in_child(check):
    """The exit status of a forked child: 0 where the check holds, 1 where it does not."""
    child = os.fork()
    if child == 0:
        signal.alarm(10)  # ends a child that hangs
        try:
            os._exit(0 if check() else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


LOCKS = {
    "backend": lambda fake: fake._backend.lock,
    "credentials": lambda fake: fake._credentials._lock,
    "journal": lambda fake: fake._log._lock,
    "faults": lambda fake: fake.faults._armed._lock,
    "listener": lambda fake: fake._listener._lock,
}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_child_works_where_a_thread_of_the_parent_held_a_lock(lock):
    held, done = Event(), Event()
    with FakeSdrs() as fake:

        def hold():
            with lock(fake):
                held.set()
                done.wait(20)

        thread = Thread(target=hold)
        thread.start()
        held.wait(10)

        def works():
            fake.add_failure_job()
            fake.auth.add_key("A", "S")
            with fake.faults.fail(status=503, optional=True):
                assert fake.request("GET", "/").status
            return fake.url and len(fake.journal) == 1

        status = in_child(works)
        done.set()
        thread.join()

    assert status == 0


def test_a_child_has_nothing_of_the_parents_server():
    with FakeSdrs() as fake:
        parts = urlsplit(fake.url)
        client = socket.create_connection((parts.hostname, parts.port))
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(10) == b"HTTP/1.1 2"
        before = fake.url

        def has_its_own():
            assert fake.listening_at is None
            assert fake.url != before
            fake.close()
            return True

        assert in_child(has_its_own) == 0
        assert fake.listening_at == before
        client.close()


def error_of(call):
    with pytest.raises(Exception) as caught:  # noqa: PT011 any that is raised
        call()
    return caught.value


def test_what_is_raised_survives_copies_and_pickles(sdrs, path):
    sdrs.faults.fail("ListFailureJobs", network="disconnect")
    errors = [
        error_of(lambda: sdrs.request("GET", path)),
        error_of(lambda: sdrs.add_failure_job(failure_status=1, resource_type=2)),
        error_of(lambda: FakeSdrs.from_file("none.json")),
        ApiError(PATH_NOT_FOUND),
    ]
    for error in errors:
        for again in (copy(error), deepcopy(error), pickle.loads(pickle.dumps(error))):
            assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"behavior": {"colour": 1}}, r"^behavior\.colour: no such field"),
        ({"auth": "none"}, "^auth: 'none' should be one of any, strict, off"),
    ],
)
def test_settings_of_imported_data_are_checked(sdrs, settings, message):
    with pytest.raises(ParameterError, match=message):
        sdrs.import_data({**settings, "failure_jobs": [{}]})

    assert sdrs.failure_jobs == ()
