"""Faults: what a test arms so that the fake fails on purpose."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import RLock
from types import TracebackType
from typing import Self

from sdrs_fake.control.catalogue import near, refusal_of
from sdrs_fake.domain.errors import Refusal
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


@dataclass(slots=True, eq=False)
class Fault:
    """One armed fault: which calls it meets, what it answers, how often it matched and fired. Disarmed at the end of a `with` block."""

    operation: str | None
    refusal: Refusal
    times: int | None
    after: int
    every: int
    optional: bool
    told: str
    disarm: Callable[["Fault"], None] = field(repr=False)
    tests: tuple[Test, ...] = field(repr=False)
    matched: int = 0
    fired: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.disarm(self)

    def __str__(self) -> str:
        most = "" if self.times is None else f" of {self.times}"
        return f"{self.told}: matched {self.matched} calls, fired {self.fired}{most} times"

    def strikes(self, call: Call) -> bool:
        """Does it fire at this call? Counts."""
        if self.operation not in {None, call.operation} or not all(test(call) for test in self.tests):
            return False
        self.matched += 1
        due = self.matched - self.after - 1
        if due < 0 or due % self.every or self.fired == self.times:
            return False
        self.fired += 1
        return True


class Faults:
    """The faults of one fake. Of those that meet a call, the one armed first answers it."""

    def __init__(self, fields: Callable[[], Mapping[str, frozenset[str]]]) -> None:
        self._fields = fields
        self._all: list[Fault] = []
        self._armed: tuple[Fault, ...] = ()
        self._lock = RLock()  # a condition of the user's may ask the fake itself

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._all))

    def fail(  # noqa: PLR0913 all that a fault may be told
        self,
        operation: str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        times: int | None = None,
        after: int = 0,
        every: int = 1,
        when: Test | None = None,
        optional: bool = False,
        **fields: object,
    ) -> Fault:
        """Arm a fault: calls of an operation, or of all, are answered with a documented status or code.

        It passes over the first `after` calls that it meets, fires at each `every`th from there on, and at most `times` times; without that
        until it is disarmed. `when` is asked of each Call; `fields` are parameters or ids of the path and their values, such as
        `offset=0`, `limit__ge=100` (`gt`, `ge`, `lt`, `le`), or None for one that is absent. ValueError, naming the choices, for a
        fault that could never fire. One that never fired is an error at the end of a test, unless it is `optional`.
        """
        refusal = refusal_of(status, code)
        for name, number, least in (("times", times, 1), ("after", after, 0), ("every", every, 1)):
            _check_number(name, number, least, optional=name == "times")
        if when is not None and not callable(when):
            raise TypeError(f"when: {when!r} should be a function of a Call")
        self._check_operation(operation)
        tests = [self._test(operation, name, value) for name, value in fields.items()]
        said = {"status": status, "code": code, "when": when}
        told = _told(operation, {**{name: value for name, value in said.items() if value is not None}, **fields})
        fault = Fault(operation, refusal, times, after, every, optional, told, self.disarm, (*tests, *((when,) if when else ())))
        with self._lock:
            self._all.append(fault)
            self._armed = (*self._armed, fault)
        return fault

    def disarm(self, fault: Fault) -> None:
        """Let a fault fire no more; it still says how often it did."""
        with self._lock:
            self._armed = tuple(each for each in self._armed if each is not fault)

    def clear(self) -> None:
        """Disarm and forget all faults, also those that never fired."""
        with self._lock:
            self._all, self._armed = [], ()

    def strike(self, call: Call) -> Refusal | None:
        """What an armed fault answers to a call; None where none fires."""
        if not self._armed:
            return None
        with self._lock:
            return next((fault.refusal for fault in self._armed if fault.strikes(call)), None)

    def check_fired(self) -> None:
        """AssertionError, a line each, for faults that never fired and are not optional."""
        unfired = [fault for fault in self._all if not fault.fired and not fault.optional]
        if unfired:
            raise AssertionError("\n".join(["faults that never fired (optional=True allows that):", *map(str, unfired)]))

    def _check_operation(self, operation: str | None) -> None:
        known = self._fields()
        if operation is not None and operation not in known:
            raise ValueError(f"operation: {operation!r} is not documented; the nearest are {near(operation, list(known))}")

    def _test(self, operation: str | None, name: str, value: object) -> Test:
        field_name, _, comparison = name.partition("__")
        known = self._fields()[operation] if operation else frozenset().union(*self._fields().values())
        if field_name not in known:
            raise ValueError(f"{name}: {operation or 'no operation'} has no such field; there are {', '.join(sorted(known)) or 'none'}")
        if not comparison:
            wanted = None if value is None else str(value)
            return lambda call: _said(call, field_name, given=value is None) == wanted
        compare = _COMPARISONS.get(comparison)
        if compare is None:
            raise ValueError(f"{name}: {comparison!r} should be one of {', '.join(_COMPARISONS)}")
        _check_number(name, value, 0)
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


def _check_number(name: str, value: object, least: int, *, optional: bool = False) -> None:
    if value is None and optional:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}: {value!r} should be a whole number, {least} or more")


def _told(operation: str | None, said: Mapping[str, object]) -> str:
    parts = [repr(operation)] if operation else []
    return f"fail({', '.join([*parts, *(f'{name}={value!r}' for name, value in said.items())])})"
