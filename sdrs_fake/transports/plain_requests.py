"""The fast path for plain requests: those that arrive the same without being written and parsed.

Everything else is written as bytes and read back: odd headers, bodies in chunks, and whatever the
server might refuse.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sdrs_fake.transports import http1

MAX_SIZE = 16 << 10
MAX_HEADERS = 100

_TARGET = re.compile(r"/[!-\"$-~]*")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"})
_BODILESS = frozenset({"GET", "HEAD", "DELETE"})

_REQUIRED = frozenset({"user-agent", "accept-encoding"})
"""Headers that an HTTP library would add."""

_FRAMING = frozenset({"transfer-encoding", "expect", "upgrade"})
"""Headers that change how the request is read."""


def plain_headers(
    method: str, url: str, body: object, headers: Mapping[Any, Any] | None, netloc: str
) -> dict[str, str] | None:
    """The headers of a plain request as they arrive; None for a request that is not plain."""
    if headers is None or method not in _METHODS or not (body is None or type(body) is bytes):
        return None
    sent = {
        _lower(name): value for name, value in headers.items() if type(name) is type(value) is str
    }
    is_complete = len(sent) == len(headers) and "" not in sent and sent.keys() >= _REQUIRED
    if not is_complete or not _FRAMING.isdisjoint(sent) or len(sent) > MAX_HEADERS:
        return None
    if not http1.is_host(sent.setdefault("host", netloc)):
        return None
    if (
        _is_plain_text(sent, room=MAX_SIZE - len(url))
        and _TARGET.fullmatch(url)
        and _is_usual_body(method, body, sent)
    ):
        return sent
    return None


@lru_cache(maxsize=256)
def _lower(name: str) -> str:
    """A header's name in lower case; empty for an invalid one."""
    return name.lower() if _NAME.fullmatch(name) else ""


def _is_plain_text(sent: Mapping[str, str], room: int) -> bool:
    """Whether the values are printable ASCII without blanks at their ends, and fit into `room`."""
    text = "".join([value.strip() for value in sent.values()])
    is_stripped = len(text) == sum(map(len, sent.values()))
    return is_stripped and len(text) <= room and text.isascii() and text.isprintable()


def _is_usual_body(method: str, body: bytes | None, sent: Mapping[str, str]) -> bool:
    """Whether the body has the length that the headers say, and the connection is kept."""
    length = None if body is None and method in _BODILESS else str(len(body or b""))
    return (
        sent.get("content-length") == length
        and len(body or b"") <= MAX_SIZE
        and sent.get("connection", "keep-alive") == "keep-alive"
    )
