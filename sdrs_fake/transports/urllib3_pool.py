"""A urllib3 connection pool whose requests are answered in process: `requests` works on top of it.

Only what urllib3 means to be replaced is replaced: a pool's `ConnectionCls`, and a connection's
`connect`, `request` and `getresponse`. Retries, timeouts and exceptions are urllib3's own, in 1.26
and 2.
"""

from collections.abc import Mapping
from http.client import HTTPResponse as StandardResponse
from http.client import RemoteDisconnected
from io import BytesIO
from socket import socket
from typing import Any, cast
from wsgiref.types import WSGIEnvironment

from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.connection import HTTPConnection, port_by_scheme
from urllib3.exceptions import NewConnectionError

from sdrs_fake.errors import Offline
from sdrs_fake.transports import http1
from sdrs_fake.transports.in_process import (
    Delay,
    InProcessServer,
    ReceivedResponse,
    ServerDisconnected,
)
from sdrs_fake.transports.plain_requests import plain_headers
from sdrs_fake.transports.wsgi_call import build_environ

DISCONNECTED = "Remote end closed connection without response"
"""The message of http.client."""


class _WriteSocket(BytesIO):
    """Takes the place of a socket while a request is written."""

    sendall = BytesIO.write
    timeout: float | None = None

    def settimeout(self, timeout: float | None) -> None:
        """Note how long urllib3 1.26 waits for the response."""
        self.timeout = timeout


class _ReadSocket:
    """Takes the place of a socket while a response is read."""

    def __init__(self, stream: BytesIO) -> None:
        self._stream = stream

    def makefile(self, _mode: str) -> BytesIO:
        return self._stream


class _SlowStream(BytesIO):
    """A stream that waits once, before bytes from the middle on are read."""

    def __init__(self, data: bytes, middle: int, delay: Delay) -> None:
        super().__init__(data)
        self._middle = middle
        self._delay: Delay | None = delay

    def read(self, size: int | None = -1) -> bytes:
        self._wait_before(size)
        return super().read(size)

    def read1(self, size: int | None = -1) -> bytes:
        self._wait_before(size)
        return super().read1(size)

    def _wait_before(self, size: int | None) -> None:
        wanted = len(self.getbuffer()) if size is None or size < 0 else size
        if self._delay and self.tell() + wanted > self._middle:
            delay, self._delay = self._delay, None
            delay.wait()


class InProcessConnection(HTTPConnection):
    """A connection that has its requests answered by the server in process.

    A plain request is passed on as an environ; any other is written as bytes first.
    """

    def __init__(self, *args: Any, server: InProcessServer, scheme: str, **options: Any) -> None:
        # urllib3 leaves the default port out of the Host header
        self.default_port = port_by_scheme[scheme]  # type: ignore[misc]
        super().__init__(*args, **options)
        self._server = server
        self._scheme = scheme
        self._environ: WSGIEnvironment | None = None
        self._wrapper_options: dict[str, Any] | None = None

    def connect(self) -> None:
        self.sock = cast("socket", _WriteSocket())

    def request(
        self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any
    ) -> None:
        self._environ = self._wrapper_options = None
        if "preload_content" in options:  # urllib3 2; in 1.26 the pool makes the response
            self._wrapper_options = {**options, "request_method": method, "request_url": url}
            chunked = self._wrapper_options.pop("chunked", False)
            if not chunked:
                self._environ = self._plain_environ(method, url, body, headers)
        if self._environ is None:
            super().request(method, url, body, headers, **options)
        else:
            self.connect()

    def getresponse(self) -> Any:
        written = cast("_WriteSocket", self.sock)
        data = written.getvalue() if self._environ is None else b""
        timeout = self.timeout if written.timeout is None else written.timeout
        self.close()  # and so it is ready for the next request
        response = self._send(data)
        if response.network_fault:
            response.delay(timeout).wait()
            if response.disconnected:
                raise RemoteDisconnected(DISCONNECTED)
        if self._wrapper_options is None:
            return _standard_response(response, data, timeout)
        return HTTPResponse(
            _body_stream(response, timeout),
            cast("Mapping[str, str]", response.headers),  # urllib3 takes pairs too
            response.status,
            11,
            reason=response.reason,
            **self._wrapper_options,
        )

    def _plain_environ(
        self, method: str, url: str, body: Any, headers: Any
    ) -> WSGIEnvironment | None:
        if ":" in self.host:  # IPv6 has brackets in the Host header
            return None
        netloc = self.host if self.port == self.default_port else f"{self.host}:{self.port}"
        sent = plain_headers(method, url, body, headers, netloc)
        if sent is None:
            return None
        address = (self.host, self.port)
        return build_environ(
            method, url, sent.items(), body or b"", address=address, scheme=self._scheme
        )

    def _send(self, data: bytes) -> ReceivedResponse:
        try:
            if self._environ is not None:
                return self._server.handle(self._environ, keep_alive=True)
            return self._server.send(data, self._scheme, (self.host, self.port))
        except ServerDisconnected:
            raise RemoteDisconnected(DISCONNECTED) from None
        except Offline as error:
            message = f"Failed to establish a new connection: {error}"
            raise NewConnectionError(self, message) from None


class InProcessPool(HTTPConnectionPool):
    """A pool for one host, whose requests all go to the server in process."""

    ConnectionCls = InProcessConnection

    def __init__(
        self,
        server: InProcessServer,
        scheme: str,
        host: str,
        port: int | None = None,
        **options: Any,
    ) -> None:
        self.scheme = scheme
        super().__init__(host, port, server=server, scheme=scheme, **options)


def _body_stream(response: ReceivedResponse, timeout: object, head: bytes = b"") -> BytesIO:
    """The body, or as much of it as arrives, perhaps with a head before it."""
    if response.network_fault is None:
        return BytesIO(head + response.body)
    first, rest = response.body_parts
    if response.network_fault.kind == "slow_body":
        delay = response.delay(timeout, body=True)
        return _SlowStream(head + first + rest, len(head + first), delay)
    return BytesIO(head + first)


def _standard_response(
    response: ReceivedResponse, sent: bytes, timeout: object
) -> StandardResponse:
    """The response as http.client reads it, for urllib3 1.26."""
    *headers, connection = response.headers
    head = http1.format_response(
        f"{response.status} {response.reason}",
        headers,
        b"",
        keep_alive=connection == http1.connection_header(keep_alive=True),
    )
    reader = cast("socket", _ReadSocket(_body_stream(response, timeout, head)))
    method = sent.partition(b" ")[0].decode("latin-1")
    standard = StandardResponse(reader, method=method)
    standard.begin()
    return standard
