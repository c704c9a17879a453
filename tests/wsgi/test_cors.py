"""CORS: what a browser needs to let a page of another origin call the fake."""

import json
import socket

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from sdrs_fake import FakeSdrs
from sdrs_fake.operations import failure_jobs
from sdrs_fake.transports.wsgi_call import build_environ, call_app
from sdrs_fake.wsgi.codec import MAX_BODY, MAX_URI

PAGE = "http://localhost:5173"
OTHER = "https://console.example.com"
EXPOSED = "X-Request-Id, Retry-After, X-Subject-Token"
LIST = "/v1/p/task-center/failure-jobs"
USER = {"name": "anna", "password": "right", "domain": {"name": "acme"}}
LOGIN = {"auth": {"identity": {"methods": ["password"], "password": {"user": USER}}}}


def preflight(method="DELETE", headers="x-auth-token", origin=PAGE):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return asked | ({"Access-Control-Request-Headers": headers} if headers else {})


def cors_headers(response):
    """The headers that concern a browser."""
    headers = response.headers
    return {name: headers[name] for name in headers if name.startswith(("Access-", "Vary"))}


@pytest.mark.parametrize("headers", [{"Origin": PAGE}, preflight()])
def test_by_default_nothing_is_said_to_browsers(sdrs, headers):
    method = "OPTIONS" if len(headers) > 1 else "GET"

    response = sdrs.request(method, LIST, headers=headers)

    assert response.status == (405 if len(headers) > 1 else 200)
    assert cors_headers(response) == {}


@pytest.mark.parametrize(
    ("cors", "origin", "headers"),
    [
        (PAGE, PAGE, {"Vary": "Origin", "Access-Control-Allow-Origin": PAGE}),
        ([OTHER, PAGE], PAGE, {"Vary": "Origin", "Access-Control-Allow-Origin": PAGE}),
        (f"{OTHER}, {PAGE}", OTHER, {"Vary": "Origin", "Access-Control-Allow-Origin": OTHER}),
        (PAGE, OTHER, {"Vary": "Origin"}),
        (PAGE, f"{PAGE}/", {"Vary": "Origin"}),
        (PAGE, None, {"Vary": "Origin"}),
        ("null", "null", {"Vary": "Origin", "Access-Control-Allow-Origin": "null"}),
        ("*", OTHER, {"Access-Control-Allow-Origin": "*"}),
        ("*", None, {"Access-Control-Allow-Origin": "*"}),
        ([PAGE, "*"], OTHER, {"Access-Control-Allow-Origin": "*"}),
        ([], PAGE, {}),
    ],
)
def test_a_page_may_read_an_answer_if_its_origin_is_named(cors, origin, headers):
    sdrs = FakeSdrs(cors=cors)

    response = sdrs.request("GET", LIST, headers={"Origin": origin} if origin else {})

    if "Access-Control-Allow-Origin" in headers:
        headers = {**headers, "Access-Control-Expose-Headers": EXPOSED}
    assert (response.status, cors_headers(response)) == (200, headers)


@pytest.mark.parametrize("path", [LIST, "/v3/auth/tokens", "/", "/v1/nowhere"])
@pytest.mark.parametrize("cors", [PAGE, "*"])
def test_a_preflight_lets_a_page_send_any_request_without_credentials(cors, path):
    sdrs = FakeSdrs(auth="strict", cors=cors)
    asked = preflight("PATCH", "authorization,x-sdk-date")

    response = sdrs.request("OPTIONS", path, headers=asked, credentials=None)

    assert (response.status, response.body) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == cors
    assert response.headers["Access-Control-Allow-Headers"] == "authorization,x-sdk-date"
    allowed = response.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(allowed)


def test_a_preflight_for_no_headers_names_none():
    response = FakeSdrs(cors="*").request("OPTIONS", LIST, headers=preflight(headers=""))

    assert response.status == 204
    assert "Access-Control-Allow-Headers" not in response.headers


def test_a_preflight_is_not_recorded_uses_up_no_fault_and_takes_no_number():
    sdrs = FakeSdrs(cors=PAGE)
    sdrs.faults.fail(status=503)

    assert sdrs.request("OPTIONS", LIST, headers=preflight()).status == 204

    assert list(sdrs.journal) == []
    assert sdrs.request("GET", LIST).status == 503
    assert sdrs.journal.last.request.id == "1".zfill(32)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": PAGE},
        {"Access-Control-Request-Method": "GET"},
        preflight(origin=OTHER),
    ],
)
def test_any_other_options_request_is_refused_as_ever(headers):
    sdrs = FakeSdrs(cors=PAGE)

    response = sdrs.request("OPTIONS", LIST, headers=headers)

    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")
    assert len(sdrs.journal) == 1


@pytest.mark.parametrize(("cors", "path"), [(None, LIST), (PAGE, LIST), (None, "/v3/projects")])
def test_the_journal_says_which_origin_a_preflight_lacks(cors, path):
    sdrs = FakeSdrs(cors=cors)

    sdrs.request("OPTIONS", path, headers=preflight(origin=OTHER))

    note = sdrs.journal.last.response.note
    assert note == f"preflight of a page; cors='{OTHER}' would allow it"


@pytest.mark.parametrize(
    ("status", "method", "path", "more"),
    [
        (400, "GET", f"{LIST}?limit=x", {}),
        (401, "GET", LIST, {"credentials": None}),
        (404, "GET", "/v1/nowhere", {}),
        (404, "GET", "/v1/p/jobs/none", {}),
        (405, "PATCH", LIST, {}),
        (413, "POST", "/v1/p/server-groups", {"json": "x" * MAX_BODY}),
        (414, "GET", f"{LIST}?marker={'a' * MAX_URI}", {}),
        (429, "GET", "/v1/p/replications", {}),
        (201, "POST", "/v3/auth/tokens", {"json": LOGIN}),
        (400, "POST", "/v3/auth/tokens", {"json": {}}),
        (401, "GET", "/v3/projects", {"credentials": None}),
        (404, "GET", "/v3/nowhere", {}),
        (405, "PATCH", "/v3/projects", {}),
    ],
)
def test_every_answer_of_the_service_and_of_iam_can_be_read(status, method, path, more):
    sdrs = FakeSdrs(cors=PAGE)
    sdrs.faults.fail("ListReplications", status=429, retry_after=30, optional=True)

    response = sdrs.request(method, path, headers={"Origin": PAGE}, **more)

    assert response.status == status
    assert response.headers["Access-Control-Allow-Origin"] == PAGE
    assert response.headers["Access-Control-Expose-Headers"] == EXPOSED
    assert (response.headers.get("Retry-After") == "30") is (status == 429)


def ask_raw(sdrs, *lines):
    """The head of the answer to a request that is given as lines."""
    host, port = sdrs.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall("\r\n".join([*lines, f"Origin: {PAGE}", "", "x\r\n"]).encode())
        return client.recv(1 << 16).decode().partition("\r\n\r\n")[0].split("\r\n")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_of_the_fake_and_a_malformed_body_can_be_read_over_the_socket(monkeypatch):
    def fail(project, query):
        raise KeyError

    monkeypatch.setattr(failure_jobs, "read", fail)
    sdrs = FakeSdrs(cors=PAGE)

    bug = ask_raw(sdrs, f"GET {LIST} HTTP/1.1", "Host: a", "X-Auth-Token: any")
    malformed = ask_raw(sdrs, f"POST {LIST} HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")

    assert bug[0].startswith("HTTP/1.1 500 ")
    assert malformed[0].startswith("HTTP/1.1 400 ")
    assert f"Access-Control-Allow-Origin: {PAGE}" in bug
    assert f"Access-Control-Allow-Origin: {PAGE}" in malformed
    with pytest.raises(KeyError):
        sdrs.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_fake/health", 200),
        ("GET", "/_fake/nowhere", 404),
        ("OPTIONS", "/_fake/health", 405),
    ],
)
@pytest.mark.parametrize("cors", [PAGE, "*"])
def test_the_admin_api_says_nothing_to_browsers(cors, method, path, status):
    sdrs = FakeSdrs(cors=cors, admin_token="right")
    headers = preflight() | {"X-Fake-Admin-Token": "right"}

    response = sdrs.request(method, path, headers=headers)

    assert (response.status, cors_headers(response)) == (status, {})


def test_a_malformed_body_for_the_admin_api_says_nothing_to_browsers():
    with FakeSdrs(cors="*") as sdrs:
        head = ask_raw(
            sdrs, "POST /_fake/import HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: chunked"
        )

    assert head[0].startswith("HTTP/1.1 4")
    assert [line for line in head if line.startswith("Access-")] == []


def test_a_mounted_fake_answers_as_at_the_root():
    sdrs = FakeSdrs(cors=PAGE)
    mounted = DispatcherMiddleware(None, {"/sdrs": sdrs.wsgi})

    for method in ("GET", "OPTIONS"):
        environ = build_environ(
            method, f"/sdrs{LIST}", {**preflight(), "X-Auth-Token": "a"}.items()
        )
        status, headers, _ = call_app(mounted, environ)
        here = sdrs.request(method, LIST, headers=preflight())
        assert int(status[:3]) == here.status
        assert cors_headers(here).items() <= dict(headers).items()


def test_a_fork_and_a_saved_file_keep_the_origins(tmp_path):
    sdrs = FakeSdrs(cors=[PAGE, OTHER])
    sdrs.save(tmp_path / "fake.json")

    assert json.loads((tmp_path / "fake.json").read_text())["cors"] == [PAGE, OTHER]
    for twin in (sdrs.fork(), FakeSdrs.from_file(tmp_path / "fake.json")):
        response = twin.request("GET", LIST, headers={"Origin": OTHER})
        assert response.headers["Access-Control-Allow-Origin"] == OTHER


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("localhost:5173", "http://localhost:5173"),
        ("http://localhost:5173/", "http://localhost:5173"),
        ("HTTPS://Console.example.com:443/a?b", "https://console.example.com"),
        ("http://me@[::1]:80", "http://[::1]"),
        ("https://*.example.com", "http://localhost:5173"),
        ("http://localhost:port", "http://localhost:5173"),
        ("", "http://localhost:5173"),
    ],
)
def test_what_no_browser_sends_is_refused_with_what_would_be_right(given, right):
    with pytest.raises(ValueError, match=r".+") as caught:
        FakeSdrs(cors=given)

    expected = f"should be an origin as browsers send it, such as '{right}', or '*' for any"
    assert str(caught.value) == f"cors: {given!r} {expected}"


@pytest.mark.parametrize("given", [5, {"a": 1}, [None], b"*"])
def test_what_is_no_origin_at_all_is_refused(given):
    with pytest.raises(
        ValueError, match=r"^cors: .* should be an origin .*'http://localhost:5173'"
    ):
        FakeSdrs(cors=given)
