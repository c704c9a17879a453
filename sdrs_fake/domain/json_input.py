"""Data given as a dict, a JSON string, or a file; rows of failed jobs among it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import compress
from os import PathLike
from typing import Any, NamedTuple

from sdrs_fake.domain import files
from sdrs_fake.errors import ParameterError, shown

Given = Mapping[str, Any] | str | PathLike[str]
Pairs = list[tuple[str, Any]]

MAX_DEPTH = 100
_TOO_DEEP = f"it is nested more than {MAX_DEPTH} levels deep"
_NESTED = frozenset({dict, list})
_BOM = "\ufeff"
_WANTED = "should be JSON text or a file that can be read"


class Content(NamedTuple):
    """What was given, parsed, and the name of the file where it came from one."""

    content: Any
    file: str | None = None


def rows_of(answer: Given) -> list[Mapping[str, Any]]:
    """The rows of an answer `{"count": ..., "failure_jobs": [...]}`, or of JSON lines.

    An empty file has no lines. ParameterError for what is neither, OSError for no file.
    """
    content, file = content_of("answer", answer, may_be_empty=True)
    rows = content.get("failure_jobs") if isinstance(content, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        within = "" if file is None else f"{file}: "
        raise ParameterError(
            "answer",
            f'{within}{shown(content)} should be an object such as {{"count": 0, "failure_jobs":'
            " []}",
        )
    return [{str(name): value for name, value in row.items()} for row in rows]


def content_of(name: str, given: Given, *, may_be_empty: bool = False) -> Content:
    """What a parameter holds, or the file it names.

    JSON lines become the rows of `{"failure_jobs": [...]}`, of which an empty file may have none.
    ParameterError where it is no JSON, OSError for no file.
    """
    if not isinstance(given, PathLike) and not (isinstance(given, str) and given.strip()):
        return Content(given)
    file, text = text_of(name, given)
    lines = [line for line in text.removeprefix(_BOM).split("\n") if line.strip()]
    if not (lines or may_be_empty):  # as a program leaves it that was killed while it wrote
        raise ParameterError(name, f"{file} should be JSON or JSON lines, but is blank")
    if len(lines) == 0 or (len(lines) > 1 and _is_object(lines[0])):
        return Content({"failure_jobs": _rows(name, file, lines)}, file)
    content = parse(name, file, text)
    if isinstance(content, dict) and "job_id" in content:  # a single line
        content = {"failure_jobs": [content]}
    return Content(content, file)


def text_of(name: str, given: str | PathLike[str]) -> tuple[str | None, str]:
    """The file that was given, if it is one, and its text or the text that was given."""
    if is_json(given):
        return None, str(given)
    file = str(given)[:120]
    if not file.isprintable():
        file = repr(file)
    try:
        return file, files.read(given).decode()
    except UnicodeDecodeError as error:
        raise ParameterError(name, f"{file} should be text in UTF-8, but {error}") from None
    except OSError as error:
        if isinstance(given, str) and "\n" in given:  # text, such as CSV, rather than a path
            raise ParameterError(
                name, f"{shown(given)} should be JSON text, JSON lines or the path of a file"
            ) from None
        message = f"{name}: {file} {_WANTED}: {error.strerror}"
        raise type(error)(error.errno, message) from None
    except ValueError as error:  # a path that no system takes
        raise ParameterError(name, f"{file} {_WANTED}: {error}") from None


def is_json(given: object) -> bool:
    """Whether it looks like JSON text rather than the path of a file."""
    return isinstance(given, str) and given.lstrip(f"{_BOM} \t\r\n")[:1] in {"{", "["}


def load(text: str | bytes, make_object: Callable[[Pairs], Any] | None = None) -> Any:
    """Parse JSON; ValueError for what is none, or is nested too deep.

    The bound is far below that of the interpreter, where other code fails on a value that the
    parser let through, and is the same in every version of Python.
    """
    try:
        content = json.loads(text, object_pairs_hook=make_object)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if _is_too_deep(content):
        raise ValueError(_TOO_DEEP)
    return content


@lru_cache(maxsize=1)
def load_body(body: bytes) -> Any:
    """Parse the body of a request, as `load` does, once for all who read it: none may change it."""
    return load(body)


def _is_too_deep(content: Any) -> bool:
    """Whether lists and dicts are nested too deep, level by level: most values are neither."""
    level = [content]
    for _ in range(MAX_DEPTH + 1):
        # A comprehension takes three times as long.
        level = list(compress(level, map(_NESTED.__contains__, map(type, level))))
        if not level:
            return False
        below: list[Any] = []
        for value in level:
            if value:
                below += value.values() if type(value) is dict else value
        level = below
    return True


def parse(name: str, file: str | None, text: str) -> Any:
    """Parse JSON; ParameterError, naming the parameter and the file, for what is none."""
    try:
        return load_unique(text.removeprefix(_BOM))
    except ValueError as error:
        within = "" if file is None else f"{file} "
        raise ParameterError(name, f"{within}should be JSON, but {error}") from None


def load_unique(text: str | bytes) -> Any:
    """Parse JSON as `load` does; ValueError for a key that an object has twice, too."""
    return load(text, _object)


def _object(pairs: Pairs) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"an object gives {shown(twice)} twice")
    return found


def _rows(name: str, file: str | None, lines: list[str]) -> list[Any]:
    return [
        parse(name, f"{file or 'the text'} line {number}", line)
        for number, line in enumerate(lines, start=1)
    ]


def _is_object(line: str) -> bool:
    try:
        return isinstance(load(line), dict)
    except ValueError:
        return False


@contextmanager
def read_json(name: str, given: Given) -> Iterator[Any]:
    """What a parameter or its file holds; in the block, errors about it name the file."""
    content, file = content_of(name, given)
    try:
        yield content
    except ParameterError as error:
        raise (error if file is None else error.within(f"{file}: ")) from None
