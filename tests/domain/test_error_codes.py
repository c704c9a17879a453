"""The documented refusals by status and code."""

import json
from importlib.resources import files

import pytest

from sdrs_fake.domain.error_codes import refusal_of
from sdrs_fake.errors import ParameterError


def test_the_codes_are_those_of_the_documented_tables(fixture):
    documented = [
        [each["http_status"], each["code"], each["message"]]
        for table in ("error_codes", "gateway_errors")
        for each in fixture(table)["errors"]
    ]

    table = (files("sdrs_fake.domain") / "codes.json").read_text(encoding="utf-8")
    assert json.loads(table) == documented


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (418, None, "status: 418 should be one of 400, 401, "),
        ("503", None, "status: '503' should be one of 400, 401, "),
        (None, "SDRS.0014x", "code: 'SDRS.0014x' is not documented; did you mean SDRS.0014?"),
        (None, "nothing", "code: 'nothing' is not documented; a code is, for example, SDRS.0013"),
        (None, ["SDRS.0013"], "code: ['SDRS.0013'] is not documented"),
        (400, "SDRS.0013", "status: 400 does not go with SDRS.0013, which is 500"),
    ],
)
def test_what_is_not_documented_is_refused(status, code, message):
    with pytest.raises(ParameterError) as caught:
        refusal_of(status, code)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("SDRS.13", "SDRS.0013"),
        ("sdrs.0221", "SDRS.0221"),
        ("SDRS0221", "SDRS.0221"),
        ("0221", "SDRS.0221"),
        (221, "SDRS.0221"),
        ("SDRS.02210", "SDRS.2210"),
        ("APIGW.0300", "APIGW.0310"),
    ],
)
def test_a_wrong_code_suggests_the_nearest_known_one(given, meant):
    with pytest.raises(ParameterError) as caught:
        refusal_of(None, given)

    assert str(caught.value) == f"code: {given!r} is not documented; did you mean {meant}?"


def test_a_code_that_is_near_to_none_gets_an_example():
    with pytest.raises(ParameterError, match=r"; a code is, for example, SDRS\.0013$"):
        refusal_of(None, 10**5000)
