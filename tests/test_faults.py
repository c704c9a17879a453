"""Faults on purpose: what is armed is what clients meet, as often as was said."""

import datetime as dt
import json
import os
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from importlib.resources import files
from threading import Thread

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the SDK's own imports
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.exceptions.exceptions import (
        ClientRequestException,
        ServerResponseException,
    )
    from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsClient

from sdrs_fake.control.catalogue import USUAL
from sdrs_fake.domain.errors import not_implemented
from sdrs_fake.exchange import Call
from sdrs_fake.wsgi import routes

ABNORMAL = [400, 401, 403, 404, 405, 406, 407, 408, 409, 500, 501, 502, 503, 504]
"""The abnormal rows of the page "Return Values"."""


GROUPS = "ListProtectionGroups"
LIST = "ListFailureJobs"


def usual(status):
    """The row of a status: 501 names the operation."""
    return not_implemented(LIST) if status == HTTPStatus.NOT_IMPLEMENTED else USUAL[status]


@pytest.fixture
def sdk(sdrs, tmp_path, monkeypatch):
    """A list call of the official SDK."""
    monkeypatch.setitem(os.environ, "HOME", str(tmp_path))
    credentials = BasicCredentials("an-access-key", "a-secret-key", sdrs.project_id)
    client = SdrsClient.new_builder().with_credentials(credentials).with_endpoint(sdrs.url).build()
    with closing(client.get_http_client()._session):
        yield lambda: client.list_failure_jobs(ListFailureJobsRequest())


@pytest.fixture
def statuses(sdrs, path):
    """The statuses of so many calls of the list."""
    return lambda calls=1, **query: [
        sdrs.request("GET", path, query=query).status for _ in range(calls)
    ]


# What is answered


@pytest.mark.parametrize("status", [*ABNORMAL, 413, 414, 429])
def test_a_status_is_answered_with_the_body_of_its_row(sdrs, path, status):
    sdrs.faults.fail(LIST, status=status)

    reply = sdrs.request("GET", path)

    row = usual(status)
    said = reply.json if row.gateway else reply.json["error"]
    assert reply.status == status
    assert [
        said.get("code", said.get("error_code")),
        said.get("message", said.get("error_msg")),
    ] == [row.code, row.message]
    assert reply.headers.get("Retry-After") == ("1" if status == 429 else None)
    assert reply.headers.get("Allow") == ("" if status == 405 else None)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
@pytest.mark.parametrize("status", ABNORMAL)
def test_the_official_sdk_raises_every_abnormal_status_with_its_code_and_message(sdrs, sdk, status):
    sdrs.faults.fail(LIST, status=status)
    kind = (
        ClientRequestException
        if status < HTTPStatus.INTERNAL_SERVER_ERROR
        else ServerResponseException
    )

    with pytest.raises(kind) as caught:
        sdk()

    row, error = usual(status), caught.value
    assert (error.status_code, error.error_code, error.error_msg, len(error.request_id)) == (
        status,
        row.code,
        row.message,
        32,
    )


def test_the_catalogue_is_the_documented_tables(fixture):
    documented = [
        [each["http_status"], each["code"], each["message"]]
        for table in ("error_codes", "gateway_errors")
        for each in fixture(table)["errors"]
    ]

    assert (
        json.loads((files("sdrs_fake.control") / "codes.json").read_text(encoding="utf-8"))
        == documented
    )


@pytest.mark.parametrize(
    ("said", "status", "message"),
    [
        ({"code": "SDRS.0013"}, 500, "Internal error"),
        ({"code": "SDRS.2206"}, 404, "Specified tag key is not found"),
        ({"code": "SDRS.1013", "status": 400}, 400, "Protection group not found"),
        (
            {"code": "APIGW.0802"},
            403,
            "The IAM user is forbidden in the currently selected region.",
        ),
        ({"code": "APIGW.0201", "status": 504}, 504, "Backend timeout."),
    ],
)
def test_a_code_brings_its_status_message_and_body(sdrs, path, said, status, message):
    sdrs.faults.fail(**said)

    reply = sdrs.request("GET", path)

    content = reply.json.get("error", reply.json)
    assert (reply.status, content.get("code", content.get("error_code"))) == (status, said["code"])
    assert content.get("message", content.get("error_msg")) == message


def test_a_fault_comes_after_credentials_and_is_in_the_journal(sdrs, path):
    fault = sdrs.faults.fail(status=503)

    answers = [
        sdrs.request("GET", path, credentials=credentials).status for credentials in (None, "any")
    ]

    assert answers == [entry.reply.status for entry in sdrs.journal] == [401, 503]
    assert fault.fired == 1


# Which calls, and how often


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [503, 503, 503, 503, 503]),
        ({"times": 2}, [503, 503, 200, 200, 200]),
        ({"after": 2}, [200, 200, 503, 503, 503]),
        ({"every": 2}, [503, 200, 503, 200, 503]),
        ({"after": 1, "every": 3, "times": 1}, [200, 503, 200, 200, 200]),
    ],
)
def test_it_fires_as_often_as_was_said(sdrs, statuses, said, expected):
    fault = sdrs.faults.fail(LIST, status=503, **said)

    assert statuses(5) == expected
    assert fault.fired == expected.count(503)
    assert fault.armed is (fault.turns.times is None)


def test_times_is_exact_under_sixteen_threads(sdrs, path):
    fault = sdrs.faults.fail(LIST, status=503, times=50)

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: sdrs.request("GET", path).status, range(320)))

    assert (answers.count(503), answers.count(200), fault.fired, fault.armed) == (
        50,
        270,
        50,
        False,
    )


@pytest.mark.parametrize(
    ("fields", "met", "passed"),
    [
        ({"limit": 5}, {"limit": "5"}, {"limit": "6"}),
        ({"limit": 1000}, {}, {"limit": "5"}),
        ({"limit": None}, {}, {"limit": "1000"}),
        ({"limit": 7}, {"limit": "0007"}, {"limit": "70"}),
        ({"limit": "0007"}, {"limit": "0007"}, {"limit": "7"}),
        ({"offset__ge": 5, "offset__lt": 7}, {"offset": "6"}, {"offset": "7"}),
        ({"resource_name": None}, {"resource_name": ""}, {"resource_name": "web"}),
        ({"offset__gt": 0}, {"offset": "1"}, {}),
        ({"offset__gt": 0}, {"offset": "1"}, {"offset": "x"}),
        ({"offset__ge": 10}, {"offset": "10"}, {"offset": "9"}),
        ({"limit__lt": 10}, {"limit": "9"}, {}),
        ({"limit__le": 10}, {"limit": "10"}, {"limit": "9" * 5000}),
        (
            {"failure_status": "createFail"},
            {"failure_status": "createFail"},
            {"failure_status": "deleteFail"},
        ),
        ({"project_id": "a4a5d4098fb4474fa22cd05f897d6b99", "offset": 0}, {}, {"offset": "1"}),
        ({"when": lambda call: "marker" in call.query}, {"marker": "x"}, {}),
    ],
)
def test_a_condition_says_which_calls(sdrs, statuses, fields, met, passed):
    sdrs.faults.fail(LIST, status=503, **fields)

    assert statuses(**met) == [503]
    assert statuses(**passed)[0] in {200, 400}


def test_of_two_that_meet_a_call_the_one_armed_first_answers(sdrs, statuses):
    sdrs.faults.fail(LIST, status=503, times=1)
    second = sdrs.faults.fail(status=409)

    assert statuses(3) == [503, 409, 409]
    assert second.matched == 2


def test_another_operation_is_left_alone(sdrs, statuses):
    sdrs.faults.fail(GROUPS, status=503, optional=True)

    assert statuses() == [200]


@pytest.mark.parametrize(
    ("operation", "line", "body"),
    [
        ("StartProtectionGroup", "POST /v1/p/server-groups/g/action", {"start-server-group": {}}),
        (
            "BatchDeleteTags",
            "POST /v1/p/protected-instances/i/tags/action",
            {"action": "delete", "tags": []},
        ),
        ("CreateReplication", "POST /v1/p/replications", {}),
    ],
)
def test_operations_that_are_not_served_can_fail_too(sdrs, operation, line, body):
    sdrs.faults.fail(operation, code="APIGW.0308")

    assert sdrs.request(*line.split(), json=body).status == 429


def test_it_is_disarmed_at_the_end_of_a_with_block_or_by_hand(sdrs, statuses):
    with sdrs.faults.fail(status=503) as fault:
        assert statuses() == [503]
    assert statuses() == [200]

    again = sdrs.faults.fail(status=503)
    sdrs.faults.disarm(again)
    assert statuses() == [200]
    assert [fault, again] == list(sdrs.faults)
    sdrs.faults.clear()
    assert list(sdrs.faults) == []


# Late, and later


@pytest.fixture
def jobs(sdrs):
    """The id of a failed job to delete, of two."""
    sdrs.add_failure_job()
    return sdrs.add_failure_job().job_id


def test_busy_accepts_what_it_handles_when_its_time_has_come(sdrs, path, jobs):
    sdrs.faults.busy("DeleteFailureJob", delay=30, times=1)

    reply = sdrs.request("DELETE", f"{path}/{jobs}")

    assert (reply.status, reply.body, len(sdrs.failure_jobs)) == (202, b"", 2)
    sdrs.clock.advance(seconds=29)
    assert sdrs.request("GET", path).json["count"] == 2
    sdrs.clock.advance(seconds=1)
    assert sdrs.request("GET", path).json["count"] == 1
    assert (
        next(iter(sdrs.journal)).reply.note
        == "accepted, and handled later: 204 the failure_job_id was a job_id; deleted: 1"
    )


def test_busy_handles_first_what_is_due_first(sdrs, path, jobs):
    sdrs.faults.busy("DeleteFailureJob", delay=30, times=1)
    sdrs.faults.busy("DeleteFailureJob", delay=dt.timedelta(seconds=10), times=1)
    for _ in range(2):
        assert sdrs.request("DELETE", f"{path}/{jobs}").status == 202
    assert "not handled yet" in sdrs.journal.last.reply.note

    sdrs.clock.advance(minutes=1)

    assert len(sdrs.failure_jobs) == 1
    late, soon = (entry.reply.note for entry in sdrs.journal)
    assert late == "accepted, and handled later: 404 404 SDRS.0408: Null job"
    assert soon.endswith("deleted: 1")


def test_what_is_due_in_a_fork_or_after_a_reset_is_of_that_fake(sdrs, path, jobs):
    sdrs.faults.busy(delay=30)
    sdrs.request("DELETE", f"{path}/{jobs}")

    with sdrs.fork() as twin, sdrs.fork() as third:
        third.reset()
        third.add_failure_job(job_id=jobs)
        twin.clock.advance(minutes=1)
        third.clock.advance(minutes=1)
        assert [len(fake.failure_jobs) for fake in (sdrs, twin, third)] == [2, 1, 1]
    sdrs.project(sdrs.project_id).reset()
    sdrs.add_failure_job(job_id=jobs)
    sdrs.clock.advance(minutes=1)
    assert len(sdrs.failure_jobs) == 1


def test_busy_meets_only_what_changes_something(sdrs, statuses, path, jobs):
    fault = sdrs.faults.busy(when=lambda call: "x" not in call.query)

    assert statuses() == [200]
    assert sdrs.request("DELETE", f"{path}/batch", query={"x": 1}).status == 204
    assert sdrs.request("DELETE", f"{path}/batch").status == 202
    assert (fault.matched, str(fault)[:10]) == (1, "busy(delay")


def test_latency_goes_by_on_the_fakes_clock_alone(sdrs, statuses):
    sdrs.faults.fail(LIST, latency=90)
    sdrs.faults.fail(LIST, status=504, latency=dt.timedelta(minutes=2), optional=True)
    now, before = sdrs.clock.now(), time.monotonic()

    assert statuses(2) == [200, 200]

    assert (sdrs.clock.now() - now).total_seconds() == pytest.approx(180, abs=30)
    assert time.monotonic() - before < 30


def test_real_latency_leaves_the_fakes_clock_alone(sdrs, statuses):
    sdrs.faults.fail(LIST, status=504, latency=0.02, real=True)
    before = time.monotonic()

    assert statuses() == [504]
    assert time.monotonic() - before >= 0.02
    assert str(sdrs.journal.last.reply.trouble) == "it came, 0.02 s late"


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_counts_down_with_the_clock_until_the_fault_is_over(sdrs, path, status):
    fault = sdrs.faults.fail(LIST, status=status, retry_after=30)
    said = []

    for seconds in (0, 10.5, 19, 1):
        sdrs.clock.advance(seconds=seconds)
        reply = sdrs.request("GET", path)
        said.append((reply.status, reply.headers.get("Retry-After")))

    assert said == [(status, "30"), (status, "20"), (status, "1"), (200, None)]
    assert (fault.matched, fault.fired, fault.armed) == (3, 3, False)


def test_what_was_accepted_tells_how_it_went_when_anybody_looks(sdrs, path, jobs):
    sdrs.faults.busy(delay=30)
    sdrs.request("DELETE", f"{path}/{jobs}")

    with sdrs.fork() as twin:
        twin.clock.advance(minutes=1)
        assert len(twin.failure_jobs) == 1
        assert sdrs.journal.last.reply.note == "accepted, not handled yet"
    sdrs.clock.advance(minutes=1)
    assert sdrs.journal.last.reply.note.startswith("accepted, and handled later: 204")


def test_at_the_end_of_the_calendar_the_clock_stands_still(sdrs, statuses):
    sdrs.clock.set("9898-01-01T00:00:00Z")
    sdrs.faults.fail(LIST, latency=366 * 24 * 3600)

    assert statuses(5) == [200] * 5
    assert sdrs.clock.now().year < 9900


def test_a_parameter_that_an_operation_has_not_is_not_taken_for_its_default(sdrs, statuses):
    fault = sdrs.faults.fail(status=503, offset=0)

    assert sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas").status == 200
    assert (fault.matched, statuses()) == (0, [503])


def test_a_condition_may_take_its_time_and_ask_from_another_thread(sdrs, statuses):
    asked = []

    def when(call):
        thread = Thread(target=lambda: asked.append(sdrs.request("GET", "/v1").status))
        thread.start()
        thread.join(10)
        return True

    sdrs.faults.fail(status=503, when=when, times=1, operation=LIST)
    sdrs.faults.fail("ListApiVersions", status=503, optional=True)

    assert (statuses(), asked) == ([503], [200])


def test_the_condition_of_a_fault_that_is_over_is_not_asked(sdrs, statuses):
    asked = []
    fault = sdrs.faults.fail(
        LIST, status=503, times=1, when=lambda call: asked.append(call) or True
    )

    assert statuses(3) == [503, 200, 200]
    assert (len(asked), fault.armed) == (1, False)


def test_a_fault_is_disarmed_by_itself_too(sdrs, statuses):
    fault = sdrs.faults.fail(status=503, optional=True)

    fault.disarm()

    assert (statuses(), repr(fault)) == (
        [200],
        "<Fault fail(status=503): matched 0 calls, fired 0 times>",
    )


def test_parameters_of_operations_that_are_not_served_are_known(sdrs, fixture):
    rows = {
        row["operation_id"]: {each["name"] for each in row["query_params"]}
        for row in fixture("operations")["operations"]
    }

    assert {
        name: described.fields - described.ids
        for name, described in routes.documented().items()
        if described.fields - described.ids
    } == {name: names for name, names in rows.items() if names}


# What is refused when it is armed, and what is told


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "status: None should be one of 400, 401, "),
        ({"status": 418}, "status: 418 should be one of 400, 401, "),
        ({"status": "503"}, "status: '503' should be one of 400, 401, "),
        (
            {"code": "SDRS.0014x"},
            "code: 'SDRS.0014x' is not documented; the nearest are SDRS.0014 or ",
        ),
        ({"code": ["SDRS.0013"]}, r"code: \['SDRS.0013'\] is not documented"),
        (
            {"code": "SDRS.0013", "status": 400},
            "status: 400 does not go with SDRS.0013, which is 500",
        ),
        (
            {"operation": "ListFailedJobs", "status": 503},
            "operation: 'ListFailedJobs' is not documented; the nearest are ListFailureJobs or ",
        ),
        (
            {"operation": LIST, "status": 503, "ofset": 1},
            "ofset: ListFailureJobs has no such field; there are failure_status, limit, ",
        ),
        (
            {"operation": "ListApiVersions", "status": 503, "limit": 1},
            "limit: ListApiVersions has no such field; there are none",
        ),
        (
            {"status": 503, "colour": 1},
            (
                "colour: none of the operations that are meant has such a field; there are"
                " api_version, "
            ),
        ),
        (
            {"operation": LIST, "status": 503, "offset__over": 1},
            "offset__over: 'over' should be one of eq, gt, ge, lt, le",
        ),
        (
            {"operation": LIST, "status": 503, "offset__gt": "x"},
            "offset__gt: 'x' should be a whole number, 0 or more",
        ),
        (
            {"wire": "dropp"},
            (
                "wire: 'dropp' should be one of drop, cut, garbage, content_type, slow_body; the"
                " nearest is drop"
            ),
        ),
        (
            {"wire": "slow_body"},
            "latency: a slow_body needs one: how many seconds its second half is late",
        ),
        ({"status": 503, "real": True}, "real: True needs a latency: how many seconds to wait"),
        ({"latency": 0}, "latency: 0 should be a number of seconds from 0.001 to 31,622,400"),
        ({"latency": "5"}, "latency: '5' should be a number of seconds from 0.001 to "),
        ({"latency": float("nan")}, "latency: nan should be a number of seconds from 0.001 to "),
        ({"latency": True}, "latency: True should be a number of seconds from 0.001 to "),
        (
            {"status": 500, "retry_after": 5},
            "retry_after: 5 goes with the statuses 429 and 503 alone",
        ),
        (
            {"wire": "drop", "retry_after": 5},
            "retry_after: 5 goes with the statuses 429 and 503 alone",
        ),
        (
            {"status": 429, "retry_after": -5},
            "retry_after: -5 should be a number of seconds from 0.001 to ",
        ),
        (
            {"status": 503, "project_id": None},
            "project_id: None should be a text, since an id in the path cannot be absent",
        ),
        ({"status": 503, "limit": True}, "limit: True should be a whole number, 0 or more"),
        ({"status": 503, "limit": [1]}, r"limit: \[1\] should be a whole number, 0 or more"),
        (
            {"operation": LIST, "status": 503, "server_group_id": 5},
            "server_group_id: 5 should be a text, or None where it is to be absent",
        ),
        (
            {"operation": LIST, "status": 503, "server_group_id": ""},
            "server_group_id: '' should be a text",
        ),
        (
            {"operation": LIST, "status": 503, "resource_name__gt": 5},
            "resource_name__gt: only limit and offset are numbers",
        ),
        ({"operation": LIST, "status": 503, "offset__lt": 0}, "offset: no number is offset__lt=0"),
        (
            {"operation": LIST, "status": 503, "offset__gt": 10, "offset__lt": 5},
            "offset: no number is offset__gt=10, offset__lt=5",
        ),
        (
            {"operation": LIST, "status": 503, "limit": 5, "limit__gt": 10},
            "limit: no number is limit=5, limit__gt=10",
        ),
        (
            {"operation": LIST, "status": 503, "offset__gt": 2**70},
            "offset: no number is offset__gt=",
        ),
        ({"status": 503, "optional": "no"}, "optional: 'no' should be true or false"),
        ({"latency": 1, "real": "no"}, "real: 'no' should be true or false"),
        ({"operation": 503}, "operation: 503 is not documented"),
        ({"status": 503, "times": 0}, "times: 0 should be a whole number, 1 or more"),
        ({"status": 503, "times": True}, "times: True should be a whole number, 1 or more"),
        ({"status": 503, "after": -1}, "after: -1 should be a whole number, 0 or more"),
        ({"status": 503, "every": None}, "every: None should be a whole number, 1 or more"),
    ],
)
def test_a_fault_that_could_never_fire_is_refused(sdrs, said, message):
    with pytest.raises(ValueError, match="^" + message.replace("(", "\\(")):
        sdrs.faults.fail(**said)

    assert list(sdrs.faults) == []


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            {"operation": LIST},
            (
                "operation: 'ListFailureJobs' should be one that changes something and is served:"
                " DeleteFailureJob, "
            ),
        ),
        (
            {"operation": "CreateReplication"},
            "operation: 'CreateReplication' should be one that changes something and is served: ",
        ),
        ({"operation": "Nothing"}, "operation: 'Nothing' is not documented; the nearest are "),
        ({"delay": 0}, "delay: 0 should be a number of seconds from 0.001 to "),
        (
            {"offset": 5},
            (
                "offset: none of the operations that are meant has such a field; there are"
                " failure_job_id, "
            ),
        ),
        ({"every": 0}, "every: 0 should be a whole number, 1 or more"),
    ],
)
def test_what_cannot_be_late_is_refused(sdrs, said, message):
    with pytest.raises(ValueError, match="^" + message):
        sdrs.faults.busy(**said)

    assert list(sdrs.faults) == []


def test_a_condition_that_is_no_function_is_refused(sdrs):
    with pytest.raises(TypeError, match="when: 5 should be a function of a Call"):
        sdrs.faults.fail(status=503, when=5)


def test_a_fault_says_what_it_is_and_how_often_it_fired(sdrs, statuses):
    fault = sdrs.faults.fail(LIST, code="SDRS.0013", times=3, limit__gt=5)
    statuses(2)

    assert (
        str(fault)
        == "fail('ListFailureJobs', code='SDRS.0013', limit__gt=5): matched 2 calls, fired 2 of 3"
        " times"
    )


def test_a_condition_may_ask_the_fake_itself(sdrs, statuses):
    sdrs.faults.fail(
        LIST, status=503, limit=None, when=lambda call: sdrs.request("GET", "/v1").status == 200
    )

    assert statuses() == [503]
    assert "limit=None): matched" in str(next(iter(sdrs.faults)))


def test_a_fault_that_never_fired_is_told(sdrs, statuses):
    statuses()
    with sdrs.faults.fail(GROUPS, status=503), sdrs.faults.fail(status=503, optional=True, limit=1):
        statuses()

    with pytest.raises(
        AssertionError,
        match=(
            r"never fired .*\nfail\('ListProtectionGroups', status=503\): matched 0 calls, fired 0"
        ),
    ):
        sdrs.faults.check_fired()
    sdrs.faults.clear()


def test_every_documented_operation_can_be_named(fixture):
    assert set(routes.documented()) == {
        operation["operation_id"] for operation in fixture("operations")["operations"]
    }


def test_without_faults_nothing_is_asked_of_a_call(sdrs):
    assert sdrs.faults.strike(Call("GET", "/", "/", {}, {}, b"")) is None
