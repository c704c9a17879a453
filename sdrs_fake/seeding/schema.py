"""The JSON Schema of a scenario's file: what its models say, and what they leave to code."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

from sdrs_fake.domain.failure_jobs import SPELLINGS_OF_2019, FailureJob, FailureStatus, ResourceType
from sdrs_fake.seeding.failures import DECK, WAYS
from sdrs_fake.seeding.tokens import NAME

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DURATION = r"P(?=\d|T\d)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"
LONGEST_NAME = 64

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_ROW: dict[str, Schema] = {
    "job_status": {"const": "FAIL"},
    "resource_type": {"enum": [*map(str, ResourceType), *SPELLINGS_OF_2019]},
    "failure_status": {"enum": [*map(str, FailureStatus)]},
    "server_group_id": {"anyOf": [_TEXT, {"type": "null"}]},
    "resource_id": _TEXT,
    "job_id": _TEXT,
}


def of_scenarios() -> Schema:
    """The schema; rules between two values, such as that a wave names groups of its file, are not
    in it.
    """
    from sdrs_fake.seeding.recipes import Recipe

    return {
        "$schema": DIALECT,
        **Recipe.model_json_schema(by_alias=True),
        "title": "A scenario of sdrs-fake",
    }


def name(said: Schema) -> None:
    said |= {"pattern": f"^{NAME}$", "maxLength": LONGEST_NAME}


def groups(most: int) -> Callable[[Schema], None]:
    """How many, or each as a name or an object."""

    def also(said: Schema) -> None:
        listed = {
            "type": said.pop("type"),
            "maxItems": most,
            "items": {"anyOf": [_TEXT, said.pop("items")]},
        }
        said["anyOf"] = [{"type": "integer", "minimum": 0, "maximum": most}, listed]

    return also


def failures(said: Schema) -> None:
    """Of each kind of resource the statuses that it can have."""
    statuses: dict[str, list[str]] = {}
    for kind, status in WAYS:
        statuses.setdefault(str(kind), []).append(str(status))
    kinds = {
        kind: {"type": "array", "minItems": 1, "items": {"enum": known}}
        for kind, known in statuses.items()
    }
    said["anyOf"] = [
        {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": kinds},
        {"type": "null"},
    ]


def error_codes(said: Schema) -> None:
    codes = sorted({way.error_code for ways in DECK for way in ways})
    said["anyOf"] = [{"type": "array", "minItems": 1, "items": {"enum": codes}}, {"type": "null"}]


def failure_jobs(said: Schema) -> None:
    """As the list answers them."""
    known = fields(FailureJob)
    said["items"] = {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in known if field.default is MISSING],
        "properties": {field.name: _ROW.get(field.name, {"type": "string"}) for field in known},
    }
