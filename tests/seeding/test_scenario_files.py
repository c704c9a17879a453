"""Scenarios of a user's own: the format of their files, its schema, and what is refused."""

import datetime as dt
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.groups import GroupStatus
from sdrs_fake.seeding import assert_consistent, dataset, scenarios
from sdrs_fake.seeding.failure_catalog import WAYS
from tests.seeding.cases import AS_OF, JOB, made, own, pairs

ROOT = Path(__file__).parent.parent.parent


# One's own


def test_by_itself_a_wave_is_of_all_groups_and_ways_over_the_whole_span():
    data = made(own(groups=2, waves=[{"count": 210}]))
    ages = [AS_OF - job.begin_time for job in data.failure_jobs]

    failed = Counter(job.server_group_id for job in data.failure_jobs)
    assert [failed.pop(group.id) + 20 // 2 for group in data.groups] == pytest.approx(
        [105] * 2, abs=10
    )
    assert list(failed.values()) == [1] * 20  # groups that were made or deleted, in no list
    assert pairs(data.failure_jobs) == pairs(dataset(200, as_of=AS_OF).failure_jobs)
    assert min(ages) < dt.timedelta(days=1)
    assert dt.timedelta(days=29) < max(ages) <= dt.timedelta(days=30)


def test_a_wave_keeps_to_its_groups_failures_codes_and_time():
    failures = {"failures": {"replications": ["createFail"]}, "error_codes": ["EVS.2024"]}
    wave = {"count": 40, "groups": ["a"], "from": "P1W", "to": "P6DT23H59M", **failures}
    data = made(own(groups=["a", "b"], waves=[wave]))

    start = AS_OF - dt.timedelta(days=7)
    for job in data.failure_jobs:
        assert (job.server_group_id, job.error_code) == (data.groups[0].id, "EVS.2024")
        assert pairs([job]) == {("replications", "createFail")}
        assert start <= job.begin_time <= start + dt.timedelta(minutes=1)


def test_without_failures_codes_choose_among_all_ways():
    data = made(own(groups=1, waves=[{"count": 30, "error_codes": ["EVS.2021"]}]))

    assert {job.error_code for job in data.failure_jobs} == {"EVS.2021"}
    expected = {("replications", "detachFail"), ("server_groups", "reverseFail")}
    assert pairs(data.failure_jobs) == expected


def test_a_failure_that_is_named_twice_comes_twice_as_often():
    failures = {"replications": ["attachFail", "attachFail", "detachFail"]}
    data = made(own(groups=1, waves=[{"count": 30, "failures": failures}]))

    statuses = Counter(str(job.failure_status) for job in data.failure_jobs)
    assert statuses == {"attachFail": 20, "detachFail": 10}


def test_a_wave_can_be_of_one_moment():
    waves = [{"count": 5, "from": "PT0S"}, {"count": 5, "from": "P30D", "to": "P30D"}]
    data = made(own(groups=1, waves=waves))

    assert len({job.job_id for job in data.failure_jobs}) == 10
    assert_consistent(data.failure_jobs, data.groups, as_of=AS_OF)


def test_groups_are_names_or_objects_or_a_number():
    b = {"name": "b", "status": "error", "description": "broken"}
    groups = made(own(groups=["a", b, {"id": "mine"}, {"id": "other", "name": "c"}, {}])).groups

    assert (groups[0].name, groups[0].description, groups[0].status) == ("a", None, "available")
    assert (groups[1].name, groups[1].description, groups[1].status) == ("b", "broken", "error")
    assert (groups[2].id, groups[2].name) == ("mine", "Protection-Group-d393")
    assert (groups[3].id, groups[3].name) == ("other", "c")
    assert len(made(own(groups=3)).groups) == 3


def test_given_jobs_stay_as_they_are_and_their_groups_are_there():
    group = {"resource_id": "g", "resource_type": "server_groups", "resource_name": "payments"}
    rows = [JOB, {**JOB, "job_id": "k", **group}, {**JOB, "job_id": "l", "server_group_id": "h"}]
    data = made(own(failure_jobs=rows))

    assert [json.loads(job.wire_json) for job in data.failure_jobs] == [
        {name: row[name] for name in JOB} for row in reversed(rows)
    ]
    assert [job.server_group_id for job in data.failure_jobs] == ["h", "g", None]
    assert [(group.id, group.name, str(group.status)) for group in data.groups] == [
        ("g", "payments", "error"),
        ("h", "Protection-Group-06e7", "available"),
    ]
    (pair,) = data.replication_pairs
    assert (pair.id, pair.name, str(pair.status)) == ("r", "web", "error")
    assert [group.replication_num for group in data.groups] == [0, 1]
    assert (data.spec.scenario.failures, data.spec.scenario.groups) == (3, 2)


def test_a_group_without_failures_or_nothing_at_all_is_a_scenario_too():
    assert (made(own()).failure_jobs, made(own()).groups) == ((), ())


@pytest.mark.parametrize("form", ["path", "text", "str", "dict"])
def test_ones_own_is_a_dict_a_json_text_or_a_file(tmp_path, form):
    content = own(groups=1, waves=[{"count": 3}])
    file = tmp_path / "mine"
    file.write_text(json.dumps(content))
    given = {"path": file, "text": json.dumps(content), "str": str(file), "dict": content}[form]

    assert made(given) == made(content)


DOCUMENT = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")


def test_the_file_that_the_document_shows_is_right():
    (text,) = re.findall(r"^```json\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)
    data = made(text)

    assert_consistent(data.failure_jobs, data.groups, as_of=AS_OF)
    expanded = [
        job
        for job in data.failure_jobs
        if job.failure_status == "expandFail" and job.server_group_id == data.groups[1].id
    ]
    assert (len(data.failure_jobs), len(data.groups)) == (54, 3)
    assert sum(job.error_code == "EVS.2026" for job in expanded) >= 40


def test_a_file_beside_is_found_without_a_suffix(tmp_path, monkeypatch):
    (tmp_path / "mine").write_text(json.dumps(own()))
    monkeypatch.chdir(tmp_path)

    assert made("mine").spec.scenario.name == "mine"


@pytest.mark.parametrize(
    "content", [json.dumps(own(name="noisy-group", groups=1)), "garbage", "\udcff"]
)
def test_a_name_of_the_package_means_the_packages_whatever_files_there_are(
    tmp_path, monkeypatch, content
):
    def read():
        seeded = FakeSdrs().seed(scenario="noisy-group", as_of=AS_OF)
        return made("noisy-group"), scenarios(), seeded

    expected = read()
    (tmp_path / "noisy-group").write_text(content, encoding="utf-8", errors="surrogateescape")
    monkeypatch.chdir(tmp_path)

    assert read() == expected


def test_a_path_means_the_file_though_it_is_called_as_one_of_the_package(tmp_path, monkeypatch):
    (tmp_path / "noisy-group").write_text(json.dumps(own(groups=1)))
    monkeypatch.chdir(tmp_path)

    assert made("./noisy-group") == made(Path("noisy-group")) == made(own(groups=1))


def test_the_document_lists_what_can_fail_how_and_the_statuses_of_groups():
    rows = re.findall(r"^\| `(\w+)` \| `(\w+Fail)` \| (.*) \|$", DOCUMENT, re.MULTILINE)
    shown = {(kind, status): re.findall(r"`([\w.]+)`", codes) for kind, status, codes in rows}
    sentence = r"^The statuses of a group are (.*?)\.$"
    (statuses,) = re.findall(sentence, DOCUMENT, re.DOTALL | re.MULTILINE)

    assert list(shown) == list(WAYS)
    for pair, ways in WAYS.items():
        assert shown[pair] == sorted({way.error_code for way in ways})
    assert re.findall(r"`([\w-]+)`", statuses) == [*GroupStatus]


def test_what_was_found_once_can_be_given_again():
    assert made(scenarios()["noisy-group"]) == made("noisy-group")
    assert len(set(scenarios().values())) == len(scenarios())
