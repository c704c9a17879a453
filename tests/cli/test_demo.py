"""`sdrs-fake demo`."""

import re

import pytest
from click.testing import CliRunner

from sdrs_fake.cli import demo, main, tables


@pytest.fixture(scope="module")
def demonstrated():
    return CliRunner().invoke(main, ["demo", "--seed", "3"])


def test_the_demo_ends_well(demonstrated):
    assert demonstrated.exit_code == 0
    assert demonstrated.output.endswith("\nEvery request was answered as documented.\n")


@pytest.mark.parametrize(
    "words",
    [
        "A fake SDRS with 24 failed jobs listens on http://127.0.0.1:",
        "/task-center/failure-jobs\n200 OK: 8 of 8 failed jobs\nbegin_time ",
        "&resource_type=protected_instances\n200 OK: ",
        "?failure_status=createFail\n200 OK: ",
        "&limit=4&offset=0\n200 OK: 4 of ",
        (
            "limit=1001\n400 Bad Request: SDRS.0221 limit value must be greater than 0 or less than"
            " 1000"
        ),
        "offset=-1\n400 Bad Request: SDRS.0222 ",
        "failure_status=explodeFail\n400 Bad Request: SDRS.0201 Invalid request parameters",
        "401 Unauthorized: APIGW.0301 ",
        "PUT /v1/",
        "405 Method Not Allowed",
    ],
)
def test_the_demo_shows_the_list_in_every_way(demonstrated, words):
    assert words in demonstrated.output


def test_the_demo_pages_to_the_end(demonstrated):
    (last,) = re.findall(
        r"limit=4&offset=(\d+)\n200 OK: 0 of (\d+) failed jobs", demonstrated.output
    )

    assert last[0] == last[1]


def test_the_demos_data_follow_from_its_seed():
    def names(*arguments):
        lines = CliRunner().invoke(main, ["demo", *arguments]).output.splitlines()
        rows = [line.split() for line in lines if line.startswith("20")]
        return [row[2] for row in rows if len(row) > 5]

    assert names("--seed", "3") == names("--seed", "3") != names()


def test_an_answer_that_is_not_the_expected_one_fails_the_demo(monkeypatch):
    monkeypatch.setattr(demo, "steps", lambda _: [demo.Step("Wrong", {"limit": "x"})])

    result = CliRunner().invoke(main, ["demo"])

    assert result.exit_code == 1
    assert "answered 400, not 200" in result.output


def test_columns_line_up_also_with_wide_characters():
    shown = tables.table(["name", "n"], [["核心库", "1"], ["web", "2"]])
    assert shown == "name    n\n核心库  1\nweb     2"
