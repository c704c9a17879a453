"""`sdrs-fake openapi`: the API as an OpenAPI document."""

import json
from pathlib import Path

import click

from sdrs_fake.cli.options import opened, output_option
from sdrs_fake.openapi.document import document


@click.command()
@output_option
def openapi(output: Path | None) -> None:
    """Print the 49 operations as an OpenAPI 3.1 document, in JSON.

    A served fake has the same at /_fake/openapi.json, with its own URL.
    """
    with opened(output) as file:
        file.write(json.dumps(document(), ensure_ascii=False, indent=2).encode() + b"\n")
