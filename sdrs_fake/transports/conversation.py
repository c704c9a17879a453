"""The other end of a connection that is none: a request as bytes goes in, the answer comes back as
values.
"""

from collections.abc import Callable
from io import BytesIO
from math import inf
from time import sleep
from typing import TYPE_CHECKING, NamedTuple

from sdrs_fake.domain.errors import ApiError, Refusal
from sdrs_fake.exchange import TROUBLE, Trouble
from sdrs_fake.transports import http1
from sdrs_fake.transports.incoming import environ_from
from sdrs_fake.transports.wsgi_call import Answer, called

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class Dropped(Exception):  # noqa: N818 each door says it in the words of its library
    """The connection ended before there was an answer."""


class Answered(NamedTuple):
    """An answer as a client finds it: the status with its phrase, the headers, the whole body, and
    what went wrong on its way.
    """

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    trouble: Trouble | None = None

    @property
    def dropped(self) -> bool:
        return self.trouble is not None and self.trouble.wire == "drop"

    @property
    def parts(self) -> tuple[bytes, bytes]:
        """What of the body comes in time, and what later or never."""
        return self.trouble.parts(self.body) if self.trouble else (self.body, b"")

    def wait(self, most: object, *, body: bool = False) -> "Wait":
        """How a client waits, that has so many seconds of patience, if any number: for the answer,
        or for the rest of its `body`.
        """
        trouble = self.trouble
        if trouble is None or (trouble.wire == "slow_body") is not body:
            return Wait(0.0, in_vain=False)
        patience = float(most) if isinstance(most, int | float) else inf
        return Wait(
            min(patience, trouble.latency) if trouble.real else 0.0,
            in_vain=trouble.latency >= patience,
        )


class Wait(NamedTuple):
    """For how long, in seconds, and whether the client gives up then."""

    seconds: float
    in_vain: bool

    def over(self) -> None:
        """Wait; TimeoutError for a client that gives up."""
        if self.seconds:
            sleep(self.seconds)
        if self.in_vain:
            raise TimeoutError("timed out")


class Conversation:
    """What an app and its server would answer on the wire, and nothing listens.

    The bytes are read by the same code that reads them off a socket, so what it refuses is refused
    here too.
    A bug of the app is raised.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        refuse: Callable[[Refusal], "WSGIApplication"],
        *,
        max_body: Callable[[str], int],
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._max_body = max_body

    def exchange(self, sent: bytes, scheme: str, server: tuple[str, int]) -> Answered:
        """The answer to a request as it is sent; Dropped where the server would hang up, Dark where
        there is none.
        """
        stream = BytesIO(sent)
        try:
            head = http1.read_head(stream)
            if head is None:
                raise Dropped
            environ, whole = environ_from(
                stream, head, max_body=self._max_body, server=server, scheme=scheme
            )
        except ApiError as error:
            return _answered(
                called(self._refuse(error.refusal), {"REQUEST_METHOD": "GET"}), keep=False
            )
        except http1.Vanished:
            raise Dropped from None
        return self.answer(environ, keep=whole and head.keeps)

    def answer(self, environ: "WSGIEnvironment", *, keep: bool) -> Answered:
        """The answer to a request that has been read, and what is to go wrong with it: each door
        says that in the words of its library.
        """
        told: list[Trouble] = []
        environ[TROUBLE] = told
        return _answered(called(self._app, environ), keep=keep, trouble=told[0] if told else None)


def _answered(answer: Answer, *, keep: bool, trouble: Trouble | None = None) -> Answered:
    status, headers, body = answer
    code, _, reason = status.partition(" ")
    return Answered(int(code), reason, [*headers, http1.connection(keep=keep)], body, trouble)
