"""The documented refusals by status and code: 256 of the service, and the gateway's."""

import json
import re
from functools import cache
from pathlib import Path

from sdrs_fake.domain import refusals
from sdrs_fake.domain.refusals import Refusal
from sdrs_fake.errors import ParameterError, did_you_mean, integer_of, shown

BY_STATUS: dict[int, Refusal] = {
    refusal.status: refusal
    for refusal in (
        refusals.INVALID_PARAMETERS,
        refusals.NOT_AUTHENTICATED,
        refusals.NOT_AUTHORIZED,
        refusals.PATH_NOT_FOUND,
        refusals.METHOD_NOT_ALLOWED.with_headers(Allow=""),
        refusals.NOT_ACCEPTABLE,
        refusals.PROXY_AUTHENTICATION_REQUIRED,
        refusals.REQUEST_TIMEOUT,
        refusals.CONFLICT,
        refusals.BODY_TOO_LARGE,
        refusals.URI_TOO_LARGE,
        refusals.THROTTLED,
        refusals.INTERNAL_ERROR,
        refusals.NOT_IMPLEMENTED,
        refusals.BACKEND_UNAVAILABLE,
        refusals.SERVICE_UNAVAILABLE,
        refusals.BACKEND_TIMEOUT,
    )
}
"""The refusal that stands for a status when no code is given."""

_CODE = re.compile(r"(SDRS|APIGW)?[ ._-]?([0-9]{1,5})")
_LONGEST = 20


def refusal_of(status: int | None, code: str | None) -> Refusal:
    """The documented refusal with that status, that code, or both."""
    number = None if status is None else integer_of(status)
    if code is None:
        if number not in BY_STATUS:
            choices = ", ".join(map(str, BY_STATUS))
            raise ParameterError(
                "status", f"{shown(status)} should be one of {choices}, or give a code"
            )
        return BY_STATUS[number]
    rows = _by_code().get(code) if isinstance(code, str) else None
    if rows is None:
        raise ParameterError("code", f"{shown(code)} is not documented{_hint(code)}")
    for row in rows:
        if status is None or number == row.status:
            return row
    statuses = " or ".join(str(row.status) for row in rows)
    raise ParameterError("status", f"{shown(status)} does not go with {code}, which is {statuses}")


def _hint(given: object) -> str:
    """The code that was meant: in capitals, with all four digits, or else one that is spelled
    nearly so.
    """
    text = shown(given).strip("'").upper()[:_LONGEST]
    parts = _CODE.fullmatch(text)
    if parts:
        text = f"{parts[1] or 'SDRS'}.{int(parts[2]):04d}"
    if text in _by_code():
        return f"; did you mean {text}?"
    return did_you_mean(text, _by_code()) or "; a code is, for example, SDRS.0013"


@cache
def _by_code() -> dict[str, list[Refusal]]:
    """The refusals of the tables by their codes: a few codes have several statuses."""
    by_code: dict[str, list[Refusal]] = {}
    # The rows of `refusals` come first, since they carry headers too.
    known = {(row.status, row.code, row.message): row for row in refusals.REFUSALS}
    table = Path(__file__).with_name("codes.json").read_text(encoding="utf-8")
    for status, code, message in json.loads(table):
        refusal = known.get((status, code, message))
        gateway = code.startswith("APIGW.")
        by_code.setdefault(code, []).append(refusal or Refusal(status, code, message, gateway))
    return by_code
