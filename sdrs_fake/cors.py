"""CORS: which origins may call the fake from a page, and the headers that tell a browser so."""

import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.messages import Request, Response

ANY = "*"
_EXAMPLE = "http://localhost:5173"
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_UNNAMED = "null"
"""The origin of a page without one, such as a file that was opened in a browser."""

_DEFAULT_PORTS = {"http": 80, "https": 443}

_EXPOSED = "X-Request-Id, Retry-After, X-Subject-Token"
_METHODS = "DELETE, GET, HEAD, PATCH, POST, PUT"
"""Also those that no route has, so that a page reads the 405."""


class Cors:
    """The origins whose pages may call the service and IAM; none by default, as in the cloud."""

    def __init__(self, origins: tuple[str, ...] = ()) -> None:
        self.origins = origins

    def headers(self, origin: str) -> dict[str, str]:
        """The headers of a response to a request with this `Origin`, or with an empty one."""
        if not self.origins:
            return {}
        headers = {} if ANY in self.origins else {"Vary": "Origin"}
        if self._allows(origin):
            headers["Access-Control-Allow-Origin"] = origin if headers else ANY
            headers["Access-Control-Expose-Headers"] = _EXPOSED
        return headers

    def preflight(self, request_headers: Mapping[str, str]) -> Response | None:
        """The answer to a browser that asks whether a page may send a request, if it may."""
        origin = request_headers.get("origin", "")
        if not _is_preflight(request_headers) or not self._allows(origin):
            return None
        headers = {**self.headers(origin), "Access-Control-Allow-Methods": _METHODS}
        wanted = request_headers.get("access-control-request-headers")
        if wanted:
            headers["Access-Control-Allow-Headers"] = wanted
        return Response(204, headers=headers)

    def remark(self, request: Request) -> str:
        """Why a browser that asks gets a refusal: a note for the journal."""
        if request.method != "OPTIONS" or not _is_preflight(request.headers):
            return ""
        return f"preflight of a page; cors={request.headers['origin'][:200]!r} would allow it"

    def _allows(self, origin: str) -> bool:
        return ANY in self.origins or origin in self.origins


def parse_origins(given: object) -> tuple[str, ...]:
    """The origins that a user gave: one, a string with several, or a list; `*` is any.

    ParameterError for what no browser sends.
    """
    if given is None:
        return ()
    listed = given.split(",") if isinstance(given, str) else given
    if not isinstance(listed, list | tuple):
        reason = f"{shown(given)} should be an origin such as {_EXAMPLE!r}, a list of them, or '*'"
        raise ParameterError("cors", reason)
    return tuple(dict.fromkeys(map(_checked, listed)))


def _checked(given: object) -> str:
    origin = given.strip() if isinstance(given, str) else ""
    right = origin if origin in {ANY, _UNNAMED} else _as_sent(origin)
    if not right or origin != right:
        reason = f"should be an origin as browsers send it, such as {right or _EXAMPLE!r}"
        raise ParameterError("cors", f"{shown(given)} {reason}, or '*' for any")
    return origin


def _as_sent(text: str) -> str:
    """What browsers send for an address: no path, no default port, lower case; else empty."""
    origin = ""
    with suppress(ValueError):  # no port, or no address of IPv6
        url = urlsplit(text if "://" in text else f"http://{text}")
        host = url.hostname or ""
        host = f"[{host}]" if ":" in host else host
        port = "" if url.port in {None, _DEFAULT_PORTS.get(url.scheme)} else f":{url.port}"
        origin = f"{url.scheme}://{host}{port}"
    return origin if _ORIGIN.fullmatch(origin) else ""


def _is_preflight(headers: Mapping[str, str]) -> bool:
    return "origin" in headers and "access-control-request-method" in headers
