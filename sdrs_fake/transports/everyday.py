"""The requests that clients make all day, told at a glance: writing them out and reading them again
would change nothing.

Everything else, odd headers, bodies that come piece by piece, what the server might refuse, is left
to be written and read.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

LARGEST = 16 << 10

_TARGET = re.compile(r"/[!-\"$-~]*")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"})
_BODILESS = frozenset({"GET", "HEAD", "DELETE"})
_NEEDED = frozenset({"user-agent", "accept-encoding"})
"""Those that an HTTP library would add."""

_TELLING = frozenset({"transfer-encoding", "expect", "upgrade"})
"""Those that say more about the connection than a glance takes in."""


def headers_of(
    method: str, url: str, body: object, headers: Mapping[Any, Any] | None, netloc: str
) -> dict[str, str] | None:
    """What is sent, names in lower case; None for a request that is not one of every day."""
    if headers is None or method not in _METHODS or not (body is None or type(body) is bytes):
        return None
    sent = {
        _lower(name): value for name, value in headers.items() if type(name) is type(value) is str
    }
    if (
        len(sent) != len(headers)
        or not sent.keys() >= _NEEDED
        or not _TELLING.isdisjoint(sent)
        or "" in sent
    ):
        return None
    sent.setdefault("host", netloc)
    text = "".join([value.strip() for value in sent.values()])
    plain = text.isascii() and text.isprintable() and len(text) == sum(map(len, sent.values()))
    small = len(text) + len(url) <= LARGEST
    return (
        sent if plain and small and _TARGET.fullmatch(url) and _framed(method, body, sent) else None
    )


@lru_cache(maxsize=256)
def _lower(name: str) -> str:
    """A header's name in lower case; empty for what is no name."""
    return name.lower() if _NAME.fullmatch(name) else ""


def _framed(method: str, body: bytes | None, sent: Mapping[str, str]) -> bool:
    """Does the body have the length that the headers say, and is the connection kept?"""
    usual = None if body is None and method in _BODILESS else str(len(body or b""))
    return (
        sent.get("content-length") == usual
        and len(body or b"") <= LARGEST
        and sent.get("connection", "keep-alive") == "keep-alive"
    )
