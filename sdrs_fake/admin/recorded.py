"""Recorded requests for the inspector: pages of short rows, newest first, and one in full."""

import json
from typing import Any

from sdrs_fake.admin.admin import Admin
from sdrs_fake.admin.bodies import read_params, refusal, refused
from sdrs_fake.admin.controls import record_fields
from sdrs_fake.domain.refusals import found, require
from sdrs_fake.errors import shown
from sdrs_fake.journal.journal import check_operation
from sdrs_fake.journal.recorded_request import RecordedRequest
from sdrs_fake.messages import Request, Response

_LIMIT, _MAX_LIMIT = 50, 1000
_REFUSED = 400


def list_recorded_requests(admin: Admin, request: Request) -> Response:
    """The newest requests, or those `before` a number: of an operation, or only the `refused`."""
    given = read_params(request, ("limit", "before", "operation", "refused"))
    limit = min(_number("limit", given.get("limit", str(_LIMIT))), _MAX_LIMIT)
    before = _number("before", given["before"]) if "before" in given else None
    operation, only_refused = given.get("operation"), _flag("refused", given)
    with refused():
        check_operation(operation)
    matching = [
        (number, record)
        for number, record in _numbered(admin)
        if operation in {None, record.request.operation}
        and (not only_refused or _is_refused(record))
    ]
    page = [each for each in matching if before is None or each[0] < before]
    newest = reversed(page[max(0, len(page) - limit) :])
    return Response.ok(
        count=len(matching),
        newer=len(matching) - len(page),
        older=max(0, len(page) - limit),
        requests=[_row(number, record) for number, record in newest],
    )


def show_recorded_request(admin: Admin, request: Request) -> Response:
    """One request, as the journal shows it."""
    number = _number("number", request.path_params["number"])
    record = dict(_numbered(admin)).get(number)
    fields = record_fields(found(record, refusal(404, f"the journal has no request {number}")))
    return Response.ok(number=number, **fields)


def _numbered(admin: Admin) -> tuple[tuple[int, RecordedRequest], ...]:
    admin.backend.settle()  # so that the notes on deferred requests say how these went
    return admin.log.numbered()


def _number(name: str, text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= 18  # noqa: PLR2004 64 bits
    require(is_number, refusal(400, f"{name}: {shown(text)} should be an integer"))
    return int(text)


def _flag(name: str, given: dict[str, str]) -> bool:
    text = given.get(name, "false")
    require(
        text in {"true", "false"}, refusal(400, f"{name}: {shown(text)} should be true or false")
    )
    return text == "true"


def _is_refused(record: RecordedRequest) -> bool:
    return record.response.status >= _REFUSED or record.response.network_fault is not None


def _row(number: int, record: RecordedRequest) -> dict[str, Any]:
    request, response = record.request, record.response
    code, message = _refusal(record)
    network_fault = response.network_fault
    return {
        "number": number,
        "operation": request.operation,
        "method": request.method,
        "target": request.target,
        "status": response.status,
        "code": code,
        "message": message,
        "fault": response.fault,
        "network_fault": str(network_fault) if network_fault else None,
    }


def _refusal(record: RecordedRequest) -> tuple[str, str]:
    """The code and the message in the body of a refusal; empty where there are none."""
    response = record.response
    if response.status < _REFUSED or not response.body:
        return "", ""
    try:
        content = json.loads(response.body)
    except ValueError:  # a fault damaged it
        return "", ""
    if "error_code" in content:
        return content["error_code"], content["error_msg"]
    (error,) = content.values()
    return str(error["code"]), error["message"]
