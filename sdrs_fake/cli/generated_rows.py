"""The rows that `sdrs-fake generate` writes, and the forms it writes them in."""

import csv
import datetime as dt
import io
import json as json_module
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from functools import cached_property
from itertools import groupby
from typing import Any

from sdrs_fake.domain import drills, groups, instances, pairs
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.times import wire_time
from sdrs_fake.seeding.datasets import jobs_of, resources_of
from sdrs_fake.seeding.spec import SeedSpec

Lines = Iterator[bytes]

KINDS = {
    "groups": ("server_group", "protection_groups"),
    "instances": ("protected_instance", "protected_instances"),
    "pairs": ("replication", "replications"),
    "drills": ("disaster_recovery_drill", "disaster_recovery_drills"),
    "failures": ("failure_job", "failure_jobs"),
}
"""For each kind the key around one of it in an answer, and that of all in data to import."""

_COLUMNS = {
    "groups": groups.WIRE_FIELDS,
    "instances": instances.WIRE_FIELDS,
    "pairs": pairs.WIRE_FIELDS,
    "drills": drills.WIRE_FIELDS,
}
"""The columns of CSV; those of failed jobs depend on an option."""

_GONE = "deleted_protection_groups"
_FAILURES = "failures"


class Rows:
    """The rows of each kind of one dataset, none of which keeps its failed jobs."""

    def __init__(self, spec: SeedSpec, kinds: Sequence[str], *, with_group: bool) -> None:
        self.kinds = kinds
        self.with_group = with_group
        self._spec = spec

    @cached_property
    def _resources(self) -> dict[str, Sequence[Any]]:
        protection_groups, members = resources_of(self._spec)
        found = protection_groups, *members
        return dict(zip(KINDS, found, strict=False))  # KINDS has failures too

    @property
    def failures(self) -> int:
        """How many failed jobs there are."""
        story = self._spec.scenario
        return story.failures if story else self._spec.failures or 0

    @property
    def count(self) -> int:
        """How many rows there are of all kinds that were asked for."""
        return sum(
            self.failures if kind == _FAILURES else len(self._resources[kind])
            for kind in self.kinds
        )

    def jobs(self) -> Iterator[FailureJob]:
        return jobs_of(self._spec)

    def json_of(self, kind: str) -> Iterator[bytes]:
        """The rows of a kind as JSON objects."""
        if kind != _FAILURES:
            return (each.wire_json for each in self._resources[kind])
        if self.with_group:
            return (_with_group(job) for job in self.jobs())
        return (job.wire_json for job in self.jobs())

    def gone(self) -> Iterator[str]:
        """The groups that failed jobs name and that were deleted."""
        there = {None, *(group.id for group in self._resources["groups"])}
        ids: Iterable[str | None] = (job.server_group_id for job in self.jobs())
        if self._spec.scenario:  # whose rows of a group may have others between them
            ids = dict.fromkeys(ids)
        yield from (str(group_id) for group_id, _ in groupby(ids) if group_id not in there)


def jsonl(rows: Rows) -> Lines:
    """A JSON object for each line; of several kinds each as an answer has it, with its key."""
    if len(rows.kinds) == 1:
        yield from (row + b"\n" for row in rows.json_of(rows.kinds[0]))
        return
    rows.with_group = True  # in which a job is among the resources
    for kind in rows.kinds:
        start = b'{"%b":' % KINDS[kind][0].encode()
        yield from (start + row + b"}\n" for row in rows.json_of(kind))


def json(rows: Rows) -> Lines:
    """An answer of the list of failed jobs; with other kinds, data to import."""
    if rows.kinds == [_FAILURES]:
        yield from _listed(
            b'{"count":%d,"failure_jobs":[\n' % rows.failures, rows.json_of(_FAILURES)
        )
        yield b"}\n"
        return
    rows.with_group = True  # which an import would not know otherwise
    before = b"{"
    for kind in rows.kinds:
        yield from _listed(before + b'"%b":[\n' % KINDS[kind][1].encode(), rows.json_of(kind))
        before = b",\n"
    if _FAILURES in rows.kinds:
        gone = (json_module.dumps(each).encode() for each in rows.gone())
        yield from _listed(before + b'"%b":[\n' % _GONE.encode(), gone)
    yield b"}\n"


def csv_table(rows: Rows) -> Lines:
    """A header, and a line for each row of the only kind."""
    (kind,) = rows.kinds
    if kind == _FAILURES:
        yield from _csv_of_jobs(rows)
        return
    columns = _COLUMNS[kind]
    yield _csv_line(columns)
    for row in rows.json_of(kind):
        values = json_module.loads(row)
        yield _csv_line([_plain(values.get(name)) for name in columns])


def _listed(before: bytes, rows: Iterable[bytes]) -> Lines:
    """A JSON list after what comes before it."""
    start = before
    for row in rows:
        yield start + row
        start = b",\n"
    yield b"\n]" if start != before else before + b"]"


def _csv_of_jobs(rows: Rows) -> Lines:
    columns = [field.name for field in fields(FailureJob)]
    if not rows.with_group:
        columns.remove("server_group_id")
    yield _csv_line(columns)
    for job in rows.jobs():
        yield _csv_line([_cell(getattr(job, column)) for column in columns])


def _with_group(job: FailureJob) -> bytes:
    group = b'"%s"' % job.server_group_id.encode() if job.server_group_id else b"null"
    return b'%b,"server_group_id":%b}' % (job.wire_json[:-1], group)


def _cell(value: object) -> object:
    return wire_time(value) if isinstance(value, dt.datetime) else value


def _plain(value: object) -> object:
    """What has parts is JSON in its cell."""
    return json_module.dumps(value) if isinstance(value, dict | list) else value


def _csv_line(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
