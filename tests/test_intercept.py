"""Requests to the cloud's hosts that reach the fake instead: the official SDK with a hard-coded
region, and the bounds of it.
"""

import functools
import json
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import pytest
import requests
import urllib3
from urllib3.util import Retry

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the SDK's own imports
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, ConnectionException
    from huaweicloudsdkcore.http.http_config import HttpConfig
    from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsAsyncClient, SdrsClient
    from huaweicloudsdksdrs.v1.region.sdrs_region import SdrsRegion

from sdrs_fake import FakeSdrs
from sdrs_fake.transports.conversation import Conversation, Dropped
from sdrs_fake.transports.interception import intercepting
from sdrs_fake.transports.loopback import LoopbackServer
from sdrs_fake.wsgi.wire import max_body

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")

CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"
NOBODY = "http://127.0.0.1:9"
TOKEN = {"X-Auth-Token": "any"}


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """The SDK writes a file into HOME."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def untouched():
    """Whatever a test does, urllib3 is afterwards as it was."""
    before = urllib3.HTTPConnectionPool.urlopen
    yield
    assert urllib3.HTTPConnectionPool.urlopen is before


@contextmanager
def sdk(kind=SdrsClient, retry_times=0, **config):
    """A client that knows a region and nothing of a fake; gives its list."""
    credentials = BasicCredentials(
        "an-access-key", "a-secret-key", "a4a5d4098fb4474fa22cd05f897d6b99"
    )
    config = HttpConfig(retry_times=retry_times, **config)
    region = SdrsRegion.value_of("cn-north-4")
    client = (
        kind.new_builder()
        .with_credentials(credentials)
        .with_http_config(config)
        .with_region(region)
        .build()
    )

    def call(**query):
        asked = ListFailureJobsRequest(**query)
        return (
            client.list_failure_jobs(asked)
            if kind is SdrsClient
            else client.list_failure_jobs_async(asked).result()
        )

    with closing(client.get_http_client()._session):
        yield call


def count(path, host=CLOUD, session=requests):
    return session.get(host + path, headers=TOKEN, timeout=10).json()["count"]


# The official SDK, unmodified


@pytest.mark.parametrize("kind", [SdrsClient, SdrsAsyncClient])
def test_an_sdk_client_with_a_hard_coded_region_reaches_the_fake(sdrs, kind):
    job = sdrs.add_failure_job(fail_reason="磁盘 is error!")

    with sdrs.intercept(), sdk(kind) as listed:
        answer = listed(limit=10)

    assert [(row.job_id, row.fail_reason) for row in answer.failure_jobs] == [
        (job.job_id, "磁盘 is error!")
    ]
    ((call, _),) = sdrs.journal
    assert call.headers["host"] == "sdrs.cn-north-4.myhuaweicloud.com"
    assert call.headers["authorization"].startswith(
        "SDK-HMAC-SHA256 Access=an-access-key, SignedHeaders=content-type;host;"
    )
    assert sdrs.listening_at is None


@pytest.mark.parametrize("kind", [SdrsClient, SdrsAsyncClient])
def test_a_client_that_was_made_before_is_caught_too(sdrs, kind):
    with sdk(kind) as listed:
        for number in range(3):
            sdrs.add_failure_job()
            with sdrs.intercept():
                assert listed().count == number + 1


@pytest.mark.parametrize("kind", [SdrsClient, SdrsAsyncClient])
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"limit": 1001}, 400, "SDRS.0221"),
        ({"offset": -1}, 400, "SDRS.0222"),
        ({"limit": "a" * 9000}, 414, "APIGW.0201"),
    ],
)
def test_it_raises_what_is_refused(sdrs, kind, query, status, code):
    with sdrs.intercept(), sdk(kind) as listed, pytest.raises(ClientRequestException) as caught:
        listed(**query)

    assert (caught.value.status_code, caught.value.error_code, len(caught.value.request_id)) == (
        status,
        code,
        32,
    )


def test_twenty_threads_of_one_client_are_answered(sdrs):
    sdrs.add_failure_job()

    with sdrs.intercept(), sdk() as listed, ThreadPoolExecutor(20) as threads:
        counts = list(threads.map(lambda _: listed().count, range(100)))

    assert counts == [1] * 100


# Which requests


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        ((), "https://sdrs.cn-north-4.myhuaweicloud.com"),
        ((), "https://SDRS.eu-west-101.MyHuaweiCloud.com"),
        ((), "https://sdrs.cn-north-4.myhuaweicloud.com:443"),
        ((), "https://sdrs.cn-north-4.myhuaweicloud.com."),
        ((), "http://sdrs.cn-north-4.myhuaweicloud.com"),
        ((), "https://iam.cn-north-4.myhuaweicloud.com"),
        ((), "https://iam.myhuaweicloud.com"),
        (("sdrs.*.example.com",), "https://sdrs.a.example.com"),
        (("SDRS.Example.com",), "http://sdrs.example.com:8080"),
        (("127.0.0.1:9",), NOBODY),
        (("sdrs.example.com:443",), "https://sdrs.example.com"),
        (
            ("sdrs.eu-de.otc.t-systems.com", "other.example.com"),
            "https://sdrs.eu-de.otc.t-systems.com",
        ),
    ],
)
def test_a_host_of_the_cloud_or_one_that_was_given_is_intercepted(sdrs, path, hosts, url):
    sdrs.add_failure_job()

    with sdrs.intercept(*hosts):
        assert count(path, url) == 1


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        ((), NOBODY),
        (("127.0.0.1:8",), NOBODY),
        (("127.0.0.?:19",), NOBODY),
        (("localhost", "27.0.0.1", "127.0.0"), NOBODY),
    ],
)
def test_any_other_host_is_left_to_the_network(sdrs, path, hosts, url):
    with sdrs.intercept(*hosts), pytest.raises(requests.ConnectionError, match="refused"):
        count(path, url)

    assert list(sdrs.journal) == []


def test_another_fakes_socket_is_reached_while_one_intercepts(sdrs, path):
    with FakeSdrs() as other, sdrs.intercept():
        other.add_failure_job()

        assert [count(path), count(path, other.url)] == [0, 1]


@pytest.mark.parametrize("host", ["", "https://sdrs.example.com", "a b", "a/b", None, 5])
def test_what_is_no_host_is_refused(sdrs, host):
    with pytest.raises(
        ValueError,
        match=r"hosts: .* should be a host or a pattern of hosts, such as sdrs\.\*\.example\.com",
    ):
        sdrs.intercept(host).__enter__()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_passed_by(sdrs, path, scheme, monkeypatch):
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", NOBODY)
    sdrs.add_failure_job()

    with sdrs.intercept():
        assert count(path, f"{scheme}://sdrs.cn-north-4.myhuaweicloud.com") == 1
        with pytest.raises(requests.exceptions.ProxyError):
            count(path, f"{scheme}://sdrs.example.com")


def test_urllib3_itself_is_intercepted(sdrs, path):
    sdrs.add_failure_job()

    with sdrs.intercept(), urllib3.PoolManager(headers=TOKEN) as pools:
        answer = pools.request("GET", CLOUD + path)
        streamed = pools.request(
            "GET",
            CLOUD + path,
            preload_content=False,
            headers={**TOKEN, "Accept-Encoding": "x", "User-Agent": "y"},
        )

    assert (answer.status, json.loads(answer.data)["count"], answer.headers["Content-Length"]) == (
        200,
        1,
        str(len(answer.data)),
    )
    assert streamed.read() == answer.data


def test_a_session_of_a_fake_leads_to_that_fake_also_while_another_intercepts(sdrs, path):
    with FakeSdrs() as other, other.session() as session, sdrs.intercept():
        other.add_failure_job()

        assert count(path, session=session) == 1


# For how long


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
        running = [(fake, fake.intercept("127.0.0.1:9")) for fake in fakes]
        for _, interception in running:
            interception.__enter__()
        left = list(range(3))
        for number in order:
            assert count(path, NOBODY) == max(left) + 1
            running[number][1].__exit__(None, None, None)
            left.remove(number)

    assert urllib3.HTTPConnectionPool.urlopen is before
    with pytest.raises(requests.ConnectionError):
        count(path, NOBODY)


def test_a_patch_of_somebody_elses_on_top_stays_and_goes_through(sdrs, path, monkeypatch):
    before = urllib3.HTTPConnectionPool.urlopen
    seen = []
    interception = sdrs.intercept("127.0.0.1:9")
    interception.__enter__()
    ours = urllib3.HTTPConnectionPool.urlopen
    with monkeypatch.context() as theirs:
        theirs.setattr(
            urllib3.HTTPConnectionPool,
            "urlopen",
            lambda *a, **k: (seen.append(k["url"]), ours(*a, **k))[1],
        )
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


# Retries and dropped connections, as on the wire


class Moody:
    """The service after so many answers of another kind; None drops the connection."""

    def __init__(self, sdrs, *moods):
        self.sdrs, self.moods, self.calls = sdrs, list(moods), 0

    def __call__(self, environ, start_response):
        self.calls += 1
        if not self.moods:
            return self.sdrs.wsgi(environ, start_response)
        status = self.moods.pop(0)
        if status is None:
            raise Dropped
        start_response(
            status,
            [("Retry-After", "0"), ("Content-Length", "2"), ("Content-Type", "application/json")],
        )
        return [b"{}"]


@contextmanager
def over_the_socket(app, sdrs):
    with closing(LoopbackServer(app, sdrs._app.refuse, max_body=max_body)) as server:
        yield server.url


@contextmanager
def in_the_process(app, sdrs):
    with intercepting(Conversation(app, sdrs._app.refuse, max_body=max_body)):
        yield CLOUD


def asked(url, retries, method="GET"):
    """The status that a client with such retries gets, or the kind of error."""
    with requests.Session() as session:
        session.mount(url, requests.adapters.HTTPAdapter(max_retries=retries))
        try:
            return session.request(
                method, f"{url}/v1/p/task-center/failure-jobs", headers=TOKEN, timeout=10
            ).status_code
        except requests.RequestException as error:
            return type(error)


WAYS = [over_the_socket, in_the_process]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("client", "moods", "outcome"),
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
def test_429_is_retried_as_the_client_says(sdrs, way, client, moods, outcome):
    app = Moody(sdrs, *["429 Too Many Requests"] * moods)
    with way(app, sdrs) as url:
        assert (asked(url, *client), app.calls) == outcome


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("times", "seen"), [(0, (429, "429", "")), (2, 0)])
def test_the_sdk_meets_429_as_on_the_wire(sdrs, way, times, seen):
    app = Moody(sdrs, "429 Too Many Requests", "429 Too Many Requests")
    with way(app, sdrs) as url, sdk(retry_times=times) as listed, _redirected(listed, url):
        try:
            answer = listed().count
        except ClientRequestException as error:
            answer = (error.status_code, error.error_code, error.request_id)

    assert (answer, app.calls) == (seen, times + 1)


@contextmanager
def _redirected(call, url):
    """The client's own endpoint, for the way that needs another."""
    client = next(
        cell.cell_contents
        for cell in call.__closure__
        if isinstance(cell.cell_contents, SdrsClient)
    )
    client._endpoints = [url]
    yield


@pytest.mark.parametrize(
    ("drops", "retries", "seen"), [(1, 0, requests.ConnectionError), (1, 1, 200), (2, 3, 200)]
)
def test_a_dropped_connection_is_what_it_is_on_the_wire(sdrs, drops, retries, seen):
    with in_the_process(Moody(sdrs, *[None] * drops), sdrs) as url:
        assert asked(url, retries) == seen


def test_a_dropped_connection_is_told_in_the_librarys_words(sdrs, path):
    with (
        in_the_process(Moody(sdrs, None), sdrs) as url,
        pytest.raises(requests.ConnectionError, match="closed connection without response"),
    ):
        count(path, url)


@pytest.mark.parametrize(("drops", "times", "seen"), [(1, 0, ConnectionException), (1, 1, 0)])
def test_the_sdk_meets_a_dropped_connection_as_on_the_wire(sdrs, drops, times, seen):
    with in_the_process(Moody(sdrs, *[None] * drops), sdrs), sdk(retry_times=times) as listed:
        try:
            answer = listed().count
        except ConnectionException as error:
            answer = type(error)

    assert answer == seen


def test_a_client_that_takes_one_connection_at_a_time_goes_on(sdrs, path):
    with sdrs.intercept(), requests.Session() as session:
        session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=1, pool_block=True))

        assert [count(path, session=session) for _ in range(5)] == [0] * 5


def test_a_wrapper_of_somebody_elses_that_copies_our_marks_stays():
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
