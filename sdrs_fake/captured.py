"""Data that is given as a dict, a JSON text, or a file; captured answers of the list among it."""

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

Given = Mapping[str, Any] | str | PathLike[str]

_BOM = "\ufeff"


class Content(NamedTuple):
    """What was given, parsed, and how errors call it: by the name of the parameter, and of the file
    if it is one.
    """

    place: str
    content: Any
    file: str | None = None


def captured(answer: Given) -> list[Mapping[str, Any]]:
    """The rows of an answer `{"count": ..., "failure_jobs": [...]}`; ValueError for what is none,
    OSError for no file.
    """
    place, content, _ = content_of("answer", answer)
    rows = content.get("failure_jobs") if isinstance(content, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ValueError(
            f'{place}: {content!r:.120} should be an object such as {{"count": 0, "failure_jobs":'
            " []}"
        )
    return [{str(name): value for name, value in row.items()} for row in rows]


def content_of(name: str, given: Given) -> Content:
    """What a parameter holds, or the file it names; ValueError where that is not JSON, OSError for
    no file.
    """
    if not isinstance(given, PathLike) and not (isinstance(given, str) and given.strip()):
        return Content(name, given)
    place, text = text_of(name, given)
    return Content(place, parsed(place, text), None if is_json(given) else str(given))


def text_of(name: str, given: str | PathLike[str]) -> tuple[str, str]:
    """The text that was given, or that of the file it names, and how errors call it."""
    if is_json(given):
        return name, str(given)
    said = str(given)[:120]
    place = f"{name}: {said if said.isprintable() else repr(said)}"
    return place, _read(place, Path(given))


def is_json(given: object) -> bool:
    """Does it look like a JSON text, rather than like the path of a file?"""
    return isinstance(given, str) and given.lstrip(f"{_BOM} \t\r\n")[:1] in {"{", "["}


def _read(place: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{place} should be text in UTF-8, but {error}") from None
    except OSError as error:
        raise type(error)(
            error.errno, f"{place} should be JSON text or a file that can be read: {error.strerror}"
        ) from None
    except ValueError as error:  # a path that no system takes
        raise ValueError(
            f"{place} should be JSON text or a file that can be read: {error}"
        ) from None


def parsed(place: str, text: str) -> Any:
    try:
        return json.loads(text.removeprefix(_BOM))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{place} should be JSON, but {error}") from None
