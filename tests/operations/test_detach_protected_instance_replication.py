"""DELETE .../protected-instances/{protected_instance_id}/detachreplication/{replication_id}"""

import pytest

from sdrs_fake import GroupStatus, InstanceStatus, PairStatus
from tests.operations.members import (
    INSTANCES,
    ask,
    attached,
    instance,
    job_of,
    outcome,
    pair,
    rule_of,
)


def detach(sdrs, instance_id="i", pair_id="p", body=None):
    return ask(sdrs, "DELETE", f"{INSTANCES}/{instance_id}/detachreplication/{pair_id}", body)


def add_both(sdrs, device="/dev/vdb", **fields):
    sdrs.add_protected_instance(id="i")
    attached(sdrs, "i", device, id="p", **fields)


@pytest.mark.parametrize("body", [None, {}, ["ignored"]])
def test_the_documented_request_is_accepted_with_a_job(sdrs, fixture, body):
    add_both(sdrs)

    response = detach(sdrs, body=body)

    assert response.status == 200
    assert response.json.keys() == fixture("examples/detach_protected_instance_replication").keys()


def test_its_job_names_both_in_strings(sdrs):
    add_both(sdrs)

    job = job_of(sdrs, detach(sdrs))

    assert job["job_type"] == "detachReplicationPairNew"
    assert job["entities"] == {"replication_pair_id": "p", "protected_instance_id": "i"}


def test_both_show_the_attachment_until_the_job_ends(sdrs):
    add_both(sdrs)
    sdrs.jobs.hold()
    detach(sdrs)
    before = pair(sdrs, "p")
    sdrs.jobs.finish()
    after = pair(sdrs, "p")

    assert (before["status"], len(before["attachment"])) == ("detaching", 1)
    assert (after["status"], after["attachment"]) == ("available", [])
    assert instance(sdrs, "i")["attachment"] == []


def test_the_letter_is_free_afterwards_and_the_system_disk_an_ordinary_pair(sdrs):
    add_both(sdrs, "/dev/vda", record_metadata={"bootable": True})
    detach(sdrs)

    ask(sdrs, "DELETE", f"{INSTANCES}/i")
    assert pair(sdrs, "p")["status"] == "available"


def test_a_shared_pair_stays_at_the_other_instances(sdrs):
    for each in "ij":
        sdrs.add_protected_instance(id=each)
    places = [{"device": "/dev/vdb", "protected_instance": each} for each in "ij"]
    sdrs.add_replication_pair(id="p", attachment=places, record_metadata={"multiattach": True})
    detach(sdrs)

    assert pair(sdrs, "p")["attachment"] == places[1:]
    assert len(instance(sdrs, "j")["attachment"]) == 1


@pytest.mark.parametrize(
    ("instance_id", "pair_id", "code"),
    [
        ("unheard-of", "p", "SDRS.1320"),
        ("i", "unheard-of", "SDRS.1608"),
        ("j", "p", "SDRS.1604"),
        ("i", "loose", "SDRS.1604"),
    ],
)
def test_what_is_not_attached_there_is_refused(sdrs, instance_id, pair_id, code):
    add_both(sdrs)
    sdrs.add_protected_instance(id="j")
    sdrs.add_replication_pair(id="loose")

    assert outcome(detach(sdrs, instance_id, pair_id)) == code
    assert len(pair(sdrs, "p")["attachment"]) == 1


def test_other_statuses_of_the_pair_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "DetachProtectedInstanceReplication", "from_status")
    for status in PairStatus:
        sdrs.add_protected_instance(id=f"i-{status}")
        attached(sdrs, f"i-{status}", id=status, status=status)

        expected = "accepted" if status in allowed else "SDRS.1601"
        assert (status, outcome(detach(sdrs, f"i-{status}", status))) == (status, expected)


def test_other_statuses_of_the_instance_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "DetachProtectedInstanceReplication", "instance_status")
    for status in InstanceStatus:
        sdrs.add_protected_instance(id=f"i-{status}", status=status)
        attached(sdrs, f"i-{status}", id=status)

        expected = "accepted" if status in allowed else "SDRS.1314"
        assert (status, outcome(detach(sdrs, f"i-{status}", status))) == (status, expected)


def test_other_statuses_of_the_group_are_refused(sdrs, fixture):
    allowed = rule_of(fixture, "DetachProtectedInstanceReplication", "group_status")
    for status in GroupStatus:
        group_id = sdrs.add_protection_group(id=f"g-{status}", status=status).id
        fields = {"server_group_id": group_id, "status": "available"}
        sdrs.add_protected_instance(id=f"i-{status}", **fields)
        attached(sdrs, f"i-{status}", id=status, **fields)

        expected = "accepted" if status in allowed else "SDRS.1002"
        assert (status, outcome(detach(sdrs, f"i-{status}", status))) == (status, expected)
