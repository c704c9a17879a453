"""Routing: one router for each table, on Werkzeug's Map."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from threading import Lock
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import quote, unquote

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, MapAdapter, Rule

from sdrs_fake.domain.forks import renew_in_child
from sdrs_fake.domain.json_input import load_body
from sdrs_fake.messages import Endpoint

AnyEndpoint = TypeVar("AnyEndpoint", bound=Endpoint)

_VERSIONS = "<any(v1):api_version>"
"""Of the paths with a single segment only a version is one."""

_SLASH = "\uffff"
"""Stands for an encoded slash: it is part of an id and does not separate segments."""


_MARK = "\ufffe"
"""Stands for an id in the shape of a path."""


class Match(NamedTuple, Generic[AnyEndpoint]):
    """The rows of a method and a path, and the ids in the path.

    No row: the path is unknown, or it has only the `allowed` methods. Several rows: the body of the
    request does not say which of the route's operations it means; `malformed` where it is no JSON
    object with anything in it.
    """

    rows: tuple[AnyEndpoint, ...] = ()
    path_params: Mapping[str, str] = MappingProxyType({})
    allowed: tuple[str, ...] = ()
    malformed: bool = False

    @property
    def row(self) -> AnyEndpoint | None:
        """The one row that a request means."""
        return self.rows[0] if len(self.rows) == 1 else None

    def narrowed(self, body: bytes) -> "Match[AnyEndpoint]":
        """The match with the one row that a body names, where it names one."""
        if len(self.rows) < 2:  # noqa: PLR2004 nothing to choose
            return self
        try:
            content = load_body(body)
        except ValueError:
            return self._replace(malformed=True)
        if not isinstance(content, dict) or not content:
            return self._replace(malformed=True)
        by_value = [row for row in self.rows if _action(row) == content.get("action")]
        meant = by_value or [row for row in self.rows if _action(row) in content]
        return self._replace(rows=(meant[0],)) if len(meant) == 1 else self


class Router(Generic[AnyEndpoint]):
    """Finds the rows of a table by method and path; a GET row also serves HEAD."""

    def __init__(self, table: Sequence[AnyEndpoint]) -> None:
        self._by_length: dict[int, list[AnyEndpoint]] = {}
        for row in table:
            self._by_length.setdefault(_length(row.path), []).append(row)
        words = (row.path.split("/") for row in table)
        self._words = {"v1", *(word for path in words for word in path if word[:1] != "{")}
        # Matching a path takes as long as answering it. Programs ask for the same few paths again
        # and again, and others differ from those in their ids alone.
        self._find = lru_cache(maxsize=256)(self._match_ids)
        self._find_shape = lru_cache(maxsize=256)(self._match)
        self._urls: dict[int, MapAdapter]
        self._lock: Lock
        self.after_fork()
        renew_in_child(self)

    def after_fork(self) -> None:
        # A thread of the parent may have been building the rules, under locks.
        self._urls = {}
        self._lock = Lock()

    def match(self, method: str, path: str, target: str) -> Match[AnyEndpoint]:
        """The match of a decoded path; `target` tells where a slash was sent encoded."""
        if "%2f" not in target.lower():
            return self._find(method, path)
        encoded = target.partition("?")[0]
        match = self._find(method, unquote(re.sub("(?i)%2f", quote(_SLASH), encoded)))
        if _SLASH in match.path_params.get("project_id", ""):
            return Match()
        params = {name: value.replace(_SLASH, "/") for name, value in match.path_params.items()}
        return match._replace(path_params=params)

    def _match_ids(self, method: str, path: str) -> Match[AnyEndpoint]:
        """The match of a path, by its shape: the path with a mark in the place of each id."""
        segments = path.split("/")
        marks = [
            each if each in self._words else f"{_MARK}{place}"
            for place, each in enumerate(segments)
        ]
        match = self._find_shape(method, "/".join(marks))
        ids = dict(zip(marks, segments, strict=True))
        path_params = {name: ids[value] for name, value in match.path_params.items()}
        return match._replace(path_params=MappingProxyType(path_params))

    def _match(self, method: str, path: str) -> Match[AnyEndpoint]:
        length = _length(path)
        if length not in self._by_length or path.startswith("//"):
            return Match()  # Werkzeug would take several slashes at the beginning for one
        spelled = method if method.isupper() else "?"  # and any spelling of a method
        try:
            rows, params = self._rules(length).match(path, spelled)
        except NotFound:
            return Match()
        except MethodNotAllowed as error:
            return Match(allowed=tuple(sorted(error.valid_methods or ())))
        return Match(rows, MappingProxyType(params))

    def _rules(self, length: int) -> MapAdapter:
        """Built for the first path of that length, by one thread.

        To compile the rules of a whole table takes some milliseconds, and most programs ask for
        few of its paths.
        """
        if length not in self._urls:
            with self._lock:
                if length not in self._urls:
                    self._urls[length] = self._build(length)
        return self._urls[length]

    def _build(self, length: int) -> MapAdapter:
        by_route = groupby(sorted(self._by_length[length], key=_route), key=_route)
        rules = [_rule(path, method, tuple(rows)) for (path, method), rows in by_route]
        return Map(rules, merge_slashes=False).bind("")


def _length(path: str) -> int:
    return path.count("/")


def _route(row: Endpoint) -> tuple[str, str]:
    return row.path, row.method


def _rule(path: str, method: str, rows: tuple[Endpoint, ...]) -> Rule:
    pattern = path.replace("{api_version}", _VERSIONS).translate(str.maketrans("{}", "<>"))
    return Rule(pattern, methods=[method], endpoint=rows)


def _action(row: Endpoint) -> str:
    """The word that names an operation: the value of `action` in a body, or else a key of it."""
    return getattr(row, "action", "")
