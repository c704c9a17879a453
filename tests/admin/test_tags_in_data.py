"""Tags stand inside the instances, in Python and in data."""

import json

import pytest

from sdrs_fake import FakeSdrs
from tests.cases import refusal
from tests.operations.tagging import rows, send, tagged, tags_of

TAGS = {"stage": "production", "\u6807\u7b7e": ""}


def saved(sdrs, tmp_path):
    sdrs.save(tmp_path / "fake.json")
    return FakeSdrs.from_file(tmp_path / "fake.json")


def exported(sdrs, _):
    fake = FakeSdrs()
    fake.import_data(sdrs.export_data())
    return fake


def copied(sdrs, _):
    return sdrs.fork()


@pytest.mark.parametrize("way", [saved, exported, copied])
def test_tags_that_a_request_added_come_along(sdrs, tmp_path, way):
    instance = tagged(sdrs, old="1")
    body = {"action": "create", "tags": rows(TAGS)}
    send(sdrs, "POST", f"{instance.id}/tags/action", body)

    other = way(sdrs, tmp_path)

    assert tags_of(other, instance) == {"old": "1", **TAGS}
    query = {"action": "count", "tags": [{"key": "stage", "values": ["*prod"]}]}
    assert send(other, "POST", "resource_instances/action", query).json == {"total_count": 1}


def test_they_stand_inside_the_instance(sdrs):
    tagged(sdrs, **TAGS)

    (project,) = json.loads(json.dumps(sdrs.export_data()))["projects"]

    assert [each["tags"] for each in project["protected_instances"]] == [rows(TAGS)]


def test_tags_that_replace_others_in_an_import_are_found(sdrs):
    instance = tagged(sdrs, old="1")
    data = {"projects": [{"protected_instances": [{"id": "new", "tags": rows(TAGS)}]}]}
    send(sdrs, "GET", "tags")

    sdrs.import_data(data)

    seen = {row["key"]: row["values"] for row in send(sdrs, "GET", "tags").json["tags"]}
    assert seen == {"old": ["1"], **{key: [value] for key, value in TAGS.items()}}
    assert instance in sdrs.protected_instances


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ([{"key": "a", "value": 1}], "tags[0].value: 1 should be"),
        ([{"key": "a"}], "tags[0].value: missing"),
        ({"a": "1"}, "tags: {'a': '1'} should be"),
        (rows({"a": "1"}) * 2, "should have each key once"),
    ],
)
def test_wrong_tags_are_refused_in_python(sdrs, tags, words):
    assert words in refusal(sdrs.add_protected_instance, tags=tags)
    assert sdrs.protected_instances == ()
