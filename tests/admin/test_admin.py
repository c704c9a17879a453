"""`/_fake/`: a served fake is filled, emptied and looked at over HTTP, by those who may."""

import http.client
import json
import os
import re
import socket
import subprocess
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from sdrs_fake import FakeSdrs, ParameterError
from sdrs_fake.admin import bodies
from sdrs_fake.admin.addresses import is_loopback, resolves_to_loopback
from sdrs_fake.admin.routes import TABLE
from sdrs_fake.transports.wsgi_call import build_environ, call_app
from sdrs_fake.wsgi import codec

ROOT = Path(__file__).parent.parent.parent
TOKEN = "X-Fake-Admin-Token"
HEALTH = ("GET", "/_fake/health")


@pytest.fixture
def ask(sdrs):
    """Ask over the socket; gives status, headers and the body parsed."""

    def ask(method, path, body=None, *, fake=sdrs, **headers):
        address = fake.url.removeprefix("http://")
        with closing(http.client.HTTPConnection(address, timeout=10)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        return answer.status, answer.headers, json.loads(content) if content else None

    return ask


def asked(sdrs, method="GET", path="/_fake/health", body=b"", **changed):
    """A call as a host would make it; a value of None leaves a variable out."""
    environ = build_environ(method, path, [("host", "127.0.0.1")], body) | changed
    present = {name: value for name, value in environ.items() if value is not None}
    status, _, content = call_app(sdrs.wsgi, present)
    return int(status[:3]), content


# The page


PAGE = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\$ (.*)\n((?:[^$`].*\n)*)", PAGE, re.MULTILINE)


def alike(text):
    """JSON as a value, with the port and times of day that differ from run to run put alike."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8080", text)
    text = re.sub(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):\d\d\.\d{3}Z", r"\1Z", text)
    try:
        return json.loads(text)
    except ValueError:
        return text


def test_the_examples_of_the_page_print_what_it_shows(sdrs):
    environment = {**os.environ, "SDRS_URL": sdrs.url, "NO_PROXY": "*"}
    assert len(EXAMPLES) >= 15
    for command, expected in EXAMPLES:
        done = subprocess.run(
            ["bash", "-c", command], env=environment, capture_output=True, text=True, check=True
        )
        assert (alike(done.stdout), done.stderr) == (alike(expected), ""), command


def test_the_page_has_every_route():
    routes = [f"`{route.method} {route.path}`" for route in TABLE]

    assert [route for route in routes if route not in PAGE] == []


# What the routes do


def test_health_shows_how_many_failed_jobs_each_project_holds(sdrs, ask):
    sdrs.add_failure_job()
    sdrs.project("other").add_protection_group()

    status, headers, content = ask(*HEALTH)

    assert (status, headers["Content-Type"]) == (200, "application/json")
    failure_jobs = {sdrs.project_id: 1, "other": 0}
    expected = {"status": "ok", "project_id": sdrs.project_id, "auth": "any"}
    assert content == {**expected, "failure_jobs": failure_jobs}


def test_head_is_get_without_a_body(ask):
    assert ask("HEAD", "/_fake/export")[::2] == (200, None)


def test_a_reset_empties_all_projects_and_keeps_keys_and_users(sdrs, ask):
    sdrs.add_failure_job()
    sdrs.project("other").add_failure_job()
    sdrs.auth.add_key("AK", "SK")

    assert ask("POST", "/_fake/reset")[::2] == (204, None)
    assert sdrs.project_ids == set()
    with pytest.raises(ParameterError, match="registered already"):
        sdrs.auth.add_key("AK", "another secret")


def test_what_one_fake_exports_another_imports(sdrs, ask):
    sdrs.seed()
    with FakeSdrs() as twin:
        data = ask("GET", "/_fake/export")[2]
        status, _, content = ask("POST", "/_fake/import", json.dumps(data), fake=twin)

        assert (status, content["imported"]["failure_jobs"]) == (200, 24)
        assert ask("GET", "/_fake/export", fake=twin)[2] == data == twin.export_data()


def test_the_routes_work_in_process_and_where_the_fake_is_mounted(sdrs):
    data = {"failure_jobs": [{}]}
    response = sdrs.request("POST", "/_fake/import", json=data, credentials=None)

    assert response.json["imported"]["failure_jobs"] == 1
    assert asked(sdrs, SCRIPT_NAME="/cloud")[0] == 200
    assert sdrs.request("POST", "/_fake/reset").status == 204


def test_the_routes_ask_for_no_credentials_of_the_service_and_leave_no_trace_in_the_journal(ask):
    with FakeSdrs(auth="strict") as sdrs:
        assert ask(*HEALTH, fake=sdrs)[0] == 200
        assert ask("GET", "/_fake/nowhere", fake=sdrs)[0] == 404
        assert len(sdrs.journal) == 0


@pytest.mark.parametrize("token", [None, "sesame"])
def test_without_its_slash_the_address_leads_to_the_inspector(token):
    fake = FakeSdrs(admin_token=token)
    response = fake.request("GET", "/_fake", headers={"Host": "127.0.0.1"})

    assert (response.status, response.headers["Location"]) == (308, "_fake/")
    assert response.headers["X-Request-Id"].startswith("f")
    assert len(fake.journal) == 0


def test_a_client_that_is_led_to_the_inspector_gets_its_page(sdrs):
    with urllib.request.build_opener().open(f"{sdrs.url}/_fake", timeout=10) as page:
        assert page.url == f"{sdrs.url}/_fake/"
        assert page.headers.get_content_type() == "text/html"


def test_where_the_fake_is_mounted_the_address_leads_to_the_inspector_there():
    mounted = Client(DispatcherMiddleware(None, {"/a b": FakeSdrs(admin_token="sesame").wsgi}))
    location = mounted.get("/a b/_fake").headers["Location"]

    assert mounted.get(unquote(urljoin("/a%20b/_fake", location))).mimetype == "text/html"


def test_only_the_address_itself_leads_to_the_inspector(ask, sdrs):
    assert ask("POST", "/_fake")[0] == 405
    assert len(sdrs.journal) == 0
    assert sdrs.request("GET", "/_faked").json["error_code"] == "APIGW.0101"


# What is wrong


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        (
            "GET /_fake/none",
            404,
            "there is no such path; there are GET /_fake/health, POST /_fake/re",
        ),
        ("GET /_fake/health/", 404, "there is no such path"),
        ("GET /_fake/nowhere?a=b", 404, "there is no such path"),
        ("GET /_fake/reset", 405, "/_fake/reset takes POST"),
        ("POST /_fake/export", 405, "/_fake/export takes GET, HEAD"),
        ("OPTIONS /_fake/import", 405, "/_fake/import takes POST"),
        ("POST /_fake/import", 400, "the body should be JSON, but "),
    ],
)
def test_what_there_is_not_is_refused_by_naming_what_there_is(ask, line, status, words):
    answer, headers, content = ask(*line.split())

    assert (answer, content["error"]["code"]) == (status, str(status))
    assert content["error"]["message"].startswith(words)
    assert headers.get("Allow") == (words.partition(" takes ")[2] or None)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "the body should be JSON, but "),
        ("\udcff".encode("utf-8", "surrogateescape"), "the body should be JSON, but "),
        ("[" * 200_000, "the body should be JSON, but "),
        ("1" * 5000, "the body should be JSON, but "),
        ("[]", "data: [] should be an object"),
        (
            '{"failure_jobs": [{}, {"failure_status": "x"}]}',
            "failure_jobs[1].failure_status: 'x' should be 'createFail', ",
        ),
        ('{"jobs": [{"colour\\ud800": 1}]}', "jobs[0].: 'colour\\ud800' should be a valid string"),
        ('{"protection_groups": [{"id": "g", "name": "\\ud800"}]}', "protection_groups[0].name: "),
    ],
)
def test_data_that_are_wrong_are_refused_whole(sdrs, ask, body, words):
    status, _, content = ask("POST", "/_fake/import", body)

    assert status == 400
    assert content["error"]["message"].startswith(words)
    assert sdrs.project_ids == set()


def test_data_may_be_larger_than_a_request_to_the_service(ask):
    padded = json.dumps({"failure_jobs": [{}]}) + " " * 3 * codec.MAX_BODY

    assert ask("POST", "/_fake/import", padded)[0] == 200
    assert ask("POST", "/_fake/import", (part.encode() for part in (padded, " ")))[0] == 200
    assert ask("POST", "/v1/p/jobs", padded)[0] == 413


def test_a_body_over_the_bound_is_refused(sdrs, ask, monkeypatch):
    monkeypatch.setattr(bodies, "MAX_IMPORT", codec.MAX_BODY)
    large = b" " * (codec.MAX_BODY + 1)

    assert ask("POST", "/_fake/faults", b"{}" + b" " * (bodies.MAX_BODY - 1))[0] == 413
    assert ask("POST", "/_fake/import", large)[0] == 413
    assert ask("POST", "/_fake/import", iter([large]))[0] == 413
    chunked = {"CONTENT_LENGTH": None, "wsgi.input_terminated": True}
    assert asked(sdrs, "POST", "/_fake/import", large, **chunked)[0] == 413


def test_a_body_that_did_not_come_whole_is_refused(sdrs):
    status, content = asked(sdrs, "POST", "/_fake/import", b"{}", CONTENT_LENGTH="9")

    assert (status, b"should have 9 bytes, as it says, but 2 came" in content) == (400, True)


# Who may use them


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        ({"HTTP_HOST": None}, 200),
        ({"HTTP_HOST": "localhost:8080"}, 200),
        ({"HTTP_HOST": "LOCALHOST"}, 200),
        ({"HTTP_HOST": "[::1]:8080"}, 200),
        ({"HTTP_HOST": "127.9.9.9"}, 200),
        ({"HTTP_HOST": "rebound.example:8080"}, 403),
        ({"HTTP_HOST": "127.0.0.1.example"}, 403),
        ({"HTTP_HOST": "localhost.example"}, 403),
        ({"HTTP_HOST": "example@127.0.0.1"}, 403),
        ({"HTTP_HOST": "127.0.0.1,example"}, 403),
        ({"HTTP_HOST": "10.0.0.1"}, 403),
        ({"HTTP_HOST": "0.0.0.0"}, 403),
        ({"HTTP_HOST": ""}, 403),
        ({"HTTP_ORIGIN": "http://localhost:3000"}, 200),
        ({"HTTP_ORIGIN": "https://[::1]"}, 200),
        ({"HTTP_ORIGIN": "https://example.com"}, 403),
        ({"HTTP_ORIGIN": "http://127.0.0.1.example"}, 403),
        ({"HTTP_ORIGIN": "null"}, 403),
        ({"HTTP_ORIGIN": "127.0.0.1"}, 403),
        ({"HTTP_ORIGIN": ""}, 403),
        ({"REMOTE_ADDR": "127.0.0.8"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "::ffff:127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::ffff:10.0.0.1"}, 403),
        ({"REMOTE_ADDR": "10.0.0.1"}, 403),
        ({"REMOTE_ADDR": ""}, 403),
        ({"REMOTE_ADDR": None}, 403),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),
        ({"HTTP_FORWARDED": "for=127.0.0.1"}, 403),
    ],
)
def test_without_a_token_only_this_machine_is_admitted(sdrs, changed, status):
    answer, content = asked(sdrs, **changed)

    advice = b"is not of this machine; start the fake with an admin token"
    assert (answer, advice in content) == (status, status == 403)


@pytest.mark.parametrize("header", [{"Host": "rebound.example"}, {"Origin": "https://example.com"}])
@pytest.mark.parametrize("route", [HEALTH, ("POST", "/_fake/reset"), ("GET", "/_fake/x")])
def test_a_page_from_elsewhere_gets_nothing_over_the_socket(sdrs, ask, route, header):
    sdrs.add_failure_job()

    assert ask(*route, **header)[0] == 403
    assert len(sdrs.failure_jobs) == 1


@pytest.mark.parametrize(
    ("brought", "status"),
    [
        ({}, 403),
        ({TOKEN: "wrong"}, 403),
        ({TOKEN: "gehe\xefm"}, 403),
        ({TOKEN: ""}, 403),
        ({TOKEN: "right"}, 200),
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_with_a_token_whoever_brings_it_is_admitted(ask, brought, status, host):
    with FakeSdrs(admin_token="right") as sdrs:
        sdrs.listen(host)

        assert ask(*HEALTH, fake=sdrs, Host="sdrs.example", **brought)[0] == status
        assert asked(sdrs, REMOTE_ADDR="10.0.0.1", HTTP_X_FAKE_ADMIN_TOKEN="right")[0] == 200


@pytest.mark.parametrize("token", ["", "a b", "é", 7, b"token"])
def test_a_token_that_no_header_can_bring_is_refused(token):
    with pytest.raises(ValueError, match=r"admin_token: .* should be visible ASCII, or None"):
        FakeSdrs(admin_token=token)


@pytest.mark.parametrize("host", ["0.0.0.0", ""])
def test_on_a_public_address_nobody_is_admitted_without_a_token(ask, host):
    with FakeSdrs() as sdrs:
        sdrs.listen(host)
        status, _, content = ask(*HEALTH, fake=sdrs)

        message = "a fake that others can reach needs an admin token; start it with one"
        assert (status, content["error"]["message"]) == (403, message)
        assert sdrs.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs").status == 200


def test_an_address_that_is_taken_leaves_the_routes_as_they_were(sdrs):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        sdrs.listen(port=taken.getsockname()[1])

    assert sdrs.request(*HEALTH).status == 200


def test_a_request_has_the_address_that_it_came_from(sdrs):
    address = ("127.0.0.1", int(sdrs.url.rpartition(":")[2]))
    with closing(
        http.client.HTTPConnection(*address, source_address=("127.0.0.2", 0))
    ) as connection:
        connection.request("GET", "/v1")
        connection.getresponse().read()

    assert sdrs.journal.last.request.remote_addr == "127.0.0.2"


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("127.1.2.3", True),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_a_server_resolves_to_loopback_only_where_that_is_certain(host, here):
    assert resolves_to_loopback(host) is here


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70])
def test_a_host_that_does_not_resolve_is_neither_here_nor_elsewhere(host):
    with pytest.raises((OSError, UnicodeError)):
        resolves_to_loopback(host)


def test_no_name_is_looked_up_to_tell_the_loopback(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", None)

    answers = [is_loopback(text) for text in ("localhost", "::1", "example", "")]
    assert answers == [True, True, False, False]
