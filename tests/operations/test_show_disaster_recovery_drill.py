"""GET /v1/{project_id}/disaster-recovery-drills/{disaster_recovery_drill_id}"""

import json

from tests.operations.drill_cases import DRILL, send


def test_the_documented_drill_comes_back_value_for_value_in_its_order(sdrs, fixture):
    sample = fixture("examples/show_disaster_recovery_drill")
    drill = sample["disaster_recovery_drill"]
    sdrs.add_drill(**drill)

    response = send(sdrs, "GET", drill["id"])

    assert response.status == 200
    assert response.body.decode() == json.dumps(sample, separators=(",", ":"))


def test_a_drill_that_is_not_there_is_400_sdrs_1902(sdrs, fixture):
    sdrs.add_drill()

    response = send(sdrs, "GET", "unheard-of")

    assert (response.status, response.json) == (400, fixture("errors/drill_not_found"))


def test_a_drill_of_another_project_is_not_there(sdrs):
    sdrs.project("other").add_drill(id=DRILL)

    assert send(sdrs, "GET", DRILL).status == 400
