"""What goes in and what comes out: a Call, a Reply, what may go wrong on its way, and the
operations between them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from errno import ECONNREFUSED
from typing import Any, Literal

from sdrs_fake.domain.listing import Listing
from sdrs_fake.domain.project import Project


@dataclass(slots=True)
class Call:
    """A request, HTTP left behind.

    `target` is path and query as they were asked for, `path` and `query` what they say; of a
    repeated
    parameter the first value counts. Header names are in lower case. `root` is the url that the
    path is
    below, and `mount` the path of that, where the app itself is mounted. `operation`, `arguments`,
    the
    ids in the path, and `unknown`, the parameters that the operation has not, are known once the
    route is found.
    """

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    mount: str = ""
    root: str = ""
    operation: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


TROUBLE = "sdrs_fake.trouble"
"""Where a door of the fake's own leaves a list in the environ, to be told of what is to go wrong
with the answer.
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with an answer on its way to the client.

    `drop`: it never comes. `cut`: half of its body does. `slow_body`: the second half comes after
    `latency` seconds, where
    otherwise all of it comes that late. `real` is whether anybody waits for that long. `told` is
    the fault that made it so.
    """

    wire: Literal["", "drop", "cut", "slow_body"] = ""
    latency: float = 0.0
    real: bool = False
    told: str = ""

    def parts(self, body: bytes) -> tuple[bytes, bytes]:
        """What of a body comes in time, and what later or never."""
        if self.wire not in {"cut", "slow_body"}:
            return body, b""
        middle = len(body) // 2
        return body[:middle], body[middle:]

    def __str__(self) -> str:
        late = f", {self.latency:g} s late" if self.latency else ""
        return f"{_TROUBLES[self.wire]}{late}"


_TROUBLES = {
    "": "it came",
    "drop": "the connection ended before the answer",
    "cut": "the connection ended in the middle of the body",
    "slow_body": "its body came in two parts",
}


class WireError(ConnectionError):
    """The connection ended before the answer or in the middle of it, where there is no connection
    that could: in a bare WSGI call.

    `trouble` is what went wrong, `reply` the whole answer that was on its way.
    """

    def __init__(self, trouble: Trouble, reply: "Reply") -> None:
        super().__init__(f"{trouble} ({trouble.told})")
        self.trouble = trouble
        self.reply = reply


class Dark(ConnectionRefusedError):  # noqa: N818 a state, not a mishap
    """Nobody is there: the fake is dark."""

    def __init__(self) -> None:
        super().__init__(ECONNREFUSED, "Connection refused: the fake is dark")


@dataclass(slots=True)
class Reply:
    """An answer: status, headers, and the body as it was sent, unless a journal has `cut` it since.

    A note is for the journal alone; `fault` is the fault that the call met, and `trouble` what it
    made go wrong on the way.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    note: str = ""
    fault: str = ""
    trouble: Trouble | None = None

    @classmethod
    def page(cls, name: str, listing: Listing) -> "Reply":
        """200 with `{"count": n, name: [...]}`, joined from rows that are JSON already."""
        return cls(
            200,
            b'{"count":%d,"%b":[%b]}' % (listing.counted, name.encode(), b",".join(listing.rows)),
        )

    @classmethod
    def of(cls, status: int, content: object, headers: Mapping[str, str] | None = None) -> "Reply":
        return cls(
            status,
            json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(),
            dict(headers or {}),
        )

    @property
    def json(self) -> Any:
        """The body, parsed; None when there is none."""
        return json.loads(self.body) if self.body else None


Operation = Callable[[Project, Call], Reply]
