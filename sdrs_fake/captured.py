"""Data that is given as a dict, a JSON text, or a file; captured answers of the list among it."""

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

Given = Mapping[str, Any] | str | PathLike[str]

_BOM = "\ufeff"


class Content(NamedTuple):
    """What was given, parsed, and how errors call it: by the name of the parameter, and of the file if it is one."""

    place: str
    content: Any
    file: str | None = None


def captured(answer: Given) -> list[Mapping[str, Any]]:
    """The rows of an answer `{"count": ..., "failure_jobs": [...]}`; ValueError for what is none, OSError for no file."""
    place, content, _ = content_of("answer", answer)
    rows = content.get("failure_jobs") if isinstance(content, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ValueError(f'{place}: {content!r:.120} should be an object such as {{"count": 0, "failure_jobs": []}}')
    return [{str(name): value for name, value in row.items()} for row in rows]


def content_of(name: str, given: Given) -> Content:
    """What a parameter holds, or the file it names; ValueError where that is not JSON, OSError for no file."""
    if isinstance(given, str) and given.lstrip(f"{_BOM} \t\r\n")[:1] in ("{", "["):
        return Content(name, _parsed(name, given))
    if isinstance(given, PathLike) or (isinstance(given, str) and given.strip()):
        place = f"{name}: {str(given)[:120]}"
        return Content(place, _parsed(place, _read(place, Path(given))), str(given))
    return Content(name, given)


def _read(place: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{place} should be text in UTF-8, but {error}") from None
    except OSError as error:
        raise type(error)(error.errno, f"{place} should be JSON text or a file that can be read: {error.strerror}") from None


def _parsed(place: str, text: str) -> Any:
    try:
        return json.loads(text.removeprefix(_BOM))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{place} should be JSON, but {error}") from None
