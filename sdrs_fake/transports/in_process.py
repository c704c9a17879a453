"""The in-process server: it answers as the loopback server would, without a socket."""

from collections.abc import Callable
from io import BytesIO
from math import inf
from time import sleep
from typing import NamedTuple
from wsgiref.types import WSGIApplication, WSGIEnvironment

from sdrs_fake.domain.refusals import Refusal
from sdrs_fake.messages import NETWORK_FAULT, NetworkFault
from sdrs_fake.transports import http1
from sdrs_fake.transports.wsgi_call import call_app, read_request


class ServerDisconnected(Exception):  # noqa: N818 each client library has an error of its own
    """The server closed the connection before it answered."""


class Delay(NamedTuple):
    """How long a client waits, in seconds, and whether its timeout is over then."""

    seconds: float = 0.0
    timed_out: bool = False

    def wait(self) -> None:
        """Sleep; TimeoutError for a client that does not wait that long."""
        if self.seconds:
            sleep(self.seconds)
        if self.timed_out:
            raise TimeoutError("timed out")


class ReceivedResponse(NamedTuple):
    """A response as a client receives it, and the network fault that the client has to apply."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    network_fault: NetworkFault | None = None

    @property
    def disconnected(self) -> bool:
        return self.network_fault is not None and self.network_fault.kind == "disconnect"

    @property
    def body_parts(self) -> tuple[bytes, bytes]:
        """The part of the body that arrives at once, and the part that is late or lost."""
        return self.network_fault.parts(self.body) if self.network_fault else (self.body, b"")

    def delay(self, timeout: object, *, body: bool = False) -> Delay:
        """Find out how long a client waits for the response, or for the rest of its `body`.

        `timeout` is the client's own: seconds, or anything else for no timeout.
        """
        fault = self.network_fault
        if fault is None or (fault.kind == "slow_body") is not body:
            return Delay()
        limit = float(timeout) if isinstance(timeout, int | float) else inf
        seconds = min(limit, fault.latency) if fault.sleep else 0.0
        return Delay(seconds, timed_out=fault.latency >= limit)


class InProcessServer:
    """Answers requests of clients in the same process.

    Requests are read by the same code that reads them off a socket, so what the loopback server
    refuses is refused here too. A bug of the app is raised to the client.
    """

    def __init__(
        self,
        app: WSGIApplication,
        refuse: Callable[[Refusal], WSGIApplication],
        *,
        max_body: Callable[[WSGIEnvironment], int],
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._max_body = max_body

    def send(self, data: bytes, scheme: str, address: tuple[str, int]) -> ReceivedResponse:
        """Answer a request given as bytes.

        Raises ServerDisconnected where a server would close the connection, and Offline.
        """
        try:
            request = read_request(
                BytesIO(data), max_body=self._max_body, address=address, scheme=scheme
            )
        except http1.RequestError as error:
            return _call(self._refuse(error.refusal), error.environ, keep_alive=False)
        except http1.ClientDisconnected:
            raise ServerDisconnected from None
        if request is None:
            raise ServerDisconnected
        return self.handle(request.environ, keep_alive=request.keep_alive)

    def handle(self, environ: WSGIEnvironment, *, keep_alive: bool) -> ReceivedResponse:
        """Answer a request that was parsed already."""
        return _call(self._app, environ, keep_alive=keep_alive)


def _call(app: WSGIApplication, environ: WSGIEnvironment, *, keep_alive: bool) -> ReceivedResponse:
    faults: list[NetworkFault] = []
    environ[NETWORK_FAULT] = faults
    status, headers, body = call_app(app, environ)
    code, _, reason = status.partition(" ")
    headers = [*headers, http1.connection_header(keep_alive=keep_alive)]
    return ReceivedResponse(int(code), reason, headers, body, faults[0] if faults else None)
