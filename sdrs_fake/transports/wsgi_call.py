"""A request as a WSGI call; every door goes through here, so that all of them mean the same."""

import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Answer = tuple[str, list[tuple[str, str]], bytes]
"""Status line, headers and whole body."""

_UNPREFIXED = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def environ_of(  # noqa: PLR0913 a request has that many parts
    method: str,
    target: str,
    headers: Iterable[tuple[str, str]],
    body: bytes = b"",
    *,
    server: tuple[str, int] = ("127.0.0.1", 80),
    protocol: str = "HTTP/1.1",
    scheme: str = "http",
    peer: str = "127.0.0.1",
) -> "WSGIEnvironment":
    """The environ of a request as it is on the wire: `target` still percent-encoded, text as
    Latin-1.

    Headers whose name has an underscore are left out: WSGI could not tell them from those with a
    dash.
    """
    path, _, query = target.partition("?")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.encode("latin-1")).decode("latin-1")
        if "%" in path
        else path,
        "QUERY_STRING": query,
        "sdrs_fake.target": target,
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": protocol,
        "REMOTE_ADDR": peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in headers:
        if "_" not in name:
            key = _key(name)
            environ[key] = (
                f"{environ[key]},{value}" if key in environ and key != "CONTENT_LENGTH" else value
            )
    return environ


@lru_cache(maxsize=256)
def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in _UNPREFIXED else "HTTP_" + key


def called(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """Call an app and collect its answer."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        started[:] = [(status, headers)]
        return _no_write

    chunks = app(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        getattr(chunks, "close", bool)()
    return *started[0], body


def _no_write(_data: bytes) -> None:
    raise TypeError("the app should return its body, not write it")
