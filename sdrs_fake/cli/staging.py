"""`sdrs-fake scenarios`: what there is, and what is in one."""

import json
from os.path import isfile
from pathlib import Path

from sdrs_fake.cli.options import wrong_argument
from sdrs_fake.cli.tables import table
from sdrs_fake.seeding import library

COLUMNS = ("name", "title", "jobs", "groups")


def listed(*, as_json: bool) -> str:
    """The scenarios that come with the package, a line each."""
    rows = [{name: getattr(each, name) for name in (*COLUMNS, "description")} for each in library.scenarios().values()]
    if as_json:
        return json.dumps(rows, ensure_ascii=False, indent=2)
    cells = [[f"{row[name]:,}" if isinstance(row[name], int) else row[name] for name in COLUMNS] for row in rows]
    return f"{table(COLUMNS, cells)}\n\nserve one with sdrs-fake serve --scenario NAME; print its file with sdrs-fake scenarios NAME"


def shown(given: str) -> str:
    """The file of a scenario as it is, if it is right."""
    try:
        library.find(given)
    except (ValueError, OSError) as error:
        raise wrong_argument(error, "NAME_OR_FILE") from None
    if given in library.names():
        return library.text_of(given)
    return Path(given).read_text(encoding="utf-8") if isfile(given) else given  # noqa: PTH113 as there
