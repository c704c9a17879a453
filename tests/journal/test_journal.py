"""`sdrs.journal`: which requests it keeps, and what a test can ask about them."""

import pickle
from copy import deepcopy

import pytest

from sdrs_fake import Request, Response
from sdrs_fake.errors import ParameterError
from sdrs_fake.journal import request_log

LIST = "/v1/p/task-center/failure-jobs"


def get(sdrs, number=1, **params):
    """Send some requests for the list; returns the last response."""
    for _ in range(number):
        response = sdrs.request("GET", LIST, params=params)
    return response


# What is kept


def test_every_request_is_recorded_with_its_response(sdrs):
    sdrs.request("GET", f"{LIST}?limit=5")
    sdrs.request("PUT", LIST, json={})
    sdrs.request("GET", "/nowhere")

    listed, wrong, unknown = sdrs.journal
    assert (listed.request.operation, listed.response.status) == ("ListFailureJobs", 200)
    assert (listed.request.method, listed.request.target) == ("GET", f"{LIST}?limit=5")
    assert (wrong.request.operation, wrong.request.method) == ("", "PUT")
    assert wrong.response.status == 405
    assert (unknown.request.target, unknown.response.status) == ("/nowhere", 404)
    assert (len(sdrs.journal), repr(sdrs.journal)) == (3, "<Journal: 3 requests, 0 dropped>")


def test_a_record_has_what_the_client_saw(sdrs):
    response = get(sdrs, limit="x")
    (record,) = sdrs.journal

    assert record.response.body == response.body
    assert record.response.headers["X-Request-Id"] == response.headers["X-Request-Id"]
    assert record.request.path_params == {"project_id": "p"}
    assert record.request.params == {"limit": "x"}


@pytest.mark.parametrize(("most", "kept"), [(0, 0), (2, 2), (9, 3)])
def test_the_journal_keeps_the_newest_max_requests(sdrs, most, kept):
    sdrs.journal.max_requests = most
    for number in range(3):
        get(sdrs, offset=number)

    offsets = [record.request.params["offset"] for record in sdrs.journal]
    assert offsets == ["0", "1", "2"][3 - kept :]
    assert (len(sdrs.journal), sdrs.journal.dropped) == (kept, 3 - kept)
    sdrs.journal.clear()
    assert (len(sdrs.journal), sdrs.journal.dropped) == (0, 0)


@pytest.mark.parametrize("number", [-1, None, True, "5"])
def test_max_requests_has_to_be_an_integer(sdrs, number):
    with pytest.raises(ParameterError, match=f"^max_requests: {number!r} should be an integer, 0 "):
        sdrs.journal.max_requests = number

    assert sdrs.journal.max_requests == 10_000


def test_only_the_newest_bodies_are_kept(sdrs, monkeypatch):
    body = get(sdrs).body
    sdrs.journal.clear()
    monkeypatch.setattr(request_log, "MAX_BYTES", 2 * len(body))
    get(sdrs, 3)

    kept = [(record.response.body, record.response.body_dropped) for record in sdrs.journal]
    assert kept == [(b"", True), (body, False), (body, False)]


def test_a_body_that_is_too_long_for_the_journal_is_sent_whole(sdrs, monkeypatch):
    monkeypatch.setattr(request_log, "MAX_BYTES", 10)
    response = sdrs.request("POST", "/v3/auth/tokens", json={"auth": {}})
    (record,) = sdrs.journal

    assert len(response.body) > 10
    assert (record.request.body, record.response.body) == (b"", b"")
    assert record.response.body_dropped
    assert record.curl().endswith("/v3/auth/tokens  # its body is no longer kept")


def test_a_response_that_never_had_a_body_has_lost_none(sdrs, monkeypatch):
    sdrs.request("DELETE", f"{LIST}/batch")
    monkeypatch.setattr(request_log, "MAX_BYTES", 10)
    get(sdrs)

    deleted, listed = (record.response for record in sdrs.journal)
    assert (deleted.status, deleted.body_dropped) == (204, False)
    assert (listed.status, listed.body_dropped) == (200, True)


def test_requests_that_are_cleared_or_dropped_leave_their_room(sdrs, monkeypatch):
    get(sdrs)
    sdrs.journal.clear()
    monkeypatch.setattr(request_log, "MAX_BYTES", 100)
    sdrs.journal.max_requests = 1
    get(sdrs, 5)

    assert [record.response.body_dropped for record in sdrs.journal] == [False]


def test_a_request_whose_bodies_are_gone_is_dropped_like_any_other(sdrs, monkeypatch):
    monkeypatch.setattr(request_log, "MAX_BYTES", 1)
    sdrs.journal.max_requests = 2
    get(sdrs, 4)

    assert (len(sdrs.journal), sdrs.journal.dropped) == (2, 2)


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"X-Long": "x" * 50_000}},
        {"params": "&".join(f"p{number}" for number in range(1000))},
    ],
)
def test_heads_are_kept_up_to_a_number_of_bytes_in_all(sdrs, monkeypatch, sent):
    monkeypatch.setattr(request_log, "MAX_HEAD_BYTES", 300_000)
    for _ in range(9):
        sdrs.request("GET", LIST, **sent)

    assert 1 < len(sdrs.journal) < 9
    assert len(sdrs.journal) + sdrs.journal.dropped == 9
    sdrs.journal.clear()
    get(sdrs, 50)
    assert len(sdrs.journal) == 50


def test_observers_see_each_request_to_come(sdrs):
    get(sdrs)
    first, second = [], []
    sdrs.journal.observe(first.append)
    sdrs.journal.observe(second.append)
    sdrs.journal.clear()
    get(sdrs)

    assert first == second == list(sdrs.journal)


def test_only_what_a_test_uses_is_public(sdrs):
    assert [name for name in dir(sdrs.journal) if name[0] != "_"] == [
        *(
            "assert_called",
            "assert_called_once",
            "assert_not_called",
            "calls",
            "clear",
            "dropped",
            "last",
            "max_requests",
            "observe",
            "record",
        ),
    ]


# What it is asked


def test_requests_are_found_by_their_operation(sdrs):
    get(sdrs)
    sdrs.request("GET", "/v1/p/server-groups")

    operations = [record.request.operation for record in sdrs.journal.calls()]
    assert operations == ["ListFailureJobs", "ListProtectionGroups"]
    assert [record.request.target for record in sdrs.journal.calls("ListFailureJobs")] == [LIST]
    assert sdrs.journal.last.request.operation == "ListProtectionGroups"
    sdrs.journal.clear()
    assert (sdrs.journal.calls(), sdrs.journal.last) == ([], None)


@pytest.mark.parametrize(
    "fields", [{}, {"offset": 100}, {"offset": "100", "limit": None}, {"project_id": "p"}]
)
def test_a_request_that_was_made_is_returned(sdrs, fields):
    get(sdrs, offset=100)

    assert sdrs.journal.assert_called("ListFailureJobs", **fields).request.params["offset"] == "100"


def test_a_parameter_that_the_operation_does_not_have_is_marked_and_can_be_asked_for(sdrs):
    get(sdrs, marker="x", limit=1)

    record = sdrs.journal.assert_called("ListFailureJobs", marker="x")

    assert record.request.unknown_params == ("marker",)


def test_a_request_that_was_not_made_is_reported_with_the_nearest(sdrs):
    sdrs.request("GET", LIST, params={"limit": 7}, credentials=None)
    get(sdrs, limit=5, offset=10)

    with pytest.raises(AssertionError) as caught:
        sdrs.journal.assert_called("ListFailureJobs", limit=5, offset=100)

    curl = "  curl --noproxy '*' -sS"
    assert str(caught.value).splitlines() == [
        "ListFailureJobs, limit=5, offset=100: not called; the nearest of 2 requests",
        f"""{curl} -H 'X-Auth-Token: any' "$SDRS_URL"'{LIST}?limit=5&offset=10' -> 200""",
        "    offset was '10', not '100'",
        (
            f"""{curl} "$SDRS_URL"'{LIST}?limit=7'"""
            "  # sent without token or AK/SK signature -> 401"
        ),
        "    limit was '7', not '5'",
        "    offset was None, not '100'",
    ]


def test_requests_of_other_operations_are_reported_where_there_is_none_of_this(sdrs):
    with pytest.raises(AssertionError, match=r"^ShowQuota: not called; there was no request$"):
        sdrs.journal.assert_called("ShowQuota")
    sdrs.request("GET", "/nowhere")

    with pytest.raises(AssertionError, match="operation was None, not 'ShowQuota'"):
        sdrs.journal.assert_called("ShowQuota")


def test_requests_that_are_no_longer_kept_are_reported(sdrs):
    sdrs.journal.max_requests = 1
    get(sdrs, 3)

    with pytest.raises(AssertionError, match="the oldest 2 requests are no longer kept"):
        sdrs.journal.assert_called("ShowQuota")


def test_what_went_wrong_on_the_way_is_reported(sdrs):
    sdrs.faults.fail("ListFailureJobs", network="disconnect")
    with pytest.raises(ConnectionError):
        get(sdrs)

    with pytest.raises(AssertionError, match="200, but the connection ended before the response"):
        sdrs.journal.assert_called("ListFailureJobs", offset=100)


def test_requests_to_iam_can_be_asked_for(sdrs):
    with pytest.raises(AssertionError, match="there was no request"):
        sdrs.journal.assert_called("KeystoneCreateToken")


@pytest.mark.parametrize(
    ("operation", "fields", "message"),
    [
        (
            "ListFailedJobs",
            {},
            "operation: 'ListFailedJobs' is not documented; did you mean ListFailureJobs?",
        ),
        (5, {}, "operation: 5 is not documented; an operation id is, for example, ListFailureJobs"),
        ("ListFailureJobs", {"ofset": None}, "ofset: no such field; did you mean offset?"),
        ("ListFailureJobs", {"colour": 1}, "colour: no such field; there are failure_status, "),
        ("ListApiVersions", {"a": 1}, "a: no such field; there are none"),
    ],
)
def test_what_could_never_have_been_called_is_refused(sdrs, operation, fields, message):
    get(sdrs)

    with pytest.raises(ParameterError) as caught:
        sdrs.journal.assert_called(operation, **fields)

    assert str(caught.value).startswith(message)
    with pytest.raises(ParameterError, match="operation: 'ListFailedJobs' is not documented"):
        sdrs.journal.calls("ListFailedJobs")


@pytest.mark.parametrize("copy", [lambda value: pickle.loads(pickle.dumps(value)), deepcopy])
def test_a_record_can_be_copied_and_pickled(sdrs, path, copy):
    sdrs.faults.fail("ListFailureJobs", latency=1)
    sdrs.request("GET", path)

    assert copy(sdrs.journal.last) == sdrs.journal.last


def test_a_record_of_ones_own_is_kept_like_any_other(sdrs):
    sdrs.journal.record(Request("GET", "/x", "/x", {}, {}, b""), Response(200))

    assert (sdrs.journal.last.request.path, len(sdrs.journal)) == ("/x", 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda journal: journal.record(1, 2), "request: 1 should be a Request"),
        (
            lambda journal: journal.record(journal.last.request, 2),
            "response: 2 should be a Response",
        ),
        (
            lambda journal: journal.last.curl(5),
            "url: 5 should be a URL such as http://127.0.0.1:8080",
        ),
        (
            lambda journal: journal.assert_called_once("ListFailureJobs", times=2),
            "times: 2 goes with assert_called; assert_called_once is for 1 request",
        ),
    ],
)
def test_a_wrong_argument_is_refused_by_its_name(sdrs, call, message):
    get(sdrs)

    with pytest.raises(ParameterError) as caught:
        call(sdrs.journal)

    assert str(caught.value) == message
    assert len(sdrs.journal) == 1


def test_one_request_is_told_in_the_singular(sdrs):
    fault = sdrs.faults.fail(status=503, times=None)
    get(sdrs)
    fault.disarm()
    sdrs.journal.max_requests = 1
    get(sdrs)

    with pytest.raises(AssertionError, match="the oldest 1 request is no longer kept"):
        sdrs.journal.assert_called("ShowQuota")
    assert repr(sdrs.journal) == "<Journal: 1 request, 1 dropped>"
    assert str(fault).endswith(": matched 1 request, fired 1 time")
