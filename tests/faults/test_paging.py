"""Paging faults: what happens between two pages shows which programs page wrongly."""

import pytest

from sdrs_fake import Behavior, FakeSdrs
from sdrs_fake.errors import ParameterError

KINDS = ["insert_between_pages", "delete_between_pages", "wrong_count", "short_page"]


@pytest.fixture
def pages(sdrs, path):
    """Pages of a list of seven jobs: `pages(offset, limit)` gives (count, job ids)."""
    for number in range(7):
        sdrs.add_failure_job(
            begin_time=f"2026-06-0{number + 1}T00:00:00Z",
            server_group_id="g",
            resource_id=f"r{number}",
        )

    def page(offset, limit):
        params = {"offset": offset, "limit": limit, "server_group_id": "g"}
        answer = sdrs.request("GET", path, params=params).json
        return answer["count"], [job["job_id"] for job in answer["failure_jobs"]]

    return page


def ids(sdrs):
    return [job.job_id for job in sdrs.failure_jobs]


# Four programs that read the whole list, three of them wrongly


def by_the_count(page, limit=3):
    """Trusts the count of the last page that it saw."""
    count, seen = page(0, limit)
    while len(seen) < count:
        count, more = page(len(seen), limit)
        if not more:
            raise RuntimeError("never comes to an end")
        seen += more
    return seen


def by_the_length_of_a_page(page, limit=3):
    """Takes a page that is not full for the last one."""
    seen = []
    while True:
        _, more = page(len(seen), limit)
        seen += more
        if len(more) < limit:
            return seen


def by_the_limit(page, limit=3):
    """Goes on by the limit, however many rows came."""
    seen, offset = [], 0
    while more := page(offset, limit)[1]:
        seen += more
        offset += limit
    return seen


def rightly(page, limit=3):
    """Goes on by what came until nothing comes, and begins each page with the last row seen.

    If another row is there, the list has moved: it starts again.
    """
    _, seen = page(0, limit)
    while seen:
        again, *more = page(len(seen) - 1, limit)[1] or [None]
        if again != seen[-1]:
            return rightly(page, limit)
        if not more:
            break
        seen += more
    return seen


PAGERS = [by_the_count, by_the_length_of_a_page, by_the_limit, rightly]


def outcome(pager, page, sdrs):
    """What is wrong with the rows that a program read, in a word."""
    try:
        seen = pager(page)
    except RuntimeError:
        return "never ends"
    if len(set(seen)) < len(seen):
        return "twice"
    return "right" if seen == ids(sdrs) else "missed" if set(ids(sdrs)) - set(seen) else "too much"


@pytest.mark.parametrize("pager", PAGERS)
def test_without_a_fault_every_program_is_right(sdrs, pages, pager):
    assert outcome(pager, pages, sdrs) == "right"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("insert_between_pages", ["twice", "twice", "twice", "right"]),
        ("delete_between_pages", ["missed", "missed", "missed", "right"]),
        ("wrong_count", ["never ends", "right", "right", "right"]),
        ("short_page", ["right", "missed", "missed", "right"]),
    ],
)
@pytest.mark.parametrize("place", range(4))
def test_paging_faults_find_programs_that_page_wrongly(sdrs, pages, kind, expected, place):
    fault = getattr(sdrs.faults, kind)()

    assert outcome(PAGERS[place], pages, sdrs) == expected[place]
    assert fault.fired


# Each kind


def test_a_new_job_comes_to_the_front_before_the_next_page(sdrs, pages):
    before = ids(sdrs)
    fault = sdrs.faults.insert_between_pages()

    assert pages(0, 3) == (7, before[:3])
    assert pages(3, 3) == (8, before[2:5])
    assert pages(6, 3) == (8, before[5:])

    assert ids(sdrs)[1:] == before
    newest, second, *_ = sdrs.failure_jobs
    assert newest.begin_time > second.begin_time
    assert (newest.resource_id, newest.server_group_id) == ("r6", "g")
    assert fault.fired == 1


def test_a_new_job_is_newer_than_one_in_the_future(sdrs, pages):
    sdrs.add_failure_job(begin_time="2099-01-01T00:00:00Z", server_group_id="g")
    sdrs.faults.insert_between_pages()

    pages(1, 1)

    assert sdrs.failure_jobs[0].begin_time.isoformat() == "2099-01-01T00:00:00.001000+00:00"


def test_the_newest_job_is_deleted_before_the_next_page(sdrs, pages):
    before = ids(sdrs)
    sdrs.faults.delete_between_pages()

    assert pages(0, 3) == (7, before[:3])
    assert pages(3, 3) == (6, before[4:7])
    assert ids(sdrs) == before[1:]


@pytest.mark.parametrize(("by", "count"), [(1, 8), (-1, 6), (-100, 0)])
def test_the_count_of_next_pages_is_wrong_and_the_list_is_not(sdrs, pages, by, count):
    before = ids(sdrs)
    sdrs.faults.wrong_count(by)

    assert pages(0, 3) == (7, before[:3])
    assert pages(3, 3) == (count, before[3:6])
    assert pages(6, 3) == (count, before[6:])


def test_a_page_comes_short_and_the_next_row_is_at_the_next_offset(sdrs, pages):
    before = ids(sdrs)
    sdrs.faults.short_page()

    assert pages(6, 3) == (7, before[6:])  # the last page is never short
    assert pages(0, 3) == (7, before[:2])
    assert pages(2, 3) == (7, before[2:5])


# Which pages


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("behavior", "method", "params"),
    [
        ({}, "GET", {"limit": 1}),
        ({}, "GET", {"limit": 3, "offset": "x"}),
        ({}, "GET", {"limit": "x"}),
        ({}, "GET", {"limit": 1, "server_group_id": "none"}),
        ({}, "HEAD", {"limit": 2, "offset": 1}),
        ({"limit_zero": "error"}, "GET", {"limit": 0, "offset": 1}),
        ({"unknown_group": "error"}, "GET", {"limit": 2, "offset": 1, "server_group_id": "none"}),
    ],
)
def test_a_page_that_is_alone_refused_or_not_shown_does_not_match(kind, behavior, method, params):
    with FakeSdrs(behavior=Behavior(**behavior)) as fake:
        for _ in range(5):
            fake.add_failure_job()
        before = ids(fake)
        fault = getattr(fake.faults, kind)()

        fake.request(method, f"/v1/{fake.project_id}/task-center/failure-jobs", params=params)

        assert (fault.matched, ids(fake)) == (0, before)


@pytest.mark.parametrize("kind", ["insert_between_pages", "delete_between_pages"])
def test_a_list_that_is_emptied_meanwhile_stays_empty(sdrs, pages, kind):
    getattr(sdrs.faults, kind)(when=lambda request: sdrs.reset() or True)

    assert pages(3, 3) == (0, [])


@pytest.mark.parametrize("kind", KINDS)
def test_paging_faults_take_the_options_of_all_faults(sdrs, pages, kind):
    fault = getattr(sdrs.faults, kind)(times=2, after=1, server_group_id="g", limit=2)

    for offset in (1, 2, 3, 4):
        pages(offset, 2)
        pages(offset, 3)

    assert str(fault).startswith(f"{kind}(")
    assert str(fault).endswith(
        "server_group_id='g', limit=2): matched 3 requests, fired 2 of 2 times"
    )
    assert fault in list(sdrs.faults)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": 0}, "by: 0 should be an integer other than 0"),
        ({"by": True}, "by: True should be an integer other than 0"),
        ({"times": 0}, "times: 0 should be an integer, 1 or more"),
        ({"colour": 1}, "colour: no such argument; there are by, times, after, every, when, "),
        ({"operation": "ListFailureJobs"}, "operation: no such argument; did you mean "),
    ],
)
def test_wrong_arguments_are_refused(sdrs, arguments, message):
    with pytest.raises(ParameterError, match="^" + message):
        sdrs.faults.wrong_count(**arguments)
