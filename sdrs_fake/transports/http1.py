"""HTTP/1.1 on a byte stream: read requests within limits, write responses.

As much of RFC 9112 as a server with persistent connections needs. What is ambiguous (two lengths,
folded headers, odd names) is refused, not guessed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedIOBase
from typing import NamedTuple
from wsgiref.types import WSGIEnvironment

from sdrs_fake.domain.refusals import (
    BAD_REQUEST,
    BODY_TOO_LARGE,
    HEADERS_TOO_LARGE,
    URI_TOO_LARGE,
    ApiError,
    Refusal,
    require,
)

MAX_REQUEST_LINE = 16 << 10
MAX_HEADERS = 64 << 10
MAX_HEADER_COUNT = 1000

SMALL_CHUNK = 256
"""A body may have as many chunks below this size as would fill its limit at this size."""

# No two neighbouring parts of a pattern match the same character, so matching takes linear time.
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 a pattern
_REQUEST_LINE = re.compile(rf"({_TOKEN}) ([!-~]+) HTTP/1\.([01])")
_HEADER = re.compile(rf"({_TOKEN}):([\t\x20-\x7e\x80-\xff]*)")
_HOST = re.compile(
    r"(?:\[[0-9A-Za-z:.%_~-]+\]|[0-9A-Za-z._~!$&'()*+,;=%-]*)(?::[0-9]{0,5})?"  # RFC 3986 3.2
)
_ABSOLUTE = re.compile(r"https?://([^/?#]+)([/?].*|)", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,18}")
_CHUNK_LINE = re.compile(r"([0-9A-Fa-f]{1,8})[ \t]*(;[\t\x20-\x7e\x80-\xff]*)?")


class ClientDisconnected(Exception):  # noqa: N818 not an error: clients come and go
    """The client closed the connection before its request was complete."""


class RequestError(ApiError):
    """A request was refused while it was read; `environ` is what is known of it.

    The method is empty where it is not known.
    """

    def __init__(self, refusal: Refusal, environ: WSGIEnvironment) -> None:
        super().__init__(refusal)
        self.environ = environ


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


def read_request_line(stream: BufferedIOBase) -> str | None:
    """Read the line that begins a request; None at the end of the stream.

    Of a line that is too long only the beginning is read, for `read_head` to refuse.
    """
    line = _read_line(stream, MAX_REQUEST_LINE)
    if line == "":  # RFC 9112 2.2: one empty line is ignored
        line = _read_line(stream, MAX_REQUEST_LINE)
    return line


def read_head(line: str, stream: BufferedIOBase) -> RequestHead:
    """Read the headers that follow a request line, and check both."""
    require(len(line) <= MAX_REQUEST_LINE, URI_TOO_LARGE)
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise ApiError(BAD_REQUEST)
    head = RequestHead(match[1], _origin_form(match[2]), int(match[3]), _read_headers(stream))
    hosts = head.values("host")
    require(len(hosts) == 1 or (not hosts and head.minor == 0), BAD_REQUEST)
    require(all(is_host(host) for host in hosts), BAD_REQUEST)
    return head


def is_host(value: str) -> bool:
    """Whether a Host header has the form of a host with or without a port; it may be empty."""
    return _HOST.fullmatch(value) is not None


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
    small = extended = 0
    while True:
        size, extension = _read_chunk_line(stream)
        if size == 0:
            _read_headers(stream, crlf=True)  # trailers
            return bytes(body)
        small += size < SMALL_CHUNK
        extended += len(extension)
        require(small <= limit // SMALL_CHUNK, BODY_TOO_LARGE)
        require(extended <= MAX_HEADERS, HEADERS_TOO_LARGE)
        if len(body) + size > limit:
            return bytes(body + read_exactly(stream, limit + 1 - len(body)))
        body += read_exactly(stream, size + 2)  # with the line end behind the chunk
        require(body.endswith(b"\r\n"), BAD_REQUEST)
        del body[-2:]


def format_response(
    status: str, headers: Iterable[tuple[str, str]], body: bytes, *, keep_alive: bool
) -> bytes:
    """Write head and body as one piece, to be sent at once."""
    all_headers = (*headers, connection_header(keep_alive=keep_alive))
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in all_headers), "\r\n"]
    return "\r\n".join(lines).encode("latin-1") + body


def connection_header(*, keep_alive: bool) -> tuple[str, str]:
    return "Connection", "keep-alive" if keep_alive else "close"


def _read_headers(stream: BufferedIOBase, *, crlf: bool = False) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    remaining = MAX_HEADERS
    while line := _read_line(stream, crlf=crlf):
        remaining -= len(line)
        require(remaining >= 0 and len(headers) < MAX_HEADER_COUNT, HEADERS_TOO_LARGE)
        match = _HEADER.fullmatch(line)
        if match is None:
            raise ApiError(BAD_REQUEST)
        headers.append((match[1].lower(), match[2].strip(" \t")))
    if line is None:
        raise ClientDisconnected
    return headers


def _read_chunk_line(stream: BufferedIOBase) -> tuple[int, str]:
    """Read the size of the next chunk, and the extension behind it."""
    line = _read_line(stream, crlf=True)
    if line is None:
        raise ClientDisconnected
    require(len(line) <= MAX_HEADERS, HEADERS_TOO_LARGE)
    match = _CHUNK_LINE.fullmatch(line)
    if match is None:
        raise ApiError(BAD_REQUEST)
    return int(match[1], 16), match[2] or ""


def _read_line(
    stream: BufferedIOBase, most: int = MAX_HEADERS, *, crlf: bool = False
) -> str | None:
    """Read a line without its end, or as much of it as is too much; None at the end of the stream.

    A request's head may end its lines with LF alone (RFC 9112 2.2). With `crlf` that is refused:
    servers that disagree on where a chunk ends take a different next request from the stream.
    """
    line = stream.readline(most + 2)
    if line.endswith(b"\r\n"):
        return line[:-2].decode("latin-1")
    if line.endswith(b"\n"):
        require(not crlf, BAD_REQUEST)
        return line[:-1].decode("latin-1")
    return line.decode("latin-1") if len(line) > most else None


def _origin_form(target: str) -> str:
    """Reduce a request target to path and query; clients of a proxy send an absolute URL."""
    if target.startswith("/") or target == "*":
        return target
    match = _ABSOLUTE.fullmatch(target)
    if match is None or not is_host(match[1]):
        raise ApiError(BAD_REQUEST)
    return match[2] if match[2].startswith("/") else f"/{match[2]}"
