"""Paging weather: what happens between two pages finds out who pages wrongly."""

import pytest

from sdrs_fake import FakeSdrs, Reading

WEATHERS = ["insert_between_pages", "delete_between_pages", "drift_count", "short_page"]


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
        answer = sdrs.request(
            "GET", path, query={"offset": offset, "limit": limit, "server_group_id": "g"}
        ).json
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
    """Goes on by the limit, whatever came."""
    seen, offset = [], 0
    while more := page(offset, limit)[1]:
        seen += more
        offset += limit
    return seen


def rightly(page, limit=3):
    """Goes on by what came until nothing comes. Each page begins with the last row seen; else the
    list has moved: once more.
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
    """What is wrong with what a program read: nothing, or in a word."""
    try:
        seen = pager(page)
    except RuntimeError:
        return "never ends"
    if len(set(seen)) < len(seen):
        return "twice"
    return "right" if seen == ids(sdrs) else "missed" if set(ids(sdrs)) - set(seen) else "too much"


@pytest.mark.parametrize("pager", PAGERS)
def test_in_fair_weather_every_program_is_right(sdrs, pages, pager):
    assert outcome(pager, pages, sdrs) == "right"


@pytest.mark.parametrize(
    ("weather", "expected"),
    [
        ("insert_between_pages", ["twice", "twice", "twice", "right"]),
        ("delete_between_pages", ["missed", "missed", "missed", "right"]),
        ("drift_count", ["never ends", "right", "right", "right"]),
        ("short_page", ["right", "missed", "missed", "right"]),
    ],
)
@pytest.mark.parametrize("place", range(4))
def test_it_finds_out_who_pages_wrongly(sdrs, pages, weather, expected, place):
    fault = getattr(sdrs.weather, weather)()

    assert outcome(PAGERS[place], pages, sdrs) == expected[place]
    assert fault.fired


# Each by itself


def test_a_new_job_comes_to_the_front_before_the_next_page(sdrs, pages):
    before = ids(sdrs)
    fault = sdrs.weather.insert_between_pages()

    assert pages(0, 3) == (7, before[:3])
    assert pages(3, 3) == (8, before[2:5])
    assert pages(6, 3) == (8, before[5:])

    assert ids(sdrs)[1:] == before
    newest = sdrs.failure_jobs[0]
    assert newest.begin_time > sdrs.failure_jobs[1].begin_time
    assert (newest.resource_id, newest.server_group_id) == ("r6", "g")
    assert fault.fired == 1


def test_a_new_job_is_newer_than_one_of_the_future(sdrs, pages, path):
    sdrs.add_failure_job(begin_time="2099-01-01T00:00:00Z", server_group_id="g")
    sdrs.weather.insert_between_pages()

    pages(1, 1)

    assert (
        sdrs.request("GET", path, query={"server_group_id": "g"}).json["failure_jobs"][0][
            "begin_time"
        ]
        == "2099-01-01T00:00:00.001Z"
    )


def test_the_newest_job_is_deleted_before_the_next_page(sdrs, pages):
    before = ids(sdrs)
    sdrs.weather.delete_between_pages()

    assert pages(0, 3) == (7, before[:3])
    assert pages(3, 3) == (6, before[4:7])
    assert ids(sdrs) == before[1:]


@pytest.mark.parametrize(("by", "said"), [(1, 8), (-1, 6), (-100, 0)])
def test_the_count_drifts_and_the_list_does_not(sdrs, pages, by, said):
    before = ids(sdrs)
    sdrs.weather.drift_count(by)

    assert pages(0, 3) == (7, before[:3])
    assert pages(3, 3) == (said, before[3:6])
    assert pages(6, 3) == (said, before[6:])


def test_a_page_comes_short_and_the_next_row_is_at_the_next_offset(sdrs, pages):
    before = ids(sdrs)
    sdrs.weather.short_page()

    assert pages(6, 3) == (7, before[6:])  # the last one is as long as it is
    assert pages(0, 3) == (7, before[:2])
    assert pages(2, 3) == (7, before[2:5])


@pytest.mark.parametrize("weather", WEATHERS)
@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 1},
        {"limit": 3, "offset": "x"},
        {"limit": "x"},
        {"limit": 1, "server_group_id": "none"},
    ],
)
def test_a_list_without_a_next_page_has_no_weather(sdrs, pages, path, weather, asked):
    fault = getattr(sdrs.weather, weather)(optional=True)
    before = ids(sdrs)

    sdrs.request("GET", path, query=asked)

    assert (fault.matched, ids(sdrs)) == (0, before)


@pytest.mark.parametrize("weather", WEATHERS)
@pytest.mark.parametrize(
    ("reading", "method", "asked"),
    [
        ({"limit_zero": "refused"}, "GET", {"limit": 0, "offset": 1}),
        ({"unknown_group": "refused"}, "GET", {"limit": 2, "offset": 1, "server_group_id": "none"}),
        ({}, "HEAD", {"limit": 2, "offset": 1}),
    ],
)
def test_a_page_that_is_refused_or_not_shown_has_no_weather(weather, reading, method, asked):
    with FakeSdrs(reading=Reading(**reading)) as fake:
        fake.seed(jobs=30)
        before = ids(fake)
        fault = getattr(fake.weather, weather)()

        fake.request(method, f"/v1/{fake.project_id}/task-center/failure-jobs", query=asked)

        assert (fault.matched, ids(fake)) == (0, before)


@pytest.mark.parametrize("weather", ["insert_between_pages", "delete_between_pages"])
def test_a_list_that_was_emptied_meanwhile_stays_empty(sdrs, pages, weather):
    getattr(sdrs.weather, weather)()
    fault = next(iter(sdrs.faults))
    fault.tests = (*fault.tests, lambda call: sdrs.reset() or True)

    assert pages(3, 3) == (0, [])


@pytest.mark.parametrize("weather", WEATHERS)
def test_it_is_a_fault_of_chosen_calls_that_says_how_often_it_fired(sdrs, pages, weather):
    fault = getattr(sdrs.weather, weather)(times=2, server_group_id="g", limit=2)

    for offset in (1, 2, 3, 4):
        pages(offset, 2)
        pages(offset, 3)

    assert str(fault).startswith(f"{weather}(")
    assert str(fault).endswith("server_group_id='g', limit=2): matched 2 calls, fired 2 of 2 times")
    assert fault in list(sdrs.faults)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"by": 0}, "by: 0 should be a whole number other than 0"),
        ({"by": True}, "by: True should be a whole number other than 0"),
        ({"times": 0}, "times: 0 should be a whole number, 1 or more"),
        ({"colour": 1}, "colour: ListFailureJobs has no such field; there are failure_status, "),
    ],
)
def test_what_could_never_be_is_refused(sdrs, said, message):
    with pytest.raises(ValueError, match="^" + message):
        sdrs.weather.drift_count(**said)
