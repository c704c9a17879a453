"""What options say, read and refused; and options that commands share."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from sdrs_fake import Reading
    from sdrs_fake.seeding import StateToken

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


def keys(
    _context: click.Context, _option: click.Parameter, value: Any
) -> list[tuple[str, str, str | None]]:
    """Each `AK:SK` or `AK:SK:PROJECT`; without a project it is of the fake's own."""
    return [_key(text) for text in value]


def _key(text: str) -> tuple[str, str, str | None]:
    match text.split(":"):
        case [access_key, secret_key]:
            return access_key, secret_key, None
        case [access_key, secret_key, project_id]:
            return access_key, secret_key, project_id
        case parts:
            raise click.BadParameter(
                f"{parts[0]!r} should be followed by :SECRET or by :SECRET:PROJECT"
            )


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


def wrong_data(error: ValueError | OSError) -> click.BadParameter:
    """What a dataset says of a parameter, as the option's own."""
    said = str(error.strerror if isinstance(error, OSError) else error)
    name, _, text = said.partition(": " if said.partition(" ")[0].endswith(":") else " ")
    return click.BadParameter(text.replace(f"\n{name}: ", "; "), param_hint=f"'--{name}'")


def wrong_argument(error: ValueError | OSError, name: str) -> click.BadParameter:
    """What a scenario says of itself, as that of an argument."""
    wrong = wrong_data(error)
    wrong.param_hint = f"'{name}'"
    return wrong


def state(_context: click.Context, _option: click.Parameter, value: Any) -> "StateToken | None":
    from sdrs_fake.seeding import StateToken

    try:
        return None if value is None else StateToken.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error).removeprefix("state: ")) from None


@dataclass(frozen=True, kw_only=True)
class Data:
    """What the data options say."""

    jobs: int
    groups: int
    seed: int
    anchor: dt.datetime | None
    scenario: str | None
    state: "StateToken | None"

    def __post_init__(self) -> None:
        """What says how much there is says it alone."""
        whole = "state" if self.state else "scenario"
        others = (
            ("jobs", "groups", "seed", "anchor")
            if self.state
            else ("jobs", "groups")
            if self.scenario is not None
            else ()
        )
        for name in others:
            if said(name):
                raise click.BadParameter(
                    f"should not be given with --{whole}, which says it already",
                    param_hint=f"'--{name}'",
                )


def data_options(command: Command) -> Command:
    """What a dataset depends on, as one argument `data`."""

    @wraps(command)
    def with_data(
        *, jobs: int, groups: int, seed: int, anchor: Any, scenario: Any, state: Any, **more: Any
    ) -> Any:  # noqa: PLR0913 an option each
        return command(
            data=Data(
                jobs=jobs, groups=groups, seed=seed, anchor=anchor, scenario=scenario, state=state
            ),
            **more,
        )

    options: Any = with_data
    for add in (
        click.option(
            "--state",
            metavar="TOKEN",
            callback=state,
            help="The data of another run, by the token that it showed.",
        ),
        click.option(
            "--scenario",
            metavar="NAME_OR_FILE",
            help=(
                "A scenario in the place of --jobs and --groups; `sdrs-fake scenarios` lists them."
            ),
        ),
        click.option(
            "--anchor",
            metavar="TIME",
            callback=moment,
            help="Time that all jobs lie before.  [default: now]",
        ),
        click.option(
            "--seed",
            metavar="NUMBER",
            type=str,
            callback=number,
            default=0,
            help="The same seed gives the same data.",
        ),
        click.option(
            "--groups",
            metavar="NUMBER",
            type=str,
            callback=number,
            default=3,
            help="How many protection groups.",
        ),
        click.option(
            "--jobs",
            metavar="NUMBER",
            type=str,
            callback=number,
            default=24,
            help="How many failed jobs.",
        ),
    ):
        options = add(options)
    return cast("Command", options)
