"""JSON Schemas of values in bodies that functions of our own check, for the OpenAPI document."""

from typing import Any

from pydantic import WithJsonSchema

from sdrs_fake.domain.tags import MAX_KEY, MAX_TAGS, MAX_VALUE

_NULL = {"type": "null"}


def _optional(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, _NULL]})


def _name(most: int) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[A-Za-z0-9._\u4e00-\u9fff-]+$",
            "maxLength": most,
            "description": f"At most {most} bytes.",
        }
    )


NAME, PREFIX = _name(64), _name(59)
DESCRIPTION = _optional(
    {"type": "string", "pattern": "^[^<>]*$", "maxLength": 64, "description": "At most 64 bytes."}
)
ADDRESS = _optional({"type": "string", "format": "ipv4"})
DEVICE = WithJsonSchema({"type": "string", "pattern": "^/dev/[vs]d[a-z]$"})
SIZE = WithJsonSchema({"type": "number", "minimum": 1, "exclusiveMaximum": 2**31})

_ALLOWED = r"^[^\u0000-\u001f*<>\\=,|/]*$"
_KEY = {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": _ALLOWED}
_VALUE = {"type": "string", "maxLength": MAX_VALUE, "pattern": _ALLOWED}
TAG_KEY, TAG_VALUE = WithJsonSchema(_KEY), WithJsonSchema(_VALUE)


def _objects(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    items = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "array", "items": items}


_TAGS = {**_objects(("key", "value"), key=_KEY, value=_VALUE), "maxItems": MAX_TAGS}
_DELETED_VALUE = {"anyOf": [{"type": "string"}, _NULL]}
_VALUES = {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 255}}
_WANTED_KEY = {"type": "string", "minLength": 1, "maxLength": 127}
_PART = {"type": "string", "maxLength": 255}

NEW_TAGS = _optional(_TAGS)
ADDED_TAGS = WithJsonSchema({**_TAGS, "minItems": 1})
DELETED_TAGS = WithJsonSchema(
    {
        **_objects(("key",), key={"type": "string", "minLength": 1}, value=_DELETED_VALUE),
        "minItems": 1,
    }
)
WANTED_TAGS = _optional(
    {**_objects(("key", "values"), key=_WANTED_KEY, values=_VALUES), "maxItems": 10}
)
MATCHES = _optional(
    {
        **_objects(("key", "value"), key={"const": "resource_name"}, value=_PART),
        "minItems": 1,
        "maxItems": 1,
    }
)
_DIGITS = {"type": "string", "pattern": "^[0-9]+$"}
TAG_LIMIT = _optional({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 1000}, _DIGITS]})
TAG_OFFSET = _optional(
    {"anyOf": [{"type": "integer", "minimum": 0, "exclusiveMaximum": 2**31}, _DIGITS]}
)
