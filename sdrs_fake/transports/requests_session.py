"""A requests.Session that ends in the process."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

from sdrs_fake.transports.conversation import Conversation
from sdrs_fake.transports.urllib3_pool import InProcessPool

_POOL_OPTIONS = ("timeout", "maxsize", "block", "headers", "retries")


class InProcessAdapter(HTTPAdapter):
    """Sends every request into the conversation, whatever its host; there is no TLS and no proxy on
    the way.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        pools = {scheme: partial(_pool, self._conversation, scheme) for scheme in ("http", "https")}
        self.poolmanager.pool_classes_by_scheme = pools

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        return super().send(request, *args, **{**options, "proxies": None})


def session(conversation: Conversation, headers: Mapping[str, str]) -> Session:
    """A session that heeds no proxy, no netrc and no other variable of the environment."""
    made = Session()
    made.trust_env = False
    made.headers.update(headers)
    for prefix in ("http://", "https://"):
        made.mount(prefix, InProcessAdapter(conversation))
    return made


def _pool(
    conversation: Conversation, scheme: str, host: str, port: int, **context: Any
) -> InProcessPool:
    options = {name: context[name] for name in _POOL_OPTIONS if name in context}
    return InProcessPool(conversation, scheme, host, port, **options)
