"""JSON input: dicts, strings, files, and JSON lines."""

import json
from pathlib import Path

import pytest

from sdrs_fake.domain.json_input import content_of, rows_of
from sdrs_fake.errors import ParameterError

ROWS = [{"job_id": "a", "resource_name": "\u2028 核心"}, {"job_id": "b"}]


def lines(rows, end="\n"):
    return "".join(json.dumps(row, ensure_ascii=False) + end for row in rows)


def given(text, form, folder):
    if form == "string":
        return text
    file = Path(folder, "rows.jsonl")
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("form", ["string", "file"])
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (lines(ROWS), ROWS),
        (lines(ROWS, "\r\n\n"), ROWS),
        ("\ufeff" + lines(ROWS), ROWS),
        (lines(ROWS[:1]), ROWS[:1]),
        (json.dumps({"count": 2, "failure_jobs": ROWS}, indent=1), ROWS),
        (json.dumps({"failure_jobs": []}), []),
    ],
)
def test_rows_are_an_answer_or_lines(tmp_path, form, text, rows):
    assert rows_of(given(text, form, tmp_path)) == rows


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_file_has_no_rows(tmp_path, text):
    assert rows_of(given(text, "file", tmp_path)) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (lines(ROWS) + "{", "line 3 should be JSON, but "),
        (lines(ROWS) + "5", "should be an object such as "),
        (json.dumps(ROWS), "should be an object such as "),
        ('{"failure_jobs": 5}', "should be an object such as "),
        ('{\n"failure_jobs": [}', "should be JSON, but "),
    ],
)
def test_what_holds_no_rows_is_refused_with_its_file(tmp_path, text, reason):
    file = given(text, "file", tmp_path)
    with pytest.raises(ParameterError) as caught:
        rows_of(file)

    assert caught.value.name == "answer"
    assert caught.value.reason.startswith(str(file))
    assert reason in caught.value.reason


def test_content_keeps_the_name_of_its_file(tmp_path):
    file = given('{"keys": []}', "file", tmp_path)

    assert content_of("data", file) == ({"keys": []}, str(file))
    assert content_of("data", '{"keys": []}') == ({"keys": []}, None)
    assert content_of("data", {"keys": []}) == ({"keys": []}, None)


@pytest.mark.parametrize("read", ["import_failure_jobs", "import_data", "from_file"])
def test_text_that_is_no_json_is_not_looked_for_as_a_file(sdrs, read):
    csv = "job_id,resource_id\nj1,r1\n"

    with pytest.raises(ParameterError, match="should be JSON text, JSON lines or the path of a"):
        getattr(sdrs, read)(csv)
