"""PUT /v1/{project_id}/server-groups/{server_group_id}"""

import json

import pytest

from sdrs_fake.domain.groups import GroupStatus
from tests.operations.cases import GROUP, code_of, send

RENAME = "UpdateProtectionGroupName"


def renamed(name):
    return {"server_group": {"name": name}}


def test_the_documented_request_gives_the_documented_group(sdrs, fixture):
    sample = fixture("examples/update_protection_group_name")["server_group"]
    request = fixture("examples/update_protection_group_name.request")
    given = {name: value for name, value in sample.items() if not name.endswith("_num")}
    sdrs.add_protection_group(**{**given, "name": "before"})
    path = f"/v1/{sdrs.project_id}/server-groups/{sample['id']}"

    response = sdrs.request("PUT", path, json=request)

    group = response.json["server_group"]
    assert response.status == 200
    assert group.pop("updated_at") > sample.pop("updated_at")
    assert group == sample
    assert sdrs.request("GET", path).body == response.body


def test_the_fields_come_in_the_order_of_a_group_that_is_shown(sdrs):
    sdrs.add_protection_group(id=GROUP)

    assert json.loads(send(sdrs, RENAME).body) == send(sdrs, "ShowProtectionGroup").json


def test_nothing_but_the_name_and_the_time_changes(sdrs):
    before = sdrs.add_protection_group(id=GROUP, created_at="2019-01-01T00:00:00Z")
    send(sdrs, RENAME)

    (after,) = sdrs.protection_groups
    changed = {name for name in before.__slots__ if getattr(before, name) != getattr(after, name)}
    assert changed <= {"name", "updated_at", "_json"}
    assert (after.name, after.updated_at > before.updated_at) == ("new", True)


@pytest.mark.parametrize("name", ["a", "复" * 21, "x" * 64, "A-z_0.9"], ids=ascii)
def test_a_name_has_up_to_64_bytes(sdrs, name):
    sdrs.add_protection_group(id=GROUP)

    assert send(sdrs, RENAME, renamed(name)).json["server_group"]["name"] == name


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (renamed(""), "SDRS.0202"),
        (renamed("x" * 65), "SDRS.0202"),
        (renamed("复" * 22), "SDRS.0202"),
        (renamed("a b"), "SDRS.0202"),
        (renamed(5), "SDRS.0202"),
        (renamed(None), "SDRS.0201"),
        ({"server_group": {}}, "SDRS.0201"),
        ({"server_group": None}, "SDRS.0201"),
        ({"name": "new"}, "SDRS.0201"),
        ([], "SDRS.0201"),
        (None, "SDRS.0201"),
    ],
    ids=ascii,
)
def test_anything_else_is_refused_and_changes_nothing(sdrs, body, code):
    before = sdrs.add_protection_group(id=GROUP)

    assert code_of(send(sdrs, RENAME, body)) == code
    assert sdrs.protection_groups == (before,)


def test_a_group_that_is_not_there_is_sdrs_1013(sdrs):
    assert code_of(send(sdrs, RENAME)) == "SDRS.1013"


@pytest.mark.parametrize("status", GroupStatus)
def test_it_is_renamed_in_every_status(sdrs, status):
    sdrs.add_protection_group(id=GROUP, status=status)

    assert send(sdrs, RENAME).json["server_group"]["status"] == status


def test_a_body_is_looked_at_before_the_group(sdrs):
    assert code_of(send(sdrs, RENAME, renamed(""))) == "SDRS.0202"
