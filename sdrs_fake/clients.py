"""Clients of a fake in the same process: `requests`, httpx, and interception.

The libraries are imported when they are first needed.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.transports.in_process import InProcessServer

BASE_URL = "http://sdrs.test"
"""A URL that leads nowhere (RFC 6761): a request through the wrong client reaches nobody."""

Credentials = str | EllipsisType | None
"""A token, None to send none, or `...` for the fake's own."""


class LazyModule:
    """A module that is imported when one of its names is looked up.

    Annotations such as `requests.Session` resolve through it, and nothing is imported before.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


if TYPE_CHECKING:
    import httpx
    import requests
else:
    httpx = LazyModule("httpx")
    requests = LazyModule("requests")


def credential_headers(credentials: Credentials, own_token: str) -> dict[str, str]:
    """The headers that carry a credential."""
    if credentials is None:
        return {}
    if credentials is ...:
        return {"X-Auth-Token": own_token}
    if not isinstance(credentials, str):
        raise ParameterError("credentials", f"{shown(credentials)} should be a token, or None")
    return {"X-Auth-Token": credentials}


def requests_session(server: InProcessServer, headers: Mapping[str, str]) -> "requests.Session":
    """A `requests.Session` whose requests are answered in process, whatever host they name."""
    with _extra("requests"):
        from sdrs_fake.transports.requests_session import in_process_session
    return in_process_session(server, headers)


def httpx_client(server: InProcessServer, headers: Mapping[str, str]) -> "httpx.Client":
    """An `httpx.Client` whose requests are answered in process, whatever host they name."""
    options = _httpx_options(server, headers)
    return httpx.Client(**options)


def httpx_async_client(server: InProcessServer, headers: Mapping[str, str]) -> "httpx.AsyncClient":
    """An `httpx.AsyncClient`; otherwise as `httpx_client`."""
    options = _httpx_options(server, headers)
    return httpx.AsyncClient(**options)


@contextmanager
def intercept(server: InProcessServer, *hosts: str) -> Iterator[None]:
    """Answer what `requests`, urllib3 or httpx send to the cloud's SDRS and IAM, for a block.

    These are `sdrs.*.myhuaweicloud.com` and `iam.*.myhuaweicloud.com` of any region, and `hosts`:
    names or patterns, for any port or with one. It holds in all threads, also for clients that
    were made before. Other hosts are left alone.
    """
    from sdrs_fake.transports.interception import intercepting

    with ExitStack() as stack:
        with _extra("requests"):
            stack.enter_context(intercepting(server, hosts))
        yield


def _httpx_options(server: InProcessServer, headers: Mapping[str, str]) -> dict[str, Any]:
    with _extra("httpx"):
        from sdrs_fake.transports.httpx_transport import InProcessTransport
    return {
        "transport": InProcessTransport(server),
        "base_url": BASE_URL,
        "headers": headers,
        "trust_env": False,
    }


@contextmanager
def _extra(name: str) -> Iterator[None]:
    """Name the extra to install where a client library is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in {"requests", "urllib3", "httpx"}:
            raise
        raise ModuleNotFoundError(
            f"this needs {error.name}: pip install 'sdrs-fake[{name}]'", name=error.name
        ) from None
