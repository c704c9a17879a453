"""What options say, read and refused; and options that commands share."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from sdrs_fake import Reading

LONGEST_NUMBER = 1000
"""Digits; Python itself refuses to read a few thousand."""

Command = TypeVar("Command", bound=Callable[..., Any])


def number(_context: click.Context, _option: click.Parameter, value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise click.BadParameter(f"{value!r:.40} should be a whole number, 0 or more")
    return int(text)


def port(context: click.Context, option: click.Parameter, value: Any) -> int:
    highest = 65535
    if (chosen := number(context, option, value)) > highest:
        raise click.BadParameter(f"{value} should be from 0 to {highest}; 0 is any free one")
    return chosen


def keys(_context: click.Context, _option: click.Parameter, value: Any) -> list[tuple[str, str, str | None]]:
    """Each `AK:SK` or `AK:SK:PROJECT`; without a project it is of the fake's own."""
    return [_key(text) for text in value]


def _key(text: str) -> tuple[str, str, str | None]:
    match text.split(":"):
        case [access_key, secret_key]:
            return access_key, secret_key, None
        case [access_key, secret_key, project_id]:
            return access_key, secret_key, project_id
        case parts:
            raise click.BadParameter(f"{parts[0]!r} should be followed by :SECRET or by :SECRET:PROJECT")


def moment(_context: click.Context, _option: click.Parameter, value: Any) -> dt.datetime | None:
    from sdrs_fake.domain.fields import instant

    try:
        return None if value is None else instant(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} {error}") from None


def reading(_context: click.Context, _option: click.Parameter, value: Any) -> "Reading":
    from sdrs_fake import Reading

    try:
        return Reading.of(value)
    except ValueError as error:
        raise click.BadParameter(str(error).replace("\n", "; ")) from None


def said(*names: str) -> bool:
    """Was any of these options given, and not left to its default?"""
    context = click.get_current_context()
    return any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in names)


def wrong_data(error: Exception) -> click.BadParameter:
    """What a dataset says of a parameter, as the option's own."""
    name, _, text = str(error).partition(": ")
    return click.BadParameter(text, param_hint=f"'--{name}'")


def data_options(command: Command) -> Command:
    """What a dataset depends on."""
    for add in (
        click.option("--anchor", metavar="TIME", callback=moment, help="Time that all jobs lie before.  [default: now]"),
        click.option("--seed", metavar="NUMBER", type=str, callback=number, default=0, help="The same seed gives the same data."),
        click.option("--groups", metavar="NUMBER", type=str, callback=number, default=3, help="How many protection groups."),
        click.option("--jobs", metavar="NUMBER", type=str, callback=number, default=24, help="How many failed jobs."),
    ):
        command = add(command)
    return command
