"""All documented operations: each is served, or says that it is not."""

import json
import re
from pathlib import Path

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.operations.queries import PARAMETERS
from sdrs_fake.operations.unserved import ROWS
from sdrs_fake.wsgi.routes import TABLE, find
from sdrs_fake.wsgi.wire import operation_name

FIXTURES = Path(__file__).parent.parent / "fixtures"
OPERATIONS = json.loads((FIXTURES / "operations.json").read_text(encoding="utf-8"))["operations"]
BY_ID = {operation["operation_id"]: operation for operation in OPERATIONS}
REQUESTS = sorted((FIXTURES / "examples").glob("*.request*.json"))
UNSERVED = {
    name
    for names in ROWS.values()
    for name in ([names] if isinstance(names, str) else names.values())
}
WORDS = {"BatchAddTags": {"action": "create"}, "BatchDeleteTags": {"action": "delete"}}


def row(operation):
    return f"{operation['method']} {operation['path']}"


def body(operation):
    key = operation.get("action_key")
    return {key: {}} if key else WORDS.get(operation["operation_id"])


def send(sdrs, operation, **request):
    path = re.sub(
        r"\{(\w+)\}",
        "id",
        operation["path"].replace("{project_id}", sdrs.project_id).replace("{api_version}", "v1"),
    )
    return sdrs.request(operation["method"], path, **{"json": body(operation), **request})


# What is documented is served, or said not to be


def test_all_49_documented_operations_are_served_or_said_to_be_unserved():
    assert set(PARAMETERS) | UNSERVED == set(BY_ID)
    assert set(PARAMETERS) & UNSERVED == set()
    assert len(BY_ID) == 49


def test_the_table_has_the_documented_routes_and_no_other():
    assert set(TABLE) == {row(operation) for operation in OPERATIONS}
    assert {name: row(BY_ID[name]) for name in PARAMETERS} == {
        operation_name(operation): line for line, operation in TABLE.items() if line not in ROWS
    }


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_served_operation_knows_the_documented_parameters(name):
    assert PARAMETERS[name] == {parameter["name"] for parameter in BY_ID[name]["query_params"]}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operation_id"])
def test_every_documented_operation_is_found_and_noted_under_its_name(sdrs, operation):
    reply = send(sdrs, operation)

    (entry,) = sdrs.journal
    assert entry.call.operation == operation["operation_id"]
    assert (
        reply.status == 501
        if operation["operation_id"] in UNSERVED
        else reply.status in {200, 204, 400, 404}
    )
    assert "error_code" not in (reply.json or {})


@pytest.mark.parametrize("name", sorted(UNSERVED))
def test_an_unserved_operation_says_so_by_its_name(sdrs, name):
    reply = send(sdrs, BY_ID[name])

    assert (reply.status, reply.json) == (
        501,
        {"error": {"message": f"{name} is not implemented", "code": "501"}},
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operation_id"])
def test_credentials_come_first_but_for_the_two_version_calls(sdrs, operation):
    free = operation["operation_id"] in {"ListApiVersions", "ShowSpecifiedApiVersion"}

    assert send(sdrs, operation, credentials=None).status == (200 if free else 401)


@pytest.mark.parametrize("file", REQUESTS, ids=lambda file: file.stem)
def test_every_documented_request_body_is_understood_as_its_operations(sdrs, file):
    name = file.name.split(".")[0].title().replace("_", "")

    reply = send(sdrs, BY_ID[name], json=json.loads(file.read_text(encoding="utf-8")))

    assert (reply.status, reply.json["error"]["message"]) == (501, f"{name} is not implemented")


def test_every_documented_request_line_reaches_its_operation(sdrs, fixture):
    for line in fixture("requests")["requests"]:
        target = re.sub(r"https?://\{Endpoint\}", "", line["url"]).format(
            project_id=sdrs.project_id
        )
        sdrs.request(line["method"], target, json=body(BY_ID[line["operation"]]))

    assert [entry.call.operation for entry in sdrs.journal] == [
        line["operation"] for line in fixture("requests")["requests"]
    ]


@pytest.mark.parametrize(
    "content",
    [None, {}, [], "start-server-group", {"explode-server-group": {}}, {"action": ["create"]}],
)
def test_an_action_that_is_none_names_all_that_there_are(sdrs, content):
    reply = send(sdrs, BY_ID["StartProtectionGroup"], json=content)

    names = (
        "StartProtectionGroup or StopProtectionGroup or StartFailoverProtectionGroup or"
        " StartReverseProtectionGroup"
    )
    assert (reply.status, reply.json["error"]["message"]) == (501, f"{names} is not implemented")


@pytest.mark.parametrize("line", TABLE)
def test_a_wrong_method_on_a_documented_path_is_405_with_the_right_ones(sdrs, line):
    path = line.split()[1]
    documented = {each.split()[0] for each in TABLE if each.split()[1] == path}

    reply = send(sdrs, {"method": "PATCH", "path": path, "operation_id": ""})

    assert (reply.status, reply.json["error"]["code"]) == (405, "405")
    assert documented <= set(reply.headers["Allow"].split(", "))


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


def test_a_literal_end_of_a_path_wins_over_an_id():
    assert (
        find("GET", "/v1/p/protected-instances/tags")[0]
        is TABLE["GET /v1/{project_id}/protected-instances/tags"]
    )
    assert find("DELETE", "/v1/p/task-center/failure-jobs/batch")[1] == {"project_id": "p"}


# Versions, domains, quotas


@pytest.mark.parametrize(
    ("path", "name"), [("/", "list_api_versions"), ("/v1", "show_specified_api_version")]
)
def test_the_version_is_the_documented_one_at_the_hosts_own_address(sdrs, fixture, path, name):
    sample = json.dumps(fixture(f"examples/{name}"), separators=(",", ":"))

    reply = sdrs.request("GET", path, headers={"Host": "sdrs.localdomain.com"}, credentials=None)

    assert reply.body.decode() == sample.replace("https://", "http://")


def test_without_a_host_the_servers_name_stands_in(sdrs):
    assert (
        sdrs.request("GET", "/v1").json["version"]["links"][0]["href"] == "http://127.0.0.1:80/v1"
    )


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2"), ("GET", "/v1.0"), ("PUT", "/v2"), ("GET", "")]
)
def test_an_unknown_version_is_an_unknown_path(sdrs, method, path):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
    started = []

    body = b"".join(sdrs.wsgi(environ, lambda *args: started.append(args)))

    assert (started[0][0], json.loads(body)["error_code"]) == ("404 Not Found", "APIGW.0101")


def test_the_active_active_domain_is_that_of_the_groups(sdrs, fixture):
    group = sdrs.add_protection_group()
    sample = fixture("examples/list_active_active_domains")
    zones = {
        "local_replication_cluster": group.source_availability_zone,
        "remote_replication_cluster": group.target_availability_zone,
    }
    sample["domains"][0].update({name: {"availability_zone": zone} for name, zone in zones.items()})

    answer = sdrs.request("GET", f"/v1/{sdrs.project_id}/active-domains").json

    assert json.dumps(answer) == json.dumps(sample)
    assert (group.domain_id, group.domain_name) == (
        sample["domains"][0]["id"],
        sample["domains"][0]["name"],
    )


def test_quotas_are_the_documented_ones_and_count_what_is_there(sdrs, fixture):
    for number in range(10):
        sdrs.add_protection_group(replication_num=number == 5)

    answer = sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas").json

    assert json.dumps(answer) == json.dumps(fixture("examples/show_quota"))


def test_a_quota_is_never_less_than_what_is_used(sdrs):
    sdrs.seed(jobs=0, groups=60)

    groups, _ = sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas").json["quotas"][
        "resources"
    ]

    assert (groups["used"], groups["quota"]) == (60, 60)
