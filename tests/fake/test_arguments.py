"""Arguments of every kind: what counts as an integer or a function, and what is refused."""

import datetime as dt

import pytest

from sdrs_fake import FakeSdrs, ParameterError
from sdrs_fake.seeding import dataset

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


class Integer:
    """An integer of another library, as numpy's are."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


@pytest.mark.parametrize(
    ("use", "result"),
    [
        (lambda sdrs, number: len(sdrs.seed(number(4), number(1), number(3)).failure_jobs), 4),
        (
            lambda sdrs, number: len(
                dataset(
                    failures=number(4), groups=number(1), seed=number(3), as_of=AS_OF
                ).failure_jobs
            ),
            4,
        ),
        (lambda sdrs, number: sdrs.add_protection_group(progress=number(5)).progress, 5),
        (lambda sdrs, number: setattr(sdrs.journal, "max_requests", number(5)), None),
        (lambda sdrs, number: sdrs.faults.wrong_count(number(2), optional=True).armed, True),
        (lambda sdrs, number: sdrs.faults.fail(latency=number(2), optional=True).armed, True),
        (
            lambda sdrs, number: (
                sdrs.faults.fail(status=number(429), times=number(1), optional=True).armed
            ),
            True,
        ),
        (
            lambda sdrs, number: (
                sdrs.faults.fail(code="SDRS.0013", status=number(500), optional=True).armed
            ),
            True,
        ),
        (
            lambda sdrs, number: sdrs.faults.short_page(limit__ge=number(5), optional=True).armed,
            True,
        ),
        (
            lambda sdrs, number: (
                sdrs.faults.defer(delay=number(5), after=number(1), optional=True).armed
            ),
            True,
        ),
        (
            lambda sdrs, number: (
                -(sdrs.clock.now() - sdrs.clock.advance(days=number(9))) > dt.timedelta(8)
            ),
            True,
        ),
    ],
)
def test_an_integer_of_another_library_is_an_integer(sdrs, use, result):
    assert use(sdrs, Integer) == result


@pytest.mark.parametrize(
    ("give", "words"),
    [
        (lambda sdrs: sdrs.journal.observe(5), "observer: 5 should be a function of a RecordedReq"),
        (lambda sdrs: sdrs.on_fork("x"), "callback: 'x' should be a function of a FakeSdrs"),
        (lambda sdrs: sdrs.faults.fail(when=[]), "when: [] should be a function of a Request"),
    ],
)
def test_what_cannot_be_called_is_refused_when_it_is_given(sdrs, give, words):
    with pytest.raises(ParameterError) as caught:
        give(sdrs)

    assert str(caught.value).startswith(words)
    assert sdrs.request("GET", "/").status == 200
    assert isinstance(sdrs.fork(), FakeSdrs)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"job_duration": "soon"},
            "job_duration: 'soon' should be seconds from 0 to 31,622,400, or 'realistic'",
        ),
        ({"job_duration": "10ss"}, "job_duration: '10ss' should be seconds"),
        ({"job_polls": "10s"}, "job_polls: '10s' should be an integer"),
        (
            {"job_duration": -1},
            "job_duration: -1 should be seconds from 0 to 31,622,400, such a timedelta",
        ),
        ({"job_duration": dt.timedelta(-1)}, "job_duration: datetime.timedelta(days=-1) should be"),
        ({"job_duration": float("nan")}, "job_duration: nan should be seconds"),
        ({"job_duration": None}, "job_duration: None should be seconds"),
        ({"job_duration": "1e3"}, "job_duration: '1e3' should be seconds"),
        ({"job_polls": 1.5}, "job_polls: 1.5 should be an integer from 0 to 1,000,000"),
        ({"job_polls": True}, "job_polls: True should be an integer"),
        ({"job_polls": "-1"}, "job_polls: '-1' should be an integer"),
        ({"quotas": 5}, "quotas: 5 should be a dict such as {'server_groups': 50, 'replications'"),
        ({"quotas": "replications"}, "quotas: 'replications' should be such as server_groups=5"),
        (
            {"quotas": "server_groups=5, server_groups =6"},
            "quotas: 'server_groups=5, server_groups =6' gives 'server_groups' twice",
        ),
        (
            {"behavior": "count=page,count=total"},
            "behavior: 'count=page,count=total' gives 'count'",
        ),
        ({"behavior": "=page"}, "behavior: '=page' should be such as count=page"),
        ({"behavior": {"self": 1}}, "behavior.self: no such field; there are count, limit_zero"),
        ({"quotas": {"replication": 1}}, "quotas.replication: no such quota; did you mean repli"),
        ({"quotas": {"replications": -2}}, "quotas.replications: -2 should be an integer from 0 "),
        ({"quotas": {"server_groups": 2**31}}, "quotas.server_groups: 2147483648 should be"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(given, words):
    with pytest.raises(ParameterError) as caught:
        FakeSdrs(**given)

    assert str(caught.value).startswith(words)
