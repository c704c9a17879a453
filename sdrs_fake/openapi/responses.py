"""The responses of the document: of successes, and of refusals, in both bodies of errors."""

from collections.abc import Iterable
from http import HTTPStatus
from itertools import groupby
from typing import Any

from sdrs_fake.domain.refusals import REFUSALS, Refusal
from sdrs_fake.openapi.answers import ANSWERS, status_of
from sdrs_fake.openapi.schemas import REF, Schema, ref, reference
from sdrs_fake.operations.table import Row

_REQUEST_ID = {
    "X-Request-Id": {
        "description": "The id of the request.",
        "required": True,
        "schema": {"type": "string"},
    }
}
_MORE_HEADERS = {
    405: {"Allow": "The methods of the path."},
    429: {"Retry-After": "After how many seconds to try again."},
    503: {"Retry-After": "After how many seconds to try again, where that is known."},
}
_PHRASES = {
    400: "The request is wrong, or not possible now",
    404: "There is no such path, job or tag",
    411: "A chunked body that the server cannot read",
    413: "The body is too large",
    414: "The URL is too long",
    494: "The headers are too long",
}
_LENGTH_REQUIRED = Refusal(411, "411", "Length Required")

_TEXT = {"type": "string"}
_SERVICE, _GATEWAY = "ServiceError", "GatewayError"

ERROR_SCHEMAS: dict[str, Schema] = {
    "ErrorDetail": {
        "type": "object",
        "properties": {"message": _TEXT, "code": _TEXT},
        "required": ["message", "code"],
        "additionalProperties": False,
    },
    _SERVICE: {
        "description": "The service refuses. Some answers name the error `badrequest` or"
        " `itemNotFound`.",
        "type": "object",
        "propertyNames": {"enum": ["error", "badrequest", "itemNotFound"]},
        "additionalProperties": {"$ref": f"{REF}ErrorDetail"},
        "minProperties": 1,
        "maxProperties": 1,
    },
    _GATEWAY: {
        "description": "The gateway in front of the service refuses.",
        "type": "object",
        "properties": {"error_code": _TEXT, "error_msg": _TEXT, "request_id": _TEXT},
        "required": ["error_code", "error_msg", "request_id"],
        "additionalProperties": False,
    },
}


def error_responses() -> dict[str, Schema]:
    """The responses of refusals by their status: they are the same for all operations."""
    rows = sorted((*REFUSALS, _LENGTH_REQUIRED), key=_status)
    return {str(status): _refused(status, each) for status, each in groupby(rows, key=_status)}


def success_response(operation: str) -> dict[str, Schema]:
    """The response of an operation that succeeds, with the example of the reference."""
    answer, status = ANSWERS[operation], status_of(operation)
    response: Schema = {"description": HTTPStatus(status).phrase, "headers": _REQUEST_ID}
    if answer:
        response["content"] = json_content(ref(answer), reference()["operations"][operation])
    return {str(status): response}


def deferred_response(row: Row) -> dict[str, Schema]:
    """The response of an operation that is accepted, and handled later."""
    if not row.writes:
        return {}
    return {"202": {"description": "Accepted, and handled later", "headers": _REQUEST_ID}}


def json_content(schema: Schema, facts: Any, example: str = "answer") -> Schema:
    """A JSON body with the example that the facts of an operation have, if they have one."""
    content = {"schema": schema}
    if example in facts:
        content["examples"] = {"reference": {"value": facts[example]}}
    return {"application/json": content}


def _refused(status: int, refusals: Iterable[Refusal]) -> Schema:
    rows = list(refusals)
    kinds = sorted({_GATEWAY if row.gateway else _SERVICE for row in rows})
    schemas = [{"$ref": f"{REF}{kind}"} for kind in kinds]
    more = {
        name: {"description": text, "schema": _TEXT}
        for name, text in _MORE_HEADERS.get(status, {}).items()
    }
    return {
        "description": _PHRASES.get(status) or HTTPStatus(status).phrase,
        "headers": {**_REQUEST_ID, **more},
        "content": {
            "application/json": {
                "schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas},
                "examples": {row.code: _example(row) for row in rows},
            }
        },
    }


def _example(row: Refusal) -> Schema:
    if row.gateway:
        value: Schema = {"error_code": row.code, "error_msg": row.message, "request_id": "0" * 32}
    else:
        value = {"error": {"message": row.message, "code": row.code}}
    return {"summary": row.message, "value": value}


def _status(row: Refusal) -> int:
    return row.status
