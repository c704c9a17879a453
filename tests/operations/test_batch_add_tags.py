"""POST /v1/{project_id}/protected-instances/{protected_instance_id}/tags/action, `create`"""

import pytest

from tests.operations.tagging import LONGEST, NO_BODIES, code, rows, send, tagged, tags_of


def batch(sdrs, instance, tags, action="create"):
    return send(sdrs, "POST", f"{instance.id}/tags/action", {"action": action, "tags": tags})


def test_the_documented_request_adds_its_tags_and_answers_nothing(sdrs, fixture):
    instance = tagged(sdrs, old="1")
    request = fixture("examples/batch_add_tags.request")

    response = send(sdrs, "POST", f"{instance.id}/tags/action", request)

    assert (response.status, response.body) == (204, b"")
    assert tags_of(sdrs, instance) == {"old": "1", "key1": "value1", "key": "value3"}


def test_a_key_that_is_there_gets_the_new_value_and_again_changes_nothing(sdrs):
    instance = tagged(sdrs, a="1", b="2")

    statuses = [batch(sdrs, instance, rows({"b": "3", "c": "4"})).status for _ in range(2)]

    assert statuses == [204, 204]
    assert tags_of(sdrs, instance) == {"a": "1", "b": "3", "c": "4"}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], "SDRS.2202"),
        (None, "SDRS.0201"),
        ({"key": "k", "value": "v"}, "SDRS.2202"),
        ("k=v", "SDRS.2202"),
        ([None], "SDRS.0201"),
        (["k=v"], "SDRS.0201"),
        ([[]], "SDRS.0201"),
        ([{"value": "v"}], "SDRS.0201"),
        ([{"key": 1, "value": "v"}], "SDRS.2204"),
        ([{"key": "a/b", "value": "v"}], "SDRS.2204"),
        ([{"key": " ", "value": "v"}], "SDRS.2205"),
        ([{"key": "k"}], "SDRS.0201"),
        ([{"key": "k", "value": None}], "SDRS.2208"),
        ([{"key": "k", "value": "a|b"}], "SDRS.2207"),
        ([{"key": "k", "value": {}}], "SDRS.2207"),
        ([{"key": "k", "value": "1"}, {"key": "k", "value": "2"}], "SDRS.2209"),
        ([LONGEST, {"key": "k", "value": "v" * 44}], "SDRS.2207"),
        (rows({f"k{number}": "" for number in range(10)}), "SDRS.2203"),
        (rows({f"k{number}": "" for number in range(1000)}), "SDRS.2203"),
    ],
)
def test_one_wrong_tag_refuses_all_and_nothing_changes(sdrs, tags, expected):
    instance = tagged(sdrs, old="1")

    assert code(batch(sdrs, instance, tags)) == (400, expected)
    assert sdrs.protected_instances == (instance,)


def test_keys_that_are_there_do_not_count_twice_for_the_limit_of_ten(sdrs):
    ten = {f"k{number}": "" for number in range(10)}
    instance = tagged(sdrs, k0="", k1="")

    assert batch(sdrs, instance, rows(ten)).status == 204
    assert tags_of(sdrs, instance) == ten


@pytest.mark.parametrize("action", ["explode", "Create", "", 1, ["create"], {}])
def test_an_action_other_than_create_and_delete_is_sdrs_2201(sdrs, action):
    instance = tagged(sdrs, old="1")

    content = {"create": {}, "action": action, "tags": rows({"k": "v"})}
    response = send(sdrs, "POST", f"{instance.id}/tags/action", content)

    assert code(batch(sdrs, instance, rows({"k": "v"}), action)) == (400, "SDRS.2201")
    assert code(response) == (400, "SDRS.2201")
    assert sdrs.protected_instances == (instance,)


def test_without_an_action_it_is_sdrs_2201(sdrs):
    response = send(sdrs, "POST", f"{tagged(sdrs).id}/tags/action", {"tags": rows({"k": "v"})})

    assert code(response) == (400, "SDRS.2201")


@pytest.mark.parametrize("body", NO_BODIES)
def test_what_is_no_body_is_sdrs_0201(sdrs, body):
    response = send(sdrs, "POST", f"{tagged(sdrs).id}/tags/action", body)

    assert code(response) == (400, "SDRS.0201")


@pytest.mark.parametrize("action", ["create", "delete"])
def test_an_action_without_tags_is_sdrs_0201(sdrs, action):
    response = send(sdrs, "POST", f"{tagged(sdrs).id}/tags/action", {"action": action})

    assert code(response) == (400, "SDRS.0201")


@pytest.mark.parametrize("action", ["create", "delete"])
def test_an_instance_that_is_not_there_is_sdrs_1320(sdrs, action):
    body = {"action": action, "tags": rows({"k": "v"})}

    assert code(send(sdrs, "POST", "gone/tags/action", body)) == (400, "SDRS.1320")


@pytest.mark.parametrize(
    ("action", "operation"), [("create", "BatchAddTags"), ("delete", "BatchDeleteTags")]
)
def test_the_action_alone_says_which_of_the_two_it_is(sdrs, action, operation):
    content = {"delete": 1, "create": 2, "action": action, "tags": rows({"k": "v"})}

    assert send(sdrs, "POST", f"{tagged(sdrs).id}/tags/action", content).status == 204
    assert sdrs.journal.last.request.operation == operation
