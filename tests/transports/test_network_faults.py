"""Network faults: each client gets the error of its own library, over a socket and in process."""

import asyncio
import json
import time
import warnings
from contextlib import closing
from threading import Event, Thread

import httpx
import pytest
import requests

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the clients' own imports
    import openstack
    from keystoneauth1.exceptions import ConnectFailure, UnknownConnectionError
    from otcextensions import sdk as otc

from urllib3.exceptions import ReadTimeoutError

from sdrs_fake import ConnectionDropped
from sdrs_fake.faults.effects import GARBAGE
from tests.sdk import ConnectionException, ListFailureJobsRequest, client_of, opened

LIST = "ListFailureJobs"
TOKEN = {"X-Auth-Token": "any"}
CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"


@pytest.fixture
def filled(sdrs):
    """A fake with jobs enough for a body that has a middle."""
    sdrs.seed(failures=60, groups=2)
    return sdrs


# The clients: each asks for the list with a timeout, and returns the body


def by_requests(fake, path, timeout):
    with requests.Session() as session:
        session.trust_env = False
        return session.get(fake.url + path, headers=TOKEN, timeout=timeout).content


def by_session(fake, path, timeout):
    with fake.session() as session:
        return session.get(fake.base_url + path, timeout=timeout).content


def by_written_out_session(fake, path, timeout):
    """A session whose request is not plain: it is written as bytes and read back."""
    headers = {"Connection": "close"}
    with fake.session() as session:
        return session.get(fake.base_url + path, timeout=timeout, headers=headers).content


def by_interception(fake, path, timeout):
    with fake.intercept(), requests.Session() as session:
        return session.get(CLOUD + path, headers=TOKEN, timeout=timeout).content


def by_httpx_over_the_socket(fake, path, timeout):
    with httpx.Client(base_url=fake.url, headers=TOKEN, timeout=timeout, trust_env=False) as client:
        return client.get(path).content


def by_httpx(fake, path, timeout):
    with fake.httpx_client() as client:
        return client.get(path, timeout=timeout).content


def by_async_httpx(fake, path, timeout):
    async def ask():
        async with fake.httpx_async_client() as client:
            return (await client.get(path, timeout=timeout)).content

    return asyncio.run(ask())


SOCKETS = [by_requests, by_httpx_over_the_socket]
IN_PROCESS = [by_session, by_written_out_session, by_interception, by_httpx, by_async_httpx]
CLIENTS = [*SOCKETS, *IN_PROCESS]


HTTPX_ERRORS = {
    "disconnect": httpx.RemoteProtocolError,
    "truncate": httpx.RemoteProtocolError,
    "refused": httpx.ConnectError,
    "late": httpx.ReadTimeout,
    "late body": httpx.ReadTimeout,
}
REQUESTS_ERRORS = {
    "disconnect": requests.ConnectionError,
    "truncate": requests.exceptions.ChunkedEncodingError,
    "refused": requests.ConnectionError,
    "late": requests.ReadTimeout,
    "late body": requests.ConnectionError,
}


def error_of(client, kind):
    """The exception of a client's library."""
    errors = HTTPX_ERRORS if "httpx" in client.__name__ else REQUESTS_ERRORS
    return errors[kind]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("network", "message"),
    [
        ("disconnect", "closed connection without response|without sending a response"),
        ("truncate", "IncompleteRead|without sending complete message body"),
    ],
)
def test_a_connection_that_ends_early_is_the_librarys_own_error(
    filled, path, client, network, message
):
    fault = filled.faults.fail(LIST, network=network, times=1)

    with pytest.raises(error_of(client, network), match=message):
        client(filled, path, 10)

    assert fault.fired == 1
    count = json.loads(client(filled, path, 10))["count"]
    assert count == len(filled.journal.last.response.json["failure_jobs"])


@pytest.mark.parametrize("client", CLIENTS)
def test_garbage_comes_where_json_was_expected(filled, path, client):
    filled.faults.fail(LIST, network="garbage")

    assert client(filled, path, 10) == GARBAGE
    assert filled.journal.last.response.body == GARBAGE


OPENED = {
    "session": lambda fake: (fake.session(), fake.base_url),
    "socket": lambda fake: (requests.Session(), fake.url),
    "httpx": lambda fake: (fake.httpx_client(), ""),
    "httpx over the socket": lambda fake: (httpx.Client(trust_env=False), fake.url),
}


@pytest.mark.parametrize("network", ["garbage", "wrong_content_type", "truncate", "slow_body"])
@pytest.mark.parametrize(
    ("method", "suffix", "status"), [("HEAD", "", 200), ("DELETE", "/batch", 204)]
)
@pytest.mark.parametrize("opened", OPENED)
def test_an_answer_without_a_body_stays_without(  # noqa: PLR0913, PLR0917 a table of three sides
    filled, path, network, method, suffix, status, opened
):
    filled.faults.fail(network=network, latency=3600 if network == "slow_body" else None)
    client, base = OPENED[opened](filled)
    client.headers["X-Auth-Token"] = "any"
    url = f"{base}{path}{suffix}"

    with client:
        if network == "truncate":
            with pytest.raises((requests.ConnectionError, httpx.RemoteProtocolError)):
                client.request(method, url)
        elif network == "slow_body" and "socket" not in opened:
            with pytest.raises((requests.ReadTimeout, httpx.ReadTimeout)):
                client.request(method, url, timeout=60)
        else:
            for _ in range(2):  # the second over the same connection
                answer = client.request(method, url)
                assert (answer.status_code, answer.content) == (status, b"")


@pytest.mark.parametrize(
    ("method", "status", "kind"), [("GET", 200, "text/html"), ("DELETE", 204, None)]
)
def test_the_content_type_is_wrong_where_there_is_content(filled, path, method, status, kind):
    filled.faults.fail(network="wrong_content_type")

    suffix = "/batch" if method == "DELETE" else ""
    with filled.session() as session:
        answer = session.request(method, f"{filled.base_url}{path}{suffix}")

    assert (answer.status_code, answer.headers.get("Content-Type")) == (status, kind)
    assert bool(answer.content) is (method == "GET")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_slow_body_is_whole_for_a_patient_client(filled, path, client):
    usual = client(filled, path, 10)
    filled.faults.fail(LIST, network="slow_body", latency=0.02, sleep=True)

    before = time.monotonic()
    assert client(filled, path, 10) == usual
    assert time.monotonic() - before >= 0.02


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("network", "kind"), [(None, "late"), ("slow_body", "late body"), ("disconnect", "late")]
)
def test_a_client_with_a_shorter_timeout_gives_up(filled, path, client, network, kind):
    # A client may give up before a busy machine has matched its request.
    filled.faults.fail(LIST, network=network, latency=0.09, sleep=True, optional=True)

    before = time.monotonic()
    with pytest.raises(error_of(client, kind), match="timed out"):
        client(filled, path, 0.02)
    assert time.monotonic() - before >= 0.02


@pytest.mark.parametrize("client", IN_PROCESS)
@pytest.mark.parametrize(("network", "kind"), [(None, "late"), ("slow_body", "late body")])
def test_in_process_an_hour_passes_on_the_fakes_clock_alone(filled, path, client, network, kind):
    filled.faults.fail(LIST, network=network, latency=3600)
    now, before = filled.clock.now(), time.monotonic()

    with pytest.raises(error_of(client, kind), match="timed out"):
        client(filled, path, 60)
    assert json.loads(client(filled, path, None))["count"]

    assert (filled.clock.now() - now).total_seconds() >= 7200
    assert time.monotonic() - before < 60


@pytest.mark.parametrize("client", SOCKETS)
def test_over_a_socket_nobody_waits_for_the_fakes_clock(filled, path, client):
    filled.faults.fail(LIST, latency=3600)
    now = filled.clock.now()

    assert json.loads(client(filled, path, 10))["count"]
    assert (filled.clock.now() - now).total_seconds() >= 3600


def test_others_get_their_turn_while_an_async_client_waits(filled, path):
    filled.faults.fail(LIST, latency=0.05, sleep=True, times=1)
    order = []

    async def ask(client, name):
        await client.get(path)
        order.append(name)

    async def both():
        async with filled.httpx_async_client() as client:
            slow = asyncio.ensure_future(ask(client, "slow"))
            await asyncio.sleep(0)
            await ask(client, "quick")
            await slow

    asyncio.run(both())

    assert order == ["quick", "slow"]


def test_others_are_answered_while_a_request_waits_on_its_thread(filled, path):
    filled.faults.fail(LIST, latency=0.09, sleep=True, times=1, limit=7)
    recorded, statuses = Event(), []
    filled.journal.observe(lambda _record: recorded.set())

    def ask():
        answer = requests.get(f"{filled.url}{path}?limit=7", headers=TOKEN, timeout=10)
        statuses.append(answer.status_code)

    with httpx.Client(base_url=filled.url, headers=TOKEN, trust_env=False) as client:
        asking = Thread(target=ask)
        asking.start()
        assert recorded.wait(10)
        before = time.monotonic()
        client.get(path)
        assert time.monotonic() - before < 0.09
        asking.join(10)
    assert statuses == [200]


# With a status, and without a body


@pytest.mark.parametrize("client", CLIENTS)
def test_a_status_may_come_with_garbage(filled, path, client):
    filled.faults.fail(LIST, status=502, network="garbage")

    assert client(filled, path, 10) == GARBAGE
    assert filled.journal.last.response.status == 502


@pytest.mark.parametrize(("status", "left"), [(None, 0), (503, 1)])
def test_an_operation_is_done_before_its_connection_ends_unless_there_is_a_status(
    sdrs, path, status, left
):
    sdrs.add_failure_job()
    sdrs.faults.fail("DeleteAllServerGroupFailureJobs", network="disconnect", status=status)

    with sdrs.session() as session, pytest.raises(requests.ConnectionError):
        session.delete(f"{sdrs.base_url}{path}/batch")

    assert len(sdrs.failure_jobs) == left


def test_an_answer_without_a_body_is_not_sent_where_it_would_be_truncated(sdrs, path):
    sdrs.faults.fail("DeleteAllServerGroupFailureJobs", network="truncate")

    with (
        sdrs.session() as session,
        pytest.raises(requests.ConnectionError, match="without response"),
    ):
        session.delete(f"{sdrs.base_url}{path}/batch")


def test_in_a_bare_call_what_would_end_the_connection_is_raised(filled, path):
    filled.faults.fail(LIST, network="disconnect", times=1)
    filled.faults.fail(LIST, network="truncate", latency=2)

    message = r"^the connection ended before the response \(fail\('ListFailureJobs', .*\)\)$"
    with pytest.raises(ConnectionDropped, match=message) as caught:
        filled.request("GET", path)
    assert (caught.value.response.status, caught.value.network_fault.kind) == (200, "disconnect")
    with pytest.raises(ConnectionError, match="ended in the middle of the body, 2 s late"):
        filled.request("GET", path)


def test_in_a_bare_call_a_latency_is_waited_for_with_sleep(filled, path):
    filled.faults.fail(LIST, network="slow_body", latency=0.02, sleep=True, times=1)
    filled.faults.fail(LIST, latency=3600)
    before = time.monotonic()

    assert filled.request("GET", path).status == 200
    assert time.monotonic() - before >= 0.02
    assert filled.request("GET", path).status == 200
    assert time.monotonic() - before < 3600


def test_the_rest_of_a_slow_body_is_waited_for_however_it_is_read(filled, path):
    filled.faults.fail(LIST, network="slow_body", latency=3600)

    with (
        filled.session() as session,
        session.get(filled.base_url + path, timeout=60, stream=True) as answer,
    ):
        first = answer.raw.read1(100)
        assert first.startswith(b'{"count":')
        with pytest.raises(ReadTimeoutError):
            list(iter(lambda: answer.raw.read1(100), b""))


@pytest.mark.parametrize("client", CLIENTS)
def test_offline_connections_are_refused_and_afterwards_it_is_as_before(filled, path, client):
    before = client(filled, path, 10)

    with filled.offline():
        assert filled.is_offline
        with pytest.raises(error_of(client, "refused"), match="refused"):
            client(filled, path, 10)

    assert not filled.is_offline
    assert client(filled, path, 10) == before


# The SDKs


@pytest.fixture
def official(filled):
    """The list call of the official SDK."""
    with opened(client_of(filled.project_id, filled.url)) as client:
        yield lambda: client.list_failure_jobs(ListFailureJobsRequest())


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
@pytest.mark.parametrize(
    ("network", "error"),
    [("disconnect", ConnectionException), ("truncate", requests.exceptions.ChunkedEncodingError)],
)
def test_the_official_sdk_raises_its_own_connection_errors(filled, official, network, error):
    filled.faults.fail(LIST, network=network)

    with pytest.raises(error):
        official()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
def test_for_the_official_sdk_offline_is_a_lost_connection(filled, official):
    assert official().count
    with filled.offline(), pytest.raises(ConnectionException):
        official()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
def test_the_official_sdk_takes_garbage_for_an_empty_answer(filled, official):
    filled.faults.fail(LIST, network="garbage")

    assert (official().count, official().failure_jobs) == (None, None)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
@pytest.mark.parametrize(
    ("network", "error"), [("disconnect", ConnectFailure), ("truncate", UnknownConnectionError)]
)
def test_otcextensions_raises_its_own_connection_errors(filled, network, error):
    user = {"username": "a", "password": "b", "user_domain_name": "c"}
    connection = openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        auth_type="v3password",
        auth={"auth_url": f"{filled.url}/v3", "project_id": filled.project_id, **user},
        region_name="eu-de",
    )
    with closing(connection):
        otc.load(connection)
        filled.faults.fail(LIST, network=network)
        with pytest.raises(error):
            list(connection.sdrs.failed_tasks())
        connection.session.session.close()
