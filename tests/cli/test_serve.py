"""`sdrs-fake serve`."""

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from itertools import islice

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.cli import serve

PROGRAM = [sys.executable, "-m", "sdrs_fake"]
AS_OF = "2026-06-01T00:00:00Z"
OWN = '{"scenario": 2, "name": "mine", "title": "Mine", "groups": 2, "waves": [{"count": 5}]}'


@contextlib.contextmanager
def serving(*arguments):
    """A served fake: its process, and what it has printed once it is ready."""
    with subprocess.Popen(
        [*PROGRAM, "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            printed = ""
            while not printed.endswith("Ctrl-C\n"):
                line = process.stdout.readline()
                assert line, process.stderr.read()
                printed += line
            yield process, printed
        finally:
            process.kill()


def value_of(label, printed):
    return re.search(rf"^{label} +(.*)$", printed, re.MULTILINE)[1]


def run(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def curl(*arguments):
    return run(["curl", "--noproxy", "*", "-sS", *arguments])


def test_it_serves_seeded_jobs_and_a_line_that_works_when_pasted(sdrs):
    groups = sdrs.seed(failures=20, groups=4, seed=7, as_of=AS_OF).groups
    options = ["--failures", "20", "--groups", "4", "--seed", "7", "--as-of", AS_OF]
    with serving(*options) as (_, printed):
        answer = json.loads(run(shlex.split(value_of("try", printed))))

    assert all(group.id in printed for group in groups)
    assert answer["count"] > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_on_a_signal(number):
    with serving() as (process, _):
        process.send_signal(number)

        assert process.communicate(timeout=10) == ("stopped\n", "")
        assert process.returncode == 0


def test_it_takes_project_behavior_auth_and_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    options = ["--project", "mine", "--behavior", "limit_zero=error", "--auth", "off"]
    with serving(*options, "--port", port, "--failures", "0") as (_, printed):
        url = f"http://127.0.0.1:{port}"
        answer = json.loads(curl(f"{url}/v1/mine/task-center/failure-jobs?limit=0"))

        assert f"URL      {url}\nproject  mine\n" in printed
        assert answer["error"]["code"] == "SDRS.0221"


def test_a_strict_fake_is_served_with_its_keys_and_a_line_that_works():
    with serving("--auth", "strict", "--key", "theirs:secret:other", "--key", "more:secret") as (
        _,
        printed,
    ):
        assert re.fullmatch(r"SDRSFAKE\d{12}", value_of("key", printed))
        assert re.fullmatch("[0-9a-f]{40}", value_of("secret", printed))
        assert json.loads(run(shlex.split(value_of("try", printed))))["count"] > 0


@pytest.mark.parametrize(("more", "count"), [([], 2), (["--seed", "7"], 2), (["--failures=5"], 7)])
def test_files_are_imported_and_data_is_seeded_besides_only_if_asked_for(tmp_path, more, count):
    file, other = tmp_path / "data.json", tmp_path / "other.json"
    file.write_text('{"failure_jobs": [{}, {}]}')
    other.write_text('{"projects": [{"project_id": "other", "failure_jobs": [{}]}]}')
    with serving("--import", str(file), "--import", str(other), *more) as (_, printed):
        health = json.loads(curl(f"{value_of('URL', printed)}/_fake/health"))

    assert sorted(health["failure_jobs"].values()) == [1, count]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--seed", "7", "--as-of", AS_OF], "--seed and --as-of were"),
        (["--seed", "7", "--as-of", AS_OF, "--activity", "60"], "--as-of was"),
    ],
)
def test_options_of_seeding_that_seed_nothing_are_said_not_to_be_used(tmp_path, options, names):
    file = tmp_path / "data.json"
    file.write_text("{}")
    with serving("--import", str(file), *options) as (_, printed):
        assert f"data     nothing was seeded (see --failures): {names} not used\n" in printed


def test_a_scenario_is_not_imported(cli, tmp_path):
    (tmp_path / "mine.json").write_text(OWN)
    status, _, stderr = cli("serve", "--import", str(tmp_path / "mine.json"))

    reason = (
        "scenario: no such key; this is a scenario, which --scenario and seed(scenario=...) take"
    )
    assert (status, stderr.endswith(f"/mine.json: {reason}\n")) == (2, True)


def test_a_public_fake_is_controlled_with_its_token():
    with serving("--host", "0.0.0.0", "--listen-publicly", "--admin-token", "sesame") as (
        process,
        printed,
    ):
        reset = [f"{value_of('URL', printed)}/_fake/reset", "-X", "POST", "-w", "%{http_code}"]

        assert curl(*reset, "-H", "X-Fake-Admin-Token: sesame") == "204"
        assert curl(*reset, "-o", os.devnull, "-H", "X-Fake-Admin-Token: x") == "403"
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=10)[1] == (
            "warning: everybody who can reach 0.0.0.0 can use this fake\n"
        )


# The same data again


@pytest.mark.parametrize("label", ["data", "again"])
@pytest.mark.parametrize(
    "options",
    [
        ["--failures=20", "--as-of", AS_OF],
        ["--scenario", "storage-outage", "--seed", "7"],
        ["--scenario", OWN],
    ],
)
def test_it_prints_the_call_and_the_command_line_that_give_the_same_data(label, options):
    with serving(*options) as (_, printed):
        expected = curl(f"{value_of('URL', printed)}/_fake/export")
    if label == "data":
        with FakeSdrs() as sdrs:
            eval(value_of("data", printed), {"sdrs": sdrs})
            assert sdrs.export_data() == json.loads(expected)
    else:
        program, command, *again = shlex.split(value_of("again", printed))
        assert (program, command) == ("sdrs-fake", "serve")
        with serving(*again) as (_, second):
            assert curl(f"{value_of('URL', second)}/_fake/export") == expected


def test_it_shows_that_the_call_is_without_what_was_imported(tmp_path):
    file = tmp_path / "data.json"
    file.write_text('{"failure_jobs": [{}]}')
    with serving("--import", str(file), "--scenario", "noisy-group") as (_, printed):
        assert value_of("data", printed).endswith('Z")  (without what was imported)')
    with serving("--import", str(file)) as (_, printed):
        assert not re.search("^(data|again) ", printed, re.MULTILINE)


# Requests


def test_with_verbose_it_prints_a_line_for_each_request():
    with serving("--verbose") as (process, printed):
        curl(f"{value_of('URL', printed)}/nowhere?a=1")

        assert re.fullmatch(r"GET /nowhere\?a=1 404 \d+ bytes\n", process.stdout.readline())


def test_it_serves_in_process_as_well(cli, handlers, monkeypatch):
    def request_and_stop(sdrs, **_):
        sdrs.request("GET", "/nowhere")
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(serve, "show", request_and_stop)
    status, stdout, _ = cli("serve", "--verbose")

    assert (status, stdout) == (0, "GET /nowhere 404 158 bytes\nstopped\n")


def test_when_jobs_end_and_what_may_be_made_are_options(cli, handlers, monkeypatch):
    seen = []

    def look_and_stop(sdrs, **_):
        path = f"/v1/{sdrs.project_id}"
        group = sdrs.add_protection_group()
        job = sdrs.request("DELETE", f"{path}/server-groups/{group.id}").json["job_id"]
        seen.extend(sdrs.request("GET", f"{path}/jobs/{job}").json["status"] for _ in range(3))
        sdrs.clock.advance(seconds=2.5)
        seen.append(sdrs.request("GET", f"{path}/jobs/{job}").json["status"])
        rows = sdrs.request("GET", f"{path}/sdrs/quotas").json["quotas"]["resources"]
        seen.append([each["quota"] for each in rows])
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(serve, "show", look_and_stop)
    quotas = ["--quota", "server_groups=7", "--quota", "replications=-1"]
    jobs = ["--job-duration", "2.5s", "--job-polls", "1"]
    status, _, stderr = cli("serve", "--failures=0", "--groups=0", *jobs, *quotas)

    assert (status, stderr) == (0, "")
    assert seen == ["RUNNING"] * 3 + ["SUCCESS", [8, -1]]


def test_the_origins_of_pages_are_options(cli, handlers, monkeypatch):
    seen = []

    def look_and_stop(sdrs, **_):
        for origin in ("http://a", "http://b", "http://c"):
            response = sdrs.request("GET", "/", headers={"Origin": origin})
            seen.append("Access-Control-Allow-Origin" in response.headers)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(serve, "show", look_and_stop)
    status, _, stderr = cli("serve", "--failures=0", "--cors", "http://a", "--cors=http://b")

    assert (status, stderr) == (0, "")
    assert seen == [True, True, False]


def test_a_closed_output_makes_no_request_fail(sdrs, monkeypatch):
    def closed(*_args, **_more):
        raise BrokenPipeError

    monkeypatch.setattr(serve.click, "echo", closed)
    sdrs.journal.observe(serve.print_request)

    assert sdrs.request("GET", "/nowhere").status == 404


# What is wrong


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("{", [": FILE should be JSON, but "]),
        ("[]", ["[] should be an object"]),
        (
            '{"failure_jobs": [{"failure_status": "x", "job_id": 1}]}',
            [
                "FILE: failure_jobs[0].failure_status: 'x' should be 'createFail', ",
                "; FILE: failure_jobs[0].job_id: 1 should be a valid string",
            ],
        ),
    ],
)
def test_a_wrong_file_is_one_line_that_names_option_place_and_value(cli, tmp_path, text, reasons):
    file = tmp_path / "data.json"
    file.write_text(text)
    status, stdout, stderr = cli("serve", "--import", str(file))

    assert (status, stdout, stderr.count("\n")) == (2, "", 1)
    assert stderr.startswith("sdrs-fake: Invalid value for '--import': ")
    assert all(reason.replace("FILE", str(file)) in stderr for reason in reasons)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_the_loopback_address_of_ipv6_is_not_public():
    with serving("--host", "::1") as (process, printed):
        url = value_of("URL", printed)
        health = curl(f"{url}/_fake/health")
        process.send_signal(signal.SIGINT)

        assert re.fullmatch(r"http://\[::1\]:\d+", url)
        assert json.loads(health)["status"] == "ok"
        assert process.communicate() == ("stopped\n", "")


def test_an_address_of_ipv6_that_others_can_reach_is_refused(cli):
    status, _, stderr = cli("serve", "--host", "::")

    assert (status, ":: can be reached by others" in stderr) == (2, True)


def test_a_client_may_take_as_long_to_send_a_request_as_the_option_says():
    with serving("--request-timeout", "0.1s") as (_, printed):
        host, port = value_of("URL", printed).removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(b"GET")

            assert client.recv(1 << 16).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        (
            *("--job-duration", "soon"),
            "'soon' should be seconds from 0 to 31,622,400, or 'realistic'\n",
        ),
        ("--job-duration", "-1", "'-1' should be seconds from 0 to 31,622,400"),
        ("--job-polls", "x", "'x' should be an integer from 0 to 1,000,000"),
        ("--quota", "pairs=1", "quotas.pairs: no such quota; there are server_groups, "),
        ("--quota", "replications=x", "quotas.replications: 'x' should be an integer from 0 to "),
        ("--quota", "7", "'7' should be such as server_groups=5"),
        (
            "--cors",
            "a/",
            "'a/' should be an origin as browsers send it, such as 'http://a', or '*'",
        ),
    ],
)
def test_a_wrong_setting_is_named(cli, option, value, words):
    status, _, stderr = cli("serve", option, value)

    assert (status, stderr.count("\n")) == (2, 1)
    assert stderr.startswith(f"sdrs-fake: Invalid value for '{option}': {words}")


def test_a_port_that_is_taken_is_named(cli):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, _, stderr = cli("serve", "--port", str(taken.getsockname()[1]))

    assert status == 2
    assert re.search(
        r"'--host' / '--port': 127\.0\.0\.1 port \d+: Address already in use; choose another, or",
        stderr,
    )


def test_the_first_line_is_the_address_of_the_inspector():
    with serving() as (_, printed):
        address = printed.splitlines()[0].split()[-1]

        assert address == f"{value_of('URL', printed)}/_fake/"
        assert "<title>sdrs-fake</title>" in curl(address)


@pytest.mark.parametrize(
    ("browser", "complaint"),
    [
        ("opened", ""),
        ("none", "no browser was found; open the first address yourself\n"),
    ],
)
def test_the_inspector_is_opened_in_a_browser(tmp_path, monkeypatch, browser, complaint):
    opened = tmp_path / "opened"
    opened.write_text('#!/bin/sh\necho "$1" > "$0.address"\n')
    opened.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{tmp_path / browser} %s")
    monkeypatch.setenv("PATH", "")  # of other browsers
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with serving("--open") as (process, printed):
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)

    assert errors == complaint
    if not complaint:
        address = (tmp_path / "opened.address").read_text().strip()
        assert address == printed.splitlines()[0].split()[-1]


# Activity


def test_with_activity_something_happens_until_it_is_stopped():
    options = ["--activity", "0.01s", "--seed", "7", "--verbose", "--failures=0", "--groups=0"]
    with serving(*options) as (process, _):
        lines = [process.stdout.readline() for _ in range(8)]
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=10)

        assert (rest.splitlines()[-1], errors, process.returncode) == ("stopped", "", 0)
    with FakeSdrs() as sdrs:
        expected = [f"activity: {step}\n" for step in islice(sdrs.activity(seed=7), 4)]
    assert lines[1::2] == expected
    assert lines[0].startswith("POST /v1/")


def test_activity_that_is_far_away_does_not_hold_up_the_end():
    with serving("--activity", "86400") as (process, _):
        process.send_signal(signal.SIGINT)

        assert process.communicate(timeout=10) == ("stopped\n", "")


def test_a_step_that_sleeps_does_not_hold_up_the_end():
    with serving("--activity", "0.01", "--failures", "0") as (process, printed):
        fault = '{"latency": 600, "sleep": true}'
        curl(f"{value_of('URL', printed)}/_fake/faults", "-d", fault)
        while '"fired": 0' in curl(f"{value_of('URL', printed)}/_fake/faults"):
            pass
        process.send_signal(signal.SIGTERM)

        assert process.communicate(timeout=10) == ("stopped\n", "")


@pytest.mark.parametrize("text", ["soon", "0", "-1", "0s", "10 s", "2m", "86401", "9" * 400, ""])
def test_a_wrong_pace_of_activity_is_named(cli, text):
    status, _, stderr = cli("serve", "--activity", text)

    assert (status, stderr.count("\n")) == (2, 1)
    assert "'--activity': '" in stderr
    assert "should be seconds, such as 10s, up to a day" in stderr
