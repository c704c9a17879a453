"""`intercept`: the official SDK with a hard-coded region, and which hosts reach the fake."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests
import urllib3

from sdrs_fake import FakeSdrs
from sdrs_fake.errors import ParameterError
from tests.sdk import (
    ListFailureJobsRequest,
    SdrsAsyncClient,
    SdrsClient,
    client_of,
    opened,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")

CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"
NOBODY = "http://127.0.0.1:9"
TOKEN = {"X-Auth-Token": "any"}


@contextmanager
def sdk(kind=SdrsClient):
    """A client that knows a region and nothing of a fake; gives its list call."""
    client = client_of("a4a5d4098fb4474fa22cd05f897d6b99", builder=kind.new_builder())

    def list_failure_jobs(**query):
        request = ListFailureJobsRequest(**query)
        if kind is SdrsClient:
            return client.list_failure_jobs(request)
        return client.list_failure_jobs_async(request).result()

    with opened(client):
        yield list_failure_jobs


def count(path, host=CLOUD, session=requests):
    return session.get(host + path, headers=TOKEN, timeout=10).json()["count"]


# The official SDK, unmodified


@pytest.mark.parametrize("kind", [SdrsClient, SdrsAsyncClient])
def test_an_sdk_client_with_a_hard_coded_region_reaches_the_fake(sdrs, kind):
    job = sdrs.add_failure_job(fail_reason="磁盘 is error!")

    with sdrs.intercept(), sdk(kind) as list_failure_jobs:
        answer = list_failure_jobs(limit=10)

    (row,) = answer.failure_jobs
    assert (row.job_id, row.fail_reason) == (job.job_id, "磁盘 is error!")
    ((request, _),) = sdrs.journal
    assert request.headers["host"] == "sdrs.cn-north-4.myhuaweicloud.com"
    signature = "SDK-HMAC-SHA256 Access=an-access-key, SignedHeaders=content-type;host;"
    assert request.headers["authorization"].startswith(signature)
    assert sdrs.listening_at is None


@pytest.mark.parametrize("kind", [SdrsClient, SdrsAsyncClient])
def test_a_client_that_was_made_before_is_caught_too(sdrs, kind):
    with sdk(kind) as list_failure_jobs:
        for number in range(3):
            sdrs.add_failure_job()
            with sdrs.intercept():
                assert list_failure_jobs().count == number + 1


def test_twenty_threads_of_one_client_are_answered(sdrs):
    sdrs.add_failure_job()

    with sdrs.intercept(), sdk() as list_failure_jobs, ThreadPoolExecutor(20) as threads:
        counts = list(threads.map(lambda _: list_failure_jobs().count, range(100)))

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
def test_a_wrong_host_is_refused(sdrs, host):
    with pytest.raises(ParameterError, match="should be a host or a pattern of hosts") as caught:
        sdrs.intercept(host).__enter__()

    assert caught.value.name == "hosts"


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
        headers = {**TOKEN, "Accept-Encoding": "x", "User-Agent": "y"}
        streamed = pools.request("GET", CLOUD + path, preload_content=False, headers=headers)

    assert (answer.status, json.loads(answer.data)["count"]) == (200, 1)
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert streamed.read() == answer.data


def test_a_session_of_a_fake_leads_to_that_fake_also_while_another_intercepts(sdrs, path):
    with FakeSdrs() as other, other.session() as session, sdrs.intercept():
        other.add_failure_job()

        assert count(path, session=session) == 1
