"""`sdrs.faults.fail`: the errors that clients see, at which requests, and how often."""

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from threading import Thread

import pytest

from sdrs_fake.domain.error_codes import BY_STATUS
from sdrs_fake.domain.refusals import not_implemented
from tests.sdk import (
    ClientRequestException,
    ListFailureJobsRequest,
    ServerResponseException,
    client_of,
    opened,
)

ABNORMAL = [400, 401, 403, 404, 405, 406, 407, 408, 409, 500, 501, 502, 503, 504]
"""The abnormal rows of the page "Return Values"."""

GROUPS = "ListProtectionGroups"
LIST = "ListFailureJobs"


def refusal_with(status):
    """The refusal with a status; 501 names the operation."""
    return not_implemented(LIST) if status == HTTPStatus.NOT_IMPLEMENTED else BY_STATUS[status]


@pytest.fixture
def sdk(sdrs):
    """A list request of the official SDK."""
    with opened(client_of(sdrs.project_id, sdrs.url)) as client:
        yield lambda: client.list_failure_jobs(ListFailureJobsRequest())


@pytest.fixture
def statuses(sdrs, path):
    """`statuses(3, limit=5)`: the statuses of three such requests for the list."""
    return lambda requests=1, **params: [
        sdrs.request("GET", path, params=params).status for _ in range(requests)
    ]


# Errors


@pytest.mark.parametrize("status", [*ABNORMAL, 413, 414, 429])
def test_a_status_is_answered_with_the_body_of_its_row(sdrs, path, status):
    sdrs.faults.fail(LIST, status=status)

    response = sdrs.request("GET", path)

    refusal = refusal_with(status)
    error = response.json if refusal.gateway else response.json["error"]
    assert response.status == status
    assert error.get("code", error.get("error_code")) == refusal.code
    assert error.get("message", error.get("error_msg")) == refusal.message
    assert response.headers.get("Retry-After") == ("1" if status == 429 else None)
    assert response.headers.get("Allow") == ("" if status == 405 else None)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
@pytest.mark.parametrize("status", ABNORMAL)
def test_the_official_sdk_raises_every_abnormal_status_with_its_code_and_message(sdrs, sdk, status):
    sdrs.faults.fail(LIST, status=status)

    with pytest.raises((ClientRequestException, ServerResponseException)) as caught:
        sdk()

    refusal, error = refusal_with(status), caught.value
    assert isinstance(error, ClientRequestException) == (status < 500)
    assert (error.status_code, error.error_code) == (status, refusal.code)
    assert (error.error_msg, len(error.request_id)) == (refusal.message, 32)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
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
def test_a_code_brings_its_status_message_and_body(sdrs, path, arguments, status, message):
    sdrs.faults.fail(**arguments)

    response = sdrs.request("GET", path)

    error = response.json.get("error", response.json)
    assert response.status == status
    assert error.get("code", error.get("error_code")) == arguments["code"]
    assert error.get("message", error.get("error_msg")) == message


def test_a_fault_comes_after_credentials_and_is_in_the_journal(sdrs, path):
    fault = sdrs.faults.fail(status=503)

    answers = [sdrs.request("GET", path, credentials=each).status for each in (None, "any")]

    assert answers == [record.response.status for record in sdrs.journal] == [401, 503]
    assert fault.fired == 1


# How often


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({}, [503, 503, 503, 503, 503]),
        ({"times": 2}, [503, 503, 200, 200, 200]),
        ({"after": 2}, [200, 200, 503, 503, 503]),
        ({"every": 2}, [503, 200, 503, 200, 503]),
        ({"after": 1, "every": 3, "times": 1}, [200, 503, 200, 200, 200]),
    ],
)
def test_a_fault_fires_by_its_schedule(sdrs, statuses, schedule, expected):
    fault = sdrs.faults.fail(LIST, status=503, **schedule)

    assert statuses(5) == expected
    assert fault.fired == expected.count(503)
    assert fault.armed is ("times" not in schedule)


def test_times_is_exact_under_sixteen_threads(sdrs, path):
    fault = sdrs.faults.fail(LIST, status=503, times=50)

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: sdrs.request("GET", path).status, range(320)))

    assert (answers.count(503), answers.count(200)) == (50, 270)
    assert (fault.fired, fault.armed) == (50, False)


def test_of_two_that_match_the_one_armed_first_fires(sdrs, statuses):
    sdrs.faults.fail(LIST, status=503, times=1)
    second = sdrs.faults.fail(status=409)

    assert statuses(3) == [503, 409, 409]
    assert second.matched == 2


def test_a_fault_is_disarmed_at_the_end_of_a_with_block_by_itself_or_with_all(sdrs, statuses):
    with sdrs.faults.fail(status=503) as first:
        assert statuses() == [503]
    second = sdrs.faults.fail(status=503)
    second.disarm()
    assert statuses() == [200]

    third = sdrs.faults.fail(status=503, optional=True)
    assert [first, second, third] == list(sdrs.faults)
    sdrs.faults.clear()
    assert (statuses(), list(sdrs.faults), third.armed) == ([200], [], False)


def test_faults_that_never_fired_fail_the_test_unless_optional(sdrs, statuses):
    with sdrs.faults.fail(GROUPS, status=503), sdrs.faults.fail(status=503, optional=True, limit=1):
        statuses()

    with pytest.raises(AssertionError) as caught:
        sdrs.faults.assert_all_fired()

    assert str(caught.value).splitlines() == [
        "faults that never fired (optional=True allows that):",
        "fail('ListProtectionGroups', status=503): matched 0 requests, fired 0 times",
    ]
    sdrs.faults.clear()


# Which requests


@pytest.mark.parametrize(
    ("fields", "matching", "other"),
    [
        ({"limit": 5}, {"limit": "5"}, {"limit": "6"}),
        ({"limit": 1000}, {}, {"limit": "5"}),
        ({"limit": None}, {}, {"limit": "1000"}),
        ({"limit": 7}, {"limit": "0007"}, {"limit": "70"}),
        ({"limit": 7}, {"limit": "0" * 5000 + "7"}, {"limit": "7" * 5000}),
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
        ({"when": lambda request: "marker" in request.params}, {"marker": "x"}, {}),
    ],
)
def test_fields_and_when_decide_which_requests_match(sdrs, statuses, fields, matching, other):
    sdrs.faults.fail(LIST, status=503, **fields)

    assert statuses(**matching) == [503]
    assert statuses(**other)[0] in {200, 400}


def test_another_operation_does_not_match(sdrs, statuses):
    sdrs.faults.fail(GROUPS, status=503, optional=True)

    assert statuses() == [200]


def test_an_operation_that_does_not_have_a_field_does_not_match_its_default(sdrs, statuses):
    fault = sdrs.faults.fail(status=503, offset=0)

    assert sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas").status == 200
    assert (fault.matched, statuses()) == (0, [503])


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


def test_a_condition_may_call_the_fake_from_another_thread(sdrs, statuses):
    answers = []

    def when(request):
        thread = Thread(target=lambda: answers.append(sdrs.request("GET", "/v1").status))
        thread.start()
        thread.join(10)
        return True

    sdrs.faults.fail(LIST, status=503, when=when, times=1)
    sdrs.faults.fail("ListApiVersions", status=503, optional=True)

    assert (statuses(), answers) == ([503], [200])


def test_the_condition_of_a_fault_that_is_over_is_not_called(sdrs, statuses):
    called = []
    when = lambda request: called.append(request) or True  # noqa: E731 a function with an effect
    fault = sdrs.faults.fail(LIST, status=503, times=1, when=when)

    assert statuses(3) == [503, 200, 200]
    assert (len(called), fault.armed) == (1, False)
