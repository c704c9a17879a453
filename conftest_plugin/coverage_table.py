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
"""Only a fault says these; and the last two answer bytes that never became a call, so nothing counts them."""

_MESSAGES = {(row.status, row.code): row.message for row in reversed(errors.REFUSALS)}
_RULES = {(row.status, row.code) for row in errors.REFUSALS if row not in _BY_NO_RULE}
_INDENT = 7

Counts = Mapping[Key, int]


def table(counts: Counts, width: int) -> Iterator[str]:
    """The lines of the table, none of them wider than `width` where that can be helped."""
    fakes, calls = counts.get((kinds.FAKES,), 0), counts.get((kinds.CALLS,), 0)
    if not calls:
        yield f"no call to a fake: {fakes} made by the plugin's fixtures" if fakes else "no fake was made by the plugin's fixtures"
        return
    yield f"{counted(calls, 'call')} to {counted(fakes, 'fake')}; - is never"
    yield from _operations(counts)
    for operation in QUERIES:
        if counts.get((kinds.OPERATION, operation)):
            yield from _filters(counts, operation, width)
    yield from _paging(counts)
    yield from _errors(counts, width)


def _operations(counts: Counts) -> Iterator[str]:
    called = {key[1]: number for key, number in counts.items() if key[0] == kinds.OPERATION}
    yield from _headed(f"operations: {len(called.keys() & PARAMETERS.keys())} of {len(PARAMETERS)} that are served")
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
        told = ", ".join(f"{name} {number}" for name, number in sorted(unknown.items()))
        yield from _wrapped(_row(sum(unknown.values()), "unknown, which change nothing: "), told, width)


def _values(given: Mapping[str, int], documented: Sequence[str]) -> str:
    """`createFail 2, refused 1; never deleteFail`: the documented values in their order, then what else was given."""
    order = [*documented, *sorted(given.keys() - set(documented))]
    used = ", ".join(f"{value} {given[value]}" for value in order if value in given)
    never = ", ".join(value for value in documented if value not in given)
    return f"{used}; never {never}" if never else used


def _paging(counts: Counts) -> Iterator[str]:
    """Three grids: what edges there are side by side, below them the lists that were called."""
    lists = [operation for operation in QUERIES if counts.get((kinds.OPERATION, operation))]
    if not lists:
        return
    column = max(map(len, lists)) + _INDENT
    for kind, edges in ((kinds.LIMIT, kinds.LIMITS), (kinds.OFFSET, kinds.OFFSETS), (kinds.PAGE, kinds.PAGES)):
        widths = [max(len(edge), 5) + 3 for edge in edges]
        head = "".join(f"{edge:>{width}}" for edge, width in zip(edges, widths, strict=True))
        yield from _headed(f"{kind:{column}}{head}")
        for operation in lists:
            given = _given(counts, kind, operation)
            numbers = (f"{given.get(edge) or '-':>{width}}" for edge, width in zip(edges, widths, strict=True))
            yield f"{'':{_INDENT}}{operation:{column - _INDENT}}{''.join(numbers)}"


def _errors(counts: Counts, width: int) -> Iterator[str]:
    answered = {(int(key[1]), key[2]): number for key, number in counts.items() if key[0] == kinds.ERROR}
    met = {status for status, _ in answered}
    yield from _headed("errors; with - what the fake refuses by its own rules, and nobody met")
    for status, code in sorted(_RULES | answered.keys()):
        yield _row(answered.get((status, code), 0), f"{status} {code or '(no code)':12}{_message(status, code)}").rstrip()
    missing = [str(status) for status in ABNORMAL if status not in met]
    told = f"; never {', '.join(missing)} (sdrs.faults.fail(status={missing[-1]}) brings one about)" if missing else ""
    yield from _wrapped(_row(len(ABNORMAL) - len(missing), ""), f"of the {len(ABNORMAL)} abnormal statuses{told}", width)


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
    """A text behind a start, and below it where it is too long for the line."""
    lines = wrap(text, max(width - len(start), 30), break_long_words=False, break_on_hyphens=False) or [""]
    yield f"{start}{lines[0]}".rstrip()
    yield from (f"{'':{len(start)}}{line}" for line in lines[1:])


def counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
