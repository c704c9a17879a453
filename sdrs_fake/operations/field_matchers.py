"""FieldMatcher: which requests a keyword such as `limit=5` or `offset__gt=0` lets through.

Faults and the journal share them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from sdrs_fake.domain.json_input import load_body
from sdrs_fake.errors import ParameterError, check_integer, shown
from sdrs_fake.messages import Request
from sdrs_fake.operations.reading import field_in
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


def field_matchers(rows: Iterable[Row], fields: Mapping[str, object]) -> list[FieldMatcher]:
    """The matchers for keywords and their values; refuses what no request could meet."""
    matchers: list[FieldMatcher] = []
    ranges: dict[str, Range] = {}
    for keyword, value in fields.items():
        field, _, comparison = keyword.partition("__")
        having = [row for row in rows if field in row.fields]
        if not comparison and (field not in NUMBERS or isinstance(value, str | None)):
            matchers.append(_exact(having, field, value))
            continue
        number = check_integer(keyword, value, 0)
        low, high = ranges.get(field, (0, _MAX))
        first, last = _RANGES[comparison or "eq"](number)
        ranges[field] = max(low, first), min(high, last)
        if ranges[field][0] > ranges[field][1]:
            raise ParameterError(keyword, f"no number is {_given(field, fields)}")
        sign = _SIGNS.get(comparison)
        wanted = f"{sign}{number}" if sign else f"'{number}'"
        condition = _number_condition(having, field, first, last)
        matchers.append(FieldMatcher(field, wanted, condition))
    return matchers


def exact_matcher(field: str, value: str | int | None) -> FieldMatcher:
    """The value that a field has to have; None means absent, or empty, as for a filter."""
    if value is None:
        return FieldMatcher(field, "None", lambda request: sent(request, field) in (None, ""))

    def is_equal(request: Request) -> bool:
        found = sent(request, field)
        # In Python True == 1, in JSON it is not.
        return found == value and isinstance(found, bool) is isinstance(value, bool)

    return FieldMatcher(field, shown(value), is_equal)


def _exact(rows: Collection[Row], field: str, value: object) -> FieldMatcher:
    if value is None and all(field in row.path_params for row in rows):
        raise ParameterError(field, "None should be a string, since no path is without this id")
    in_body = any(field in row.body_fields for row in rows)
    if value is None or (isinstance(value, str) and value) or (in_body and isinstance(value, int)):
        return exact_matcher(field, value)
    wanted = "a string, an integer, True or False" if in_body else "a string"
    raise ParameterError(field, f"{shown(value)} should be {wanted}, or None where it is absent")


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
        if not (isinstance(value, str) and value.isascii() and value.isdecimal()):
            return False
        digits = value.lstrip("0") or "0"
        return len(digits) <= _MAX_DIGITS and low <= int(digits) <= high

    return is_within


def _given(field: str, fields: Mapping[str, object]) -> str:
    given = fields.items()
    return ", ".join(f"{name}={shown(value)}" for name, value in given if name.startswith(field))
