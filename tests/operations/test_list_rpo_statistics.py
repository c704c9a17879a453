"""GET /v1/{project_id}/resource/rpo-statistics"""

import json

import pytest

from sdrs_fake import Behavior, FakeSdrs, RpoStatistic
from sdrs_fake.domain.rpo_statistics import RpoStatisticQuery
from sdrs_fake.operations.table import ROWS


def ask(sdrs, **params):
    return sdrs.request("GET", f"/v1/{sdrs.project_id}/resource/rpo-statistics", params=params)


def points(sdrs, **params):
    return [row["point_time"][-5:] for row in ask(sdrs, **params).json["resource_rpo_statistics"]]


@pytest.fixture
def three(sdrs):
    for minute in (10, 20, 15):
        sdrs.add_rpo_statistic(point_time=f"2019-01-21 01:{minute}")


def test_the_documented_list_comes_back_value_for_value_in_its_order(sdrs, fixture):
    sample = fixture("examples/list_rpo_statistics")
    for row in sample["resource_rpo_statistics"]:
        sdrs.add_rpo_statistic(**row)

    response = ask(sdrs)

    assert response.status == 200
    assert response.body.decode() == json.dumps(sample, separators=(",", ":"))


def test_the_parameters_and_fields_are_the_documented_ones(fixture):
    fields = [field["name"] for field in fixture("operations")["schemas"]["RpoStatistic"]]

    assert set(RpoStatisticQuery.model_fields) == ROWS["ListRpoStatistics"].params
    assert list(RpoStatistic.__dataclass_fields__) == fields


def test_without_anything_added_it_is_empty(sdrs):
    sdrs.seed()

    assert ask(sdrs).json == {"count": 0, "resource_rpo_statistics": []}


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["01:20", "01:15", "01:10"]),
        ({"start_time": "2019-01-21 01:15:00.000"}, ["01:20", "01:15"]),
        ({"start_time": "2019-01-21 01:15:00.001"}, ["01:20"]),
        ({"start_time": "2019-01-21 01:15:00.0"}, ["01:20", "01:15"]),
        ({"start_time": "2019-01-21 01:15:00"}, ["01:20", "01:15"]),
        ({"end_time": "2019-01-21 01:15:00.000"}, ["01:15", "01:10"]),
        ({"end_time": "2019-01-21 01:14:59.999"}, ["01:10"]),
        (
            {"start_time": "2019-01-21 01:15:00.000", "end_time": "2019-01-21 01:15:00.000"},
            ["01:15"],
        ),
        ({"start_time": "2019-01-21 01:20:00.000", "end_time": "2019-01-21 01:10:00.000"}, []),
        ({"start_time": "", "end_time": ""}, ["01:20", "01:15", "01:10"]),
        ({"resource_type": "replication"}, ["01:20", "01:15", "01:10"]),
        ({"resource_type": ""}, ["01:20", "01:15", "01:10"]),
        ({"marker": "x"}, ["01:20", "01:15", "01:10"]),
    ],
)
def test_the_window_includes_its_bounds(sdrs, params, expected):
    assert points(sdrs, **params) == expected
    assert ask(sdrs, **params).json["count"] == len(expected)


@pytest.mark.parametrize(
    "time",
    [
        "yesterday",
        "2019-01-21",
        "2019-01-21 01:15",
        "2019-01-21T01:15:00.000Z",
        "2019-01-21T01:15:00.000",
        "2019-01-21 01:15:00.000+02:00",
        "2019-01-21 01:15:00.1234",
        "2019-01-21 01:15:00.",
        "2019-02-30 01:15:00.000",
        "2019-01-21 24:15:00.000",
        "1548033300000",
        " 2019-01-21 01:15:00.000",
        "\uff12019-01-21 01:15:00.000",
    ],
)
@pytest.mark.parametrize("name", ["start_time", "end_time"])
def test_a_malformed_time_is_sdrs_0201(sdrs, name, time):
    response = ask(sdrs, **{name: time})

    assert (response.status, response.json["error"]["code"]) == (400, "SDRS.0201")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"resource_type": "replications"}, "SDRS.0201"),
        ({"limit": "1001"}, "SDRS.0221"),
        ({"offset": "-1"}, "SDRS.0222"),
    ],
)
def test_a_wrong_parameter_is_refused(sdrs, params, code):
    response = ask(sdrs, **params)

    assert (response.status, response.json["error"]["code"]) == (400, code)


@pytest.mark.usefixtures("three")
def test_pages_have_the_full_count(sdrs):
    pages = [ask(sdrs, limit=2, offset=offset).json for offset in (0, 2, 4)]

    assert [len(page["resource_rpo_statistics"]) for page in pages] == [2, 1, 0]
    assert [page["count"] for page in pages] == [3, 3, 3]


def test_behaviors_of_the_page_hold_for_this_list_too():
    with FakeSdrs(behavior=Behavior(count="page")) as sdrs:
        sdrs.add_rpo_statistic()

        assert ask(sdrs, limit=0).json == {"count": 0, "resource_rpo_statistics": []}
