"""The routing table, row for row as the reference prints it."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote, unquote

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, MapAdapter, Rule

from sdrs_fake.domain.errors import (
    METHOD_NOT_ALLOWED,
    METHOD_NOT_FOUND,
    PATH_NOT_FOUND,
    ApiError,
    require,
)
from sdrs_fake.exchange import Call, Operation
from sdrs_fake.operations import api_versions, failure_jobs, jobs, project, protection_groups
from sdrs_fake.operations.queries import LATER, PARAMETERS
from sdrs_fake.operations.unserved import NAMES, UNSERVED

SERVED: dict[str, Operation] = {
    # API versions
    "GET /": api_versions.list_api_versions,
    "GET /{api_version}": api_versions.show_specified_api_version,
    # Jobs
    "GET /v1/{project_id}/jobs/{job_id}": jobs.show_job_status,
    # Active-active domains and quotas
    "GET /v1/{project_id}/active-domains": project.list_active_active_domains,
    "GET /v1/{project_id}/sdrs/quotas": project.show_quota,
    # Protection groups
    "GET /v1/{project_id}/server-groups": protection_groups.list_protection_groups,
    "GET /v1/{project_id}/server-groups/{server_group_id}": protection_groups.show_protection_group,
    # Task center
    "GET /v1/{project_id}/task-center/failure-jobs": failure_jobs.list_failure_jobs,
    "DELETE /v1/{project_id}/task-center/failure-jobs/{failure_job_id}": (
        failure_jobs.delete_failure_job
    ),
    "DELETE /v1/{project_id}/task-center/failure-jobs/batch": (
        failure_jobs.delete_all_server_group_failure_jobs
    ),
    "DELETE /v1/{project_id}/task-center/{server_group_id}/failure-jobs/batch": (
        failure_jobs.delete_server_group_failure_jobs
    ),
}
TABLE: dict[str, Operation] = {**SERVED, **UNSERVED}
OPEN = (api_versions.list_api_versions, api_versions.show_specified_api_version)
"""What needs no credentials."""

_VERSIONS = "<any(v1):api_version>"
"""Of the paths with a single name only a version is one."""


class Documented(NamedTuple):
    """What a fault may say of an operation: its parameters in the query and ids in the path, these
    alone, and what it does.
    """

    fields: frozenset[str]
    ids: frozenset[str]
    writes: bool
    served: bool


@cache
def documented() -> dict[str, Documented]:
    """Every documented operation by its name."""
    rows = [
        (row, (operation.__name__.title().replace("_", ""),)) for row, operation in SERVED.items()
    ]
    return {
        name: Documented(
            (ids := frozenset(re.findall(r"{(\w+)}", row)))
            | PARAMETERS.get(name, LATER.get(name, frozenset())),
            ids,
            writes=not row.startswith("GET "),
            served=name in PARAMETERS,
        )
        for row, names in [*rows, *NAMES.items()]
        for name in names
    }


def is_of_iam(path: str) -> bool:
    """Is it a path of IAM, which has a route table of its own?"""
    return path.startswith("/v3/") or path == "/v3"


def _rule(line: str, operation: Operation) -> Rule:
    method, path = (
        line.replace("{api_version}", _VERSIONS).translate(str.maketrans("{}", "<>")).split()
    )
    return Rule(path, methods=[method], endpoint=operation)


def _urls(table: Mapping[str, Operation]) -> MapAdapter:
    return Map([_rule(*row) for row in table.items()], merge_slashes=False).bind("")


_SERVED_URLS = _urls(SERVED)


@cache
def _all_urls() -> MapAdapter:
    """Made when it is first needed: most programs ask only for what is served, and 49 rules take
    their time.
    """
    return _urls(TABLE)


_SLASH = "\uffff"
"""Stands for an encoded slash, which is part of an id and parts nothing."""


def route(call: Call, wrong_method: int) -> tuple[Operation, Mapping[str, str]]:
    """The operation that a call names, and the ids in its path. An id may hold a slash, where it
    was sent encoded.
    """
    if "%2f" not in call.target.lower():
        return find(call.method, call.path, wrong_method)
    path = unquote(re.sub("%2f", quote(_SLASH), call.target.partition("?")[0], flags=re.IGNORECASE))
    operation, arguments = find(call.method, path, wrong_method)
    require(_SLASH not in arguments.get("project_id", ""), PATH_NOT_FOUND)
    return operation, {name: value.replace(_SLASH, "/") for name, value in arguments.items()}


def _match(path: str, method: str) -> tuple[Operation, Mapping[str, str]]:
    try:
        return _SERVED_URLS.match(path, method)
    except (NotFound, MethodNotAllowed):
        return _all_urls().match(path, method)


@lru_cache(maxsize=256)
def find(method: str, path: str, wrong_method: int = 405) -> tuple[Operation, Mapping[str, str]]:
    """The operation that a request names, and the ids in its path; a GET row also serves HEAD.

    Programs ask for the same few paths again and again; matching one costs as much as answering it.
    """
    require(
        path and not path.startswith("//"), PATH_NOT_FOUND
    )  # Werkzeug would take leading slashes for one
    spelled = method if method.isupper() else "?"  # and any spelling of a method
    try:
        operation, arguments = _match(path, spelled)
    except NotFound:
        raise ApiError(PATH_NOT_FOUND) from None
    except MethodNotAllowed as error:
        require(wrong_method == METHOD_NOT_ALLOWED.status, METHOD_NOT_FOUND)
        allow = ", ".join(sorted(error.valid_methods or ()))
        raise ApiError(METHOD_NOT_ALLOWED.with_headers(Allow=allow)) from None
    return operation, MappingProxyType(arguments)
