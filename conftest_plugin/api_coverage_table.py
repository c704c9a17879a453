"""API coverage: the table at the end of a run. PYTEST_DONT_REWRITE"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

from sdrs_fake.domain import refusals
from sdrs_fake.domain.error_codes import refusal_of
from sdrs_fake.errors import counted
from sdrs_fake.operations.reading import body_fields
from sdrs_fake.operations.table import ROWS

Key = tuple[str, ...]
"""What is counted: its kind, the operation if there is one, and which of that kind it is.

The kinds: fakes, requests, operation, field, unknown, filter, limit, offset, page, error.
"""
Counts = Mapping[Key, int]

ABSENT = "absent"
LIMITS = (ABSENT, "0", "1", "2 to 999", "1000", "refused")
OFFSETS = (ABSENT, "0", "inside", "past the end", "refused")
PAGES = (EMPTY_LIST, ROWS_BEHIND, NEXT_PAGE) = ("empty list", "more behind it", "next page")
EDGES = {"limit": LIMITS, "offset": OFFSETS, "page": PAGES}
"""The columns of the grids."""

STATUSES = (400, 401, 403, 404, 405, 406, 407, 408, 409, 500, 501, 502, 503, 504)
"""The abnormal statuses of the reference."""

MORE_NAMES = "..."
"""The name under which further unknown parameters are counted."""
MAX_SHOWN = 10
"""The number of unknown parameters that are shown."""

# The last two answer bytes that never became a request, which nothing counts.
_ONLY_BY_FAULTS = (
    refusals.NOT_ACCEPTABLE,
    refusals.PROXY_AUTHENTICATION_REQUIRED,
    refusals.REQUEST_TIMEOUT,
    refusals.CONFLICT,
    refusals.INTERNAL_ERROR,
    refusals.NOT_IMPLEMENTED,
    refusals.SERVICE_UNAVAILABLE,
    refusals.THROTTLED,
    refusals.BACKEND_UNAVAILABLE,
    refusals.BACKEND_TIMEOUT,
    refusals.BAD_REQUEST,
    refusals.HEADERS_TOO_LARGE,
)
RULES = {(row.status, row.code) for row in refusals.REFUSALS if row not in _ONLY_BY_FAULTS}
"""The refusals that the fake makes by its own rules."""

_MESSAGES = {(row.status, row.code): row.message for row in reversed(refusals.REFUSALS)}
_LISTS = [name for name, row in ROWS.items() if row.query]
FIELDS = {
    name: tuple(body_fields(row.body)) for name, row in ROWS.items() if row.body and row.body_fields
}
"""The fields of the bodies, in their documented order."""
_INDENT = 7
_MIN_WIDTH = 40
_SPACINGS = ((3, 5), (2, 4), (1, 1))
"""Gap and least width of a grid's columns: the first with which it fits is used."""


def table(counts: Counts, width: int) -> Iterator[str]:
    """The lines of the table, none of them wider than `width` where that is possible."""
    fakes, requests = counts.get(("fakes",), 0), counts.get(("requests",), 0)
    if not requests:
        which = "fake" if fakes == 1 else f"{fakes} fakes"
        idle = f"no request came to the {which} that the plugin's fixtures made"
        yield idle if fakes else "no fake was made by the plugin's fixtures"
        return
    yield f"{counted(requests, 'request')} to {counted(fakes, 'fake')}; - is never"
    yield from _operations(counts, width)
    yield from _fields(counts, width)
    requested = {key[1] for key in counts if len(key) > 1}
    lists = [operation for operation in _LISTS if operation in requested]
    for operation in lists:
        yield from _filters(counts, operation, width)
    if lists:
        for kind, edges in EDGES.items():
            yield from _grid(
                {each: _numbers(counts, kind, each) for each in lists}, kind, edges, width
            )
    yield from _errors(counts, width)


def _operations(counts: Counts, width: int) -> Iterator[str]:
    requested = _numbers(counts, "operation")
    never = [operation for operation in ROWS if operation not in requested]
    yield from ("", f"operations: {len(ROWS) - len(never)} of {len(ROWS)}")
    for operation in ROWS:
        if operation in requested:
            yield _row(requested[operation], operation)
    if never:
        yield from _wrapped(_row(0, ""), ", ".join(never), width)


def _fields(counts: Counts, width: int) -> Iterator[str]:
    """What bodies held, of the operations that were requested with one."""
    lines: list[str] = []
    for operation, fields in FIELDS.items():
        if given := _numbers(counts, "field", operation):
            start = _row(max(given.values()), f"{operation}  ")
            lines += _wrapped(start, _values(given, fields), width)
    if lines:
        yield from ("", "fields of bodies", *lines)


def _filters(counts: Counts, operation: str, width: int) -> Iterator[str]:
    yield from ("", f"filters of {operation}")
    filters = ROWS[operation].filters
    column = max(map(len, filters)) + 2
    for name, documented in filters.items():
        given = _numbers(counts, "filter", operation, name)
        values = _values(given, documented) if given.keys() - {"any"} else ""
        yield from _wrapped(_row(sum(given.values()), f"{name:{column}}"), values, width)
    unknown = _numbers(counts, "unknown", operation)
    if unknown:
        start = _row(sum(unknown.values()), "unknown, which change nothing: ")
        yield from _wrapped(start, _names(unknown), width)


def _names(given: Mapping[str, int]) -> str:
    """`marker 5, page 2, 90 others`: the most frequent first."""
    names = sorted(given.keys() - {MORE_NAMES}, key=lambda name: (-given[name], name))
    shown = [f"{name} {given[name]}" for name in names[:MAX_SHOWN]]
    hidden, more = len(names[MAX_SHOWN:]), MORE_NAMES in given
    if hidden:
        shown.append(f"{'more than ' if more else ''}{counted(hidden, 'other')}")
    elif more:
        shown.append("others")
    return ", ".join(shown)


def _values(given: Mapping[str, int], documented: Sequence[str]) -> str:
    """`createFail 2, refused 1; never deleteFail`: documented values first, in their order."""
    order = [*documented, *sorted(given.keys() - set(documented))]
    used = ", ".join(f"{value} {given[value]}" for value in order if value in given)
    never = ", ".join(value for value in documented if value not in given)
    return f"{used}; never {never}" if never else used


def _grid(
    rows: Mapping[str, Mapping[str, int]], kind: str, edges: Sequence[str], width: int
) -> Iterator[str]:
    """A row for each list, a column for each edge."""
    column = max(map(len, rows)) + _INDENT
    widest = []
    for edge in edges:
        numbers = [len(str(given.get(edge, ""))) for given in rows.values()]
        widest.append(max(len(edge), *numbers))
    for gap, least in _SPACINGS:
        widths = [max(wide, least) + gap for wide in widest]
        if column + sum(widths) <= width:
            break
    yield from ("", f"{kind:{column}}{_cells(edges, widths)}")
    for operation, given in rows.items():
        cells = _cells([str(given.get(edge) or "-") for edge in edges], widths)
        yield f"{'':{_INDENT}}{operation:{column - _INDENT}}{cells}"


def _cells(texts: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(f"{text:>{width}}" for text, width in zip(texts, widths, strict=True))


def _errors(counts: Counts, width: int) -> Iterator[str]:
    met = {(int(key[1]), key[2]): number for key, number in counts.items() if key[0] == "error"}
    yield from ("", "errors")
    for (status, code), number in sorted(met.items()):
        start = _row(number, f"{status} {code or '(no code)':12}")
        yield from _wrapped(start, _message(status, code), width)
    unmet = RULES - met.keys()
    own = f"of the {len(RULES)} that the fake makes by its own rules"
    own += f"; never {_by_status(unmet)}" if unmet else ""
    yield from _wrapped(_row(len(RULES) - len(unmet), ""), own, width)
    statuses = {status for status, _ in met}
    missing = [str(status) for status in STATUSES if status not in statuses]
    summary = f"of the {len(STATUSES)} abnormal statuses"
    if missing:
        how = f"sdrs.faults.fail(status={missing[-1]}) causes one"
        summary += f"; never {', '.join(missing)} ({how})"
    yield from _wrapped(_row(len(STATUSES) - len(missing), ""), summary, width)


def _by_status(errors: Iterable[tuple[int, str]]) -> str:
    """`400 SDRS.0221 SDRS.0222, 405 405`."""
    codes: dict[int, list[str]] = {}
    for status, code in sorted(errors):
        codes.setdefault(status, [str(status)]).append(code)
    return ", ".join(" ".join(each) for each in codes.values())


def _message(status: int, code: str) -> str:
    if (status, code) in _MESSAGES:
        return _MESSAGES[status, code]
    try:
        return refusal_of(status, code).message
    except ValueError:
        return ""


def _numbers(counts: Counts, *kind: str) -> dict[str, int]:
    """The counts of a kind by the last part of their keys."""
    return {key[-1]: number for key, number in counts.items() if key[:-1] == kind}


def _row(number: int, text: str) -> str:
    return f"{number or '-':>5}  {text}"


def _wrapped(start: str, text: str, width: int) -> Iterator[str]:
    """A text behind a start; lines below begin further left where the start is long."""
    below = " " * (len(start) if len(start) <= width // 2 else _INDENT)
    lines = wrap(
        text,
        max(width, _MIN_WIDTH),
        initial_indent=start,
        subsequent_indent=below,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from lines or [start.rstrip()]
