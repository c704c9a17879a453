"""The report section of a failed test about its fakes. PYTEST_DONT_REWRITE"""

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from conftest_plugin.pages import hidden_without_group, lists_of, missed_rows, page_of
from conftest_plugin.settings import RunSettings
from sdrs_fake import FakeSdrs
from sdrs_fake.domain.times import wire_time
from sdrs_fake.journal.recorded_request import RecordedRequest, visible, visible_line

if TYPE_CHECKING:
    from sdrs_fake.seeding.spec import SeedSpec

MAX_REQUESTS = 5
MAX_FAKES = 5
_MAX_BODY = 300


def report_section(labelled: Sequence[tuple[str, FakeSdrs]], nodeid: str, run: RunSettings) -> str:
    """The data, the last requests, what looks odd, and how to run the test again."""
    lines: list[str] = []
    for label, fake in labelled[:MAX_FAKES]:
        lines += _fake(label, fake)
    if more := len(labelled[MAX_FAKES:]):
        lines.append(f"and {more} more {'fake' if more == 1 else 'fakes'}")
    lines.append(_again([fake for _, fake in labelled], nodeid, run))
    return visible("\n".join(lines))


def _fake(label: str, fake: FakeSdrs) -> Iterator[str]:
    yield f"{label}{fake!r}"
    for spec in _seed_history(fake):
        yield f"seeded by {spec}" + (f"  # batch {spec.batch}" if spec.batch else "")
    for fault in fake.faults:
        yield f"fault {fault}"
    records = list(fake.journal)
    if not records:
        yield "no request was made"
        return
    number = len(records) + fake.journal.dropped
    yield f"the last {min(MAX_REQUESTS, len(records))} of {number} requests:"
    for record in records[-MAX_REQUESTS:]:
        yield f"  {record.curl(fake.listening_at)}"
        yield f"  -> {_answer(record)}"
    yield from _oddities(fake, records)


def _answer(record: RecordedRequest) -> str:
    """The status, the figures of a page or else the body, and the fault that the request met."""
    response = record.response
    page = page_of(record)
    if page and page.rows is not None:
        shown = f"{record.outcome()}, {page}"
    else:
        body = _shortened(response.body.decode("utf-8", "replace"))
        shown = f"{record.outcome()} {body or visible_line(response.note)}".rstrip()
    return f"{shown} [{visible_line(response.fault)}]" if response.fault else shown


def _shortened(text: str) -> str:
    return visible_line(text[:_MAX_BODY]) + ("..." if len(text) > _MAX_BODY else "")


def _oddities(fake: FakeSdrs, records: Sequence[RecordedRequest]) -> Iterator[str]:
    """What a test that fails for no visible reason may have got wrong."""
    asked = {record.request.path_params.get("project_id") for record in records}
    if empty := sorted({each for each in asked if each} - fake.project_ids - {fake.project_id}):
        yield (
            f"project ids asked for that hold no data: {visible_line(', '.join(empty))}"
            f" (the fake's own is {fake.project_id})"
        )
    unknown: set[str] = set()
    for record in records:
        unknown.update(record.request.unknown_params)
    if unknown:
        names = visible_line(", ".join(sorted(unknown)))
        yield f"unknown parameters, which change nothing: {names}"
    lists = lists_of(records)
    if hint := hidden_without_group(fake, lists):
        yield hint
    if not fake.journal.dropped:
        yield from missed_rows(fake, lists)


def _seed_history(fake: FakeSdrs) -> "list[SeedSpec]":
    history: list[SeedSpec] = []
    for project_id in sorted(fake.project_ids):
        history += fake.project(project_id).seed_history
    return history


def _again(fakes: Sequence[FakeSdrs], nodeid: str, run: RunSettings) -> str:
    """The command that runs this test with the same data.

    The test itself says what its code and marker say; settings of the run and the time are missing.
    """
    history: list[SeedSpec] = []
    for fake in fakes:
        history += _seed_history(fake)
    as_of = history[0].as_of if history else None
    options = run.options(as_of=wire_time(as_of)) if as_of else run.options()
    command = f"pytest {shlex.quote(nodeid)} {options}"
    return f"again with the same data: {command.rstrip()}"
