"""PUT /v1/{project_id}/protected-instances/{protected_instance_id}"""

import json

import pytest
from freezegun import freeze_time

from sdrs_fake import InstanceStatus
from tests.operations.members import (
    ABSENT,
    INSTANCES,
    RIGHT_NAMES,
    WRONG_BODIES,
    WRONG_NAMES,
    ask,
    instance,
    outcome,
    with_fields,
)
from tests.operations.test_show_protected_instance import added


def rename(sdrs, name="new", instance_id="i"):
    body = {"protected_instance": with_fields({}, {"name": name})}
    return ask(sdrs, "PUT", f"{INSTANCES}/{instance_id}", body)


def test_the_documented_rename_comes_back_value_for_value_in_its_order(sdrs, fixture):
    sample = fixture("examples/update_protected_instance_name")
    after = sample["protected_instance"]
    added(sdrs, {**after, "name": "old", "updated_at": after["created_at"]})

    with freeze_time(f"{after['updated_at']}Z"):
        body = fixture("examples/update_protected_instance_name.request")
        response = ask(sdrs, "PUT", f"{INSTANCES}/{after['id']}", body)

    assert response.status == 200
    assert response.body.decode() == json.dumps(sample, separators=(",", ":"))
    assert instance(sdrs, after["id"]) == after


@pytest.mark.parametrize("name", RIGHT_NAMES)
def test_a_name_of_1_to_64_bytes_is_taken(sdrs, name):
    sdrs.add_protected_instance(id="i")

    assert rename(sdrs, name).json["protected_instance"]["name"] == name


@pytest.mark.parametrize(("name", "code"), WRONG_NAMES)
def test_any_other_name_is_refused_and_nothing_changes(sdrs, name, code):
    added = sdrs.add_protected_instance(id="i", name="old")

    assert outcome(rename(sdrs, name)) == code
    assert sdrs.protected_instances == (added,)


@pytest.mark.parametrize("body", [*WRONG_BODIES, {"protected_instance": None}])
def test_a_body_without_the_object_is_refused(sdrs, body):
    sdrs.add_protected_instance(id="i")

    assert outcome(ask(sdrs, "PUT", f"{INSTANCES}/i", body)) == "SDRS.0201"


def test_every_status_allows_it(sdrs):
    for status in InstanceStatus:
        sdrs.add_protected_instance(id=status, status=status)

        shown = rename(sdrs, instance_id=status).json["protected_instance"]
        assert (shown["name"], shown["status"]) == ("new", status)


def test_what_is_gone_is_400_sdrs_1320(sdrs, fixture):
    response = rename(sdrs, instance_id="unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/instance_not_found"))


def test_a_wrong_body_is_refused_before_the_instance_is_looked_for(sdrs):
    assert outcome(rename(sdrs, ABSENT, "unheard-of")) == "SDRS.0201"
