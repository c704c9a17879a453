"""A transport for httpx clients that ends in the process."""

import httpx

from sdrs_fake.transports.conversation import Conversation, Dropped

_PORTS = {"https": 443}


class InProcessTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends every request into the conversation, whatever its host."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, await request.aread())

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        url = request.url
        try:
            answer = self._conversation.exchange(_as_sent(request, body), url.scheme, (url.host, url.port or _PORTS.get(url.scheme, 80)))
        except Dropped:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request) from None
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=httpx.ByteStream(answer.body),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": answer.reason.encode("ascii")},
        )


def _as_sent(request: httpx.Request, body: bytes) -> bytes:
    """The request as bytes; a body that comes in chunks is sent whole."""
    chunked = request.headers.get("transfer-encoding")
    if chunked not in (None, "chunked"):
        raise httpx.LocalProtocolError("Only Transfer-Encoding: chunked is supported", request=request)
    headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"transfer-encoding"]
    if chunked:
        headers.append((b"Content-Length", b"%d" % len(body)))
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path), *(b"%b: %b" % pair for pair in headers)]
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise httpx.LocalProtocolError("Illegal header value", request=request)
    return b"\r\n".join([*lines, b"", body])
