"""Requests of `requests`, and of urllib3 below it, that reach a fake instead of the network: those
to certain hosts.

What is patched is `urllib3.HTTPConnectionPool.urlopen`, a class's public method that every client
comes through, whoever made
it and whenever. Nothing is kept in this module: each interception wraps the method that it finds,
and lies dormant when its
time is over and another still lies on top.
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

from sdrs_fake.transports.conversation import Conversation
from sdrs_fake.transports.urllib3_pool import InProcessPool

CLOUD = ("sdrs.*.myhuaweicloud.com", "iam.*.myhuaweicloud.com", "iam.myhuaweicloud.com")
"""Where the cloud itself has SDRS and IAM."""

_HOST = re.compile(r"[A-Za-z0-9_.*?:\[\]!-]+")
_INTERCEPTION = "__sdrs_fake_interception__"
_PATCHING = Lock()


class _Interception:
    """Which requests reach which fake, for a while."""

    def __init__(self, conversation: Conversation, hosts: Sequence[str]) -> None:
        self.active = True
        self.original: Callable[..., Any] = HTTPConnectionPool.urlopen
        self.wrapper: Callable[..., Any] | None = None
        self._conversation = conversation
        self._hosts = re.compile("|".join(translate(host.lower()) for host in hosts))
        self._pools: WeakKeyDictionary[HTTPConnectionPool, InProcessPool | None] = (
            WeakKeyDictionary()
        )

    def wrapped(self) -> Callable[..., Any]:
        """The method that asks here first."""
        original = self.original

        @wraps(original)
        def urlopen(
            pool: HTTPConnectionPool, method: str, url: str, *args: Any, **options: Any
        ) -> Any:
            instead = self._pool(pool, url) if self.active else None
            return original(pool if instead is None else instead, method, url, *args, **options)

        setattr(urlopen, _INTERCEPTION, self)
        self.wrapper = urlopen
        return urlopen

    def _pool(self, pool: HTTPConnectionPool, url: str) -> InProcessPool | None:
        """The pool that answers instead; None for what is none of ours."""
        if isinstance(pool, InProcessPool):
            return None
        if pool.proxy and not url.startswith(
            "/"
        ):  # a proxy is told the whole url and asked for any host
            parts = urlsplit(url)
            return self._instead(pool, parts.scheme, parts.hostname, parts.port)
        if pool not in self._pools:
            self._pools[pool] = self._instead(pool, pool.scheme, pool.host, pool.port)
        return self._pools[pool]

    def _instead(
        self, pool: HTTPConnectionPool, scheme: str | None, host: str | None, port: int | None
    ) -> InProcessPool | None:
        if not (scheme and host) or not any(map(self._hosts.match, _names(scheme, host, port))):
            return None
        return InProcessPool(
            self._conversation,
            scheme,
            host,
            port,
            timeout=pool.timeout,
            headers=dict(pool.headers),
            retries=pool.retries,
        )


def _names(scheme: str, host: str, port: int | None) -> Iterator[str]:
    name = host.lower().rstrip(".")
    yield name
    yield f"{name}:{port or {'https': 443}.get(scheme, 80)}"


@contextmanager
def intercepting(conversation: Conversation, hosts: Sequence[str] = ()) -> Iterator[None]:
    """For the time of a `with` block, in all threads, requests to these hosts and the cloud's reach
    the conversation.
    """
    for host in hosts:
        if not isinstance(host, str) or not _HOST.fullmatch(host):
            raise ValueError(
                f"hosts: {host!r} should be a host or a pattern of hosts, such as"
                " sdrs.*.example.com or 127.0.0.1:8080"
            )
    interception = _begin(conversation, (*CLOUD, *hosts))
    try:
        yield
    finally:
        _end(interception)


def _begin(conversation: Conversation, hosts: Sequence[str]) -> _Interception:
    with _PATCHING:
        interception = _Interception(conversation, hosts)
        HTTPConnectionPool.urlopen = interception.wrapped()  # type: ignore[method-assign]
    return interception


def _end(interception: _Interception) -> None:
    """Take the interception off, and those beneath it that ended before."""
    with _PATCHING:
        interception.active = False
        while (top := _on_top()) and not top.active:
            HTTPConnectionPool.urlopen = top.original  # type: ignore[method-assign]


def _on_top() -> _Interception | None:
    """The interception that is called first, unless somebody else's patch is; such a one may carry
    our mark on.
    """
    top: _Interception | None = getattr(HTTPConnectionPool.urlopen, _INTERCEPTION, None)
    return top if top and top.wrapper is HTTPConnectionPool.urlopen else None
