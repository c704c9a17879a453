"""Options that commands share, and how a wrong one is named."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO

import click

from sdrs_fake.domain.files import reason_of, replaced
from sdrs_fake.errors import ParameterError

Command = Callable[..., Any]

_OPTION_NAMES = {"project_id": "project"}

_SEED_OPTIONS = (
    click.option(
        "--seed", metavar="NUMBER", help="The same seed gives the same data.  [default: 0]"
    ),
    click.option(
        "--as-of", metavar="TIME", help="Time before which all jobs begin.  [default: now]"
    ),
    click.option(
        "--scenario",
        metavar="NAME_OR_FILE",
        help="A scenario instead of --failures and --groups; see `sdrs-fake scenarios`.",
    ),
)


output_option = click.option(
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="File to write; - is standard output.  [default: -]",
)


def seed_options(command: Command, *, is_seeded_by_default: bool = True) -> Command:
    """Add the options of seeding to a command, which gets them as one SeedSpec, `spec`."""
    failures, groups = "24", "3"
    if not is_seeded_by_default:
        failures, groups = f"{failures} with --groups", f"{groups} with --failures"
    amounts = (
        _amount("--failures", f"How many failed jobs.  [default: {failures}]"),
        _amount("--groups", f"How many protection groups.  [default: {groups}]"),
    )

    @wraps(command)
    def with_spec(**options: Any) -> Any:
        from sdrs_fake.seeding.spec import OPTIONS, SeedSpec

        spec = SeedSpec.parse({name: options.pop(name) for name in OPTIONS})
        return command(spec=spec, **options)

    added: Command = with_spec
    for add in reversed((*amounts, *_SEED_OPTIONS)):
        added = add(added)
    return added


def _amount(name: str, help_text: str) -> Callable[[Command], Command]:
    return click.option(name, metavar="NUMBER", help=help_text)


def bad_option(
    error: ParameterError, option: str | None = None, parameter: str = ""
) -> click.BadParameter:
    """A wrong argument as a wrong option, in one line."""
    name = option or _OPTION_NAMES.get(error.name, error.name)
    own = {option or error.name, parameter}
    reasons = [reason if where in own else f"{where}: {reason}" for where, reason in error.problems]
    return click.BadParameter("; ".join(reasons), param_hint=f"'--{name.replace('_', '-')}'")


@contextmanager
def option(name: str, value: object = None, parameter: str = "") -> Iterator[None]:
    """Name the option, and the file where it is one, in errors of a block that works with it.

    `parameter` is what the option is called in Python.
    """
    try:
        yield
    except ParameterError as error:
        raise bad_option(error, name, parameter) from None
    except OSError as error:
        raise bad_file(value, error, f"'--{name}'") from None


def bad_file(file: object, error: OSError, option_name: str) -> click.BadParameter:
    return click.BadParameter(
        f"{file} should be a file: {reason_of(error)}", param_hint=option_name
    )


@contextmanager
def opened(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that is replaced once it is whole."""
    if output in {None, Path("-")}:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(replaced(output))
        except OSError as error:
            raise click.BadParameter(
                f"{str(output)!r}: {error.strerror}; choose a file that can be written",
                param_hint="'--output'",
            ) from None
        yield file
