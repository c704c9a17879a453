"""Deferred requests as rows of an export, and back."""

from collections.abc import Mapping
from typing import Any

from sdrs_fake.domain.backend import Deferred
from sdrs_fake.domain.times import precise_instant, precise_time
from sdrs_fake.errors import ParameterError, check_names, shown
from sdrs_fake.messages import Request
from sdrs_fake.operations.table import row_of

_FIELDS = ("due", "operation", "path_params", "body")


def exported(deferred: Deferred) -> dict[str, Any]:
    """What its operation reads of a request that waits: no header, which may be a credential."""
    request: Request = deferred.request
    ids = {name: each for name, each in request.path_params.items() if name != "project_id"}
    return {
        "due": precise_time(deferred.due),
        "operation": request.operation,
        "path_params": ids,
        # What is no UTF-8 is no JSON, and is none with escapes either.
        "body": request.body.decode("utf-8", "backslashreplace"),
    }


def imported(project_id: str, fields: Mapping[str, Any]) -> Deferred:
    """A request that waits, from its row; ParameterError for a wrong one."""
    check_names(fields, _FIELDS, "field")
    row = row_of(fields.get("operation"))
    if not row.writes:
        raise ParameterError("operation", f"{shown(row.id)} should change something")
    try:
        due = precise_instant(fields.get("due"))
    except ValueError as error:
        raise ParameterError("due", f"{shown(fields.get('due'))} {error}") from None
    ids = fields.get("path_params", {})
    wanted = sorted(row.path_params - {"project_id"})
    is_right = isinstance(ids, Mapping) and sorted(map(str, ids)) == wanted
    if not is_right or not all(isinstance(each, str) for each in ids.values()):
        names = ", ".join(wanted) or "nothing"
        raise ParameterError("path_params", f"{shown(ids)} should be an object of {names}")
    body = fields.get("body", "")
    if not isinstance(body, str):
        raise ParameterError("body", f"{shown(body)} should be a string")
    path_params = {"project_id": project_id, **ids}
    path = row.path.format(**path_params)
    request = Request(
        method=row.method,
        target=path,
        path=path,
        params={},
        headers={},
        body=body.encode("utf-8", "backslashreplace"),
        operation=row.id,
        path_params=path_params,
    )
    return Deferred(due, project_id, row.handler, request)
