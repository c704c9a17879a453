"""What the fake says no to, and in which words: the return values of the reference."""

from pathlib import Path

import pytest

from sdrs_fake import Behavior, FakeSdrs, Response
from sdrs_fake.domain.refusals import (
    HEADERS_TOO_LARGE,
    INTERNAL_ERROR,
    NULL_JOB,
    NULL_JOB_400,
    PATH_NOT_FOUND,
    REFUSALS,
    Refusal,
)
from sdrs_fake.operations import failure_jobs
from sdrs_fake.transports.wsgi_call import build_environ, call_app
from sdrs_fake.wsgi.codec import MAX_BODY, MAX_URI, render_error, write_response

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
PHRASES = {
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    409: "Conflict",
    501: "Not Implemented",
    503: "Service Unavailable",
}
CHOSEN = (NULL_JOB, NULL_JOB_400)
"""Refusals whose status is a choice of ours, beside the one in the table."""
DOCUMENTED_STATUSES = {400, 401, 403, 404, 405, 406, 407, 408, 409, 500, 501, 502, 503, 504}
"""The abnormal return values of the list page."""


def gateway(response):
    return response.status, response.json["error_code"], response.json["error_msg"]


# The table


def test_every_documented_status_has_a_refusal():
    assert {row.status for row in REFUSALS} >= DOCUMENTED_STATUSES


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: f"{row.status}-{row.code}")
def test_every_row_has_the_words_of_the_error_tables(row, fixture):
    if row.gateway:
        table = {
            (each["http_status"], each["code"], each["message"])
            for each in fixture("gateway_errors")["errors"]
        }
        assert (row.status, row.code, row.message) in table
    elif row.code.startswith("SDRS."):
        table = {(each["code"], each["message"]) for each in fixture("error_codes")["errors"]}
        assert (row.code, row.message) in table
    else:
        assert (row.code, row.message) == (str(row.status), PHRASES[row.status])


@pytest.mark.parametrize(
    "row", [row for row in REFUSALS if row.code.startswith("SDRS.") and row not in CHOSEN], ids=str
)
def test_a_row_of_the_service_has_its_tables_status(row, fixture):
    table = {each["code"]: each["http_status"] for each in fixture("error_codes")["errors"]}

    assert row.status == table[row.code]


@pytest.mark.parametrize("row", REFUSALS, ids=str)
def test_every_refusal_has_one_of_the_two_documented_bodies(sdrs, row):
    response = render_error(row, "service", "0" * 32)

    keys = ["error_code", "error_msg", "request_id"] if row.gateway else ["error"]
    assert list(response.json) == keys
    assert row.gateway or list(response.json["error"]) == ["message", "code"]


@pytest.mark.parametrize(
    ("name", "query"), [("limit_invalid", {"limit": "-1"}), ("offset_invalid", {"offset": "-1"})]
)
def test_the_documented_error_bodies_come_back(sdrs, path, fixture, name, query):
    assert sdrs.request("GET", path, params=query).json == fixture(f"errors/{name}")


@pytest.mark.parametrize(
    "file", sorted((FIXTURES / "errors").glob("*.json")), ids=lambda file: file.stem
)
def test_every_documented_error_body_can_be_rendered(sdrs, fixture, file):
    body = fixture(f"errors/{file.stem}")
    statuses = {each["code"]: each["http_status"] for each in fixture("error_codes")["errors"]}
    if "error" in body:
        inner = body["error"]
        refusal = Refusal(statuses.get(inner["code"], 400), inner["code"], inner["message"])
        assert render_error(refusal, "service", "").json == body
    elif "badrequest" in body:
        assert render_error(Refusal(400, "XXX", "XXXX"), "service", "", "named").json == body
    else:
        code, message = body["error_code"], body["error_msg"]
        rendered = render_error(Refusal(400, code, message, gateway=True), "service", "id").json
        assert (rendered["error_code"], rendered["error_msg"]) == (code, message)


def test_an_unknown_group_and_a_bug_get_the_documented_bodies(path, fixture):
    sdrs = FakeSdrs(behavior=Behavior(unknown_group="error"))

    response = sdrs.request("GET", path, params={"server_group_id": "unheard-of"})
    assert response.json == fixture("errors/group_not_found")
    assert render_error(INTERNAL_ERROR, "service", "").json == fixture("errors/internal")


def test_an_answer_without_a_body_has_no_content_type():
    response = write_response(Response(204))

    assert "Content-Type" not in response.headers
    assert response.status == "204 No Content"


@pytest.mark.parametrize(
    ("row", "line"),
    [(PATH_NOT_FOUND, "404 Not Found"), (HEADERS_TOO_LARGE, "494 Request Header Too Large")],
)
def test_the_reason_phrase_is_the_references_own(row, line):
    assert write_response(render_error(row, "service", "")).status == line


def test_the_documented_gateway_bodies_have_our_form(sdrs, path, fixture):
    unauthenticated = sdrs.request("GET", path, credentials=None).json
    unknown = sdrs.request("GET", "/v1/unknown").json

    assert list(unauthenticated) == list(fixture("errors/gateway_401"))
    assert list(unknown) == list(fixture("errors/gateway_404"))
    assert unknown["error_msg"] == fixture("errors/gateway_404")["error_msg"] + "."


# Brought about by requests


@pytest.mark.parametrize(
    "target",
    [
        "//",
        "/v2",
        "/v1/",
        "/V1",
        "/v2/{project_id}/task-center/failure-jobs",
        "/v1/{project_id}/task-center",
        "/v1/{project_id}/task-center/failure-jobs/",
        "/v1//task-center/failure-jobs",
        "//v1/{project_id}/task-center/failure-jobs",
        "/v1/{project_id}//task-center/failure-jobs",
        "/V1/{project_id}/task-center/failure-jobs",
        "/v1/{project_id}/task-center/failure-jobs/../failure-jobs",
        "/v1/a%2Fb/task-center/failure-jobs",
        "/%FF",
    ],
)
@pytest.mark.parametrize("credentials", ["token", None])
def test_an_unknown_path_is_404_before_credentials_are_looked_at(sdrs, target, credentials):
    target = target.replace("{project_id}", sdrs.project_id)
    response = sdrs.request("GET", target, credentials=credentials)

    message = "The API does not exist or has not been published in the environment."
    assert gateway(response) == (404, "APIGW.0101", message)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"])
def test_a_wrong_method_is_405_and_names_those_that_are_right(sdrs, path, method):
    response = sdrs.request(method, path, credentials=None)

    expected = {"error": {"message": "Method Not Allowed", "code": "405"}}
    assert (response.status, response.json) == (405, expected)
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("method", ["get", "Head"])
def test_on_the_wire_a_method_has_one_spelling(sdrs, path, method):
    status, _, _ = call_app(sdrs.wsgi, build_environ(method, path, [("x-auth-token", "any")]))

    assert status == "405 Method Not Allowed"


def test_in_process_a_method_may_be_in_any_case(sdrs, path):
    assert sdrs.request("get", path).status == 200


@pytest.mark.parametrize("base", ["url", "base_url"])
def test_in_process_a_path_may_begin_with_the_fakes_url(sdrs, path, base):
    assert sdrs.url

    assert sdrs.request("GET", getattr(sdrs, base) + path, params={"limit": 1}).status == 200
    assert sdrs.journal.last.request.target == f"{path}?limit=1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Auth-Token": ""},
        {"x-auth-token": ""},
        {"X_Auth_Token": "any"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": "Bearer token"},
        {"Authorization": "SDK-HMAC-SHA256"},
        {"Authorization": "SDK-HMAC-SHA2567 Access=AK"},
        {"X-Sdk-Date": "20261121T203007Z"},
    ],
)
def test_without_a_credential_it_is_401(sdrs, path, headers):
    response = sdrs.request("GET", path, headers=headers, credentials=None)

    message = "Incorrect IAM authentication information: x-auth-token not found"
    assert gateway(response) == (401, "APIGW.0301", message)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Auth-Token": "any"},
        {"x-auth-token": "any", "Authorization": "none"},
        {"Authorization": f"SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature={'0' * 64}"},
        {"Authorization": "V11-HMAC-SHA256 Credential=AK/1/cn/sdrs, SignedHeaders=a, Signature=0"},
        {"Authorization": "SDK-HMAC-SM3 Access=AK, SignedHeaders=host, Signature=0"},
        {"Authorization": "SDK-ECDSA-P256-SHA256 Access=AK, SignedHeaders=host, Signature=0"},
        {"Authorization": "SDK-SM2-SM3 Access=AK, SignedHeaders=host, Signature=0"},
    ],
)
def test_a_token_or_a_signature_is_accepted(sdrs, path, headers):
    assert sdrs.request("GET", path, headers=headers, credentials=None).status == 200


def test_a_token_of_the_callers_own_is_the_one_that_is_sent(sdrs, path):
    for given in ({"credentials": "mine"}, {"headers": {"x-auth-token": "mine"}}):
        sdrs.request("GET", path, **given)

    assert [record.request.headers["x-auth-token"] for record in sdrs.journal] == ["mine", "mine"]


def test_with_auth_off_nothing_is_asked_for(path):
    assert FakeSdrs(auth="off").request("GET", path, credentials=None).status == 200


def test_credentials_come_before_parameters(sdrs, path):
    assert sdrs.request("GET", path, params={"limit": "x"}, credentials=None).status == 401


def test_of_several_wrong_parameters_the_first_in_our_order_is_named(sdrs, path):
    params = {"offset": "x", "limit": "y", "failure_status": "z"}
    response = sdrs.request("GET", path, params=params)

    assert response.json["error"]["code"] == "SDRS.0221"


def test_a_url_of_8_kib_is_served_and_a_longer_one_is_414(sdrs, path):
    room = MAX_URI - len(path) - len("?marker=")

    assert sdrs.request("GET", path, params={"marker": "a" * room}).status == 200
    refused = sdrs.request("GET", path, params={"marker": "a" * (room + 1)})
    assert gateway(refused) == (414, "APIGW.0201", "Request URI too large.")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("{path}?marker=" + "%E4%B8%AD" * (MAX_URI // 9), 414),
        ("/" + "!" * (MAX_URI - 1), 404),
        ("/" + "!" * MAX_URI, 414),
        ("/" + "%61" * 3000, 414),
    ],
)
def test_the_size_of_a_url_is_that_on_the_wire(sdrs, path, target, status):
    assert sdrs.request("GET", target.format(path=path)).status == status


def test_a_query_can_be_text_and_in_any_alphabet(sdrs, path):
    sdrs.add_failure_job(resource_name="核心 1&2")

    for target, params in (
        (path, "resource_name=核心%201%262"),
        (path, [("resource_name", "核心 1&2"), ("limit", None)]),
        (f"{path}?resource_name=核心 1%262", {"limit": 5}),
    ):
        assert sdrs.request("GET", target, params=params).json["count"] == 1


def test_a_body_of_1_mib_is_let_through_and_a_larger_one_is_413(sdrs, path):
    assert sdrs.request("GET", path, json="a" * (MAX_BODY - 2)).status == 200
    refused = sdrs.request("GET", path, json="a" * (MAX_BODY - 1))
    assert gateway(refused) == (413, "APIGW.0201", "Request entity too large.")


def test_size_comes_before_path_and_credentials(sdrs):
    assert sdrs.request("POST", "/" + "a" * MAX_URI, credentials=None).status == 414
    assert sdrs.request("POST", "/nowhere", json="a" * MAX_BODY, credentials=None).status == 413


def test_a_get_with_a_content_type_and_no_body_is_normal(sdrs, path):
    assert sdrs.request("GET", path, headers={"Content-Type": "application/json"}).status == 200
    assert sdrs.request("GET", path, json={}).status == 200


@pytest.mark.parametrize("query", [{}, {"limit": "x"}])
def test_head_answers_as_get_without_a_body(sdrs, path, query):
    sdrs.add_failure_job()

    get, head = (sdrs.request(method, path, params=query) for method in ("GET", "HEAD"))

    assert (head.status, head.body, head.json) == (get.status, b"", None)
    assert {**head.headers, "X-Request-Id": ""} == {**get.headers, "X-Request-Id": ""}


@pytest.mark.parametrize(
    "target",
    ["/v1/p/task-center/failure-jobs", "/v1/p/task-center/failure-jobs?limit=x", "/nowhere"],
)
def test_every_answer_is_json_with_a_request_id_of_its_own(sdrs, target):
    one, two = (sdrs.request("GET", target).headers for _ in range(2))

    assert one["Content-Type"] == "application/json"
    assert len(one["X-Request-Id"]) == 32
    assert one["X-Request-Id"] != two["X-Request-Id"]


def test_the_gateways_body_names_the_request_id_of_its_header(sdrs):
    response = sdrs.request("GET", "/nowhere")

    assert response.json["request_id"] == response.headers["X-Request-Id"]


def test_request_ids_are_the_same_in_every_run():
    assert FakeSdrs().request("GET", "/").headers == FakeSdrs().request("GET", "/").headers


def test_a_bug_of_the_fake_shows_itself_in_process(sdrs, path, monkeypatch):
    monkeypatch.setattr(failure_jobs, "paginate", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        sdrs.request("GET", path)
