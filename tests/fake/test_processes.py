"""A fake in the child of a fork, and in copies and pickles of what it hands out."""

import gc
import importlib
import os
import pickle
import pkgutil
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from copy import copy, deepcopy
from threading import Event, Lock, RLock, Thread
from types import ModuleType
from urllib.parse import urlsplit

import pytest

import conftest_plugin
import sdrs_fake
from conftest_plugin.api_coverage import ApiCoverage
from sdrs_fake import FakeSdrs, ParameterError
from sdrs_fake.domain.refusals import PATH_NOT_FOUND, ApiError
from sdrs_fake.operations.table import TABLE
from sdrs_fake.wsgi import routing
from sdrs_fake.wsgi.routing import Router

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


LOCK_TYPES = (type(Lock()), type(RLock()))


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


def locks_of_the_package():
    """All locks that modules and objects of the package have now, except closed servers, and
    their names.
    """
    locks = {}
    for owner in gc.get_objects():
        kind = type(owner)
        home = owner.__name__ if kind is ModuleType else str(kind.__module__)
        if home.partition(".")[0] in {"sdrs_fake", "conftest_plugin"}:
            fields = getattr(owner, "__dict__", {})
            for value in fields.values():
                if isinstance(value, LOCK_TYPES) and not fields.get("_closed"):
                    name = next(name for name, each in fields.items() if each is value)
                    locks[id(value)] = value, f"{home}.{kind.__name__}.{name}"
    return list(locks.values())


def all_are_free():
    """Whether each lock of the package is free; tell those that are not."""
    held = [name for lock, name in locks_of_the_package() if not lock.acquire(timeout=0)]
    os.write(2, f"{held}\n".encode())
    return not held


def test_every_lock_of_the_package_is_free_in_a_child():
    for package in (sdrs_fake, conftest_plugin):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name != "sdrs_fake.__main__":
                importlib.import_module(module.name)
    coverage, held, done = ApiCoverage(), Event(), Event()
    with FakeSdrs() as fake, fake.intercept():
        coverage.watch(fake)
        assert fake.url
        with fake._credentials.draft() as draft:
            kept = [draft]  # as an import that failed may keep it

        def hold():
            with ExitStack() as stack:
                for lock, _ in locks_of_the_package():
                    stack.enter_context(lock)
                held.set()
                done.wait(20)

        thread = Thread(target=hold)
        thread.start()
        held.wait(10)

        status = in_child(all_are_free)
        done.set()
        thread.join()

    assert status == 0, kept


def test_a_child_routes_where_a_thread_of_the_parent_was_building_the_routes(monkeypatch):
    parent, held, done = os.getpid(), Event(), Event()
    router, rule = Router(TABLE), routing._rule

    def slow_rule(*args):
        if os.getpid() == parent:
            held.set()
            done.wait(20)
        return rule(*args)

    monkeypatch.setattr(routing, "_rule", slow_rule)
    thread = Thread(target=router.match, args=("GET", "/", "/"))
    thread.start()
    held.wait(10)
    status = in_child(lambda: router.match("GET", "/", "/").rows)
    done.set()
    thread.join()

    assert status == 0


def test_the_routes_are_built_once_where_many_threads_ask_first(monkeypatch):
    built, router, build = [], Router(TABLE), Router._build
    monkeypatch.setattr(
        Router, "_build", lambda self, length: built.append(length) or build(self, length)
    )

    with ThreadPoolExecutor(20) as pool:
        matches = pool.map(lambda number: router.match("GET", f"/{number}", ""), range(100))
        assert all(match.rows == () for match in matches)

    assert built == [1]


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
