"""Faults: what a test arms so that the fake fails on purpose."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from itertools import count
from threading import Lock
from typing import NamedTuple

from sdrs_fake.control.catalogue import Described, near
from sdrs_fake.control.clock import Clock
from sdrs_fake.control.conditions import Test, check_flag, check_number, tests_of
from sdrs_fake.control.effects import Effect, effect_of, late
from sdrs_fake.control.fault import Fault, Turns
from sdrs_fake.exchange import Call, Reply


class Struck(NamedTuple):
    """What befalls a call, and which fault does it."""

    effect: Effect
    told: str


class Faults:
    """The faults of one fake. Of those that meet a call and are due, the one armed first befalls
    it.
    """

    def __init__(self, documented: Callable[[], Mapping[str, Described]], clock: Clock) -> None:
        self._documented = documented
        self.clock = clock
        self._all: list[Fault] = []
        self._armed: tuple[Fault, ...] = ()
        self._numbers = count(1)
        self._lock = (
            Lock()
        )  # not held while a condition of the user's is asked, which may ask the fake itself

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._all))

    def fail(  # noqa: PLR0913 all that a fault may be told
        self,
        operation: str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        wire: str | None = None,
        latency: float | dt.timedelta | None = None,
        real: bool = False,
        retry_after: float | dt.timedelta | None = None,
        times: int | None = None,
        after: int = 0,
        every: int = 1,
        when: Test | None = None,
        optional: bool = False,
        **fields: object,
    ) -> Fault:
        """Arm a fault: calls of an operation, or of all, are answered with a documented status or
        code, badly, or late.

        `wire` is what goes wrong with the answer: `drop`, `cut`, `garbage`, `content_type` or
        `slow_body`. `latency` is how many
        seconds it is late: on the fake's clock, or `real`ly. `retry_after`, with 429 and 503, is
        how many seconds of the fake's clock
        the fault lasts from its first call on, and what Retry-After counts down.

        It passes over the first `after` calls that it meets, fires at each `every`th from there on,
        and at most `times` times; without that
        until it is disarmed. `when` is asked of each Call; `fields` are parameters or ids of the
        path and their values, such as
        `offset=0`, `limit__ge=100` (`gt`, `ge`, `lt`, `le`), or None for one that is absent.
        ValueError, naming the choices, for a
        fault that could never fire. One that never fired is an error at the end of a test, unless
        it is `optional`.
        """
        self._check_operation(operation)
        effect = effect_of(
            status=status, code=code, wire=wire, latency=latency, real=real, retry_after=retry_after
        )
        said = {
            "status": status,
            "code": code,
            "wire": wire,
            "latency": latency,
            "real": real or None,
            "retry_after": retry_after,
        }
        told = told_as("fail", operation, {**said, "when": when}, fields)
        tests = self.tests(operation, when, fields)
        return self.arm(
            operation, effect, told, Turns(times, after, every), tests, optional=optional
        )

    def busy(  # noqa: PLR0913 as above
        self,
        operation: str | None = None,
        *,
        delay: float | dt.timedelta = 60,
        times: int | None = None,
        after: int = 0,
        every: int = 1,
        when: Test | None = None,
        optional: bool = False,
        **fields: object,
    ) -> Fault:
        """Arm a fault: calls that would change something are answered with 202, and handled `delay`
        seconds of the fake's clock later.

        Nothing is looked at before; what turns out wrong then changes nothing, and the journal says
        so. The rest is as for `fail`;
        ValueError also for an operation that changes nothing, or is not served yet.
        """
        self._check_operation(operation)
        usable = {
            name: described
            for name, described in self._documented().items()
            if described.writes and described.served
        }
        if operation is not None and operation not in usable:
            raise ValueError(
                f"operation: {operation!r} should be one that changes something and is served:"
                f" {', '.join(usable)}"
            )
        told = told_as("busy", operation, {"delay": delay, "when": when}, fields)
        tests = [
            lambda call: call.operation in usable,
            *self.tests(operation, when, fields, usable),
        ]
        return self.arm(
            operation, late(delay), told, Turns(times, after, every), tests, optional=optional
        )

    def arm(  # noqa: PLR0913 all that a fault is
        self,
        operation: str | None,
        effect: Effect,
        told: str,
        turns: Turns,
        tests: Collection[Test],
        *,
        optional: bool,
    ) -> Fault:
        """Arm a fault of any effect; `told` is how it is called in messages."""
        check_flag("optional", optional)
        for name, number, least in (
            ("times", turns.times, 1),
            ("after", turns.after, 0),
            ("every", turns.every, 1),
        ):
            check_number(name, number, least, optional=name == "times")
        with self._lock:
            fault = Fault(
                next(self._numbers),
                operation,
                effect,
                turns,
                optional,
                told,
                tuple(tests),
                self.is_armed,
                self.disarm,
            )
            self._all.append(fault)
            self._armed = (*self._armed, fault)
        return fault

    def disarm(self, fault: Fault) -> None:
        """Let a fault fire no more; it still says how often it did."""
        with self._lock:
            self._armed = tuple(each for each in self._armed if each is not fault)

    def is_armed(self, fault: Fault) -> bool:
        return fault in self._armed

    def clear(self) -> None:
        """Disarm and forget all faults, also those that never fired."""
        with self._lock:
            self._all, self._armed = [], ()

    def strike(self, call: Call) -> Struck | None:
        """What befalls a call; None where no armed fault fires."""
        for fault in self._armed:
            if fault.meets(call):
                with self._lock:
                    now = self.clock.now()
                    fires = fault.fires(now)
                    struck = Struck(fault.effect_at(now), fault.told) if fires else None
                    over = fault.is_over(now)
                if over:
                    self.disarm(fault)
                if struck:
                    return struck
        return None

    def spoil(self, reply: Reply, call: Call, struck: Struck) -> None:
        """Do to an answer what the fault does to it; the fake's clock goes on by a latency that
        nobody waits for.
        """
        effect, reply.fault = struck
        effect.spoil(reply, call, reply.fault)
        if effect.latency and not effect.real:
            with suppress(ValueError):  # at the end of the calendar the clock stands still
                self.clock.advance(seconds=effect.latency)

    def check_fired(self) -> None:
        """AssertionError, a line each, for faults that never fired and are not optional."""
        unfired = [fault for fault in self._all if not fault.fired and not fault.optional]
        if unfired:
            raise AssertionError(
                "\n".join(
                    ["faults that never fired (optional=True allows that):", *map(str, unfired)]
                )
            )

    def tests(
        self,
        operation: str | None,
        when: Test | None,
        fields: Mapping[str, object],
        among: Mapping[str, Described] | None = None,
    ) -> list[Test]:
        """What is asked of a call to an operation, or to any `among` these; ValueError for a field
        that it has not.
        """
        if when is not None and not callable(when):
            raise TypeError(f"when: {when!r} should be a function of a Call")
        among = self._documented() if among is None else among
        known = among if operation is None else {operation: among[operation]}
        return [*tests_of(operation, known, fields), *([when] if when else [])]

    def _check_operation(self, operation: str | None) -> None:
        known = self._documented()
        if operation is not None and not (isinstance(operation, str) and operation in known):
            raise ValueError(
                f"operation: {operation!r} is not documented; the nearest are"
                f" {near(operation, list(known))}"
            )


def told_as(
    verb: str, operation: str | None, said: Mapping[str, object], fields: Mapping[str, object]
) -> str:
    """A fault as a message calls it: by the call that arms it."""
    parts = [repr(operation)] if operation else []
    shown = {**{name: value for name, value in said.items() if value is not None}, **fields}
    return f"{verb}({', '.join([*parts, *(f'{name}={value!r}' for name, value in shown.items())])})"
