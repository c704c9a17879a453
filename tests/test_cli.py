"""The command line."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from sdrs_fake import FakeSdrs, demo, tables
from sdrs_fake.cli import main


@pytest.fixture
def demonstrated():
    return CliRunner().invoke(main, ["demo"])


def test_the_demo_ends_well(demonstrated):
    assert demonstrated.exit_code == 0
    assert demonstrated.output.endswith("\nEvery request was answered as documented.\n")


@pytest.mark.parametrize(
    "words",
    [
        "/task-center/failure-jobs\n200 OK: 5 of 5 failed jobs",
        "?server_group_id=",
        "&resource_type=replications\n200 OK: 3 of 3",
        "?failure_status=createFail\n200 OK: 1 of 1",
        "&limit=3&offset=6\n200 OK: 1 of 7",
        "&limit=3&offset=7\n200 OK: 0 of 7",
        "limit=1001\n400 Bad Request: SDRS.0221 limit value must be greater than 0 or less than 1000",
        "offset=-1\n400 Bad Request: SDRS.0222 ",
        "failure_status=explodeFail\n400 Bad Request: SDRS.0201 Invalid request parameters",
        "401 Unauthorized: APIGW.0301 ",
        "PUT /v1/",
        "405 Method Not Allowed",
    ],
)
def test_the_demo_shows_the_list_in_every_way(demonstrated, words):
    assert words in demonstrated.output


def test_the_demo_has_a_dozen_jobs():
    sdrs = FakeSdrs()
    demo.fill(sdrs)

    assert len(sdrs.failure_jobs) >= 12


def test_an_answer_that_is_not_the_expected_one_fails_the_demo(monkeypatch):
    monkeypatch.setattr(demo, "steps", lambda _: [demo.Step("Wrong", {"limit": "x"})])

    result = CliRunner().invoke(main, ["demo"])

    assert result.exit_code == 1
    assert "answered 400, not 200" in result.output


def test_it_runs_as_a_module_and_says_what_it_can_do():
    done = subprocess.run([sys.executable, "-m", "sdrs_fake", "--help"], capture_output=True, text=True, check=True)

    assert "demo" in done.stdout


@pytest.mark.parametrize("arguments", [["demonstrate"], ["demo", "--jobs"]])
def test_what_it_cannot_do_ends_with_2(arguments):
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_columns_line_up_also_with_wide_characters():
    assert tables.table(["name", "n"], [["核心库", "1"], ["web", "2"]]) == "name    n\n核心库  1\nweb     2"
