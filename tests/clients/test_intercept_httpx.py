"""`intercept` and httpx: clients with a hard-coded host of the cloud, sync and async."""

import asyncio

import httpx
import pytest

from sdrs_fake import FakeSdrs

CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"
TOKEN = {"X-Auth-Token": "any"}


def get(url, client=None):
    with client or httpx.Client(headers=TOKEN, trust_env=False) as opened:
        return opened.get(url)


def get_async(url, client=None):
    async def ask():
        async with client or httpx.AsyncClient(headers=TOKEN, trust_env=False) as opened:
            return await opened.get(url)

    return asyncio.run(ask())


@pytest.mark.parametrize("ask", [get, get_async])
def test_a_client_with_a_hard_coded_host_reaches_the_fake(sdrs, path, ask):
    sdrs.add_failure_job(resource_type="server_groups")

    with sdrs.intercept():
        assert ask(CLOUD + path).json()["count"] == 1

    assert sdrs.journal.last.request.headers["host"] == "sdrs.cn-north-4.myhuaweicloud.com"
    assert sdrs.listening_at is None


@pytest.mark.parametrize(("ask", "kind"), [(get, httpx.Client), (get_async, httpx.AsyncClient)])
def test_clients_that_were_made_before_and_those_with_a_proxy_are_caught(sdrs, path, ask, kind):
    client = kind(headers=TOKEN, proxy="http://127.0.0.1:9")

    with sdrs.intercept():
        assert ask(CLOUD + path, client).json()["count"] == 0


@pytest.mark.parametrize("ask", [get, get_async])
def test_other_hosts_are_left_to_the_network(sdrs, ask):
    with sdrs.intercept(), pytest.raises(httpx.ConnectError):
        ask("http://127.0.0.1:9/")

    assert len(sdrs.journal) == 0


@pytest.mark.parametrize("ask", [get, get_async])
def test_faults_raise_what_httpx_raises(sdrs, path, ask):
    sdrs.faults.fail("ListFailureJobs", network="disconnect")

    with sdrs.intercept(), pytest.raises(httpx.RemoteProtocolError):
        ask(CLOUD + path)


@pytest.mark.parametrize("first", [0, 1])
def test_interceptions_end_in_any_order_and_leave_httpx_as_it_was(path, first):
    methods = (
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
    )
    before = [getattr(*method) for method in methods]
    with FakeSdrs() as one, FakeSdrs() as two:
        running = [one.intercept(), two.intercept()]
        for interception in running:
            interception.__enter__()
        running.pop(first).__exit__(None, None, None)
        get(CLOUD + path)
        running.pop().__exit__(None, None, None)

        assert [len(fake.journal) for fake in (one, two)] == [first, 1 - first]
    assert [getattr(*method) for method in methods] == before


def test_the_fixture_catches_httpx(sdrs_intercept, path):
    assert get(CLOUD + path).json()["count"] == 0
