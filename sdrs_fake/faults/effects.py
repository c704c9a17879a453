"""Effect: what a fault does to a request that it matches, and to the response."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Literal, get_args

from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.error_codes import BY_STATUS, refusal_of
from sdrs_fake.domain.plans import Failure
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import NOT_IMPLEMENTED, ApiError, Refusal, not_implemented
from sdrs_fake.domain.transitions import Transition
from sdrs_fake.errors import ParameterError, check_flag, did_you_mean, number_of, shown
from sdrs_fake.faults.job_failures import job_failures
from sdrs_fake.messages import NetworkFault, Operation, Request, Response

Network = Literal["disconnect", "truncate", "garbage", "wrong_content_type", "slow_body"]
Serve = Callable[[Operation, Project, Request], Response]
_OnTheWay = Literal["", "disconnect", "truncate", "slow_body"]

GARBAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
)
"""What a proxy sends where JSON was expected."""

_RETRIED = (429, 503)
"""The statuses that go with a Retry-After (RFC 6585, RFC 9110)."""

_MIN_SECONDS, _MAX_SECONDS = 0.001, 366 * 24 * 3600
"""From a millisecond, the unit of the service's times, to a year."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does: to the request (`refusal`, `delay`, `serve`) and to the response.

    `serve` runs in place of the operation. `latency` and `retry_after` are in seconds.
    `job_failures` is how the job of each type ends that the operation starts.
    """

    refusal: Refusal | None = None
    delay: dt.timedelta | None = None
    serve: Serve | None = None
    network: Network | None = None
    latency: float = 0.0
    sleep: bool = False
    retry_after: float | None = None
    job_failures: Mapping[str, Failure] | None = None


@dataclass(frozen=True, slots=True)
class MatchedFault:
    """A fault that fires at one request. `remaining` is how long a Retry-After still lasts."""

    effect: Effect
    description: str
    remaining: dt.timedelta | None = None

    def respond(
        self,
        backend: Backend,
        operation: Operation,
        request: Request,
        go_on: Callable[[Operation, Request], Response],
    ) -> Response:
        """Respond in place of the operation, let the request go on to it, or raise ApiError."""
        effect = self.effect
        if effect.refusal:
            raise ApiError(self._refusal(effect.refusal, request))
        project_id = request.path_params.get("project_id", "")
        with backend.lock:
            if effect.delay:
                backend.defer(effect.delay, project_id, operation, request)
                return Response(202, note="accepted, not handled yet")
            if effect.serve:
                return effect.serve(operation, backend.find(project_id), request)
        return go_on(operation, request)

    def change(self, response: Response, request: Request) -> Response:
        """The response as the fault changes it, with what the transport has to do to it."""
        network, latency = self.effect.network, self.effect.latency
        has_body = bool(response.body) and request.method != "HEAD"
        if has_body and network == "garbage":
            response = replace(response, body=GARBAGE)
        if has_body and network == "wrong_content_type":
            response = replace(response, headers={**response.headers, "Content-Type": "text/html"})
        kind = _ON_THE_WAY.get((network, has_body), "")
        # With one that the job met that the operation started.
        fault = ", ".join(filter(None, (self.description, response.fault)))
        if not (kind or latency):
            return replace(response, fault=fault)
        network_fault = NetworkFault(kind, latency, self.effect.sleep, self.description)
        return replace(response, fault=fault, network_fault=network_fault)

    def _refusal(self, refusal: Refusal, request: Request) -> Refusal:
        if refusal == NOT_IMPLEMENTED:
            refusal = not_implemented(request.operation)
        if self.remaining is None:
            return refusal
        seconds = max(1, ceil(self.remaining.total_seconds()))
        return refusal.with_headers(**{"Retry-After": str(seconds)})


_ON_THE_WAY: dict[tuple[Network | None, bool], _OnTheWay] = {
    ("disconnect", True): "disconnect",
    ("disconnect", False): "disconnect",
    ("truncate", True): "truncate",
    ("truncate", False): "disconnect",
    ("slow_body", True): "slow_body",
}
"""What the transport does, by `network` and whether the response has a body: half of none is
none, so that it disconnects.
"""


def failure(  # noqa: PLR0913 the arguments of Faults.fail
    *,
    status: int | None,
    code: str | None,
    network: Any,
    latency: object,
    sleep: bool,
    retry_after: object,
) -> Effect:
    """The effect of `fail`; refuses what does nothing and what does not go together."""
    seconds = 0.0 if latency is None else _seconds("latency", latency)
    check_flag("sleep", sleep)
    _check_network(network, seconds, sleep=sleep)
    if status is not None or code is not None:
        refusal = refusal_of(status, code)
    elif network or seconds:
        refusal = None
    else:
        choices = ", ".join(map(str, BY_STATUS))
        reason = f"None should be one of {choices}, or give a code, network or latency"
        raise ParameterError("status", reason)
    again = None if retry_after is None else _retry_after(refusal, retry_after)
    return Effect(refusal, network=network, latency=seconds, sleep=sleep, retry_after=again)


def deferral(*, delay: object) -> Effect:
    """The effect of `defer`."""
    return Effect(delay=dt.timedelta(seconds=_seconds("delay", delay)))


def job_failure(rows: Iterable[Transition], *, code: object, reason: object) -> Effect:
    """The effect of `fail_job` on the jobs of these rows."""
    return Effect(job_failures=job_failures(rows, code, reason))


def _check_network(network: object, seconds: float, *, sleep: bool) -> None:
    choices = get_args(Network)
    if network is not None and network not in choices:
        reason = f"{shown(network)} should be one of {', '.join(choices)}"
        raise ParameterError("network", reason + did_you_mean(network, choices))
    if network == "slow_body" and not seconds:
        reason = "None should be the seconds that the second half of a slow_body is late"
        raise ParameterError("latency", reason)
    if sleep and not seconds:
        raise ParameterError("sleep", "True needs a latency, the seconds to wait")


def _retry_after(refusal: Refusal | None, value: object) -> float:
    if refusal is None or refusal.status not in _RETRIED:
        statuses = " and ".join(map(str, _RETRIED))
        raise ParameterError("retry_after", f"{shown(value)} goes with status {statuses} only")
    return _seconds("retry_after", value)


def _seconds(name: str, value: object) -> float:
    seconds = value.total_seconds() if isinstance(value, dt.timedelta) else number_of(value)
    if seconds is not None and _MIN_SECONDS <= seconds <= _MAX_SECONDS:
        return float(seconds)
    reason = f"{shown(value)} should be seconds from {_MIN_SECONDS} to {_MAX_SECONDS:,}"
    raise ParameterError(name, reason)
