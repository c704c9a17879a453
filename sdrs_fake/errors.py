"""The exceptions that a user of the package meets, beside those of their HTTP client."""

from collections.abc import Iterable
from difflib import get_close_matches
from errno import ECONNREFUSED
from itertools import islice
from operator import index

_MAX_BITS = 4096
_MAX_SHOWN = 120
_MAX_NAME = 500
_MAX_COMPARED = 100
"""No name that exists is as long; to compare a longer one takes long."""


class ParameterError(ValueError):
    """A wrong argument, setting or piece of data: which it is, and what would be right.

    `name` is the parameter or the place in the data, `reason` the rest of the message.
    Where several are wrong at once, `problems` has all of them, and the message a line for each.
    """

    def __init__(self, name: str, reason: str, *more: tuple[str, str]) -> None:
        problems = [(_cut(each), why) for each, why in ((name, reason), *more)]
        self.name, self.reason = problems[0]
        self.problems: tuple[tuple[str, str], ...] = tuple(problems)
        super().__init__(self.name, reason, *problems[1:])

    def __str__(self) -> str:
        return "\n".join(f"{name}: {reason}" if name else reason for name, reason in self.problems)

    def within(self, place: str) -> "ParameterError":
        """The same error with a place before each name, such as `failure_jobs[3].`."""
        first, *more = ((f"{place}{name}", reason) for name, reason in self.problems)
        return ParameterError(*first, *more)


class Offline(ConnectionRefusedError):  # noqa: N818 a state, not a mistake
    """The fake is offline: it refuses connections, as a server that is down does."""

    def __init__(self) -> None:
        super().__init__(ECONNREFUSED, "Connection refused: the fake is offline")

    def __reduce__(self) -> tuple[type["Offline"], tuple[()]]:
        return Offline, ()


def shown(value: object) -> str:
    """A value in a message, cut where it is long."""
    # Python refuses to print an integer of more than a few thousand digits.
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        return f"a number of {value.bit_length()} bits"
    # What is cut anyway is not written first: a request may hold tens of thousands of elements.
    if isinstance(value, list | tuple) and len(value) > _MAX_SHOWN:
        value = value[:_MAX_SHOWN]
    elif isinstance(value, dict) and len(value) > _MAX_SHOWN:
        value = dict(islice(value.items(), _MAX_SHOWN))
    try:
        return f"{value!r:.{_MAX_SHOWN}}"
    except ValueError:  # there is such an integer inside
        return f"a value of type {type(value).__name__}"


def _cut(name: str) -> str:
    """The name of a parameter or a key, cut where it is long: a sender may have chosen it."""
    return name if len(name) <= _MAX_NAME else f"{name[:_MAX_NAME]}..."


def counted(number: int, what: str) -> str:
    """`1 request`, `2 requests`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """`; did you mean status?` where a known name is near, else an empty string."""
    name = given if isinstance(given, str) else shown(given)
    near = get_close_matches(name, list(known), n=1) if len(name) <= _MAX_COMPARED else []
    return f"; did you mean {near[0]}?" if near else ""


def all_there_are(known: Iterable[str]) -> str:
    """`; there are status, code`: the end of a message about a name that is unlike all others."""
    names = list(known)
    if len(names) == 1:
        return f"; there is only {names[0]}"
    return f"; there are {', '.join(names) or 'none'}"


def check_names(given: Iterable[str], known: Iterable[str], kind: str = "argument") -> None:
    """Refuse a name that does not exist, with the one it may have meant or else all there are."""
    known = list(known)
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known) or all_there_are(known)
            raise ParameterError(name, f"no such {kind}{hint}")


def integer_of(value: object) -> int | None:
    """The value as an int, such as one of numpy's; None for what is no integer, and for a bool."""
    if isinstance(value, bool):
        return None
    try:
        return index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def number_of(value: object) -> int | float | None:
    """The value as an int or float; None for what is no number, and for a bool."""
    return value if isinstance(value, float) else integer_of(value)


def check_number(name: str, value: object) -> int | float:
    """The value as an int or float, if it is a number."""
    number = number_of(value)
    if number is None:
        raise ParameterError(name, f"{shown(value)} should be a number")
    return number


def check_integer(name: str, value: object, least: int) -> int:
    """The value as an int, if it is an integer and not below the least."""
    number = integer_of(value)
    if number is None or number < least:
        raise ParameterError(name, f"{shown(value)} should be an integer, {least} or more")
    return number


def check_callable(name: str, value: object, of: str) -> None:
    """Refuse what cannot be called; `of` is the argument that it is called with."""
    if not callable(value):
        raise ParameterError(name, f"{shown(value)} should be a function of {of}")


def check_flag(name: str, value: object) -> None:
    """Refuse anything but True and False."""
    if not isinstance(value, bool):
        raise ParameterError(name, f"{shown(value)} should be True or False")
