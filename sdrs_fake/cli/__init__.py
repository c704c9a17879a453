"""The command line: `sdrs-fake`. What each command does is a module of its own, imported when it
runs.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from sdrs_fake.cli import options

if TYPE_CHECKING:
    from sdrs_fake import Reading


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(package_name="sdrs-fake")
def main() -> None:
    """A fake of Huawei Cloud's Storage Disaster Recovery Service (SDRS)."""


@main.command(short_help="List a fake's failed jobs over HTTP, in every way.")
@click.option(
    "--seed",
    metavar="NUMBER",
    type=str,
    callback=options.number,
    default=0,
    help="Seed of the data shown.",
)
def demo(seed: int) -> None:
    """List a fake's failed jobs over HTTP, in every way.

    Prints each request line with its answer, and stops the fake again.
    """
    from sdrs_fake.cli.demonstrating import run

    run(seed)


@main.command(short_help="Serve a fake with data until it is interrupted.")
@click.option("--host", default="127.0.0.1", help="Address to listen at.")
@click.option(
    "--port",
    metavar="NUMBER",
    type=str,
    callback=options.port,
    default=0,
    help="Port to listen at; 0 is any free one.",
)
@click.option("--listen-publicly", is_flag=True, help="Allow an address that others can reach.")
@options.data_options
@click.option(
    "--reading",
    metavar="TEXT",
    callback=options.reading,
    default="",
    help="How ambiguous clauses are read, such as 'count=page, limit_zero=refused'.",
)
@click.option(
    "--auth",
    type=click.Choice(["present", "strict", "off"]),
    default="present",
    help="Who gets in: any credential, known ones, or everybody.",
)
@click.option(
    "--key",
    "keys",
    metavar="AK:SK[:PROJECT]",
    multiple=True,
    callback=options.keys,
    help="An access key to know; can be given again.",
)
@click.option("--project", default=None, help="Project id.  [default: the fake's own]")
@click.option(
    "--load",
    "files",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help=(
        "Data to begin with, instead of seeded failed jobs unless these are asked for; can be given"
        " again."
    ),
)
@click.option(
    "--admin-token",
    metavar="TOKEN",
    default=None,
    help="What requests below /_fake/ have to bring; needed on a public address.",
)
@click.option("--verbose", is_flag=True, help="Print a line a request.")
def serve(  # noqa: PLR0913, PLR0917 an option each
    host: str,
    port: int,
    listen_publicly: bool,  # noqa: FBT001
    data: options.Data,
    reading: "Reading",
    auth: str,
    keys: "list[tuple[str, str, str | None]]",
    project: str | None,
    files: tuple[Path, ...],
    admin_token: str | None,
    verbose: bool,  # noqa: FBT001
) -> None:
    """Serve a fake with seeded failed jobs, a scenario, or the data of a file, until it is
    interrupted.
    """
    from sdrs_fake.cli.serving import Service

    service = Service(
        host=host,
        port=port,
        publicly=listen_publicly,
        reading=reading,
        auth=auth,
        keys=keys,
        project_id=project,
        verbose=verbose,
        files=files,
        admin_token=admin_token,
        seeded=not files or options.said("jobs", "groups", "scenario", "state"),
    )
    service.run(data)


@main.command(short_help="Write as many failed jobs as you like.")
@options.data_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "json", "csv"]),
    default="jsonl",
    help="A JSON object a line, an answer of the list, or CSV.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="File to write.  [default: standard output]",
)
@click.option(
    "--server-group", is_flag=True, help="Add server_group_id, the group that each job belongs to."
)
def generate(
    data: options.Data,
    form: str,
    output: Path | None,
    server_group: bool,  # noqa: FBT001
) -> None:
    """Write seeded failed jobs, as many as you like, or those of a scenario."""
    from sdrs_fake.cli.generating import write

    write(output, form, data, server_group=server_group)


@main.command(short_help="List scenarios, or print the file of one.")
@click.argument("name", metavar="[NAME_OR_FILE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a scenario's file.")
def scenarios(name: str | None, as_json: bool, schema: bool) -> None:  # noqa: FBT001
    """List the scenarios, or print the file of one, to be the beginning of your own."""
    from sdrs_fake.cli import staging

    if name is not None and (as_json or schema):
        hint = "'--json'" if as_json else "'--schema'"
        raise click.BadParameter(
            "should not be given with NAME_OR_FILE, whose file is printed as it is", param_hint=hint
        )
    if name is not None:
        click.echo(staging.shown(name), nl=False)
    else:
        click.echo(staging.schema() if schema else staging.listed(as_json=as_json))


def run() -> NoReturn:
    """The program: what is wrong is said in one line, and ends it with 2."""
    if sys.stdout is None:
        _end("standard output is closed", 1)
    try:
        status = main(sys.argv[1:] or ["--help"], standalone_mode=False, prog_name="sdrs-fake")
        sys.stdout.flush()
        sys.exit(status)
    except click.ClickException as error:
        _end(error.format_message(), error.exit_code)
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output has seen enough
        _discard_output()
        sys.exit(1)
    except OSError as error:
        _discard_output()
        _end(error.strerror or str(error), 1)


def _end(message: str, status: int) -> NoReturn:
    click.echo(f"sdrs-fake: {message}", err=True)
    sys.exit(status)


def _discard_output() -> None:
    """What is left to flush goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
