"""PUT /v1/{project_id}/disaster-recovery-drills/{disaster_recovery_drill_id}"""

import json

import pytest

from sdrs_fake import DrillStatus
from tests.operations.drill_cases import DRILL, refused, send, show


def rename(sdrs, name="new"):
    return send(sdrs, "PUT", DRILL, json={"disaster_recovery_drill": {"name": name}})


def test_the_documented_request_answers_the_documented_drill(sdrs, fixture):
    request = fixture("examples/update_disaster_recovery_drill_name.request")
    sample = fixture("examples/update_disaster_recovery_drill_name")
    drill = sample["disaster_recovery_drill"]
    sdrs.add_drill(**{**drill, "name": "old"})

    response = send(sdrs, "PUT", drill["id"], json=request)

    own = {"updated_at": response.json["disaster_recovery_drill"]["updated_at"]}
    expected = {"disaster_recovery_drill": drill | own}
    assert response.status == 200
    assert response.body.decode() == json.dumps(expected, separators=(",", ":"))


@pytest.mark.parametrize("status", DrillStatus)
def test_it_is_renamed_in_every_status_and_nothing_else_changes(sdrs, status):
    sdrs.add_drill(id=DRILL, status=status, created_at="2026-01-01T00:00:00Z")
    before = show(sdrs)

    rename(sdrs)

    after = show(sdrs)
    assert after["updated_at"] > before["updated_at"]
    assert after == before | {"name": "new", "updated_at": after["updated_at"]}
    assert list(sdrs.jobs) == []


def test_two_drills_may_have_one_name(sdrs):
    sdrs.add_drill(name="new")
    sdrs.add_drill(id=DRILL)

    assert rename(sdrs).status == 200


def test_a_drill_that_is_not_there_is_sdrs_1902(sdrs, fixture):
    response = rename(sdrs)

    assert (response.status, response.json) == (400, fixture("errors/drill_not_found"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"disaster_recovery_drill": {"name": ""}}, "SDRS.0202"),
        ({"disaster_recovery_drill": {"name": "x" * 65}}, "SDRS.0202"),
        ({"disaster_recovery_drill": {"name": "a/b"}}, "SDRS.0202"),
        ({"disaster_recovery_drill": {"name": None}}, "SDRS.0201"),
        ({"disaster_recovery_drill": {}}, "SDRS.0201"),
        ({"name": "new"}, "SDRS.0201"),
        (None, "SDRS.0201"),
    ],
)
def test_another_body_is_refused_and_the_name_stays(sdrs, body, code):
    sdrs.add_drill(id=DRILL, name="old")

    assert refused(send(sdrs, "PUT", DRILL, json=body)) == (400, code)
    assert show(sdrs)["name"] == "old"
