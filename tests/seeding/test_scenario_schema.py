"""The JSON Schema of a scenario's file agrees with what is taken and refused."""

import json
import re

import pytest

from sdrs_fake.seeding import library
from sdrs_fake.seeding.failure_catalog import WAYS
from sdrs_fake.seeding.scenario_file import json_schema

NAMES = [
    "documented-sample",
    "empty-project",
    "noisy-group",
    "regional-switchover",
    "storage-outage",
    "ten-thousand-jobs",
]
JOB = {
    "job_status": "FAIL",
    "resource_id": "r",
    "resource_name": "web",
    "resource_type": "replications",
    "failure_status": "createFail",
    "job_id": "j",
    "job_type": "createReplicationPairNoCG",
    "begin_time": "2026-06-01T00:00:00.000Z",
    "error_code": "EVS.2024",
    "fail_reason": "x",
}


def own(**fields):
    return {"scenario": 2, "name": "mine", "title": "Mine", **fields}


def fits(value, schema, whole):
    """As much of JSON Schema as the one of scenarios is made of."""
    if "$ref" in schema:
        return fits(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole)
    if "allOf" in schema:  # how pydantic 2.7 says that a reference has a default
        return all(fits(value, each, whole) for each in schema["allOf"])
    if "anyOf" in schema:
        return any(fits(value, each, whole) for each in schema["anyOf"])
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
    right = isinstance(value, kinds[schema["type"]]) if "type" in schema else True
    right = right and value in schema.get("enum", [value]) and value == schema.get("const", value)
    if isinstance(value, str):
        right = right and schema.get("minLength", 0) <= len(value) <= schema.get(
            "maxLength", len(value)
        )
        right = right and bool(re.search(schema.get("pattern", ""), value, re.ASCII))
    if isinstance(value, int):
        right = right and schema.get("minimum", value) <= value <= schema.get("maximum", value)
    if isinstance(value, list):
        right = right and schema.get("minItems", 0) <= len(value) <= schema.get(
            "maxItems", len(value)
        )
        right = right and all(fits(each, schema.get("items", {}), whole) for each in value)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        right = (
            right
            and set(schema.get("required", ())) <= value.keys()
            and schema.get("minProperties", 0) <= len(value)
        )
        right = right and (schema.get("additionalProperties", True) or value.keys() <= known.keys())
        right = right and all(
            fits(each, known[name], whole) for name, each in value.items() if name in known
        )
    return right


SCHEMA = json_schema()


@pytest.mark.parametrize(
    "content",
    [
        *(json.loads(library.read(name)[1]) for name in NAMES),
        own(),
        {"$schema": "https://example.org/scenario.json", **own()},
        own(
            description="", groups=["a", {"name": "b", "status": "error", "description": None}, {}]
        ),
        own(groups=3, waves=[{"count": 1, "groups": None, "failures": None, "error_codes": None}]),
        own(
            groups=1,
            waves=[
                {
                    "count": 0,
                    "failures": {"replications": ["expandFail"]},
                    "error_codes": ["EVS.1064"],
                    "from": "P1DT2H",
                    "to": "P1D",
                }
            ],
        ),
        own(
            failure_jobs=[
                JOB,
                {**JOB, "job_id": "k", "server_group_id": None, "resource_type": "replicationPair"},
            ]
        ),
    ],
)
def test_what_is_right_fits_the_schema(content):
    assert library.find(content)
    assert fits(content, SCHEMA, SCHEMA)


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        own(scenario=1),
        own(name="My own"),
        own(name="x" * 65),
        own(title=""),
        own(waves={}),
        own(wave=[]),
        own(groups=-1),
        own(groups=10_001),
        own(groups="a"),
        own(groups=[""]),
        own(groups=[3]),
        own(groups=[{"nam": "b"}]),
        own(groups=[{"status": "sad"}]),
        own(waves=[{}]),
        own(waves=[{"count": "5"}]),
        own(waves=[{"count": -1}]),
        own(waves=[{"count": 10**8 + 1}]),
        own(waves=[{"count": 0, "groups": []}]),
        own(waves=[{"count": 0, "failures": {}}]),
        own(waves=[{"count": 0, "failures": {"disks": ["createFail"]}}]),
        own(waves=[{"count": 0, "failures": {"replications": []}}]),
        own(waves=[{"count": 0, "failures": {"replications": ["startFail"]}}]),
        own(waves=[{"count": 0, "error_codes": ["EVS.1"]}]),
        own(waves=[{"count": 0, "from": "P1M"}]),
        own(waves=[{"count": 0, "to": 3}]),
        own(failure_jobs=[{**JOB, "failure_status": "x"}]),
        own(failure_jobs=[{name: JOB[name] for name in JOB if name != "begin_time"}]),
        own(failure_jobs=[{**JOB, "more": 1}]),
    ],
)
def test_what_is_wrong_does_not_fit_the_schema(content):
    with pytest.raises(ValueError, match="scenario"):
        library.find(content)
    assert not fits(content, SCHEMA, SCHEMA)


def test_the_schema_is_json_and_says_which_dialect_it_is():
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert (SCHEMA["$schema"], SCHEMA["title"]) == (
        "https://json-schema.org/draft/2020-12/schema",
        "A scenario of sdrs-fake",
    )


def test_the_statuses_of_each_type_are_those_of_the_failure_catalog():
    known = {}
    for kind, status in WAYS:
        known.setdefault(kind, []).append(status)

    statuses = {
        kind: field["items"]["enum"]
        for kind, field in SCHEMA["$defs"]["Failures"]["properties"].items()
    }
    assert statuses == known
