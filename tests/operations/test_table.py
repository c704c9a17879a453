"""The API table: every documented operation is served."""

import json
import re
from itertools import chain
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.job_types import ENTITIES
from sdrs_fake.domain.refusals import Refusal
from sdrs_fake.operations.reading import Body
from sdrs_fake.operations.table import ROWS, TABLE
from tests.cases import show_job
from tests.operations.cases import REQUESTS as REQUESTS_OF
from tests.operations.cases import add_what_it_needs, begin

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
OPERATIONS = json.loads((FIXTURES / "operations.json").read_text(encoding="utf-8"))["operations"]
BY_ID = {operation["operation_id"]: operation for operation in OPERATIONS}
STATES = json.loads((FIXTURES / "states.json").read_text(encoding="utf-8"))
REQUESTS = sorted((FIXTURES / "examples").glob("*.request*.json"))
NOTHING_THERE = ("SDRS.1013", "SDRS.1301", "SDRS.1320", "SDRS.1608", "SDRS.1902")
WITH_BODY = [row for row in TABLE if row.body]
OF_OWN_RULES = {"tags", "tags_any", "not_tags", "not_tags_any", "matches"}
"""Lists for which no model can say what is right in their objects and how it is refused."""

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


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_a_filter_takes_the_documented_values(row):
    for parameter in BY_ID[row.id]["query_params"]:
        documented = parameter.get("enum") or statuses(parameter.get("enum_ref"))
        served = row.filters.get(parameter["name"], ())

        assert list(served) == [value for value in documented if row.query and value != "general"]


def statuses(enum_ref):
    kind = enum_ref.partition("#")[2] if enum_ref else None
    return [each["status"] for each in STATES[kind]["statuses"]] if kind else []


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_an_operation_reads_a_body_where_one_is_documented(row):
    assert bool(row.body) == bool(BY_ID[row.id]["request_body"])


@pytest.mark.parametrize("row", WITH_BODY, ids=lambda row: row.id)
def test_a_body_has_the_documented_fields_and_codes(row):
    assert fields_of(row.body) == documented_fields(BY_ID[row.id]["request_body"])


def documented_fields(rows):
    """Of each field whether it is required, its code, its values, and the fields within."""
    return {
        row["name"]: (
            row["required"],
            row.get("error_code"),
            row.get("enum", []),
            documented_fields(row.get("fields") or fields_in_list(row)),
        )
        for row in rows
    }


def fields_in_list(row):
    """The fields of the objects in a list; none where it has strings, or there is no list."""
    items = row.get("items")
    return items if isinstance(items, list) and row["name"] not in OF_OWN_RULES else []


def fields_of(model):
    """The same of a model."""
    fields = {}
    for name, field in model.model_fields.items():
        codes = [each.code for each in field.metadata if isinstance(each, Refusal)]
        kinds = (field.annotation, *get_args(field.annotation))
        kinds = (*kinds, *chain.from_iterable(map(get_args, kinds)))
        inner = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Body)]
        literals = [kind for kind in kinds if get_origin(kind) is Literal]
        fields[field.alias or name] = (
            field.is_required(),
            codes[0] if codes else None,
            list(get_args(literals[0])) if literals else [],
            fields_of(inner[0]) if inner else {},
        )
    return fields


CODED_FIELDS = [
    (row.id, wrapper["name"], field["name"], field["error_code"])
    for row in WITH_BODY
    for wrapper in BY_ID[row.id]["request_body"]
    for field in wrapper.get("fields", [])
    if field.get("error_code")
]


@pytest.mark.parametrize(("operation", "wrapper", "field", "code"), CODED_FIELDS)
def test_a_field_of_a_wrong_type_is_refused_with_its_code(sdrs, operation, wrapper, field, code):
    add_what_it_needs(sdrs, operation)
    *_, body = REQUESTS_OF[operation]

    response = send(sdrs, BY_ID[operation], json={**body, wrapper: {**body[wrapper], field: ["x"]}})

    assert (response.status, response.json["error"]["code"]) == (400, code)


@pytest.mark.parametrize("row", [row for row in TABLE if row.action], ids=lambda row: row.id)
def test_an_action_has_its_documented_key(row):
    documented = BY_ID[row.id]
    assert row.action == (documented.get("action_key") or WORDS[row.id]["action"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operation_id"])
def test_every_documented_operation_is_recorded_under_its_id(sdrs, operation):
    response = send(sdrs, operation)

    (record,) = sdrs.journal
    assert record.request.operation == operation["operation_id"]
    assert response.status in {200, 204, 400, 404}
    assert "error_code" not in (response.json or {})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operation_id"])
def test_credentials_come_first_but_for_the_two_version_calls(sdrs, operation):
    free = operation["operation_id"] in {"ListApiVersions", "ShowSpecifiedApiVersion"}

    assert send(sdrs, operation, credentials=None).status == (200 if free else 401)


@pytest.mark.parametrize("file", REQUESTS, ids=lambda file: file.stem)
def test_every_documented_request_body_is_understood_as_its_operations(sdrs, file):
    name = file.name.split(".")[0].title().replace("_", "")

    response = send(sdrs, BY_ID[name], json=json.loads(file.read_text(encoding="utf-8")))

    error = response.json.get("error", {"code": "accepted"})
    assert error["code"] in {"accepted", *NOTHING_THERE}
    request = sdrs.journal.last.request
    assert (request.operation, request.unknown_fields) == (name, ())


def test_every_documented_request_line_reaches_its_operation(sdrs, fixture):
    for line in fixture("requests")["requests"]:
        target = re.sub(r"https?://\{Endpoint\}", "", line["url"])
        target = target.format(project_id=sdrs.project_id)
        sdrs.request(line["method"], target, json=body(BY_ID[line["operation"]]))

        assert sdrs.journal.last.request.operation == line["operation"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "SDRS.0201"),
        ({}, "SDRS.0201"),
        ([], "SDRS.0201"),
        ("start-server-group", "SDRS.0201"),
        ({"explode-server-group": {}}, "SDRS.0206"),
        ({"action": ["create"]}, "SDRS.0206"),
        ({"start-server-group": {}, "stop-server-group": {}}, "SDRS.0206"),
    ],
)
@pytest.mark.parametrize("operation", ["StartProtectionGroup", "ExpandReplication"])
def test_a_body_without_one_action_of_the_route_is_refused(sdrs, operation, content, code):
    response = send(sdrs, BY_ID[operation], json=content)

    assert (response.status, response.json["error"]["code"]) == (400, code)


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


# Jobs


@pytest.mark.parametrize("operation", [row.id for row in TABLE if BY_ID[row.id]["job_type"]])
def test_an_operation_begins_a_job_of_the_documented_type_with_its_entities(sdrs, operation):
    add_what_it_needs(sdrs, operation)

    job = show_job(sdrs, begin(sdrs, operation)).json

    documented = BY_ID[operation]["job_type"]
    documented = documented if isinstance(documented, str) else documented[0]
    assert (job["job_type"], job["status"]) == (documented, "SUCCESS")
    assert set(job["entities"]) == set(ENTITIES[documented])
