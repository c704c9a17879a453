"""The parameter vocabulary: types that know what they accept and how they are refused."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
)

from sdrs_fake.domain.errors import (
    INVALID_LIMIT,
    INVALID_OFFSET,
    INVALID_PARAMETERS,
    ApiError,
    Refusal,
)

Model = TypeVar("Model", bound=BaseModel)

_LONGEST_NUMBER = len("2147483647")
_PROJECT_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._-]+")
_JAVA_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,3}", re.ASCII)


def plain_digits(value: object) -> object:
    """Only ASCII digits are a number: pydantic alone would also take `+1`, ` 1`, `1_0` and
    `1.0`.
    """
    if not isinstance(value, str):
        return value
    significant = value.lstrip("0") or "0"
    if not (value and value.isascii() and value.isdigit() and len(significant) <= _LONGEST_NUMBER):
        raise ValueError("should be a whole number in plain digits")
    return int(significant)


def empty_as_absent(value: object) -> object:
    """A filter without a value does not filter."""
    return None if value == "" else value


def checked_project_id(value: object) -> str:
    """An id that can stand in a path; else ValueError."""
    if not isinstance(value, str) or not _PROJECT_ID.fullmatch(value):
        raise ValueError(
            f"project_id: {value!r} should be letters, digits, '-', '_' and '.', such as"
            " a4a5d4098fb4474fa22cd05f897d6b99"
        )
    return value


def instant(value: object) -> dt.datetime:
    """A moment in UTC, cut to the wire's milliseconds, from a datetime with a zone or an ISO 8601
    text with one.
    """
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, dt.datetime) and moment.utcoffset() is not None:
            moment = moment.astimezone(dt.UTC)
            return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    except (ValueError, OverflowError):
        pass
    raise ValueError(
        "should be a datetime with a time zone, or a text with one such as 2019-01-21T12:56:35.754Z"
    )


def java_instant(value: object) -> dt.datetime:
    """As `instant`; a text may also be as groups write it, and is UTC then."""
    if isinstance(value, str) and _JAVA_TIMESTAMP.fullmatch(value):
        value = f"{value}+00:00"
    return instant(value)


def wire_time(moment: dt.datetime) -> str:
    """`yyyy-MM-ddTHH:mm:ss.SSSZ`, as jobs and failed jobs write it."""
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def java_time(moment: dt.datetime) -> str:
    """`yyyy-MM-dd HH:mm:ss.SSS`, as groups write it: zeros at the end are cut, but for the first
    digit.
    """
    text = moment.isoformat(" ", timespec="milliseconds")[:-6]
    return text[:-2] + text[-2:].rstrip("0")


Limit = Annotated[int, BeforeValidator(plain_digits), Field(ge=0, le=1000), INVALID_LIMIT]
Offset = Annotated[int, BeforeValidator(plain_digits), Field(ge=0, le=2147483647), INVALID_OFFSET]
OptionalFilter = BeforeValidator(empty_as_absent)
Identifier = Annotated[str, Field(min_length=1)]
Text = Annotated[
    str, Field(min_length=0)
]  # a bound makes pydantic look at the text, and refuse what UTF-8 cannot say
Instant = Annotated[dt.datetime, PlainValidator(instant), PlainSerializer(wire_time)]
JavaInstant = Annotated[dt.datetime, PlainValidator(java_instant), PlainSerializer(java_time)]


def read(model: type[Model], raw: Mapping[str, object]) -> Model:
    """Read the parameters of a request, or refuse them with the first wrong field's own row."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        field = model.model_fields[str(error.errors()[0]["loc"][0])]
    rows = [row for row in field.metadata if isinstance(row, Refusal)]
    raise ApiError(rows[0] if rows else INVALID_PARAMETERS)


def explain(error: ValidationError, known: Iterable[str], place: str = "") -> str:
    """What is wrong with values given in Python: a line per field with the value and what would be
    right.

    `known` are the fields that exist; `place` is put before each field's name.
    """
    return "\n".join(
        place + _explain_one(dict(line), known) for line in error.errors(include_url=False)
    )


def _explain_one(line: dict[str, Any], known: Iterable[str]) -> str:
    where = ".".join(str(part) for part in line["loc"])
    if line["type"] == "missing":
        return f"{where}: missing"
    if line["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{where}: no such field; there are {', '.join(known)}"
    wanted = (
        line["msg"].removeprefix("Value error, ").removeprefix("Input ").removeprefix("String ")
    )
    return f"{where}: {line['input']!r:.120} {wanted}"
