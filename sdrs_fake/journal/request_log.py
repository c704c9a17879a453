"""RequestLog: the records behind a journal, bounded in number and in size."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from threading import Lock

from sdrs_fake.domain.forks import renew_in_child
from sdrs_fake.journal.recorded_request import RecordedRequest
from sdrs_fake.messages import Request, Response

MAX_REQUESTS = 10_000
MAX_BYTES = 4 << 20
MAX_HEAD_BYTES = 64 << 20
"""Enough for 10,000 usual requests without their bodies."""

Observer = Callable[[RecordedRequest], object]


class RequestLog:
    """The newest requests with their responses, at most 64 MiB of them, and 4 MiB of bodies."""

    def __init__(self) -> None:
        self.max_requests = MAX_REQUESTS
        self.dropped = 0
        self.observers: tuple[Observer, ...] = ()
        self._records: dict[int, RecordedRequest] = {}
        self._with_bodies: deque[int] = deque()
        self._bytes = 0
        self._head_sizes: deque[int] = deque()
        self._head_bytes = 0
        self._numbers = count(1)
        self._last_number = 0
        self._lock = Lock()
        renew_in_child(self)

    def after_fork(self) -> None:
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[RecordedRequest]:
        with self._lock:
            return iter(tuple(self._records.values()))

    @property
    def last_number(self) -> int:
        """The number of the newest request that was ever recorded; 0 before the first."""
        return self._last_number

    def numbered(self) -> tuple[tuple[int, RecordedRequest], ...]:
        """The requests with their numbers, oldest first. No number is given twice."""
        with self._lock:
            return tuple(self._records.items())

    def record(self, request: Request, response: Response) -> None:
        """Keep a request and its response, and show them to the observers."""
        record = RecordedRequest(request, response)
        with self._lock:
            number = next(self._numbers)
            self._last_number = number
            self._records[number] = record
            self._with_bodies.append(number)
            self._bytes += record.size
            self._head_sizes.append(record.head_size)
            self._head_bytes += self._head_sizes[-1]
            while self._bytes > MAX_BYTES:
                self._drop_bodies(self._with_bodies.popleft())
            while len(self._records) > self.max_requests or self._head_bytes > MAX_HEAD_BYTES:
                self._drop(number - len(self._records) + 1)
        for observer in self.observers:
            observer(record)

    def annotate(self, request: Request, note: str) -> None:
        """Change the note on the response to a request, if it is still kept."""
        with self._lock:
            for number, record in self._records.items():
                if record.request.id == request.id:
                    response = replace(record.response, note=note)
                    self._records[number] = RecordedRequest(record.request, response)

    def note_deferred(self, request: Request, outcome: str) -> None:
        """Note how a request went that was accepted first."""
        self.annotate(request, f"accepted, and handled later: {outcome}")

    def clear(self) -> None:
        with self._lock:
            self._records.clear()
            self._with_bodies.clear()
            self._head_sizes.clear()
            self._bytes = self._head_bytes = self.dropped = 0

    def _drop(self, number: int) -> None:
        oldest = self._records.pop(number)
        self._head_bytes -= self._head_sizes.popleft()
        self.dropped += 1
        if self._with_bodies and self._with_bodies[0] == number:
            self._bytes -= oldest.size
            self._with_bodies.popleft()

    def _drop_bodies(self, number: int) -> None:
        """Keep a record without its bodies, which the client may still be reading."""
        record = self._records[number]
        self._bytes -= record.size
        if record.size:
            self._records[number] = record.without_bodies()
