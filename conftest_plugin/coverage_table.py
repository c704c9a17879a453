"""The counters of a run as the table at its end. PYTEST_DONT_REWRITE"""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from conftest_plugin import coverage as kinds
from conftest_plugin.coverage import Key
from sdrs_fake.control.catalogue import refusal_of
from sdrs_fake.domain import errors
from sdrs_fake.operations.queries import PARAMETERS, QUERIES, filters
from sdrs_fake.wsgi.routes import documented

ABNORMAL = (400, 401, 403, 404, 405, 406, 407, 408, 409, 500, 501, 502, 503, 504)
"""The abnormal statuses of the reference."""

_BY_NO_RULE = (
    errors.NOT_ACCEPTABLE,
    errors.PROXY_AUTHENTICATION_REQUIRED,
    errors.REQUEST_TIMEOUT,
    errors.CONFLICT,
    errors.INTERNAL_ERROR,
    errors.SERVICE_UNAVAILABLE,
    errors.THROTTLED,
    errors.BACKEND_UNAVAILABLE,
    errors.BACKEND_TIMEOUT,
    errors.BAD_REQUEST,
    errors.HEADERS_TOO_LARGE,
)
"""Only a fault says these; and the last two answer bytes that never became a call, so nothing
counts them.
"""

_MESSAGES = {(row.status, row.code): row.message for row in reversed(errors.REFUSALS)}
_RULES = {(row.status, row.code) for row in errors.REFUSALS if row not in _BY_NO_RULE}
_INDENT = 7
_NARROWEST = 40
_SPACINGS = ((3, 5), (2, 4), (1, 1))
"""How far the columns of a grid are apart, and how wide they are at least: the first of these with
which it fits.
"""

MOST_SHOWN = 10
"""How many unknown parameters are named."""

Counts = Mapping[Key, int]


def table(counts: Counts, width: int) -> Iterator[str]:
    """The lines of the table, none of them wider than `width` where that can be helped."""
    fakes, calls = counts.get((kinds.FAKES,), 0), counts.get((kinds.CALLS,), 0)
    if not calls:
        yield (
            f"no call to a fake: {fakes} made by the plugin's fixtures"
            if fakes
            else "no fake was made by the plugin's fixtures"
        )
        return
    yield f"{counted(calls, 'call')} to {counted(fakes, 'fake')}; - is never"
    yield from _operations(counts)
    for operation in QUERIES:
        yield from _filters(counts, operation, width)
    for kind, edges in (
        (kinds.LIMIT, kinds.LIMITS),
        (kinds.OFFSET, kinds.OFFSETS),
        (kinds.PAGE, kinds.PAGES),
    ):
        yield from _grid(counts, kind, edges, width)
    yield from _errors(counts, width)


def _operations(counts: Counts) -> Iterator[str]:
    called = {key[1]: number for key, number in counts.items() if key[0] == kinds.OPERATION}
    yield from _headed(
        f"operations: {len(called.keys() & PARAMETERS.keys())} of {len(PARAMETERS)} that are served"
    )
    for operation in PARAMETERS:
        yield _row(called.get(operation, 0), operation)
    unserved = sorted(documented().keys() - PARAMETERS.keys())
    for operation in unserved:
        if operation in called:
            yield _row(called[operation], f"{operation}, not served (501)")
    if others := set(unserved) - called.keys():
        yield _row(0, f"{counted(len(others), 'other')}, not served")


def _filters(counts: Counts, operation: str, width: int) -> Iterator[str]:
    yield from _headed(f"filters of {operation}")
    documented = filters(operation)
    column = max(map(len, documented)) + 2
    for name, values in documented.items():
        given = _given(counts, kinds.FILTER, operation, name)
        told = _values(given, values) if given and (values or given.keys() - {kinds.ANY}) else ""
        yield from _wrapped(_row(sum(given.values()), f"{name:{column}}"), told, width)
    unknown = _given(counts, kinds.UNKNOWN, operation)
    if unknown:
        yield from _wrapped(
            _row(sum(unknown.values()), "unknown, which change nothing: "), _names(unknown), width
        )


def _names(given: Mapping[str, int]) -> str:
    """`marker 5, page 2, 90 others`, the most frequent first; those that were not told apart have
    no name.
    """
    names = sorted(given.keys() - {kinds.MORE_NAMES}, key=lambda name: (-given[name], name))
    told = [f"{name} {given[name]}" for name in names[:MOST_SHOWN]]
    untold, more = len(names[MOST_SHOWN:]), kinds.MORE_NAMES in given
    if untold:
        told.append(f"{'more than ' if more else ''}{counted(untold, 'other')}")
    elif more:
        told.append("others")
    return ", ".join(told)


def _values(given: Mapping[str, int], documented: Sequence[str]) -> str:
    """`createFail 2, refused 1; never deleteFail`: the documented values in their order, then what
    else was given.
    """
    order = [*documented, *sorted(given.keys() - set(documented))]
    used = ", ".join(f"{value} {given[value]}" for value in order if value in given)
    never = ", ".join(value for value in documented if value not in given)
    return f"{used}; never {never}" if never else used


def _grid(counts: Counts, kind: str, edges: Sequence[str], width: int) -> Iterator[str]:
    """What edges there are side by side, below them the lists."""
    rows = {operation: _given(counts, kind, operation) for operation in QUERIES}
    column = max(map(len, rows)) + _INDENT
    for apart, least in _SPACINGS:
        widths = [
            max(len(edge), least, *(len(str(given.get(edge, ""))) for given in rows.values()))
            + apart
            for edge in edges
        ]
        if column + sum(widths) <= width:
            break
    head = "".join(f"{edge:>{wide}}" for edge, wide in zip(edges, widths, strict=True))
    yield from _headed(f"{kind:{column}}{head}")
    for operation, given in rows.items():
        numbers = "".join(
            f"{given.get(edge) or '-':>{wide}}" for edge, wide in zip(edges, widths, strict=True)
        )
        yield f"{'':{_INDENT}}{operation:{column - _INDENT}}{numbers}"


def _errors(counts: Counts, width: int) -> Iterator[str]:
    answered = {
        (int(key[1]), key[2]): number for key, number in counts.items() if key[0] == kinds.ERROR
    }
    met = {status for status, _ in answered}
    yield ""
    yield from _wrapped(
        "errors; ", "with - what the fake refuses by its own rules, and nobody met", width
    )
    for status, code in sorted(_RULES | answered.keys()):
        yield from _wrapped(
            _row(answered.get((status, code), 0), f"{status} {code or '(no code)':12}"),
            _message(status, code),
            width,
        )
    missing = [str(status) for status in ABNORMAL if status not in met]
    told = (
        f"; never {', '.join(missing)} (sdrs.faults.fail(status={missing[-1]}) brings one about)"
        if missing
        else ""
    )
    yield from _wrapped(
        _row(len(ABNORMAL) - len(missing), ""),
        f"of the {len(ABNORMAL)} abnormal statuses{told}",
        width,
    )


def _message(status: int, code: str) -> str:
    if (status, code) in _MESSAGES:
        return _MESSAGES[status, code]
    try:
        return refusal_of(status, code).message
    except ValueError:
        return ""


def _given(counts: Counts, *kind: str) -> dict[str, int]:
    """What was counted of a kind, by what is last in the key."""
    return {key[-1]: number for key, number in counts.items() if key[:-1] == kind}


def _headed(title: str) -> Iterator[str]:
    yield ""
    yield title


def _row(number: int, text: str) -> str:
    return f"{number or '-':>5}  {text}"


def _wrapped(start: str, text: str, width: int) -> Iterator[str]:
    """A text behind a start, and below it where it is too long for the line; where there is little
    room behind, it begins further left.
    """
    below = " " * (len(start) if len(start) <= width // 2 else _INDENT)
    lines = wrap(
        text,
        max(width, _NARROWEST),
        initial_indent=start,
        subsequent_indent=below,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from lines or [start.rstrip()]


def counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
