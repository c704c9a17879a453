"""What reaches a terminal: in any encoding, within its width, and nothing that it obeys."""

import os
import re
import signal
import subprocess
import sys

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.cli import COMMANDS, serve, tables

PROGRAM = [sys.executable, "-m", "sdrs_fake"]
CHINESE = '{"scenario": 2, "name": "mine", "title": "我的", "groups": 1, "waves": [{"count": 5}]}'
PASTED = ("data  ", "again  ", "try  ")


def run_in(encoding, *arguments):
    """Run the program with an encoding until `serve` is ready, or to its end."""
    environ = os.environ | {"PYTHONIOENCODING": encoding, "COLUMNS": "80"}
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith(b"stop it"):
                process.send_signal(signal.SIGTERM)
        errors = process.stderr.read()
    assert (process.returncode, errors) == (0, b"")
    return b"".join(lines)


@pytest.mark.parametrize(
    ("encoding", "arguments"),
    [
        ("latin-1", ["demo", "--seed", "1"]),
        ("cp1252", ["serve", "--seed", "1"]),
        ("latin-1", ["serve", "--scenario", CHINESE]),
    ],
)
def test_characters_that_the_encoding_lacks_are_escaped(encoding, arguments):
    shown = run_in(encoding, *arguments).decode(encoding)

    assert re.search(r"\\u[0-9a-f]{4}", shown)


def test_the_file_of_a_scenario_is_utf_8_in_every_encoding():
    assert run_in("latin-1", "scenarios", CHINESE).decode("utf-8") == CHINESE


def test_every_line_of_serve_fits_except_those_to_paste(capsys):
    with FakeSdrs(failures=30, groups=5, seed=1) as sdrs:
        sdrs.add_protection_group(name="组" * 64)
        serve.show(sdrs)

    lines = capsys.readouterr().out.splitlines()
    assert [each for each in lines if tables.width(each) > 80 and not each.startswith(PASTED)] == []


@pytest.mark.parametrize("arguments", [[], *([command] for command in COMMANDS)])
def test_help_fits_the_terminal(cli, monkeypatch, arguments):
    monkeypatch.setenv("COLUMNS", "80")

    assert max(map(len, cli(*arguments, "--help")[1].splitlines())) <= 80


# Control characters

ESCAPED = [
    ("a\x1b[31m", r"a\x1b[31m"),
    ("a\r", r"a\r"),
    ("a\nforged", r"a\nforged"),
    ("a\x7f\x9b", r"a\x7f\x9b"),
    ("a\u202e\u2028", r"a\u202e\u2028"),
    ("a\ud800", r"a\ud800"),
]


@pytest.mark.parametrize(("text", "escaped"), ESCAPED)
def test_a_name_in_a_table_cannot_control_the_terminal(text, escaped):
    assert tables.table(["name"], [[text]]) == f"name\n{escaped}"


@pytest.mark.parametrize(("text", "escaped"), ESCAPED[:-1])
def test_a_request_cannot_control_the_terminal_of_a_verbose_server(sdrs, capsys, text, escaped):
    sdrs.journal.observe(serve.print_request)
    app = sdrs.wsgi
    app({"REQUEST_METHOD": text, "PATH_INFO": "/nowhere"}, lambda *_: None)

    assert capsys.readouterr().out.startswith(f"{escaped} /nowhere 404 ")


def test_a_group_that_was_imported_cannot_control_the_terminal(capsys):
    with FakeSdrs() as sdrs:
        sdrs.add_protection_group(id="a'\x1b[31m", name="b\x1b[31m\n")
        serve.show(sdrs)

    shown = capsys.readouterr().out
    assert r"a'\x1b[31m" in shown
    assert r"b\x1b[31m\n" in shown
    assert "?server_group_id=a%27%1B%5B31m&limit=5'" in shown
    assert "\x1b" not in shown


def test_a_message_about_a_wrong_argument_cannot_control_the_terminal(cli):
    assert cli("scenarios", "./\x1b[31m.json")[2] == (
        "sdrs-fake: Invalid value for 'NAME_OR_FILE': ./\\x1b[31m.json should be a file:"
        " No such file or directory\n"
    )
