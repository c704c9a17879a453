"""The OpenAPI document: valid, as the table and the reference have it, and true to the answers."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.refusals import REFUSALS
from sdrs_fake.openapi.answers import ANSWERS, status_of
from sdrs_fake.openapi.document import document
from sdrs_fake.openapi.schemas import reference
from sdrs_fake.operations.table import ROWS, TABLE
from sdrs_fake.transports.wsgi_call import build_environ, call_app
from sdrs_fake.wsgi.codec import render_error
from tests.operations.cases import REQUESTS, add_what_it_needs

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
REFERENCE = json.loads((FIXTURES / "operations.json").read_text(encoding="utf-8"))
OPERATIONS = {each["operation_id"]: each for each in REFERENCE["operations"]}
RESOURCES = {
    "ProtectionGroup": "ProtectionGroup",
    "ProtectedInstance": "ProtectedInstance",
    "ReplicationPair": "ReplicationPair",
    "DrDrill": "Drill",
    "FailureJob": "FailureJob",
    "ActiveDomain": "ActiveActiveDomain",
    "ApiVersion": "ApiVersion",
    "QuotaResource": "Quota",
    "RpoStatistic": "RpoStatistic",
    "ResourceByTag": "TaggedInstance",
}
"""The names of the reference, and those of the document."""

UNLIKE = {"UpdateReplicationName", "ListProtectedInstancesByTags"}
"""Operations whose sample has strings where clients read integers, and the fake answers those."""

DOCUMENT = document("http://fake")


def operation_of(row):
    return DOCUMENT["paths"][row.path][row.method.lower()]


def problems(schema, value):
    """What a schema of the document finds wrong in a value."""
    validator = Draft202012Validator({**DOCUMENT, **schema}, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def answer_problems(row, response):
    """What the document finds wrong in an answer of an operation."""
    described = operation_of(row)["responses"][str(response.status)]
    if "$ref" in described:
        described = DOCUMENT["components"]["responses"][described["$ref"].rpartition("/")[2]]
    headers = described["headers"]
    missing = [name for name in headers if headers[name].get("required")]
    assert [name for name in missing if name not in response.headers] == []
    if response.status in {202, 204} and not response.body:
        return []
    return problems(described["content"]["application/json"]["schema"], response.json)


# The document


def test_it_is_valid():
    validate(DOCUMENT)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_an_operation_has_its_parameters_and_its_body(row):
    operation = operation_of(row)
    parameters = {(each["in"], each["name"]) for each in operation.get("parameters", ())}

    expected = {("path", name) for name in row.path_params}
    expected |= {("path", "api_version")} if "{api_version}" in row.path else set()
    assert row.id in operation["operationId"].split("_")
    assert parameters == expected | {("query", name) for name in row.params}
    assert ("requestBody" in operation) == bool(row.body)
    if row.body:
        assert operation["requestBody"]["required"] is (row.id != "DeleteProtectedInstance")
    assert (operation.get("security") == []) is row.is_open


def test_there_are_no_other_operations():
    routes = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]

    assert set(routes) == {(row.method.lower(), row.path) for row in TABLE}


def test_operations_of_one_route_are_one_operation_with_all_their_bodies():
    actions = [row for row in TABLE if row.path.endswith("{server_group_id}/action")]

    operation = operation_of(actions[0])

    ids = [row.id for row in actions]
    content = operation["requestBody"]["content"]["application/json"]
    assert operation["x-operations"] == ids
    assert content["schema"]["oneOf"] == [{"$ref": f"#/components/schemas/{each}"} for each in ids]
    assert list(content["examples"]) == ids


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_success_has_the_documented_status(operation):
    assert status_of(operation) == OPERATIONS[operation]["success_status"]


def test_every_operation_says_what_it_answers():
    assert list(ANSWERS) == list(ROWS)


@pytest.mark.parametrize("name", RESOURCES)
def test_a_resource_has_the_documented_fields(name):
    schema = DOCUMENT["components"]["schemas"][RESOURCES[name]]
    fields = REFERENCE["schemas"][name]

    assert set(schema["properties"]) == {field["name"] for field in fields}
    assert set(schema["required"]) == {
        field["name"] for field in fields if field.get("required", True)
    }
    for field in fields:
        described = schema["properties"][field["name"]]
        values = [value for value in field.get("enum", ()) if field["name"] != "resource_type"]
        assert [value for value in values if problems(described, value)] == []
        assert (problems(described, None) == []) is field["nullable"], field["name"]
        assert problems(described, {"no": "value"}) or field["type"] == "object"


# What it has of the reference


@pytest.mark.parametrize("operation", OPERATIONS)
def test_rules_and_examples_are_those_of_the_reference(operation):
    facts, documented = reference()["operations"][operation], OPERATIONS[operation]
    name = documented["sdk_method"]
    folder = FIXTURES if operation == "ListFailureJobs" else FIXTURES / "examples"

    rules = [[each["rule"], each["error_code"]] for each in documented["constraints"]]
    assert facts.get("rules", []) == [rule for rule in rules if rule[1]]
    assert facts["tag"] == documented["tag"]
    for kind, file in (("request", f"{name}.request.json"), ("answer", f"{name}.json")):
        path = folder / file
        is_known = path.exists() and (kind == "request" or operation not in UNLIKE)
        assert facts.get(kind) == (json.loads(path.read_text("utf-8")) if is_known else None)


def test_notes_are_on_fields_and_parameters_that_exist():
    for row in TABLE:
        assert reference()["operations"][row.id].get("parameters", {}).keys() <= row.params


def examples():
    """Each example of the document with its schema, by its place."""
    for row in TABLE:
        operation = operation_of(row)
        places = {**operation["responses"], "request": operation.get("requestBody", {})}
        for place, described in places.items():
            content = described.get("content", {}).get("application/json", {})
            for each in content.get("examples", {}).values():
                yield pytest.param(content["schema"], each["value"], id=f"{row.id}-{place}")


@pytest.mark.parametrize(("schema", "value"), list(examples()))
def test_an_example_fits_its_schema(schema, value):
    assert problems(schema, value) == []


# What the fake answers


@pytest.mark.parametrize("operation", REQUESTS)
def test_what_an_operation_answers_fits_its_schema(sdrs, operation):
    add_what_it_needs(sdrs, operation)
    method, path, body = REQUESTS[operation]

    response = sdrs.request(method, f"/v1/{sdrs.project_id}/{path}", json=body)

    assert response.status == status_of(operation)
    assert answer_problems(ROWS[operation], response) == []


REST = {
    "ShowJobStatus": "jobs/{job_id}",
    "ListActiveActiveDomains": "active-domains",
    "ListProtectionGroups": "server-groups",
    "ListProtectedInstances": "protected-instances",
    "ListReplications": "replications",
    "ListDisasterRecoveryDrills": "disaster-recovery-drills",
    "ListFailureJobs": "task-center/failure-jobs?server_group_id=g",
    "DeleteFailureJob": "task-center/failure-jobs/{job_id}",
    "DeleteAllServerGroupFailureJobs": "task-center/failure-jobs/batch",
    "DeleteServerGroupFailureJobs": "task-center/g/failure-jobs/batch",
    "ListRpoStatistics": "resource/rpo-statistics",
    "ShowQuota": "sdrs/quotas",
}
"""The operations that need what is added below, and no body."""


@pytest.fixture
def everything(sdrs):
    """A fake with a row of each list, and a failed job."""
    add_what_it_needs(sdrs, "Drill")
    sdrs.add_replication_pair(server_group_id="g", status="error")
    sdrs.add_failure_job(
        server_group_id="g", resource_type="protectedInstance", failure_status="createFail"
    )
    sdrs.add_rpo_statistic()
    return sdrs


@pytest.mark.parametrize("operation", REST)
def test_what_a_list_answers_fits_its_schema(everything, operation):
    path = REST[operation].format(job_id=everything.failure_jobs[0].job_id)

    row = ROWS[operation]
    response = everything.request(row.method, f"/v1/{everything.project_id}/{path}")

    assert response.status == status_of(operation)
    assert not response.body or len(response.body) > len('{"count":0,"failure_jobs":[]}')
    assert answer_problems(row, response) == []


def test_versions_and_every_other_operation_is_among_these_tests(sdrs):
    versions = {"ListApiVersions": "/", "ShowSpecifiedApiVersion": "/v1"}

    for operation, path in versions.items():
        assert answer_problems(ROWS[operation], sdrs.request("GET", path)) == []
    assert {*versions, *REQUESTS, *REST} == set(ROWS)


@pytest.mark.parametrize("status", ["RUNNING", "INIT", "SUCCESS", "FAIL"])
def test_a_job_in_any_status_fits_its_schema(sdrs, status):
    part = {"job_id": "part", "job_type": "x", "status": status}
    job = sdrs.add_job(status=status, entities={"sub_jobs": [part]})

    response = sdrs.request("GET", f"/v1/{sdrs.project_id}/jobs/{job.job_id}")

    assert answer_problems(ROWS["ShowJobStatus"], response) == []


def test_a_number_of_tagged_instances_and_a_deferred_request_fit_too(sdrs):
    counted = {"action": "count", "tags": []}
    path = f"/v1/{sdrs.project_id}/protected-instances/resource_instances/action"
    sdrs.faults.defer("DeleteProtectionGroup")

    found = sdrs.request("POST", path, json=counted)
    deferred = sdrs.request("DELETE", f"/v1/{sdrs.project_id}/server-groups/g")

    assert answer_problems(ROWS["ListProtectedInstancesByTags"], found) == []
    assert deferred.status == 202
    assert answer_problems(ROWS["DeleteProtectionGroup"], deferred) == []


@pytest.mark.parametrize("error_key", ["error", "named"])
@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_every_refusal_fits_the_schema_of_its_status(refusal, error_key):
    response = render_error(refusal, "service", "id", error_key)

    described = DOCUMENT["components"]["responses"][str(refusal.status)]
    assert problems(described["content"]["application/json"]["schema"], response.json) == []
    assert refusal.headers.keys() <= described["headers"].keys()


# Where it is found


def test_a_fake_serves_it_with_the_url_that_it_has_for_the_client(sdrs):
    with sdrs.session() as session:
        answer = session.get(f"{sdrs.url}/_fake/openapi.json")
    environ = build_environ("GET", "/sdrs/_fake/openapi.json", [("X-Fake-Admin-Token", "right")])
    mounted = DispatcherMiddleware(None, {"/sdrs": FakeSdrs(admin_token="right").wsgi})
    status, _, body = call_app(mounted, environ)

    assert (answer.status_code, status) == (200, "200 OK")
    assert answer.json() == json.loads(json.dumps(document(sdrs.url)))
    assert json.loads(body)["servers"] == [{"url": "http://127.0.0.1:80/sdrs"}]
