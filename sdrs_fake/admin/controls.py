"""Faults, jobs, journal and clock over HTTP: what `sdrs.faults` and the others do in Python."""

import json
from typing import Any

from sdrs_fake.admin.admin import Admin
from sdrs_fake.admin.bodies import read_object, read_params, refusal, refused
from sdrs_fake.domain.fields import checked_project_id
from sdrs_fake.domain.jobs import Job
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import ApiError, found, require
from sdrs_fake.domain.running_jobs import pending
from sdrs_fake.domain.times import wire_time
from sdrs_fake.errors import shown
from sdrs_fake.faults.fault import Fault
from sdrs_fake.journal.recorded_request import RecordedRequest, visible
from sdrs_fake.messages import Request, Response
from sdrs_fake.project_jobs import fail_job, finish_jobs, release_jobs

KINDS = (
    "fail",
    "fail_job",
    "defer",
    "insert_between_pages",
    "delete_between_pages",
    "wrong_count",
    "short_page",
)
"""The faults that can be armed: the methods of `sdrs.faults` by their names."""

_JOB_VERBS = ("hold", "finish", "fail", "release")
_WANTED = {"finish": "true or the id of a job", "fail": "the id of a job"}
"""The values of the verbs that take another one than true."""

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


# Jobs


def list_jobs(admin: Admin, request: Request) -> Response:
    return _pending(admin, read_params(request, ("project_id",)).get("project_id"))


def control_jobs(admin: Admin, request: Request) -> Response:
    """Hold, finish, fail or release; answer what is pending then."""
    given = read_object(request, (*_JOB_VERBS, "code", "reason", "project_id"))
    project_id = given.pop("project_id", None)
    failure = {name: given.pop(name) for name in ("code", "reason") if name in given}
    verb, value = _job_verb(given)
    for name in failure:
        require(verb == "fail", refusal(400, f"{name}: goes with fail only"))
    backend = admin.backend
    with backend.lock, refused():
        ids = _project_ids(admin, project_id)
        if verb == "finish":
            finish_jobs(backend, ids, None if value is True else value)
        elif verb == "fail":
            fail_job(backend, ids, value, **failure)
        elif verb == "hold":
            backend.schedule.held = True
        else:
            release_jobs(backend, ids)
            backend.schedule.held = backend.schedule.held and project_id is not None
        return _pending(admin, project_id)


def _job_verb(given: dict[str, Any]) -> tuple[str, Any]:
    """The one verb of a body, and its value: true, or the id of a job."""
    require(len(given) == 1, refusal(400, f"the body should have one of {', '.join(_JOB_VERBS)}"))
    ((verb, value),) = given.items()
    is_right = (value is True and verb != "fail") or (isinstance(value, str) and verb in _WANTED)
    wanted = _WANTED.get(verb, "true")
    require(is_right, refusal(400, f"{verb}: {shown(value)} should be {wanted}"))
    return verb, value


def _pending(admin: Admin, project_id: object) -> Response:
    backend = admin.backend
    with backend.lock:
        rows = []
        for each in _project_ids(admin, project_id):
            project = backend.find(each)
            rows += [_pending_job(project, job) for job in pending(project)]
        return Response.ok(held=backend.schedule.held, jobs=rows)


def _pending_job(project: Project, job: Job) -> dict[str, Any]:
    plan = project.plans.get(job.job_id)
    fields = {"project_id": project.project_id, **json.loads(job.wire_json)}
    return {**fields, "plan": plan.row if plan else None}


def _project_ids(admin: Admin, project_id: object) -> list[str]:
    """The project that was named, or all."""
    if project_id is None:
        return sorted(admin.backend.project_ids)
    with refused():
        return [checked_project_id(project_id)]


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
        dropped=admin.journal.dropped, requests=[record_fields(record) for record in records]
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
    return Response.of(200, record_fields(record))


def clear_journal(admin: Admin, _request: Request) -> Response:
    admin.journal.clear()
    return Response.no_content()


def record_fields(record: RecordedRequest) -> dict[str, Any]:
    """A request with its response, as JSON shows it."""
    request, response = record.request, record.response
    fault = response.network_fault
    return {
        "operation": request.operation,
        "method": request.method,
        "target": request.target,
        "path_params": dict(request.path_params),
        "params": dict(request.params),
        "unknown_params": list(request.unknown_params),
        "unknown_fields": list(request.unknown_fields),
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
