"""A requests.Session whose requests are answered in process."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

from sdrs_fake.transports.in_process import InProcessServer
from sdrs_fake.transports.urllib3_pool import InProcessPool

_POOL_OPTIONS = ("timeout", "maxsize", "block", "headers", "retries")


class InProcessAdapter(HTTPAdapter):
    """Sends every request to the server, whatever its host, without TLS or a proxy."""

    def __init__(self, server: InProcessServer) -> None:
        self._server = server
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            scheme: partial(_pool, self._server, scheme) for scheme in ("http", "https")
        }

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        return super().send(request, *args, **{**options, "proxies": None})


def in_process_session(server: InProcessServer, headers: Mapping[str, str]) -> Session:
    """Make a session that ignores proxies, netrc and the variables of the environment."""
    session = Session()
    session.trust_env = False
    session.headers.update(headers)
    for prefix in ("http://", "https://"):
        session.mount(prefix, InProcessAdapter(server))
    return session


def _pool(
    server: InProcessServer, scheme: str, host: str, port: int, **context: Any
) -> InProcessPool:
    options = {name: context[name] for name in _POOL_OPTIONS if name in context}
    return InProcessPool(server, scheme, host, port, **options)
