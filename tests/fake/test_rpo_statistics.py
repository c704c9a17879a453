"""RPO statistics in Python and in files."""

import datetime as dt

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
from tests.cases import refusal

NOON = dt.datetime(2026, 3, 1, 12, 0, 59, 7000, tzinfo=dt.UTC)


def rows(sdrs):
    path = f"/v1/{sdrs.project_id}/resource/rpo-statistics"
    return sdrs.request("GET", path).json["resource_rpo_statistics"]


@freeze_time(NOON)
def test_without_arguments_it_is_one_pair_now(sdrs):
    statistic = sdrs.add_rpo_statistic()

    assert sdrs.rpo_statistics == (statistic,)
    assert rows(sdrs) == [
        {
            "id": statistic.id,
            "point_time": "2026-03-01 12:00",
            "resource_num": 1,
            "resource_type": "replication",
            "created_at": "2026-03-01 12:00:59.007",
            "updated_at": "2026-03-01 12:00:59.007",
        }
    ]


@pytest.mark.parametrize(
    "given",
    [
        "2019-01-21 01:15",
        "2019-01-21T01:15:59.999Z",
        dt.datetime(2019, 1, 21, 3, 15, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    ],
)
def test_a_point_of_time_is_to_the_minute(sdrs, given):
    sdrs.add_rpo_statistic(point_time=given)

    assert rows(sdrs)[0]["point_time"] == "2019-01-21 01:15"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"resource_num": -1}, "resource_num: -1 should be greater than or equal to 0"),
        ({"resource_type": "replications"}, "resource_type: 'replications' should be 'replic"),
        ({"point_time": "noon"}, "point_time: 'noon' should be a datetime with a time zone"),
        ({"id": ""}, "id: '' should "),
        ({"id": "taken"}, "id: 'taken' should be an id that no other statistic has"),
        ({"colour": 5}, "colour: no such field; there are id, point_time"),
    ],
)
def test_a_wrong_field_is_refused_and_nothing_is_added(sdrs, fields, words):
    sdrs.add_rpo_statistic(id="taken")

    assert words in refusal(sdrs.add_rpo_statistic, **fields)
    assert len(sdrs.rpo_statistics) == 1


def test_they_come_back_from_a_file_and_more_can_be_added(sdrs, tmp_path):
    for _ in range(2):
        sdrs.add_rpo_statistic()
    sdrs.add_rpo_statistic(resource_num=5, point_time="2019-01-21 01:15")

    sdrs.save(tmp_path / "fake.json")
    back = FakeSdrs.from_file(tmp_path / "fake.json")

    assert (back.rpo_statistics, back.export_data()) == (sdrs.rpo_statistics, sdrs.export_data())
    assert back.add_rpo_statistic().id not in {each.id for each in sdrs.rpo_statistics}


def test_a_row_of_a_file_needs_no_field(sdrs):
    assert sdrs.import_data({"resource_rpo_statistics": [{}]})["resource_rpo_statistics"] == 1
    assert rows(sdrs)[0]["resource_num"] == 1


def test_a_wrong_row_is_named_and_nothing_is_added(sdrs):
    words = refusal(sdrs.import_data, {"resource_rpo_statistics": [{}, {"resource_num": "x"}]})

    assert words.startswith("resource_rpo_statistics[1].resource_num: 'x' should be")
    assert sdrs.rpo_statistics == ()


def test_a_fork_has_its_own_and_a_reset_empties_it(sdrs):
    sdrs.add_rpo_statistic()
    fork = sdrs.fork()
    fork.add_rpo_statistic()

    sdrs.reset()

    assert (len(sdrs.rpo_statistics), len(fork.rpo_statistics)) == (0, 2)
