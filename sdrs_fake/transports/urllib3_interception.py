"""Interception of urllib3, which `requests` works on.

It patches `urllib3.HTTPConnectionPool.urlopen`: retries and errors are urllib3's own code.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from urllib3 import HTTPConnectionPool

from sdrs_fake.transports.in_process import InProcessServer
from sdrs_fake.transports.patches import Patch
from sdrs_fake.transports.urllib3_pool import InProcessPool

Matches = Callable[[str, str, int | None], bool]


def urllib3_patch(server: InProcessServer, matches: Matches) -> Patch:
    """The patch; `matches` is asked with scheme, host and port."""
    pools = _Pools(server, matches)

    def wrap(patch: Patch) -> Callable[..., Any]:
        @wraps(patch.original)
        def urlopen(
            pool: HTTPConnectionPool, method: str, url: str, *args: Any, **options: Any
        ) -> Any:
            replacement = pools.replacement(pool, url) if patch.active else None
            return patch.original(replacement or pool, method, url, *args, **options)

        return urlopen

    return Patch(HTTPConnectionPool, "urlopen", wrap)


class _Pools:
    """The pools that answer in process, by the pools that they take the place of."""

    def __init__(self, server: InProcessServer, matches: Matches) -> None:
        self._server = server
        self._matches = matches
        self._pools: WeakKeyDictionary[HTTPConnectionPool, InProcessPool | None] = (
            WeakKeyDictionary()
        )

    def replacement(self, pool: HTTPConnectionPool, url: str) -> InProcessPool | None:
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
        if not (scheme and host and self._matches(scheme, host, port)):
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
