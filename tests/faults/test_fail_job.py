"""Jobs that fail on purpose: which job a fault meets, and what the failure says and leaves."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sdrs_fake.domain.job_types import JOB_TYPES, NIC_JOB_TYPES
from sdrs_fake.domain.transitions import TRANSITIONS
from sdrs_fake.errors import ParameterError
from tests.cases import refusal, show_job
from tests.operations.cases import (
    GROUP,
    add_what_it_needs,
    add_what_the_transition_needs,
    begin,
    code_of,
    send,
)

EXPAND, CREATE = "ExpandReplication", "CreateReplication"
CODE, REASON = "EVS.2024", "no volume"
WITH_JOBS = sorted({row.operation for row in TRANSITIONS})


@pytest.fixture
def create(sdrs):
    """`create("v1")` begins the creation of a pair for a disk; `create("", code)` is refused."""
    sdrs.add_protection_group(id=GROUP)

    def create(volume_id="", expected=200, **changes):
        volume_id = volume_id or f"v{len(sdrs.replication_pairs)}"
        fields = {"server_group_id": GROUP, "volume_id": volume_id, "name": "n", **changes}
        response = send(sdrs, CREATE, {"replication": fields})
        assert code_of(response) == expected
        return response.json.get("job_id")

    return create


def statuses(sdrs, job_ids):
    return [show_job(sdrs, each).json["status"] for each in job_ids]


def outcome_of(sdrs, job_id):
    job = show_job(sdrs, job_id).json
    return job["status"], job["error_code"], job["fail_reason"]


# The example of the design


def test_a_task_fails_is_found_in_the_task_center_and_the_retry_succeeds(sdrs, path, create):
    fault = sdrs.faults.fail_job(CREATE, code=CODE)

    job_id = create("v1")

    rows = sdrs.request("GET", path, params={"server_group_id": GROUP}).json["failure_jobs"]
    assert [(row["job_id"], row["error_code"]) for row in rows] == [(job_id, CODE)]
    (pair,) = sdrs.replication_pairs
    assert (pair.status, pair.failure_detail) == ("error", CODE)
    assert (fault.matched, fault.fired, fault.armed) == (1, 1, False)
    assert statuses(sdrs, [create("v2")]) == ["SUCCESS"]


@pytest.mark.parametrize("operation", WITH_JOBS)
def test_each_operation_that_starts_a_job_can_be_named(sdrs, operation):
    add_what_it_needs(sdrs, operation)
    with sdrs.faults.fail_job(operation) as fault:
        job_id = begin(sdrs, operation)

    assert (statuses(sdrs, [job_id]), fault.fired) == (["FAIL"], 1)


def test_without_an_operation_the_next_job_of_any_fails(sdrs, create):
    sdrs.faults.fail_job(code=CODE)
    send(sdrs, "ShowProtectionGroup")

    assert statuses(sdrs, [create(), create()]) == ["FAIL", "SUCCESS"]


# Code and reason


SINGLE = {
    "batchCreateProtectedInstances": "createProtectedInstanceNoCG",
    "batchDeleteProtectedInstances": "deleteProtectedInstanceNoCG",
}
"""The job types of the sub-jobs of a batch, which say how it fails."""


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.job_type)
def test_by_default_code_and_reason_are_documented_ones_of_the_job_type(sdrs, row):
    add_what_the_transition_needs(sdrs, row)
    sdrs.faults.fail_job(row.operation)

    _, code, reason = outcome_of(sdrs, begin(sdrs, row.operation))

    job_type = SINGLE.get(row.job_type, row.job_type)
    usual = next(each for each in (*JOB_TYPES, *NIC_JOB_TYPES) if each.job_type == job_type)
    assert (code, reason) == (usual.error_code, usual.fail_reason)


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ({}, "SDRS.1820", None),
        ({"code": "SDRS.0013"}, "SDRS.0013", "Internal error"),
        ({"code": "APIGW.0308"}, "APIGW.0308", None),
        ({"code": "EVS.2026"}, "EVS.2026", "SdrsExtendReplicationPairNewTask-fail:volume is e"),
        ({"code": "VPC.0004"}, "VPC.0004", "SdrsExtendReplicationPairNewTask-fail:VPC is not "),
        ({"code": CODE, "reason": REASON}, CODE, REASON),
        ({"reason": REASON}, "SDRS.1820", REASON),
        ({"code": "MY.0001", "reason": "mine"}, "MY.0001", "mine"),
    ],
)
def test_a_code_has_its_own_reason_or_a_given_one(sdrs, arguments, code, reason):
    add_what_it_needs(sdrs, EXPAND)
    sdrs.faults.fail_job(EXPAND, **arguments)

    job_id = begin(sdrs, EXPAND)

    (row,) = sdrs.failure_jobs
    assert outcome_of(sdrs, job_id) == ("FAIL", row.error_code, row.fail_reason)
    assert (row.error_code, row.fail_reason.startswith(reason or "")) == (code, True)


def test_enabling_and_reprotecting_have_codes_of_their_own(sdrs):
    seen = []
    for status in ("available", "failed-over"):
        fake = sdrs.fork()
        add_what_it_needs(fake, "StartProtectionGroup", group=status)
        fake.faults.fail_job("StartProtectionGroup")
        seen.append(outcome_of(fake, begin(fake, "StartProtectionGroup"))[1])

    assert seen == ["SDRS.1027", "SDRS.1032"]


def test_the_row_names_the_resource_as_it_was_called_when_it_failed(sdrs):
    add_what_it_needs(sdrs, EXPAND)
    sdrs.jobs.hold()
    sdrs.faults.fail_job(EXPAND)
    begin(sdrs, EXPAND)
    for name in ("meanwhile", "later"):
        send(sdrs, "UpdateReplicationName", {"replication": {"name": name}})
        sdrs.jobs.finish()

    (row,) = sdrs.failure_jobs
    assert (row.resource_name, sdrs.replication_pairs[0].name) == ("meanwhile", "later")


# Which job fails


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "FSSSSS"),
        ({"times": 2}, "FFSSSS"),
        ({"times": None}, "FFFFFF"),
        ({"after": 2}, "SSFSSS"),
        ({"after": 1, "every": 2, "times": 2}, "SFSFSS"),
        ({"times": None, "every": 3}, "FSSFSS"),
        ({"volume_id": "v3"}, "SSSFSS"),
        ({"volume_id": "v3", "times": None, "name": "n"}, "SSSFSS"),
        ({"server_group_id": GROUP, "after": 1}, "SFSSSS"),
        ({"cluster_id": None}, "FSSSSS"),
        ({"when": lambda request: b'"v4"' in request.body}, "SSSSFS"),
    ],
)
def test_the_options_of_all_faults_choose_the_job(sdrs, create, options, expected):
    sdrs.faults.fail_job(CREATE, **options)

    jobs = [create(f"v{number}") for number in range(6)]

    assert "".join(status[0] for status in statuses(sdrs, jobs)) == expected


def test_the_ids_of_the_path_choose_the_job(sdrs):
    add_what_it_needs(sdrs, EXPAND)
    other = sdrs.add_replication_pair(server_group_id=GROUP)
    fault = sdrs.faults.fail_job(EXPAND, replication_id=other.id, optional=True)

    assert statuses(sdrs, [begin(sdrs, EXPAND)]) == ["SUCCESS"]
    assert (fault.matched, fault.armed) == (0, True)


@pytest.mark.parametrize(
    "refused",
    [
        {"expected": "SDRS.0202", "name": ""},
        {"expected": "SDRS.1013", "server_group_id": "other"},
        {"expected": "SDRS.1811", "volume_id": "taken"},
    ],
)
def test_a_request_that_is_refused_neither_matches_nor_uses_it_up(sdrs, create, refused):
    create("taken")
    fault = sdrs.faults.fail_job(CREATE)

    create(**refused)

    assert (fault.matched, fault.fired, fault.armed) == (0, 0, True)
    assert (sdrs.journal.last.response.fault, sdrs.failure_jobs) == ("", ())
    assert statuses(sdrs, [create("free")]) == ["FAIL"]


def test_a_request_without_credentials_or_that_another_fault_answers_does_not_count(sdrs, create):
    fault = sdrs.faults.fail_job(CREATE)
    sdrs.faults.fail(CREATE, status=503, times=1)

    create("v1", expected="503")
    url = f"/v1/{sdrs.project_id}/replications"
    assert sdrs.request("POST", url, json={}, credentials=None).status == 401

    assert (fault.matched, statuses(sdrs, [create("v1")])) == (0, ["FAIL"])


def test_of_several_the_one_armed_first_fires_and_the_others_do_not_count(sdrs, create):
    first = sdrs.faults.fail_job(code=CODE)
    second = sdrs.faults.fail_job(CREATE, code="EVS.2023")
    third = sdrs.faults.fail_job(CREATE, code="EVS.2002", after=1)

    codes = [outcome_of(sdrs, create())[1] for _ in range(4)]

    assert codes == [CODE, "EVS.2023", None, "EVS.2002"]
    assert [each.matched for each in (first, second, third)] == [1, 1, 2]


def test_one_that_is_disarmed_or_cleared_does_not_fire(sdrs, create):
    with sdrs.faults.fail_job(CREATE, optional=True):
        pass
    first = create()
    sdrs.faults.fail_job(CREATE)
    sdrs.faults.clear()

    assert statuses(sdrs, [first, create()]) == ["SUCCESS", "SUCCESS"]


def test_it_fires_when_a_job_starts_whatever_is_disarmed_until_it_ends(sdrs, create):
    sdrs.jobs.hold()
    with sdrs.faults.fail_job(CREATE) as fault:
        job_id = create()
    assert fault.fired == 1

    sdrs.jobs.release()

    assert statuses(sdrs, [job_id]) == ["FAIL"]


def test_of_requests_at_the_same_time_as_many_fail_as_it_says(sdrs, create):
    fault = sdrs.faults.fail_job(CREATE, times=3)

    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(create, [f"v{number}" for number in range(8)]))

    assert sorted(statuses(sdrs, jobs)) == ["FAIL"] * 3 + ["SUCCESS"] * 5
    assert (fault.fired, len(sdrs.failure_jobs)) == (3, 3)


def test_jobs_of_all_projects_count_unless_one_is_named(sdrs):
    fault = sdrs.faults.fail_job("DeleteProtectionGroup", project_id="b")
    for name in "ab":
        group = sdrs.project(name).add_protection_group()
        sdrs.request("DELETE", f"/v1/{name}/server-groups/{group.id}")

    assert [len(sdrs.project(name).failure_jobs) for name in "ab"] == [0, 1]
    assert fault.matched == 1


def test_the_job_of_a_deferred_request_does_not_fail(sdrs, create):
    sdrs.faults.defer(CREATE, delay=1, times=1)
    fault = sdrs.faults.fail_job(CREATE)
    send(sdrs, CREATE)
    sdrs.clock.advance(seconds=1)

    assert [pair.status for pair in sdrs.replication_pairs] == ["available"]
    assert (fault.matched, statuses(sdrs, [create()])) == (0, ["FAIL"])


# What it leaves


def test_a_failure_on_the_way_to_the_client_goes_with_it(sdrs, create):
    sdrs.faults.fail(CREATE, latency=5)
    sdrs.faults.fail_job(CREATE)

    assert statuses(sdrs, [create()]) == ["FAIL"]
    creation = sdrs.journal.calls(CREATE)[-1].response
    assert creation.fault == f"fail('{CREATE}', latency=5), fail_job('{CREATE}')"


def test_the_journal_shows_the_fault_on_the_request_that_met_it(sdrs, create):
    sdrs.faults.fail_job(CREATE, code=CODE)
    create(), create()

    assert [each.response.fault for each in sdrs.journal.calls(CREATE)] == [
        f"fail_job('{CREATE}', code='{CODE}')",
        "",
    ]


def test_it_describes_the_call_that_armed_it(sdrs):
    options = {"code": CODE, "reason": REASON, "volume_id": "v1", "after": 1}
    fault = sdrs.faults.fail_job(CREATE, **options, optional=True)

    call = f"fail_job('{CREATE}', code='{CODE}', reason='{REASON}', volume_id='v1')"
    assert str(fault) == f"{call}: matched 0 requests, fired 0 of 1 times"


def test_a_planned_failure_goes_on_in_a_fork_and_from_a_file(sdrs, create, tmp_path):
    sdrs.jobs.hold()
    sdrs.faults.fail_job(CREATE, code=CODE, reason=REASON)
    job_id = create()
    sdrs.save(tmp_path / "saved.json")

    for other in (sdrs.fork(), type(sdrs).from_file(tmp_path / "saved.json")):
        other.jobs.release()
        assert outcome_of(other, job_id) == ("FAIL", CODE, REASON)
        assert [row.job_id for row in other.failure_jobs] == [job_id]
        assert list(other.faults) == []
    assert sdrs.failure_jobs == ()


def test_a_resource_that_is_gone_meanwhile_has_a_row_with_its_last_name(sdrs, create):
    sdrs.jobs.hold()
    sdrs.faults.fail_job(CREATE)
    create()
    (pair,) = sdrs.replication_pairs
    sdrs.delete_protection_group(GROUP)

    sdrs.jobs.finish()

    assert [row.resource_name for row in sdrs.failure_jobs] == [pair.name]
    assert sdrs.replication_pairs == ()


# Jobs that run


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ((), "SDRS.1820", None),
        ((CODE, REASON), CODE, REASON),
        (("SDRS.0013",), "SDRS.0013", "Internal error"),
    ],
)
def test_a_job_that_runs_fails_now(sdrs, arguments, code, reason):
    add_what_it_needs(sdrs, EXPAND)
    sdrs.jobs.hold()
    job_id = begin(sdrs, EXPAND)

    sdrs.jobs.fail(job_id, *arguments)

    (row,) = sdrs.failure_jobs
    assert outcome_of(sdrs, job_id) == ("FAIL", code, row.fail_reason)
    assert reason in (None, row.fail_reason)
    assert (row.job_id, sdrs.replication_pairs[0].status) == (job_id, "error-extending")
    assert sdrs.jobs.pending == ()


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.job_type)
def test_each_kind_of_job_that_runs_fails(sdrs, row):
    add_what_the_transition_needs(sdrs, row)
    sdrs.jobs.hold()
    job_id = begin(sdrs, row.operation)

    sdrs.jobs.fail(job_id, code=CODE, reason=REASON)

    assert outcome_of(sdrs, job_id) == ("FAIL", CODE, REASON)
    made = 2 if row.operation == "BatchCreateProtectedInstances" else 1
    rows = made if row.failure_status else 0
    assert [(each.error_code, each.failure_status) for each in sdrs.failure_jobs] == [
        (CODE, row.failure_status)
    ] * rows


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("here",), "job_id: 'here' is no job of an operation that runs"),
        (("over",), "job_id: 'over' is no job of an operation that runs"),
        ((None,), "job_id: None is no job of an operation that runs"),
        (("it", "MY.0001"), "reason: should be given with 'MY.0001', which is no"),
        (("it", 5), "code: 5 should be a code such as EVS.2024"),
        (("it", CODE, ""), "reason: '' should be a string that is not empty"),
    ],
)
def test_what_cannot_fail_is_refused_and_runs_on(sdrs, arguments, message):
    add_what_it_needs(sdrs, EXPAND)
    sdrs.jobs.hold()
    job_id = begin(sdrs, EXPAND)
    sdrs.add_job(job_id="here", status="RUNNING")
    sdrs.add_job(job_id="over")
    given = [job_id if each == "it" else each for each in arguments]

    assert refusal(sdrs.jobs.fail, *given).startswith(message)
    assert statuses(sdrs, [job_id]) == ["RUNNING"]


# Over HTTP


def test_it_is_armed_over_http(sdrs, create):
    body = {"kind": "fail_job", "operation": CREATE, "code": CODE, "volume_id": "v1"}
    headers = {"Host": "localhost"}

    armed = sdrs.request("POST", "/_fake/faults", json=body, headers=headers)

    assert (armed.status, armed.json["fired"]) == (201, 0)
    assert statuses(sdrs, [create("v0"), create("v1")]) == ["SUCCESS", "FAIL"]
    (shown,) = sdrs.request("GET", "/_fake/faults", headers=headers).json["faults"]
    assert (shown["fired"], shown["armed"]) == (1, False)


# What is refused when it is armed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"operation": "ListFailureJobs"},
            "operation: 'ListFailureJobs' should start a job; these do: CreateProtectionGroup, ",
        ),
        ({"operation": "UpdateReplicationName"}, "operation: 'UpdateReplicationName' should sta"),
        (
            {"operation": "DeleteFailureJob"},
            "operation: 'DeleteFailureJob' should start a job; these do: ",
        ),
        (
            {"operation": "CreateReplicaton"},
            "operation: 'CreateReplicaton' is not documented; did you mean CreateReplication?",
        ),
        ({"operation": 5}, "operation: 5 is not documented"),
        ({"code": "EVS.0001"}, "reason: should be given with 'EVS.0001', which is no"),
        ({"code": "SDRS.9999"}, "code: 'SDRS.9999' is not documented"),
        ({"code": ""}, "code: '' should be a code such as EVS.2024"),
        ({"code": 2024}, "code: 2024 should be a code such as EVS.2024"),
        ({"code": "\ud800", "reason": REASON}, "code: '\\ud800' should be a code such as EVS.2"),
        ({"reason": ""}, "reason: '' should be a string that is not empty"),
        ({"reason": ["r"]}, "reason: ['r'] should be a string that is not empty"),
        ({"reason": "\ud800"}, "reason: '\\ud800' should be a string that is not empty"),
        ({"times": 0}, "times: 0 should be an integer, 1 or more"),
        ({"status": 503}, "status: no such argument"),
        ({"latency": 5}, "latency: no such argument"),
        ({"colour": "red"}, "colour: no such argument; there are operation, code, reason, times, "),
        ({"operation": CREATE, "volume_id": ""}, "volume_id: '' should be None, which means"),
    ],
)
def test_a_fault_that_could_never_fire_or_say_why_is_refused(sdrs, arguments, message):
    with pytest.raises(ParameterError) as caught:
        sdrs.faults.fail_job(**arguments)

    assert str(caught.value).startswith(message)
    assert list(sdrs.faults) == []
