"""`sdrs-fake run`: a command against a fake."""

import json
import os
import re
import select
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from sdrs_fake.cli.run import RequestCounts

RUN = [sys.executable, "-m", "sdrs_fake", "run"]
LIST = '"$OS_SDRS_ENDPOINT_OVERRIDE/server-groups"'
CURL = "curl --noproxy '*' -sS -H 'X-Auth-Token: any'"
SDK = """
import sys, warnings
warnings.simplefilter("ignore")
from huaweicloudsdksdrs.v1 import ListProtectionGroupsRequest, SdrsClient
from huaweicloudsdksdrs.v1.region.sdrs_region import SdrsRegion
client = SdrsClient.new_builder().with_region(SdrsRegion.value_of(sys.argv[1])).build()
print(client.list_protection_groups(ListProtectionGroupsRequest()).count)
"""
"""As its author wrote it for the cloud."""

NOTING = """
import os, signal, sys
for number in map(int, sys.argv[1:]):
    signal.signal(number, lambda number, _: os.write(1, bytes([number])))
print("ready", flush=True)
for line in sys.stdin:
    print("read", flush=True)
sys.exit(40)
"""
"""It writes a byte for each signal that it gets, its number, and a line for each that it reads."""

INT, TERM = chr(signal.SIGINT), chr(signal.SIGTERM)
INT_NUMBER, TERM_NUMBER = str(ord(INT)), str(ord(TERM))


# Clients


@pytest.fixture
def sh(cli, tmp_path):
    """`sh(script, *options)`: status and errors of the program, and what the script printed."""

    def sh(script, *options):
        status, _, errors = cli("run", *options, "--", "sh", "-c", f"({script}) > {tmp_path}/out")
        return status, errors, (tmp_path / "out").read_text(encoding="utf-8")

    return sh


def test_curl_finds_the_fake_and_the_table_says_what_it_asked(sh):
    refused = f'{CURL} -X DELETE "$OS_SDRS_ENDPOINT_OVERRIDE/server-groups/none"'
    _, errors, printed = sh(f"{CURL} {LIST}; {refused}; {refused}", "--groups", "2")

    assert printed.startswith('{"count":2,')
    assert errors.splitlines() == [
        "",
        "operation              requests  refused",
        "ListProtectionGroups   1",
        "DeleteProtectionGroup  2         2 x 400 SDRS.1013",
    ]


def test_the_sdk_works_unchanged_in_any_region(sh):
    program = shlex.join([sys.executable, "-c", SDK, "eu-west-101"])
    options = ["--auth", "strict", "--groups", "3", "--region", "eu-west-101", "--quiet"]

    assert sh(program, *options) == (0, "", "3\n")


def test_the_openstack_client_works_unchanged(sh):
    program = [sys.executable, "-W", "ignore", "-m", "openstackclient.shell"]
    command = f"{shlex.join(program)} sdrs active domain list -f value -c name"
    status, errors, printed = sh(command, "--auth", "strict")

    assert (status, printed) == (0, "ActiveactiveDomain\n")
    assert "ListActiveActiveDomains" in errors


def test_variables_of_another_cloud_are_hidden(sh, monkeypatch):
    for name in ("OS_TOKEN", "HW_CLOUD", "MINE"):
        monkeypatch.setenv(name, f"was {name}")
    _, _, printed = sh("env")

    assert re.findall("was .*", printed) == ["was MINE"]


def test_two_runs_share_a_file(sh, tmp_path):
    kept = ["--import", str(tmp_path / "data"), "--export-on-exit", str(tmp_path / "data")]
    new = {"name": "mine", "source_availability_zone": "a", "target_availability_zone": "b"}
    body = json.dumps({"server_group": {**new, "domain_id": "d", "source_vpc_id": "v"}})
    sh(f"{CURL} {LIST} -d '{body}'", *kept)
    _, _, listed = sh(f"{CURL} {LIST}", *kept)

    assert [each["name"] for each in json.loads(listed)["server_groups"]] == ["mine"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--seed", "3"], "--seed was"),
        (["--seed", "3", "--as-of", "2026-06-01T00:00:00Z", "--quiet"], "--seed and --as-of were"),
    ],
)
def test_options_of_seeding_that_seed_nothing_are_said_not_to_be_used(cli, options, names):
    _, _, stderr = cli("run", *options, "--", "true")

    said = f"sdrs-fake: nothing was seeded (see --failures): {names} not used"
    assert stderr.split("\n")[0] == said


def test_help_says_that_the_fake_is_empty_by_default(cli):
    _, printed, _ = cli("run", "--help")
    printed = " ".join(printed.split())

    assert "How many failed jobs. [default: 24 with --groups]" in printed
    assert "How many protection groups. [default: 3 with --failures]" in printed


# The table


def test_the_table_fits_80_columns(sdrs, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    counts = RequestCounts()
    sdrs.journal.observe(counts.count)
    for code in ("SDRS.0013", "SDRS.0201", "SDRS.1013", "SDRS.1014", "SDRS.1015"):
        sdrs.faults.fail("DeleteAllServerGroupFailureJobs", code=code, times=1)
        sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/batch")
    sdrs.request("GET", "/nowhere")
    sdrs.request("POST", "/v3/auth/tokens", json={})
    lines = str(counts).splitlines()

    assert max(map(len, lines)) <= 80
    assert lines[1].startswith(
        "DeleteAllServerGroupFailureJobs  5         1 x 500 SDRS.0013, 1 x 4"
    )
    assert lines[2].split() == ["(no", "such", "path)", "1", "1", "x", "404", "APIGW.0101"]
    assert lines[3].split()[1:] == ["1", "1", "x", "400"]


@pytest.mark.parametrize(
    ("request_line", "row"),
    [
        ("PUT server-groups", "(no such operation)  1         1 x 405"),
        ("POST server-groups/g/action", "(no such operation)  1         1 x 400 SDRS.0201"),
        ("GET server-group", "(no such path)  1         1 x 404 APIGW.0101"),
    ],
)
def test_a_path_without_that_operation_is_told_from_one_that_is_not_there(sdrs, request_line, row):
    counts = RequestCounts()
    sdrs.journal.observe(counts.count)
    method, path = request_line.split()

    sdrs.request(method, f"/v1/{sdrs.project_id}/{path}")

    assert str(counts).splitlines()[1] == row


def test_a_command_that_asked_for_nothing_is_said_to(sh):
    assert sh("true")[1] == "\nsdrs-fake: the command sent no request to the fake\n"


def test_a_refusal_whose_body_is_damaged_is_counted_by_its_status(sh):
    fault = shlex.quote(json.dumps({"network": "garbage", "status": 503}))
    arm = f'{CURL} -o /dev/null "${{OS_SDRS_ENDPOINT_OVERRIDE%/v1/*}}/_fake/faults" -d {fault}'
    status, errors, printed = sh(f"{arm}; {CURL} -w ' %{{http_code}}' {LIST}")

    assert (status, printed[-4:]) == (0, " 503")
    assert errors.splitlines()[-1].split() == ["ListProtectionGroups", "1", "1", "x", "503"]


# Exit statuses


@pytest.mark.parametrize(
    ("command", "status"), [("exit 7", 7), ("kill -KILL $$", 137), ("kill -TERM $$", 143)]
)
def test_the_exit_status_is_that_of_the_command(cli, command, status):
    assert cli("run", "--quiet", "--", "sh", "-c", command) == (status, "", "")


@pytest.mark.parametrize("requests", [1, 2])
def test_a_bug_of_the_fake_is_printed_and_leaves_the_exit_status(sh, monkeypatch, requests):
    def fail(_counts, _record):
        raise ZeroDivisionError

    monkeypatch.setattr(RequestCounts, "count", fail)
    status, errors, printed = sh(f"{f'{CURL} {LIST}; ' * requests} exit 7", "--quiet")

    assert (status, printed.count("SDRS.0013")) == (7, requests)
    assert errors.count("Traceback") == requests
    assert "\nsdrs-fake: the fake failed while it answered: " in errors


def test_a_command_that_is_not_there_is_127(cli):
    hint = "'terraform-not-there' did not start: No such file or directory; is it installed"
    errors = f"sdrs-fake: {hint}, and on the PATH?\n"

    assert cli("run", "terraform-not-there", "apply") == (127, "", errors)


def test_a_command_that_cannot_be_run_is_126(cli, tmp_path):
    (tmp_path / "notes.txt").write_text("not a program")
    status, _, errors = cli("run", str(tmp_path / "notes.txt"))

    assert (status, errors.count("\n")) == (126, 1)
    assert errors.endswith("/notes.txt' did not start: Permission denied\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("", "Missing argument '[--] COMMAND"),
        ("--region a_b -- true", "'--region': 'a_b' should be the id of a region"),
        ("--port 1 -- true", "No such option"),
        ("--failures x -- true", "'--failures': 'x' should be an integer"),
    ],
)
def test_wrong_input_is_one_line(cli, arguments, words):
    status, stdout, stderr = cli("run", *arguments.split())

    assert (status, stdout, stderr.count("\n")) == (2, "", 1)
    assert words in stderr


# Signals


@contextmanager
def running(code, *arguments):
    """A program run in a session without a terminal, once it is ready."""
    with subprocess.Popen(
        [*RUN, "--", sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to it alone", "to its group"])
def test_a_signal_reaches_the_command_once(send):
    with running(NOTING, INT_NUMBER, TERM_NUMBER) as process:
        process.send_signal(signal.SIGSTOP)  # so that it passes nothing on
        send(process.pid, signal.SIGINT)
        print(file=process.stdin, flush=True)
        assert process.stdout.readline() == "read\n"
        process.send_signal(signal.SIGCONT)
        assert process.stdout.read(1) == INT
        os.kill(process.pid, signal.SIGTERM)  # is passed on after those
        assert process.stdout.read(1) == TERM
        process.communicate(timeout=10)

        assert process.returncode == 40


def test_a_command_that_ends_by_a_signal_ends_the_program():
    with running(NOTING) as process:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)

        assert (process.returncode, "Traceback" in errors) == (143, False)


def test_a_command_that_ignores_sigint_goes_on():
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    with running(f"{ignoring}\n{NOTING}", TERM_NUMBER) as process:
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read(1) == TERM
        process.communicate(timeout=10)

        assert process.returncode == 40


def test_what_the_command_left_running_is_killed():
    # Its output ends only once nobody can write to it any more.
    command = [*RUN, "--quiet", "--", "sh", "-c", "sleep 60 & echo left"]

    assert subprocess.run(command, capture_output=True, check=True, timeout=30).stdout == b"left\n"


# At a terminal


NOTING_RUN = f"{shlex.join(RUN)} -- {sys.executable} -c '{NOTING}'"
AT_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def shell():
    """A shell at a terminal: `shell(text, expected)` types there, and waits for words on it."""
    outside, inside = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", AT_TERMINAL, "bash", "--norc", "-i"],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
        env={**os.environ, "PS1": "$ ", "TERM": "dumb"},
    ) as process:
        os.close(inside)

        def shell(text, expected):
            os.write(outside, text.encode())
            seen = ""
            while expected not in seen:
                assert select.select([outside], [], [], 30)[0], seen
                seen += os.read(outside, 1024).decode()
            return seen

        try:
            shell("", "$ ")
            yield shell
        finally:
            os.close(outside)  # which hangs up
            process.kill()


def test_ctrl_c_at_a_terminal_reaches_the_command_once(shell):
    shell(f"{NOTING_RUN} {INT_NUMBER}\n", "\nready")

    assert INT in shell("\x03", INT)
    assert INT not in shell("\x04", "sent no request")


def test_in_a_pipeline_the_terminal_is_for_all_of_it(shell):
    shell(f"cat | {NOTING_RUN} {INT_NUMBER}\n", "\nready")
    shell("\n", "read\r\n")

    shell("\x03", INT)
    assert INT not in shell("", "sent no request")


def test_with_the_program_the_command_stops_and_goes_on(shell):
    shell(f"{NOTING_RUN} {signal.SIGCONT:d}\n", "\nready")
    shell("\x1a", "Stopped")
    shell("fg\n", chr(signal.SIGCONT))

    shell("\n", "read\r\n")
    shell("\x04", "sent no request")
