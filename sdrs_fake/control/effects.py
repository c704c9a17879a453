"""What befalls a call that a fault meets."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from sdrs_fake.control.catalogue import USUAL, near, refusal_of
from sdrs_fake.control.conditions import check_flag
from sdrs_fake.domain.errors import NOT_IMPLEMENTED, ApiError, Refusal, not_implemented
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.world import World
from sdrs_fake.exchange import Call, Operation, Reply, Trouble

WIRES = ("drop", "cut", "garbage", "content_type", "slow_body")
"""What can go wrong on the wire; docs/faults.md says how each looks."""

GARBAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad"
    b" Gateway</h1></body>\r\n</html>\r\n"
)
"""What a proxy says where JSON was expected."""

WRONG_TYPE = "text/html"
RETRIED = (429, 503)
"""The statuses that go with a Retry-After (RFC 6585, RFC 9110)."""

Serve = Callable[[Operation, Project, Call], Reply]


@dataclass(frozen=True, slots=True)
class Effect:
    """What befalls a call: a refusal, a delay of what it asks for, or another way to `serve` it;
    and what then befalls the answer.

    Latency and Retry-After are in seconds.
    """

    refusal: Refusal | None = None
    delay: dt.timedelta | None = None
    serve: Serve | None = None
    wire: str = ""
    latency: float = 0.0
    real: bool = False
    retry_after: float | None = None

    def answer(self, world: World, operation: Operation, call: Call) -> Reply:
        """What a call is answered, or ApiError."""
        if self.refusal:
            raise ApiError(
                not_implemented(call.operation) if self.refusal == NOT_IMPLEMENTED else self.refusal
            )
        project_id = call.arguments.get("project_id", "")
        with world.lock:
            if self.delay is not None:
                return _postponed(world, project_id, operation, call, self.delay)
            project = world.find(project_id)
            return self.serve(operation, project, call) if self.serve else operation(project, call)

    def again_in(self, left: dt.timedelta) -> "Effect":
        """The same, but that its refusal says to try again once so much time has passed: in whole
        seconds, at least one.
        """
        seconds = str(max(1, ceil(left.total_seconds())))
        return replace(
            self, refusal=self.refusal and self.refusal.with_headers(**{"Retry-After": seconds})
        )

    def spoil(self, reply: Reply, call: Call, told: str) -> None:
        """Do to an answer what is to happen to it here, and write on it what is to happen on its
        way.

        Of one without a body there is no half: it is dropped where it would be cut, and late where
        that would be slow.
        """
        has_body = bool(reply.body) and call.method != "HEAD"
        if self.wire == "garbage" and has_body:
            reply.body = GARBAGE
        if self.wire == "content_type" and has_body:
            reply.headers["Content-Type"] = WRONG_TYPE
        wire = _ON_THE_WAY.get((self.wire, has_body))
        if wire or self.latency:
            reply.trouble = Trouble(wire or "", self.latency, self.real, told)


_ON_THE_WAY: dict[tuple[str, bool], Literal["drop", "cut", "slow_body"]] = {
    ("drop", True): "drop",
    ("drop", False): "drop",
    ("cut", True): "cut",
    ("cut", False): "drop",
    ("slow_body", True): "slow_body",
}


def effect_of(  # noqa: PLR0913 all that can befall a call
    *,
    status: int | None,
    code: str | None,
    wire: str | None,
    latency: object,
    real: bool,
    retry_after: object,
) -> Effect:
    """The effect of a fault as it is told; ValueError, naming the choices, for what cannot be."""
    seconds = 0.0 if latency is None else _seconds("latency", latency)
    check_flag("real", real)
    _check_wire(wire, seconds, real=real)
    if status is None and code is None:
        if not (wire or seconds):
            statuses = ", ".join(map(str, USUAL))
            raise ValueError(
                f"status: None should be one of {statuses}, or there should be a code, a wire or a"
                " latency"
            )
        refusal = None
    else:
        refusal = refusal_of(status, code)
    if retry_after is not None and (refusal is None or refusal.status not in RETRIED):
        raise ValueError(
            f"retry_after: {retry_after!r} goes with the statuses {' and '.join(map(str, RETRIED))}"
            " alone"
        )
    again = None if retry_after is None else _seconds("retry_after", retry_after)
    return Effect(refusal, wire=wire or "", latency=seconds, real=real, retry_after=again)


def late(delay: object) -> Effect:
    """The effect of being busy: what is asked for happens so many seconds later."""
    return Effect(delay=dt.timedelta(seconds=_seconds("delay", delay)))


def _postponed(
    world: World, project_id: str, operation: Operation, call: Call, delay: dt.timedelta
) -> Reply:
    """202: what is asked for is done once so much time has passed, or turns out to be wrong; the
    reply's note says then how that went.
    """
    accepted = Reply(202, note="accepted, not handled yet")

    def work(project: Project) -> str:
        try:
            done = operation(project, call)
        except ApiError as error:
            return f"{error.refusal.status} {error}"
        return f"{done.status} {done.note}".rstrip()

    def tell(outcome: str) -> None:
        accepted.note = f"accepted, and handled later: {outcome}"

    world.postpone(delay, project_id, work, tell)
    return accepted


def _check_wire(wire: object, seconds: float, *, real: bool) -> None:
    if wire is not None and wire not in WIRES:
        raise ValueError(
            f"wire: {wire!r} should be one of {', '.join(WIRES)}; the nearest is"
            f" {near(wire, list(WIRES))}"
        )
    if wire == "slow_body" and not seconds:
        raise ValueError("latency: a slow_body needs one: how many seconds its second half is late")
    if real and not seconds:
        raise ValueError("real: True needs a latency: how many seconds to wait")


def _seconds(name: str, value: object) -> float:
    given = value.total_seconds() if isinstance(value, dt.timedelta) else value
    if (
        isinstance(given, bool)
        or not isinstance(given, int | float)
        or not _LEAST <= given <= _MOST
    ):
        raise ValueError(
            f"{name}: {value!r} should be a number of seconds from {_LEAST} to {_MOST:,}"
        )
    return float(given)


_LEAST, _MOST = 0.001, 366 * 24 * 3600
"""From a millisecond, which is what the service counts in, to a year."""
