"""The program as a whole: help, wrong input, interruptions."""

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sdrs_fake.cli import COMMANDS, demo

PROGRAM = [sys.executable, "-m", "sdrs_fake"]
INTEGER = "should be an integer from 0 to"
SEEDING = [
    ("--failures x", f"'--failures': 'x' {INTEGER} 100,000,000"),
    ("--failures -1", f"'--failures': '-1' {INTEGER} 100,000,000"),
    ("--groups 9999999", f"'--groups': '9999999' {INTEGER} 1,000,000"),
    ("--groups 0", "'--groups': 0 should be at least 1 where there are failures"),
    ("--seed " + "9" * 5000, "'--seed': '999"),
    ("--as-of now", "'--as-of': 'now' should be a datetime with a time zone"),
    ("--as-of 1969-01-01T00:00:00Z", "'--as-of': 1969-01-01T00:00:00.000Z should be at least a y"),
    ("--scenario nothing", "'--scenario': 'nothing' should be one of disaster-drill-day, "),
    ("--scenario {", "'--scenario': should be JSON, but "),
    ("--scenario {}", "'--scenario': scenario: missing; name: missing; title: missing\n"),
    ("--scenario no/mine.json", "'--scenario': no/mine.json should be a file: No such file"),
    ("--scenario noisy-group --failures 5", "'--failures': 5 should not be given with scenario"),
    ("--scenario noisy-group --groups 0", "'--groups': 0 should not be given with scenario"),
]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        *((f"serve {arguments}", words) for arguments, words in SEEDING),
        *((f"generate {arguments}", words) for arguments, words in SEEDING),
        ("generate --format xml", "'--format': 'xml' is not one of 'jsonl', 'json', 'csv'"),
        ("generate --output /nowhere/jobs", "'--output': '/nowhere/jobs': No such file or direct"),
        ("serve --port 65536", "'--port': '65536' should be a port from 1 to 65535, or 0 for any"),
        ("serve --port x", "'--port': 'x' should be a port from 1 to 65535, or 0 for any free one"),
        ("serve --port -1", "'--port': '-1' should be a port from 1 to 65535"),
        ("serve --port " + "9" * 5000, "'--port': '999"),
        (
            "serve --host nowhere.invalid --listen-publicly",
            "'--host': 'nowhere.invalid' should be an address of this machine, such as 127.0.0.1: ",
        ),
        (
            "serve --host 192.0.2.1 --listen-publicly",
            "'--host': '192.0.2.1' should be an address of this machine, such as 127.0.0.1: ",
        ),
        ("serve --host 0.0.0.0", "'--host': 0.0.0.0 can be reached by others; add --listen-public"),
        *(
            (f"serve --host {host}", f"'--host': '{host}' should be an address of this machine")
            for host in ("nowhere.invalid", "." * 70)
        ),
        ("serve --host=", "'--host': every address can be reached by others; add --listen-pub"),
        *(
            (
                f"serve --request-timeout {text}",
                f"'--request-timeout': '{text}' should be seconds, such as 10s, up to a day\n",
            )
            for text in ("x", "nan", "0", "-1")
        ),
        ("serve --import /no/data.json", "'--import': /no/data.json should be a file: No such"),
        ("serve --admin-token=", "'--admin-token': '' should be one or more visible ASCII chara"),
        ("serve --admin-token=\u00e9", "should be one or more visible ASCII characters\n"),
        ("serve --behavior count=half", "'--behavior': behavior.count: 'half' should be 'total'"),
        ("serve --behavior count", "'--behavior': 'count' should be such as count=page"),
        (
            "serve --quota server_groups=5 --quota server_groups=6",
            "'--quota': 'server_groups=5,server_groups=6' gives 'server_groups' twice\n",
        ),
        ("serve --key abc", "'--key': 'abc' should be followed by :SECRET or by :SECRET:PROJECT"),
        ("serve --key a:b:c:d", "'--key': 'a' should be followed by :SECRET or by :SECRET:PROJECT"),
        ("serve --key a:b:c/d", "'--key': project_id: 'c/d' should be letters, digits"),
        ("serve --key a:b --key a:c", "'--key': access_key: 'a' is registered already"),
        ("serve --key a:b --key a:b:other", "'--key': access_key: 'a' is registered already"),
        ("serve --auth none", "'--auth': 'none' is not one of 'any', 'strict', 'off'"),
        ("serve --project a/b", "'--project': 'a/b' should be letters, digits, '-', '_' and '.'"),
        ("scenarios noisy-group --json", "'--json': should not be given with NAME_OR_FILE"),
        ("scenarios noisy-group --schema", "'--schema': should not be given with NAME_OR_FILE"),
        ("scenarios a\x00.json", "'NAME_OR_FILE': 'a\\x00.json' should be JSON text or a file"),
        ("scenarios nothing", "'NAME_OR_FILE': 'nothing' should be one of disaster-drill-day, "),
        ("scenarios no/mine.json", "'NAME_OR_FILE': no/mine.json should be a file: No such file"),
        ("demo --seed x", f"'--seed': 'x' {INTEGER} "),
        ("demo --failures", "No such option"),
        (
            "demonstrate",
            "No such command 'demonstrate'; there are demo, generate, ",
        ),
    ],
)
def test_bad_input_is_one_line_that_names_option_value_and_choices(cli, arguments, words):
    status, stdout, stderr = cli(*arguments.split())

    assert (status, stdout, stderr.count("\n")) == (2, "", 1)
    assert stderr.startswith("sdrs-fake: ")
    assert words in stderr


def test_an_interruption_is_no_traceback(cli, monkeypatch):
    monkeypatch.setattr(demo, "steps", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli("demo")

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "steps", interrupted)
    status, _, stderr = cli("demo")

    assert (status, "Traceback" in stderr) == (130, False)


def test_help_names_every_command(cli):
    status, stdout, stderr = cli("--help")

    assert (status, stderr) == (0, "")
    assert [line.split()[0] for line in stdout.partition("Commands:\n")[2].splitlines()] == [
        *COMMANDS
    ]
    assert "..." not in stdout.partition("Commands:")[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(cli, command):
    status, stdout, _ = cli(command, "--help")

    assert status == 0
    assert stdout.startswith(f"Usage: sdrs-fake {command} ")


def test_the_version_is_shown(cli):
    assert cli("--version")[1].startswith("sdrs-fake, version ")


@pytest.mark.parametrize("module", ["pydantic", "werkzeug", "faker"])
def test_help_loads_nothing_heavy(module):
    code = f"import sys; from sdrs_fake.cli import main; sys.exit({module!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "place"),
    [("demo", ""), ("generate", ""), ("generate --output /dev/full", "/dev/full: ")],
)
def test_a_full_disk_is_one_line(arguments, place):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, *arguments.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stderr) == (1, f"sdrs-fake: {place}No space left on device\n")


def test_a_closed_output_is_one_line():
    done = subprocess.run(
        f"{shlex.join(PROGRAM)} generate >&-",
        shell=True,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "sdrs-fake: standard output is closed\n")


def test_without_a_command_it_helps(cli):
    status, stdout, stderr = cli()

    assert (status, stderr) == (0, "")
    assert "Commands:" in stdout


def test_a_reader_that_has_seen_enough_is_no_error():
    done = subprocess.run(
        f"{shlex.join(PROGRAM)} generate --failures 20000 | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout.count("\n"), done.stderr) == (1, "")


INTERRUPTED = """
import signal, sys
from sdrs_fake.__main__ import main

number = int(sys.argv.pop(1))
signal.signal(signal.SIGPROF, lambda *_: signal.raise_signal(number))
signal.setitimer(signal.ITIMER_PROF, float(sys.argv.pop(1)))
main()
"""


@pytest.mark.parametrize("moment", [0.004, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.4])
def test_an_interrupt_at_any_moment_ends_generate_without_a_traceback(moment, tmp_path):
    number = signal.SIGTERM if moment in {0.08, 0.2} else signal.SIGINT
    arguments = ["generate", "--failures", "10000000", "--output", str(tmp_path / "jobs")]
    command = [sys.executable, "-c", INTERRUPTED, str(int(number)), str(moment), *arguments]

    ended = subprocess.run(command, check=False, capture_output=True, timeout=60)

    assert ended.returncode == 128 + number
    assert ended.stderr.strip() == b""
    assert list(tmp_path.iterdir()) == []
