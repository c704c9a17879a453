"""What a test may do and a client may not: the clock, the journal."""

import datetime as dt

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
from sdrs_fake.control import journal as journal_module
from sdrs_fake.control.clock import Clock

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LIST = "/v1/p/task-center/failure-jobs"


# Clock


@freeze_time(NOON)
def test_the_clock_follows_the_system_and_can_be_moved_on():
    clock = Clock()

    assert clock.now() == NOON
    assert clock.advance(days=1, hours=1, minutes=1, seconds=1.5) == NOON + dt.timedelta(days=1, hours=1, minutes=1, seconds=1.5)
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

    assert [(entry.call.operation, entry.call.method, entry.call.target, entry.reply.status) for entry in sdrs.journal] == [
        ("ListFailureJobs", "GET", f"{LIST}?limit=5", 200),
        ("", "PUT", LIST, 405),
        ("", "GET", "/nowhere", 404),
    ]
    assert len(sdrs.journal) == 3


def test_a_note_says_what_the_client_saw(sdrs):
    reply = sdrs.request("GET", LIST, query={"limit": "x"})
    (entry,) = sdrs.journal

    assert (entry.reply.body, entry.reply.headers["X-Request-Id"]) == (reply.body, reply.headers["X-Request-Id"])
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

    assert [(entry.reply.body, entry.reply.cut) for entry in sdrs.journal] == [(b"", True), (answer, False), (answer, False)]


def test_an_answer_longer_than_the_journals_room_is_sent_whole(sdrs, monkeypatch):
    monkeypatch.setattr(journal_module, "MOST_BYTES", 10)
    reply = sdrs.request("POST", "/v3/auth/tokens", json={"auth": {}})

    assert len(reply.body) > 10
    assert [(entry.call.body, entry.reply.body, entry.reply.cut) for entry in sdrs.journal] == [(b"", b"", True)]
    assert next(iter(sdrs.journal)).curl(None).endswith("/v3/auth/tokens  # its body is no longer kept")


def test_an_entry_that_never_had_a_body_is_not_cut(sdrs, monkeypatch):
    sdrs.request("DELETE", f"{LIST}/batch")
    monkeypatch.setattr(journal_module, "MOST_BYTES", 10)
    sdrs.request("GET", LIST)

    assert [(entry.reply.status, entry.reply.cut) for entry in sdrs.journal] == [(204, False), (200, True)]


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
        ({"credentials": None, "method": "DELETE"}, f"curl --noproxy '*' -sS -X DELETE http://h{LIST}"),
        ({"credentials": None, "query": "a=1&b='"}, f"""curl --noproxy '*' -sS 'http://h{LIST}?a=1&b='"'"''"""),
        (
            {"credentials": None, "method": "POST", "json": [1]},
            f"curl --noproxy '*' -sS -X POST -H 'Content-Type: application/json' --data-raw '[1]' http://h{LIST}",
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
