"""`sdrs-fake demo`."""

import pytest
from click.testing import CliRunner

from sdrs_fake.cli import demo, main, tables


@pytest.fixture(scope="module")
def demonstrated():
    return CliRunner().invoke(main, ["demo", "--seed", "3"])


def test_the_demo_ends_with_the_next_command_to_try(demonstrated):
    assert demonstrated.exit_code == 0
    assert demonstrated.output.splitlines()[-1] == "sdrs-fake serve --seed 3"


@pytest.mark.parametrize(
    "words",
    [
        "A fake SDRS with 24 failed jobs of 3 groups listens on http://127.0.0.1:",
        "at /v1/a4a5d409.../task-center/failure-jobs.\n",
        "GET .../failure-jobs?limit=3\n-> 200, rows 0 to 2 of 8\nbegin_time ",
        "...&limit=3\n-> 200, rows 0 to 2 of 12\nbegin_time ",
        "...&limit=3&offset=3\n-> 200, rows 3 to 5 of 12\n",
        "limit=1001\n-> 400 with code SDRS.0221: limit value must be greater than 0 or less than",
        "offset=-1\n-> 400 with code SDRS.0222: offset value cannot be negative, and must be an",
        "failure_status=explodeFail\n-> 400 with code SDRS.0201: Invalid request parameters\n",
        "(without X-Auth-Token)\n-> 401 with code APIGW.0301: Incorrect IAM authentication",
        "PUT .../failure-jobs\n-> 405 with code 405: Method Not Allowed\n",
    ],
)
def test_the_demo_shows_pages_a_group_and_each_refusal(demonstrated, words):
    assert words in demonstrated.output


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("columns", [80, 132])
def test_the_demo_fits_the_terminal(monkeypatch, seed, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = CliRunner().invoke(main, ["demo", "--seed", str(seed)]).output.splitlines()

    assert len(lines) <= 40
    assert max(map(tables.width, lines)) <= columns


def test_the_demos_data_follow_from_its_seed(demonstrated):
    def names(output):
        return [
            line.split()[3]
            for line in output.splitlines()
            if line.startswith("20") and len(line.split()) > 3
        ]

    assert names(CliRunner().invoke(main, ["demo", "--seed", "3"]).output) == names(
        demonstrated.output
    )
    assert names(CliRunner().invoke(main, ["demo"]).output) != names(demonstrated.output)


def test_an_answer_that_is_not_the_expected_one_fails_the_demo(monkeypatch):
    monkeypatch.setattr(demo, "steps", lambda _: [demo.Step("Wrong", {"limit": "x"})])

    result = CliRunner().invoke(main, ["demo"])

    assert result.exit_code == 1
    assert "answered 400, not 200" in result.output


# Tables


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (None, "name          number  reason\nweb-server-1  1       out of addresses"),
        (80, "name          number  reason\nweb-server-1  1       out of addresses"),
        (35, "name          number  reason\nweb-server-1  1       out of add..."),
        (30, "name          number\nweb-server-1  1"),
        (10, "name\nweb-ser..."),
    ],
)
def test_a_table_is_cut_where_the_room_ends(room, shown):
    header, row = ["name", "number", "reason"], ["web-server-1", "1", "out of addresses"]

    assert tables.table(header, [row], room) == shown


def test_columns_line_up_also_with_wide_characters():
    assert (
        tables.table(["name", "n"], [["核心库", "1"], ["web", "2"]])
        == "name    n\n核心库  1\nweb     2"
    )
