"""The fake's clock."""

import datetime as dt

import pytest
from freezegun import freeze_time

from sdrs_fake.domain.clock import Clock
from sdrs_fake.errors import ParameterError

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@freeze_time(NOON)
def test_the_clock_follows_the_system_and_can_be_moved_on():
    clock = Clock()
    moved = NOON + dt.timedelta(days=1, hours=1, minutes=1, seconds=1.5)

    assert clock.now() == NOON
    assert clock.advance(days=1, hours=1, minutes=1, seconds=1.5) == moved
    assert clock.advance(seconds=1) == clock.now()


@freeze_time(NOON)
def test_new_jobs_begin_at_the_fakes_time(sdrs):
    sdrs.clock.advance(minutes=5)

    assert sdrs.add_failure_job().begin_time == NOON + dt.timedelta(minutes=5)


@freeze_time(NOON)
def test_the_clock_is_set_to_a_time_in_the_future(sdrs):
    later = NOON + dt.timedelta(hours=1)

    assert sdrs.clock.set(later) == later == sdrs.clock.now()
    assert sdrs.clock.set("2026-03-02T12:00:00Z") == NOON + dt.timedelta(days=1)


def test_time_does_not_go_back():
    with pytest.raises(ParameterError, match="advance: -1 day, 23:59:00 should not be negative"):
        Clock().advance(minutes=-1)


@freeze_time(NOON)
@pytest.mark.parametrize("time", ["2026-03-01T11:59:59Z", "2026-03-02"])
def test_a_time_that_is_over_or_has_no_zone_is_refused(time):
    with pytest.raises(ParameterError, match=f"^set: '{time}' should be ") as caught:
        Clock().set(time)

    assert caught.value.name == "set"


def test_dir_shows_the_verbs_of_a_test(sdrs):
    assert dir(sdrs.clock) == ["advance", "now", "set"]


def test_a_number_that_python_cannot_print_is_refused_all_the_same(sdrs):
    with pytest.raises(ParameterError, match="days=a number of 16610 bits"):
        sdrs.clock.advance(days=10**5000)


@freeze_time(NOON)
def test_a_clock_shows_its_time_and_how_far_it_was_moved(sdrs):
    sdrs.clock.advance(hours=1)

    assert repr(sdrs.clock) == "<Clock: 2026-03-01T13:00:00Z, 1:00:00 ahead of the system>"
