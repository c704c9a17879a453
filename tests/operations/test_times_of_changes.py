"""`updated_at`: no change of a resource lies before what happened to it earlier."""

import datetime as dt

import pytest
from freezegun import freeze_time

CHANGES = [
    ("server-groups", "server_group", "add_protection_group"),
    ("protected-instances", "protected_instance", "add_protected_instance"),
    ("replications", "replication", "add_replication_pair"),
    ("disaster-recovery-drills", "disaster_recovery_drill", "add_drill"),
]


def shown(sdrs, method, path, wrapper, json=None):
    answer = sdrs.request(method, f"/v1/{sdrs.project_id}/{path}", json=json)
    return answer.json[wrapper]


@freeze_time(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
@pytest.mark.parametrize(("kind", "wrapper", "add"), CHANGES)
def test_a_rename_in_the_millisecond_of_the_creation_is_not_before_it(sdrs, kind, wrapper, add):
    resource = [getattr(sdrs, add)() for _ in range(3)][-1]

    after = shown(sdrs, "PUT", f"{kind}/{resource.id}", wrapper, {wrapper: {"name": "new"}})

    assert after["updated_at"] == after["created_at"]


@freeze_time(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
def test_a_tag_in_the_millisecond_of_the_creation_is_not_before_it(sdrs):
    instance = [sdrs.add_protected_instance() for _ in range(3)][-1]
    path = f"protected-instances/{instance.id}"

    tag = {"tag": {"key": "k", "value": "v"}}
    sdrs.request("POST", f"/v1/{sdrs.project_id}/{path}/tags", json=tag)

    after = shown(sdrs, "GET", path, "protected_instance")
    assert after["updated_at"] == after["created_at"]
    assert after["tags"] == [{"key": "k", "value": "v"}]


MORNING = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)


def updated_at(sdrs):
    """When the instance and the pair changed last; None for an instance that is gone."""
    instance = next(iter(sdrs.protected_instances), None)
    return instance and instance.updated_at, sdrs.replication_pairs[0].updated_at


def test_attachments_are_changes_of_both_sides(sdrs):
    moments = [MORNING + dt.timedelta(hours=number) for number in range(5)]
    path, body = f"/v1/{sdrs.project_id}/protected-instances/i", {"device": "/dev/vdb"}
    attachment = {"replicationAttachment": {**body, "replication_id": "p"}}
    attach = ("POST", f"{path}/attachreplication", attachment)
    detach = ("DELETE", f"{path}/detachreplication/p", None)
    seen = []
    with freeze_time(moments[0]):
        sdrs.add_protected_instance(id="i")
        sdrs.add_replication_pair(id="p")
    for moment, request in zip(
        moments[1:], [attach, detach, attach, ("DELETE", path, {})], strict=True
    ):
        method, target, json = request
        with freeze_time(moment):
            sdrs.request(method, target, json=json)
            seen.append(updated_at(sdrs))

    assert seen == [*((each, each) for each in moments[1:4]), (None, moments[4])]
