"""The reporter on an empty task center, on failures, and on a service in trouble."""

import failed_tasks
import httpx
import pytest


def test_without_failed_tasks_the_exit_status_is_0(fake, capsys):
    fake.add_protection_group()

    assert failed_tasks.main() == 0
    assert capsys.readouterr().out == "0 failed tasks in all\n"


@pytest.mark.sdrs(auth="strict")
def test_the_login_brings_a_token_that_the_service_accepts(fake):
    assert failed_tasks.main() == 0


def test_tasks_are_reported_by_group_and_cause(fake, capsys):
    group = fake.add_protection_group(name="payments")
    pairs = [fake.add_replication_pair(name=name, server_group_id=group.id) for name in "ab"]
    fake.faults.fail_job("ExpandReplication", code="EVS.2024", reason="no space", times=2)
    fake.faults.fail_job("DeleteProtectionGroup")
    other = fake.add_protection_group(name="web")
    base = f"/v1/{fake.project_id}"
    for pair in pairs:
        body = {"extend-replication": {"new_size": 100}}
        fake.request("POST", f"{base}/replications/{pair.id}/action", json=body)
    fake.request("DELETE", f"{base}/server-groups/{other.id}")

    assert failed_tasks.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "payments: 2 failed",
        "  2 expandFail EVS.2024: no space",
        "    a, b",
        "web: 1 failed",
        "  1 deleteFail SDRS.1016: Failed to delete the protection group",
        "    web",
        "3 failed tasks in all",
    ]


def test_a_month_of_failures_is_reported_whole(fake, capsys):
    data = fake.seed(failures=60, groups=4)

    assert failed_tasks.main() == 1
    report = capsys.readouterr().out
    assert report.endswith("\n60 failed tasks in all\n")
    assert all(job.resource_name in report for job in data.failure_jobs)


@pytest.mark.parametrize("fault", ["short_page", "insert_between_pages"])
def test_every_task_counts_once_in_lists_that_move(fake, capsys, fault):
    fake.seed(failures=400, groups=1)
    getattr(fake.faults, fault)(times=2)

    assert failed_tasks.main() == 1
    assert capsys.readouterr().out.endswith(f"\n{len(fake.failure_jobs)} failed tasks in all\n")


def test_it_waits_as_long_as_a_429_says(fake):
    began = fake.clock.now()
    fake.faults.fail("ListFailureJobs", status=429, retry_after=30)

    assert failed_tasks.main() == 0
    assert (fake.clock.now() - began).seconds == 30


def test_a_service_that_is_down_is_no_empty_report(fake):
    fake.faults.fail("ListFailureJobs", status=503)

    with pytest.raises(httpx.HTTPStatusError, match="503 Service Unavailable"):
        failed_tasks.main()
