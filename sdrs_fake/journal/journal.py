"""Journal: what a test asks about the requests that the fake answered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import SupportsIndex, overload

from sdrs_fake.errors import (
    ParameterError,
    check_callable,
    check_integer,
    check_names,
    counted,
    integer_of,
    shown,
)
from sdrs_fake.journal.recorded_request import RecordedRequest
from sdrs_fake.journal.request_log import Observer, RequestLog
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations.field_matchers import (
    NUMBERS,
    FieldMatcher,
    exact_matcher,
    field_keywords,
    field_matchers,
)
from sdrs_fake.operations.table import ROWS, row_of

_MAX_NEAREST = 5
_IAM = "Keystone"
"""How the ids of IAM's operations begin; they are not in the table."""


class Journal:
    """The requests that the fake answered, with their responses; iterate over it, oldest first.

    It keeps the newest 10,000, or `max_requests`, and at most 64 MiB of them; `dropped` counts the
    older ones. Bodies are kept for the newest 4 MiB; a response whose body is gone has
    `body_dropped`.
    """

    def __init__(self, log: RequestLog, settle: Callable[[], object]) -> None:
        self._log = log
        self._settle = settle

    def __len__(self) -> int:
        return len(self._log)

    def __iter__(self) -> Iterator[RecordedRequest]:
        self._settle()  # so that the notes on deferred requests say how these went
        return iter(self._log)

    @overload
    def __getitem__(self, number: SupportsIndex) -> RecordedRequest: ...
    @overload
    def __getitem__(self, number: slice) -> list[RecordedRequest]: ...
    def __getitem__(self, number: SupportsIndex | slice) -> RecordedRequest | list[RecordedRequest]:
        return list(self)[number]

    def __repr__(self) -> str:
        return f"<Journal: {counted(len(self), 'request')}, {self.dropped} dropped>"

    @property
    def max_requests(self) -> int:
        """How many requests it keeps."""
        return self._log.max_requests

    @max_requests.setter
    def max_requests(self, number: int) -> None:
        self._log.max_requests = check_integer("max_requests", number, 0)

    @property
    def dropped(self) -> int:
        """How many older requests it no longer has."""
        return self._log.dropped

    @property
    def last(self) -> RecordedRequest | None:
        """The newest request."""
        records = list(self)
        return records[-1] if records else None

    def calls(self, operation: str | None = None) -> list[RecordedRequest]:
        """The requests of an operation, by its id, or all of them; oldest first."""
        check_operation(operation)
        return [record for record in self if operation in {None, record.request.operation}]

    def assert_called(
        self, /, operation: str, *, times: int | None = None, **fields: object
    ) -> RecordedRequest:
        """The newest request of an operation with these parameters, ids and fields of its body.

        The fields are those of faults: `offset=0` is met by a request without an offset,
        `limit__ge=100` compares, None means absent. AssertionError if there is no such request,
        or not as many as `times`; it shows the nearest requests and how they differ. Requests that
        are no longer kept do not count, nor, where the body is asked for, those without it.
        """
        if times is not None:
            if integer_of(times) == 0:
                raise ParameterError(
                    "times", "0 should be 1 or more; assert_not_called is for none"
                )
            times = check_integer("times", times, 1)
        matchers, found = self._find(operation, fields)
        if not found:
            records = self.calls(operation) or list(self)
            raise AssertionError(self._nearest(operation, fields, matchers, records))
        if times is not None and times != len(found):
            raise AssertionError(self._miscounted(operation, fields, found, times))
        return found[-1]

    def assert_called_once(self, /, operation: str, **fields: object) -> RecordedRequest:
        """As `assert_called` with `times=1`."""
        if "times" in fields:
            number = shown(fields["times"])
            reason = f"{number} goes with assert_called; assert_called_once is for 1 request"
            raise ParameterError("times", reason)
        return self.assert_called(operation, times=1, **fields)

    def assert_not_called(self, /, operation: str, **fields: object) -> None:
        """Raise AssertionError if there is a request that `assert_called` would return."""
        _, found = self._find(operation, fields)
        if found:
            raise AssertionError(self._miscounted(operation, fields, found, 0))

    def observe(self, observer: Observer) -> None:
        """Call a function with each request to come."""
        check_callable("observer", observer, "a RecordedRequest")
        self._log.observers += (observer,)

    def record(self, request: Request, response: Response) -> None:
        """Add a request and its response, such as those of a fake of your own."""
        for name, value, kind in (("request", request, Request), ("response", response, Response)):
            if not isinstance(value, kind):
                raise ParameterError(name, f"{shown(value)} should be a {kind.__name__}")
        self._log.record(request, response)

    def clear(self) -> None:
        """Forget all requests."""
        self._log.clear()

    def _find(
        self, operation: str, fields: Mapping[str, object]
    ) -> tuple[list[FieldMatcher], list[RecordedRequest]]:
        """The matchers of an assertion, and the requests that they let through."""
        records = self.calls(operation)
        matchers = _matchers(operation, fields, records)
        of_body = operation in ROWS and not ROWS[operation].body_fields.isdisjoint(fields)
        found = [
            record
            for record in records
            if not (of_body and record.response.body_dropped)
            and all(matcher.condition(record.request) for matcher in matchers)
        ]
        return matchers, found

    def _nearest(
        self,
        operation: str,
        fields: Mapping[str, object],
        matchers: Sequence[FieldMatcher],
        records: Sequence[RecordedRequest],
    ) -> str:
        """The message where no request was found."""
        found = (
            f"the nearest of {counted(len(records), 'request')}"
            if records
            else "there was no request"
        )
        lines = self._heading(operation, fields, f"not called; {found}")
        ranked = [(_differences(each.request, operation, matchers), each) for each in records]
        ranked.sort(key=lambda pair: len(pair[0]))
        for differences, record in ranked[:_MAX_NEAREST]:
            lines.append(_line(record))
            lines += [f"    {difference}" for difference in differences]
        return "\n".join(lines)

    def _miscounted(
        self,
        operation: str,
        fields: Mapping[str, object],
        found: Sequence[RecordedRequest],
        wanted: int,
    ) -> str:
        """The message where another number of requests was found."""
        lines = self._heading(
            operation, fields, f"called {counted(len(found), 'time')}, not {wanted}"
        )
        return "\n".join([*lines, *map(_line, found[-_MAX_NEAREST:])])

    def _heading(self, operation: str, fields: Mapping[str, object], outcome: str) -> list[str]:
        arguments = "".join(f", {name}={shown(value)}" for name, value in fields.items())
        lines = [f"{operation}{arguments}: {outcome}"]
        if self.dropped:
            verb = "is" if self.dropped == 1 else "are"
            lines.append(f"(the oldest {counted(self.dropped, 'request')} {verb} no longer kept)")
        return lines


def _line(record: RecordedRequest) -> str:
    return f"  {record.curl()} -> {record.outcome()}"


def check_operation(operation: str | None) -> None:
    """Refuse an operation that no request can be of."""
    is_iam = isinstance(operation, str) and operation.startswith(_IAM)
    if not (operation is None or is_iam):
        row_of(operation)


def _matchers(
    operation: str, fields: Mapping[str, object], records: Sequence[RecordedRequest]
) -> list[FieldMatcher]:
    """The matchers for fields of an operation, or for parameters that a request of it brought."""
    if operation not in ROWS:  # IAM's have no fields in the table
        return [exact_matcher(name, _text(value)) for name, value in fields.items()]
    row = ROWS[operation]
    known = field_keywords([row])
    brought = {name for record in records for name in record.request.params}
    check_names(fields, sorted({*known, *brought}), "field")
    matchers: list[FieldMatcher] = []
    typed: dict[str, object] = {}
    for name, value in fields.items():
        if name in row.body_fields or (name in known and _is_number(name, value)):
            typed[name] = value
        else:
            matchers.append(exact_matcher(name, _text(value)))
    return [*matchers, *field_matchers([row], typed)]


def _is_number(name: str, value: object) -> bool:
    """Whether a field is compared as a number; a negative one can only be what was sent."""
    field, _, comparison = name.partition("__")
    number = integer_of(value)
    return bool(comparison) or (field in NUMBERS and number is not None and number >= 0)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _differences(request: Request, operation: str, matchers: Sequence[FieldMatcher]) -> list[str]:
    """How a request differs from what an assertion asks for."""
    differences = [matcher.difference(request) for matcher in matchers]
    if request.operation != operation:
        other = f"operation was {request.operation or None!r}, not {operation!r}"
        differences.insert(0, other)
    return [each for each in differences if each]
