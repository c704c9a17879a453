"""POST /v1/{project_id}/protected-instances"""

import json

import pytest

from sdrs_fake import GroupStatus
from tests.cases import show_job
from tests.operations.members import (
    ABSENT,
    INSTANCES,
    PAIRS,
    RIGHT_NAMES,
    WRONG_BODIES,
    WRONG_NAMES,
    ask,
    instance,
    job_of,
    listed,
    outcome,
    pair,
    rule_of,
    with_fields,
)

TAG = {"key": "k", "value": "v"}


def create(sdrs, **changes):
    fields = {"server_group_id": "g", "server_id": "s", "name": "n"}
    return ask(sdrs, "POST", INSTANCES, {"protected_instance": with_fields(fields, changes)})


def created(sdrs, **changes):
    """The instance after its creation."""
    job = job_of(sdrs, create(sdrs, **changes))
    return instance(sdrs, job["entities"]["protected_instance_id"])


def test_the_documented_request_is_accepted_with_a_job(sdrs, fixture):
    body = fixture("examples/create_protected_instance.request")
    given = body["protected_instance"]
    sdrs.add_protection_group(id=given["server_group_id"])

    response = ask(sdrs, "POST", INSTANCES, body)

    assert response.status == 200
    assert response.json.keys() == fixture("examples/create_protected_instance").keys()
    (made,) = ask(sdrs, "GET", INSTANCES).json["protected_instances"]
    names = ("server_group_id", "name", "description")
    assert {name: made[name] for name in names} == {name: given[name] for name in names}
    assert made["source_server"] == given["server_id"]


def test_its_job_names_the_instance_and_the_server_that_was_made(sdrs):
    sdrs.add_protection_group(id="g")
    sdrs.jobs.hold()
    job = job_of(sdrs, create(sdrs))

    assert (job["job_type"], job["status"]) == ("createProtectedInstanceNoCG", "RUNNING")
    made = instance(sdrs, job["entities"]["protected_instance_id"])
    assert job["entities"] == {
        "protected_instance_id": made["id"],
        "native_server_id": made["target_server"],
    }


def test_it_is_creating_without_a_pair_until_the_job_ends(sdrs):
    sdrs.add_protection_group(id="g")
    sdrs.jobs.hold()
    job = job_of(sdrs, create(sdrs))
    instance_id = job["entities"]["protected_instance_id"]

    before = instance(sdrs, instance_id)
    pairs_before = listed(sdrs, PAIRS)
    sdrs.jobs.finish()
    after = instance(sdrs, instance_id)

    assert (before["status"], before["attachment"], pairs_before) == ("creating", [], [])
    assert (after["status"], len(after["attachment"])) == ("available", 1)
    assert show_job(sdrs, job["job_id"]).json["status"] == "SUCCESS"


def test_the_pair_of_the_system_disk_comes_with_it(sdrs):
    sdrs.add_protection_group(id="g", status="protected", priority_station="target")
    made = created(sdrs)

    (attachment,) = made["attachment"]
    system = pair(sdrs, attachment["replication"])

    assert attachment["device"] == "/dev/vda"
    assert system["attachment"] == [{"device": "/dev/vda", "protected_instance": made["id"]}]
    assert system["name"].startswith("Replication-Pair-")
    assert (system["record_metadata"]["volume_size"], system["record_metadata"]["bootable"]) == (
        40,
        True,
    )
    for each in (made, system):
        values = each["server_group_id"], each["status"], each["priority_station"]
        assert values == ("g", "protected", "target")
    (group,) = sdrs.protection_groups
    assert (group.protected_instance_num, group.replication_num) == (1, 1)


def test_what_was_not_given_is_null_or_empty(sdrs):
    sdrs.add_protection_group(id="g")

    made = created(sdrs, description=None, tags=None)

    assert (made["description"], made["tags"], made["metadata"]) == (None, [], {})
    assert (made["progress"], made["updated_at"] >= made["created_at"]) == (0, True)


def test_tags_are_kept_in_their_order(sdrs):
    sdrs.add_protection_group(id="g")
    tags = [{"key": f"键{n}", "value": ""} for n in range(10)]

    assert created(sdrs, tags=tags)["tags"] == tags


def test_servers_subnets_and_flavors_of_other_services_are_taken_as_they_come(sdrs):
    sdrs.add_protection_group(id="g")

    fields = {
        "primary_subnet_id": "any",
        "primary_ip_address": "10.0.0.9",
        "flavorRef": "any",
        "tenancy": "dedicated",
        "dedicated_host_id": "any",
        "cluster_id": "any",
        "colour": "any",
    }
    assert outcome(create(sdrs, **fields)) == "accepted"


@pytest.mark.parametrize("name", RIGHT_NAMES)
def test_a_name_of_1_to_64_bytes_is_kept(sdrs, name):
    sdrs.add_protection_group(id="g")

    assert created(sdrs, name=name)["name"] == name


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        *[({"name": name}, code) for name, code in WRONG_NAMES],
        ({"server_group_id": ABSENT}, "SDRS.0201"),
        ({"server_group_id": None}, "SDRS.0201"),
        ({"server_group_id": ""}, "SDRS.0207"),
        ({"server_group_id": 5}, "SDRS.0207"),
        ({"server_group_id": "unheard-of"}, "SDRS.1013"),
        ({"server_id": ABSENT}, "SDRS.0201"),
        ({"server_id": 5}, "SDRS.0210"),
        ({"server_id": "\ud800"}, "SDRS.0210"),
        ({"description": "d" * 65}, "SDRS.0212"),
        ({"description": "<b>"}, "SDRS.0212"),
        ({"cluster_id": 5}, "SDRS.0218"),
        ({"primary_subnet_id": 5}, "SDRS.0201"),
        ({"primary_subnet_id": "n", "primary_ip_address": "300.0.0.1"}, "SDRS.0219"),
        ({"primary_ip_address": "10.0.0.1"}, "SDRS.1380"),
        ({"flavorRef": 5}, "SDRS.0201"),
        ({"tenancy": "rented"}, "SDRS.0228"),
        ({"tenancy": "dedicated", "dedicated_host_id": 5}, "SDRS.0227"),
        ({"tenancy": "shared", "dedicated_host_id": "h"}, "SDRS.1371"),
        ({"dedicated_host_id": "h"}, "SDRS.1371"),
        ({"tags": "k=v"}, "SDRS.0201"),
        ({"tags": [{**TAG, "key": str(n)} for n in range(11)]}, "SDRS.2203"),
        ({"tags": [TAG, TAG]}, "SDRS.2209"),
        ({"tags": [{**TAG, "key": ""}]}, "SDRS.2205"),
        ({"tags": [{**TAG, "key": "  "}]}, "SDRS.2205"),
        ({"tags": [{**TAG, "key": "k" * 37}]}, "SDRS.2204"),
        ({"tags": [{**TAG, "key": "a=b"}]}, "SDRS.2204"),
        ({"tags": [{**TAG, "key": "\ud800"}]}, "SDRS.2204"),
        ({"tags": [{**TAG, "value": "v" * 44}]}, "SDRS.2207"),
        ({"tags": [{**TAG, "value": "\n"}]}, "SDRS.2207"),
        ({"tags": [{**TAG, "value": None}]}, "SDRS.2208"),
    ],
)
def test_a_wrong_field_is_refused_with_its_code_and_nothing_is_made(sdrs, changes, code):
    sdrs.add_protection_group(id="g")

    assert outcome(create(sdrs, **changes)) == code
    assert (listed(sdrs, INSTANCES), list(sdrs.jobs)) == ([], [])


@pytest.mark.parametrize("body", WRONG_BODIES)
def test_a_body_without_the_object_is_refused(sdrs, body):
    assert outcome(ask(sdrs, "POST", INSTANCES, body)) == "SDRS.0201"


def test_the_group_has_to_be_available_or_protected(sdrs, fixture):
    allowed = rule_of(fixture, "CreateProtectedInstance", "group_status")
    for status in GroupStatus:
        sdrs.add_protection_group(id=status, status=status)

        expected = "accepted" if status in allowed else "SDRS.1024"
        assert (status, outcome(create(sdrs, server_group_id=status, server_id=status))) == (
            status,
            expected,
        )


def test_a_server_is_protected_once_until_its_instance_is_deleted(sdrs):
    sdrs.add_protection_group(id="g")
    sdrs.add_protection_group(id="h")
    made = created(sdrs)

    assert outcome(create(sdrs, server_group_id="h")) == "SDRS.1305"
    ask(sdrs, "DELETE", f"{INSTANCES}/{made['id']}")
    assert outcome(create(sdrs)) == "accepted"


def test_the_system_pair_needs_a_quota_which_is_looked_at_first(sdrs):
    sdrs.add_protection_group(id="g")
    codes = {outcome(create(sdrs, server_id=str(number))) for number in range(100)}

    assert codes == {"accepted"}
    assert outcome(create(sdrs)) == "SDRS.0306"
    assert outcome(create(sdrs, server_group_id="unheard-of")) == "SDRS.0306"


def test_the_fields_come_back_in_the_samples_order(sdrs, fixture):
    sdrs.add_protection_group(id="g")
    sample = fixture("examples/show_protected_instance")["protected_instance"]

    assert json.dumps(list(created(sdrs))) == json.dumps(list(sample))
