"""The document: paths from the API table, with the schemas of queries, bodies and answers."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Any

from sdrs_fake.openapi.responses import (
    ERROR_SCHEMAS,
    deferred_response,
    error_responses,
    json_content,
    success_response,
)
from sdrs_fake.openapi.schemas import Schema, component_schemas, query_schemas, ref, reference
from sdrs_fake.operations.reading import Body
from sdrs_fake.operations.table import TABLE, Row

CLOUD: Schema = {
    "url": "https://sdrs.{region}.myhuaweicloud.com",
    "variables": {"region": {"default": "cn-north-4"}},
}
_DESCRIPTION = """\
The documented operations of Huawei Cloud SDRS, as sdrs-fake answers them.

Operations on one path that differ in their body alone are one operation here: its `operationId`
has the ids of all of them, and `x-operations` lists them.
The conditions of an operation are those of the reference, each with the code of its refusal. The
fake does not know servers, disks and networks, and does not check conditions about those.
"""
_SECURITY = {
    "token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"},
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "An AK/SK signature (SDK-HMAC-SHA256), which needs X-Sdk-Date too.",
    },
}
_CREDENTIALS: list[Schema] = [{"token": []}, {"signature": []}]
_NOTES_ON_IDS = {"project_id": "32 hexadecimal digits in the cloud."}


def document(server: str | None = None) -> Schema:
    """The OpenAPI document of the API at a server, or in the cloud."""
    return {**_document(), "servers": [{"url": server} if server else CLOUD]}


@cache
def _document() -> Schema:
    tags = dict.fromkeys(_facts(row)["tag"] for row in TABLE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Storage Disaster Recovery Service (SDRS)",
            "version": "v1",
            "description": _DESCRIPTION,
        },
        "servers": [],
        "security": _CREDENTIALS,
        "tags": [{"name": tag} for tag in tags],
        "paths": _paths(),
        "components": {
            "securitySchemes": _SECURITY,
            "responses": error_responses(),
            "schemas": {**component_schemas(), **ERROR_SCHEMAS},
        },
    }


def _paths() -> dict[str, Schema]:
    paths: dict[str, Schema] = {}
    by_route = groupby(sorted(TABLE, key=_route), key=_route)
    operations = {route: _operation(list(rows)) for route, rows in by_route}
    for row in TABLE:  # in the order of the reference
        paths.setdefault(row.path, {})[row.method.lower()] = operations[_route(row)]
    return paths


def _operation(rows: Sequence[Row]) -> Schema:
    """The operation of a route, or all that differ in their body alone."""
    row, ids = rows[0], [row.id for row in rows]
    operation: Schema = {
        "operationId": "_".join(ids),
        "tags": [_facts(row)["tag"]],
        "summary": "; ".join(map(_summary, ids)),
        "description": "\n\n".join(filter(None, map(_description, rows))),
        "parameters": [*_ids(row), *_query(row)],
        "responses": _responses(row),
    }
    if row.body:
        operation["requestBody"] = _request_body(rows)
    if len(rows) > 1:
        operation["x-operations"] = ids
    if row.is_open:
        operation["security"] = []
    return {name: value for name, value in operation.items() if value or name == "security"}


def _summary(operation: str) -> str:
    """`ListFailureJobs` as words."""
    words = re.findall("[A-Z][a-z]*", operation)
    return " ".join([words[0], *(word.lower() for word in words[1:])])


def _description(row: Row) -> str:
    facts = _facts(row)
    rules = [f"- {rule}: {code}" for rule, code in facts.get("rules", ())]
    of = f" of {row.id}" if row.action else ""
    conditions = "\n".join([f"Conditions{of}, and the codes of their refusals:", "", *rules])
    return "\n\n".join(filter(None, [facts.get("notes"), conditions if rules else ""]))


def _ids(row: Row) -> list[Schema]:
    names = re.findall(r"{(\w+)}", row.path)
    return [_parameter("path", name, _id_schema(name), _NOTES_ON_IDS.get(name)) for name in names]


def _id_schema(name: str) -> Schema:
    is_version = name == "api_version"
    return {"type": "string", "enum": ["v1"]} if is_version else {"type": "string", "minLength": 1}


def _query(row: Row) -> list[Schema]:
    notes = _facts(row).get("parameters", {})
    schemas = query_schemas(row.query) if row.query else {}
    return [_parameter("query", name, each, notes.get(name)) for name, each in schemas.items()]


def _parameter(place: str, name: str, schema: Schema, note: str | None) -> Schema:
    required = {"required": True} if place == "path" else {}
    described = {"description": note} if note else {}
    return {"name": name, "in": place, **described, **required, "schema": schema}


def _request_body(rows: Sequence[Row]) -> Schema:
    bodies = [(row, row.body) for row in rows if row.body]
    schemas = [ref(body) for _, body in bodies]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    content = json_content(schema, _facts(rows[0]), "request")
    if len(rows) > 1:
        examples = {row.id: {"value": _facts(row)["request"]} for row in rows}
        content["application/json"]["examples"] = examples
    return {"required": any(_is_required(body) for _, body in bodies), "content": content}


def _is_required(body: type[Body]) -> bool:
    return any(field.is_required() for field in body.model_fields.values())


def _responses(row: Row) -> dict[str, Schema]:
    refused = {status: {"$ref": f"#/components/responses/{status}"} for status in error_responses()}
    return {**deferred_response(row), **success_response(row.id), **refused}


def _facts(row: Row) -> Any:
    return reference()["operations"][row.id]


def _route(row: Row) -> tuple[str, str]:
    return row.path, row.method
