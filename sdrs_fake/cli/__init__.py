"""The command line: `sdrs-fake`. Each command is a module that is imported when it runs."""

import io
import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from sdrs_fake.cli.options import bad_option
from sdrs_fake.domain.signals import exiting
from sdrs_fake.errors import ParameterError, shown

COMMANDS = {
    "demo": "List a fake's failed jobs over HTTP, and what is refused.",
    "generate": "Write any number of failed jobs to a file.",
    "openapi": "Print the API as an OpenAPI document.",
    "run": "Run a command against a fake, and count what it asked for.",
    "scenarios": "List scenarios, or print the file of one.",
    "serve": "Serve a fake with data until it is interrupted.",
}


class _Commands(click.Group):
    """Commands that are functions named like their modules."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            if not (name.startswith("-") or context.resilient_parsing):
                context.fail(f"No such command {shown(name)}; there are {', '.join(COMMANDS)}")
            return None
        command: click.Command = getattr(import_module(f"sdrs_fake.cli.{name}"), name)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):  # without the import of every command
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "show_default": True}
)
@click.version_option(package_name="sdrs-fake")
@click.pass_context
def main(context: click.Context) -> None:
    """A fake of Huawei Cloud's Storage Disaster Recovery Service (SDRS)."""
    context.with_resource(exiting())


def run_program() -> NoReturn:
    """Run the program. Wrong input is one line on standard error, and exit status 2."""
    if sys.stdout is None:
        _end("standard output is closed", 1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names are often Chinese, and the encoding of a terminal need not have such characters.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = main(sys.argv[1:] or ["--help"], standalone_mode=False, prog_name="sdrs-fake")
        sys.stdout.flush()
        sys.exit(status)
    except ParameterError as error:
        _end(bad_option(error).format_message(), 2)
    except click.ClickException as error:
        _end(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # the reader of the output has closed it
        _discard_output()
        sys.exit(1)
    except OSError as error:
        _discard_output()
        place = f"{error.filename}: " if error.filename else ""
        _end(f"{place}{error.strerror or error}", 1)


def _end(message: str, status: int) -> NoReturn:
    from sdrs_fake.journal.recorded_request import visible_line

    click.echo(f"sdrs-fake: {visible_line(message)}", err=True)
    sys.exit(status)


def _discard_output() -> None:
    # Python flushes standard output at exit, which would fail once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
