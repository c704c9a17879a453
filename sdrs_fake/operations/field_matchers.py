"""FieldMatcher: which requests a keyword such as `limit=5` or `offset__gt=0` lets through.

Faults and the journal share them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from sdrs_fake.domain.json_input import load_body
from sdrs_fake.errors import ParameterError, check_integer, shown
from sdrs_fake.messages import Request
from sdrs_fake.operations.reading import field_in, refused_value
from sdrs_fake.operations.table import ROWS, Row

Condition = Callable[[Request], bool]
Range = tuple[int, int]

NUMBERS = {"limit": 1000, "offset": 0}
"""The numeric parameters, and what an absent one counts as."""

_MAX_DIGITS = 19
_MAX = 10**_MAX_DIGITS - 1
"""No request can mean a larger number."""

_RANGES: dict[str, Callable[[int], Range]] = {
    "eq": lambda number: (number, number),
    "gt": lambda number: (number + 1, _MAX),
    "ge": lambda number: (number, _MAX),
    "lt": lambda number: (0, number - 1),
    "le": lambda number: (0, number),
}
"""The numbers that a comparison lets through, first and last."""

_SIGNS = {"gt": "> ", "ge": ">= ", "lt": "< ", "le": "<= "}


@dataclass(frozen=True, slots=True)
class FieldMatcher:
    """The condition on one field, and how messages show the value that it wants."""

    field: str
    wanted: str
    condition: Condition

    def difference(self, request: Request) -> str:
        """How a request differs; empty where it does not."""
        if self.condition(request):
            return ""
        return f"{self.field} was {shown(sent(request, self.field))}, not {self.wanted}"


def sent(request: Request, field: str) -> object:
    """An id of the path, a field of the body or a query parameter; None where it is absent."""
    row = ROWS.get(request.operation)
    if row is None or row.body is None or field not in row.body_fields:
        return request.path_params.get(field, request.params.get(field))
    try:
        return field_in(row.body, load_body(request.body), field)
    except ValueError:  # no JSON
        return None


def field_keywords(rows: Iterable[Row]) -> list[str]:
    """The keywords for fields of these operations, such as `limit` and `limit__ge`."""
    fields = sorted(set().union(*(row.fields for row in rows)))
    numbers = [field for field in fields if field in NUMBERS]
    return fields + [f"{field}__{comparison}" for field, comparison in product(numbers, _RANGES)]


def field_matchers(
    rows: Iterable[Row],
    fields: Mapping[str, object],
    needed: Mapping[str, Range] = MappingProxyType({}),
) -> list[FieldMatcher]:
    """The matchers for keywords and their values; refuses what no request could meet.

    `needed` are the numbers, first and last, that a field needs whatever the keywords say.
    """
    matchers: list[FieldMatcher] = []
    ranges = dict(needed)
    for keyword, value in fields.items():
        field, _, comparison = keyword.partition("__")
        having = [row for row in rows if field in row.fields]
        if not comparison and (field not in NUMBERS or isinstance(value, str | None)):
            matchers.append(_exact(having, field, value))
            if field not in needed:
                continue
            number = NUMBERS[field] if value is None else _number(str(value))
        else:
            number = check_integer(keyword, value, 0)
            matchers.append(_compared(having, field, comparison, number))
        first, last = _RANGES[comparison or "eq"](number)
        low, high = ranges.get(field, (0, _MAX))
        ranges[field] = max(low, first), min(high, last)
        if ranges[field][0] > ranges[field][1]:
            raise ParameterError(keyword, _impossible(field, fields, needed))
    return matchers


def check_accepted(rows: Iterable[Row], fields: Mapping[str, object]) -> None:
    """Refuse a value with which every request is refused, such as a name that is a number."""
    for field, value in fields.items():
        reasons = [_refused(row, field, value) for row in rows if field in row.fields]
        if value is not None and reasons and all(reasons):
            raise ParameterError(field, reasons[0])


def _refused(row: Row, field: str, value: object) -> str:
    """Why an operation refuses a value; empty where it may accept it."""
    if row.body and field in row.body_fields:
        return refused_value(row.body, field, value)
    if row.query and field in row.params:
        return refused_value(row.query, field, value)
    return "" if isinstance(value, str) else f"{shown(value)} should be a string"


def _number(text: str) -> int:
    """The number that a text means; -1 for none, or one that no request can mean."""
    digits = text.lstrip("0") or "0"
    is_number = text.isascii() and text.isdecimal() and len(digits) <= _MAX_DIGITS
    return int(digits) if is_number else -1


def exact_matcher(field: str, value: str | int | None) -> FieldMatcher:
    """The value that a field has to have; None means absent, or empty, as for a filter."""
    if value is None:
        return FieldMatcher(field, "None", lambda request: sent(request, field) in (None, ""))

    def is_equal(request: Request) -> bool:
        found = sent(request, field)
        # In Python True == 1, in JSON it is not.
        return any(
            each == value and isinstance(each, bool) is isinstance(value, bool)
            for each in (found if isinstance(found, list) else [found])
        )

    return FieldMatcher(field, shown(value), is_equal)


def _exact(rows: Collection[Row], field: str, value: object) -> FieldMatcher:
    if value is None and all(field in row.path_params for row in rows):
        raise ParameterError(field, "None should be a string, since no path is without this id")
    in_body = any(field in row.body_fields for row in rows)
    if value is None or (isinstance(value, str) and value) or (in_body and isinstance(value, int)):
        return exact_matcher(field, value)
    if value == "" and any(field not in row.path_params for row in rows):
        raise ParameterError(field, "'' should be None, which means absent or empty")
    wanted = "a string, an integer, True or False" if in_body else "a string"
    raise ParameterError(field, f"{shown(value)} should be {wanted}, or None where it is absent")


def _compared(rows: Collection[Row], field: str, comparison: str, number: int) -> FieldMatcher:
    sign = _SIGNS.get(comparison)
    wanted = f"{sign}{number}" if sign else f"'{number}'"
    first, last = _RANGES[comparison or "eq"](number)
    return FieldMatcher(field, wanted, _number_condition(rows, field, first, last))


def _number_condition(rows: Collection[Row], field: str, low: int, high: int) -> Condition:
    """The range that a numeric field has to be in, given or by default."""
    absent_matches = low <= NUMBERS[field] <= high
    having = {row.id for row in rows}

    def is_within(request: Request) -> bool:
        value = sent(request, field)
        if value is None:
            return absent_matches and request.operation in having
        if type(value) is int:  # of a body, where `true` is none
            return low <= value <= high
        return isinstance(value, str) and low <= _number(value) <= high

    return is_within


def _impossible(field: str, fields: Mapping[str, object], needed: Mapping[str, Range]) -> str:
    """Why no number is what was asked of a field, or what it needs anyway."""
    names = [name for name in fields if name.startswith(field)]
    given = ", ".join(f"{name}={shown(fields[name])}" for name in names)
    if field not in needed:
        return f"no number is {given}"
    low, high = needed[field]
    return f"{given} should leave a number from {low:,} to {high:,}, which this fault needs"
