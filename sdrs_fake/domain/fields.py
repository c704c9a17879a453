"""Parameter types: what each accepts, and the refusal that answers anything else."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)

from sdrs_fake.domain.json_input import load
from sdrs_fake.domain.refusals import (
    INVALID_LIMIT,
    INVALID_OFFSET,
    INVALID_PARAMETERS,
    TOO_MANY_IDS,
    ApiError,
    Refusal,
)
from sdrs_fake.domain.times import instant, java_instant, precise_instant
from sdrs_fake.errors import ParameterError, all_there_are, did_you_mean, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

_MAX_IDS = 30
MAX_LIMIT, MAX_OFFSET = 1000, 2147483647
_MAX_DIGITS = len(str(MAX_OFFSET))
_MAX_PROBLEMS = 50
_SURROGATE = re.compile("[\ud800-\udfff]")
_DATE, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_PROJECT_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._-]+")


def plain_digits(value: object) -> object:
    """Only ASCII digits are a number: pydantic alone would also take `+1`, ` 1`, `1_0`, `1.0`."""
    if not isinstance(value, str):
        return value
    if not (value.isascii() and value.isdigit()):
        raise ValueError("should be an integer in plain digits")
    significant = value.lstrip("0") or "0"
    if len(significant) > _MAX_DIGITS:
        raise ValueError(f"should have {_MAX_DIGITS} digits at most")
    return int(significant)


def empty_as_absent(value: object) -> object:
    """A filter without a value does not filter."""
    return None if value == "" else value


def query_type(value: object) -> object:
    """The Go SDK sends ` stop_protected`; `general` and no value filter nothing."""
    value = value.lstrip(" ") if isinstance(value, str) else value
    return None if value in ("", "general") else value


def id_list(value: object) -> tuple[str, ...] | None:
    """The ids of a list that stands in one value, `["id1","id2"]` or `['id1','id2']`.

    Anything else is one id; an empty list filters nothing. ValueError for more than 30.
    """
    if not isinstance(value, str) or not value:
        return None
    ids = _json_list(value)
    if ids is None:
        ids = _json_list(value.replace("'", '"'))
    if ids is None:
        ids = (value,)
    if len(ids) > _MAX_IDS:
        raise ValueError(f"should be {_MAX_IDS} ids at the most")
    return ids or None


def _json_list(text: str) -> tuple[str, ...] | None:
    try:
        content = load(text)
    except ValueError:
        return None
    return tuple(map(str, content)) if isinstance(content, list) else None


def checked_project_id(value: object) -> str:
    """An id that can stand in a path; ParameterError for another."""
    if not isinstance(value, str) or not _PROJECT_ID.fullmatch(value):
        raise ParameterError(
            "project_id",
            f"{shown(value)} should be letters, digits, '-', '_' and '.', such as"
            " a4a5d4098fb4474fa22cd05f897d6b99",
        )
    return value


def is_encodable(value: str) -> bool:
    """Whether UTF-8 can encode a string: half a character, a lone surrogate, it cannot."""
    return value.isascii() or not _SURROGATE.search(value)


Limit = Annotated[int, Field(ge=0, le=MAX_LIMIT), BeforeValidator(plain_digits), INVALID_LIMIT]
Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET), BeforeValidator(plain_digits), INVALID_OFFSET]
OptionalFilter = BeforeValidator(empty_as_absent)
QueryType = BeforeValidator(query_type)
IdList = Annotated[
    tuple[str, ...] | None,
    PlainValidator(id_list),
    WithJsonSchema({"type": "string"}),
    TOO_MANY_IDS,
]
Identifier = Annotated[str, Field(min_length=1)]
# With a bound pydantic looks at the characters, and refuses what UTF-8 cannot encode.
Text = Annotated[str, Field(min_length=0)]
# Neither has a serializer: pydantic makes a ValueError of an interrupt that comes in one.
Instant = Annotated[
    dt.datetime,
    PlainValidator(instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
JavaInstant = Annotated[
    dt.datetime,
    PlainValidator(java_instant),
    WithJsonSchema({"type": "string", "pattern": f"^{_DATE} {_TIME}\\.[0-9]{{1,3}}$"}),
]
PreciseInstant = Annotated[
    dt.datetime,
    PlainValidator(precise_instant),
    WithJsonSchema({"type": "string", "pattern": f"^{_DATE}T{_TIME}\\.[0-9]{{6}}$"}),
]


def read(model: type[Model], raw: Mapping[str, object]) -> Model:
    """Read the parameters of a request, or refuse them with the first wrong field's refusal."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        field = model.model_fields[str(error.errors()[0]["loc"][0])]
        note = first_problem(error)
    refusals = [each for each in field.metadata if isinstance(each, Refusal)]
    raise ApiError(refusals[0] if refusals else INVALID_PARAMETERS, note)


def first_problem(error: ValidationError) -> str:
    """The first wrong field and why, as a note of a refusal."""
    return str(parameter_error(error, ())).partition("\n")[0]


def pairs_of(parameter: str, text: str, example: str) -> dict[str, str]:
    """The names and values of `count=page, limit_zero=error`; ParameterError for anything else."""
    pairs: dict[str, str] = {}
    for part in filter(str.strip, text.split(",")):
        name, equals, value = (each.strip() for each in part.partition("="))
        if not (name and equals):
            raise ParameterError(
                parameter,
                f"{shown(part.strip())} should be such as {example}; commas go between several",
            )
        if name in pairs:
            raise ParameterError(parameter, f"{shown(text)} gives {shown(name)} twice")
        pairs[name] = value
    return pairs


def parameter_error(
    error: ValidationError,
    known_fields: Iterable[str],
    place: str = "",
    nested: Mapping[str, Iterable[str]] | None = None,
) -> ParameterError:
    """What pydantic found as one ParameterError, with a problem for each wrong value, at most 50.

    `known_fields` are the fields that exist, `nested` those of what is inside a field.
    A validator names a place inside its value by raising a ParameterError itself.
    """
    problems: list[tuple[str, str]] = []
    for line in error.errors(include_url=False)[:_MAX_PROBLEMS]:
        *parents, last = line["loc"] or ("",)
        if line["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
            inside = [step for step in parents if isinstance(step, str)]
            known = (nested or {}).get(inside[-1], ()) if inside else known_fields
            problems.append((_path((*parents, last)), _unknown(last, known)))
            continue
        cause = line.get("ctx", {}).get("error")
        inner = cause.problems if isinstance(cause, ParameterError) else (("", _reason(line)),)
        problems += [(_path((*line["loc"], name)), reason) for name, reason in inner]
    return ParameterError(*problems[0], *problems[1:]).within(place)


def _unknown(name: object, known: Iterable[str]) -> str:
    known = list(known)
    hint = did_you_mean(name, known) or all_there_are(known)
    return f"no such field{hint}"


def _path(steps: Iterable[str | int]) -> str:
    """A place in data, such as `waves[0].count`."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += step if not path or step[:1] in {"", "["} else f".{step}"
    return path


def _reason(line: "ErrorDetails") -> str:
    if line["type"] == "missing":
        return "missing"
    if line["type"] == "tuple_type":  # JSON has no other word for what Python keeps as one
        return f"{shown(line['input'])} should be a list"
    if line["type"] == "model_type":
        return f"{shown(line['input'])} should be an object"
    wanted = line["msg"]
    for subject in ("Value error, ", "Input ", "String ", "List "):
        wanted = wanted.removeprefix(subject)
    return f"{shown(line['input'])} {wanted}"
