"""POST /v1/{project_id}/protected-instances/{protected_instance_id}/attachreplication"""

import pytest

from sdrs_fake import GroupStatus, InstanceStatus, PairStatus
from tests.operations.members import (
    ABSENT,
    INSTANCES,
    WRONG_BODIES,
    ask,
    attached,
    instance,
    job_of,
    outcome,
    pair,
    rule_of,
    with_fields,
)

BOOTABLE = {"bootable": True}


def attach(sdrs, instance_id="i", **changes):
    fields = {"replication_id": "p", "device": "/dev/vdb"}
    body = {"replicationAttachment": with_fields(fields, changes)}
    return ask(sdrs, "POST", f"{INSTANCES}/{instance_id}/attachreplication", body)


def add_both(sdrs, **fields):
    sdrs.add_protected_instance(id="i")
    sdrs.add_replication_pair(id="p", **fields)


def test_the_documented_request_is_accepted_with_a_job(sdrs, fixture):
    body = fixture("examples/attach_protected_instance_replication.request")
    sdrs.add_protected_instance(id="i")
    pair_id = body["replicationAttachment"]["replication_id"]
    sdrs.add_replication_pair(id=pair_id, record_metadata=BOOTABLE)  # /dev/vda boots

    response = ask(sdrs, "POST", f"{INSTANCES}/i/attachreplication", body)

    assert response.status == 200
    assert response.json.keys() == fixture("examples/attach_protected_instance_replication").keys()


def test_a_device_of_two_letters_takes_none_of_one(sdrs):
    add_both(sdrs)
    attached(sdrs, "i", "/dev/vdab")

    assert outcome(attach(sdrs, device="/dev/vdb")) == "accepted"


def test_its_job_names_both_in_strings(sdrs):
    add_both(sdrs)

    job = job_of(sdrs, attach(sdrs))

    assert job["job_type"] == "attachReplicationPairNew"
    assert job["entities"] == {"replication_pair_id": "p", "protected_instance_id": "i"}


def test_both_show_the_attachment_at_once_and_the_pair_is_attaching(sdrs):
    add_both(sdrs)
    sdrs.jobs.hold()
    attach(sdrs)

    before = pair(sdrs, "p")
    assert before["attachment"] == [{"device": "/dev/vdb", "protected_instance": "i"}]
    assert instance(sdrs, "i")["attachment"] == [{"replication": "p", "device": "/dev/vdb"}]
    assert (before["status"], instance(sdrs, "i")["status"]) == ("attaching", "available")
    sdrs.jobs.finish()
    assert pair(sdrs, "p") == before | {
        "status": "available",
        "updated_at": pair(sdrs, "p")["updated_at"],
    }


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("/dev/vdb", "accepted"),
        ("/dev/sdz", "accepted"),
        ("/dev/vda", "SDRS.1603"),
        ("/dev/sda", "SDRS.1603"),
        ("/dev/vdc", "SDRS.1603"),
        ("/dev/sdc", "SDRS.1603"),
        ("/dev/vdaa", "SDRS.0201"),
        ("/dev/vdB", "SDRS.0201"),
        ("/dev/xvdb", "SDRS.0201"),
        ("/dev/vdb\n", "SDRS.0201"),
        ("vdb", "SDRS.0201"),
        ("", "SDRS.0201"),
        (5, "SDRS.0201"),
        (None, "SDRS.0201"),
        (ABSENT, "SDRS.0201"),
    ],
)
def test_a_device_is_a_free_letter_and_a_belongs_to_the_system_disk(sdrs, device, expected):
    add_both(sdrs)
    attached(sdrs, "i", "/dev/vdc")

    assert outcome(attach(sdrs, device=device)) == expected
    if expected == "accepted":
        assert pair(sdrs, "p")["attachment"][0]["device"] == device


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"replication_id": ABSENT}, "SDRS.0201"),
        ({"replication_id": None}, "SDRS.0201"),
        ({"replication_id": ""}, "SDRS.0213"),
        ({"replication_id": 5}, "SDRS.0213"),
        ({"replication_id": "unheard-of"}, "SDRS.1608"),
        ({"instance_id": "unheard-of"}, "SDRS.1320"),
    ],
)
def test_what_is_not_there_is_refused(sdrs, changes, code):
    add_both(sdrs)

    assert outcome(attach(sdrs, **changes)) == code
    assert pair(sdrs, "p")["attachment"] == []


@pytest.mark.parametrize("body", [*WRONG_BODIES, {"replicationAttachment": None}])
def test_a_body_without_the_object_is_refused(sdrs, body):
    add_both(sdrs)

    assert outcome(ask(sdrs, "POST", f"{INSTANCES}/i/attachreplication", body)) == "SDRS.0201"


def test_a_pair_is_attached_once(sdrs):
    add_both(sdrs)
    sdrs.add_protected_instance(id="j")
    attach(sdrs)

    again = [outcome(attach(sdrs, each, device="/dev/vdc")) for each in "ij"]
    assert again == ["SDRS.1605", "SDRS.1605"]


def test_a_shared_pair_is_attached_to_several_instances_once_each(sdrs):
    add_both(sdrs, record_metadata={"multiattach": True})
    sdrs.add_protected_instance(id="j")

    codes = [outcome(attach(sdrs, each)) for each in "ij"]
    again = [outcome(attach(sdrs, each, device="/dev/vdc")) for each in "ij"]

    assert (codes, again) == (["accepted"] * 2, ["SDRS.1605"] * 2)
    holders = [each["protected_instance"] for each in pair(sdrs, "p")["attachment"]]
    assert holders == ["i", "j"]


def test_both_have_to_be_in_one_group(sdrs):
    sdrs.add_protected_instance(id="i", server_group_id="g")
    sdrs.add_replication_pair(id="p", server_group_id="h")

    assert outcome(attach(sdrs)) == "SDRS.1611"


@pytest.mark.parametrize(
    ("of_instance", "of_pair", "expected"),
    [
        ("source", "source", "accepted"),
        ("target", "source", "SDRS.1025"),
        ("target", "target", "SDRS.1025"),
        ("source", "target", "SDRS.1026"),
    ],
)
def test_both_have_to_be_at_the_station_of_the_group(sdrs, of_instance, of_pair, expected):
    sdrs.add_protected_instance(id="i", priority_station=of_instance)
    sdrs.add_replication_pair(id="p", priority_station=of_pair)

    assert outcome(attach(sdrs)) == expected


def test_other_statuses_of_the_pair_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "AttachProtectedInstanceReplication", "from_status")
    for status in PairStatus:
        sdrs.add_protected_instance(id=f"i-{status}")
        sdrs.add_replication_pair(id=status, status=status)

        expected = "accepted" if status in allowed else "SDRS.1601"
        answer = attach(sdrs, f"i-{status}", replication_id=status)
        assert (status, outcome(answer)) == (status, expected)


def test_other_statuses_of_the_instance_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "AttachProtectedInstanceReplication", "instance_status")
    for status in InstanceStatus:
        sdrs.add_protected_instance(id=f"i-{status}", status=status)
        sdrs.add_replication_pair(id=status)

        expected = "accepted" if status in allowed else "SDRS.1314"
        answer = attach(sdrs, f"i-{status}", replication_id=status)
        assert (status, outcome(answer)) == (status, expected)


def test_other_statuses_of_the_group_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "AttachProtectedInstanceReplication", "group_status")
    for status in GroupStatus:
        group_id = sdrs.add_protection_group(id=f"g-{status}", status=status).id
        fields = {"server_group_id": group_id, "status": "available"}
        sdrs.add_protected_instance(id=f"i-{status}", **fields)
        sdrs.add_replication_pair(id=status, **fields)

        expected = "accepted" if status in allowed else "SDRS.1024"
        answer = attach(sdrs, f"i-{status}", replication_id=status)
        assert (status, outcome(answer)) == (status, expected)
