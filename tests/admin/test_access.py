"""Who may use `/_fake/`: by the way that a request came, by its head, before its body."""

import http.client
import json
import socket
from contextlib import closing

import pytest
from werkzeug.test import Client, EnvironBuilder

from sdrs_fake import FakeSdrs
from sdrs_fake.transports.wsgi_call import build_environ, call_app

HEALTH = "/_fake/health"
LARGE = 32 << 20
OWN_SERVER = {
    "Host": "127.0.0.1",
    "Origin": "http://127.0.0.1",
    "Sec-Fetch-Site": "same-origin",
}


def get(fake, headers):
    """Ask for the health over the socket; gives the status and the message of the error."""
    address = fake.url.removeprefix("http://")
    with closing(http.client.HTTPConnection(address, timeout=10)) as connection:
        connection.request("GET", HEALTH, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_behind_another_host_the_routes_need_a_token(sdrs):
    client = Client(sdrs.wsgi)

    answer = client.get(HEALTH, headers={"Host": "127.0.0.1"})

    assert (answer.status_code, answer.json["error"]["message"]) == (
        403,
        "behind another WSGI host the fake needs an admin token; make it with one",
    )


def test_behind_another_host_a_token_is_enough():
    client = Client(FakeSdrs(admin_token="right").wsgi)
    headers = {"X-Fake-Admin-Token": "right", "X-Forwarded-For": "10.0.0.1"}

    assert client.get(HEALTH, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "forged",
    [
        {"headers": {"Sdrs-Fake.Transport": "own"}},
        {"headers": {"Sdrs_fake.transport": "own"}},
        {"environ_overrides": {"sdrs_fake.transport": "<object object>"}},
        {"environ_overrides": {"sdrs_fake.transport": object()}},
        {"environ_overrides": {"sdrs_fake.network_fault": []}},
    ],
)
def test_no_request_can_pretend_to_come_through_the_fakes_own_server(sdrs, forged):
    environ = EnvironBuilder(HEALTH, base_url="http://127.0.0.1", **forged).get_environ()

    assert call_app(sdrs.wsgi, environ)[0] == "403 Forbidden"


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("X-Forwarded-For", "127.0.0.1", 403),
        ("X-Forwarded-Proto", "http", 403),
        ("X-Forwarded-Host", "localhost", 403),
        ("x-forwarded-prefix", "/", 403),
        ("X-Forwarded", "for=127.0.0.1", 403),
        ("Forwarded", "for=127.0.0.1", 403),
        ("Via", "1.1 proxy", 403),
        ("X-Real-IP", "127.0.0.1", 403),
        ("X-Real-IP", "", 403),
        ("Sec-Fetch-Site", "none", 200),
        ("Sec-Fetch-Site", "same-origin", 200),
        ("Sec-Fetch-Mode", "cors", 200),
    ],
)
def test_a_request_of_a_proxy_is_refused(sdrs, header, value, status):
    answer, content = get(sdrs, OWN_SERVER | {header: value})

    assert answer == status
    assert (f"{header.title()} {value!r} is not of this machine" in content) == (status == 403)


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_a_request_of_another_site_is_refused(sdrs, site):
    answer, content = get(sdrs, OWN_SERVER | {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"})

    assert answer == 403
    assert "a page of another site may not use the admin API; start the fake with an" in content


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("", {"Sec-Fetch-Mode": "navigate"}, 200),
        ("", {"Sec-Fetch-Mode": "no-cors"}, 403),
        ("", {}, 403),
        ("inspector/main.js", {"Sec-Fetch-Mode": "no-cors"}, 200),
        ("", {"Sec-Fetch-Mode": "navigate", "Host": "rebound.example"}, 403),
        ("", {"Sec-Fetch-Mode": "navigate", "Via": "1.1 proxy"}, 403),
        ("inspector/main.js", {"Host": "rebound.example"}, 403),
        ("changes", {"Sec-Fetch-Mode": "navigate"}, 403),
        ("token", {"Sec-Fetch-Mode": "navigate"}, 403),
    ],
)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_may_link_to_the_inspector(sdrs, site, path, more, status):
    headers = {"Host": "127.0.0.1", "Sec-Fetch-Site": site, **more}

    assert sdrs.request("GET", f"/_fake/{path}", headers=headers).status == status


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("right", {}),
        ("right", {"X-Fake-Admin-Token": "wrong"}),
        (None, {"Via": "1.1 proxy"}),
        (None, {"Host": "rebound.example"}),
    ],
)
@pytest.mark.parametrize("path", ["/_fake/import", "/%5Ffake/import", "/_fake/nowhere"])
@pytest.mark.parametrize("framing", [f"Content-Length: {LARGE}", "Transfer-Encoding: chunked"])
def test_a_request_that_its_head_bars_is_answered_before_its_body_comes(
    token, headers, path, framing
):
    lines = [f"POST {path} HTTP/1.1", framing, "Expect: 100-continue"]
    lines += [f"{name}: {value}" for name, value in ({"Host": "127.0.0.1"} | headers).items()]
    with FakeSdrs(admin_token=token) as sdrs:
        host, port = sdrs.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall("\r\n".join([*lines, "", ""]).encode())
            if "chunked" in framing:
                client.sendall(b"2000000\r\n" + b"a")  # of 32 MiB that never come
            answer = client.recv(1 << 16)

    assert answer.startswith(b"HTTP/1.1 403 ")


def test_no_other_host_has_to_read_a_body_that_the_head_bars():
    class Unread:
        def read(self, size):
            raise AssertionError("the body was read")

    sdrs = FakeSdrs(admin_token="right")
    environ = build_environ("POST", "/_fake/import", [("content-length", "9")])
    environ["wsgi.input"] = Unread()

    assert call_app(sdrs.wsgi, environ)[0] == "403 Forbidden"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /_fake/health", 200),
        ("HEAD /_fake/health", 200),
        ("POST /_fake/reset", 204),
        ("POST /_fake/import", 400),
        ("GET /_fake/nowhere", 404),
        ("GET /_fake/reset", 405),
    ],
)
def test_an_answer_has_an_id_that_shifts_none_of_the_service(sdrs, line, status):
    first, second = (sdrs.request(*line.split()) for _ in range(2))

    ids = [answer.headers["X-Request-Id"] for answer in (first, second)]
    assert [answer.status for answer in (first, second)] == [status, status]
    assert [number[-1] for number in ids] == ["1", "2"]
    assert sdrs.request("GET", "/v1").headers["X-Request-Id"] == f"{1:032x}"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("import", {"failure_jobs": [{"resource_name": "LONG"}, {"job_id": "LONG", "x": 1}]}),
        ("import", {"failure_jobs": [{"failure_status": "LONG"}]}),
        ("import", {"protection_groups": [{"id": "LONG"}, {"id": "LONG"}]}),
        ("import", {"users": [{"name": "LONG", "password": "a"}] * 2 + [{"name": "LONG"}]}),
        ("import", {"keys": [{"access_key": "LONG \ud800", "secret_key": "s"}]}),
        ("import", {"keys": [{"access_key": "a", "secret_key": "LONG\ud800"}]}),
        ("import", {"project_id": "LONG/"}),
        ("import", {"LONG": 1}),
        ("faults", {"operation": "LONG"}),
        ("faults", {"kind": "LONG"}),
        ("faults", {"operation": "ListFailureJobs", "code": "LONG"}),
        ("faults", {"operation": "ListFailureJobs", "LONG": 1}),
        ("faults", {"operation": "ListFailureJobs", "network": "LONG"}),
        ("journal/assert-called", {"operation": "LONG"}),
        ("journal/assert-called", {"operation": "ListFailureJobs", "limit": "LONG"}),
        ("clock", {"set": "LONG"}),
        ("scenarios", {"scenario": "LONG"}),
        ("scenarios", {"scenario": {"name": "LONG", "LONG": 1}}),
        ("scenarios", {"as_of": "LONG"}),
    ],
)
def test_no_message_echoes_a_long_value_whole(sdrs, path, body):
    sent = json.loads(json.dumps(body).replace("LONG", "a" * 30_000))

    answer = sdrs.request("POST", f"/_fake/{path}", json=sent)

    assert answer.status in {400, 409}
    assert len(answer.body) < 5_000
