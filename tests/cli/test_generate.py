"""`sdrs-fake generate`."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
from itertools import product

import pytest
from click.testing import CliRunner

from sdrs_fake import FakeSdrs
from sdrs_fake.cli import generate, main
from sdrs_fake.errors import ParameterError

PROGRAM = [sys.executable, "-m", "sdrs_fake"]
AS_OF = "2026-06-01T00:00:00Z"


def generated(*arguments):
    result = CliRunner().invoke(
        main, ["generate", "--failures", "30", "--seed", "7", "--as-of", AS_OF, *arguments]
    )
    assert result.exit_code == 0
    return result.stdout


@pytest.fixture
def dataset(sdrs):
    return sdrs.seed(failures=30, seed=7, as_of=AS_OF).failure_jobs


def test_jsonl_is_an_object_a_line(dataset):
    assert generated().encode().splitlines() == [job.wire_json for job in dataset]


@pytest.mark.parametrize(
    ("form", "failures"),
    [("json", "0"), *product(["json", "jsonl"], ["1", "30"])],
)
def test_what_is_generated_can_be_imported(dataset, tmp_path, form, failures):
    file = tmp_path / "jobs"
    generated("--failures", failures, "--format", form, "--with-group", "--output", str(file))
    with FakeSdrs() as one, FakeSdrs() as two, FakeSdrs() as three:
        one.import_failure_jobs(file)
        two.import_data(file)
        expected = three.seed(int(failures), seed=7, as_of=AS_OF).failure_jobs

        assert one.failure_jobs == two.failure_jobs == expected


def test_a_file_without_lines_has_no_failed_jobs(sdrs, tmp_path):
    generated("--failures", "0", "--output", str(tmp_path / "jobs"))

    assert sdrs.import_failure_jobs(tmp_path / "jobs") == []


def test_without_their_groups_jobs_can_be_imported_too(dataset):
    with FakeSdrs() as sdrs:
        sdrs.import_failure_jobs(generated("--format", "json"))

        assert [job.wire_json for job in sdrs.failure_jobs] == [job.wire_json for job in dataset]


def test_a_scenario_is_generated(sdrs, cli):
    jobs = sdrs.seed(scenario="noisy-group", seed=7, as_of=AS_OF).failure_jobs
    options = ["--scenario", "noisy-group", "--seed", "7", "--as-of", AS_OF, "--format", "json"]
    answer = json.loads(cli("generate", *options)[1])

    assert answer == {"count": 201, "failure_jobs": [json.loads(job.wire_json) for job in jobs]}


@pytest.mark.parametrize(("arguments", "columns"), [([], 10), (["--with-group"], 11)])
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
    assert generated("--failures", "0", "--format", form) == text


def test_an_output_file_replaces_what_was_there(tmp_path, dataset):
    file = tmp_path / "jobs.jsonl"
    file.write_text("old")

    assert generated("--output", str(file)) == ""
    assert len(file.read_bytes().splitlines()) == len(dataset)
    assert [each.name for each in tmp_path.iterdir()] == ["jobs.jsonl"]


def test_no_half_a_file_is_left(tmp_path, monkeypatch):
    file = tmp_path / "jobs.jsonl"
    file.write_text("old")

    def broken(lines, _count):
        yield next(lines)
        raise KeyboardInterrupt

    monkeypatch.setattr(generate, "in_chunks", broken)
    CliRunner().invoke(main, ["generate", "--output", str(file)])

    assert file.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["jobs.jsonl"]


def test_a_dash_is_standard_output(tmp_path, monkeypatch, cli):
    monkeypatch.chdir(tmp_path)

    assert generated("--output", "-") == generated()
    assert cli("openapi", "--output", "-") == cli("openapi")
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_is_no_file_is_written_as_it_is():
    done = subprocess.run(
        [*PROGRAM, "generate", "--failures", "3", "--output", "/dev/stdout"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.count("\n") == 3


def test_a_link_stays_one_and_a_file_keeps_its_mode(tmp_path):
    file, link = tmp_path / "jobs.jsonl", tmp_path / "link"
    file.touch(0o600)
    link.symlink_to(file)

    generated("--output", str(link))

    assert (link.is_symlink(), file.stat().st_mode & 0o777) == (True, 0o600)
    assert len(file.read_bytes().splitlines()) == 30


def test_a_termination_leaves_no_half_a_file_either(tmp_path, monkeypatch):
    def broken(lines, _count):
        yield next(lines)
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(1)

    monkeypatch.setattr(generate, "in_chunks", broken)
    result = CliRunner().invoke(main, ["generate", "--output", str(tmp_path / "jobs.jsonl")])

    assert result.exit_code == 143
    assert list(tmp_path.iterdir()) == []


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
    monkeypatch.setattr(generate, "PATIENCE", patience)

    chunks = list(generate.in_chunks(iter([b"x"] * 2500), 2500))

    assert b"".join(chunks) == b"x" * 2500
    assert ("100%" in stderr.getvalue()) == shown


def test_another_batch_has_other_ids():
    first, second = (
        {json.loads(line)["job_id"] for line in generated("--batch", batch).splitlines()}
        for batch in ("0", "1")
    )

    assert (len(first), len(second), first & second) == (30, 30, set())


def test_a_wrong_batch_is_refused_by_its_name():
    result = CliRunner().invoke(main, ["generate", "--batch", "65536"])

    assert result.exit_code == 2
    assert "'--batch': '65536' should be an integer from 0 to 65,535" in result.stderr


# Resources

EVERYTHING = "groups,instances,pairs,drills,failures"


def parts(data):
    return {
        "server_group": data.groups,
        "protected_instance": data.protected_instances,
        "replication": data.replication_pairs,
        "disaster_recovery_drill": data.drills,
        "failure_job": data.failure_jobs,
    }


@pytest.fixture
def data(sdrs):
    return sdrs.seed(failures=30, seed=7, as_of=AS_OF)


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ("groups", "server_group"),
        ("instances", "protected_instance"),
        ("pairs", "replication"),
        ("drills", "disaster_recovery_drill"),
        ("failures", "failure_job"),
    ],
)
def test_one_kind_is_a_line_for_each_row(data, what, key):
    lines = generated("--what", what).encode().splitlines()

    assert lines == [each.wire_json for each in parts(data)[key]]
    assert lines


def test_several_kinds_are_lines_as_an_answer_has_each(data):
    lines = [json.loads(line) for line in generated("--what", EVERYTHING).splitlines()]
    groups = [line["failure_job"].pop("server_group_id") for line in lines if "failure_job" in line]

    assert lines == [
        {key: json.loads(each.wire_json)} for key, rows in parts(data).items() for each in rows
    ]
    assert groups == [job.server_group_id for job in data.failure_jobs]


def test_kinds_come_in_one_order_however_they_are_asked_for():
    assert generated("--what", "drills, groups") == generated("--what", "groups,drills")


@pytest.mark.parametrize("scenario", [(), ("--scenario", "disaster-drill-day")])
def test_everything_as_json_is_what_the_fake_would_export(tmp_path, cli, scenario):
    file = tmp_path / "data.json"
    options = scenario or ("--failures", "60")
    code, *_ = cli(
        *("generate", *options, "--seed", "7", "--as-of", AS_OF),
        *("--what", EVERYTHING, "--format", "json", "--output", str(file)),
    )
    assert code == 0
    with FakeSdrs() as one, FakeSdrs() as other:
        one.import_data(file)
        given = {"scenario": scenario[1]} if scenario else {"failures": 60}
        other.seed(**given, seed=7, as_of=AS_OF)

        (imported,), (seeded,) = one.export_data()["projects"], other.export_data()["projects"]
        del imported["counters"], seeded["counters"]
        assert imported == seeded


@pytest.mark.parametrize(
    ("what", "form", "reason"),
    [
        ("pairs", "json", r"protected_instance: '.*' is no instance of the project"),
        ("groups", "jsonl", r"failure_jobs\[0\]\.id: no such field"),
        ("groups,failures", "jsonl", r"failure_jobs\[0\]\.server_group: no such field"),
    ],
)
def test_what_is_for_other_programs_is_not_imported(what, form, reason):
    with FakeSdrs() as sdrs, pytest.raises(ParameterError, match=reason):
        sdrs.import_data(generated("--what", what, "--format", form))


@pytest.mark.parametrize(
    "what",
    ["groups,instances,pairs", "pairs,instances", "groups", "instances", "drills,failures"],
)
def test_some_kinds_can_be_imported_too(data, what):
    with FakeSdrs() as sdrs:
        counts = sdrs.import_data(generated("--what", what, "--format", "json"))

    assert sum(counts.values()) == len(generated("--what", what).splitlines())


@pytest.mark.parametrize("what", ["groups", "instances", "pairs", "drills"])
def test_csv_has_a_column_for_each_field_and_json_where_a_field_has_parts(data, what):
    rows = list(csv.DictReader(io.StringIO(generated("--what", what, "--format", "csv"))))
    expected = [json.loads(line) for line in generated("--what", what).splitlines()]

    assert [row["id"] for row in rows] == [each["id"] for each in expected]
    for row, each in zip(rows, expected, strict=True):
        for name, value in each.items():
            if isinstance(value, dict | list):
                assert json.loads(row[name]) == value
            else:
                assert row[name] == ("" if value is None else str(value))


@pytest.mark.parametrize("what", ["groups", "instances", "pairs", "drills", "failures"])
def test_csv_has_the_same_header_without_rows(what):
    header, *rows = generated("--what", what, "--format", "csv").splitlines()
    nothing = ["--failures", "0", "--groups", "0"]

    assert rows
    assert generated(*nothing, "--what", what, "--format", "csv").splitlines() == [header]


def test_a_deleted_group_is_named_once_wherever_its_failures_are(tmp_path):
    groups = [{"name": name, "protected_instances": []} for name in "ab"]
    steps = [
        {"operation": "DeleteProtectionGroup", "resource": name, "ago": f"PT{ago}M"}
        for ago, name in [(50, "a"), (40, "b"), (30, "a"), (20, "a"), (10, "b")]
    ]
    for step in steps[-2:]:
        step["failed"] = False
    head = {"scenario": 2, "name": "gone", "title": "Gone"}
    file = tmp_path / "gone.json"
    file.write_text(json.dumps({**head, "groups": groups, "steps": steps}))
    options = ["--scenario", str(file), "--what", "groups,failures", "--format", "json"]
    data = json.loads(CliRunner().invoke(main, ["generate", *options]).stdout)

    assert (data["protection_groups"], len(data["failure_jobs"])) == ([], 3)
    gone = data["deleted_protection_groups"]
    assert sorted(gone) == sorted({job["server_group_id"] for job in data["failure_jobs"]})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--what", "pair"],
            "'--what': 'pair' should be one of groups, instances, pairs, drills, ",
        ),
        (["--what", ""], "'--what': '' should be one of groups, "),
        (
            ["--what", "pairs,drills", "--format", "csv"],
            "'--format': 'csv' should go with one kind",
        ),
        (
            ["--what", "groups,pairs", "--with-group"],
            "'--with-group': should go with failures in --what, not with groups,pairs",
        ),
    ],
)
def test_what_cannot_be_written_is_refused_by_its_name(arguments, message):
    result = CliRunner().invoke(main, ["generate", *arguments])

    assert result.exit_code == 2
    assert message in result.stderr
