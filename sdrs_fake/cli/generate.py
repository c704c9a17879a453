"""`sdrs-fake generate`: seeded data of any size, written row by row."""

import sys
import time
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import click

from sdrs_fake.cli.generated_rows import KINDS, Lines, Rows, csv_table, json, jsonl
from sdrs_fake.cli.options import opened, option, output_option, seed_options
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.seeding.spec import SeedSpec, parse_number

CHUNK = 1000
PATIENCE = 1.0
"""Seconds after which a progress bar is shown."""

FORMS = {"jsonl": jsonl, "json": json, "csv": csv_table}


@click.command()
@seed_options
@click.option(
    "--what",
    metavar="KINDS",
    default="failures",
    help=f"Any of {','.join(KINDS)}.",
)
@click.option("--batch", metavar="NUMBER", default="0", help="Which batch of the seed.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMS]),
    default="jsonl",
    help="JSON lines, one JSON object, or CSV of one kind.",
)
@output_option
@click.option(
    "--with-group", is_flag=True, help="Add server_group_id, the group that each job belongs to."
)
def generate(  # noqa: PLR0913, PLR0917 the options
    spec: SeedSpec, what: str, batch: str, form: str, output: Path | None, with_group: bool
) -> None:
    """Write seeded failed jobs in any number, and the resources that their history left.

    No id of one batch occurs in another, so that machines can share out the batches.
    """
    with option("batch"):
        number = parse_number("batch", batch)
    with option("what"):
        kinds = _kinds(what)
    if form == "csv" and len(kinds) > 1:
        raise click.BadParameter(
            f"'csv' should go with one kind of --what, not with {what}", param_hint="'--format'"
        )
    if with_group and "failures" not in kinds:
        raise click.BadParameter(
            f"should go with failures in --what, not with {what} alone", param_hint="'--with-group'"
        )
    rows = Rows(replace(spec, batch=number).completed(), kinds, with_group=with_group)
    chunks = in_chunks(FORMS[form](rows), rows.count)
    # The first one imports modules. A signal in an import ends the program at once, with no chance
    # to remove a file.
    first = next(chunks, b"")
    with opened(output) as file:
        for chunk in chain([first], chunks):
            file.write(chunk)


def _kinds(what: str) -> list[str]:
    """The kinds that were asked for, in the order in which they are written."""
    given = [each.strip() for each in what.split(",")]
    for each in given:
        if each not in KINDS:
            reason = f"{shown(each)} should be one of {', '.join(KINDS)}; commas go between several"
            raise ParameterError("what", reason)
    return [kind for kind in KINDS if kind in given]


def in_chunks(lines: Lines, count: int) -> Lines:
    """The lines in chunks; on a terminal a bar shows the progress, after a while."""
    started, done, bar = time.monotonic(), 0, None
    while chunk := list(islice(lines, CHUNK)):
        yield b"".join(chunk)
        done += len(chunk)
        if bar is None and sys.stderr.isatty() and time.monotonic() - started > PATIENCE:
            bar = click.progressbar(length=count, label="rows", file=sys.stderr)
            bar.update(done - len(chunk))
        if bar:
            bar.update(len(chunk))
    if bar:
        bar.render_finish()
