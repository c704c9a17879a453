"""Which calls a fault meets: what may be said of their parameters and ids."""

import operator
from collections.abc import Callable, Collection, Mapping

from sdrs_fake.exchange import Call

Test = Callable[[Call], bool]

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_ABSENT = {"limit": "1000", "offset": "0"}
"""What a list takes where nothing is said."""


def tests_of(whose: str, known: Collection[str], fields: Mapping[str, object]) -> list[Test]:
    """A test for each field and what is said of it, such as `limit__ge=100`; ValueError for one that could not be met."""
    return [_test(whose, known, name, value) for name, value in fields.items()]


def check_number(name: str, value: object, least: int, *, optional: bool = False) -> None:
    """ValueError unless it is a whole number, and not below the least."""
    if value is None and optional:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}: {value!r} should be a whole number, {least} or more")


def _test(whose: str, known: Collection[str], name: str, value: object) -> Test:
    field_name, _, comparison = name.partition("__")
    if field_name not in known:
        raise ValueError(f"{name}: {whose} has no such field; there are {', '.join(sorted(known)) or 'none'}")
    if not comparison:
        wanted = None if value is None else str(value)
        return lambda call: _said(call, field_name, given=value is None) == wanted
    compare = _COMPARISONS.get(comparison)
    if compare is None:
        raise ValueError(f"{name}: {comparison!r} should be one of {', '.join(_COMPARISONS)}")
    check_number(name, value, 0)
    bound = int(str(value))

    def compared(call: Call) -> bool:
        said = _said(call, field_name) or ""
        return said.isascii() and said.isdecimal() and len(said) <= len(str(2**63)) and compare(int(said), bound)

    return compared


def _said(call: Call, name: str, *, given: bool = False) -> str | None:
    """What a call says under a name, or, unless it is to be `given`, what is meant where it says nothing."""
    if name in call.arguments:
        return call.arguments[name]
    return call.query.get(name, None if given else _ABSENT.get(name))
