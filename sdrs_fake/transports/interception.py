"""Interception: requests of `requests` and urllib3 to certain hosts are answered in process.

It patches `urllib3.HTTPConnectionPool.urlopen`, a public method that every request passes, also
those of clients that exist already. This module keeps no state: each interception wraps the method
that it finds. One that ends beneath another stays in the chain, inactive, until that one ends.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import translate
from functools import wraps
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from urllib3 import HTTPConnectionPool

from sdrs_fake.errors import ParameterError
from sdrs_fake.transports.in_process import InProcessServer
from sdrs_fake.transports.urllib3_pool import InProcessPool

CLOUD = ("sdrs.*.myhuaweicloud.com", "iam.*.myhuaweicloud.com", "iam.myhuaweicloud.com")
"""The hosts of the cloud's own SDRS and IAM."""

_HOST = re.compile(r"[A-Za-z0-9_.*?:\[\]!-]+")
_INTERCEPTION = "__sdrs_fake_interception__"
_PATCHING = Lock()


@contextmanager
def intercepting(server: InProcessServer, hosts: Sequence[str] = ()) -> Iterator[None]:
    """Send requests to the cloud's hosts and `hosts` to the server, in all threads."""
    for host in hosts:
        if not isinstance(host, str) or not _HOST.fullmatch(host):
            raise ParameterError(
                "hosts",
                f"{host!r} should be a host or a pattern of hosts, such as sdrs.*.example.com"
                " or 127.0.0.1:8080",
            )
    with _PATCHING:
        interception = _Interception(server, (*CLOUD, *hosts))
        HTTPConnectionPool.urlopen = interception.wrapper  # type: ignore[method-assign]
    try:
        yield
    finally:
        with _PATCHING:
            interception.active = False
            _restore()


class _Interception:
    """One `with` block: its hosts, its server, and the method that it replaced."""

    def __init__(self, server: InProcessServer, hosts: Sequence[str]) -> None:
        self.active = True
        self.original: Callable[..., Any] = HTTPConnectionPool.urlopen
        self.wrapper = self._wrap(self.original)
        self._server = server
        self._hosts = re.compile("|".join(translate(host.lower()) for host in hosts))
        self._pools: WeakKeyDictionary[HTTPConnectionPool, InProcessPool | None] = (
            WeakKeyDictionary()
        )

    def _wrap(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def urlopen(
            pool: HTTPConnectionPool, method: str, url: str, *args: Any, **options: Any
        ) -> Any:
            replacement = self._replacement(pool, url) if self.active else None
            return original(replacement or pool, method, url, *args, **options)

        setattr(urlopen, _INTERCEPTION, self)
        return urlopen

    def _replacement(self, pool: HTTPConnectionPool, url: str) -> InProcessPool | None:
        """The pool that answers in process; None where the request is left alone."""
        if isinstance(pool, InProcessPool):
            return None
        if pool.proxy and not url.startswith("/"):
            # a pool for a proxy takes requests to any host, as absolute URLs
            parts = urlsplit(url)
            return self._matching(pool, parts.scheme, parts.hostname, parts.port)
        if pool not in self._pools:
            self._pools[pool] = self._matching(pool, pool.scheme, pool.host, pool.port)
        return self._pools[pool]

    def _matching(
        self, pool: HTTPConnectionPool, scheme: str | None, host: str | None, port: int | None
    ) -> InProcessPool | None:
        if not (scheme and host and any(map(self._hosts.match, _names(scheme, host, port)))):
            return None
        return InProcessPool(
            self._server,
            scheme,
            host,
            port,
            timeout=pool.timeout,
            headers=dict(pool.headers),
            retries=pool.retries,
        )


def _names(scheme: str, host: str, port: int | None) -> tuple[str, str]:
    """The names that a pattern may match: the host alone, and with its port."""
    name = host.lower().rstrip(".")
    return name, f"{name}:{port or {'https': 443}.get(scheme, 80)}"


def _restore() -> None:
    """Take off the outermost wrapper if its interception ended, and those beneath it that did."""
    while (outermost := _outermost()) and not outermost.active:
        HTTPConnectionPool.urlopen = outermost.original  # type: ignore[method-assign]


def _outermost() -> _Interception | None:
    """The interception that is called first; None where urllib3 or another patch is.

    Another patch may carry our attribute too: functools.wraps copies it.
    """
    outermost: _Interception | None = getattr(HTTPConnectionPool.urlopen, _INTERCEPTION, None)
    return outermost if outermost and outermost.wrapper is HTTPConnectionPool.urlopen else None
