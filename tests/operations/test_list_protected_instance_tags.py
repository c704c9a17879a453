"""GET /v1/{project_id}/protected-instances/{protected_instance_id}/tags"""

import json

from tests.operations.tagging import code, send, tagged


def test_the_documented_answer_comes_back_value_for_value(sdrs, fixture):
    sample = fixture("examples/list_protected_instance_tags")
    instance = sdrs.add_protected_instance(tags=sample["tags"])
    tagged(sdrs, another="1")

    body = send(sdrs, "GET", f"{instance.id}/tags").body

    assert body.decode() == json.dumps(sample, separators=(",", ":"))


def test_an_instance_without_tags_has_an_empty_list(sdrs):
    response = send(sdrs, "GET", f"{tagged(sdrs).id}/tags")

    assert (response.status, response.json) == (200, {"tags": []})


def test_the_instance_shows_the_same_tags(sdrs):
    instance = tagged(sdrs)
    send(sdrs, "POST", f"{instance.id}/tags", {"tag": {"key": "k", "value": "v"}})

    shown = send(sdrs, "GET", instance.id).json["protected_instance"]

    assert shown["tags"] == send(sdrs, "GET", f"{instance.id}/tags").json["tags"]
    assert shown["tags"] == [{"key": "k", "value": "v"}]


def test_an_instance_that_is_not_there_is_sdrs_1320(sdrs):
    assert code(send(sdrs, "GET", "gone/tags")) == (400, "SDRS.1320")
