"""A fake in a file: its data and its settings."""

import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from sdrs_fake.captured import content_of
from sdrs_fake.control.auth import AuthMode
from sdrs_fake.domain.fields import explain
from sdrs_fake.domain.reading import Reading

VERSION = 1
"""Rises when a file cannot be read as before."""


class Snapshot(BaseModel):
    """What stands in the file."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    snapshot: Literal[1]
    project_id: str
    reading: Reading
    auth: AuthMode
    data: dict[str, Any]


def write(
    path: Path, project_id: str, reading: Reading, auth: AuthMode, data: dict[str, Any]
) -> None:
    """Write the file, in place of one that is there only once it is whole."""
    content = {
        "snapshot": VERSION,
        "project_id": project_id,
        "reading": reading.model_dump(),
        "auth": auth,
        "data": data,
    }
    path = Path(os.path.realpath(path))  # a link goes on to lead where it led
    with NamedTemporaryFile(
        "w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8"
    ) as part:
        try:
            json.dump(content, part, ensure_ascii=False, indent=1)
            part.close()
            Path(part.name).replace(path)
        finally:
            Path(part.name).unlink(missing_ok=True)


def read(path: Path) -> Snapshot:
    """What a file holds; ValueError, naming the place, the value and the choices, where that is no
    snapshot.
    """
    place, content, _ = content_of("path", path)
    if not isinstance(content, dict) or "snapshot" not in content:
        raise ValueError(
            f"{place} should be a file that FakeSdrs.snapshot wrote; for data alone there is"
            " load_data"
        )
    try:
        return Snapshot.model_validate(content)
    except ValidationError as error:
        raise ValueError(explain(error, Snapshot.model_fields, f"{place}: ")) from None
