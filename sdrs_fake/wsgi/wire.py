"""HTTP to values and back: environ to Call, Reply to Response, Refusal to one of the two error
bodies.
"""

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from time import sleep
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, unquote_plus

from werkzeug.wrappers import Response

from sdrs_fake.domain.errors import BODY_TOO_LARGE, URI_TOO_LARGE, Refusal, require
from sdrs_fake.domain.reading import Reading
from sdrs_fake.exchange import TROUBLE, Call, Operation, Reply, Trouble, WireError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY = 1 << 20
MAX_DATA = 64 << 20
"""The data of a whole fake may be larger than any request to the service."""
MAX_URI = 8 << 10
ADMIN = "/_fake/"
"""What the control routes are below."""

TARGET = "sdrs_fake.target"
"""Where the fake's own doors leave the request target as it was sent."""

_PHRASES = {
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    494: "Request Header Too Large",
}
"""Those that Python has not, or has renamed."""

_NAMED = {400: "badrequest", 404: "itemNotFound"}


def read_call(environ: "WSGIEnvironment") -> Call:
    """The request as a value. A body that is too large is left unread, or is read just far enough
    to tell.
    """
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    return Call(
        method=environ["REQUEST_METHOD"],
        target=environ.get(TARGET) or _target(path, query),
        path=_text(path),
        query=_parameters(_text(query)),
        headers={
            name: value for key, value in environ.items() if value and (name := _header_name(key))
        },
        body=read_body(environ),
        mount=_text(environ.get("SCRIPT_NAME", "")),
        root=_root(environ),
    )


def _root(environ: "WSGIEnvironment") -> str:
    host = (
        environ.get("HTTP_HOST")
        or f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"
    )
    return f"{environ.get('wsgi.url_scheme', 'http')}://{host}{quote(environ.get('SCRIPT_NAME', '').encode('latin-1'))}"


def _target(path: str, query: str) -> str:
    """Path and query as they may have been sent; a host of somebody else's does not tell how they
    were.
    """
    encoded = quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=~")
    return f"{encoded}?{query}" if query else encoded


def check_size(call: Call, prefix: str) -> None:
    """Refuse a URL or a body that is too large, before anything else is looked at."""
    require(len(prefix) + len(call.target) <= MAX_URI, URI_TOO_LARGE)
    declared = call.headers.get("content-length", "")
    require(len(call.body) <= MAX_BODY and _number(declared) <= MAX_BODY, BODY_TOO_LARGE)


def _parameters(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            parameters.setdefault(unquote_plus(name), unquote_plus(value))
    return parameters


def _text(latin: str) -> str:
    """WSGI hands bytes over as Latin-1; they are meant as UTF-8."""
    return latin if latin.isascii() else latin.encode("latin-1").decode("utf-8", "replace")


@lru_cache(maxsize=256)
def operation_name(operation: Operation) -> str:
    """`list_failure_jobs` as the reference has it: `ListFailureJobs`."""
    return operation.__name__.title().replace("_", "")


@lru_cache(maxsize=1024)
def _header_name(key: str) -> str:
    """The header behind a key of the environ, in lower case; empty for keys that are none."""
    is_header = key.startswith("HTTP_") or key in ("CONTENT_TYPE", "CONTENT_LENGTH")
    return key.removeprefix("HTTP_").replace("_", "-").lower() if is_header else ""


def max_body(target: str) -> int:
    """How large a body may be that is sent to a target."""
    return MAX_DATA if target.startswith(ADMIN) else MAX_BODY


def read_body(environ: "WSGIEnvironment", most: int = MAX_BODY) -> bytes:
    """A body, left unread where it says that it is too large, or read just far enough to tell."""
    size = declared_size(environ)
    if environ.get("wsgi.input_terminated"):  # a body in chunks says its size only by coming
        size = most + 1
    body: bytes = environ["wsgi.input"].read(size) if 0 < size <= most + 1 else b""
    return body


def declared_size(environ: "WSGIEnvironment") -> int:
    return _number(environ.get("CONTENT_LENGTH", ""))


def _number(text: str) -> int:
    return int(text[:18]) if text.isdecimal() else 0


def refused(refusal: Refusal, reading: Reading, request_id: str) -> Reply:
    """A refusal in its body: the gateway's flat one, or the service's with its outer key."""
    if refusal.gateway:
        content: dict[str, object] = {
            "error_code": refusal.code,
            "error_msg": refusal.message,
            "request_id": request_id,
        }
    else:
        key = _NAMED.get(refusal.status, "error") if reading.error_key == "named" else "error"
        content = {key: {"message": refusal.message, "code": refusal.code}}
    return Reply.of(refusal.status, content, refusal.headers)


def hand_over(trouble: Trouble, reply: Reply, environ: "WSGIEnvironment") -> None:
    """Tell a door of the fake's own what is to go wrong with an answer; elsewhere do what can be
    done, and raise what can't: WireError.
    """
    told: list[Trouble] | None = environ.get(TROUBLE)
    if told is not None:
        told.append(trouble)
        return
    if trouble.real:
        sleep(trouble.latency)
    if trouble.wire in {"drop", "cut"}:
        raise WireError(trouble, reply)


@lru_cache(maxsize=64)
def _status_line(status: int) -> str:
    return f"{status} {_PHRASES.get(status) or HTTPStatus(status).phrase}"


class Answer(Response):
    """A Response that goes to WSGI as it is: making sure of its headers once more would take a
    quarter of the call.
    """

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        start_response(self.status, self.headers.to_wsgi_list())
        return () if environ["REQUEST_METHOD"] == "HEAD" else cast("Iterable[bytes]", self.response)


def write_reply(reply: Reply) -> Response:
    response = Answer(reply.body, _status_line(reply.status), content_type="application/json")
    if not reply.body:
        del response.headers["Content-Type"]
    if reply.status == HTTPStatus.NO_CONTENT:
        del response.headers["Content-Length"]
    for name, value in reply.headers.items():
        response.headers[name] = value
    return response
