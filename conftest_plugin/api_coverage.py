"""API coverage: count which parts of the API a suite requested. PYTEST_DONT_REWRITE"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from threading import Lock
from typing import Any

import pytest

from conftest_plugin.api_coverage_table import (
    ABSENT,
    EMPTY_LIST,
    FIELDS,
    LIMITS,
    MORE_NAMES,
    NEXT_PAGE,
    OFFSETS,
    ROWS_BEHIND,
    Key,
    table,
)
from sdrs_fake import FakeSdrs
from sdrs_fake.domain.fields import plain_digits
from sdrs_fake.domain.forks import renew_in_child
from sdrs_fake.domain.json_input import load
from sdrs_fake.domain.refusals import INVALID_LIMIT, INVALID_OFFSET
from sdrs_fake.errors import counted
from sdrs_fake.journal.recorded_request import RecordedRequest, visible
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations.reading import field_in
from sdrs_fake.operations.table import ROWS

MAX_NAMES = 100
"""The number of unknown parameters that are counted by name."""
MAX_LISTS = 64
"""The number of lists of one fake whose next page is recognised."""
_MAX_NAME = 40
_PAGE_CODES = {"limit": INVALID_LIMIT.code, "offset": INVALID_OFFSET.code}

Ends = dict[tuple[str, frozenset[tuple[str, str]]], int]
"""Where the newest page of each list ended, by path and filters."""


class ApiCoverage:
    """The hooks of a run with `--sdrs-api-coverage`: count in every process, sum up, and show."""

    def __init__(self) -> None:
        self.counts: Counter[Key] = Counter()
        self._lock = Lock()
        self._crashed = 0
        self._ran = False
        renew_in_child(self)

    def after_fork(self) -> None:
        self._lock = Lock()

    def watch(self, fake: FakeSdrs) -> None:
        """Count what this fake and its forks are requested from now on."""
        ends: Ends = {}

        def count(record: RecordedRequest) -> None:
            with self._lock:
                self._add(exercised(record.request, record.response, ends))

        self._add([("fakes",)])
        fake.journal.observe(count)

    @pytest.hookimpl
    def pytest_runtest_logreport(self) -> None:
        self._ran = True

    @pytest.hookimpl
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send the counts of an xdist worker to its controller."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["sdrs_api_coverage"] = [[*key, number] for key, number in self.counts.items()]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        output = getattr(node, "workeroutput", {}).get("sdrs_api_coverage")
        if output is None:
            self._crashed += 1
            return
        for *key, number in output:
            self.counts[tuple(key)] += number

    @pytest.hookimpl
    def pytest_terminal_summary(
        self, terminalreporter: "pytest.TerminalReporter", config: pytest.Config
    ) -> None:
        if not self._ran:
            return
        terminalreporter.write_sep("=", "SDRS API coverage")
        for line in table(self.counts, config.get_terminal_writer().fullwidth):
            terminalreporter.write_line(line)
        if self._crashed:
            crashed = counted(self._crashed, "crashed worker")
            terminalreporter.write_line(f"not counted: the requests of {crashed}")

    def _add(self, keys: Iterable[Key]) -> None:
        for key in keys:
            if key[0] == "unknown" and key not in self.counts:
                names = sum(each[0] == "unknown" for each in self.counts)
                key = key if names < MAX_NAMES else (*key[:-1], MORE_NAMES)  # noqa: PLW2901
            self.counts[key] += 1


def exercised(request: Request, response: Response, ends: Ends) -> Iterator[Key]:
    """What a request exercised.

    A filter or a page counts where it was answered, or refused for its value, a field of the body
    where it was sent; where a fault matched the request it counts for none of them.
    """
    if f"{request.path}/".startswith("/v3/"):  # IAM
        return
    yield ("requests",)
    if request.operation:
        yield "operation", request.operation
    content = _content(response)
    code = _code(content) if response.status >= HTTPStatus.BAD_REQUEST else ""
    if response.status >= HTTPStatus.BAD_REQUEST:
        yield "error", str(response.status), code
    if response.fault:
        return
    for name in request.unknown_params:
        yield "unknown", request.operation, visible(name[:_MAX_NAME])
    yield from _fields(request)
    row = ROWS.get(request.operation)
    if row and row.query and response.status == HTTPStatus.BAD_REQUEST:
        yield from _refused(request, code)
    elif row and row.query:
        yield from _answered(request, content, ends)


def _fields(request: Request) -> Iterator[Key]:
    row = ROWS.get(request.operation)
    if row is None or row.body is None:
        return
    with suppress(ValueError):  # no JSON
        content = load(request.body)
        for name in FIELDS.get(row.id, ()):
            if field_in(row.body, content, name) is not None:
                yield "field", row.id, name


def _content(response: Response) -> Mapping[str, Any]:
    try:
        content = response.json
    except ValueError:  # a fault may have garbled it
        return {}
    return content if isinstance(content, dict) else {}


def _code(content: Mapping[str, Any]) -> str:
    """The code in either body of an error, below whatever key."""
    inner = next((value for value in content.values() if isinstance(value, dict)), {})
    return str(content.get("error_code", inner.get("code", "")))


def _refused(request: Request, code: str) -> Iterator[Key]:
    for kind, page_code in _PAGE_CODES.items():
        if kind in request.params and code == page_code:
            yield kind, request.operation, "refused"
    if code not in _PAGE_CODES.values():
        yield from (key for key in _filters(request, "refused") if key[-1] == "refused")


def _filters(request: Request, undocumented: str) -> Iterator[Key]:
    for name, documented in ROWS[request.operation].filters.items():
        value = request.params.get(name)
        if value is None:
            continue
        if value and value not in documented:
            value = undocumented if documented else "any"
        yield "filter", request.operation, name, value or "empty"


def _answered(request: Request, content: Mapping[str, Any], ends: Ends) -> Iterator[Key]:
    rows = next((value for value in content.values() if isinstance(value, list)), None)
    if rows is None:
        return
    yield from _filters(request, "other")
    limit, offset = (_number(request.params.get(name)) for name in ("limit", "offset"))
    start = 0 if offset == ABSENT else int(offset)
    count = content.get("count", len(rows))
    if offset not in OFFSETS:
        offset = "inside" if rows or start < count else "past the end"
    yield "limit", request.operation, limit if limit in LIMITS else "2 to 999"
    yield "offset", request.operation, offset
    for page in _page(request, start, len(rows), count, ends):
        yield "page", request.operation, page


def _number(text: str | None) -> str:
    # `int` refuses 5000 zeros, which the service takes.
    return ABSENT if text is None else str(plain_digits(text))


def _page(request: Request, offset: int, rows: int, count: int, ends: Ends) -> Iterator[str]:
    """What the page is in its list. A next page starts where one of the same list has ended."""
    filters = {key: value for key, value in request.params.items() if key not in _PAGE_CODES}
    listed = (request.path, frozenset(filters.items()))
    if not count and not offset:
        yield EMPTY_LIST
    if rows and offset + rows < count:
        yield ROWS_BEHIND
    if rows and offset and ends.get(listed) == offset:
        yield NEXT_PAGE
    ends.pop(listed, None)
    ends[listed] = offset + rows
    if len(ends) > MAX_LISTS:
        del ends[next(iter(ends))]
