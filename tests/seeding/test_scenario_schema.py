"""The JSON Schema of a scenario's file agrees with what is taken and refused."""

import json

import pytest
from jsonschema import Draft202012Validator

from sdrs_fake.seeding import library
from sdrs_fake.seeding.failure_catalog import WAYS
from sdrs_fake.seeding.scenario_file import json_schema
from tests.seeding.cases import JOB, NAMES, own

SCHEMA = json_schema()
FITS = Draft202012Validator(SCHEMA).is_valid


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
    assert FITS(content)


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
    assert not FITS(content)


def test_the_schema_is_json_and_names_its_dialect():
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
