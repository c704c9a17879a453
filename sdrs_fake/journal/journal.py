"""Journal: what a test asks about the requests that the fake answered."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from sdrs_fake.errors import check_integer, check_names
from sdrs_fake.journal.recorded_request import RecordedRequest
from sdrs_fake.journal.request_log import Observer, RequestLog
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations.table import ROWS, row_of

_MAX_NEAREST = 5
_IAM = "Keystone"
"""How the ids of IAM's operations begin; they are not in the table."""


class Journal:
    """The requests that the fake answered, with their responses; iterate over it, oldest first.

    It keeps the newest 10,000, or `max_requests`; `dropped` counts the older ones. Bodies are kept
    for the newest 4 MiB of them; a response whose body is gone has `body_dropped`.
    """

    def __init__(self, log: RequestLog, settle: Callable[[], object]) -> None:
        self._log = log
        self._settle = settle

    def __len__(self) -> int:
        return len(self._log)

    def __iter__(self) -> Iterator[RecordedRequest]:
        self._settle()  # so that the notes on deferred requests say how these went
        return iter(self._log)

    def __repr__(self) -> str:
        return f"<Journal: {len(self)} requests, {self.dropped} dropped>"

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
        _check_operation(operation)
        return [record for record in self if operation in {None, record.request.operation}]

    def assert_called(self, /, operation: str, **fields: object) -> RecordedRequest:
        """The newest request of an operation with these parameters and ids; None means absent.

        Raises AssertionError if there is none; it shows the nearest requests and how they differ.
        """
        records = self.calls(operation)
        _check_fields(operation, fields, records)
        for record in reversed(records):
            if not _differences(record.request, fields):
                return record
        raise AssertionError(self._nearest(operation, fields, records or list(self)))

    def observe(self, observer: Observer) -> None:
        """Call a function with each request to come."""
        self._log.observers += (observer,)

    def record(self, request: Request, response: Response) -> None:
        """Add a request and its response, such as those of a fake of your own."""
        self._log.record(request, response)

    def clear(self) -> None:
        """Forget all requests."""
        self._log.clear()

    def _nearest(
        self, operation: str, fields: Mapping[str, object], records: Sequence[RecordedRequest]
    ) -> str:
        """The message of a failed assertion."""
        arguments = "".join(f", {name}={value!r}" for name, value in fields.items())
        found = f"the nearest of {len(records)} requests" if records else "there was no request"
        lines = [f"{operation}{arguments}: not called; {found}"]
        if self.dropped:
            lines.append(f"(the oldest {self.dropped} requests are no longer kept)")
        ranked = [(_differences(each.request, fields, operation), each) for each in records]
        ranked.sort(key=lambda pair: len(pair[0]))
        for differences, record in ranked[:_MAX_NEAREST]:
            lines.append(f"  {record.curl()} -> {record.outcome()}")
            lines += [f"    {difference}" for difference in differences]
        return "\n".join(lines)


def _check_operation(operation: str | None) -> None:
    """Refuse an operation that no request can be of."""
    is_iam = isinstance(operation, str) and operation.startswith(_IAM)
    if not (operation is None or is_iam):
        row_of(operation)


def _check_fields(
    operation: str, fields: Collection[str], records: Sequence[RecordedRequest]
) -> None:
    """Refuse a field that the operation does not have and no request brought."""
    if operation in ROWS:
        brought = {name for record in records for name in record.request.params}
        check_names(fields, sorted(ROWS[operation].fields | brought), "field")


def _differences(
    request: Request, fields: Mapping[str, object], operation: str | None = None
) -> list[str]:
    """How a request differs from an operation, where that is asked, and from fields."""
    differences = []
    if operation not in {None, request.operation}:
        differences.append(f"operation was {request.operation or None!r}, not {operation!r}")
    sent = {**request.params, **request.path_params}
    for name, value in fields.items():
        wanted = None if value is None else str(value)
        if sent.get(name) != wanted:
            differences.append(f"{name} was {sent.get(name)!r}, not {wanted!r}")
    return differences
