"""Tags by the clients that people use: the official SDK, and what Terraform's provider sends."""

import json

import pytest

from tests.operations.tagging import rows, tagged, tags_of
from tests.sdk import ClientRequestException, SdrsAsyncClient, SdrsClient, client_of, opened, v1

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")

# The official SDK


@pytest.fixture(params=["sync", "async"])
def call(request, sdrs):
    """`call("list_protected_instance_tags", protected_instance_id=...)`, by either client."""
    kind = {"sync": SdrsClient, "async": SdrsAsyncClient}[request.param]
    client = client_of(sdrs.project_id, builder=kind.new_builder())

    def send(name, /, **fields):
        content = getattr(v1, f"{name.title().replace('_', '')}Request")(**fields)
        if request.param == "sync":
            return getattr(client, name)(content)
        return getattr(client, f"{name}_async")(content).result()

    with opened(client), sdrs.intercept():
        yield send


def test_the_sdk_adds_lists_and_deletes(sdrs, call):
    instance = tagged(sdrs, old="1")
    its = {"protected_instance_id": instance.id}
    one = v1.ProtectedInstanceAddTagsRequestBody(tag=v1.ResourceTag("k", "v"))
    some = [v1.ResourceTag("a", "1"), v1.ResourceTag("b", "2")]

    added = call("add_protected_instance_tags", body=one, **its)
    call("batch_add_tags", body=v1.BatchAddTagsRequestBody(action="create", tags=some), **its)
    gone = [v1.DeleteResourceTag(key="a"), v1.DeleteResourceTag(key="b", value="2")]
    call("batch_delete_tags", body=v1.BatchDeleteTagsRequestBody(action="delete", tags=gone), **its)
    call("delete_protected_instance_tag", key="old", **its)
    left = call("list_protected_instance_tags", **its).tags
    everywhere = call("list_protected_instances_project_tags").tags

    assert added.status_code == 204
    assert [(tag.key, tag.value) for tag in left] == [("k", "v")]
    assert [(tag.key, tag.values) for tag in everywhere] == [("k", ["v"])]


def test_the_sdk_finds_instances_by_their_tags(sdrs, call):
    instance = tagged(sdrs, a="1")
    tagged(sdrs, a="2")
    query = {
        "tags": [v1.TagParams(key="a", values=["*1"])],
        "matches": [v1.MatchParams(key="resource_name", value=instance.name.upper())],
    }

    def ask(**more):
        body = v1.ListProtectedInstancesByTagsRequestBody(**query, **more)
        return call("list_protected_instances_by_tags", body=body)

    (row,), count = ask(action="filter", limit="10", offset="0").resources, ask(action="count")

    assert (row.resource_id, row.resource_detail.id) == (instance.id, instance.id)
    assert [(tag.key, tag.value) for tag in row.tags] == [("a", "1")]
    assert count.total_count == 1


def test_the_sdk_raises_the_code_of_a_key_that_is_not_there(sdrs, call):
    with pytest.raises(ClientRequestException) as caught:
        call("delete_protected_instance_tag", protected_instance_id=tagged(sdrs).id, key="k")

    assert (caught.value.status_code, caught.value.error_code) == (404, "SDRS.2206")


# Terraform's provider: bodies end in a newline


@pytest.fixture
def terraform(sdrs):
    """`terraform("instance/tags")` sends a GET below the instances, with a body a POST."""
    session = sdrs.session()

    def send(path, body=None):
        url = f"{sdrs.base_url}/v1/{sdrs.project_id}/protected-instances/{path}"
        data = json.dumps(body) + "\n" if body else None
        headers = {"Content-Type": "application/json"}
        return session.request("POST" if body else "GET", url, data=data, headers=headers)

    with session:
        yield send


def test_terraform_changes_tags_by_deleting_all_and_creating_all(sdrs, terraform):
    instance = tagged(sdrs, a="1", b="2")
    old = terraform(f"{instance.id}/tags").json()["tags"]
    new = rows({"b": "3", "c": ""})

    for body in ({"action": "delete", "tags": old}, {"action": "create", "tags": new}):
        assert terraform(f"{instance.id}/tags/action", body).status_code == 204

    assert tags_of(sdrs, instance) == {"b": "3", "c": ""}


def test_terraform_asks_for_instances_by_tags_until_a_page_is_empty(sdrs, terraform):
    for _ in range(3):
        tagged(sdrs, a="1")
    query = {"action": "filter", "tags": [{"key": "a", "values": ["1"]}]}

    pages = [
        terraform("resource_instances/action", {**query, "offset": offset}).json()["resources"]
        for offset in (0, 3)
    ]

    assert [len(page) for page in pages] == [3, 0]
    details = [row["resource_detail"] for row in pages[0]]
    assert {type(each[name]) for each in details for name in ("created_at", "updated_at")} == {int}


@pytest.mark.parametrize("action", ["filter\t", "count"])
def test_terraform_sends_the_action_as_it_was_written(sdrs, terraform, action):
    tagged(sdrs, a="1")

    assert terraform("resource_instances/action", {"action": action}).json()["total_count"] == 1
