"""A transport for httpx clients that ends in the process."""

from collections.abc import AsyncIterator, Iterator
from time import sleep

import httpx

from sdrs_fake.exchange import Dark
from sdrs_fake.transports.conversation import Answered, Conversation, Dropped, Wait

_PORTS = {"https": 443}


class InProcessTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends every request into the conversation, whatever its host."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._answer(request, request.read())
        if answer.trouble is None:
            return _response(answer, httpx.ByteStream(answer.body))
        stream = _Stream(answer, request)
        stream.wait(body=False)
        return _response(answer, stream)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._answer(request, await request.aread())
        if answer.trouble is None:
            return _response(answer, httpx.ByteStream(answer.body))
        stream = _Stream(answer, request)
        await stream.async_wait(body=False)
        return _response(answer, stream)

    def _answer(self, request: httpx.Request, body: bytes) -> Answered:
        url = request.url
        try:
            return self._conversation.exchange(
                _as_sent(request, body),
                url.scheme,
                (url.host, url.port or _PORTS.get(url.scheme, 80)),
            )
        except Dropped:
            raise _hung_up(request) from None
        except Dark as error:
            raise httpx.ConnectError(str(error), request=request) from None


class _Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that has trouble on its way: it comes at once, in two parts, or not whole."""

    def __init__(self, answer: Answered, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request
        self._patience = request.extensions.get("timeout", {}).get("read")

    def wait(self, *, body: bool) -> None:
        """Wait for the answer, or for the rest of its body, as long as the client does."""
        wait = self._answer.wait(self._patience, body=body)
        if wait.seconds:
            sleep(wait.seconds)
        self._check(wait)

    async def async_wait(self, *, body: bool) -> None:
        """As `wait`, and others get their turn."""
        wait = self._answer.wait(self._patience, body=body)
        if wait.seconds:
            import anyio  # httpx brings it

            await anyio.sleep(wait.seconds)
        self._check(wait)

    def __iter__(self) -> Iterator[bytes]:
        first, rest = self._answer.parts
        yield first
        if rest:
            self.wait(body=True)
            yield self._whole(first, rest)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        first, rest = self._answer.parts
        yield first
        if rest:
            await self.async_wait(body=True)
            yield self._whole(first, rest)

    def _check(self, wait: Wait) -> None:
        if wait.in_vain:
            raise httpx.ReadTimeout("The read operation timed out", request=self._request)
        if self._answer.dropped:
            raise _hung_up(self._request)

    def _whole(self, first: bytes, rest: bytes) -> bytes:
        if self._answer.trouble and self._answer.trouble.wire == "cut":
            told = f"received {len(first)} bytes, expected {len(first + rest)}"
            raise httpx.RemoteProtocolError(
                f"peer closed connection without sending complete message body ({told})",
                request=self._request,
            )
        return rest


def _response(answer: Answered, stream: _Stream | httpx.ByteStream) -> httpx.Response:
    return httpx.Response(
        answer.status,
        headers=answer.headers,
        stream=stream,
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": answer.reason.encode("ascii")},
    )


def _hung_up(request: httpx.Request) -> httpx.RemoteProtocolError:
    return httpx.RemoteProtocolError(
        "Server disconnected without sending a response.", request=request
    )


def _as_sent(request: httpx.Request, body: bytes) -> bytes:
    """The request as bytes; a body that comes in chunks is sent whole."""
    chunked = request.headers.get("transfer-encoding")
    if chunked not in (None, "chunked"):
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
