"""POST /v1/{project_id}/protected-instances/{protected_instance_id}/tags/action, `delete`"""

import pytest

from tests.operations.tagging import code, send, tagged, tags_of


def delete(sdrs, instance, tags):
    return send(sdrs, "POST", f"{instance.id}/tags/action", {"action": "delete", "tags": tags})


def test_the_documented_request_deletes_by_key_and_by_key_and_value(sdrs, fixture):
    instance = tagged(sdrs, key1="value1", key2="value3", key3="value3")
    request = fixture("examples/batch_delete_tags.request")

    response = send(sdrs, "POST", f"{instance.id}/tags/action", request)

    assert (response.status, response.body) == (204, b"")
    assert tags_of(sdrs, instance) == {"key3": "value3"}


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ({"key": "a"}, {"b": "2"}),
        ({"key": "a", "value": None}, {"b": "2"}),
        ({"key": "a", "value": "1"}, {"b": "2"}),
        ({"key": "a", "value": "2"}, {"a": "1", "b": "2"}),
        ({"key": "a", "value": ""}, {"a": "1", "b": "2"}),
        ({"key": "c"}, {"a": "1", "b": "2"}),
        ({"key": "A"}, {"a": "1", "b": "2"}),
        ({"key": "<*>", "value": "a|b"}, {"a": "1", "b": "2"}),
        ({"key": "k" * 1000}, {"a": "1", "b": "2"}),
    ],
)
def test_what_does_not_match_is_not_there_and_counts_as_deleted(sdrs, row, left):
    instance = tagged(sdrs, a="1", b="2")

    assert delete(sdrs, instance, [row]).status == 204
    assert tags_of(sdrs, instance) == left


def test_the_same_key_may_stand_there_twice(sdrs):
    instance = tagged(sdrs, a="1", b="2")

    assert delete(sdrs, instance, [{"key": "a", "value": "2"}, {"key": "a"}]).status == 204
    assert tags_of(sdrs, instance) == {"b": "2"}


def test_it_is_idempotent_and_only_a_change_moves_updated_at(sdrs):
    instance = tagged(sdrs, a="1")
    updated = []
    for _ in range(2):
        sdrs.clock.advance(hours=1)
        assert delete(sdrs, instance, [{"key": "a"}]).status == 204
        updated.append(sdrs.protected_instances[0].updated_at)

    assert instance.updated_at < updated[0] == updated[1]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], "SDRS.2202"),
        (None, "SDRS.0201"),
        ({"key": "a"}, "SDRS.2202"),
        ([None], "SDRS.0201"),
        (["a"], "SDRS.0201"),
        ([{}], "SDRS.0201"),
        ([{"key": None}], "SDRS.0201"),
        ([{"key": 1}], "SDRS.2204"),
        ([{"key": {}}], "SDRS.2204"),
        ([{"key": " "}], "SDRS.2205"),
        ([{"key": "a", "value": 1}], "SDRS.2207"),
        ([{"key": "a", "value": ["1"]}], "SDRS.2207"),
        ([{"key": "a"}, {"key": ""}], "SDRS.2205"),
    ],
)
def test_one_wrong_tag_refuses_all_and_nothing_changes(sdrs, tags, expected):
    instance = tagged(sdrs, a="1")

    assert code(delete(sdrs, instance, tags)) == (400, expected)
    assert sdrs.protected_instances == (instance,)
