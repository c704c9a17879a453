"""`sdrs-fake scenarios`."""

import json
import os
import threading
from pathlib import Path

import pytest

from sdrs_fake.seeding import library
from sdrs_fake.seeding.scenario_file import json_schema

OWN = '{"scenario": 2, "name": "mine", "title": "Mine", "groups": 2, "waves": [{"count": 5}]}'


def test_scenarios_are_listed(cli):
    status, stdout, _ = cli("scenarios")

    assert status == 0
    lines = stdout.splitlines()
    assert "regional-switchover  A failed regional switchover  50        6" in lines
    assert "ten-thousand-jobs    Ten thousand failed jobs      10,000    24" in lines
    assert max(map(len, lines)) <= 80


def test_scenarios_are_listed_as_json(cli):
    rows = json.loads(cli("scenarios", "--json")[1])

    names = ["name", "title", "failures", "groups", "description"]
    assert len(rows) == len(library.scenarios())
    for row in rows:
        scenario = library.scenarios()[row["name"]]
        assert row == {name: getattr(scenario, name) for name in names}


def test_the_schema_of_scenarios_is_printed(cli):
    assert json.loads(cli("scenarios", "--schema")[1]) == json_schema()


def test_the_file_of_a_scenario_is_printed_to_be_the_beginning_of_ones_own(cli, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(cli("scenarios", "noisy-group")[1], encoding="utf-8")

    text = library.read("noisy-group")[1]
    assert file.read_text(encoding="utf-8") == text
    assert cli("scenarios", str(file)) == (0, text, "")
    assert cli("scenarios", OWN)[:2] == (0, OWN)


@pytest.mark.parametrize("content", ["garbage", OWN])
def test_the_file_of_a_name_is_the_packages_whatever_files_there_are(
    cli, tmp_path, monkeypatch, content
):
    expected = cli("scenarios"), cli("scenarios", "noisy-group")
    (tmp_path / "noisy-group").write_text(content)
    monkeypatch.chdir(tmp_path)

    assert (cli("scenarios"), cli("scenarios", "noisy-group")) == expected


@pytest.mark.parametrize("name", ["{}", "./{}", "/dev/fd/{}"])
def test_a_pipe_is_read_once_and_printed(cli, tmp_path, monkeypatch, name):
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

    assert cli("scenarios", given) == (0, OWN, "")
