"""Messages that the layers pass on: Request, Response, and what a network fault does to it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from sdrs_fake.domain.plans import Failure
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.store import Listing

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Headers(dict[str, str]):
    """The headers of a response by the names as they were sent; they are found in any case."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(self._spelling(name))

    def __missing__(self, name: str) -> str:
        spelling = self._spelling(name)
        if spelling == name:
            raise KeyError(name)
        return self[spelling]

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(self._spelling(name), default)

    def _spelling(self, name: Any) -> Any:
        """The name as it was sent, or as it is where it was not."""
        if super().__contains__(name) or not isinstance(name, str):
            return name
        wanted = name.lower()
        return next((each for each in self if each.lower() == wanted), name)


@dataclass(frozen=True, slots=True)
class Request:
    """A request without its HTTP.

    `target` is path and query as they were sent; `path` and `params` are decoded, and of a repeated
    parameter the first value counts. Header names are in lower case. `base_url` is the URL that the
    path is below; `mount` is the path of that URL where the app is mounted somewhere. `operation`
    is the id of the operation, empty where the route is unknown; `path_params` are the ids in the
    path; `unknown_params` are the parameters that the operation does not have, `unknown_fields`
    those of its JSON body. `job_failures` is how a job fails that it starts, by job type, where one
    is to fail. `remote_addr` is the address of the client, `id` what the response has as
    X-Request-Id. `strict` says whether the fake checks credentials.
    """

    method: str
    target: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    mount: str = ""
    base_url: str = ""
    operation: str = ""
    path_params: Mapping[str, str] = field(default_factory=dict)
    unknown_params: tuple[str, ...] = ()
    unknown_fields: tuple[str, ...] = ()
    job_failures: Mapping[str, Failure] | None = None
    remote_addr: str = ""
    id: str = ""
    strict: bool = False

    @property
    def declared_length(self) -> int:
        """The length of the body by its header; 0 where that is no number."""
        return parse_length(self.headers.get("content-length", ""))


def parse_length(text: str) -> int:
    """A Content-Length; 0 for what is no number."""
    return int(text[:18]) if text.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class NetworkFault:
    """What goes wrong with a response on its way to the client.

    `kind`: `disconnect` sends nothing, `truncate` half of the body, `slow_body` the second half
    after `latency` seconds; otherwise the whole response is that late. `sleep` says whether the
    latency is waited for; `description` is the fault that it comes from.
    """

    kind: Literal["", "disconnect", "truncate", "slow_body"] = ""
    latency: float = 0.0
    sleep: bool = False
    description: str = ""

    def parts(self, body: bytes) -> tuple[bytes, bytes]:
        """What of a body arrives in time, and what later or never."""
        if self.kind not in {"truncate", "slow_body"}:
            return body, b""
        middle = len(body) // 2
        return body[:middle], body[middle:]

    def __str__(self) -> str:
        late = f", {self.latency:g} s late" if self.latency else ""
        return f"{_KINDS[self.kind]}{late}"


_KINDS = {
    "": "sent",
    "disconnect": "the connection ended before the response",
    "truncate": "the connection ended in the middle of the body",
    "slow_body": "the body was sent in two parts",
}


@dataclass(frozen=True, slots=True)
class Response:
    """A response: status, body and headers as they were sent; headers are found in any case.

    `body_dropped` is true where the journal no longer keeps the bodies. `note` is for the journal
    alone. `fault` describes the fault that the request matched, `network_fault` its effect on the
    way to the client.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body_dropped: bool = False
    note: str = ""
    fault: str = ""
    network_fault: NetworkFault | None = None

    def __post_init__(self) -> None:
        if type(self.headers) is not Headers:
            object.__setattr__(self, "headers", Headers(self.headers))

    @classmethod
    def page(cls, name: str, listing: Listing) -> "Response":
        """200 with `{"count": n, name: [...]}`, joined from rows that are JSON already."""
        rows = b",".join(listing.rows)
        return cls(200, b'{"count":%d,"%b":[%b]}' % (listing.count, name.encode(), rows))

    @classmethod
    def ok(cls, **content: object) -> "Response":
        """200 with these fields as its JSON body."""
        return cls.of(200, content)

    @classmethod
    def no_content(cls, note: str = "") -> "Response":
        """204 without a body."""
        return cls(204, note=note)

    @classmethod
    def of(
        cls, status: int, content: object, headers: Mapping[str, str] | None = None
    ) -> "Response":
        """A response with a JSON body."""
        return cls(status, _ENCODE(content).encode(), headers or {})

    @property
    def json(self) -> Any:
        """The body, parsed; None where there is none."""
        return json.loads(self.body) if self.body else None

    @property
    def error_code(self) -> str:
        """The code of an error, of the service, the gateway or IAM; empty for any other answer.

        Empty too where a fault has made the body what is no JSON.
        """
        if self.status < HTTPStatus.BAD_REQUEST:
            return ""
        try:
            content = self.json or {}
        except ValueError:
            return ""
        named = [each for each in content.values() if isinstance(each, dict)]
        error = named[0] if named else content
        return str(error.get("code") or error.get("error_code") or "")


class ConnectionDropped(ConnectionError):  # noqa: N818 what happened, not a mistake
    """A network fault ended the connection of a bare WSGI call, which has none to end.

    `network_fault` is what went wrong, `response` the whole response that was on its way.
    """

    def __init__(self, network_fault: NetworkFault, response: Response) -> None:
        super().__init__(network_fault, response)
        self.network_fault = network_fault
        self.response = response

    def __str__(self) -> str:
        return f"{self.network_fault} ({self.network_fault.description})"


NETWORK_FAULT = "sdrs_fake.network_fault"
"""The environ key of a list in which a transport of the fake's own receives the network fault."""

OWN_TRANSPORT = "sdrs_fake.transport"
"""The environ key of the mark that the fake's own transports put on what they received."""

OWN_MARK = object()
"""The mark. No client and no other WSGI host can send it, since what they send are strings."""

TARGET = "sdrs_fake.target"
"""The environ key of the request target as it was sent, where the transport knows it."""

Operation = Callable[[Project, Request], Response]


@dataclass(frozen=True)
class Endpoint:
    """A method and a path, and the id of the operation that they are for."""

    id: str
    method: str
    path: str


@dataclass(frozen=True)
class Route(Endpoint):
    """A row of the routing tables of IAM and the admin API."""

    handler: Callable[..., Response]
