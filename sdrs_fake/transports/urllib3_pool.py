"""A urllib3 connection pool whose connections end in a conversation: `requests` speaks through it,
with or without knowing.

Only what urllib3 means to be replaced is replaced: the pool's `ConnectionCls`, and of a connection
`connect`, `request` and
`getresponse`. Retries, timeouts, and what exceptions turn into, are urllib3's own, 1.26 and 2
alike.
"""

from collections.abc import Mapping
from http.client import HTTPResponse as PlainResponse
from http.client import RemoteDisconnected
from io import BytesIO
from socket import socket
from typing import TYPE_CHECKING, Any, cast

from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.connection import HTTPConnection, port_by_scheme
from urllib3.exceptions import NewConnectionError

from sdrs_fake.exchange import Dark
from sdrs_fake.transports import http1
from sdrs_fake.transports.conversation import Answered, Conversation, Dropped, Wait
from sdrs_fake.transports.everyday import headers_of
from sdrs_fake.transports.wsgi_call import environ_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HUNG_UP = "Remote end closed connection without response"
"""As http.client says it."""


class _Sent(BytesIO):
    """Stands where a socket does while a request is written."""

    sendall = BytesIO.write
    patience: float | None = None

    def settimeout(self, timeout: float | None) -> None:
        """So urllib3 1.26 says how long it waits for the answer."""
        self.patience = timeout


class _Late(BytesIO):
    """Bytes of which those from the middle on have to be waited for, once."""

    def __init__(self, data: bytes, middle: int, wait: Wait) -> None:
        super().__init__(data)
        self._middle = middle
        self._wait: Wait | None = wait

    def read(self, size: int | None = -1) -> bytes:
        self._reach(size)
        return super().read(size)

    def read1(self, size: int | None = -1) -> bytes:
        self._reach(size)
        return super().read1(size)

    def _reach(self, size: int | None) -> None:
        asked = len(self.getbuffer()) if size is None or size < 0 else size
        if self._wait and self.tell() + asked > self._middle:
            wait, self._wait = self._wait, None
            wait.over()


class _Received:
    """Stands where a socket does while an answer is read."""

    def __init__(self, stream: BytesIO) -> None:
        self._stream = stream

    def makefile(self, _mode: str) -> BytesIO:
        return self._stream


class InProcessConnection(HTTPConnection):
    """A connection that writes its request into memory and has it answered there; one of every day
    it does not even write.
    """

    def __init__(self, *args: Any, conversation: Conversation, scheme: str, **options: Any) -> None:
        # it is a connection of that scheme to its client
        self.default_port = port_by_scheme[scheme]  # type: ignore[misc]
        super().__init__(*args, **options)
        self._conversation = conversation
        self._scheme = scheme
        self._environ: WSGIEnvironment | None = None
        self._wrapping: dict[str, Any] | None = None

    def connect(self) -> None:
        self.sock = cast("socket", _Sent())

    def request(
        self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any
    ) -> None:
        self._environ = self._wrapping = None
        if (
            "preload_content" in options
        ):  # urllib3 2 tells a connection how its answer is wrapped, 1.26 wraps it itself
            wrapping = {name: value for name, value in options.items() if name != "chunked"}
            self._wrapping = {**wrapping, "request_method": method, "request_url": url}
            netloc = self.host if self.port == self.default_port else f"{self.host}:{self.port}"
            sent = (
                None
                if options.get("chunked") or ":" in self.host
                else headers_of(method, url, body, headers, netloc)
            )
            if sent is not None:
                self.connect()
                self._environ = environ_of(
                    method, url, sent.items(), body or b"", server=self._server, scheme=self._scheme
                )
                return
        super().request(method, url, body, headers, **options)

    def getresponse(self) -> Any:
        written = cast("_Sent", self.sock)
        sent = written.getvalue() if self._environ is None else b""
        patience = self.timeout if written.patience is None else written.patience
        self.close()  # and so ready for the next request
        answer = self._answer(sent)
        if answer.trouble:
            answer.wait(patience).over()
            if answer.dropped:
                raise RemoteDisconnected(HUNG_UP)
        if self._wrapping is None:
            return _plain(answer, sent, patience)
        headers = cast("Mapping[str, str]", answer.headers)  # pairs are taken as well
        return HTTPResponse(
            _stream(b"", answer, patience),
            headers,
            answer.status,
            11,
            reason=answer.reason,
            **self._wrapping,
        )

    def _answer(self, sent: bytes) -> Answered:
        try:
            if self._environ is not None:
                return self._conversation.answer(self._environ, keep=True)
            return self._conversation.exchange(sent, self._scheme, self._server)
        except Dropped:
            raise RemoteDisconnected(HUNG_UP) from None
        except Dark as error:
            raise NewConnectionError(
                self, f"Failed to establish a new connection: {error}"
            ) from None

    @property
    def _server(self) -> tuple[str, int]:
        return self.host, self.port


class InProcessPool(HTTPConnectionPool):
    """A pool for one host, whose every request goes into the conversation."""

    ConnectionCls = InProcessConnection

    def __init__(
        self,
        conversation: Conversation,
        scheme: str,
        host: str,
        port: int | None = None,
        **options: Any,
    ) -> None:
        self.scheme = scheme
        super().__init__(host, port, conversation=conversation, scheme=scheme, **options)


def _stream(head: bytes, answer: Answered, patience: object) -> BytesIO:
    """What comes after each other: some bytes, and the body, or as much of it as comes."""
    if answer.trouble is None:
        return BytesIO(head + answer.body)
    first, rest = answer.parts
    if answer.trouble.wire == "slow_body":
        return _Late(head + first + rest, len(head + first), answer.wait(patience, body=True))
    return BytesIO(head + first)


def _plain(answer: Answered, sent: bytes, patience: object) -> PlainResponse:
    """The answer as http.client gives it."""
    keep = ("Connection", "keep-alive") in answer.headers
    head = http1.answer(f"{answer.status} {answer.reason}", answer.headers[:-1], b"", keep=keep)
    received = _Received(_stream(head, answer, patience))
    response = PlainResponse(
        cast("socket", received), method=sent.partition(b" ")[0].decode("latin-1")
    )
    response.begin()
    return response
