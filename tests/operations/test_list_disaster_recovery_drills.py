"""GET /v1/{project_id}/disaster-recovery-drills"""

import json

import pytest

from sdrs_fake import Behavior, Drill, DrillStatus, FakeSdrs
from sdrs_fake.domain.drills import DrillQuery
from sdrs_fake.operations.table import ROWS
from tests.operations.drill_cases import DRILL, GROUP, create, refused, send


def listed(sdrs, **params):
    answer = send(sdrs, "GET", **params).json
    return [drill["id"] for drill in answer["disaster_recovery_drills"]]


def test_the_documented_list_comes_back_value_for_value_in_its_order(sdrs, fixture):
    sample = fixture("examples/list_disaster_recovery_drills")
    for drill in sample["disaster_recovery_drills"]:
        sdrs.add_drill(**drill)

    assert send(sdrs, "GET").body.decode() == json.dumps(sample, separators=(",", ":"))


def test_the_parameters_fields_and_statuses_are_the_documented_ones(fixture):
    fields = [field["name"] for field in fixture("operations")["schemas"]["DrDrill"]]

    assert set(DrillQuery.model_fields) == ROWS["ListDisasterRecoveryDrills"].params
    assert list(Drill.__dataclass_fields__) == fields
    assert list(DrillStatus) == ["creating", "available", "deleting", "error-deleting", "error"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"server_group_id": "g"}, {"a", "b"}),
        ({"server_group_id": "G"}, set()),
        ({"server_group_id": "unheard-of"}, set()),
        ({"name": "pay"}, {"a", "b"}),
        ({"name": "PAY"}, set()),
        ({"name": "演练"}, {"c"}),
        ({"status": "error"}, {"b"}),
        ({"drill_vpc_id": "v"}, {"a", "c"}),
        ({"drill_vpc_id": "v", "server_group_id": "g"}, {"a"}),
        ({"server_group_id": "", "name": "", "status": "", "drill_vpc_id": ""}, {"a", "b", "c"}),
        ({"marker": "a"}, {"a", "b", "c"}),
    ],
)
def test_a_filter_keeps_what_matches(sdrs, params, expected):
    sdrs.add_drill(id="a", server_group_id="g", name="payments", drill_vpc_id="v")
    sdrs.add_drill(id="b", server_group_id="g", name="old-payments", status="error")
    sdrs.add_drill(id="c", server_group_id="h", name="演练1", drill_vpc_id="v")

    assert set(listed(sdrs, **params)) == expected


@pytest.mark.parametrize("status", DrillStatus)
def test_each_documented_status_is_a_filter(sdrs, status):
    for each in DrillStatus:
        sdrs.add_drill(id=each, status=each)

    assert listed(sdrs, status=status) == [status]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"status": "broken"}, "SDRS.0209"),
        ({"status": "Available"}, "SDRS.0209"),
        ({"status": "protected"}, "SDRS.0209"),
        ({"limit": "1001"}, "SDRS.0221"),
        ({"limit": "x"}, "SDRS.0221"),
        ({"offset": "-1"}, "SDRS.0222"),
    ],
)
def test_a_wrong_parameter_is_refused(sdrs, params, code):
    assert refused(send(sdrs, "GET", **params)) == (400, code)


def test_the_newest_comes_first_in_pages_with_the_full_count(sdrs):
    for name in "abcde":
        sdrs.add_drill(id=name)

    pages = [send(sdrs, "GET", limit=2, offset=offset).json for offset in (0, 2, 4, 6)]

    ids = [drill["id"] for page in pages for drill in page["disaster_recovery_drills"]]
    assert ids == list("edcba")
    assert [page["count"] for page in pages] == [5, 5, 5, 5]


def test_behaviors_of_the_page_hold_for_this_list_too():
    with FakeSdrs(behavior=Behavior(count="page")) as sdrs:
        sdrs.add_drill()

        assert send(sdrs, "GET", limit=0).json == {"count": 0, "disaster_recovery_drills": []}


def test_the_list_follows_what_happens(sdrs):
    sdrs.add_protection_group(id=GROUP)
    sdrs.add_drill(id=DRILL)
    before = listed(sdrs, status="available")
    create(sdrs)
    send(sdrs, "DELETE", DRILL)

    assert before == [DRILL]
    assert listed(sdrs, status="available") == [sdrs.drills[0].id]


# Groups without a drill


def idle_groups(sdrs):
    params = {"query_type": "period_no_dr_drill"}
    answer = sdrs.request("GET", f"/v1/{sdrs.project_id}/server-groups", params=params)
    return {group["id"] for group in answer.json["server_groups"]}


def test_period_no_dr_drill_gives_the_groups_without_a_drill_in_90_days(sdrs):
    for group in ("never", GROUP):
        sdrs.add_protection_group(id=group)
    before = idle_groups(sdrs)
    create(sdrs)
    found = [idle_groups(sdrs)]
    sdrs.clock.advance(days=89, hours=23)
    found.append(idle_groups(sdrs))
    sdrs.clock.advance(hours=2)
    found.append(idle_groups(sdrs))
    create(sdrs)
    found.append(idle_groups(sdrs))

    assert before == {"never", GROUP}
    assert found == [{"never"}, {"never"}, {"never", GROUP}, {"never"}]


def test_a_drill_that_is_gone_no_longer_counts(sdrs):
    sdrs.add_protection_group(id=GROUP)
    sdrs.add_drill(id=DRILL)
    send(sdrs, "DELETE", DRILL)

    assert idle_groups(sdrs) == {GROUP}
