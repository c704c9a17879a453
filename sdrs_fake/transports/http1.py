"""HTTP/1.1 on a byte stream: read requests within limits, write responses.

As much of RFC 9112 as a server with persistent connections needs. What is ambiguous (two lengths,
folded headers, odd names) is refused, not guessed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedIOBase
from typing import NamedTuple

from sdrs_fake.domain.refusals import (
    BAD_REQUEST,
    HEADERS_TOO_LARGE,
    URI_TOO_LARGE,
    ApiError,
    Refusal,
    require,
)

MAX_LINE = 64 << 10
MAX_HEADERS = 64 << 10

_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+) HTTP/1\.([01])")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*)")
_ABSOLUTE = re.compile(r"https?://[^/?#]+([/?].*|)", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,18}")
_HEX = re.compile(r"([0-9A-Fa-f]{1,8})[ \t]*(;[^\r\n]*)?")


class ClientDisconnected(Exception):  # noqa: N818 not an error: clients come and go
    """The client closed the connection before its request was complete."""


@dataclass(slots=True)
class RequestHead:
    """A request line and its headers, names in lower case."""

    method: str
    target: str
    minor: int
    headers: list[tuple[str, str]]

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def has_token(self, name: str, token: str) -> bool:
        """Whether the token is among the comma-separated values of a header."""
        parts = ",".join(self.values(name)).lower().split(",")
        return token in [part.strip() for part in parts]

    @property
    def keep_alive(self) -> bool:
        """Whether the client may use the connection again."""
        if self.minor == 0:
            return self.has_token("connection", "keep-alive")
        return not self.has_token("connection", "close")


class BodyFraming(NamedTuple):
    """How the end of a body is found: it is chunked, or has a length in bytes."""

    chunked: bool
    length: int


def read_head(stream: BufferedIOBase) -> RequestHead | None:
    """Read the next request line and headers; None at the end of the stream."""
    line = _read_line(stream, URI_TOO_LARGE)
    if line == "":  # RFC 9112 2.2: an empty line before a request is ignored
        line = _read_line(stream, URI_TOO_LARGE)
    if line is None:
        return None
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise ApiError(BAD_REQUEST)
    head = RequestHead(match[1], _origin_form(match[2]), int(match[3]), _read_headers(stream))
    hosts = head.values("host")
    require(len(hosts) == 1 or (not hosts and head.minor == 0), BAD_REQUEST)
    return head


def body_framing(head: RequestHead) -> BodyFraming:
    """Find out how a body is delimited; ApiError where the headers are ambiguous."""
    codings, lengths = head.values("transfer-encoding"), head.values("content-length")
    if codings:
        chunked_alone = [coding.lower() for coding in codings] == ["chunked"] and not lengths
        require(chunked_alone and head.minor, BAD_REQUEST)
        return BodyFraming(chunked=True, length=0)
    require(len(lengths) <= 1 and all(_DIGITS.fullmatch(length) for length in lengths), BAD_REQUEST)
    return BodyFraming(chunked=False, length=int(lengths[0]) if lengths else 0)


def read_exactly(stream: BufferedIOBase, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise ClientDisconnected
    return data


def read_chunks(stream: BufferedIOBase, limit: int) -> bytes:
    """Read a chunked body, no further than just past the limit."""
    body = bytearray()
    while True:
        line = _read_line(stream, HEADERS_TOO_LARGE)
        if line is None:
            raise ClientDisconnected
        match = _HEX.fullmatch(line)
        if match is None:
            raise ApiError(BAD_REQUEST)
        size = int(match[1], 16)
        if size == 0:
            _read_headers(stream)  # trailers
            return bytes(body)
        body += read_exactly(stream, min(size, limit + 1 - len(body)))
        if len(body) > limit:
            return bytes(body)
        require(read_exactly(stream, 2) == b"\r\n", BAD_REQUEST)


def format_response(
    status: str, headers: Iterable[tuple[str, str]], body: bytes, *, keep_alive: bool
) -> bytes:
    """Write head and body as one piece, to be sent at once."""
    all_headers = (*headers, connection_header(keep_alive=keep_alive))
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in all_headers), "\r\n"]
    return "\r\n".join(lines).encode("latin-1") + body


def connection_header(*, keep_alive: bool) -> tuple[str, str]:
    return "Connection", "keep-alive" if keep_alive else "close"


def _read_headers(stream: BufferedIOBase) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    remaining = MAX_HEADERS
    while line := _read_line(stream, HEADERS_TOO_LARGE):
        remaining -= len(line)
        require(remaining >= 0, HEADERS_TOO_LARGE)
        match = _HEADER.fullmatch(line)
        if match is None:
            raise ApiError(BAD_REQUEST)
        headers.append((match[1].lower(), match[2].rstrip(" \t")))
    if line is None:
        raise ClientDisconnected
    return headers


def _read_line(stream: BufferedIOBase, too_long: Refusal) -> str | None:
    """Read a line without its end; None at the end of the stream."""
    line = stream.readline(MAX_LINE + 1)
    if not line.endswith(b"\n"):
        require(len(line) <= MAX_LINE, too_long)
        return None
    return line[:-2].decode("latin-1") if line.endswith(b"\r\n") else line[:-1].decode("latin-1")


def _origin_form(target: str) -> str:
    """Reduce a request target to path and query; clients of a proxy send an absolute URL."""
    if target.startswith("/") or target == "*":
        return target
    match = _ABSOLUTE.fullmatch(target)
    if match is None:
        raise ApiError(BAD_REQUEST)
    return match[1] if match[1].startswith("/") else f"/{match[1]}"
