"""A request that comes as bytes, as the environ of a WSGI call: for the server and for doors
without a socket.
"""

from collections.abc import Callable
from io import BufferedIOBase
from typing import TYPE_CHECKING

from sdrs_fake.transports import http1
from sdrs_fake.transports.wsgi_call import environ_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


def environ_from(  # noqa: PLR0913 a request has that many parts
    stream: BufferedIOBase,
    head: http1.Head,
    *,
    max_body: Callable[[str], int],
    server: tuple[str, int],
    scheme: str = "http",
    peer: str = "127.0.0.1",
    say: Callable[[bytes], object] = bool,
) -> tuple["WSGIEnvironment", bool]:
    """The environ of a request, and whether its body was read to its end.

    `max_body` says of a request target how large its body may be; `say` reaches a client that waits
    for leave.
    """
    most = max_body(head.target)
    chunked, length = http1.body_of(head)
    whole = length <= most
    if head.minor and head.says("expect", "100-continue") and whole:
        say(GO_ON)
    headers = head.headers
    if chunked:
        body = http1.read_chunks(stream, most)
        whole = len(body) <= most
        headers = [pair for pair in headers if pair[0] != "transfer-encoding"]
    else:
        body = http1.read_exactly(stream, length) if whole else b""
    protocol = f"HTTP/1.{head.minor}"
    return environ_of(
        head.method,
        head.target,
        headers,
        body,
        server=server,
        protocol=protocol,
        scheme=scheme,
        peer=peer,
    ), whole
