"""Faults on the wire: each client meets them as the error that its library has for it, over a
socket and in the process.
"""

import asyncio
import json
import os
import socket
import time
import warnings
from contextlib import closing, contextmanager, suppress
from threading import Event, Thread

import httpx
import pytest
import requests

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the clients' own imports
    import openstack
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.exceptions.exceptions import ConnectionException
    from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsClient
    from keystoneauth1.exceptions import ConnectFailure, UnknownConnectionError
    from otcextensions import sdk as otc

from urllib3.exceptions import ReadTimeoutError

from sdrs_fake import FakeSdrs, WireError
from sdrs_fake.control.effects import GARBAGE

LIST = "ListFailureJobs"
TOKEN = {"X-Auth-Token": "any"}
CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"


@pytest.fixture
def filled(sdrs):
    """A fake with jobs enough for a body that has a middle."""
    sdrs.seed(jobs=60, groups=2)
    return sdrs


# The clients: each asks for the list with so much patience, and gives the body


def by_requests(fake, path, timeout):
    with requests.Session() as session:
        session.trust_env = False
        return session.get(fake.url + path, headers=TOKEN, timeout=timeout).content


def by_session(fake, path, timeout):
    with fake.session() as session:
        return session.get(fake.base + path, timeout=timeout).content


def by_written_out_session(fake, path, timeout):
    """One that is not of every day: its request is written and read."""
    with fake.session() as session:
        return session.get(
            fake.base + path, timeout=timeout, headers={"Connection": "close"}
        ).content


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


def error_of(client, kind):
    """The class of a library for a kind of mishap."""
    if "httpx" in client.__name__:
        return {
            "drop": httpx.RemoteProtocolError,
            "cut": httpx.RemoteProtocolError,
            "refused": httpx.ConnectError,
            "late": httpx.ReadTimeout,
            "late body": httpx.ReadTimeout,
        }[kind]
    return {
        "drop": requests.ConnectionError,
        "cut": requests.exceptions.ChunkedEncodingError,
        "refused": requests.ConnectionError,
        "late": requests.ReadTimeout,
        "late body": requests.ConnectionError,
    }[kind]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("wire", "message"),
    [
        (
            "drop",
            (
                "Remote end closed connection without response|Server disconnected without sending"
                " a response"
            ),
        ),
        ("cut", "IncompleteRead|without sending complete message body"),
    ],
)
def test_a_connection_that_ends_early_is_the_librarys_own_error(
    filled, path, client, wire, message
):
    fault = filled.faults.fail(LIST, wire=wire, times=1)

    with pytest.raises(error_of(client, wire), match=message):
        client(filled, path, 10)

    assert fault.fired == 1
    assert json.loads(client(filled, path, 10))["count"] == len(
        filled.journal.last.reply.json["failure_jobs"]
    )


@pytest.mark.parametrize("client", CLIENTS)
def test_garbage_comes_where_json_was_expected(filled, path, client):
    filled.faults.fail(LIST, wire="garbage")

    assert client(filled, path, 10) == GARBAGE
    assert filled.journal.last.reply.body == GARBAGE


@pytest.mark.parametrize("wire", ["garbage", "content_type", "cut", "slow_body"])
@pytest.mark.parametrize(
    ("method", "suffix", "status"), [("HEAD", "", 200), ("DELETE", "/batch", 204)]
)
@pytest.mark.parametrize("door", ["session", "socket", "httpx", "httpx over the socket"])
def test_an_answer_without_a_body_stays_without(filled, path, wire, method, suffix, status, door):  # noqa: PLR0913, PLR0917 a table of three sides
    filled.faults.fail(wire=wire, latency=3600 if wire == "slow_body" else None)

    with opened(filled, door) as (client, base):
        if wire == "cut":
            with pytest.raises((requests.ConnectionError, httpx.RemoteProtocolError)):
                client.request(method, f"{base}{path}{suffix}")
        elif wire == "slow_body" and "socket" not in door:
            with pytest.raises((requests.ReadTimeout, httpx.ReadTimeout)):
                client.request(method, f"{base}{path}{suffix}", timeout=60)
        else:
            for _ in range(2):  # the second over the same connection
                answer = client.request(method, f"{base}{path}{suffix}")
                assert (answer.status_code, answer.content) == (status, b"")


@contextmanager
def opened(fake, door):
    """A client by name, and where it finds the fake."""
    made = {
        "session": lambda: (fake.session(), fake.base),
        "socket": lambda: (requests.Session(), fake.url),
        "httpx": lambda: (fake.httpx_client(), ""),
        "httpx over the socket": lambda: (httpx.Client(trust_env=False), fake.url),
    }
    client, base = made[door]()
    client.headers["X-Auth-Token"] = "any"
    with client:
        yield client, base


@pytest.mark.parametrize(
    ("method", "status", "kind"), [("GET", 200, "text/html"), ("DELETE", 204, None)]
)
def test_the_content_type_is_wrong_where_there_is_content(filled, path, method, status, kind):
    filled.faults.fail(wire="content_type")

    with filled.session() as session:
        answer = session.request(
            method, f"{filled.base}{path}{'/batch' if method == 'DELETE' else ''}"
        )

    assert (answer.status_code, answer.headers.get("Content-Type")) == (status, kind)
    assert bool(answer.content) is (method == "GET")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_slow_body_is_whole_for_a_patient_client(filled, path, client):
    usual = client(filled, path, 10)
    filled.faults.fail(LIST, wire="slow_body", latency=0.02, real=True)

    before = time.monotonic()
    assert client(filled, path, 10) == usual
    assert time.monotonic() - before >= 0.02


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("wire", "kind"), [(None, "late"), ("slow_body", "late body"), ("drop", "late")]
)
def test_a_client_that_waits_less_gives_up(filled, path, client, wire, kind):
    filled.faults.fail(LIST, wire=wire, latency=0.09, real=True)

    before = time.monotonic()
    with pytest.raises(error_of(client, kind), match="timed out"):
        client(filled, path, 0.02)
    assert time.monotonic() - before >= 0.02


@pytest.mark.parametrize("client", IN_PROCESS)
@pytest.mark.parametrize(("wire", "kind"), [(None, "late"), ("slow_body", "late body")])
def test_in_the_process_an_hour_passes_on_the_fakes_clock_alone(filled, path, client, wire, kind):
    filled.faults.fail(LIST, wire=wire, latency=3600)
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
    filled.faults.fail(LIST, latency=0.05, real=True, times=1)
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


def test_others_are_answered_while_a_call_waits_on_its_thread(filled, path):
    filled.faults.fail(LIST, latency=0.09, real=True, times=1, limit=7)
    noted = Event()
    filled.journal.watcher = lambda _entry: noted.set()
    with (
        httpx.Client(base_url=filled.url, headers=TOKEN, trust_env=False) as client,
        closing(_Asking(filled.url, f"{path}?limit=7")) as asking,
    ):
        assert noted.wait(10)
        before = time.monotonic()
        client.get(path)
        assert time.monotonic() - before < 0.09
        assert asking.status() == 200


class _Asking:
    """A request whose answer is read later."""

    def __init__(self, url, target):
        from http.client import HTTPConnection

        self._connection = HTTPConnection(url.removeprefix("http://"))
        self._connection.request("GET", target, headers=TOKEN)

    def status(self):
        return self._connection.getresponse().status

    def close(self):
        self._connection.close()


# With a status, and without a body


@pytest.mark.parametrize("client", CLIENTS)
def test_a_status_may_come_with_garbage(filled, path, client):
    filled.faults.fail(LIST, status=502, wire="garbage")

    assert client(filled, path, 10) == GARBAGE
    assert filled.journal.last.reply.status == 502


@pytest.mark.parametrize(("said", "left"), [({}, 0), ({"status": 503}, 1)])
def test_what_is_dropped_has_happened_unless_a_status_says_otherwise(sdrs, path, said, left):
    sdrs.add_failure_job()
    sdrs.faults.fail("DeleteAllServerGroupFailureJobs", wire="drop", **said)

    with sdrs.session() as session, pytest.raises(requests.ConnectionError):
        session.delete(f"{sdrs.base}{path}/batch")

    assert len(sdrs.failure_jobs) == left


# Without a connection


def test_an_answer_without_a_body_is_dropped_where_it_would_be_cut(sdrs, path):
    sdrs.faults.fail("DeleteAllServerGroupFailureJobs", wire="cut")

    with (
        sdrs.session() as session,
        pytest.raises(requests.ConnectionError, match="without response"),
    ):
        session.delete(f"{sdrs.base}{path}/batch")


def test_in_a_bare_call_what_would_end_the_connection_is_raised(filled, path):
    filled.faults.fail(LIST, wire="drop", times=1)
    filled.faults.fail(LIST, wire="cut", latency=2)

    with pytest.raises(
        WireError,
        match=(
            r"^the connection ended before the answer \(fail\('ListFailureJobs', wire='drop'\)\)$"
        ),
    ) as caught:
        filled.request("GET", path)
    assert (caught.value.reply.status, caught.value.trouble.wire) == (200, "drop")
    with pytest.raises(
        ConnectionError, match="the connection ended in the middle of the body, 2 s late"
    ):
        filled.request("GET", path)


def test_in_a_bare_call_a_latency_is_waited_for_if_it_is_real(filled, path):
    filled.faults.fail(LIST, wire="slow_body", latency=0.02, real=True, times=1)
    filled.faults.fail(LIST, latency=3600)
    before = time.monotonic()

    assert filled.request("GET", path).status == 200
    assert time.monotonic() - before >= 0.02
    assert filled.request("GET", path).status == 200
    assert time.monotonic() - before < 3600


# The whole server


@pytest.mark.parametrize("client", CLIENTS)
def test_in_the_dark_connections_are_refused_and_afterwards_it_is_as_before(filled, path, client):
    before = client(filled, path, 10)

    with filled.darkness():
        assert filled.dark
        with pytest.raises(error_of(client, "refused"), match="refused"):
            client(filled, path, 10)

    assert not filled.dark
    assert client(filled, path, 10) == before


def test_in_the_dark_a_bare_call_is_refused_too(sdrs, path):
    sdrs.dark = True

    for asked in (path, "/v3", "/_fake/health"):
        with pytest.raises(ConnectionRefusedError, match="the fake is dark"):
            sdrs.request("GET", asked)


def test_an_open_connection_ends_and_the_port_is_kept(sdrs, path):
    url = sdrs.url
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(url + path, headers=TOKEN, timeout=10).status_code == 200
        sdrs.dark = sdrs.dark = True  # twice is once
        with pytest.raises(requests.ConnectionError, match="refused"):
            session.get(url + path, headers=TOKEN, timeout=10)
        sdrs.dark = False
        assert session.get(sdrs.url + path, headers=TOKEN, timeout=10).status_code == 200
    assert sdrs.url == url


def test_it_may_be_dark_before_anybody_asks_for_its_url(sdrs, path):
    sdrs.dark = True
    url = sdrs.url

    with pytest.raises(requests.ConnectionError, match="refused"):
        requests.get(url + path, headers=TOKEN, timeout=10)
    sdrs.dark = False
    assert requests.get(url + path, headers=TOKEN, timeout=10).status_code == 200


def test_a_request_that_is_on_its_way_when_it_gets_dark_is_dropped(sdrs, path):
    url = sdrs.url
    sdrs._app.dark = True  # and the server has not heard of it yet

    with pytest.raises(requests.ConnectionError, match="without response"):
        requests.get(url + path, headers=TOKEN, timeout=10)
    sdrs.dark = False
    assert requests.get(url + path, headers=TOKEN, timeout=10).status_code == 200


def test_the_rest_of_a_slow_body_is_waited_for_however_it_is_read(filled, path):
    filled.faults.fail(LIST, wire="slow_body", latency=3600)

    with (
        filled.session() as session,
        session.get(filled.base + path, timeout=60, stream=True) as answer,
    ):
        first = answer.raw.read1(100)
        assert first.startswith(b'{"count":')
        with pytest.raises(ReadTimeoutError):
            list(iter(lambda: answer.raw.read1(100), b""))


@pytest.mark.parametrize("wire", [None, "slow_body"])
@pytest.mark.parametrize("end", ["dark", "close"])
def test_an_answer_that_is_late_when_the_server_ends_does_not_come(tmp_path, wire, end):
    fake = FakeSdrs()
    fake.seed(jobs=60)
    fake.faults.fail(LIST, wire=wire, latency=60, real=True)
    noted, outcome = Event(), []
    fake.journal.watcher = lambda _entry: noted.set()

    def ask(url):
        try:
            requests.get(
                f"{url}/v1/{fake.project_id}/task-center/failure-jobs", headers=TOKEN, timeout=30
            )
            outcome.append("it came")
        except requests.RequestException as error:
            outcome.append(type(error))

    asking = Thread(target=ask, args=(fake.url,))
    asking.start()
    assert noted.wait(10)
    with fake.darkness() if end == "dark" else closing(fake):
        pass
    fake.close()
    asking.join(10)

    cut = {requests.ConnectionError, requests.exceptions.ChunkedEncodingError}
    assert outcome[0] in cut


@pytest.mark.parametrize("who", ["watcher", "condition"])
def test_who_looks_at_the_url_meanwhile_does_not_keep_it_from_getting_dark(sdrs, path, who):
    inside, go = Event(), Event()

    def look(_):
        inside.set()
        go.wait(10)
        return bool(sdrs.url)

    if who == "watcher":
        sdrs.journal.watcher = look
    else:
        sdrs.faults.fail(LIST, status=503, when=look)
    asking = Thread(target=lambda: by_requests_or_none(sdrs, path))
    asking.start()
    assert inside.wait(10)
    darkening = Thread(target=lambda: setattr(sdrs, "dark", True), daemon=True)
    darkening.start()
    go.set()
    darkening.join(10)
    asking.join(10)

    assert (darkening.is_alive(), sdrs.dark) == (False, True)
    sdrs.faults.clear()


def by_requests_or_none(fake, path):
    with suppress(requests.RequestException):
        by_requests(fake, path, 10)


def test_darkness_within_darkness_ends_with_the_outer_one(sdrs):
    with sdrs.darkness():
        with sdrs.darkness():
            pass
        assert sdrs.dark
    assert not sdrs.dark


def test_where_somebody_took_the_very_address_it_stays_dark_and_says_so(sdrs, path):
    address = ("127.0.0.1", int(sdrs.url.rpartition(":")[2]))
    sdrs.dark = True

    with socket.create_server(address), pytest.raises(OSError, match="in use"):
        sdrs.dark = False
    assert sdrs.dark
    sdrs.dark = False
    assert requests.get(sdrs.url + path, headers=TOKEN, timeout=10).status_code == 200


def test_a_fake_may_be_closed_in_the_dark():
    with FakeSdrs() as fake:
        assert fake.url
        fake.dark = True
    fake.dark = False

    with pytest.raises(RuntimeError, match="closed"):
        assert fake.url


# The SDKs


@pytest.fixture
def official(filled, tmp_path, monkeypatch):
    """The list call of the official SDK, with so many retries."""
    monkeypatch.setitem(os.environ, "HOME", str(tmp_path))
    credentials = BasicCredentials("an-access-key", "a-secret-key", filled.project_id)
    client = (
        SdrsClient.new_builder().with_credentials(credentials).with_endpoint(filled.url).build()
    )
    with closing(client.get_http_client()._session):
        yield lambda: client.list_failure_jobs(ListFailureJobsRequest())


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
@pytest.mark.parametrize(
    ("wire", "error"),
    [("drop", ConnectionException), ("cut", requests.exceptions.ChunkedEncodingError)],
)
def test_the_official_sdk_raises_its_own_connection_errors(filled, official, wire, error):
    filled.faults.fail(LIST, wire=wire)

    with pytest.raises(error):
        official()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
def test_the_official_sdk_says_that_the_dark_is_a_lost_connection(filled, official):
    assert official().count
    with filled.darkness(), pytest.raises(ConnectionException):
        official()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
def test_the_official_sdk_takes_garbage_for_an_empty_answer(filled, official):
    filled.faults.fail(LIST, wire="garbage")

    assert (official().count, official().failure_jobs) == (None, None)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
@pytest.mark.parametrize(
    ("wire", "error"), [("drop", ConnectFailure), ("cut", UnknownConnectionError)]
)
def test_otcextensions_raises_its_own_connection_errors(filled, wire, error):
    connection = openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        auth_type="v3password",
        auth={
            "auth_url": f"{filled.url}/v3",
            "project_id": filled.project_id,
            "username": "a",
            "password": "b",
            "user_domain_name": "c",
        },
        region_name="eu-de",
    )
    with closing(connection):
        otc.load(connection)
        filled.faults.fail(LIST, wire=wire)
        with pytest.raises(error):
            list(connection.sdrs.failed_tasks())
        connection.session.session.close()
