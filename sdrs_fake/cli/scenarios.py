"""`sdrs-fake scenarios`: the scenarios of the package, and the file of one."""

import json
from operator import attrgetter

import click

from sdrs_fake.cli.options import bad_file
from sdrs_fake.cli.tables import table
from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding import library
from sdrs_fake.seeding.scenario_file import json_schema

COLUMNS = ("name", "title", "failures", "groups")
HINTS = """
serve one with       sdrs-fake serve --scenario NAME
print its file with  sdrs-fake scenarios NAME"""


@click.command()
@click.argument("name", metavar="[NAME_OR_FILE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a scenario's file.")
def scenarios(name: str | None, as_json: bool, schema: bool) -> None:  # noqa: FBT001
    """List the scenarios, or print the file of one, as a start for your own."""
    if name is not None and (as_json or schema):
        raise click.BadParameter(
            "should not be given with NAME_OR_FILE, whose file is printed as it is",
            param_hint="'--json'" if as_json else "'--schema'",
        )
    if name is not None:
        _echo_json(_text_of(name), newline=False)
    elif schema:
        _echo_json(json.dumps(json_schema(), ensure_ascii=False, indent=2), newline=True)
    elif as_json:
        _echo_json(_list_as_json(), newline=True)
    else:
        click.echo(_list())


def _text_of(name: str) -> str:
    """The file of a scenario as it is, once it was checked; a pipe can be read only once."""
    try:
        return library.read(name)[1]
    except ParameterError as error:
        reason = "; ".join(reason for _, reason in error.problems)
    except OSError as error:
        raise bad_file(name, error, "'NAME_OR_FILE'") from None
    raise click.BadParameter(reason, param_hint="'NAME_OR_FILE'")


def _list_as_json() -> str:
    names = (*COLUMNS, "description")
    values_of = attrgetter(*names)
    rows = [dict(zip(names, values_of(each), strict=True)) for each in library.scenarios().values()]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _list() -> str:
    rows = [
        [each.name, each.title, f"{each.failures:,}", f"{each.groups:,}"]
        for each in library.scenarios().values()
    ]
    return f"{table(COLUMNS, rows)}\n{HINTS}"


def _echo_json(text: str, *, newline: bool) -> None:
    """Print JSON in UTF-8, as every reader of it expects, whatever the terminal's encoding is."""
    click.echo(text.encode("utf-8", "backslashreplace"), nl=newline)
