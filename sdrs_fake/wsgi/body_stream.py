"""Bodies of requests, read from the input stream of any WSGI host."""

from wsgiref.types import WSGIEnvironment

from sdrs_fake.domain.refusals import Refusal, require
from sdrs_fake.messages import parse_length

_LENGTH_REQUIRED = Refusal(
    411,
    "411",
    "Length Required: the fake's WSGI host does not decode chunked bodies; send a Content-Length",
)


def check_readable(environ: WSGIEnvironment) -> None:
    """Refuse a chunked body that the host passes on as it came: nothing tells where it ends."""
    require(not _is_chunked(environ) or _has_end(environ), _LENGTH_REQUIRED)


def read_body(environ: WSGIEnvironment, most: int) -> bytes:
    """The body; a larger one is left unread, or is read just far enough to tell."""
    size = _size(environ, most)
    body = bytearray()
    # Some streams give less than they are asked for, such as one chunk at a time.
    while len(body) < size <= most + 1 and (part := environ["wsgi.input"].read(size - len(body))):
        body += part
    return bytes(body)


def _size(environ: WSGIEnvironment, most: int) -> int:
    """How many bytes to ask for: the Content-Length, or one more than the `most` there may be."""
    length = "" if _is_chunked(environ) else environ.get("CONTENT_LENGTH", "")
    if length:
        return parse_length(length)
    return most + 1 if _has_end(environ) else 0


def _is_chunked(environ: WSGIEnvironment) -> bool:
    return "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()


def _has_end(environ: WSGIEnvironment) -> bool:
    """Whether the stream ends where the body does, so that it can be read to the end.

    It does where the host says so, translates ASGI (a2wsgi), or has stored the body before.
    """
    if environ.get("wsgi.input_terminated") or "asgi.scope" in environ:
        return True
    seekable = getattr(environ.get("wsgi.input"), "seekable", None)
    return seekable is not None and bool(seekable())
