"""Bodies and parameters of the admin API: read, checked and refused."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from sdrs_fake.domain.json_input import load_unique
from sdrs_fake.domain.refusals import ApiError, Refusal, require
from sdrs_fake.errors import ParameterError, check_names, shown
from sdrs_fake.messages import Request

IMPORT = "/_fake/import"

MAX_IMPORT = 64 << 20
"""The data of a whole fake may be larger than any request to the service."""

MAX_BODY = 64 << 10
"""Of any other route, so that no body takes long to check."""

MAX_MESSAGE = 4096


def refusal(status: int, message: str) -> Refusal:
    """A refusal with a message of its own; what UTF-8 cannot encode in it is escaped.

    A message is cut where it is long, since it may name what the sender chose, such as a key.
    """
    if len(message) > MAX_MESSAGE:
        message = f"{message[:MAX_MESSAGE]}..."
    return Refusal(status, str(status), message.encode("utf-8", "backslashreplace").decode())


def max_body(path: str) -> int:
    """The size that a body of a route may have."""
    return MAX_IMPORT if path == IMPORT else MAX_BODY


def read_json(request: Request) -> Any:
    """The body, parsed."""
    declared, most = request.declared_length, max_body(request.path)
    large = f"the body should have at most {most:,} bytes"
    require(max(len(request.body), declared) <= most, refusal(413, large))
    short = f"the body should have {declared} bytes, as it says, but {len(request.body)} came"
    require(len(request.body) >= declared, refusal(400, short))
    try:
        return load_unique(request.body)
    except ValueError as error:
        raise ApiError(refusal(400, f"the body should be JSON, but {error}")) from None


def read_object(request: Request, known: Collection[str] = ()) -> dict[str, Any]:
    """The body, which is an object; where `known` is given, with these fields only."""
    content = read_json(request)
    if not isinstance(content, dict):
        raise ApiError(refusal(400, f"the body should be a JSON object, not {shown(content)}"))
    if known:
        with refused():
            check_names(content, known, "field")
    return dict(content)


def read_params(request: Request, known: Collection[str]) -> dict[str, str]:
    """The query parameters, which have these names only."""
    with refused():
        check_names(request.params, known, "parameter")
    return dict(request.params)


@contextmanager
def refused() -> Iterator[None]:
    """Answer 400 for arguments that Python refuses."""
    try:
        yield
    except ParameterError as error:
        raise ApiError(refusal(400, str(error))) from None
