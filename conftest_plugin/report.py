"""The report section of a failed test about its fakes. PYTEST_DONT_REWRITE"""

import shlex
from collections import Counter
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
    shown = _last_requests(fake, records)
    of_all = "1 request" if number == 1 else f"{number} requests"
    last = sum(times for _, _, times in shown)
    yield f"{of_all}:" if last == number else f"the last {last} of {of_all}:"
    for curl, answer, times in shown:
        yield f"  {curl}"
        yield f"  -> {answer}" + (f" ({times} times)" if times > 1 else "")
    yield from _oddities(fake, records)


def _last_requests(
    fake: FakeSdrs, records: Sequence[RecordedRequest]
) -> list[tuple[str, str, int]]:
    """The last requests, their answers, and how often they were repeated, as polls are."""
    groups: list[tuple[str, str, int]] = []
    for record in reversed(records):
        curl, answer = record.curl(fake.listening_at), _answer(record)
        if groups and groups[-1][:2] == (curl, answer):
            groups[-1] = (curl, answer, groups[-1][2] + 1)
        elif len(groups) < MAX_REQUESTS:
            groups.append((curl, answer, 1))
        else:
            break
    return groups[::-1]


def _answer(record: RecordedRequest) -> str:
    """The status, the figures of a page or else the body, and the fault that the request met."""
    response = record.response
    page = page_of(record)
    if page and page.rows is not None:
        shown = f"{record.outcome()}, {page}"
    else:
        body = _shortened(response.body.decode("utf-8", "replace"))
        note = visible_line(response.note)
        note = f"({note})" if body and note else note
        shown = " ".join(filter(None, (record.outcome(), body, note)))
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
    running: list[str] = []
    for project_id in sorted(fake.project_ids):
        running += [job.job_type for job in fake.project(project_id).jobs.pending]
    if running:
        yield f"jobs that are not over: {visible_line(_numbered(running))}"
    unknown: set[str] = set()
    fields: set[str] = set()
    for record in records:
        unknown.update(record.request.unknown_params)
        fields.update(record.request.unknown_fields)
    if unknown:
        names = visible_line(", ".join(sorted(unknown)))
        yield f"unknown parameters, which change nothing: {names}"
    if fields:
        names = visible_line(", ".join(sorted(fields)))
        yield f"unknown fields of bodies, which change nothing: {names}"
    lists = lists_of(records)
    if hint := hidden_without_group(fake, lists):
        yield hint
    if not fake.journal.dropped:
        yield from missed_rows(fake, lists)


def _numbered(names: Sequence[str]) -> str:
    """`createReplicationPairNoCG 2, addNicNew 1`: in the order they first come."""
    return ", ".join(f"{name} {number}" for name, number in Counter(names).items())


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
