"""What a suite asked of its fakes, as counters: operations, filters, edges of pages, and errors.
PYTEST_DONT_REWRITE
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from threading import Lock
from typing import Any

from sdrs_fake import FakeSdrs
from sdrs_fake.control.entry import Entry, visible
from sdrs_fake.domain.errors import INVALID_LIMIT, INVALID_OFFSET
from sdrs_fake.domain.fields import plain_digits
from sdrs_fake.exchange import Call, Reply
from sdrs_fake.operations.queries import QUERIES, filters
from sdrs_fake.wsgi.routes import is_of_iam

Key = tuple[str, ...]
"""What is counted: its kind, the operation where there is one, and more of it."""

FAKES, CALLS, OPERATION, UNKNOWN, FILTER, LIMIT, OFFSET, PAGE, ERROR = (
    "fakes",
    "calls",
    "operation",
    "unknown",
    "filter",
    "limit",
    "offset",
    "page",
    "error",
)
ABSENT = "absent"
LIMITS = (ABSENT, "0", "1", "2 to 999", "1000", "refused")
OFFSETS = (ABSENT, "0", "inside", "past the end", "refused")
PAGES = (EMPTY_LIST, MORE_BEHIND, NEXT) = ("empty list", "more behind it", "next page")
ANY, EMPTY, OTHER, REFUSED = "any", "empty", "other", "refused"
"""What a filter was given, where that is none of its documented values."""

MOST_NAMES = 100
"""How many unknown parameters are told apart."""
MORE_NAMES = "..."
"""What the others are counted as."""
MOST_WALKS = 64
"""How many lists of one fake may be walked page by page at the same time."""
_LONGEST_NAME = 40
_OF_PAGES = {LIMIT: INVALID_LIMIT, OFFSET: INVALID_OFFSET}


class Coverage:
    """Counters over all fakes of a run; may be asked from all threads."""

    def __init__(self) -> None:
        self.counts: Counter[Key] = Counter()
        self._lock = Lock()

    def watch(self, fake: FakeSdrs) -> None:
        """Count what this fake is asked from now on."""
        self._add([(FAKES,)])
        ends: Ends = {}
        fake.journal.observe(lambda entry: self._see(entry, ends))

    def portable(self) -> list[list[Any]]:
        """The counters as one process can tell them to another."""
        with self._lock:
            return [[*key, number] for key, number in self.counts.items()]

    def merge(self, portable: Iterable[Sequence[Any]]) -> None:
        """Add the counters of another process."""
        for *key, number in portable:
            self.counts[tuple(key)] += number

    def _see(self, entry: Entry, ends: "Ends") -> None:
        with self._lock:
            self._add(exercised(entry.call, entry.reply, ends))

    def _add(self, keys: Iterable[Key]) -> None:
        for key in keys:
            full = (
                key[0] == UNKNOWN
                and key not in self.counts
                and sum(known[0] == UNKNOWN for known in self.counts) >= MOST_NAMES
            )
            self.counts[(*key[:-1], MORE_NAMES) if full else key] += 1


Ends = dict[tuple[str, frozenset[tuple[str, str]]], int]
"""Where the newest page of each list ended, by path and filters."""


def exercised(call: Call, reply: Reply, ends: Ends) -> Iterator[Key]:
    """What a call exercised: a filter or a page where it was answered, or refused for what it is,
    and neither where a fault met it.
    """
    if is_of_iam(call.path):
        return
    yield (CALLS,)
    if call.operation:
        yield OPERATION, call.operation
    content = _content(reply)
    code = _code(content) if reply.status >= HTTPStatus.BAD_REQUEST else ""
    if reply.status >= HTTPStatus.BAD_REQUEST:
        yield ERROR, str(reply.status), code
    if reply.fault:
        return
    for name in call.unknown:
        yield UNKNOWN, call.operation, visible(name[:_LONGEST_NAME])
    if call.operation in QUERIES:
        yield from (
            _refused(call, code)
            if reply.status == HTTPStatus.BAD_REQUEST
            else _answered(call, content, ends)
        )


def _content(reply: Reply) -> Mapping[str, Any]:
    try:
        content = reply.json
    except ValueError:  # it may be garbled on purpose
        return {}
    return content if isinstance(content, dict) else {}


def _code(content: Mapping[str, Any]) -> str:
    """The code in any of the bodies that errors come in."""
    inner = next((value for value in content.values() if isinstance(value, dict)), {})
    return str(content.get("error_code", inner.get("code", "")))


def _refused(call: Call, code: str) -> Iterator[Key]:
    for kind, refusal in _OF_PAGES.items():
        if kind in call.query and code == refusal.code:
            yield kind, call.operation, REFUSED
    if code not in {refusal.code for refusal in _OF_PAGES.values()}:
        yield from (key for key in _filters(call, REFUSED) if key[-1] == REFUSED)


def _filters(call: Call, undocumented: str) -> Iterator[Key]:
    for name, values in filters(call.operation).items():
        if (value := call.query.get(name)) is not None:
            other = undocumented if values else ANY
            yield (
                FILTER,
                call.operation,
                name,
                (value if value in values else other) if value else EMPTY,
            )


def _answered(call: Call, content: Mapping[str, Any], ends: Ends) -> Iterator[Key]:
    rows = next((value for value in content.values() if isinstance(value, list)), None)
    if rows is None:
        return
    yield from _filters(call, OTHER)
    limit, offset = (_number(call.query.get(name)) for name in (LIMIT, OFFSET))
    count, start = content.get("count", len(rows)), 0 if offset == ABSENT else int(offset)
    yield LIMIT, call.operation, limit if limit in LIMITS else "2 to 999"
    yield (
        OFFSET,
        call.operation,
        offset if offset in OFFSETS else "inside" if rows or start < count else "past the end",
    )
    yield from (
        (PAGE, call.operation, page) for page in _pages(call, start, len(rows), count, ends)
    )


def _number(text: str | None) -> str:
    return (
        ABSENT if text is None else str(plain_digits(text))
    )  # `int` refuses 5000 zeros, which the service takes


def _pages(call: Call, offset: int, rows: int, count: int, ends: Ends) -> Iterator[str]:
    """What the page is in its list. The next one starts where one of the same list has ended."""
    walked = (
        call.path,
        frozenset(
            (name, value) for name, value in call.query.items() if name not in (LIMIT, OFFSET)
        ),
    )
    if not count and not offset:
        yield EMPTY_LIST
    if rows and offset + rows < count:
        yield MORE_BEHIND
    if rows and offset and ends.get(walked) == offset:
        yield NEXT
    ends.pop(walked, None)
    ends[walked] = offset + rows
    if len(ends) > MOST_WALKS:
        del ends[next(iter(ends))]
