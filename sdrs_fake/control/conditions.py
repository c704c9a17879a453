"""Which calls a fault meets: what may be said of their parameters and ids."""

from collections.abc import Callable, Mapping
from math import inf

from sdrs_fake.control.catalogue import Described
from sdrs_fake.exchange import Call

Test = Callable[[Call], bool]

_ABSENT = {"limit": 1000, "offset": 0}
"""The numbers among the parameters, and what a list takes where nothing is said."""

_BOUNDS: dict[str, Callable[[int], tuple[float, float]]] = {
    "eq": lambda bound: (bound, bound),
    "gt": lambda bound: (bound + 1, inf),
    "ge": lambda bound: (bound, inf),
    "lt": lambda bound: (0, bound - 1),
    "le": lambda bound: (0, bound),
}
"""Which numbers a comparison lets through, from one to another."""

_DIGITS = 19
"""Longer numbers are none that could be meant."""


def tests_of(
    operation: str | None, known: Mapping[str, Described], fields: Mapping[str, object]
) -> list[Test]:
    """A test for each field and what is said of it, such as `limit__ge=100`; ValueError for one
    that could not be met.

    `known` are the operations that are meant: the one, or where it is None many.
    """
    tests: list[Test] = []
    ranges: dict[str, tuple[float, float]] = {}
    for name, value in fields.items():
        field, _, comparison = name.partition("__")
        _check_field(operation, known, name, field, comparison)
        if not (comparison or _is_number(field, value)):
            tests.append(_same(known, field, value))
            continue
        check_number(name, value, 0)
        low, high = _BOUNDS[comparison or "eq"](int(str(value)))
        before = ranges.get(field, (0, inf))
        ranges[field] = max(low, before[0]), min(high, before[1])
    for field, (low, high) in ranges.items():
        if not low <= min(high, 10**_DIGITS - 1):
            said = ", ".join(
                f"{name}={value!r}"
                for name, value in fields.items()
                if name.partition("__")[0] == field
            )
            raise ValueError(f"{field}: no number is {said}")
    return [*tests, *(_between(known, field, *bounds) for field, bounds in ranges.items())]


def check_number(name: str, value: object, least: int, *, optional: bool = False) -> None:
    """ValueError unless it is a whole number, and not below the least."""
    if value is None and optional:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}: {value!r} should be a whole number, {least} or more")


def check_flag(name: str, value: object) -> None:
    """ValueError unless it is true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{name}: {value!r} should be true or false")  # noqa: TRY004 one kind for all that is wrong with a fault


def _check_field(
    operation: str | None, known: Mapping[str, Described], name: str, field: str, comparison: str
) -> None:
    fields = {each for described in known.values() for each in described.fields}
    if field not in fields:
        whose = (
            f"{operation} has no such"
            if operation
            else "none of the operations that are meant has such a"
        )
        raise ValueError(f"{name}: {whose} field; there are {', '.join(sorted(fields)) or 'none'}")
    if comparison and comparison not in _BOUNDS:
        raise ValueError(f"{name}: {comparison!r} should be one of {', '.join(_BOUNDS)}")
    if comparison and field not in _ABSENT:
        raise ValueError(
            f"{name}: only {' and '.join(_ABSENT)} are numbers; {field} should be a text"
        )


def _is_number(name: str, value: object) -> bool:
    return name in _ABSENT and not (value is None or isinstance(value, str))


def _same(known: Mapping[str, Described], name: str, value: object) -> Test:
    """The text that a field should be; None where it should be absent, or empty, which is the same
    to a filter.
    """
    if value is None:
        if all(name in described.ids for described in known.values() if name in described.fields):
            raise ValueError(
                f"{name}: None should be a text, since an id in the path cannot be absent"
            )
    elif not isinstance(value, str) or not value:
        raise ValueError(f"{name}: {value!r} should be a text, or None where it is to be absent")
    return lambda call: (call.arguments.get(name) or call.query.get(name) or None) == value


def _between(known: Mapping[str, Described], name: str, low: float, high: float) -> Test:
    """The numbers from one to another that a parameter should be, said or meant by saying
    nothing.
    """
    absent = (
        {operation for operation, described in known.items() if name in described.fields}
        if low <= _ABSENT[name] <= high
        else set()
    )

    def between(call: Call) -> bool:
        said = call.query.get(name)
        if said is None:
            return call.operation in absent
        return (
            said.isascii()
            and said.isdecimal()
            and len(said.lstrip("0")) <= _DIGITS
            and low <= int(said) <= high
        )

    return between
