"""`serve --import FILE --export-on-exit FILE`: state that lasts from one run to the next."""

import json
import os
import re
import signal
import stat

import pytest

from sdrs_fake import FakeSdrs
from tests.cli import test_serve
from tests.cli.test_serve import AS_OF, curl, serving, value_of

BEFORE = json.dumps({"version": 1, "failure_jobs": [{}]})


@pytest.fixture
def file(tmp_path):
    return tmp_path / "demo.json"


@pytest.fixture
def served(cli, handlers, monkeypatch):
    """`served(act, *options)`: serve, act on the fake, and stop it by a signal."""
    from sdrs_fake.cli import serve

    def served(act, *options, number=signal.SIGTERM):
        def act_and_stop(sdrs, **_):
            act(sdrs)
            os.kill(os.getpid(), number)

        monkeypatch.setattr(serve, "show", act_and_stop)
        return cli("serve", *map(str, options))

    return served


def kept(file):
    return ["--import", file, "--export-on-exit", file]


def nothing(_sdrs):
    """Let the fake be."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_data_is_written_at_the_end(served, file, number):
    status, stdout, stderr = served(
        lambda sdrs: sdrs.add_protection_group(name="mine"),
        *["--failures", 3, "--project", "p", "--export-on-exit", file],
        number=number,
    )

    assert (status, stdout, stderr) == (0, f"wrote {file}\nstopped\n", "")
    with FakeSdrs.from_file(file) as back:
        assert (back.project_id, len(back.failure_jobs)) == ("p", 3)
        assert back.protection_groups[-1].name == "mine"
    assert [each.name for each in file.parent.iterdir()] == ["demo.json"]


def test_two_runs_in_a_row_go_on_where_the_first_stopped(file):
    create = '{"server_group": {"name": "NAME", "source_availability_zone": "a", '
    create += '"target_availability_zone": "b", "domain_id": "d", "source_vpc_id": "v"}}'
    names = []
    for name in ("one", "two"):
        options = ["--failures", "4", "--groups", "1", *map(str, kept(file))]
        with serving(*options) as (process, printed):
            groups = f"{value_of('URL', printed)}/v1/{value_of('project', printed)}/server-groups"
            token = ["-H", "X-Auth-Token: any"]
            curl(*token, groups, "-d", create.replace("NAME", name))
            listed = json.loads(curl(*token, groups))["server_groups"]
            names.append([each["name"] for each in listed if each["name"] in {"one", "two"}])
            process.send_signal(signal.SIGTERM)
            assert process.communicate(timeout=10) == (f"wrote {file}\nstopped\n", "")

    assert names == [["one"], ["two", "one"]]
    assert len(listed) == 3  # the seeded group was added once


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("--scenario noisy-group --seed 7", "--seed and --scenario were"),
        ("--scenario noisy-group --seed 7 --activity 60", "--scenario was"),
        (f"--failures 4 --groups 1 --as-of {AS_OF}", "--failures, --groups and --as-of were"),
    ],
)
def test_options_that_the_kept_data_stands_for_are_said_not_to_be_used(file, options, names):
    for is_used in (True, False):
        with serving(*options.split(), *map(str, kept(file))) as (process, printed):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)
        line = f"data     {file}, which goes on: {names} not used\n"
        assert (line in printed) is not is_used


@pytest.mark.parametrize("options", [[], ["--seed", "7", "--activity", "60"]])
def test_without_options_of_seeding_nothing_is_said_of_kept_data(file, options):
    file.write_text(BEFORE)
    with serving(*options, *map(str, kept(file))) as (_, printed):
        assert not re.search("^data ", printed, re.MULTILINE)


def test_an_empty_file_is_as_one_that_is_not_there_yet_and_said_to_be(file):
    file.write_text("")
    with serving("--scenario", "noisy-group", *map(str, kept(file))) as (process, printed):
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)

    assert f"data     {file} is empty, and begins anew\n" in printed
    assert "not used" not in printed
    with FakeSdrs.from_file(file) as back:
        assert len(back.failure_jobs) == 201


def test_another_empty_file_is_refused(served, file):
    file.write_text("")
    status, _, stderr = served(nothing, "--import", file)

    assert (status, file.read_text()) == (2, "")
    reason = f"{file} should be JSON or JSON lines, but is blank"
    assert stderr == f"sdrs-fake: Invalid value for '--import': {reason}\n"


def test_a_job_that_ran_goes_on(served, file):
    def delete(sdrs):
        group = sdrs.add_protection_group()
        sdrs.request("DELETE", f"/v1/{sdrs.project_id}/server-groups/{group.id}")

    seen = []

    def look(sdrs):
        seen.extend(each.status for each in sdrs.protection_groups)
        sdrs.clock.advance(hours=1)
        seen.extend(each.status for each in sdrs.protection_groups)

    options = ["--failures", 0, "--groups", 0, "--job-duration", 3600, *kept(file)]
    served(delete, *options)
    served(look, *options)

    assert seen == ["deleting"]


@pytest.mark.parametrize(
    ("more", "failures"), [([], 24), (["--failures", 0, "--groups", 0], 0), (["--failures", 5], 5)]
)
def test_a_file_that_is_not_there_yet_is_no_error(served, file, more, failures):
    counts = []
    for _ in range(2):
        status, _, stderr = served(
            lambda sdrs: counts.append(len(sdrs.failure_jobs)), *more, *kept(file)
        )
        assert (status, stderr) == (0, "")

    assert counts == [failures, failures]


def test_the_same_file_may_be_spelled_otherwise(served, file, monkeypatch):
    monkeypatch.chdir(file.parent)
    options = ["--import", "./demo.json", "--export-on-exit", file]

    assert served(nothing, *options)[0] == served(nothing, *options)[0] == 0


def test_another_file_has_to_be_there(served, file):
    status, _, stderr = served(nothing, "--import", file.parent / "x", "--export-on-exit", file)

    assert (status, file.exists()) == (2, False)
    assert "'--import': " in stderr
    assert "/x should be a file: No such file or directory" in stderr


def test_a_file_of_a_newer_version_is_refused_and_left_alone(served, file):
    file.write_text('{"version": 2}')
    status, _, stderr = served(nothing, *kept(file))

    assert (status, file.read_text()) == (2, '{"version": 2}')
    assert f"{file}: version: 2 is newer than 1; read it with a newer sdrs-fake\n" in stderr


def test_a_full_disk_leaves_the_old_file_and_is_an_error(file, monkeypatch):
    # As a disk with a kilobyte left, though its error has another name.
    small = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash", *test_serve.PROGRAM]
    monkeypatch.setattr(test_serve, "PROGRAM", small)
    file.write_text(BEFORE)
    with test_serve.serving("--failures", "50", "--export-on-exit", str(file)) as (process, _):
        process.send_signal(signal.SIGTERM)

        assert process.communicate(timeout=10) == ("", f"sdrs-fake: {file}: File too large\n")
        assert process.returncode == 1
    assert file.read_text() == BEFORE
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("none/demo.json", "/none/demo.json should be a file that can be written"),
        (".", "is a directory"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_served(cli, tmp_path, path, reason):
    status, _, stderr = cli("serve", "--export-on-exit", str(tmp_path / path))

    assert (status, stderr.count("\n")) == (2, 1)
    assert "'--export-on-exit': " in stderr
    assert reason in stderr


def test_the_file_keeps_its_mode(served, file):
    file.write_text(BEFORE)
    file.chmod(0o600)
    served(nothing, *kept(file))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
