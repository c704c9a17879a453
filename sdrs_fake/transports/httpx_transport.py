"""A transport for httpx clients whose requests are answered in process."""

from collections.abc import AsyncIterator, Iterator
from time import sleep

import httpx

from sdrs_fake.errors import Offline
from sdrs_fake.transports.in_process import (
    Delay,
    InProcessServer,
    ReceivedResponse,
    ServerDisconnected,
)

_PORTS = {"https": 443}


class InProcessTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends every request to the server, whatever its host."""

    def __init__(self, server: InProcessServer) -> None:
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        received = self._send(request, request.read())
        if received.network_fault is None:
            return _response(received, httpx.ByteStream(received.body))
        stream = _FaultyStream(received, request)
        stream.wait()
        return _response(received, stream)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        received = self._send(request, await request.aread())
        if received.network_fault is None:
            return _response(received, httpx.ByteStream(received.body))
        stream = _FaultyStream(received, request)
        await stream.async_wait()
        return _response(received, stream)

    def _send(self, request: httpx.Request, body: bytes) -> ReceivedResponse:
        url = request.url
        address = (url.host, url.port or _PORTS.get(url.scheme, 80))
        try:
            return self._server.send(_format_request(request, body), url.scheme, address)
        except ServerDisconnected:
            raise _disconnected(request) from None
        except Offline as error:
            raise httpx.ConnectError(str(error), request=request) from None


class _FaultyStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a response with a network fault, which it applies while it is read."""

    def __init__(self, received: ReceivedResponse, request: httpx.Request) -> None:
        self._received = received
        self._request = request
        self._timeout = request.extensions.get("timeout", {}).get("read")

    def wait(self, *, body: bool = False) -> None:
        """Wait for the response, or for the rest of its body, as long as the client does."""
        delay = self._received.delay(self._timeout, body=body)
        if delay.seconds:
            sleep(delay.seconds)
        self._check(delay)

    async def async_wait(self, *, body: bool = False) -> None:
        """As `wait`, without blocking the event loop."""
        delay = self._received.delay(self._timeout, body=body)
        if delay.seconds:
            import anyio  # httpx depends on it

            await anyio.sleep(delay.seconds)
        self._check(delay)

    def __iter__(self) -> Iterator[bytes]:
        first, rest = self._received.body_parts
        yield first
        if rest:
            self.wait(body=True)
            yield self._rest(first, rest)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        first, rest = self._received.body_parts
        yield first
        if rest:
            await self.async_wait(body=True)
            yield self._rest(first, rest)

    def _check(self, delay: Delay) -> None:
        if delay.timed_out:
            raise httpx.ReadTimeout("The read operation timed out", request=self._request)
        if self._received.disconnected:
            raise _disconnected(self._request)

    def _rest(self, first: bytes, rest: bytes) -> bytes:
        fault = self._received.network_fault
        if fault is None or fault.kind != "truncate":
            return rest
        sizes = f"received {len(first)} bytes, expected {len(first + rest)}"
        raise httpx.RemoteProtocolError(
            f"peer closed connection without sending complete message body ({sizes})",
            request=self._request,
        )


def _response(
    received: ReceivedResponse, stream: _FaultyStream | httpx.ByteStream
) -> httpx.Response:
    return httpx.Response(
        received.status,
        headers=received.headers,
        stream=stream,
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": received.reason.encode("ascii")},
    )


def _disconnected(request: httpx.Request) -> httpx.RemoteProtocolError:
    message = "Server disconnected without sending a response."
    return httpx.RemoteProtocolError(message, request=request)


def _format_request(request: httpx.Request, body: bytes) -> bytes:
    """Write the request as bytes; a chunked body is sent whole."""
    chunked = request.headers.get("transfer-encoding")
    if chunked not in {None, "chunked"}:
        raise httpx.LocalProtocolError(
            "Only Transfer-Encoding: chunked is supported", request=request
        )
    headers = [
        (name, value) for name, value in request.headers.raw if name.lower() != b"transfer-encoding"
    ]
    if chunked:
        headers.append((b"Content-Length", b"%d" % len(body)))
    lines = [
        b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path),
        *(b"%b: %b" % pair for pair in headers),
    ]
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise httpx.LocalProtocolError("Illegal header value", request=request)
    return b"\r\n".join([*lines, b"", body])
