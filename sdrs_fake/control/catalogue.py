"""All documented refusals by status and code: the 256 codes of the service, and those of the
gateway in front of it.
"""

import json
from collections.abc import Collection
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Protocol

from sdrs_fake.domain import errors
from sdrs_fake.domain.errors import Refusal

USUAL: dict[int, Refusal] = {
    refusal.status: refusal
    for refusal in (
        errors.INVALID_PARAMETERS,
        errors.NOT_AUTHENTICATED,
        errors.NOT_AUTHORIZED,
        errors.PATH_NOT_FOUND,
        errors.METHOD_NOT_ALLOWED.with_headers(Allow=""),
        errors.NOT_ACCEPTABLE,
        errors.PROXY_AUTHENTICATION_REQUIRED,
        errors.REQUEST_TIMEOUT,
        errors.CONFLICT,
        errors.BODY_TOO_LARGE,
        errors.URI_TOO_LARGE,
        errors.THROTTLED,
        errors.INTERNAL_ERROR,
        errors.NOT_IMPLEMENTED,
        errors.BACKEND_UNAVAILABLE,
        errors.SERVICE_UNAVAILABLE,
        errors.BACKEND_TIMEOUT,
    )
}
"""What is said with a status of which no code is named."""


class Described(Protocol):
    """What is to be known of an operation here."""

    @property
    def fields(self) -> Collection[str]: ...
    @property
    def ids(self) -> Collection[str]: ...
    @property
    def writes(self) -> bool: ...
    @property
    def served(self) -> bool: ...


def near(text: object, known: list[str]) -> str:
    """The nearest of the known names, for a message."""
    return " or ".join(get_close_matches(str(text), known, n=3, cutoff=0)) or "none"


def refusal_of(status: int | None, code: str | None) -> Refusal:
    """The documented refusal with that status, that code, or both; ValueError, naming the choices,
    where there is none.
    """
    if code is None:
        if not isinstance(status, int) or status not in USUAL:
            raise ValueError(
                f"status: {status!r} should be one of {', '.join(map(str, USUAL))}, or a code"
                " should be given"
            )
        return USUAL[status]
    rows = _rows().get(code) if isinstance(code, str) else None
    if rows is None:
        raise ValueError(
            f"code: {code!r} is not documented; the nearest are {near(code, list(_rows()))}"
        )
    fitting = [row for row in rows if status in {None, row.status}]
    if not fitting:
        raise ValueError(
            f"status: {status!r} does not go with {code}, which is"
            f" {' or '.join(str(row.status) for row in rows)}"
        )
    return fitting[0]


@cache
def _rows() -> dict[str, list[Refusal]]:
    rows: dict[str, list[Refusal]] = {}
    own = {(row.status, row.code, row.message): row for row in errors.REFUSALS}
    for status, code, message in json.loads(
        (files("sdrs_fake.control") / "codes.json").read_text(encoding="utf-8")
    ):
        row = own.get((status, code, message)) or Refusal(
            status, code, message, gateway=code.startswith("APIGW.")
        )
        rows.setdefault(code, []).append(row)
    return rows
