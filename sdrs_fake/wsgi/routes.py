"""The routing table, row for row as the reference prints it."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from sdrs_fake.domain.errors import METHOD_NOT_ALLOWED, METHOD_NOT_FOUND, PATH_NOT_FOUND, ApiError, require
from sdrs_fake.exchange import Operation
from sdrs_fake.operations import failure_jobs

TABLE: dict[str, Operation] = {
    # Task center
    "GET /v1/{project_id}/task-center/failure-jobs": failure_jobs.list_failure_jobs,
}


def _rule(line: str, operation: Operation) -> Rule:
    method, path = line.translate(str.maketrans("{}", "<>")).split()
    return Rule(path, methods=[method], endpoint=operation)


_URLS = Map([_rule(*row) for row in TABLE.items()], merge_slashes=False).bind("")


@lru_cache(maxsize=256)
def find(method: str, path: str, wrong_method: int = 405) -> tuple[Operation, Mapping[str, str]]:
    """The operation that a request names, and the ids in its path; a GET row also serves HEAD.

    Programs ask for the same few paths again and again; matching one costs as much as answering it.
    """
    require(not path.startswith("//"), PATH_NOT_FOUND)  # Werkzeug would take leading slashes for one
    try:
        operation, arguments = _URLS.match(path, method if method.isupper() else "?")  # and any spelling of a method
    except NotFound:
        raise ApiError(PATH_NOT_FOUND) from None
    except MethodNotAllowed as error:
        require(wrong_method == METHOD_NOT_ALLOWED.status, METHOD_NOT_FOUND)
        allow = ", ".join(sorted(error.valid_methods or ()))
        raise ApiError(METHOD_NOT_ALLOWED.with_headers(Allow=allow)) from None
    return operation, MappingProxyType(arguments)
