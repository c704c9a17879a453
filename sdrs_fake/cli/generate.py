"""`sdrs-fake generate`: failed jobs of any number, written one by one."""

import csv
import datetime as dt
import io
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from itertools import islice
from pathlib import Path

import click

from sdrs_fake.cli.options import opened, option, output_option, seed_options
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.times import wire_time
from sdrs_fake.seeding.datasets import jobs_of
from sdrs_fake.seeding.spec import SeedSpec, parse_number

CHUNK = 1000
PATIENCE = 1.0
"""Seconds after which a progress bar is shown."""

Lines = Iterator[bytes]


@click.command()
@seed_options
@click.option(
    "--batch", metavar="NUMBER", default="0", help="Which batch of the seed.  [default: 0]"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "json", "csv"]),
    default="jsonl",
    help="JSON lines, an answer of the list, or CSV.",
)
@output_option
@click.option(
    "--with-group", is_flag=True, help="Add server_group_id, the group that each job belongs to."
)
def generate(spec: SeedSpec, batch: str, form: str, output: Path | None, with_group: bool) -> None:
    """Write seeded failed jobs, in any number, or those of a scenario.

    No id of one batch occurs in another, so that machines can share out the batches.
    """
    with option("batch"):
        number = parse_number("batch", batch)
    spec = replace(spec, batch=number).completed()
    count = spec.scenario.failures if spec.scenario else spec.failures or 0
    lines = FORMS[form](jobs_of(spec), count, with_group)
    with opened(output) as file:
        for chunk in in_chunks(lines, count):
            file.write(chunk)


def jsonl(jobs: Iterable[FailureJob], _count: int, with_group: bool) -> Lines:
    """A JSON object for each line."""
    return (_json_object(job, with_group) + b"\n" for job in jobs)


def json(jobs: Iterable[FailureJob], count: int, with_group: bool) -> Lines:
    """An answer of the list."""
    before = b'{"count":%d,"failure_jobs":[\n' % count
    for job in jobs:
        yield before + _json_object(job, with_group)
        before = b",\n"
    yield b"\n]}\n" if count else before + b"]}\n"


def csv_table(jobs: Iterable[FailureJob], _count: int, with_group: bool) -> Lines:
    """A header, and a line for each job."""
    columns = [field.name for field in fields(FailureJob)]
    if not with_group:
        columns.remove("server_group_id")
    yield _csv_line(columns)
    for job in jobs:
        yield _csv_line([_cell(getattr(job, column)) for column in columns])


FORMS: dict[str, Callable[[Iterable[FailureJob], int, bool], Lines]] = {
    "jsonl": jsonl,
    "json": json,
    "csv": csv_table,
}


def _json_object(job: FailureJob, with_group: bool) -> bytes:
    if not with_group:
        return job.wire_json
    group = b'"%s"' % job.server_group_id.encode() if job.server_group_id else b"null"
    return b'%b,"server_group_id":%b}' % (job.wire_json[:-1], group)


def _cell(value: object) -> object:
    return wire_time(value) if isinstance(value, dt.datetime) else value


def _csv_line(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def in_chunks(lines: Lines, count: int) -> Lines:
    """The lines in chunks; on a terminal a bar shows the progress, after a while."""
    started, done, bar = time.monotonic(), 0, None
    while chunk := list(islice(lines, CHUNK)):
        yield b"".join(chunk)
        done += len(chunk)
        if bar is None and sys.stderr.isatty() and time.monotonic() - started > PATIENCE:
            bar = click.progressbar(length=count, label="failed jobs", file=sys.stderr)
            bar.update(done - len(chunk))
        if bar:
            bar.update(len(chunk))
    if bar:
        bar.render_finish()
