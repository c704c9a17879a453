"""The command line."""

import contextlib
import csv
import io
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from sdrs_fake import FakeSdrs
from sdrs_fake.cli import demonstrating, generating, main, options, run, tables
from sdrs_fake.cli import serving as serving_module
from sdrs_fake.seeding import library
from sdrs_fake.seeding.schema import of_scenarios

PROGRAM = [sys.executable, "-m", "sdrs_fake"]
ANCHOR = "2026-06-01T00:00:00Z"
OWN = '{"scenario": 1, "name": "mine", "title": "Mine", "groups": 2, "waves": [{"jobs": 5}]}'


def program(*arguments, **more):
    return subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, check=False, **more
    )


# demo


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


def test_the_demos_data_follow_from_its_seed(demonstrated):
    def names(output):
        return [
            line.split()[2]
            for line in output.splitlines()
            if line.startswith("20") and len(line.split()) > 5
        ]

    assert names(CliRunner().invoke(main, ["demo", "--seed", "3"]).output) == names(
        demonstrated.output
    )
    assert names(CliRunner().invoke(main, ["demo"]).output) != names(demonstrated.output)


def test_an_answer_that_is_not_the_expected_one_fails_the_demo(monkeypatch):
    monkeypatch.setattr(
        demonstrating, "steps", lambda _: [demonstrating.Step("Wrong", {"limit": "x"})]
    )

    result = CliRunner().invoke(main, ["demo"])

    assert result.exit_code == 1
    assert "answered 400, not 200" in result.output


def test_columns_line_up_also_with_wide_characters():
    assert (
        tables.table(["name", "n"], [["核心库", "1"], ["web", "2"]])
        == "name    n\n核心库  1\nweb     2"
    )


# generate


def generated(*arguments):
    result = CliRunner().invoke(
        main, ["generate", "--jobs", "30", "--seed", "7", "--anchor", ANCHOR, *arguments]
    )
    assert result.exit_code == 0
    return result.stdout


@pytest.fixture
def dataset(sdrs):
    return sdrs.seed(jobs=30, seed=7, anchor=ANCHOR).jobs


def test_jsonl_is_an_object_a_line(dataset):
    assert generated().encode().splitlines() == [job.wire_json for job in dataset]


def test_json_reads_back_as_a_captured_answer(dataset):
    with FakeSdrs() as sdrs:
        sdrs.load_failure_jobs(generated("--format", "json"))

        assert [job.wire_json for job in sdrs.failure_jobs] == [job.wire_json for job in dataset]


def test_with_its_groups_it_reads_back_whole(dataset):
    with FakeSdrs() as one, FakeSdrs() as two:
        one.load_failure_jobs(generated("--format", "json", "--server-group"))
        lines = generated("--server-group").splitlines()
        two.load_failure_jobs({"failure_jobs": [json.loads(line) for line in lines]})

        assert one.failure_jobs == two.failure_jobs == dataset


@pytest.mark.parametrize(("arguments", "columns"), [([], 10), (["--server-group"], 11)])
def test_csv_has_a_header_and_a_line_a_job(dataset, arguments, columns):
    rows = list(csv.DictReader(io.StringIO(generated("--format", "csv", *arguments))))

    assert [row["job_id"] for row in rows] == [job.job_id for job in dataset]
    assert {len(row) for row in rows} == {columns}
    assert [row["begin_time"] for row in rows] == [
        json.loads(job.wire_json)["begin_time"] for job in dataset
    ]


@pytest.mark.parametrize(
    ("form", "text"), [("jsonl", ""), ("json", '{"count":0,"failure_jobs":[\n]}\n')]
)
def test_nothing_can_be_generated_too(form, text):
    assert generated("--jobs", "0", "--format", form) == text


def test_an_output_file_replaces_what_was_there(tmp_path, dataset):
    file = tmp_path / "jobs.jsonl"
    file.write_text("old")

    assert generated("--output", str(file)) == ""
    assert len(file.read_bytes().splitlines()) == len(dataset)
    assert [each.name for each in tmp_path.iterdir()] == ["jobs.jsonl"]


def test_no_half_a_file_is_left(tmp_path, monkeypatch):
    file = tmp_path / "jobs.jsonl"
    file.write_text("old")

    def broken(texts, _count):
        yield next(texts)
        raise KeyboardInterrupt

    monkeypatch.setattr(generating, "progressed", broken)
    CliRunner().invoke(main, ["generate", "--output", str(file)])

    assert file.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["jobs.jsonl"]


def test_an_output_that_is_no_file_is_written_as_it_is():
    assert program("generate", "--jobs", "3", "--output", "/dev/stdout").stdout.count("\n") == 3


def test_a_link_stays_one_and_a_file_keeps_its_mode(tmp_path):
    file, link = tmp_path / "jobs.jsonl", tmp_path / "link"
    file.touch(0o600)
    link.symlink_to(file)

    generated("--output", str(link))

    assert (
        link.is_symlink(),
        file.stat().st_mode & 0o777,
        len(file.read_bytes().splitlines()),
    ) == (True, 0o600, 30)


def test_a_termination_leaves_no_half_a_file_either(tmp_path, monkeypatch):
    def broken(texts, _count):
        yield next(texts)
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(1)

    monkeypatch.setattr(generating, "progressed", broken)
    result = CliRunner().invoke(main, ["generate", "--output", str(tmp_path / "jobs.jsonl")])

    assert result.exit_code == 143
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", ["demo", "generate", "generate --output /dev/full"])
def test_a_full_disk_is_one_line(arguments):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, *arguments.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stderr) == (1, "sdrs-fake: No space left on device\n")


def test_a_closed_output_is_one_line():
    done = subprocess.run(
        f"{shlex.join(PROGRAM)} generate >&-",
        shell=True,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "sdrs-fake: standard output is closed\n")


def test_without_a_command_it_helps(ended):
    status, stdout, stderr = ended()

    assert (status, stderr) == (0, "")
    assert "Commands:" in stdout


def test_a_reader_that_has_seen_enough_is_no_error():
    done = subprocess.run(
        f"{shlex.join(PROGRAM)} generate --jobs 20000 | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout.count("\n"), done.stderr) == (1, "")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("terminal", "patience", "shown"), [(True, -1, True), (True, 60, False), (False, -1, False)]
)
def test_a_progress_bar_is_shown_on_a_terminal_once_it_has_taken_a_while(
    monkeypatch, terminal, patience, shown
):
    stderr = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(generating, "PATIENCE", patience)

    batches = list(generating.progressed(iter([b"x"] * 2500), 2500))

    assert b"".join(batches) == b"x" * 2500
    assert ("100%" in stderr.getvalue()) == shown


# serve


@contextlib.contextmanager
def serving(*arguments):
    """A served fake: its process, and what it has printed up to the line that says how to stop
    it.
    """
    with subprocess.Popen(
        [*PROGRAM, "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            said = ""
            while not said.endswith("Ctrl-C\n"):
                line = process.stdout.readline()
                assert line, process.stderr.read()
                said += line
            yield process, said
        finally:
            process.kill()


def test_it_serves_seeded_jobs_and_a_line_that_works_when_pasted():
    with serving("--jobs", "20", "--groups", "4", "--seed", "7", "--anchor", ANCHOR) as (_, said):
        with FakeSdrs() as sdrs:
            groups = sdrs.seed(jobs=20, groups=4, seed=7, anchor=ANCHOR).groups
        command = re.search(r"^try +(curl .*)$", said, re.MULTILINE)[1]
        answer = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)

        assert [group.id in said for group in groups] == [True] * 4
        assert json.loads(answer.stdout)["count"] > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_when_told_to(number):
    with serving() as (process, _):
        process.send_signal(number)

        assert process.communicate(timeout=10) == ("stopped\n", "")
        assert process.returncode == 0


def test_it_takes_project_reading_auth_and_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(
        "--project",
        "mine",
        "--reading",
        "limit_zero=refused",
        "--auth",
        "off",
        "--port",
        str(port),
        "--jobs",
        "0",
    ) as (_, said):
        url = f"http://127.0.0.1:{port}"
        answer = subprocess.run(
            ["curl", "--noproxy", "*", "-s", f"{url}/v1/mine/task-center/failure-jobs?limit=0"],
            capture_output=True,
            text=True,
            check=True,
        )

        assert f"URL      {url}\nproject  mine\n" in said
        assert json.loads(answer.stdout)["error"]["code"] == "SDRS.0221"


def test_a_strict_fake_is_served_with_its_keys_and_a_line_that_works():
    with serving("--auth", "strict", "--key", "theirs:secret:other", "--key", "more:secret") as (
        _,
        said,
    ):
        line = said.partition("try      ")[2].splitlines()[0]

        assert re.search(r"^key      SDRSFAKE\d{12}\nsecret   [0-9a-f]{40}$", said, re.MULTILINE)
        assert (
            json.loads(
                subprocess.run(line, shell=True, capture_output=True, text=True, check=True).stdout
            )["count"]
            > 0
        )


def test_a_key_may_name_its_project(sdrs):
    service = {
        "host": "127.0.0.1",
        "port": 0,
        "publicly": False,
        "reading": sdrs.reading,
        "verbose": False,
        "project_id": "mine",
    }
    keys = options.keys(None, None, ["theirs:secret:other", "more:secret"])

    fake = serving_module.Service(auth="strict", keys=keys, **service)._fake()

    assert [fake.auth._known.key(name).project_id for name in ("theirs", "more")] == [
        "other",
        "mine",
    ]


def test_files_are_loaded_and_then_nothing_is_seeded_unless_that_is_asked_for(tmp_path):
    file = tmp_path / "data.json"
    file.write_text('{"failure_jobs": [{}, {}]}')
    other = tmp_path / "other.json"
    other.write_text('{"projects": [{"project_id": "other", "failure_jobs": [{}]}]}')

    for more, count in (((), 2), (("--jobs", "5"), 7)):
        with serving("--load", str(file), "--load", str(other), *more) as (_, said):
            url = re.search(r"http://[0-9.:]+", said)[0]
            told = subprocess.run(
                ["curl", "--noproxy", "*", "-sS", f"{url}/_fake/health"],
                capture_output=True,
                check=True,
            ).stdout

            assert sorted(json.loads(told)["failure_jobs"].values()) == [1, count]


def test_a_public_fake_is_controlled_with_its_token():
    with serving("--host", "0.0.0.0", "--listen-publicly", "--admin-token", "sesame") as (_, said):
        url = re.search(r"http://[0-9.:]+", said)[0]
        for header, answer in (
            ("X-Fake-Admin-Token: sesame", "204"),
            ("X-Fake-Admin-Token: x", "403"),
        ):
            command = [
                "curl",
                "--noproxy",
                "*",
                "-sS",
                "-o",
                os.devnull,
                "-w",
                "%{http_code}",
                "-X",
                "POST",
                "-H",
                header,
            ]
            assert (
                subprocess.run(
                    [*command, f"{url}/_fake/reset"], capture_output=True, text=True, check=True
                ).stdout
                == answer
            )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "DATA should be JSON, but "),
        ("[]", "DATA: data: [] should be an object"),
        (
            '{"failure_jobs": [{"failure_status": "x"}]}',
            "DATA: failure_jobs[0].failure_status: 'x' should be 'createFail', ",
        ),
        (
            '{"failure_jobs": [{"failure_status": "x", "job_id": 1}]}',
            "; DATA: failure_jobs[0].job_id: 1 should be a valid string",
        ),
    ],
)
def test_a_wrong_file_is_one_line_that_names_option_place_value_and_choices(
    ended, tmp_path, text, words
):
    file = tmp_path / "data.json"
    file.write_text(text)
    status, stdout, stderr = ended("serve", "--load", str(file))

    assert (status, stdout, stderr.count("\n")) == (2, "", 1)
    assert stderr.startswith("sdrs-fake: Invalid value for '--load': ")
    assert words.replace("DATA", str(file)) in stderr


@pytest.fixture
def handlers():
    """The signal handlers of the process, put back afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_it_serves_in_process_as_well(ended, handlers, monkeypatch):
    tell = serving_module.tell
    monkeypatch.setattr(
        serving_module, "tell", lambda entry: (tell(entry), os.kill(os.getpid(), signal.SIGTERM))
    )
    show = serving_module.show

    def show_and_ask(sdrs, **more):
        show(sdrs, **more)
        threading.Thread(target=ask_when_watched, args=(sdrs,), daemon=True).start()

    def ask_when_watched(sdrs):
        while sdrs.journal.watcher is None:
            threading.Event().wait(0.001)
        sdrs.request("GET", "/nowhere")

    monkeypatch.setattr(serving_module, "show", show_and_ask)
    status, stdout, _ = ended("serve", "--verbose", "--host", "0.0.0.0", "--listen-publicly")

    assert (status, stdout.endswith("GET /nowhere 404 158 bytes\nstopped\n")) == (0, True)


def test_a_reader_of_its_lines_that_leaves_makes_no_request_fail(sdrs, monkeypatch):
    def gone(*_args, **_more):
        raise BrokenPipeError

    monkeypatch.setattr(serving_module.click, "echo", gone)
    sdrs.journal.watcher = serving_module.tell

    assert sdrs.request("GET", "/nowhere").status == 404


def test_with_verbose_it_prints_a_line_a_request():
    with serving("--verbose") as (process, said):
        url = re.search(r"http://[0-9.:]+", said)[0]
        subprocess.run(
            ["curl", "--noproxy", "*", "-s", f"{url}/nowhere?a=1"], capture_output=True, check=True
        )

        assert re.fullmatch(r"GET /nowhere\?a=1 404 \d+ bytes\n", process.stdout.readline())


def test_a_public_address_is_served_when_that_is_meant_and_warned_of():
    with serving("--host", "0.0.0.0", "--listen-publicly", "--jobs", "0", "--groups", "0") as (
        process,
        said,
    ):
        process.send_signal(signal.SIGTERM)

        assert "URL      http://0.0.0.0:" in said
        assert (
            process.communicate(timeout=10)[1]
            == "warning: everybody who can reach 0.0.0.0 can use this fake\n"
        )


# Scenarios and states


def test_scenarios_are_listed(ended):
    status, stdout, _ = ended("scenarios")

    assert status == 0
    assert re.search(
        r"^regional-switchover  A failed regional switchover  50      6$", stdout, re.MULTILINE
    )
    assert re.search(
        r"^ten-thousand-jobs    Ten thousand failed jobs      10,000  24$", stdout, re.MULTILINE
    )
    assert max(map(len, stdout.splitlines())) <= 80


def test_scenarios_are_listed_as_json(ended):
    rows = json.loads(ended("scenarios", "--json")[1])

    assert [row["name"] for row in rows] == library.names()
    assert [{**row} for row in rows] == [
        {
            name: getattr(told, name)
            for name in ("name", "title", "jobs", "groups", "digest", "description")
        }
        for told in library.scenarios().values()
    ]


def test_the_schema_of_scenarios_is_printed(ended):
    assert json.loads(ended("scenarios", "--schema")[1]) == of_scenarios()


def test_the_file_of_a_scenario_is_printed_to_be_the_beginning_of_ones_own(ended, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(ended("scenarios", "noisy-group")[1], encoding="utf-8")

    text = library.text_of("noisy-group")[1]
    assert file.read_text(encoding="utf-8") == text
    assert ended("scenarios", str(file)) == (0, text, "")
    assert ended("scenarios", OWN)[:2] == (0, OWN)


@pytest.mark.parametrize("content", ["garbage", OWN])
def test_the_file_of_a_name_is_the_packages_whatever_files_there_are(
    ended, tmp_path, monkeypatch, content
):
    expected = ended("scenarios"), ended("scenarios", "noisy-group")
    (tmp_path / "noisy-group").write_text(content)
    monkeypatch.chdir(tmp_path)

    assert (ended("scenarios"), ended("scenarios", "noisy-group")) == expected


@pytest.mark.parametrize("name", ["{}", "./{}", "/dev/fd/{}"])
def test_a_pipe_is_read_once_and_printed(ended, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    if name.startswith("/dev"):
        reader, writer = os.pipe()
        os.write(writer, OWN.encode())
        os.close(writer)
        given = name.format(reader)
    else:
        os.mkfifo("mine")
        threading.Thread(target=Path("mine").write_text, args=[OWN]).start()
        given = name.format("mine")

    assert ended("scenarios", given) == (0, OWN, "")


@pytest.mark.parametrize(
    "more", [["--scenario", "storage-outage"], ["--scenario", "storage-outage", "--seed", "7"]]
)
def test_a_scenario_is_served_and_again_by_the_state_that_was_shown(more):
    with serving("--anchor", ANCHOR, *more) as (_, said):
        token = re.search(r"^state    (\S+)$", said, re.MULTILINE)[1]
        seed = int(more[3]) if more[2:] else 0
        with FakeSdrs() as sdrs:
            sdrs.seed(scenario="storage-outage", seed=seed, anchor=ANCHOR)
            assert sdrs.state == token
    with serving("--state", token) as (_, again):
        assert said.splitlines()[1:10] == again.splitlines()[1:10]


def test_a_state_of_ones_own_scenario_is_served_with_its_file(tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(OWN)
    with FakeSdrs() as sdrs:
        sdrs.seed(scenario=file, anchor=ANCHOR)
        with serving("--state", sdrs.state, "--scenario", str(file)) as (_, said):
            assert f"state    {sdrs.state}\n" in said


def test_what_was_loaded_besides_is_not_in_the_state_and_that_is_said(tmp_path):
    file = tmp_path / "data.json"
    file.write_text('{"failure_jobs": [{}]}')
    with serving("--load", str(file), "--scenario", "noisy-group") as (_, said):
        assert re.search(
            r"^state    sdrs1\.noisy-group\.x\S+ \(without what was loaded\)$", said, re.MULTILINE
        )
    with serving("--load", str(file)) as (_, said):
        assert "state " not in said


def test_a_scenario_and_a_state_are_generated(ended):
    with FakeSdrs() as sdrs:
        sdrs.seed(scenario="noisy-group", seed=7, anchor=ANCHOR)
        sdrs.seed(jobs=5, anchor=ANCHOR)
        lines = [job.wire_json.decode() for job in sdrs.failure_jobs]
        scenario = ended(
            "generate", "--scenario", "noisy-group", "--seed", "7", "--anchor", ANCHOR
        )[1].splitlines()
        state = json.loads(ended("generate", "--state", sdrs.state, "--format", "json")[1])

    assert set(scenario) < set(lines)
    assert state["count"] == len(lines) == 206
    assert {
        json.dumps(job, separators=(",", ":"), ensure_ascii=False) for job in state["failure_jobs"]
    } == set(lines)


# What is wrong


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("generate --jobs x", "'--jobs': 'x' should be a whole number, 0 or more"),
        ("generate --jobs -1", "'--jobs': '-1' should be a whole number"),
        ("generate --jobs 5 --groups 0", "'--groups': 0 should be at least 1"),
        ("generate --jobs 999999999999", "'--jobs': 999999999999 should be from 0 to"),
        ("generate --seed " + "9" * 5000, "'--seed': '999"),
        ("generate --format xml", "'--format': 'xml' is not one of 'jsonl', 'json', 'csv'"),
        (
            "generate --output /nowhere/jobs",
            "'--output': '/nowhere/jobs': No such file or directory",
        ),
        ("generate --anchor now", "'--anchor': 'now' should be a datetime with a time zone"),
        ("serve --port 65536", "'--port': 65536 should be from 0 to 65535"),
        ("serve --port x", "'--port': 'x' should be a whole number"),
        (
            "serve --host 0.0.0.0",
            "'--host': 0.0.0.0 can be reached by others; add --listen-publicly",
        ),
        (
            "serve --host nowhere.invalid",
            "'--host': nowhere.invalid can be reached by others; add --listen-publicly",
        ),
        (
            "serve --load /nowhere/data.json",
            (
                "'--load': /nowhere/data.json should be JSON text or a file that can be read: No"
                " such file"
            ),
        ),
        ("serve --admin-token= ", "'--admin-token': '' should be visible ASCII"),
        (
            "serve --reading count=half",
            "'--reading': reading.count: 'half' should be 'total' or 'page'",
        ),
        ("serve --reading count", "'--reading': reading: 'count' should be like count=page"),
        ("serve --key abc", "'--key': 'abc' should be followed by :SECRET or by :SECRET:PROJECT"),
        ("serve --key a:b:c:d", "'--key': 'a' should be followed by :SECRET or by :SECRET:PROJECT"),
        ("serve --key a:b:c/d", "'--key': project_id: 'c/d' should be letters, digits"),
        (
            "serve --key a:b --key a:c",
            "'--key': access_key: 'a' should be one that is not registered otherwise already",
        ),
        ("serve --auth none", "'--auth': 'none' is not one of 'present', 'strict', 'off'"),
        (
            "serve --project a/b",
            "'--project': project_id: 'a/b' should be letters, digits, '-', '_' and '.'",
        ),
        ("serve --groups 0", "'--groups': 0 should be at least 1"),
        *(
            (f"{command} {arguments}", words)
            for command in ("serve", "generate")
            for arguments, words in [
                (
                    "--scenario nothing",
                    "'--scenario': 'nothing' should be one of documented-sample, ",
                ),
                ("--scenario {", "'--scenario': should be JSON, but "),
                (
                    "--scenario {}",
                    (
                        "'--scenario': scenario: missing; should be 1, the version of this form;"
                        " name: missing; should be words of "
                    ),
                ),
                (
                    "--scenario /nowhere/mine.json",
                    (
                        "'--scenario': /nowhere/mine.json should be JSON text or a file that can be"
                        " read: No such"
                    ),
                ),
                (
                    "--scenario noisy-group --jobs 5",
                    "'--jobs': should not be given with --scenario, which says it already",
                ),
                (
                    "--scenario noisy-group --groups 5",
                    "'--groups': should not be given with --scenario",
                ),
                (
                    "--state sdrs1.j5.g1.s0 --jobs 5",
                    "'--jobs': should not be given with --state, which says it already",
                ),
                ("--state sdrs1.j5.g1.s0 --seed 0", "'--seed': should not be given with --state"),
                (
                    "--state sdrs1.j5.g1.s0 --anchor 2026-06-01T00:00:00Z",
                    "'--anchor': should not be given with --state",
                ),
                (
                    "--state sdrs1.j5.g1.s0 --scenario noisy-group",
                    "'--scenario': 'noisy-group' should not be given, since the state ",
                ),
                (
                    "--state sdrs1.mine.x0a1b2c3d.s0",
                    "'--state': 'mine' is no scenario of this package; give it too",
                ),
                (
                    "--state sdrs1.j5.g1.s0.a19690101T000000000Z",
                    "'--state': anchor: 1969-01-01T00:00:00.000Z should be at least 30 days",
                ),
                (
                    "--state sdrs1.j5.g1.s0+j5.g1.s0.a20260601T000000000Z",
                    "is in two datasets of the token",
                ),
                (
                    "--state sdrs1.j5.g1.s0.p65536",
                    "'--state': part: 65536 should be from 0 to 65,535",
                ),
                ("--state sdrs1.j5.g0.s0", "'--state': groups: 0 should be at least 1"),
                (
                    "--state sdrs2.j5.g1.s0",
                    (
                        "'--state': 'sdrs2.j5.g1.s0' is of version 2, but this release of sdrs-fake"
                        " makes version 1"
                    ),
                ),
                ("--state x", "'--state': 'x' should be a token such as sdrs1."),
                ("--state=", "'--state': '' should be a token such as sdrs1."),
            ]
        ),
        ("scenarios noisy-group --json", "'--json': should not be given with NAME_OR_FILE"),
        ("scenarios noisy-group --schema", "'--schema': should not be given with NAME_OR_FILE"),
        (
            "scenarios a\x00.json",
            (
                "'NAME_OR_FILE': 'a\\x00.json' should be JSON text or a file that can be read:"
                " embedded null"
            ),
        ),
        ("scenarios nothing", "'NAME_OR_FILE': 'nothing' should be one of documented-sample, "),
        (
            "scenarios /nowhere/mine.json",
            (
                "'NAME_OR_FILE': /nowhere/mine.json should be JSON text or a file that can be read:"
                " No such file"
            ),
        ),
        ("demo --seed x", "'--seed': 'x' should be a whole number"),
        ("demo --jobs", "No such option"),
        ("demonstrate", "No such command"),
    ],
)
def test_bad_input_is_one_line_that_names_option_value_and_choices(ended, arguments, words):
    status, stdout, stderr = ended(*arguments.split())

    assert (status, stdout, stderr.count("\n")) == (2, "", 1)
    assert stderr.startswith("sdrs-fake: ")
    assert words in stderr


@pytest.fixture
def ended(monkeypatch, capsys):
    """Run the program in process: its status and what it printed."""

    def ended(*arguments):
        monkeypatch.setattr(sys, "argv", ["sdrs-fake", *arguments])
        with pytest.raises(SystemExit) as caught:
            run()
        return caught.value.code or 0, *capsys.readouterr()

    return ended


def test_a_port_that_is_taken_is_named(ended):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, _, stderr = ended("serve", "--port", str(taken.getsockname()[1]))

    assert status == 2
    assert re.fullmatch(
        r"sdrs-fake: .*127\.0\.0\.1 port \d+: Address already in use; choose another, or port 0"
        r" .*\n",
        stderr,
    )


def test_an_interruption_is_no_traceback(ended, monkeypatch):
    monkeypatch.setattr(demonstrating, "steps", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ended("demo")

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(demonstrating, "steps", interrupted)
    status, _, stderr = ended("demo")

    assert (status, "Traceback" in stderr) == (130, False)


def test_help_names_every_command():
    assert [
        command
        for command in ("demo", "generate", "scenarios", "serve")
        if command not in program("--help").stdout
    ] == []
    assert "..." not in program("--help").stdout.partition("Commands:")[2]
    assert program("--version").stdout.startswith("sdrs-fake, version ")
