"""What a test asserts about the journal: fields, how often, and by number."""

import pytest

from sdrs_fake import ParameterError

LIST = "ListFailureJobs"


@pytest.fixture
def get(sdrs, path):
    """Send a request for the list with these parameters."""
    return lambda **params: sdrs.request("GET", path, params=params)


FIELDS = [
    ({}, {"offset": 0}, True),
    ({}, {"limit": 1000}, True),
    ({}, {"limit__ge": 1000, "offset__lt": 1}, True),
    ({}, {"offset__gt": 0}, False),
    ({}, {"offset": "0"}, False),
    ({}, {"offset": None}, True),
    ({"offset": 0}, {"offset": None}, False),
    ({"limit": "007"}, {"limit": 7}, True),
    ({"limit": "007"}, {"limit": "7"}, False),
    ({"limit": 50}, {"limit__eq": 50}, True),
    ({"limit": 50}, {"limit__gt": 50}, False),
    ({"limit": 50}, {"limit__ge": 50}, True),
    ({"limit": 50}, {"limit__lt": 50}, False),
    ({"limit": 50}, {"limit__le": 50}, True),
    ({"limit": "x"}, {"limit__ge": 0}, False),
    ({"server_group_id": ""}, {"server_group_id": None}, True),
    ({"server_group_id": ""}, {"server_group_id": ""}, True),
    ({"server_group_id": 5}, {"server_group_id": 5}, True),
    ({"marker": 5}, {"marker": 5, "offset": 0}, True),
    ({"offset": -1}, {"offset": -1}, True),
]


@pytest.mark.parametrize(("sent", "fields", "found"), FIELDS)
def test_fields_know_defaults_and_comparisons(sdrs, get, sent, fields, found):
    get(**sent)

    if found:
        assert sdrs.journal.assert_called(LIST, **fields) == sdrs.journal.last
        sdrs.journal.assert_called_once(LIST, **fields)
        with pytest.raises(AssertionError, match="called 1 time, not 0"):
            sdrs.journal.assert_not_called(LIST, **fields)
    else:
        sdrs.journal.assert_not_called(LIST, **fields)
        with pytest.raises(AssertionError, match="not called; the nearest of 1 request"):
            sdrs.journal.assert_called(LIST, **fields)


NUMERIC = [row for row in FIELDS if not {"marker", "server_group_id"} & {*row[1]}][:-1]


@pytest.mark.parametrize(("sent", "fields", "found"), NUMERIC)
def test_faults_take_the_same_fields(sdrs, get, sent, fields, found):
    fault = sdrs.faults.fail(LIST, status=503, optional=True, **fields)

    get(**sent)

    assert bool(fault.fired) is found


def test_a_comparison_that_was_not_met_is_shown(sdrs, get):
    get(offset=10, limit=5)

    with pytest.raises(AssertionError) as caught:
        sdrs.journal.assert_called(LIST, offset__gt=10, limit__le=4)

    assert str(caught.value).splitlines()[-2:] == [
        "    offset was '10', not > 10",
        "    limit was '5', not <= 4",
    ]


def test_times_is_exact_and_the_requests_are_shown(sdrs, get):
    for offset in (0, 5, 10):
        get(offset=offset)

    assert sdrs.journal.assert_called(LIST, times=3).request.params == {"offset": "10"}
    sdrs.journal.assert_called_once(LIST, offset__gt=5)
    with pytest.raises(AssertionError) as caught:
        sdrs.journal.assert_called(LIST, times=1, offset__gt=0)
    heading, *lines = str(caught.value).splitlines()
    assert heading == "ListFailureJobs, offset__gt=0: called 2 times, not 1"
    assert [line.rpartition("?")[2] for line in lines] == ["offset=5' -> 200", "offset=10' -> 200"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"times": 0}, "times: 0 should be 1 or more; assert_not_called is for none"),
        ({"times": -1}, "times: -1 should be an integer, 1 or more"),
        ({"times": False}, "times: False should be an integer, 1 or more"),
        ({"offset__gt": "x"}, "offset__gt: 'x' should be an integer, 0 or more"),
        ({"offset__gt": 5, "offset": 5}, "offset: no number is offset__gt=5, offset=5"),
        ({"offset__gr": 5}, "offset__gr: no such field; did you mean offset__gt?"),
    ],
)
def test_an_assertion_that_nothing_could_meet_is_refused(sdrs, get, arguments, message):
    get()

    with pytest.raises(ParameterError) as caught:
        sdrs.journal.assert_called(LIST, **arguments)

    assert str(caught.value) == message


def test_a_wrong_field_is_refused_where_nothing_should_have_been_called(sdrs):
    with pytest.raises(ParameterError, match="ofset: no such field; did you mean offset"):
        sdrs.journal.assert_not_called(LIST, ofset=1)
    with pytest.raises(ParameterError, match="did you mean ListFailureJobs"):
        sdrs.journal.assert_not_called("ListFailedJobs")


def test_the_journal_is_indexed_like_a_list(sdrs, get):
    for offset in range(3):
        get(offset=offset)

    first, second, last = sdrs.journal
    assert (sdrs.journal[0], sdrs.journal[-1], sdrs.journal[1:]) == (first, last, [second, last])
    with pytest.raises(IndexError):
        sdrs.journal[3]
