"""`sdrs-fake generate`: seeded failed jobs, written one by one."""

import csv
import datetime as dt
import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click

from sdrs_fake.cli.options import Data, wrong_data
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import wire_time
from sdrs_fake.seeding import scenario, stream
from sdrs_fake.seeding.rebuilding import made_of

BATCH = 1000
PATIENCE = 1.0
"""Seconds before a progress bar is worth its line."""

COLUMNS = [field.name for field in fields(FailureJob)]

Texts = Iterator[bytes]


def write(output: Path | None, form: str, data: Data, *, server_group: bool) -> None:
    """Write jobs in that form, to a file or to standard output."""
    try:
        count, rows = jobs_of(data)
    except (ValueError, OSError) as error:
        raise wrong_data(error) from None
    texts = FORMS[form](rows, count, server_group)
    with _opened(output) as file:
        for batch in progressed(texts, count):
            file.write(batch)


def jobs_of(data: Data) -> tuple[int, Iterable[FailureJob]]:
    """How many jobs there are, and these."""
    anchor = data.anchor or dt.datetime.now(dt.UTC)
    if data.state:
        made = made_of(data.state, anchor, data.scenario)
    elif data.scenario is not None:
        made = [scenario(data.scenario, data.seed, anchor=anchor)]
    else:
        return data.jobs, stream(data.jobs, data.groups, data.seed, anchor=anchor)
    jobs = [job for each in made for job in each.jobs]
    return len(jobs), jobs


def jsonl(rows: Iterable[FailureJob], _count: int, server_group: bool) -> Texts:  # noqa: FBT001
    """A JSON object a line."""
    return (_object(row, server_group) + b"\n" for row in rows)


def json(rows: Iterable[FailureJob], count: int, server_group: bool) -> Texts:  # noqa: FBT001
    """An answer of the list, as `load_failure_jobs` takes it."""
    between = b'{"count":%d,"failure_jobs":[\n' % count
    for row in rows:
        yield between + _object(row, server_group)
        between = b",\n"
    yield b"\n]}\n" if count else between + b"]}\n"


def csv_table(rows: Iterable[FailureJob], _count: int, server_group: bool) -> Texts:  # noqa: FBT001
    """A header and a line a job, as spreadsheets read it."""
    columns = COLUMNS if server_group else COLUMNS[:-1]
    yield _line(columns)
    for row in rows:
        yield _line(
            [
                wire_time(value) if isinstance(value := getattr(row, name), dt.datetime) else value
                for name in columns
            ]
        )


FORMS: dict[str, Callable[[Iterable[FailureJob], int, bool], Texts]] = {
    "jsonl": jsonl,
    "json": json,
    "csv": csv_table,
}


def progressed(texts: Texts, count: int) -> Iterator[bytes]:
    """The texts in batches; on a terminal a bar shows how far it is, once it has taken a while."""
    started, done, bar = time.monotonic(), 0, None
    while batch := list(islice(texts, BATCH)):
        yield b"".join(batch)
        done += len(batch)
        if bar is None and sys.stderr.isatty() and time.monotonic() - started > PATIENCE:
            bar = click.progressbar(length=count, label="failed jobs", file=sys.stderr)
            bar.update(done - len(batch))
        if bar:
            bar.update(len(batch))
    if bar:
        bar.render_finish()


def _object(row: FailureJob, server_group: bool) -> bytes:  # noqa: FBT001
    if not server_group:
        return row.wire_json
    group = b'"%s"' % row.server_group_id.encode() if row.server_group_id else b"null"
    return b'%b,"server_group_id":%b}' % (row.wire_json[:-1], group)


def _line(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that is there whole or not at all."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    regular = output.is_file() or not output.exists()
    output = output.resolve() if regular else output
    part = (
        output.with_name(f".{output.name}.{os.getpid()}.part") if regular else output
    )  # a pipe or a device is written as it is
    try:
        file = part.open("wb")
    except OSError as error:
        raise click.BadParameter(
            f"{str(output)!r}: {error.strerror}; choose a file that can be written",
            param_hint="'--output'",
        ) from None
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with file:
            yield file
        if regular:
            if output.exists():
                shutil.copymode(output, part)
            part.replace(output)
    except BaseException:
        if regular:
            part.unlink()
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
