"""With a proxy in the environment that nobody listens at."""

import asyncio
import socket

import httpx
import pytest
import requests

CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"
TOKEN = {"X-Auth-Token": "any"}


@pytest.fixture(autouse=True)
def proxy(monkeypatch):
    """A port that is taken, and refuses connections."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, url)
            monkeypatch.setenv(name.lower(), url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield


async def async_status(client, url):
    async with client:
        return (await client.get(url, headers=TOKEN)).status_code


@pytest.mark.parametrize(
    "status",
    [
        lambda sdrs, path: sdrs.session().get(f"{sdrs.base_url}{path}").status_code,
        lambda sdrs, path: sdrs.httpx_client().get(path).status_code,
        lambda sdrs, path: asyncio.run(async_status(sdrs.httpx_async_client(), path)),
    ],
)
def test_the_clients_of_a_fake_go_past_the_proxy(sdrs, path, status):
    assert status(sdrs, path) == 200


@pytest.mark.parametrize(
    "status",
    [
        lambda url: requests.get(url, headers=TOKEN, timeout=5).status_code,
        lambda url: httpx.get(url, headers=TOKEN).status_code,
        lambda url: asyncio.run(async_status(httpx.AsyncClient(), url)),
    ],
)
def test_what_is_intercepted_goes_past_the_proxy(sdrs, path, status):
    with sdrs.intercept():
        assert status(f"{CLOUD}{path}") == 200


@pytest.mark.parametrize("get", [requests.get, httpx.get])
def test_a_client_of_the_url_goes_to_the_proxy_unless_no_proxy_names_it(
    sdrs, path, monkeypatch, get
):
    with pytest.raises((requests.exceptions.ProxyError, httpx.ConnectError)):
        get(f"{sdrs.url}{path}", headers=TOKEN, timeout=5)

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert get(f"{sdrs.url}{path}", headers=TOKEN, timeout=5).status_code == 200


def test_the_environment_of_a_fake_names_it_in_no_proxy(sdrs_env, path):
    url = sdrs_env["HUAWEICLOUD_SDK_REGION_SDRS_CN_NORTH_4"]

    assert requests.get(f"{url}{path}", headers=TOKEN, timeout=5).status_code == 200
