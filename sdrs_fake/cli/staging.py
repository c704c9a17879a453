"""`sdrs-fake scenarios`: what there is, and what is in one."""

import json

from sdrs_fake.cli.options import wrong_argument
from sdrs_fake.cli.tables import table
from sdrs_fake.seeding import library
from sdrs_fake.seeding.schema import of_scenarios

COLUMNS = ("name", "title", "jobs", "groups")
HINTS = """
serve one with       sdrs-fake serve --scenario NAME
print its file with  sdrs-fake scenarios NAME"""


def listed(*, as_json: bool) -> str:
    """The scenarios that come with the package, a line each."""
    rows = [
        {name: getattr(each, name) for name in (*COLUMNS, "digest", "description")}
        for each in library.scenarios().values()
    ]
    if as_json:
        return json.dumps(rows, ensure_ascii=False, indent=2)
    cells = [
        [f"{row[name]:,}" if isinstance(row[name], int) else row[name] for name in COLUMNS]
        for row in rows
    ]
    return f"{table(COLUMNS, cells)}\n{HINTS}"


def shown(given: str) -> str:
    """The file of a scenario as it is, if it is right; it is read once, since it may be a pipe."""
    try:
        place, text = library.text_of(given)
        library.read(place, text)
    except (ValueError, OSError) as error:
        raise wrong_argument(error, "NAME_OR_FILE") from None
    return text


def schema() -> str:
    """The JSON Schema of such a file."""
    return json.dumps(of_scenarios(), ensure_ascii=False, indent=2)
