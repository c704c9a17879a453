"""The inspector: a web page that shows and drives a fake, and what it asks the fake for."""

from functools import cache
from pathlib import Path
from typing import Any, get_args
from zlib import crc32

from sdrs_fake.admin.admin import Admin
from sdrs_fake.admin.bodies import refusal
from sdrs_fake.admin.controls import KINDS
from sdrs_fake.domain.error_codes import BY_STATUS
from sdrs_fake.domain.failure_jobs import FailureStatus, ResourceType
from sdrs_fake.domain.refusals import found
from sdrs_fake.domain.running_jobs import pending
from sdrs_fake.domain.times import wire_time
from sdrs_fake.domain.transitions import RUNNING, TRANSITIONS
from sdrs_fake.faults.effects import Network
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations.table import TABLE

PATH = "/_fake/"

HEADER = "X-Fake-Inspector"
"""Marks a read of the service by the page: no fault meets it, and the journal does not have it."""

_FOLDER = Path(__file__).with_name("page")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


# The files of the page


def show_page(admin: Admin, _request: Request) -> Response:
    """The page; it says whether it has to ask for the admin token."""
    page = _files()["index.html"]
    return _file("index.html", page.replace(b"{token}", b"yes" if admin.needs_token else b"no"))


def show_file(_admin: Admin, request: Request) -> Response:
    name = request.path_params["name"]
    return _file(name, found(_files().get(name), refusal(404, "the inspector has no such file")))


def _file(name: str, content: bytes) -> Response:
    return Response(200, content, {"Content-Type": _TYPES[Path(name).suffix], **_HEADERS})


@cache
def _files() -> dict[str, bytes]:
    """The files by name, read once: nothing that a request says becomes a path."""
    return {each.name: each.read_bytes() for each in _FOLDER.iterdir() if each.suffix in _TYPES}


# What the page asks for


def show_changes(admin: Admin, _request: Request) -> Response:
    """Marks that change with the fake, the state, the journal and the faults, and a few numbers."""
    backend, log = admin.backend, admin.log
    with backend.lock:
        projects = [backend.find(each) for each in sorted(backend.project_ids)]
        state = [(each.project_id, each.version) for each in projects]
        jobs = {each.project_id: len(pending(each)) for each in projects}
        held = backend.schedule.held
    faults = [(each.number, each.armed, each.matched, each.fired) for each in admin.faults]
    return Response.ok(
        fake=admin.fake_id,
        now=wire_time(admin.clock.now()),
        held=held,
        running_jobs=jobs,
        armed_faults=sum(armed for _, armed, _, _ in faults),
        requests=len(log),
        state=_mark(state, held),
        journal=_mark(log.last_number, len(log)),
        faults=_mark(faults),
    )


def _mark(*values: object) -> str:
    return f"{crc32(repr(values).encode()):08x}"


def show_token(admin: Admin, _request: Request) -> Response:
    """The fake's own token, which is good for every project in every mode."""
    return Response.ok(token=admin.credentials.own_token)


def list_operations(_admin: Admin, _request: Request) -> Response:
    """The API table, and the documented values that the page offers."""
    return Response.ok(
        operations=[
            {
                "id": row.id,
                "method": row.method,
                "writes": row.writes,
                "starts_job": any(each.operation == row.id for each in TRANSITIONS),
                "fields": sorted(row.fields),
            }
            for row in TABLE
        ],
        kinds=KINDS,
        fault_statuses=list(BY_STATUS),
        networks=get_args(Network),
        resource_types=list(ResourceType),
        failure_statuses=list(FailureStatus),
        running=sorted(RUNNING),
        group_actions=_group_actions(),
    )


def _group_actions() -> list[dict[str, Any]]:
    """The actions on a group, by the statuses that allow them."""
    actions = {row.id: row.action for row in TABLE}
    return [
        {"action": actions[row.operation], "running": row.running, "allowed": sorted(row.allowed)}
        for row in TRANSITIONS
        if row.members and row.allowed
    ]
