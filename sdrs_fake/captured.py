"""Captured answers of the list: a dict, a JSON text, or a file."""

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

Answer = Mapping[str, Any] | str | PathLike[str]

_BOM = "\ufeff"


def captured(answer: Answer) -> list[Mapping[str, Any]]:
    """The rows of an answer `{"count": ..., "failure_jobs": [...]}`; ValueError for what is none, OSError for no file."""
    place, content = "answer", answer
    if isinstance(answer, str) and answer.lstrip(f"{_BOM} \t\r\n")[:1] in ("{", "["):
        content = _parsed(place, answer)
    elif isinstance(answer, PathLike) or (isinstance(answer, str) and answer.strip()):
        place = f"answer: {str(answer)[:120]}"
        content = _parsed(place, _read(place, Path(answer)))
    rows = content.get("failure_jobs") if isinstance(content, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ValueError(f'{place}: {content!r:.120} should be an object such as {{"count": 0, "failure_jobs": []}}')
    return [{str(name): value for name, value in row.items()} for row in rows]


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
