"""Instances and replication pairs that Python adds, and those that failed jobs bring."""

import datetime as dt

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.job_types import JOB_TYPES
from tests.cases import refusal

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def at(instance_id, device="/dev/vdb"):
    return [{"device": device, "protected_instance": instance_id}]


# Defaults


@freeze_time(NOON)
def test_an_instance_by_default_is_in_the_first_group_and_as_it_is(sdrs):
    group = sdrs.add_protection_group(status="protected", priority_station="target")
    sdrs.add_protection_group()

    added = sdrs.add_protected_instance()

    assert added == sdrs.protected_instances[0]
    assert (added.server_group_id, added.status) == (group.id, "protected")
    assert added.priority_station == "target"
    assert added.name.startswith("Protected-Instance-")
    assert added.created_at == added.updated_at == NOON + dt.timedelta(milliseconds=2)
    assert len({added.id, added.source_server, added.target_server}) == 3


def test_a_pair_by_default_is_in_the_first_group_and_attached_to_nothing(sdrs):
    group = sdrs.add_protection_group(status="error-reversing")

    added = sdrs.add_replication_pair()

    assert added == sdrs.replication_pairs[0]
    assert (added.server_group_id, added.status) == (group.id, "protected")
    assert (added.attachment, added.record_metadata.volume_size) == ((), 10)
    assert len(set(added.volume_ids.split(","))) == 2


@pytest.mark.parametrize("kind", ["protected_instance", "replication_pair"])
def test_a_group_that_is_not_there_is_made(sdrs, kind):
    add = getattr(sdrs, f"add_{kind}")
    for fields in ({}, {"server_group_id": "g"}, {"server_group_id": "g"}):
        add(**fields)

    groups = sdrs.protection_groups
    assert [group.id for group in groups][1:] == ["g"]
    number = f"{kind.split('_pair')[0]}_num"
    assert [getattr(group, number) for group in groups] == [1, 2]


def test_they_stand_in_the_order_they_were_added(sdrs):
    instances = [sdrs.add_protected_instance() for _ in range(3)]
    pairs = [sdrs.add_replication_pair() for _ in range(3)]

    assert (sdrs.protected_instances, sdrs.replication_pairs) == (tuple(instances), tuple(pairs))


# Refusals


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id": ""}, "id: '' should have at least 1 character"),
        ({"id": "taken"}, "id: 'taken' should be an id that no other resource of the project has"),
        ({"id": "group"}, "id: 'group' should be an id that no other resource of the project has"),
        ({"name": 5}, "name: 5 should be a valid string"),
        ({"status": "broken"}, "status: 'broken' should be 'creating', 'available', "),
        ({"status": "attaching"}, "status: 'attaching' should be 'creating', "),
        ({"progress": 101}, "progress: 101 should be less than or equal to 100"),
        ({"priority_station": "left"}, "priority_station: 'left' should be 'source' or 'target'"),
        ({"tags": {"stage": "test"}}, "tags: {'stage': 'test'} should be a list"),
        ({"server_group_id": 5}, "server_group_id: 5 should be a valid string"),
        ({"created_at": "2019-05-22"}, "created_at: '2019-05-22' should be a datetime with a time"),
        ({"tags": [{"key": "k"}]}, "tags[0].value: missing"),
        ({"metadata": {"k": True}}, "metadata.k: True should be a valid string"),
        ({"source_server": "s"}, "source_server: 's' is protected by 'taken' already"),
        (
            {"attachment": []},
            "attachment: follows from the replication pairs; give it to add_replication_pair",
        ),
        ({"server": "x"}, "server: no such field; did you mean "),
    ],
)
def test_a_wrong_instance_is_refused_and_nothing_is_added(sdrs, fields, words):
    sdrs.add_protection_group(id="group")
    sdrs.add_protected_instance(id="taken", source_server="s", server_group_id="group")

    assert words in refusal(sdrs.add_protected_instance, **{"server_group_id": "new", **fields})
    assert [each.id for each in sdrs.protected_instances] == ["taken"]
    assert [each.id for each in sdrs.protection_groups] == ["group"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id": "taken"}, "id: 'taken' should be an id that no other resource of the project has"),
        ({"id": "i"}, "id: 'i' should be an id that no other resource of the project has"),
        ({"status": "resizing"}, "status: 'resizing' should be 'creating', 'available', "),
        ({"fault_level": 0}, "fault_level: 0 should be '0', '2' or '5'"),
        ({"replication_status": "x"}, "replication_status: 'x' should be 'active', 'inactive', "),
        (
            {"volume_ids": "a"},
            "volume_ids: 'a' should be the ids of two disks with a comma between",
        ),
        ({"volume_ids": "a,b,c"}, "volume_ids: 'a,b,c' should be the ids of two disks"),
        ({"volume_ids": "x,v2"}, "volume_ids: 'x,v2' has a disk of 'taken'"),
        ({"record_metadata": {"volume_size": 0}}, "volume_size: 0 should be greater than or equal"),
        ({"record_metadata": {"size": 9}}, "record_metadata.size: no such field"),
        ({"created_at": 5}, "created_at: 5 should be a datetime"),
        (
            {"attachment": at("unheard-of")},
            "attachment[0].protected_instance: 'unheard-of' is no instance of",
        ),
        (
            {"attachment": at("other")},
            "[0].protected_instance: 'other' is in another protection group",
        ),
        ({"attachment": at("i")}, "attachment[0].device: '/dev/vdb' is in use at this instance"),
        *(
            ({"attachment": at("i", device)}, f"attachment[0].device: {device!r} should be /dev/vd")
            for device in ("hello", "", "/dev/vdb1", "/dev/vd", "vdb", "/dev/vdc\n")
        ),
        ({"attachment": [{"device": "/dev/vdc"}]}, "attachment[0].protected_instance: missing"),
        ({"disks": "x"}, "disks: no such field"),
    ],
)
def test_a_wrong_pair_is_refused_and_nothing_is_added(sdrs, fields, words):
    sdrs.add_protected_instance(id="i", server_group_id="g")
    sdrs.add_protected_instance(id="other", server_group_id="h")
    sdrs.add_replication_pair(
        id="taken", server_group_id="g", volume_ids="v1,v2", attachment=at("i")
    )
    groups, instances = sdrs.protection_groups, sdrs.protected_instances

    assert words in refusal(sdrs.add_replication_pair, **{"server_group_id": "g", **fields})
    assert [each.id for each in sdrs.replication_pairs] == ["taken"]
    assert (sdrs.protection_groups, sdrs.protected_instances) == (groups, instances)


def test_an_instance_may_have_more_disks_than_there_are_letters(sdrs):
    sdrs.add_protected_instance(id="i", server_group_id="g")
    for device in ("/dev/vda", "/dev/vdaa", "/dev/sdba"):
        sdrs.add_replication_pair(server_group_id="g", attachment=at("i", device))

    (instance,) = sdrs.protected_instances
    assert [each.device[-2:] for each in instance.attachment] == ["da", "aa", "ba"]
    assert "is in use" in refusal(
        sdrs.add_replication_pair, server_group_id="g", attachment=at("i", "/dev/sdaa")
    )


@pytest.mark.parametrize(
    "name", ["protected_instance_num", "replication_num", "disaster_recovery_drill_num"]
)
def test_the_numbers_of_a_group_follow_from_its_resources(sdrs, name):
    words = refusal(sdrs.add_protection_group, **{name: 1})

    assert words == f"{name}: follows from the resources of the group"


# What belongs together


def test_an_attachment_is_shown_by_both(sdrs):
    sdrs.add_protected_instance(id="i")
    pair = sdrs.add_replication_pair(id="p", attachment=at("i"))

    (instance,) = sdrs.protected_instances
    assert [tuple(each) for each in pair.attachment] == [("/dev/vdb", "i")]
    assert [tuple(each) for each in instance.attachment] == [("p", "/dev/vdb")]
    assert pair.instance_id == "i"


def test_a_group_is_deleted_with_its_instances_and_pairs(sdrs):
    for group_id in "gh":
        instance = sdrs.add_protected_instance(server_group_id=group_id)
        sdrs.add_replication_pair(server_group_id=group_id, attachment=at(instance.id))

    sdrs.delete_protection_group("g")

    left = (*sdrs.protected_instances, *sdrs.replication_pairs)
    assert [each.server_group_id for each in left] == ["h", "h"]


# What failed jobs bring


STATUSES = {
    "createFail": "error",
    "deleteFail": "error-deleting",
    "startFail": "error-starting",
    "stopFail": "error-stopping",
    "reverseFail": "error-reversing",
    "failoverFail": "error-failing-over",
    "reprotectFail": "error-reprotecting",
    "resizeFail": "error-resizing",
    "attachFail": "error-attaching",
    "detachFail": "error-detaching",
    "expandFail": "error-extending",
}


def resources(sdrs):
    everything = sdrs.protection_groups, sdrs.protected_instances, sdrs.replication_pairs
    return {each.id: each for kind in everything for each in kind}


@pytest.mark.parametrize("row", [row for row in JOB_TYPES if "drills" not in row.resource_type])
def test_a_failed_job_brings_its_group_and_its_resource_in_the_status_of_the_failure(sdrs, row):
    job = sdrs.add_failure_job(**row._asdict())

    resource = resources(sdrs)[job.resource_id]
    assert (resource.name, resource.status) == (job.resource_name, STATUSES[job.failure_status])
    assert job.server_group_id in resources(sdrs)
    code = job.error_code if "createReplication" in row.job_type else None
    assert resource.status != "error" or getattr(resource, "failure_detail", None) == code


@pytest.mark.parametrize("status", ["attachFail", "detachFail"])
def test_an_instance_has_no_status_for_attaching(sdrs, status):
    fields = {"resource_type": "protected_instances", "failure_status": status}
    job = sdrs.add_failure_job(resource_id="i", **fields)

    path = f"/v1/{sdrs.project_id}/protected-instances"
    rows = sdrs.request("GET", path, params={"status": "available"}).json["protected_instances"]
    assert [row["id"] for row in rows] == [job.resource_id]


def test_the_newest_failure_of_a_resource_gives_its_status(sdrs):
    fields = {"resource_type": "replications", "resource_id": "p"}
    for day, failure in [(2, "expandFail"), (3, "attachFail"), (1, "deleteFail")]:
        sdrs.add_failure_job(
            failure_status=failure, begin_time=f"2026-01-0{day}T00:00:00Z", **fields
        )

    (pair,) = sdrs.replication_pairs
    assert pair.status == "error-attaching"


def test_what_exists_is_not_touched_and_nothing_cascades(sdrs):
    sdrs.add_protected_instance(id="i", server_group_id="g")
    sdrs.add_replication_pair(id="p", server_group_id="g")
    before = resources(sdrs)
    for kind, resource_id, failure in [
        ("server_groups", "g", "startFail"),
        ("protected_instances", "i", "resizeFail"),
        ("replications", "p", "expandFail"),
    ]:
        sdrs.add_failure_job(
            resource_type=kind, resource_id=resource_id, failure_status=failure, server_group_id="g"
        )

    assert resources(sdrs) == before


def test_a_failed_job_without_a_group_brings_no_instance(sdrs):
    sdrs.add_failure_job(resource_type="protected_instances", server_group_id=None)

    assert resources(sdrs) == {}


def test_imported_rows_bring_groups_alone(sdrs):
    other = FakeSdrs()
    other.add_failure_job(resource_type="replications", server_group_id="g")
    other.add_failure_job(resource_type="server_groups", resource_id="h")
    rows = other.request("GET", f"/v1/{other.project_id}/task-center/failure-jobs").json

    sdrs.import_failure_jobs(rows)
    data = {"failure_jobs": other.export_data()["projects"][0]["failure_jobs"]}
    third = FakeSdrs()
    third.import_data(data)

    assert list(resources(sdrs)) == ["h"]
    assert set(resources(third)) == {"g", "h"}
    assert {group.status for group in (*sdrs.protection_groups, *third.protection_groups)} == {
        "available"
    }


def test_a_deleted_group_that_is_added_again_is_not_touched_by_failures(sdrs):
    sdrs.add_failure_job(resource_type="server_groups", resource_id="g")
    sdrs.delete_protection_group("g")
    sdrs.add_protection_group(id="g")
    sdrs.add_failure_job(resource_type="server_groups", resource_id="g")

    assert [group.status for group in sdrs.protection_groups] == ["available"]


@pytest.mark.parametrize("add", ["add_replication_pair", "add_drill"])
def test_what_is_no_group_is_not_named_as_one(sdrs, add):
    instance = sdrs.add_protected_instance(id="i")

    message = refusal(getattr(sdrs, add), server_group_id=instance.id)

    assert message == "server_group_id: 'i' is no protection group"
    assert "i" not in {group.id for group in sdrs.protection_groups}


def test_nothing_is_in_a_group_of_its_own_id(sdrs):
    message = refusal(sdrs.add_protected_instance, id="i", server_group_id="i")

    assert message == "server_group_id: 'i' is no protection group"
