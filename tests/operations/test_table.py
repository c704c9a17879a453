"""The API table: every documented operation is served, or says that it is not."""

import json
import re
from pathlib import Path

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.operations.table import ROWS, TABLE

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
OPERATIONS = json.loads((FIXTURES / "operations.json").read_text(encoding="utf-8"))["operations"]
BY_ID = {operation["operation_id"]: operation for operation in OPERATIONS}
REQUESTS = sorted((FIXTURES / "examples").glob("*.request*.json"))
UNSERVED = [row.id for row in TABLE if not row.served]
WORDS = {"BatchAddTags": {"action": "create"}, "BatchDeleteTags": {"action": "delete"}}


def body(operation):
    key = operation.get("action_key")
    return {key: {}} if key else WORDS.get(operation["operation_id"])


def send(sdrs, operation, **request):
    path = operation["path"].replace("{project_id}", sdrs.project_id)
    path = re.sub(r"\{\w+\}", "id", path.replace("{api_version}", "v1"))
    return sdrs.request(operation["method"], path, **{"json": body(operation), **request})


# The table is the reference's


def test_the_table_has_the_49_documented_operations_in_their_order():
    documented = [(each["operation_id"], each["method"], each["path"]) for each in OPERATIONS]

    assert [(row.id, row.method, row.path) for row in TABLE] == documented
    assert len(ROWS) == 49


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_an_operation_knows_the_documented_parameters(row):
    documented = {parameter["name"] for parameter in BY_ID[row.id]["query_params"]}

    assert row.params == documented


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operation_id"])
def test_every_documented_operation_is_recorded_under_its_id(sdrs, operation):
    response = send(sdrs, operation)

    (record,) = sdrs.journal
    assert record.request.operation == operation["operation_id"]
    unserved = operation["operation_id"] in UNSERVED
    assert response.status in ({501} if unserved else {200, 204, 400, 404})
    assert "error_code" not in (response.json or {})


@pytest.mark.parametrize("name", UNSERVED)
def test_an_unserved_operation_is_refused_by_its_name(sdrs, name):
    response = send(sdrs, BY_ID[name])

    expected = {"error": {"message": f"{name} is not implemented", "code": "501"}}
    assert (response.status, response.json) == (501, expected)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operation_id"])
def test_credentials_come_first_but_for_the_two_version_calls(sdrs, operation):
    free = operation["operation_id"] in {"ListApiVersions", "ShowSpecifiedApiVersion"}

    assert send(sdrs, operation, credentials=None).status == (200 if free else 401)


@pytest.mark.parametrize("file", REQUESTS, ids=lambda file: file.stem)
def test_every_documented_request_body_is_understood_as_its_operations(sdrs, file):
    name = file.name.split(".")[0].title().replace("_", "")

    response = send(sdrs, BY_ID[name], json=json.loads(file.read_text(encoding="utf-8")))

    assert response.json["error"]["message"] == f"{name} is not implemented"


def test_every_documented_request_line_reaches_its_operation(sdrs, fixture):
    for line in fixture("requests")["requests"]:
        target = re.sub(r"https?://\{Endpoint\}", "", line["url"])
        target = target.format(project_id=sdrs.project_id)
        sdrs.request(line["method"], target, json=body(BY_ID[line["operation"]]))

        assert sdrs.journal.last.request.operation == line["operation"]


@pytest.mark.parametrize(
    "content",
    [None, {}, [], "start-server-group", {"explode-server-group": {}}, {"action": ["create"]}],
)
def test_an_action_that_is_none_names_all_that_there_are(sdrs, content):
    response = send(sdrs, BY_ID["StartProtectionGroup"], json=content)

    names = (
        "StartProtectionGroup or StopProtectionGroup or StartFailoverProtectionGroup or"
        " StartReverseProtectionGroup"
    )
    assert response.status == 501
    assert response.json["error"]["message"] == f"{names} is not implemented"


@pytest.mark.parametrize("path", sorted({row.path for row in TABLE}))
def test_a_wrong_method_on_a_documented_path_is_405_with_the_right_ones(sdrs, path):
    documented = {row.method for row in TABLE if row.path == path}

    response = send(sdrs, {"method": "PATCH", "path": path, "operation_id": ""})

    assert (response.status, response.json["error"]["code"]) == (405, "405")
    assert documented <= set(response.headers["Allow"].split(", "))


def test_allow_names_the_documented_methods_and_head():
    sdrs = FakeSdrs()
    allowed = {
        path: sdrs.request("PATCH", path).headers["Allow"]
        for path in ("/", "/v1", "/v1/p/server-groups", "/v1/p/replications/r")
    }

    assert allowed == {
        "/": "GET, HEAD",
        "/v1": "GET, HEAD",
        "/v1/p/server-groups": "GET, HEAD, POST",
        "/v1/p/replications/r": "DELETE, GET, HEAD, PUT",
    }


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/v1/p/protected-instances/tags", "ListProtectedInstancesProjectTags"),
        ("DELETE", "/v1/p/task-center/failure-jobs/batch", "DeleteAllServerGroupFailureJobs"),
    ],
)
def test_a_literal_end_of_a_path_wins_over_an_id(sdrs, method, path, operation):
    sdrs.request(method, path)

    assert sdrs.journal.last.request.operation == operation
    assert sdrs.journal.last.request.path_params == {"project_id": "p"}
