"""Captured answers of the list, added to a fake."""

import json
import re

import pytest

from tests.cases import refusal

GROUP = "decf224d-87fe-403a-8721-037a1a45c287"


@pytest.fixture(params=["dict", "text", "path", "path as text"])
def sample(request, fixture, tmp_path):
    """The documented sample in each form that can be imported."""
    answer = fixture("list_failure_jobs")
    file = tmp_path / "captured.json"
    file.write_text(json.dumps(answer), encoding="utf-8")
    return {
        "dict": answer,
        "text": f"\n {json.dumps(answer)}",
        "path": file,
        "path as text": str(file),
    }[request.param]


def test_the_documented_sample_comes_back_value_for_value_in_its_order(sdrs, path, sample, fixture):
    sdrs.import_failure_jobs(sample, server_group_id=GROUP)

    answer = sdrs.request("GET", path, params={"server_group_id": GROUP})

    assert answer.body.decode() == json.dumps(fixture("list_failure_jobs"), separators=(",", ":"))


def test_imported_jobs_without_a_group_are_of_their_own_or_of_none(sdrs, fixture):
    rows = fixture("list_failure_jobs")["failure_jobs"]
    rows[0]["resource_type"] = "server_groups"

    jobs = sdrs.import_failure_jobs({"failure_jobs": rows})

    assert [job.server_group_id for job in jobs] == [rows[0]["resource_id"], None]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda rows: rows[1].update(failure_status="x"),
            "failure_jobs[1].failure_status: 'x' should be 'createFail'",
        ),
        (lambda rows: rows[1].pop("job_id"), "failure_jobs[1].job_id: missing"),
        (lambda rows: rows[1].update(id="5"), "failure_jobs[1].id: no such field"),
        (
            lambda rows: rows[1].update(job_id=rows[0]["job_id"]),
            "failure_jobs[1].job_id: 'ff808082686f229a0168707beaab014e' should be an id that",
        ),
    ],
)
def test_a_captured_answer_that_is_wrong_anywhere_is_refused_whole(sdrs, fixture, change, words):
    answer = fixture("list_failure_jobs")
    change(answer["failure_jobs"])

    assert words in refusal(sdrs.import_failure_jobs, answer, "g")
    assert (sdrs.failure_jobs, sdrs.protection_groups) == ((), ())


@pytest.mark.parametrize(
    "answer", [{}, {"failure_jobs": {}}, {"failure_jobs": ["x"]}, [], "[]", "\ufeff{}", "", 5, None]
)
def test_what_is_no_answer_of_the_list_is_refused(sdrs, answer):
    expected = 'should be an object such as {"count": 0, "failure_jobs": []}'
    assert expected in refusal(sdrs.import_failure_jobs, answer)


@pytest.mark.parametrize("text", ["{no json}", "[" * 100_000])
def test_a_captured_answer_that_is_no_json_is_refused(sdrs, text):
    assert refusal(sdrs.import_failure_jobs, text).startswith("answer: should be JSON, but ")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{no json}", "should be JSON, but "), (b"\xff", "should be text in UTF-8, but ")],
)
def test_a_file_that_holds_none_is_named(sdrs, tmp_path, content, words):
    file = tmp_path / "captured.json"
    file.write_bytes(content)

    assert f"answer: {file} {words}" in refusal(sdrs.import_failure_jobs, file)


def test_a_file_may_begin_with_a_byte_order_mark(sdrs, tmp_path, fixture):
    file = tmp_path / "captured.json"
    file.write_text(json.dumps(fixture("list_failure_jobs")), encoding="utf-8-sig")

    assert len(sdrs.import_failure_jobs(file)) == 2


@pytest.mark.parametrize("name", ["no-such.json", ".", "x" * 5000])
def test_a_captured_answer_that_is_no_file_is_named(sdrs, name):
    wanted = f"answer: {name[:120]} should be JSON text or a file that can be read: "
    with pytest.raises(OSError, match=re.escape(wanted)):
        sdrs.import_failure_jobs(name)


def test_the_group_of_an_empty_captured_answer_exists_from_then_on(sdrs):
    sdrs.import_failure_jobs({"failure_jobs": []}, "g")

    assert [group.id for group in sdrs.protection_groups] == ["g"]


@pytest.mark.parametrize("group", ["", 5])
def test_a_group_that_is_none_is_refused(sdrs, group):
    expected = f"server_group_id: {group!r} should be the id of a group, or None"
    assert expected in refusal(sdrs.import_failure_jobs, {"failure_jobs": []}, group)


def test_a_row_that_names_its_own_group_stays_there(sdrs, fixture):
    one, two = fixture("list_failure_jobs")["failure_jobs"]

    jobs = sdrs.import_failure_jobs({"failure_jobs": [{**one, "server_group_id": "h"}, two]}, "g")

    assert [job.server_group_id for job in jobs] == ["h", "g"]


def test_json_lines_are_taken_as_they_were_generated(sdrs, fixture, tmp_path):
    rows = fixture("list_failure_jobs")["failure_jobs"]
    file = tmp_path / "jobs.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    assert [job.job_id for job in sdrs.import_failure_jobs(file)] == [row["job_id"] for row in rows]
