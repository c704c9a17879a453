"""HTTP/1.1 on a byte stream: one request read with bounds on all of it, one answer as bytes.

RFC 9112, as much of it as a server needs that keeps connections: what cannot be told apart for
certain (two lengths, folded headers, odd names) is refused, not guessed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedIOBase
from typing import NamedTuple

from sdrs_fake.domain.errors import (
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


class Vanished(Exception):  # noqa: N818 not an error: clients come and go
    """The client left before its request was whole."""


@dataclass(slots=True)
class Head:
    """A request line and its headers, names in lower case."""

    method: str
    target: str
    minor: int
    headers: list[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def says(self, name: str, token: str) -> bool:
        """Is the token among the comma-separated values of a header?"""
        return any(
            token == part.strip().lower() for value in self.all(name) for part in value.split(",")
        )

    @property
    def keeps(self) -> bool:
        """Will the client use the connection again?"""
        if self.minor == 0:
            return self.says("connection", "keep-alive")
        return not self.says("connection", "close")


class Body(NamedTuple):
    """How a body comes: in chunks, or as so many bytes."""

    chunked: bool
    length: int


def read_head(stream: BufferedIOBase) -> Head | None:
    """The next request line and headers; None when the client has no more to say."""
    line = _line(stream, URI_TOO_LARGE)
    if line == "":  # RFC 9112 2.2: an empty line before a request is passed over
        line = _line(stream, URI_TOO_LARGE)
    if line is None:
        return None
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise ApiError(BAD_REQUEST)
    head = Head(match[1], _origin_form(match[2]), int(match[3]), _read_headers(stream))
    hosts = head.all("host")
    require(len(hosts) == 1 or (not hosts and head.minor == 0), BAD_REQUEST)
    return head


def body_of(head: Head) -> Body:
    """How the body comes, or a refusal where that is not clear."""
    codings, lengths = head.all("transfer-encoding"), head.all("content-length")
    if codings:
        clear = [coding.lower() for coding in codings] == ["chunked"] and not lengths and head.minor
        require(clear, BAD_REQUEST)
        return Body(True, 0)
    require(len(lengths) <= 1 and all(_DIGITS.fullmatch(length) for length in lengths), BAD_REQUEST)
    return Body(False, int(lengths[0]) if lengths else 0)


def read_exactly(stream: BufferedIOBase, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise Vanished
    return data


def read_chunks(stream: BufferedIOBase, limit: int) -> bytes:
    """A chunked body, read no further than just past the limit."""
    body = bytearray()
    while True:
        line = _line(stream, HEADERS_TOO_LARGE)
        if line is None:
            raise Vanished
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


def answer(status: str, headers: Iterable[tuple[str, str]], body: bytes, *, keep: bool) -> bytes:
    """Head and body as one piece, to be sent in one write."""
    lines = [
        f"HTTP/1.1 {status}",
        *(f"{name}: {value}" for name, value in (*headers, connection(keep=keep))),
    ]
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1") + body


def connection(*, keep: bool) -> tuple[str, str]:
    """The header that says whether the connection can be used again."""
    return "Connection", "keep-alive" if keep else "close"


def _read_headers(stream: BufferedIOBase) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    room = MAX_HEADERS
    while line := _line(stream, HEADERS_TOO_LARGE):
        room -= len(line)
        require(room >= 0, HEADERS_TOO_LARGE)
        match = _HEADER.fullmatch(line)
        if match is None:
            raise ApiError(BAD_REQUEST)
        headers.append((match[1].lower(), match[2].rstrip(" \t")))
    if line is None:
        raise Vanished
    return headers


def _line(stream: BufferedIOBase, too_long: Refusal) -> str | None:
    """A line without its end; None at the end of the stream."""
    line = stream.readline(MAX_LINE + 1)
    if not line.endswith(b"\n"):
        require(len(line) <= MAX_LINE, too_long)
        return None
    return line[:-2].decode("latin-1") if line.endswith(b"\r\n") else line[:-1].decode("latin-1")


def _origin_form(target: str) -> str:
    """A request target as path and query; clients that take the fake for a proxy send a whole
    URL.
    """
    if target.startswith("/") or target == "*":
        return target
    match = _ABSOLUTE.fullmatch(target)
    if match is None:
        raise ApiError(BAD_REQUEST)
    return match[1] if match[1].startswith("/") else f"/{match[1]}"
