"""HTTP to messages and back: environ to Request, Response to WSGI, Refusal to an error body."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from http import HTTPStatus
from time import sleep
from typing import Literal, cast
from urllib.parse import quote, unquote_plus
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Response as WsgiResponse

from sdrs_fake.admin import bodies
from sdrs_fake.admin.inspector import HEADER
from sdrs_fake.domain.json_input import load_body
from sdrs_fake.domain.refusals import BODY_TOO_LARGE, URI_TOO_LARGE, Refusal, require
from sdrs_fake.messages import (
    NETWORK_FAULT,
    OWN_MARK,
    OWN_TRANSPORT,
    TARGET,
    ConnectionDropped,
    NetworkFault,
    Request,
    Response,
)
from sdrs_fake.operations.reading import Body, unknown_fields
from sdrs_fake.wsgi.routing import AnyEndpoint, Match, Router

MAX_BODY = 1 << 20
MAX_URI = 8 << 10
ADMIN = "/_fake"

_INSPECTOR = f"HTTP_{HEADER.upper().replace('-', '_')}"

ErrorStyle = Literal["service", "keystone", "admin"]

_PHRASES = {
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    494: "Request Header Too Large",
}
"""Reason phrases that Python does not have, or has renamed."""

_KEYS = {400: "badrequest", 404: "itemNotFound"}
"""The outer keys of errors where the behavior names them."""


def read_request(
    environ: WSGIEnvironment,
    router: Router[AnyEndpoint],
    request_id: str,
    body: bytes = b"",
    *,
    strict: bool = False,
) -> tuple[Request, Match[AnyEndpoint]]:
    """The request, and what its method, path and body lead to.

    A path or a query that is too large is not looked into; `check_uri` refuses it.
    """
    method, path = environ["REQUEST_METHOD"], _text(environ.get("PATH_INFO", ""))
    query = environ.get("QUERY_STRING", "")
    target = environ.get(TARGET) or _target(environ.get("PATH_INFO", ""), query)
    params = _params(_text(query)) if 0 < len(query) <= MAX_URI else {}
    match = router.match(method, path, target).narrowed(body) if len(path) <= MAX_URI else Match()
    row = match.row
    known: Collection[str] = getattr(row, "params", ())
    request = Request(
        method=method,
        target=target,
        path=path,
        params=params,
        headers=read_headers(environ),
        body=body,
        mount=_text(environ.get("SCRIPT_NAME", "")),
        base_url=_base_url(environ),
        operation=row.id if row else "",
        path_params=dict(match.path_params),
        unknown_params=tuple(name for name in params if name not in known) if row else (),
        unknown_fields=_unknown_fields(getattr(row, "body", None), body),
        remote_addr=environ.get("REMOTE_ADDR", ""),
        id=request_id,
        strict=strict,
    )
    return request, match


def _unknown_fields(model: type[Body] | None, body: bytes) -> tuple[str, ...]:
    if model is None or not body:
        return ()
    try:
        return tuple(dict.fromkeys(unknown_fields(model, load_body(body))))
    except ValueError:
        return ()


def read_headers(environ: WSGIEnvironment) -> dict[str, str]:
    """The headers of a request; names in lower case."""
    headers = {}
    for key, value in environ.items():
        name = _header_name(key)
        if name:
            headers[name] = value
    return headers


@lru_cache(maxsize=1024)
def _header_name(key: str) -> str:
    """The header of a key of the environ, in lower case; empty for other keys."""
    is_header = key.startswith("HTTP_") or key in ("CONTENT_TYPE", "CONTENT_LENGTH")
    return key.removeprefix("HTTP_").replace("_", "-").lower() if is_header else ""


def _base_url(environ: WSGIEnvironment) -> str:
    scheme, host = environ.get("wsgi.url_scheme", "http"), environ.get("HTTP_HOST")
    if not host:
        host = f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"
    return f"{scheme}://{host}{quote(environ.get('SCRIPT_NAME', '').encode('latin-1'))}"


def _target(path: str, query: str) -> str:
    """Path and query as they may have been sent; another WSGI server does not tell exactly."""
    encoded = quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=~")
    return f"{encoded}?{query}" if query else encoded


def _params(query: str) -> dict[str, str]:
    decode = unquote_plus if "%" in query or "+" in query else str  # most have nothing to decode
    params: dict[str, str] = {}
    for pair in query.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            params.setdefault(decode(name), decode(value))
    return params


def _text(latin: str) -> str:
    """WSGI passes bytes on as Latin-1; they mean UTF-8."""
    return latin if latin.isascii() else latin.encode("latin-1").decode("utf-8", "replace")


# Sizes


def is_admin(environ: WSGIEnvironment) -> bool:
    """Whether a request is for the admin API."""
    path: str = environ.get("PATH_INFO", "")
    return path == ADMIN or path.startswith(f"{ADMIN}/")


def is_inspection(environ: WSGIEnvironment) -> bool:
    """Whether the inspector reads from the service."""
    return _INSPECTOR in environ and environ["REQUEST_METHOD"] in {"GET", "HEAD"}


def is_own(environ: WSGIEnvironment) -> bool:
    """Whether a request came through a transport of the fake's own."""
    return environ.get(OWN_TRANSPORT) is OWN_MARK


def max_body(environ: WSGIEnvironment) -> int:
    """The size that the body of a request may have."""
    return bodies.max_body(environ["PATH_INFO"]) if is_admin(environ) else MAX_BODY


def check_uri(request: Request) -> None:
    """Refuse a URL that is too large."""
    require(len(request.mount) + len(request.target) <= MAX_URI, URI_TOO_LARGE)


def check_size(request: Request) -> None:
    """Refuse a URL or a body of the service or of IAM that is too large."""
    check_uri(request)
    require(max(len(request.body), request.declared_length) <= MAX_BODY, BODY_TOO_LARGE)


# Responses


def render_error(
    refusal: Refusal, style: ErrorStyle, request_id: str, error_key: str = "error"
) -> Response:
    """A refusal as a response, in the body of the gateway, the service, Keystone or the admin API.

    `error_key` is the behavior of the service's outer key: `error`, or `named` after the status.
    """
    status, code, message = refusal.status, refusal.code, refusal.message
    content: dict[str, object]
    if style == "keystone":
        title = HTTPStatus(status).phrase
        content = {"error": {"code": status, "message": message, "title": title}}
    elif refusal.gateway and style == "service":
        content = {"error_code": code, "error_msg": message, "request_id": request_id}
    else:
        named = error_key == "named" and style == "service"
        key = _KEYS.get(status, "error") if named else "error"
        content = {key: {"message": message, "code": code}}
    return Response.of(status, content, refusal.headers)


def apply_network_fault(
    network_fault: NetworkFault, response: Response, environ: WSGIEnvironment
) -> None:
    """Pass a network fault on to the fake's own transport, where the call came through one.

    Elsewhere wait, where it says so, and raise ConnectionDropped where the connection would end.
    """
    receiver: list[NetworkFault] | None = environ.get(NETWORK_FAULT)
    if receiver is not None:
        receiver.append(network_fault)
        return
    if network_fault.sleep:
        sleep(network_fault.latency)
    if network_fault.kind in {"disconnect", "truncate"}:
        raise ConnectionDropped(network_fault, response)


class _PlainResponse(WsgiResponse):
    """A Werkzeug response that goes out as it is: checking its headers again takes too long."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(self.status, self.headers.to_wsgi_list())
        return () if environ["REQUEST_METHOD"] == "HEAD" else cast("Iterable[bytes]", self.response)


def write_response(response: Response) -> WsgiResponse:
    """The response as a WSGI application."""
    status = _status_line(response.status)
    written = _PlainResponse(response.body, status, content_type="application/json")
    if response.status == HTTPStatus.NO_CONTENT:
        del written.headers["Content-Type"]
        del written.headers["Content-Length"]
    for name, value in response.headers.items():
        written.headers[name] = value
    return written


@lru_cache(maxsize=64)
def _status_line(status: int) -> str:
    return f"{status} {_PHRASES.get(status) or HTTPStatus(status).phrase}"
