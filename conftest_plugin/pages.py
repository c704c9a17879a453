"""The pages of lists that a fake answered, and what paging missed. PYTEST_DONT_REWRITE"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sdrs_fake import FakeProject, FakeSdrs
from sdrs_fake.domain.failure_jobs import FailureJobQuery
from sdrs_fake.domain.failure_jobs import select as select_failure_jobs
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.groups import ProtectionGroupQuery
from sdrs_fake.domain.groups import select as select_groups
from sdrs_fake.domain.refusals import ApiError
from sdrs_fake.domain.store import ListQuery
from sdrs_fake.errors import ParameterError
from sdrs_fake.journal.recorded_request import RecordedRequest, visible_line
from sdrs_fake.operations.table import ROWS

MAX_LISTS = 3
MAX_RANGES = 5
_PAGING = {"limit", "offset"}
_CUT_OFF = {"disconnect", "truncate"}

Range = tuple[int, int]
"""Rows from the first number to before the second."""


@dataclass(frozen=True)
class Page:
    """A page that was asked for; `rows` and `count` are as answered, None if there was no page."""

    record: RecordedRequest
    query: ListQuery
    rows: int | None
    count: int

    @property
    def asked(self) -> Range:
        return self.query.offset, self.query.offset + self.query.limit

    @property
    def arrived(self) -> Range:
        """The rows that reached the client."""
        network_fault = self.record.response.network_fault
        is_lost = network_fault is not None and network_fault.kind in _CUT_OFF
        return self.query.offset, self.query.offset + (0 if is_lost else self.rows or 0)

    def __str__(self) -> str:
        """`rows 0 to 8 of 41 (9 for limit 10)`."""
        start, rows = self.query.offset, self.rows or 0
        if not rows:
            return f"no rows of {self.count}" + (f" at offset {start}" if start else "")
        is_short = rows < self.query.limit and start + rows < self.count
        short = f" ({rows} for limit {self.query.limit})" if is_short else ""
        return f"rows {start} to {start + rows - 1} of {self.count}{short}"


def page_of(record: RecordedRequest) -> Page | None:
    """The page that a request asked for; None for one that asked for none, or for a wrong one."""
    request, row = record.request, ROWS.get(record.request.operation)
    if record.response.body_dropped or request.method != "GET" or not (row and row.query):
        return None
    try:
        query = read(row.query, request.params)
    except ApiError:
        return None
    content = _content(record)
    rows = next((len(value) for value in content.values() if isinstance(value, list)), None)
    count = content.get("count")
    return Page(record, query, rows, count if isinstance(count, int) else rows or 0)


def _content(record: RecordedRequest) -> Mapping[str, Any]:
    if record.response.status != HTTPStatus.OK:
        return {}
    try:
        content = record.response.json
    except ValueError:  # a fault has garbled it
        return {}
    return content if isinstance(content, dict) else {}


def lists_of(records: Iterable[RecordedRequest]) -> list[list[Page]]:
    """The pages that requests asked for, those of each list together."""
    lists: dict[tuple[str, str], list[Page]] = {}
    for record in records:
        if page := page_of(record):
            filters = page.query.model_dump(exclude=_PAGING)
            lists.setdefault((record.request.path, f"{filters}"), []).append(page)
    return list(lists.values())


def missed_rows(fake: FakeSdrs, lists: Sequence[Sequence[Page]]) -> Iterator[str]:
    """The rows of paged lists that no request asked for, or that did not arrive."""
    paged = [pages for pages in lists if any(map(_is_paged, pages))]
    for pages in paged[-MAX_LISTS:]:
        total = _total(fake, pages[-1])
        unasked = list(_gaps([page.asked for page in pages], total))
        lost = list(_gaps([*(page.arrived for page in pages), *unasked], total))
        where = f"of {total} ({_list_name(pages[-1])})"
        if unasked:
            yield f"rows never asked for: {_shown(unasked)} {where}"
        if lost:
            yield f"rows asked for that never arrived: {_shown(lost)} {where}"


def hidden_without_group(fake: FakeSdrs, lists: Iterable[Sequence[Page]]) -> str | None:
    """Why a list is shorter than the data, if a request that named no group is the reason."""
    everywhere = fake.behavior.model_copy(update={"scope_without_group": "everywhere"})
    for pages in lists:
        project, query = _project(fake, pages[-1]), pages[-1].query
        is_listed = any(page.rows is not None for page in pages)
        if not (project and is_listed and isinstance(query, FailureJobQuery)):
            continue
        jobs = project.failure_jobs
        listed = len(list(select_failure_jobs(jobs, query, fake.behavior)))
        matching = len(list(select_failure_jobs(jobs, query, everywhere)))
        if query.server_group_id is None and listed < matching:
            return (
                "without server_group_id the list shows failures of protection groups"
                f" themselves: {listed} of {matching} failed jobs"
            )
    return None


def _is_paged(page: Page) -> bool:
    return not _PAGING.isdisjoint(page.record.request.params)


def _total(fake: FakeSdrs, page: Page) -> int:
    """The number of rows in a list, whatever count was answered."""
    project, query = _project(fake, page), page.query
    if project and isinstance(query, FailureJobQuery):
        return len(list(select_failure_jobs(project.failure_jobs, query, fake.behavior)))
    if project and isinstance(query, ProtectionGroupQuery):
        return len(list(select_groups(project.protection_groups, query)))
    return 0


def _project(fake: FakeSdrs, page: Page) -> FakeProject | None:
    try:
        return fake.project(page.record.request.path_params.get("project_id", ""))
    except ParameterError:  # no project can have such an id
        return None


def _gaps(ranges: Iterable[Range], total: int) -> Iterator[Range]:
    """What the ranges leave out of the rows from 0 to before the total."""
    covered = 0
    for start, end in sorted(each for each in ranges if each[0] < each[1]):
        if covered < min(start, total):
            yield covered, min(start, total)
        covered = max(covered, end)
    if covered < total:
        yield covered, total


def _shown(ranges: Sequence[Range]) -> str:
    texts = []
    for start, end in ranges[:MAX_RANGES]:
        texts.append(f"{start}" if end == start + 1 else f"{start} to {end - 1}")
    return ", ".join(texts) + (", ..." if len(ranges) > MAX_RANGES else "")


def _list_name(page: Page) -> str:
    """The operation that answers a list, and its filters."""
    request = page.record.request
    names = sorted(page.query.model_fields_set - _PAGING)
    filters = [f"{name}={request.params[name]}" for name in names]
    return visible_line(", ".join([request.operation, *filters]))
