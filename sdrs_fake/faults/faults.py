"""Faults: the methods by which a test arms faults."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.transitions import TRANSITIONS
from sdrs_fake.errors import ParameterError, check_names, shown
from sdrs_fake.faults import paging
from sdrs_fake.faults.armed import ArmedFaults
from sdrs_fake.faults.effects import Effect, Network, deferral, failure, job_failure
from sdrs_fake.faults.fault import Fault, Schedule
from sdrs_fake.faults.matchers import RequestMatcher
from sdrs_fake.operations.field_matchers import (
    Condition,
    Range,
    check_accepted,
    field_keywords,
    field_matchers,
)
from sdrs_fake.operations.table import ROWS, Row, row_of

_OPTIONS = [field.name for field in fields(Schedule)]
_DEFERRABLE = {id_: row for id_, row in ROWS.items() if row.writes}
_WITH_JOBS = {row.operation: ROWS[row.operation] for row in TRANSITIONS}
_LIST = {"ListFailureJobs": ROWS["ListFailureJobs"]}


@dataclass(frozen=True)
class Kind:
    """A kind of fault: its effect by its own arguments, and the requests that it is for.

    `accepted` says that a request which the service refuses does not match, `needed` which
    numbers, first and last, a parameter has in a request that does.
    """

    name: str
    effect: Callable[..., Effect]
    rows: Mapping[str, Row]
    condition: Condition | None = None
    wanted: str = "should change something"
    accepted: bool = False
    needed: Mapping[str, Range] = field(default_factory=dict)


class Faults:
    """The faults of one fake; iterate over it, oldest first.

    The methods arm a fault each, and take the same options. A fault passes over the first `after`
    requests that it matches, then fires at every `every`th, `times` times at most. `when` is a
    function of the Request that says whether it matches. Unless it is `optional`, a fault that
    never fired is an error at the end of the test. Any other keyword is a query parameter, an id
    of the path or a field of the body without its wrapper: `offset=0`, `limit__ge=100` (`gt`, `ge`,
    `lt`, `le`), `volume_id="v1"`, or None for an absent one. ParameterError refuses a fault that
    could never fire.
    """

    def __init__(self, armed: ArmedFaults, backend: Backend) -> None:
        self._armed = armed
        self._next_page = partial(paging.is_next_page, backend)
        self._before_last_page = partial(paging.is_before_last_page, backend)

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._armed.faults))

    def __repr__(self) -> str:
        armed = sum(fault.armed for fault in self)
        fired = sum(fault.fired > 0 for fault in self)
        return f"<Faults: {armed} armed, {fired} fired>"

    def fail(  # noqa: PLR0913 one argument for each thing that can go wrong
        self,
        /,
        operation: str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        network: Network | None = None,
        latency: float | dt.timedelta | None = None,
        sleep: bool = False,
        retry_after: float | dt.timedelta | None = None,
        times: int | None = None,
        after: int = 0,
        every: int = 1,
        when: Condition | None = None,
        optional: bool = False,
        **fields: object,
    ) -> Fault:
        """Answer requests of an operation, or of all, with an error, damaged, or late.

        `status` and `code` choose a documented error, `network` what goes wrong on the way to the
        client. `latency` is the seconds that the response is late: on the fake's clock, or with
        `sleep` in real time. `retry_after`, with status 429 or 503, ends the fault these seconds
        of the fake's clock after it first fired; the header Retry-After counts them down.
        """
        arguments = {
            "status": status,
            "code": code,
            "network": network,
            "latency": latency,
            "sleep": sleep,
            "retry_after": retry_after,
        }
        schedule = {
            "times": times,
            "after": after,
            "every": every,
            "when": when,
            "optional": optional,
        }
        return self._arm(Kind("fail", failure, ROWS), operation, arguments, {**schedule, **fields})

    def defer(
        self,
        /,
        operation: str | None = None,
        *,
        delay: float | dt.timedelta = 60,
        **options: object,
    ) -> Fault:
        """Answer 202 to requests that change something, and handle them `delay` seconds later.

        The seconds pass on the fake's clock. Nothing is checked before that; the journal's note on
        the request says how it went.
        """
        kind = Kind("defer", deferral, _DEFERRABLE)
        return self._arm(kind, operation, {"delay": delay}, options)

    def fail_job(
        self,
        /,
        operation: str | None = None,
        *,
        code: str | None = None,
        reason: str | None = None,
        times: int | None = 1,
        **options: object,
    ) -> Fault:
        """Let the next job of an operation, or of any, end as FAIL, in the task center too.

        It fires when a job starts; a request that is refused does not count. `code` is a
        documented one or that of another service, such as EVS.2024, `reason` the text that goes
        with it; without them they are the usual ones of the job type.
        """
        rows = [row for row in TRANSITIONS if operation in {None, row.operation}]
        kind = Kind(
            "fail_job",
            partial(job_failure, rows),
            _WITH_JOBS,
            wanted="should start a job",
            accepted=True,
        )
        arguments = {"code": code, "reason": reason}
        return self._arm(kind, operation, arguments, {"times": times, **options})

    def insert_between_pages(self, /, *, times: int | None = 1, **options: object) -> Fault:
        """Add a new job to the front of the list before a next page: a row comes twice."""
        effect = partial(paging.insert_between_pages, self._armed.clock)
        return self._arm(
            self._of_pages("insert_between_pages", effect), None, {}, {"times": times, **options}
        )

    def delete_between_pages(self, /, *, times: int | None = 1, **options: object) -> Fault:
        """Delete the newest job of the list before a next page: a row is never seen."""
        kind = self._of_pages("delete_between_pages", paging.delete_between_pages)
        return self._arm(kind, None, {}, {"times": times, **options})

    def short_page(self, /, *, times: int | None = 1, **options: object) -> Fault:
        """Leave the last row out of a page that others follow. It is still at the next offset."""
        kind = Kind(
            "short_page",
            paging.short_page,
            _LIST,
            self._before_last_page,
            accepted=True,
            needed=paging.BEFORE_LAST_PAGE,
        )
        return self._arm(kind, None, {}, {"times": times, **options})

    def wrong_count(self, /, by: int = 1, **options: object) -> Fault:
        """Answer next pages with a count that is wrong by this number, but never below 0."""
        return self._arm(
            self._of_pages("wrong_count", paging.wrong_count), None, {"by": by}, options
        )

    def assert_all_fired(self) -> None:
        """Raise AssertionError for faults that never fired and are not optional."""
        unfired = [str(fault) for fault in self if not (fault.fired or fault.optional)]
        if unfired:
            heading = "faults that never fired (optional=True allows that):"
            raise AssertionError("\n".join([heading, *unfired]))

    def clear(self) -> None:
        """Disarm and forget all faults, also those that never fired."""
        self._armed.clear()

    def _of_pages(self, name: str, effect: Callable[..., Effect]) -> Kind:
        """A kind of fault that matches a next page of the list."""
        return Kind(name, effect, _LIST, self._next_page, accepted=True, needed=paging.NEXT_PAGE)

    def _arm(
        self,
        kind: Kind,
        operation: str | None,
        arguments: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> Fault:
        rows = _rows(kind, operation)
        own = list(arguments) if kind.rows is _LIST else ["operation", *arguments]
        check_names(options, [*own, *_OPTIONS, *field_keywords(rows.values())])
        schedule = Schedule(**{name: options[name] for name in _OPTIONS if name in options})
        fields = {name: value for name, value in options.items() if name not in _OPTIONS}
        matchers = field_matchers(rows.values(), fields, kind.needed)
        if kind.accepted:
            check_accepted(rows.values(), fields)
        conditions = [each.condition for each in matchers]
        conditions += [each for each in (kind.condition, schedule.when) if each]
        matcher = RequestMatcher(None if rows is ROWS else rows, tuple(conditions))
        given = {**arguments, "when": schedule.when}
        description = _description(kind.name, operation, given, fields)
        return self._armed.arm(description, schedule, matcher, kind.effect(**arguments))


def _rows(kind: Kind, operation: str | None) -> Mapping[str, Row]:
    """The operations that are meant: one, or all that a kind of fault is for."""
    if operation is None:
        return kind.rows
    row = row_of(operation, kind.rows)
    if row.id not in kind.rows:
        reason = f"{kind.wanted}; these do: {', '.join(kind.rows)}"
        raise ParameterError("operation", f"{shown(operation)} {reason}")
    return {row.id: row}


def _description(
    kind: str, operation: str | None, arguments: Mapping[str, object], fields: Mapping[str, object]
) -> str:
    """The call that arms a fault, without its schedule."""
    given = {name: value for name, value in arguments.items() if value not in (None, False)}
    keywords = [f"{name}={shown(value)}" for name, value in {**given, **fields}.items()]
    return f"{kind}({', '.join([repr(operation), *keywords] if operation else keywords)})"
