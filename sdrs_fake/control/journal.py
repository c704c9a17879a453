"""What was asked and what was answered: a bounded list of calls with their replies."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from threading import Lock

from sdrs_fake.control.catalogue import Described, near
from sdrs_fake.control.conditions import check_number
from sdrs_fake.control.entry import Entry
from sdrs_fake.exchange import Call, Reply

MOST_CALLS = 10_000
MOST_BYTES = 4 << 20
MOST_NEAR = 5
"""How many calls that came near are told of."""

OF_IAM = "Keystone"
"""How the names of IAM's operations begin."""


class Journal:
    """The newest calls, 10,000 or as many as `most` says; `dropped` counts the older ones that had
    to go.

    Bodies are kept for the newest 4 MiB of them; an older entry's are empty then, and its reply is
    `cut`.
    """

    def __init__(
        self,
        documented: Callable[[], Mapping[str, Described]] = dict,
        settle: Callable[[], object] = bool,
    ) -> None:
        self._documented = documented
        self._settle = settle
        self._most = MOST_CALLS
        self.dropped = 0
        self.watcher: Callable[[Entry], object] | None = None
        self.observers: tuple[Callable[[Entry], object], ...] = ()
        self._entries: dict[int, Entry] = {}
        self._with_bodies: deque[int] = deque()
        self._bytes = 0
        self._numbers = count()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """The entries there are now, oldest first; what was accepted for later is handled first,
        where its time has come.
        """
        self._settle()
        with self._lock:
            return iter(tuple(self._entries.values()))

    @property
    def most(self) -> int:
        """How many calls it keeps."""
        return self._most

    @most.setter
    def most(self, number: int) -> None:
        check_number("most", number, 0)
        self._most = number

    def calls(self, operation: str | None = None) -> list[Entry]:
        """The entries of an operation, as the reference names it, or all of them; oldest first.
        ValueError for what is none.
        """
        self._check_operation(operation)
        return [entry for entry in self if operation in {None, entry.call.operation}]

    @property
    def last(self) -> Entry | None:
        """The newest entry."""
        return next(iter(list(self)[-1:]), None)

    def assert_called(self, operation: str, **fields: object) -> Entry:
        """The newest call of an operation whose parameters and ids have these values, None for one
        that is absent.

        AssertionError where there is none, with the calls that came nearest and what differed;
        ValueError, naming the choices, for an
        operation that is none, and for a field that the operation has not and no call of it
        brought.
        """
        entries = self.calls(operation)
        self._check_fields(operation, fields, entries)
        for entry in reversed(entries):
            if not differences(entry.call, fields):
                return entry
        raise AssertionError(_missed(operation, fields, entries or list(self), self.dropped))

    def _check_operation(self, operation: str | None) -> None:
        """Nobody is to wait for what cannot come."""
        known = self._documented()
        if (
            known
            and operation is not None
            and operation not in known
            and not operation.startswith(OF_IAM)
        ):
            raise ValueError(
                f"operation: {operation!r} is not documented; the nearest are"
                f" {near(operation, list(known))}"
            )

    def _check_fields(
        self, operation: str, fields: Collection[str], entries: Sequence[Entry]
    ) -> None:
        known = self._documented().get(operation)
        if known is None:
            return
        has = {*known.fields, *(name for entry in entries for name in entry.call.query)}
        for name in fields:
            if name not in has:
                raise ValueError(
                    f"{name}: {operation} has no such field, and no call brought it; there are"
                    f" {', '.join(sorted(has)) or 'none'}"
                )

    def note(self, call: Call, reply: Reply) -> None:
        entry = Entry(call, reply)
        with self._lock:
            number = next(self._numbers)
            self._entries[number] = entry
            self._with_bodies.append(number)
            self._bytes += len(call.body) + len(reply.body)
            while self._bytes > MOST_BYTES:
                self._let_go(self._with_bodies.popleft())
            while len(self._entries) > self._most:
                self._drop(number - len(self._entries) + 1)
        for observer in self.observers:
            observer(entry)
        if self.watcher:
            self.watcher(entry)

    def observe(self, *observers: Callable[[Entry], object]) -> None:
        """Let observers see each entry to come, for as long as the journal is there; the one
        `watcher` is the user's own.
        """
        self.observers += observers

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._with_bodies.clear()
            self._bytes = self.dropped = 0

    def _drop(self, number: int) -> None:
        oldest = self._entries.pop(number)
        self.dropped += 1
        if self._with_bodies and self._with_bodies[0] == number:
            self._bytes -= _size(oldest)
            self._with_bodies.popleft()

    def _let_go(self, number: int) -> None:
        """Keep an entry without its bodies; the call and the reply themselves may still be on their
        way to somebody.
        """
        entry = self._entries[number]
        self._bytes -= _size(entry)
        if _size(entry):
            call, reply = entry
            call = replace(call, body=b"") if call.body else call
            self._entries[number] = Entry(call, replace(reply, body=b"", cut=True))


def differences(call: Call, fields: Mapping[str, object]) -> list[str]:
    """What a call says otherwise than these fields."""
    said = {**call.query, **call.arguments}
    wanted = {name: None if value is None else str(value) for name, value in fields.items()}
    return [
        f"{name} was {said.get(name)!r}, not {value!r}"
        for name, value in wanted.items()
        if said.get(name) != value
    ]


def _missed(
    operation: str, fields: Mapping[str, object], entries: Sequence[Entry], dropped: int
) -> str:
    asked = ", ".join([operation, *(f"{name}={value!r}" for name, value in fields.items())])
    lines = [
        (
            f"no call was {asked}; {len(entries)} came near"
            if entries
            else f"no call was {asked}; there was none at all"
        )
    ]
    if dropped:
        lines.append(f"(the oldest {dropped} calls are no longer kept)")
    nearest = sorted(entries, key=lambda entry: len(_wrong(entry.call, operation, fields)))[
        :MOST_NEAR
    ]
    for entry in nearest:
        lines += [
            f"  {entry.curl(None)} -> {entry.outcome()}",
            *(f"    {line}" for line in _wrong(entry.call, operation, fields)),
        ]
    return "\n".join(lines)


def _wrong(call: Call, operation: str, fields: Mapping[str, object]) -> list[str]:
    other = (
        []
        if call.operation == operation
        else [f"it was {call.operation or 'no operation'}, not {operation}"]
    )
    return [*other, *differences(call, fields)]


def _size(entry: Entry) -> int:
    return len(entry.call.body) + len(entry.reply.body)
