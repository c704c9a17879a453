"""Ways into a fake without a socket, and the variables that show the way to its socket."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from types import EllipsisType
from typing import TYPE_CHECKING, Self

from sdrs_fake.control.auth import Auth
from sdrs_fake.control.identity import Identity
from sdrs_fake.transports.conversation import Conversation
from sdrs_fake.transports.environment import variables

if TYPE_CHECKING:
    import httpx
    import requests

BASE = "http://sdrs.test"
"""A name that leads nowhere outside (RFC 6761), so that a request through the wrong client fails
and reaches nobody.
"""


class Doors:
    """The same service, state and answers as the socket's, for `requests`, httpx, and programs that
    know only the cloud.
    """

    project_id: str
    base = BASE
    _conversation: Conversation
    _identity: Identity
    auth: Auth

    if TYPE_CHECKING:

        @property
        def url(self) -> str: ...

    def session(self, credentials: str | EllipsisType | None = ...) -> "requests.Session":
        """A `requests.Session` whose requests, whatever host they name, end here:
        `session.get(f"{sdrs.base}/v1/...")`.

        It brings a token by itself; `credentials` is another token, or None to send none.
        """
        with _extra("requests"):
            from sdrs_fake.transports.requests_session import session
        return session(self._conversation, self._headers(credentials))

    def httpx_client(self, credentials: str | EllipsisType | None = ...) -> "httpx.Client":
        """An `httpx.Client` with `base` as its base_url: `client.get("/v1/...")`; otherwise as
        `session`.
        """
        with _extra("httpx"):
            import httpx

            from sdrs_fake.transports.httpx_transport import InProcessTransport
        transport = InProcessTransport(self._conversation)
        return httpx.Client(
            transport=transport,
            base_url=self.base,
            headers=self._headers(credentials),
            trust_env=False,
        )

    def httpx_async_client(
        self, credentials: str | EllipsisType | None = ...
    ) -> "httpx.AsyncClient":
        """An `httpx.AsyncClient`; otherwise as `httpx_client`."""
        with _extra("httpx"):
            import httpx

            from sdrs_fake.transports.httpx_transport import InProcessTransport
        transport = InProcessTransport(self._conversation)
        return httpx.AsyncClient(
            transport=transport,
            base_url=self.base,
            headers=self._headers(credentials),
            trust_env=False,
        )

    @contextmanager
    def intercept(self, *hosts: str) -> Iterator[Self]:
        """For the time of a `with` block, requests made through `requests` or urllib3 to the
        cloud's SDRS and IAM end here.

        That is any region's `sdrs.*.myhuaweicloud.com` and `iam.*.myhuaweicloud.com`, and `hosts`:
        names or patterns, with a
        port or for any. It holds in all threads, also for clients that were made before; other
        hosts are left alone.
        """
        with _extra("requests"):
            from sdrs_fake.transports.interception import intercepting
        with intercepting(self._conversation, hosts):
            yield self

    def environment(
        self, region: str = "cn-north-4", home: str | PathLike[str] | None = None
    ) -> dict[str, str]:
        """The variables that point unmodified programs at the fake's url, which starts to listen.

        They are those of the official SDK (`HUAWEICLOUD_SDK_*`), of OpenStack's clients (`OS_*`)
        and of Terraform's provider
        (`HW_*`), and NO_PROXY as it is now with the fake added; with `home` also HOME, where
        programs look for their files.
        """
        return variables(
            self.url, self.project_id, self._identity, region, home=home, before=os.environ
        )

    def _headers(self, credentials: str | EllipsisType | None) -> dict[str, str]:
        if credentials is None:
            return {}
        return {"X-Auth-Token": self.auth.own_token if credentials is ... else str(credentials)}


@contextmanager
def _extra(name: str, parts: Sequence[str] = ("requests", "urllib3", "httpx")) -> Iterator[None]:
    """Says which extra brings what is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in parts:
            raise
        raise ModuleNotFoundError(
            f"this needs {error.name}: pip install 'sdrs-fake[{name}]'", name=error.name
        ) from None
