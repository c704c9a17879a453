"""POST /v1/{project_id}/server-groups/{server_group_id}/action: what the four actions share."""

import pytest

from tests.cases import show_job
from tests.operations.cases import (
    GROUP,
    INSTANCE,
    PAIR,
    REQUESTS,
    add_what_it_needs,
    begin,
    code_of,
    send,
    usual_status,
)

ACTIONS = {
    "StartProtectionGroup": ("start", "starting", "protected"),
    "StopProtectionGroup": ("stop", "stopping", "available"),
    "StartReverseProtectionGroup": ("reverse", "reversing", "protected"),
    "StartFailoverProtectionGroup": ("failover", "failing-over", "failed-over"),
}
EACH = pytest.mark.parametrize("operation", ACTIONS)
SAMPLES = {
    "StartProtectionGroup": "start_protection_group",
    "StopProtectionGroup": "stop_protection_group",
    "StartReverseProtectionGroup": "start_reverse_protection_group",
    "StartFailoverProtectionGroup": "start_failover_protection_group",
}


def statuses(sdrs):
    resources = *sdrs.protection_groups, *sdrs.protected_instances, *sdrs.replication_pairs
    return {each.id: str(each.status) for each in resources}


def add_members(sdrs, operation):
    """A group with two pairs and an instance that follow, and one of each that do not."""
    status = usual_status(operation)
    sdrs.add_protection_group(id=GROUP, status=status)
    sdrs.add_protected_instance(id=INSTANCE)
    sdrs.add_protected_instance(id="broken", status="fault")
    for name in (PAIR, "p2"):
        sdrs.add_replication_pair(id=name)
    sdrs.add_replication_pair(id="failed", status="error-attaching")
    sdrs.add_replication_pair(id="another's", server_group_id="another", status=status)
    return status


@EACH
def test_the_documented_request_is_answered_with_a_job(sdrs, fixture, operation):
    sample = SAMPLES[operation]
    add_what_it_needs(sdrs, operation)
    request = fixture(f"examples/{sample}.request")
    if operation == "StartReverseProtectionGroup":  # the sample goes back to the source
        request["reverse-server-group"]["priority_station"] = "target"

    response = send(sdrs, operation, request)

    assert (response.status, set(response.json)) == (200, set(fixture(f"examples/{sample}")))


@EACH
def test_members_in_the_groups_status_follow_and_others_stay(sdrs, operation):
    _, running, success = ACTIONS[operation]
    before = add_members(sdrs, operation)
    others = {"broken": "fault", "failed": "error-attaching", "another's": before}
    others["another"] = "available"
    sdrs.jobs.hold()

    begin(sdrs, operation)

    assert statuses(sdrs) == {**dict.fromkeys((GROUP, INSTANCE, PAIR, "p2"), running), **others}
    sdrs.jobs.finish()
    assert statuses(sdrs) == {**dict.fromkeys((GROUP, INSTANCE, PAIR, "p2"), success), **others}


@EACH
def test_a_pair_that_follows_has_a_sub_job_that_runs_as_the_job_does(sdrs, operation):
    verb, *_ = ACTIONS[operation]
    add_members(sdrs, operation)
    sdrs.jobs.hold()
    job_id = begin(sdrs, operation)

    running = show_job(sdrs, job_id).json
    sdrs.jobs.finish()
    over = show_job(sdrs, job_id).json

    assert running["job_type"] == f"{verb}ProtectionGroupNoCG"
    for job, status in ((running, "RUNNING"), (over, "SUCCESS")):
        subs = job["entities"]["sub_jobs"]
        assert [sub["job_type"] for sub in subs] == [f"{verb}ProtectionGroupRepNoCG"] * 2
        assert {sub["status"] for sub in subs} | {job["status"]} == {status}
        assert [sub["entities"] for sub in subs] == [{"server_group_id": GROUP}] * 2
    assert len({sub["job_id"] for sub in subs} | {job_id}) == 3


@EACH
def test_a_member_with_a_job_of_its_own_takes_the_groups_status_when_that_ends(sdrs, operation):
    *_, success = ACTIONS[operation]
    add_members(sdrs, operation)
    sdrs.jobs.hold()
    expanding = begin(sdrs, "ExpandReplication")

    job = begin(sdrs, operation)
    sdrs.jobs.finish(job)
    meanwhile = statuses(sdrs)
    sdrs.jobs.finish(expanding)

    assert (meanwhile[PAIR], meanwhile["p2"]) == ("extending", success)
    assert statuses(sdrs)[PAIR] == success


@EACH
@pytest.mark.parametrize("fails", [False, True])
def test_a_member_whose_own_job_ends_before_the_groups_goes_along(sdrs, operation, fails):
    *_, success = ACTIONS[operation]
    status = add_members(sdrs, operation)
    sdrs.jobs.hold()
    expanding = begin(sdrs, "ExpandReplication")

    job = begin(sdrs, operation)
    sdrs.jobs.finish(expanding)
    meanwhile = statuses(sdrs)
    (sdrs.jobs.fail if fails else sdrs.jobs.finish)(job)

    assert meanwhile[PAIR] == status
    assert statuses(sdrs)[PAIR] == (status if fails else success)


def test_a_pair_that_was_made_while_its_group_stopped_can_be_started(sdrs):
    sdrs.add_protection_group(id=GROUP, status="protected")
    sdrs.jobs.hold()
    creating = begin(sdrs, "CreateReplication")
    stopping = begin(sdrs, "StopProtectionGroup")
    sdrs.jobs.finish(creating)
    sdrs.jobs.finish(stopping)

    begin(sdrs, "StartProtectionGroup")
    sdrs.jobs.finish()

    assert set(statuses(sdrs).values()) == {"protected"}


@EACH
def test_a_group_that_is_not_there_is_sdrs_1013(sdrs, operation):
    assert code_of(send(sdrs, operation)) == "SDRS.1013"


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("StartProtectionGroup", "SDRS.1002"),
        ("StopProtectionGroup", 200),
        ("StartReverseProtectionGroup", "SDRS.1002"),
        ("StartFailoverProtectionGroup", "SDRS.1002"),
    ],
)
@pytest.mark.parametrize("pair", [None, "error-attaching"])
def test_all_but_stopping_need_a_pair_that_follows(sdrs, operation, code, pair):
    sdrs.add_protection_group(id=GROUP, status=usual_status(operation))
    if pair:
        sdrs.add_replication_pair(status=pair)

    assert code_of(send(sdrs, operation)) == code


@pytest.mark.parametrize("value", [None, [], "x", 0, True], ids=ascii)
@EACH
def test_an_action_that_is_no_object_is_sdrs_0201(sdrs, operation, value):
    add_what_it_needs(sdrs, operation)
    (key,) = REQUESTS[operation][2]

    assert code_of(send(sdrs, operation, {key: value})) == "SDRS.0201"


@EACH
def test_unknown_fields_are_ignored_and_noted(sdrs, operation):
    add_what_it_needs(sdrs, operation)
    ((key, value),) = REQUESTS[operation][2].items()

    response = send(sdrs, operation, {key: {**value, "force": True}, "note": 1})

    assert response.status == 200
    assert set(sdrs.journal.last.request.unknown_fields) == {f"{key}.force", "note"}
