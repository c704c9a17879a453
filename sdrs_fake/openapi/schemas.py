"""The JSON Schemas of the document: of what is answered, of bodies, and of query parameters."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic.json_schema import models_json_schema

from sdrs_fake.domain.store import ListQuery
from sdrs_fake.openapi.answers import ANSWERS
from sdrs_fake.operations.table import TABLE

Schema = dict[str, Any]

REF = "#/components/schemas/"

_SOMETIMES = {"failure_detail", "resources"}
"""Fields that an answer may leave out. All others are in every one."""


@cache
def reference() -> Mapping[str, Any]:
    """The reference's words: tags, notes, rules and examples of operations, and notes on fields."""
    text = files("sdrs_fake.openapi").joinpath("reference.json").read_text(encoding="utf-8")
    content: Mapping[str, Any] = json.loads(text)
    return content


def component_schemas() -> dict[str, Schema]:
    """The schemas that the document names, but for those of errors."""
    models: set[Any] = {*ANSWERS.values(), *(row.body for row in TABLE)} - {None}
    wanted: list[Any] = [(model, "validation") for model in sorted(models, key=_name)]
    _, content = models_json_schema(wanted, ref_template=f"{REF}{{model}}")
    schemas = {name: _plain(each) for name, each in content["$defs"].items()}
    _refine(schemas)
    for name, notes in reference()["fields"].items():
        for field, note in notes.items():
            schemas[name]["properties"][field]["description"] = note
    return schemas


def query_schemas(query: type[ListQuery]) -> dict[str, Schema]:
    """The schemas of query parameters, by their names."""
    content = query.model_json_schema()
    kinds = content.get("$defs", {})
    return {name: _parameter(each, kinds) for name, each in content["properties"].items()}


def ref(model: type) -> Schema:
    """A reference to the schema of an answer or a body."""
    return {"$ref": f"{REF}{_name(model)}"}


def _name(model: type) -> str:
    return model.__name__


def _refine(schemas: dict[str, Schema]) -> None:
    """Say what the models leave open, or keep for themselves."""
    for each in schemas.values():
        if _SOMETIMES & set(each.get("required", ())):
            each["required"] = [name for name in each["required"] if name not in _SOMETIMES]
    sub_jobs = {"type": "array", "items": {"$ref": f"{REF}Job"}}
    schemas["Job"]["properties"]["entities"] = {
        "type": "object",
        "properties": {"sub_jobs": sub_jobs},
        "additionalProperties": {"type": "string"},
    }


def _plain(schema: Schema) -> Schema:
    """A component without titles, and without the docstring of its class."""
    return {name: value for name, value in _untitled(schema).items() if name != "description"}


def _untitled(value: Any) -> Any:
    if isinstance(value, list):
        return [_untitled(each) for each in value]
    if not isinstance(value, dict):
        return value
    # The title of a schema is a string; a property of that name would be a schema.
    kept = {name: each for name, each in value.items() if not _is_noise(name, each)}
    return {name: _untitled(each) for name, each in kept.items()}


def _is_noise(name: str, value: object) -> bool:
    """Whether a keyword says nothing: a title made of the name, a default of null."""
    is_title = name == "title" and isinstance(value, str)
    return is_title or (name, value) in (("default", None), ("minLength", 0))


def _parameter(schema: Schema, kinds: Mapping[str, Schema]) -> Schema:
    """The schema of a parameter that may be absent: the one alternative to null."""
    plain: Schema = _untitled(schema)
    alternatives: Iterable[Schema] = plain.pop("anyOf", ({},))
    (given,) = (each for each in alternatives if each.get("type") != "null")
    kind = given.pop("$ref", "").rpartition("/")[2]
    return {**plain, **given, **(_plain(kinds[kind]) if kind else {})}
