"""DELETE /v1/{project_id}/protected-instances/{protected_instance_id}/tags/{key}"""

from urllib.parse import quote

import pytest

from tests.operations.tagging import code, send, tagged, tags_of


@pytest.mark.parametrize(
    "key", ["key", "action", " k ", "%", "a+b", "\u6807\u7b7e", "a/b", "?", "#", "."]
)
def test_the_tag_with_that_key_is_deleted(sdrs, key):
    instance = tagged(sdrs, **{key: "1", "other": "2"})

    response = send(sdrs, "DELETE", f"{instance.id}/tags/{quote(key, safe='')}")

    assert (response.status, response.body) == (204, b"")
    assert tags_of(sdrs, instance) == {"other": "2"}


def test_a_key_that_is_not_there_is_404_sdrs_2206(sdrs, fixture):
    instance = tagged(sdrs, key="1")

    for _ in range(2):
        response = send(sdrs, "DELETE", f"{instance.id}/tags/KEY")
        assert (response.status, response.json) == (404, fixture("errors/tag_key_not_found"))
    assert sdrs.protected_instances == (instance,)


def test_a_second_time_the_key_is_not_there(sdrs):
    path = f"{tagged(sdrs, key='1').id}/tags/key"

    statuses = [send(sdrs, "DELETE", path).status for _ in range(2)]

    assert statuses == [204, 404]


def test_a_key_with_characters_of_no_key_is_just_not_there(sdrs):
    response = send(sdrs, "DELETE", f"{tagged(sdrs).id}/tags/{'%2A%3C' * 100}")

    assert code(response) == (404, "SDRS.2206")


def test_a_blank_key_is_sdrs_2205(sdrs):
    assert code(send(sdrs, "DELETE", f"{tagged(sdrs).id}/tags/%20")) == (400, "SDRS.2205")


def test_an_instance_that_is_not_there_is_sdrs_1320(sdrs):
    assert code(send(sdrs, "DELETE", "gone/tags/key")) == (400, "SDRS.1320")


def test_it_moves_updated_at(sdrs):
    instance = tagged(sdrs, key="1")
    sdrs.clock.advance(hours=1)

    send(sdrs, "DELETE", f"{instance.id}/tags/key")

    assert sdrs.protected_instances[0].updated_at > instance.updated_at
