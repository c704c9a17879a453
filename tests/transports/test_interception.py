"""How `intercept` patches urllib3: nested, in any order, in threads, and with retries."""

import functools
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import pytest
import requests
import urllib3
from urllib3.util import Retry

from sdrs_fake import FakeSdrs
from sdrs_fake.transports.in_process import InProcessServer, ServerDisconnected
from sdrs_fake.transports.interception import intercepting
from sdrs_fake.transports.loopback_server import LoopbackServer
from sdrs_fake.wsgi.codec import max_body
from tests.sdk import (
    ClientRequestException,
    ConnectionException,
    HttpConfig,
    ListFailureJobsRequest,
    SdrsClient,
    client_of,
    opened,
)

CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"
NOBODY = "http://127.0.0.1:9"
TOKEN = {"X-Auth-Token": "any"}


@pytest.fixture(autouse=True)
def untouched():
    """Whatever a test does, urllib3 is afterwards as it was."""
    before = urllib3.HTTPConnectionPool.urlopen
    yield
    assert urllib3.HTTPConnectionPool.urlopen is before


def count(path, host=CLOUD, session=requests):
    return session.get(host + path, headers=TOKEN, timeout=10).json()["count"]


def test_when_it_ends_urllib3_is_as_it_was(sdrs, path):
    before = urllib3.HTTPConnectionPool.urlopen
    within = []

    def fail():
        with sdrs.intercept():
            within.append(urllib3.HTTPConnectionPool.urlopen)
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert within != [before]
    assert urllib3.HTTPConnectionPool.urlopen is before


def test_the_innermost_answers_and_the_outer_one_is_back_after_it(path):
    with FakeSdrs() as outer, FakeSdrs() as inner, requests.Session() as session:
        inner.add_failure_job()
        seen = []
        with outer.intercept("outer.example.com"):
            seen.append(count(path, session=session))
            with inner.intercept():
                seen += [
                    count(path, session=session),
                    count(path, "http://outer.example.com", session),
                ]
            with outer.intercept():
                seen.append(count(path, session=session))
            seen.append(count(path, session=session))

    assert seen == [0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
)
def test_they_may_end_in_any_order(path, order):
    before = urllib3.HTTPConnectionPool.urlopen
    with ExitStack() as stack:
        fakes = [stack.enter_context(FakeSdrs()) for _ in range(3)]
        for number, fake in enumerate(fakes):
            for _ in range(number + 1):
                fake.add_failure_job()
        running = [fake.intercept("127.0.0.1:9") for fake in fakes]
        for interception in running:
            interception.__enter__()
        left = list(range(3))
        for number in order:
            assert count(path, NOBODY) == max(left) + 1
            running[number].__exit__(None, None, None)
            left.remove(number)

    assert urllib3.HTTPConnectionPool.urlopen is before
    with pytest.raises(requests.ConnectionError):
        count(path, NOBODY)


def test_another_patch_on_top_stays_and_goes_through(sdrs, path, monkeypatch):
    before = urllib3.HTTPConnectionPool.urlopen
    seen = []
    interception = sdrs.intercept("127.0.0.1:9")
    interception.__enter__()
    ours = urllib3.HTTPConnectionPool.urlopen

    def traced(*args, **options):
        seen.append(options["url"])
        return ours(*args, **options)

    with monkeypatch.context() as theirs:
        theirs.setattr(urllib3.HTTPConnectionPool, "urlopen", traced)
        assert count(path, NOBODY) == 0
        interception.__exit__(None, None, None)
        with pytest.raises(requests.ConnectionError):
            count(path, NOBODY)
    with pytest.raises(requests.ConnectionError):
        count(path, NOBODY)
    with sdrs.intercept("127.0.0.1:9"):
        assert count(path, NOBODY) == 0

    assert seen == [path, path]
    assert urllib3.HTTPConnectionPool.urlopen is before


def test_many_threads_begin_and_end_at_once(path):
    before = urllib3.HTTPConnectionPool.urlopen

    def use(number):
        with FakeSdrs() as fake, fake.intercept(f"sdrs.{number}.example.com"):
            fake.add_failure_job()
            return count(path, f"http://sdrs.{number}.example.com")

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(use, range(64))) == [1] * 64
    assert urllib3.HTTPConnectionPool.urlopen is before


def test_a_client_that_takes_one_connection_at_a_time_goes_on(sdrs, path):
    with sdrs.intercept(), requests.Session() as session:
        session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=1, pool_block=True))

        assert [count(path, session=session) for _ in range(5)] == [0] * 5


def test_another_wrapper_that_copies_our_attribute_stays():
    before = urllib3.HTTPConnectionPool.urlopen
    with FakeSdrs() as sdrs, sdrs.intercept():
        inner = urllib3.HTTPConnectionPool.urlopen

        @functools.wraps(inner)
        def traced(self, *args, **options):
            return inner(self, *args, **options)

        urllib3.HTTPConnectionPool.urlopen = traced
    try:
        assert urllib3.HTTPConnectionPool.urlopen is traced
    finally:
        urllib3.HTTPConnectionPool.urlopen = before


# Retries and dropped connections, as over the socket


class Unreliable:
    """The service, after some answers with these statuses; None closes the connection."""

    def __init__(self, sdrs, *statuses):
        self.sdrs, self.statuses, self.calls = sdrs, list(statuses), 0

    def __call__(self, environ, start_response):
        self.calls += 1
        if not self.statuses:
            return self.sdrs.wsgi(environ, start_response)
        status = self.statuses.pop(0)
        if status is None:
            raise ServerDisconnected
        start_response(
            status,
            [("Retry-After", "0"), ("Content-Length", "2"), ("Content-Type", "application/json")],
        )
        return [b"{}"]


@contextmanager
def over_the_socket(app):
    with closing(LoopbackServer(app, app.sdrs.wsgi.refuse, max_body=max_body)) as server:
        server.start()
        yield server.url


@contextmanager
def in_process(app):
    with intercepting(InProcessServer(app, app.sdrs.wsgi.refuse, max_body=max_body)):
        yield CLOUD


def status_of(url, retries, method="GET"):
    """The status that a client with such retries gets, or the kind of error."""
    with requests.Session() as session:
        session.mount(url, requests.adapters.HTTPAdapter(max_retries=retries))
        try:
            return session.request(
                method, f"{url}/v1/p/task-center/failure-jobs", headers=TOKEN, timeout=10
            ).status_code
        except requests.RequestException as error:
            return type(error)


def sdk_count(url, retry_times):
    """The count that the official SDK gets, or its error."""
    builder = SdrsClient.new_builder().with_http_config(HttpConfig(retry_times=retry_times))
    with opened(client_of("p", url, builder)) as client:
        try:
            return client.list_failure_jobs(ListFailureJobsRequest()).count
        except ClientRequestException as error:
            return error.status_code, error.error_code, error.request_id
        except ConnectionException as error:
            return type(error)


TRANSPORTS = [over_the_socket, in_process]
TOO_MANY = "429 Too Many Requests"


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    ("client", "refusals", "outcome"),
    [
        ((Retry(3, status_forcelist=[429]), "GET"), 2, (200, 3)),
        ((Retry(3), "GET"), 2, (200, 3)),
        ((Retry(3, respect_retry_after_header=False), "GET"), 2, (429, 1)),
        ((Retry(2, status_forcelist=[429]), "POST"), 1, (429, 1)),
        ((Retry(1, status_forcelist=[429]), "GET"), 5, (requests.exceptions.RetryError, 2)),
        ((Retry(1, status_forcelist=[429], raise_on_status=False), "GET"), 5, (429, 2)),
        ((0, "GET"), 2, (429, 1)),
    ],
)
def test_429_is_retried_as_the_client_is_configured(sdrs, transport, client, refusals, outcome):
    app = Unreliable(sdrs, *[TOO_MANY] * refusals)
    with transport(app) as url:
        assert (status_of(url, *client), app.calls) == outcome


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(("retry_times", "outcome"), [(0, (429, "429", "")), (2, 0)])
def test_the_sdk_meets_429_as_on_the_wire(sdrs, transport, retry_times, outcome):
    app = Unreliable(sdrs, TOO_MANY, TOO_MANY)
    with transport(app) as url:
        assert (sdk_count(url, retry_times), app.calls) == (outcome, retry_times + 1)


@pytest.mark.parametrize(
    ("disconnects", "retries", "outcome"),
    [(1, 0, requests.ConnectionError), (1, 1, 200), (2, 3, 200)],
)
def test_a_dropped_connection_is_retried_as_configured(sdrs, disconnects, retries, outcome):
    with in_process(Unreliable(sdrs, *[None] * disconnects)) as url:
        assert status_of(url, retries) == outcome


def test_a_dropped_connection_is_the_librarys_own_error(sdrs, path):
    with (
        in_process(Unreliable(sdrs, None)) as url,
        pytest.raises(requests.ConnectionError, match="closed connection without response"),
    ):
        count(path, url)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
@pytest.mark.parametrize(("retry_times", "outcome"), [(0, ConnectionException), (1, 0)])
def test_the_sdk_meets_a_dropped_connection_as_on_the_wire(sdrs, retry_times, outcome):
    with in_process(Unreliable(sdrs, None)) as url:
        assert sdk_count(url, retry_times) == outcome
