"""The cleaner on an empty task center, on what it mends, and on what it has to leave."""

import cleaner
import pytest


def test_without_failed_tasks_nothing_is_changed(fake):
    pair = fake.add_replication_pair()
    groups = fake.protection_groups

    assert cleaner.main() == 0
    assert (fake.protection_groups, fake.replication_pairs) == (groups, (pair,))


@pytest.mark.parametrize(
    ("resource_type", "failure_status", "operation"),
    [
        ("server_groups", "createFail", "DeleteProtectionGroup"),
        ("server_groups", "deleteFail", "DeleteProtectionGroup"),
        ("server_groups", "startFail", "StartProtectionGroup"),
        ("server_groups", "stopFail", "StopProtectionGroup"),
        ("server_groups", "reprotectFail", "StartProtectionGroup"),
        ("protected_instances", "createFail", "DeleteProtectedInstance"),
        ("protected_instances", "deleteFail", "DeleteProtectedInstance"),
        ("replications", "createFail", "DeleteReplication"),
        ("replications", "deleteFail", "DeleteReplication"),
        ("disaster_recovery_drills", "createFail", "DeleteDisasterRecoveryDrill"),
        ("disaster_recovery_drills", "deleteFail", "DeleteDisasterRecoveryDrill"),
    ],
)
def test_what_failed_is_mended(fake, resource_type, failure_status, operation):
    fake.add_failure_job(resource_type=resource_type, failure_status=failure_status)
    if operation == "StartProtectionGroup":  # which needs a pair that follows the group
        (group,) = fake.protection_groups
        fake.add_replication_pair(server_group_id=group.id, status=group.status)

    assert cleaner.main() == 0
    fake.journal.assert_called_once(operation)
    assert fake.failure_jobs == ()


@pytest.mark.parametrize(
    ("resource_type", "failure_status"),
    [
        ("server_groups", "reverseFail"),
        ("server_groups", "failoverFail"),
        ("protected_instances", "resizeFail"),
        ("replications", "expandFail"),
    ],
)
def test_what_a_person_has_to_decide_stays(fake, capsys, resource_type, failure_status):
    task = fake.add_failure_job(resource_type=resource_type, failure_status=failure_status)

    assert cleaner.main() == 1
    assert f"stays: {task.error_code} {task.fail_reason}\n" in capsys.readouterr().out
    assert fake.failure_jobs == (task,)


@pytest.mark.parametrize("seed", range(3))
def test_a_month_of_failures_is_cleaned_but_for_what_a_person_has_to_decide(fake, seed):
    fake.seed(failures=60, groups=4, seed=seed)
    decided = {"error-reversing", "error-failing-over", "error-resizing", "error-extending"}

    cleaner.main()
    everything = *fake.protection_groups, *fake.protected_instances, *fake.replication_pairs
    left = {each.id for each in everything if each.status in decided}
    assert all(task.resource_id in left for task in fake.failure_jobs)
    assert {each.status for each in (*everything, *fake.drills)} <= decided | {
        *("available", "protected", "failed-over")
    }


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "attachreplication", "AttachProtectedInstanceReplication"),
        ("DELETE", "detachreplication/a-pair", "DetachProtectedInstanceReplication"),
    ],
)
def test_a_disk_between_attached_and_detached_is_detached(fake, method, path, operation):
    fake.add_protection_group()
    instance = fake.add_protected_instance()
    attachment = {"device": "/dev/vdb", "protected_instance": instance.id}
    fake.add_replication_pair(id="a-pair", attachment=[attachment] if method == "DELETE" else [])
    fake.faults.fail_job(operation)
    fake.request(
        method,
        f"/v1/{fake.project_id}/protected-instances/{instance.id}/{path}",
        json={"replicationAttachment": {"replication_id": "a-pair", "device": "/dev/vdb"}},
    )
    assert fake.replication_pairs[0].status.startswith("error-")

    assert cleaner.main() == 0
    assert [(pair.status, pair.attachment) for pair in fake.replication_pairs] == [
        ("available", ())
    ]
    assert fake.failure_jobs == ()


def test_a_job_that_fails_again_is_started_once(fake, capsys):
    for _ in range(2):
        fake.add_failure_job(
            resource_type="replications", resource_id="a-pair", failure_status="createFail"
        )
    fake.faults.fail_job("DeleteReplication", code="EVS.2024", reason="the disk hangs")

    assert cleaner.main() == 1
    assert "stays: EVS.2024 the disk hangs\n" in capsys.readouterr().out
    assert len(fake.failure_jobs) == 3

    assert cleaner.main() == 0
    assert fake.failure_jobs == fake.replication_pairs == ()


def test_of_what_is_gone_or_was_mended_only_the_tasks_are_deleted(fake):
    for name in ("gone", "mended"):
        fake.add_failure_job(
            resource_type="replications", resource_id=name, failure_status="expandFail"
        )
    pairs = f"/v1/{fake.project_id}/replications"
    body = {"replication": {"server_group_id": fake.protection_groups[0].id}}
    fake.request("DELETE", f"{pairs}/gone", json=body)
    fake.request("POST", f"{pairs}/mended/action", json={"extend-replication": {"new_size": 100}})

    assert cleaner.main() == 0
    assert [(pair.id, pair.status) for pair in fake.replication_pairs] == [("mended", "available")]
    assert fake.failure_jobs == ()


def test_a_refusal_leaves_the_others_to_be_cleaned(fake, capsys):
    for failure_status in ("deleteFail", "startFail"):
        fake.add_failure_job(resource_type="server_groups", failure_status=failure_status)

    assert cleaner.main() == 1
    assert "stays: SDRS.1002" in capsys.readouterr().out
    assert [task.failure_status for task in fake.failure_jobs] == ["startFail"]


@pytest.mark.parametrize("operation", ["DeleteReplication", "ShowJobStatus", "DeleteFailureJob"])
def test_a_429_is_waited_out(fake, operation):
    fake.add_failure_job(resource_type="replications", failure_status="createFail")
    fake.faults.fail(operation, status=429, retry_after=30)
    began = fake.clock.now()

    assert cleaner.main() == 0
    assert (fake.clock.now() - began).seconds == 30
    assert len(fake.journal.calls(operation)) == 2


def test_a_429_without_an_end_is_given_up(fake):
    task = fake.add_failure_job(resource_type="replications", failure_status="createFail")
    fake.faults.fail("DeleteReplication", status=429)

    assert cleaner.main() == 1
    assert len(fake.journal.calls("DeleteReplication")) == 5
    assert fake.failure_jobs == (task,)
