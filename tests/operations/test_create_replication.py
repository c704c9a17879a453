"""POST /v1/{project_id}/replications"""

import json

import pytest

from sdrs_fake import GroupStatus
from tests.operations.members import (
    ABSENT,
    INSTANCES,
    PAIRS,
    RIGHT_NAMES,
    WRONG_BODIES,
    WRONG_NAMES,
    ask,
    job_of,
    listed,
    outcome,
    pair,
    rule_of,
    with_fields,
)


def create(sdrs, **changes):
    fields = {"server_group_id": "g", "volume_id": "v", "name": "n"}
    return ask(sdrs, "POST", PAIRS, {"replication": with_fields(fields, changes)})


def created(sdrs, **changes):
    """The pair after its creation."""
    job = job_of(sdrs, create(sdrs, **changes))
    return pair(sdrs, job["entities"]["replication_pair_id"])


def test_the_documented_request_is_accepted_with_a_job(sdrs, fixture):
    body = fixture("examples/create_replication.request")
    given = body["replication"]
    sdrs.add_protection_group(id=given["server_group_id"])

    response = ask(sdrs, "POST", PAIRS, body)

    assert response.status == 200
    assert response.json.keys() == fixture("examples/create_replication").keys()
    (made,) = ask(sdrs, "GET", PAIRS).json["replications"]
    names = ("server_group_id", "name", "description")
    assert {name: made[name] for name in names} == {name: given[name] for name in names}
    assert made["volume_ids"].split(",")[0] == given["volume_id"]


def test_its_job_names_the_pair_and_both_disks_in_strings(sdrs):
    sdrs.add_protection_group(id="g")
    sdrs.jobs.hold()
    job = job_of(sdrs, create(sdrs))

    assert (job["job_type"], job["status"]) == ("createReplicationPairNoCG", "RUNNING")
    made = pair(sdrs, job["entities"]["replication_pair_id"])
    assert job["entities"] == {
        "replication_pair_id": made["id"],
        "volume_ids": made["volume_ids"],
    }


def test_it_is_creating_until_the_job_ends(sdrs):
    sdrs.add_protection_group(id="g", status="protected", priority_station="target")
    sdrs.jobs.hold()
    pair_id = job_of(sdrs, create(sdrs))["entities"]["replication_pair_id"]
    before = pair(sdrs, pair_id)["status"]
    sdrs.jobs.finish()
    after = pair(sdrs, pair_id)

    values = after["status"], after["priority_station"]
    assert (before, values) == ("creating", ("protected", "target"))
    assert sdrs.protection_groups[0].replication_num == 1


def test_a_new_pair_is_as_in_the_sample(sdrs, fixture):
    sdrs.add_protection_group(id="g")
    sample = fixture("examples/show_replication")["replication"]
    own = dict.fromkeys(["id", "name", "volume_ids", "created_at", "updated_at"])
    own |= {"server_group_id": "g", "description": None, "attachment": []}

    made = created(sdrs)

    assert made | own == sample | own
    assert json.dumps(list(made)) == json.dumps(list(sample))


@pytest.mark.parametrize("name", RIGHT_NAMES)
def test_a_name_of_1_to_64_bytes_is_kept(sdrs, name):
    sdrs.add_protection_group(id="g")

    assert created(sdrs, name=name)["name"] == name


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        *[({"name": name}, code) for name, code in WRONG_NAMES],
        ({"server_group_id": ABSENT}, "SDRS.0201"),
        ({"server_group_id": 5}, "SDRS.0207"),
        ({"server_group_id": "unheard-of"}, "SDRS.1013"),
        ({"volume_id": ABSENT}, "SDRS.0201"),
        ({"volume_id": None}, "SDRS.0201"),
        ({"volume_id": ""}, "SDRS.0211"),
        ({"volume_id": 5}, "SDRS.0211"),
        ({"volume_id": "a,b"}, "SDRS.0211"),
        ({"description": "d" * 65}, "SDRS.0212"),
        ({"description": ">"}, "SDRS.0212"),
        ({"cluster_id": 5}, "SDRS.0218"),
    ],
)
def test_a_wrong_field_is_refused_with_its_code_and_nothing_is_made(sdrs, changes, code):
    sdrs.add_protection_group(id="g")

    assert outcome(create(sdrs, **changes)) == code
    assert (listed(sdrs, PAIRS), list(sdrs.jobs)) == ([], [])


@pytest.mark.parametrize("body", [*WRONG_BODIES, {"replication": None}])
def test_a_body_without_the_object_is_refused(sdrs, body):
    assert outcome(ask(sdrs, "POST", PAIRS, body)) == "SDRS.0201"


def test_the_group_has_to_be_available_or_protected(sdrs, fixture):
    allowed = rule_of(fixture, "CreateReplication", "group_status")
    for status in GroupStatus:
        sdrs.add_protection_group(id=status, status=status)

        expected = "accepted" if status in allowed else "SDRS.1024"
        answer = create(sdrs, server_group_id=status, volume_id=status)
        assert (status, outcome(answer)) == (status, expected)


def test_a_disk_is_in_one_pair_alone_until_that_is_deleted(sdrs):
    sdrs.add_protection_group(id="g")
    source, target = created(sdrs)["volume_ids"].split(",")

    assert [outcome(create(sdrs, volume_id=disk)) for disk in (source, target)] == ["SDRS.1811"] * 2
    for each in listed(sdrs, PAIRS):
        ask(sdrs, "DELETE", f"{PAIRS}/{each}", {"replication": {}})
    assert outcome(create(sdrs)) == "accepted"


def test_more_than_the_quota_is_refused_and_what_python_adds_raises_it(sdrs):
    sdrs.add_protection_group(id="g")
    sdrs.add_replication_pair(server_group_id="g")
    codes = [outcome(create(sdrs, volume_id=str(number))) for number in range(101)]

    assert (set(codes[:100]), codes[100]) == ({"accepted"}, "SDRS.0306")


def test_a_pair_of_an_instance_counts_for_the_quota(sdrs):
    sdrs.add_protection_group(id="g")
    fields = {"server_group_id": "g", "server_id": "s", "name": "n"}
    ask(sdrs, "POST", INSTANCES, {"protected_instance": fields})
    codes = [outcome(create(sdrs, volume_id=str(number))) for number in range(100)]

    assert (set(codes[:99]), codes[99]) == ({"accepted"}, "SDRS.0306")
