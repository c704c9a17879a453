"""Requests as WSGI calls: every transport builds its environ and calls the app here."""

import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BufferedIOBase, BytesIO
from typing import NamedTuple
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

from sdrs_fake.domain.refusals import REQUEST_TIMEOUT, ApiError
from sdrs_fake.messages import OWN_MARK, OWN_TRANSPORT, TARGET
from sdrs_fake.transports import http1

CallResult = tuple[str, list[tuple[str, str]], bytes]
"""Status line, headers and whole body."""

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_UNPREFIXED = {"CONTENT_TYPE", "CONTENT_LENGTH"}


class IncomingRequest(NamedTuple):
    """A request that was read from a stream; `complete` unless its body was not read to the end."""

    environ: WSGIEnvironment
    keep_alive: bool
    complete: bool


def build_environ(  # noqa: PLR0913 a request has that many parts
    method: str,
    target: str,
    headers: Iterable[tuple[str, str]],
    body: bytes = b"",
    *,
    address: tuple[str, int] = ("127.0.0.1", 80),
    protocol: str = "HTTP/1.1",
    scheme: str = "http",
    peer: str = "127.0.0.1",
) -> WSGIEnvironment:
    """Build the environ of a request: `target` is still percent-encoded, strings are Latin-1.

    Headers with an underscore in their name are left out: WSGI could not tell them from those
    with a dash.
    """
    path, _, query = target.partition("?")
    if "%" in path:
        path = unquote_to_bytes(path.encode("latin-1")).decode("latin-1")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        TARGET: target,
        OWN_TRANSPORT: OWN_MARK,
        "SERVER_NAME": address[0],
        "SERVER_PORT": str(address[1]),
        "SERVER_PROTOCOL": protocol,
        "REMOTE_ADDR": peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    repeated: dict[str, list[str]] = {}
    for name, value in headers:
        if "_" in name:
            continue
        key = _environ_key(name)
        if key in environ and key != "CONTENT_LENGTH":
            repeated.setdefault(key, [environ[key]]).append(value)
        else:
            environ[key] = value
    for key, values in repeated.items():
        environ[key] = ",".join(values)
    return environ


def read_request(  # noqa: PLR0913 a request has that many parts
    stream: BufferedIOBase,
    *,
    max_body: Callable[[WSGIEnvironment], int],
    address: tuple[str, int],
    scheme: str = "http",
    peer: str = "127.0.0.1",
    write: Callable[[bytes], object] | None = None,
) -> IncomingRequest | None:
    """Read the next request; None at the end of the stream, RequestError where it is malformed.

    `max_body` gives the largest body that is read for a request, by its head. `write` reaches a
    client that waits for 100 Continue before it sends its body. A stream whose reading raises
    TimeoutError is a client that is too slow.
    """
    environ: WSGIEnvironment = {"REQUEST_METHOD": ""}
    try:
        line = http1.read_request_line(stream)
        if line is None:
            return None
        environ["REQUEST_METHOD"] = line.partition(" ")[0]
        head = http1.read_head(line, stream)
        environ = build_environ(
            head.method,
            head.target,
            [pair for pair in head.headers if pair[0] != "transfer-encoding"],
            address=address,
            protocol=f"HTTP/1.{head.minor}",
            scheme=scheme,
            peer=peer,
        )
        body, complete = _read_body(head, stream, max_body(environ), write)
    except TimeoutError:
        raise http1.RequestError(REQUEST_TIMEOUT, environ) from None
    except ApiError as error:
        raise http1.RequestError(error.refusal, environ) from None
    if body:
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
    return IncomingRequest(environ, complete and head.keep_alive, complete)


def _read_body(
    head: http1.RequestHead,
    stream: BufferedIOBase,
    limit: int,
    write: Callable[[bytes], object] | None,
) -> tuple[bytes, bool]:
    """Read a body, and whether that is all of it: one above the limit is left unread."""
    chunked, length = http1.body_framing(head)
    if length > limit or (chunked and not limit):
        return b"", False
    if write and head.minor and head.has_token("expect", "100-continue"):
        write(CONTINUE)
    if not chunked:
        return http1.read_exactly(stream, length), True
    body = http1.read_chunks(stream, limit)
    return body, len(body) <= limit


def call_app(app: WSGIApplication, environ: WSGIEnvironment) -> CallResult:
    """Call an app and collect its response."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        started[:] = [(status, headers)]
        return _refuse_write

    chunks = app(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    return *started[0], body


@lru_cache(maxsize=256)
def _environ_key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in _UNPREFIXED else f"HTTP_{key}"


def _refuse_write(_data: bytes) -> None:
    raise TypeError("the app should return its body, not write it")
