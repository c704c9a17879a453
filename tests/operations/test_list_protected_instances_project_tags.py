"""GET /v1/{project_id}/protected-instances/tags"""

import json

from tests.operations.tagging import send, tagged


def all_tags(sdrs):
    return {row["key"]: row["values"] for row in send(sdrs, "GET", "tags").json["tags"]}


def test_the_documented_answer_comes_back_value_for_value(sdrs, fixture):
    for number in (2, 1):
        tagged(sdrs, key2=f"value{number}", key1=f"value{number}")

    body = send(sdrs, "GET", "tags").body

    sample = fixture("examples/list_protected_instances_project_tags")
    assert body.decode() == json.dumps(sample, separators=(",", ":"))


def test_a_project_without_instances_has_none(sdrs):
    response = send(sdrs, "GET", "tags")

    assert (response.status, response.json) == (200, {"tags": []})


def test_a_value_of_several_instances_is_there_once(sdrs):
    for _ in range(3):
        tagged(sdrs, a="1")

    assert all_tags(sdrs) == {"a": ["1"]}


def test_the_list_follows_every_write(sdrs):
    first, second = tagged(sdrs, a="1"), tagged(sdrs, a="2", b="3")
    seen = [all_tags(sdrs)]

    send(sdrs, "POST", f"{first.id}/tags", {"tag": {"key": "a", "value": "4"}})
    seen.append(all_tags(sdrs))
    send(sdrs, "DELETE", f"{second.id}/tags/b")
    seen.append(all_tags(sdrs))
    sdrs.delete_protection_group(first.server_group_id)
    seen.append(all_tags(sdrs))

    assert seen == [
        {"a": ["1", "2"], "b": ["3"]},
        {"a": ["2", "4"], "b": ["3"]},
        {"a": ["2", "4"]},
        {},
    ]


def test_a_project_knows_its_own_tags_alone(sdrs):
    sdrs.project("another").add_protected_instance(tags=[{"key": "k", "value": "v"}])

    assert all_tags(sdrs) == {}


def test_a_fork_goes_its_own_way(sdrs):
    instance = tagged(sdrs, a="1")
    all_tags(sdrs)
    fork = sdrs.fork()

    send(fork, "DELETE", f"{instance.id}/tags/a")

    assert (all_tags(sdrs), all_tags(fork)) == ({"a": ["1"]}, {})
