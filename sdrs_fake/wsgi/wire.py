"""HTTP to values and back: environ to Call, Reply to Response, Refusal to one of the two error bodies."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from werkzeug.wrappers import Response

from sdrs_fake.domain.errors import (
    BODY_TOO_LARGE,
    METHOD_NOT_ALLOWED,
    METHOD_NOT_FOUND,
    URI_TOO_LARGE,
    Refusal,
    require,
)
from sdrs_fake.domain.reading import Reading
from sdrs_fake.exchange import Call, Operation, Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MAX_BODY = 1 << 20
MAX_URI = 8 << 10

_NAMED = {400: "badrequest", 404: "itemNotFound"}


def path_of(environ: "WSGIEnvironment") -> str:
    """The path below the mount point, decoded, its slashes as they came."""
    return _text(environ.get("PATH_INFO", ""))


def query_of(environ: "WSGIEnvironment") -> dict[str, str]:
    """The parameters; of a repeated one the first value counts."""
    query: dict[str, str] = {}
    for part in _text(environ.get("QUERY_STRING", "")).split("&"):
        if part:
            name, _, value = part.partition("=")
            query.setdefault(unquote_plus(name), unquote_plus(value))
    return query


def _text(latin: str) -> str:
    """WSGI hands bytes over as Latin-1; they are meant as UTF-8."""
    return latin if latin.isascii() else latin.encode("latin-1").decode("utf-8", "replace")


def read_call(environ: "WSGIEnvironment", operation: Operation, arguments: Mapping[str, str], path: str) -> Call:
    return Call(
        operation=operation_name(operation),
        method=environ["REQUEST_METHOD"],
        path=path,
        arguments=arguments,
        query=query_of(environ),
        headers=headers_of(environ),
        body=_body(environ),
    )


@lru_cache(maxsize=256)
def operation_name(operation: Operation) -> str:
    """`list_failure_jobs` as the reference has it: `ListFailureJobs`."""
    return operation.__name__.title().replace("_", "")


def headers_of(environ: "WSGIEnvironment") -> dict[str, str]:
    return {name: value for key, value in environ.items() if value and (name := _header_name(key))}


@lru_cache(maxsize=1024)
def _header_name(key: str) -> str:
    """The header behind a key of the environ, in lower case; empty for keys that are none."""
    is_header = key.startswith("HTTP_") or key in ("CONTENT_TYPE", "CONTENT_LENGTH")
    return key.removeprefix("HTTP_").replace("_", "-").lower() if is_header else ""


def check_size(environ: "WSGIEnvironment") -> None:
    """Refuse a URL or a body that is too large, before anything else is looked at."""
    path, query = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if len("%00") * len(path) + len(query) >= MAX_URI:  # else it is short enough however it was encoded
        require(len(f"{quote(path.encode('latin-1'))}?{query}") <= MAX_URI, URI_TOO_LARGE)
    require(_length(environ) <= MAX_BODY, BODY_TOO_LARGE)


def _body(environ: "WSGIEnvironment") -> bytes:
    size = _length(environ)
    if environ.get("wsgi.input_terminated"):  # a body in chunks says its size only by coming
        size = MAX_BODY + 1
    body: bytes = environ["wsgi.input"].read(size) if size else b""
    require(len(body) <= MAX_BODY, BODY_TOO_LARGE)
    return body


def _length(environ: "WSGIEnvironment") -> int:
    length: str = environ.get("CONTENT_LENGTH", "")
    return int(length[:18]) if length.isdecimal() else 0


def refused(refusal: Refusal, reading: Reading, request_id: str) -> Reply:
    """A refusal in its body: the gateway's flat one, or the service's with its outer key."""
    if refusal.status == METHOD_NOT_ALLOWED.status and reading.wrong_method == METHOD_NOT_FOUND.status:
        refusal = METHOD_NOT_FOUND
    if refusal.gateway:
        content: dict[str, object] = {"error_code": refusal.code, "error_msg": refusal.message, "request_id": request_id}
    else:
        key = _NAMED.get(refusal.status, "error") if reading.error_key == "named" else "error"
        content = {key: {"message": refusal.message, "code": refusal.code}}
    return Reply.of(refusal.status, content, refusal.headers)


def write_reply(reply: Reply, request_id: str) -> Response:
    response = Response(reply.body, reply.status, content_type="application/json" if reply.body else None)
    response.headers["X-Request-Id"] = request_id
    for name, value in reply.headers.items():
        response.headers[name] = value
    return response
