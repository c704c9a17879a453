"""A request whose parts a caller gives in Python: each is checked, and written as it is sent."""

import json
import re
from collections.abc import Iterable, Mapping
from string import punctuation
from typing import Any
from urllib.parse import quote, urlencode

from sdrs_fake.errors import ParameterError, shown

Params = Mapping[str, object] | Iterable[tuple[str, object]] | str | None

_BASE = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x01-\x09\x0b\x0c\x0e-\xff]*")
"""Other control characters could be sent, and a test may want to see what becomes of them."""

_WANTED_PARAMS = "should be a mapping, pairs of a name and a value, or a string"


def method_of(method: object) -> str:
    """The method in capitals."""
    if not (isinstance(method, str) and _TOKEN.fullmatch(method)):
        raise ParameterError("method", f"{shown(method)} should be a method such as GET")
    return method.upper()


def target_of(path: object, params: Params) -> str:
    """Path and query; what is percent-encoded already stays as it is. The host of a URL does not
    matter.
    """
    if not isinstance(path, str):
        raise ParameterError("path", f"{shown(path)} should be a path or a URL")
    local = _BASE.sub("", path, count=1) if _BASE.match(path) else path
    if local[:1] not in {"", "/", "?"}:
        raise ParameterError("path", f"{shown(path)} should begin with / or be an http URL")
    local, _, query = local.partition("?")
    query = "&".join(part for part in (quote(query, safe=punctuation), _encoded(params)) if part)
    return quote(local or "/", safe="/%:@!$&'()*+,;=~") + (f"?{query}" if query else "")


def headers_of(headers: object) -> dict[str, str]:
    """The headers with their names in lower case."""
    if headers is None:
        return {}
    if not isinstance(headers, Mapping):
        raise ParameterError("headers", f"{shown(headers)} should be a mapping of strings")
    for name, value in headers.items():
        if not (isinstance(name, str) and _TOKEN.fullmatch(name)):
            raise ParameterError("headers", f"{shown(name)} should be the name of a header")
        if not (isinstance(value, str) and _VALUE.fullmatch(value)):
            wanted = "should be a string in Latin-1 without line breaks"
            raise ParameterError("headers", f"{shown(value)} of {name} {wanted}")
    return {name.lower(): value for name, value in headers.items()}


def json_body(content: object) -> bytes:
    """The content as JSON."""
    try:
        return json.dumps(content).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ParameterError("json", f"{shown(content)} should be JSON: {error}") from None


def _encoded(params: Any) -> str:
    """The query of parameters; None among them is left out."""
    if isinstance(params, str):
        return quote(params, safe=punctuation)
    pairs = params.items() if isinstance(params, Mapping) else params or ()
    if isinstance(pairs, bytes) or not isinstance(pairs, Iterable):
        raise ParameterError("params", f"{shown(params)} {_WANTED_PARAMS}")
    given = []
    for pair in pairs:
        if not (isinstance(pair, tuple | list) and len(pair) == 2):  # noqa: PLR2004 name and value
            raise ParameterError("params", f"{shown(pair)} {_WANTED_PARAMS}")
        if pair[1] is not None:
            given.append(tuple(pair))
    return urlencode(given, doseq=True)
