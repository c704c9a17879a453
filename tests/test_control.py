"""What a test may do and a client may not: the clock, the journal."""

import datetime as dt

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
from sdrs_fake.control import journal as journal_module
from sdrs_fake.control.clock import Clock

UNKNOWN = "  # no parameter of ListFailureJobs: marker, \\nrm"
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LIST = "/v1/p/task-center/failure-jobs"


# Clock


@freeze_time(NOON)
def test_the_clock_follows_the_system_and_can_be_moved_on():
    clock = Clock()

    assert clock.now() == NOON
    assert clock.advance(days=1, hours=1, minutes=1, seconds=1.5) == NOON + dt.timedelta(
        days=1, hours=1, minutes=1, seconds=1.5
    )
    assert clock.advance(seconds=1) == clock.now()


@freeze_time(NOON)
def test_new_jobs_begin_at_the_fakes_time(sdrs):
    sdrs.clock.advance(minutes=5)

    assert sdrs.add_failure_job().begin_time == NOON + dt.timedelta(minutes=5)


def test_time_does_not_go_back():
    with pytest.raises(ValueError, match="advance: -1 day, 23:59:00 should not be negative"):
        Clock().advance(minutes=-1)


# Journal


def test_every_request_is_noted_with_its_answer(sdrs):
    sdrs.request("GET", f"{LIST}?limit=5")
    sdrs.request("PUT", LIST, json={})
    sdrs.request("GET", "/nowhere")

    assert [
        (entry.call.operation, entry.call.method, entry.call.target, entry.reply.status)
        for entry in sdrs.journal
    ] == [
        ("ListFailureJobs", "GET", f"{LIST}?limit=5", 200),
        ("", "PUT", LIST, 405),
        ("", "GET", "/nowhere", 404),
    ]
    assert len(sdrs.journal) == 3


def test_a_note_says_what_the_client_saw(sdrs):
    reply = sdrs.request("GET", LIST, query={"limit": "x"})
    (entry,) = sdrs.journal

    assert (entry.reply.body, entry.reply.headers["X-Request-Id"]) == (
        reply.body,
        reply.headers["X-Request-Id"],
    )
    assert entry.call.arguments == {"project_id": "p"}
    assert entry.call.query == {"limit": "x"}


def test_the_journal_is_bounded_and_says_what_it_dropped(monkeypatch):
    monkeypatch.setattr(journal_module, "MOST_CALLS", 3)
    sdrs = FakeSdrs()
    for number in range(5):
        sdrs.request("GET", LIST, query={"offset": number})

    assert [entry.call.query["offset"] for entry in sdrs.journal] == ["2", "3", "4"]
    assert sdrs.journal.dropped == 2
    sdrs.journal.clear()
    assert (len(sdrs.journal), sdrs.journal.dropped) == (0, 0)


def test_of_long_bodies_only_the_newest_are_kept(sdrs, monkeypatch):
    answer = sdrs.request("GET", LIST).body
    sdrs.journal.clear()
    monkeypatch.setattr(journal_module, "MOST_BYTES", 2 * len(answer))
    for _ in range(3):
        sdrs.request("GET", LIST)

    assert [(entry.reply.body, entry.reply.cut) for entry in sdrs.journal] == [
        (b"", True),
        (answer, False),
        (answer, False),
    ]


def test_an_answer_longer_than_the_journals_room_is_sent_whole(sdrs, monkeypatch):
    monkeypatch.setattr(journal_module, "MOST_BYTES", 10)
    reply = sdrs.request("POST", "/v3/auth/tokens", json={"auth": {}})

    assert len(reply.body) > 10
    assert [(entry.call.body, entry.reply.body, entry.reply.cut) for entry in sdrs.journal] == [
        (b"", b"", True)
    ]
    assert (
        next(iter(sdrs.journal))
        .curl(None)
        .endswith("/v3/auth/tokens  # its body is no longer kept")
    )


def test_an_entry_that_never_had_a_body_is_not_cut(sdrs, monkeypatch):
    sdrs.request("DELETE", f"{LIST}/batch")
    monkeypatch.setattr(journal_module, "MOST_BYTES", 10)
    sdrs.request("GET", LIST)

    assert [(entry.reply.status, entry.reply.cut) for entry in sdrs.journal] == [
        (204, False),
        (200, True),
    ]


def test_what_is_cleared_leaves_all_its_room(sdrs, monkeypatch):
    sdrs.request("GET", LIST)
    sdrs.journal.clear()
    monkeypatch.setattr(journal_module, "MOST_BYTES", 100)
    sdrs.request("GET", LIST)

    assert [entry.reply.cut for entry in sdrs.journal] == [False]


def test_an_entry_that_is_dropped_leaves_its_room(monkeypatch):
    monkeypatch.setattr(journal_module, "MOST_CALLS", 1)
    monkeypatch.setattr(journal_module, "MOST_BYTES", 100)
    sdrs = FakeSdrs()
    for _ in range(5):
        sdrs.request("GET", LIST)

    assert [entry.reply.cut for entry in sdrs.journal] == [False]


def test_an_entry_whose_body_is_gone_is_dropped_like_any_other(monkeypatch):
    monkeypatch.setattr(journal_module, "MOST_CALLS", 2)
    monkeypatch.setattr(journal_module, "MOST_BYTES", 1)
    sdrs = FakeSdrs()
    for _ in range(4):
        sdrs.request("GET", LIST)

    assert (len(sdrs.journal), sdrs.journal.dropped) == (2, 2)


def test_a_watcher_sees_each_entry(sdrs):
    seen = []
    sdrs.journal.watcher = seen.append
    sdrs.request("GET", LIST)

    assert seen == list(sdrs.journal)


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        ({}, f"curl --noproxy '*' -sS -H 'X-Auth-Token: any' http://h{LIST}"),
        ({"credentials": None}, f"curl --noproxy '*' -sS http://h{LIST}"),
        ({"credentials": None, "method": "HEAD"}, f"curl --noproxy '*' -sS --head http://h{LIST}"),
        (
            {"credentials": None, "method": "DELETE"},
            f"curl --noproxy '*' -sS -X DELETE http://h{LIST}",
        ),
        (
            {"credentials": None, "query": "limit=1&offset='"},
            f"""curl --noproxy '*' -sS 'http://h{LIST}?limit=1&offset='"'"''""",
        ),
        (
            {"query": "marker=1&%0Arm=2"},
            (
                "curl --noproxy '*' -sS -H 'X-Auth-Token: any'"
                f" 'http://h{LIST}?marker=1&%0Arm=2'{UNKNOWN}"
            ),
        ),
        (
            {"credentials": None, "method": "POST", "json": [1]},
            (
                "curl --noproxy '*' -sS -X POST -H 'Content-Type: application/json' --data-raw"
                f" '[1]' http://h{LIST}"
            ),
        ),
    ],
)
def test_a_call_is_a_line_for_a_shell(sdrs, request_, line):
    sdrs.request(**{"method": "GET", "path": LIST, **request_})

    (entry,) = sdrs.journal
    assert entry.curl("http://h") == line


def test_a_line_without_a_url_leaves_it_to_the_shell(sdrs):
    sdrs.request("GET", LIST, credentials=None)

    (entry,) = sdrs.journal
    assert entry.curl(None) == f"""curl --noproxy '*' -sS "$SDRS_URL"{LIST}"""


# What the journal is asked


def test_calls_are_found_by_their_operation(sdrs):
    sdrs.request("GET", LIST)
    sdrs.request("GET", "/v1/p/server-groups")

    assert [entry.call.operation for entry in sdrs.journal.calls()] == [
        "ListFailureJobs",
        "ListProtectionGroups",
    ]
    assert [entry.call.target for entry in sdrs.journal.calls("ListFailureJobs")] == [LIST]
    assert sdrs.journal.last.call.operation == "ListProtectionGroups"
    sdrs.journal.clear()
    assert (sdrs.journal.calls(), sdrs.journal.last) == ([], None)


@pytest.mark.parametrize(
    "fields", [{}, {"offset": 100}, {"offset": "100", "limit": None}, {"project_id": "p"}]
)
def test_a_call_that_was_made_is_given(sdrs, fields):
    sdrs.request("GET", LIST, query={"offset": 100})

    assert sdrs.journal.assert_called("ListFailureJobs", **fields).call.query["offset"] == "100"


def test_a_call_that_was_not_made_is_told_with_those_that_came_near(sdrs):
    sdrs.request("GET", LIST, query={"limit": 7}, credentials=None)
    sdrs.request("GET", LIST, query={"limit": 5, "offset": 10})

    with pytest.raises(AssertionError) as caught:
        sdrs.journal.assert_called("ListFailureJobs", limit=5, offset=100)

    assert str(caught.value).splitlines() == [
        "no call was ListFailureJobs, limit=5, offset=100; 2 came near",
        f"""  curl --noproxy '*' -sS -H 'X-Auth-Token: any' "$SDRS_URL"'{LIST}?limit=5&offset=10' -> 200""",
        "    offset was '10', not '100'",
        f"""  curl --noproxy '*' -sS "$SDRS_URL"'{LIST}?limit=7' -> 401""",
        "    limit was '7', not '5'",
        "    offset was None, not '100'",
    ]


def test_calls_of_other_operations_are_told_where_there_is_none_of_this(sdrs):
    with pytest.raises(AssertionError, match=r"^no call was ShowQuota; there was none at all$"):
        sdrs.journal.assert_called("ShowQuota")
    sdrs.request("GET", "/nowhere")

    with pytest.raises(AssertionError, match="it was no operation, not ShowQuota"):
        sdrs.journal.assert_called("ShowQuota")


def test_calls_that_are_no_longer_kept_are_told(sdrs):
    sdrs.journal.most = 1
    for _ in range(3):
        sdrs.request("GET", LIST)

    with pytest.raises(AssertionError, match="the oldest 2 calls are no longer kept"):
        sdrs.journal.assert_called("ShowQuota")


@pytest.mark.parametrize(
    ("operation", "fields", "message"),
    [
        (
            "ListFailedJobs",
            {},
            "operation: 'ListFailedJobs' is not documented; the nearest are ListFailureJobs or ",
        ),
        (
            "ListFailureJobs",
            {"ofset": None},
            (
                "ofset: ListFailureJobs has no such field, and no call brought it; there are"
                " failure_status, "
            ),
        ),
        (
            "ListApiVersions",
            {"a": 1},
            "a: ListApiVersions has no such field, and no call brought it; there are none",
        ),
    ],
)
def test_what_could_never_have_been_called_is_refused(sdrs, operation, fields, message):
    sdrs.request("GET", LIST)

    with pytest.raises(ValueError, match="^" + message):
        sdrs.journal.assert_called(operation, **fields)


def test_a_parameter_that_the_operation_has_not_is_marked_and_can_be_asked_for(sdrs):
    sdrs.request("GET", LIST, query={"marker": "x", "limit": 1})

    entry = sdrs.journal.assert_called("ListFailureJobs", marker="x")

    assert entry.call.unknown == ("marker",)


def test_calls_of_iam_can_be_asked_for(sdrs):
    with pytest.raises(AssertionError, match="there was none at all"):
        sdrs.journal.assert_called("KeystoneCreateToken")


def test_what_went_wrong_on_the_way_is_told(sdrs):
    sdrs.faults.fail("ListFailureJobs", wire="drop")
    with pytest.raises(ConnectionError):
        sdrs.request("GET", LIST)

    with pytest.raises(AssertionError, match="-> 200, but the connection ended before the answer"):
        sdrs.journal.assert_called("ListFailureJobs", offset=100)


@pytest.mark.parametrize(("most", "kept"), [(0, 0), (2, 2), (9, 3)])
def test_a_journal_keeps_as_many_calls_as_it_is_told(sdrs, most, kept):
    sdrs.journal.most = most
    for _ in range(3):
        sdrs.request("GET", LIST)

    assert (len(sdrs.journal), sdrs.journal.dropped) == (kept, 3 - kept)


@pytest.mark.parametrize("most", [-1, None, True, "5"])
def test_a_journal_cannot_keep_what_is_no_number_of_calls(sdrs, most):
    with pytest.raises(ValueError, match=f"^most: {most!r} should be a whole number, 0 or more"):
        sdrs.journal.most = most

    assert sdrs.journal.most == 10_000


def test_calls_of_an_operation_that_is_none_are_not_asked_for(sdrs):
    with pytest.raises(
        ValueError,
        match="operation: 'ListFailedJobs' is not documented; the nearest are ListFailureJobs",
    ):
        sdrs.journal.calls("ListFailedJobs")


def test_no_line_for_a_shell_moves_a_terminal(sdrs):
    sdrs.request(
        "POST",
        f"{LIST}?x=\x1b[31m\x9b",
        headers={"Content-Type": "\x1b[31mred\x07"},
        json={"a": "\x1b"},
    )

    assert sdrs.journal.last.curl(None).isprintable()


# The clock, set


@freeze_time(NOON)
def test_the_clock_is_set_to_a_moment_to_come(sdrs):
    later = NOON + dt.timedelta(hours=1)

    assert sdrs.clock.set(later) == later == sdrs.clock.now()
    assert sdrs.clock.set("2026-03-02T12:00:00Z") == NOON + dt.timedelta(days=1)


@freeze_time(NOON)
@pytest.mark.parametrize(
    ("moment", "message"),
    [
        (
            "2026-03-01T11:59:59Z",
            "set: '2026-03-01T11:59:59Z' should not be over; time does not go back",
        ),
        ("2026-03-02", "set: '2026-03-02' should be a datetime with a time zone"),
    ],
)
def test_a_moment_that_is_over_or_has_no_zone_is_refused(sdrs, moment, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        sdrs.clock.set(moment)
