"""The switch-over: planned, after the loss of a site, and when jobs fail or hang."""

import pytest
import switch_over


@pytest.fixture
def group(fake):
    group = fake.add_protection_group(name="payments", status="protected")
    fake.add_replication_pair(server_group_id=group.id)
    return fake.protection_groups[0]


def place(fake):
    (group,) = fake.protection_groups
    return group.status, group.priority_station


@pytest.mark.sdrs(job_duration=15)
def test_a_planned_switch_over_reverses_the_protection(fake, group, capsys):
    assert switch_over.main([group.id, "target"]) == 0
    assert place(fake) == ("protected", "target")
    assert capsys.readouterr().out.splitlines() == [
        "payments: protected, production at source",
        "  after 0 s: reverseProtectionGroupNoCG RUNNING",
        "  after 10 s: reverseProtectionGroupNoCG RUNNING",
        "  after 20 s: reverseProtectionGroupNoCG SUCCESS",
        "payments: protected, production at target",
    ]


def test_a_group_in_its_place_is_left_alone(fake, group):
    assert switch_over.main([group.id, "source"]) == 0
    assert fake.protection_groups == (group,)


def test_a_lost_site_is_left_and_protected_when_it_is_back(fake, group):
    assert switch_over.main([group.id, "target", "--site-lost"]) == 0
    assert place(fake) == ("failed-over", "target")

    assert switch_over.main([group.id, "target"]) == 0
    assert place(fake) == ("protected", "target")


def test_the_reason_of_a_job_that_failed_is_printed(fake, group, capsys):
    fake.faults.fail_job("StartReverseProtectionGroup", reason="no route to the array")

    assert switch_over.main([group.id, "target"]) == 1
    assert capsys.readouterr().err == "not switched over: SDRS.1029 no route to the array\n"


@pytest.mark.parametrize(
    ("options", "operation", "statuses"),
    [
        ([], "StartReverseProtectionGroup", ("error-reversing", "protected")),
        (["--site-lost"], "StartFailoverProtectionGroup", ("error-failing-over", "failed-over")),
    ],
)
def test_the_next_run_starts_a_job_that_failed_again(fake, group, options, operation, statuses):
    fake.faults.fail_job(operation)

    assert switch_over.main([group.id, "target", *options]) == 1
    assert place(fake) == (statuses[0], "source")

    assert switch_over.main([group.id, "target", *options]) == 0
    assert place(fake) == (statuses[1], "target")


def test_protection_that_failed_is_tried_again_where_the_group_is(fake, group):
    switch_over.main([group.id, "target", "--site-lost"])
    fake.faults.fail_job("StartProtectionGroup")

    assert switch_over.main([group.id, "target"]) == 1
    assert place(fake) == ("error-reprotecting", "target")

    assert switch_over.main([group.id, "target"]) == 0
    assert place(fake) == ("protected", "target")


def test_a_job_that_hangs_is_given_up(fake, group, capsys):
    fake.jobs.hold()

    assert switch_over.main([group.id, "target"]) == 1
    assert "is not over after 1800 s" in capsys.readouterr().err


@pytest.mark.sdrs(job_polls=2)
@pytest.mark.parametrize(
    "trouble", [{"network": "disconnect"}, {"status": 503}, {"status": 429, "retry_after": 30}]
)
def test_a_poll_without_an_answer_is_no_failure(fake, group, trouble):
    fake.faults.fail("ShowJobStatus", times=1, **trouble)

    assert switch_over.main([group.id, "target"]) == 0
    fake.journal.assert_called_once("StartReverseProtectionGroup")


def test_a_refusal_is_an_exit_status_of_1(fake, capsys):
    group = fake.add_protection_group(status="protected")  # without a pair

    assert switch_over.main([group.id, "target"]) == 1
    assert "SDRS.1002" in capsys.readouterr().err
