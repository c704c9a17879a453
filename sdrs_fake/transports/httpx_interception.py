"""Interception of httpx: requests of its clients to certain hosts are answered in process.

It patches the public methods of httpx's own transports, which every request passes that no
transport of the user's own answers, also those of clients that exist already.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import httpx

from sdrs_fake.transports.httpx_transport import InProcessTransport
from sdrs_fake.transports.in_process import InProcessServer
from sdrs_fake.transports.patches import Patch

Matches = Callable[[str, str, int | None], bool]


def httpx_patches(server: InProcessServer, matches: Matches) -> list[Patch]:
    """Patches for clients and async clients; `matches` is asked with scheme, host and port."""
    transport = InProcessTransport(server)

    def is_ours(patch: Patch, request: httpx.Request) -> bool:
        url = request.url
        return patch.active and matches(url.scheme, url.host, url.port)

    def wrap(patch: Patch) -> Callable[..., Any]:
        @wraps(patch.original)
        def handle_request(real: httpx.HTTPTransport, request: httpx.Request) -> Any:
            if is_ours(patch, request):
                return transport.handle_request(request)
            return patch.original(real, request)

        return handle_request

    def wrap_async(patch: Patch) -> Callable[..., Any]:
        @wraps(patch.original)
        async def handle_async_request(
            real: httpx.AsyncHTTPTransport, request: httpx.Request
        ) -> Any:
            if is_ours(patch, request):
                return await transport.handle_async_request(request)
            return await patch.original(real, request)

        return handle_async_request

    return [
        Patch(httpx.HTTPTransport, "handle_request", wrap),
        Patch(httpx.AsyncHTTPTransport, "handle_async_request", wrap_async),
    ]
