"""What comes to the control routes and what is said there."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sdrs_fake.domain.errors import ApiError, Refusal, require
from sdrs_fake.exchange import Reply
from sdrs_fake.wsgi import wire

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Action = Callable[["WSGIEnvironment"], Reply]
"""What answers a control route."""


def refusal(status: int, message: str) -> Refusal:
    """A refusal in words of its own; what UTF-8 cannot say in it is escaped."""
    return Refusal(status, str(status), message.encode("utf-8", "backslashreplace").decode())


def content_of(environ: "WSGIEnvironment") -> Any:
    """The body, parsed."""
    try:
        return json.loads(_body(environ))
    except (ValueError, RecursionError) as error:
        raise ApiError(refusal(400, f"the body should be JSON, but {error}")) from None


def object_of(environ: "WSGIEnvironment", known: Collection[str] = ()) -> dict[str, Any]:
    """The body, which is an object; with these names only, if there are any."""
    content = content_of(environ)
    require(
        isinstance(content, dict),
        refusal(400, f"the body should be a JSON object, not {content!r:.120}"),
    )
    _check_names(content, known)
    return dict(content)


def query_of(environ: "WSGIEnvironment", known: Collection[str]) -> dict[str, str]:
    """The parameters of the query, which have these names only."""
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    _check_names(query, known)
    return query


@contextmanager
def refused() -> Iterator[None]:
    """What Python refuses by an exception is a 400 here."""
    try:
        yield
    except (TypeError, ValueError, OverflowError) as error:
        raise ApiError(refusal(400, str(error))) from None


def _check_names(said: Collection[str], known: Collection[str]) -> None:
    for name in said:
        require(
            not known or name in known,
            refusal(400, f"{name}: no such field; there are {', '.join(known)}"),
        )


def _body(environ: "WSGIEnvironment") -> bytes:
    body, declared = wire.read_body(environ, wire.MAX_DATA), wire.declared_size(environ)
    require(
        max(len(body), declared) <= wire.MAX_DATA,
        refusal(413, f"the body should be at most {wire.MAX_DATA >> 20} MiB"),
    )
    require(
        len(body) >= declared,
        refusal(400, f"the body should be of {declared} bytes, as it says, but {len(body)} came"),
    )
    return body
