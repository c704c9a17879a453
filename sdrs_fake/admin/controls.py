"""Faults, journal and clock over HTTP: what `sdrs.faults`, `.journal` and `.clock` do in Python."""

from typing import Any

from sdrs_fake.admin.admin import Admin
from sdrs_fake.admin.bodies import read_object, read_params, refusal, refused
from sdrs_fake.domain.refusals import ApiError, found, require
from sdrs_fake.domain.times import wire_time
from sdrs_fake.errors import shown
from sdrs_fake.faults.fault import Fault
from sdrs_fake.journal.recorded_request import RecordedRequest, visible
from sdrs_fake.messages import Request, Response

KINDS = (
    "fail",
    "defer",
    "insert_between_pages",
    "delete_between_pages",
    "wrong_count",
    "short_page",
)
"""The faults that can be armed: the methods of `sdrs.faults` by their names."""

_MAX_DIGITS = 9

# Faults


def list_faults(admin: Admin, _request: Request) -> Response:
    return Response.ok(faults=[_fault(fault) for fault in admin.faults])


def arm_fault(admin: Admin, request: Request) -> Response:
    given = read_object(request)
    kind = given.pop("kind", "fail")
    require(kind in KINDS, refusal(400, f"kind: {shown(kind)} should be one of {', '.join(KINDS)}"))
    no_function = "when: a condition is a function, which only Python has"
    require("when" not in given, refusal(400, no_function))
    with refused():
        fault = getattr(admin.faults, kind)(**given)
    return Response.of(201, _fault(fault))


def disarm_fault(admin: Admin, request: Request) -> Response:
    number = request.path_params["number"]
    fault = next((fault for fault in admin.faults if str(fault.number) == number), None)
    found(fault, refusal(404, f"there is no fault {number}")).disarm()
    return Response.no_content()


def clear_faults(admin: Admin, _request: Request) -> Response:
    admin.faults.clear()
    return Response.no_content()


def _fault(fault: Fault) -> dict[str, Any]:
    fields = ("number", "description", "armed", "matched", "fired", "optional")
    return {name: getattr(fault, name) for name in fields}


# Journal


def list_requests(admin: Admin, request: Request) -> Response:
    params = read_params(request, ("operation", "last"))
    with refused():
        records = admin.journal.calls(params.get("operation"))
    last = params.get("last")
    if last is not None:
        is_number = last.isascii() and last.isdecimal() and len(last) <= _MAX_DIGITS
        require(is_number, refusal(400, f"last: {shown(last)} should be an integer"))
        records = records[max(0, len(records) - int(last)) :]
    return Response.ok(
        dropped=admin.journal.dropped, requests=[_record(record) for record in records]
    )


def assert_called(admin: Admin, request: Request) -> Response:
    given = read_object(request)
    operation = given.pop("operation", None)
    wrong = f"operation: {shown(operation)} should be the name of an operation"
    require(isinstance(operation, str), refusal(400, wrong))
    try:
        with refused():
            record = admin.journal.assert_called(operation, **given)
    except AssertionError as error:
        raise ApiError(refusal(409, str(error))) from None
    return Response.of(200, _record(record))


def clear_journal(admin: Admin, _request: Request) -> Response:
    admin.journal.clear()
    return Response.no_content()


def _record(record: RecordedRequest) -> dict[str, Any]:
    request, response = record.request, record.response
    fault = response.network_fault
    return {
        "operation": request.operation,
        "method": request.method,
        "target": request.target,
        "path_params": dict(request.path_params),
        "params": dict(request.params),
        "unknown_params": list(request.unknown_params),
        "body": record.shown_body,
        "curl": record.curl(request.base_url),
        "status": response.status,
        "response": response.body.decode("utf-8", "replace"),
        "note": visible(response.note),
        "network_fault": str(fault) if fault else None,
    }


# Clock


def show_time(admin: Admin, _request: Request) -> Response:
    return Response.ok(now=wire_time(admin.clock.now()))


def move_time(admin: Admin, request: Request) -> Response:
    given = read_object(request, ("set", "days", "hours", "minutes", "seconds"))
    none = "the body should have set, or days, hours, minutes or seconds"
    require(given, refusal(400, none))
    require(len(given) == 1 or "set" not in given, refusal(400, "set: goes with nothing else"))
    with refused():
        if "set" in given:
            admin.clock.set(given["set"])
        else:
            admin.clock.advance(**given)
    return show_time(admin, request)
