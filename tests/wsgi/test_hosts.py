"""The WSGI application in real hosts: each answers like the fake's own server, or as noted here."""

import http.client
import re
import socket
from io import BufferedReader, BytesIO, RawIOBase

import pytest

from sdrs_fake.transports.wsgi_call import build_environ, call_app
from tests.wsgi.hosts import HOSTS, OPTIONS, new_fake

LIST = "/v1/p/task-center/failure-jobs"
ACTION = "/v1/p/server-groups/g/action"
START = '{"start-server-group": {}}'
ADMIN = f"X-Fake-Admin-Token: {OPTIONS['admin_token']}"


def chunked(body, size=7):
    """A body in chunks."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return "".join(f"{len(part):x}\r\n{part}\r\n" for part in [*parts, ""])


def sized(line, body, *headers):
    """A request with a body of known length."""
    return line, (*headers, f"Content-Length: {len(body)}"), body


def in_chunks(line, body, *headers, size=7):
    """A request with a chunked body."""
    return line, (*headers, "Transfer-Encoding: chunked"), chunked(body, size)


LOGIN = (
    '{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "anna",'
    ' "password": "secret", "domain": {"name": "d"}}}}, "scope": {"project": {"id": "p"}}}}'
)
REQUESTS = {
    "list": (f"GET {LIST}", (), ""),
    "HEAD": (f"HEAD {LIST}", (), ""),
    "page": (f"GET {LIST}?limit=1&offset=1&resource_name=%E6%A0%B8+1%2F2", (), ""),
    "wrong limit": (f"GET {LIST}?limit=x", (), ""),
    "no credential": (f"GET {LIST}", ("X-Auth-Token:",), ""),
    "unknown path": ("GET /nowhere", (), ""),
    "wrong method": (f"PUT {LIST}", (), ""),
    "unknown method": (f"BREW {LIST}", (), ""),
    "lower-case method": (f"get {LIST}", (), ""),
    "two slashes": (f"GET /{LIST}", (), ""),
    "slash at the end": (f"GET {LIST}/", (), ""),
    "encoded slash": ("GET /v1/p/server-groups/a%2Fb", (), ""),
    "other alphabet": ("GET /v1/p/jobs/%E6%A0%B8", (), ""),
    "not UTF-8": ("GET /v1/p/jobs/%FF", (), ""),
    "versions": ("GET /", (), ""),
    "nothing to delete": (f"DELETE {LIST}/j", (), ""),
    "action": sized(f"POST {ACTION}", START),
    "action in chunks": in_chunks(f"POST {ACTION}", START),
    "action after 100 Continue": sized(f"POST {ACTION}", START, "Expect: 100-continue"),
    "empty body in chunks": in_chunks(f"POST {ACTION}", ""),
    "GET with a body": sized(f"GET {LIST}", START),
    "GET in chunks": in_chunks(f"GET {LIST}", START),
    "login": sized("POST /v3/auth/tokens", LOGIN),
    "login in chunks": in_chunks("POST /v3/auth/tokens", LOGIN),
    "large body": sized(f"POST {ACTION}", START + " " * (1 << 20)),
    "large body in chunks": in_chunks(f"POST {ACTION}", START + " " * (1 << 20), size=1 << 16),
    "largest body in chunks": in_chunks(f"POST {ACTION}", START.ljust(1 << 20), size=1 << 16),
    "large URL": (f"GET {LIST}?marker={'a' * (8 << 10)}", (), ""),
    "longest URL": (f"GET {LIST}?marker={'a' * 8146}", (), ""),
    "large header": (f"GET {LIST}", (f"X-Large: {'a' * 60_000}",), ""),
    "admin without a token": ("GET /_fake/health", (), ""),
    "admin": ("GET /_fake/health", (ADMIN,), ""),
    "admin without a body": ("DELETE /_fake/faults", (ADMIN,), ""),
    "admin in chunks": in_chunks("POST /_fake/import", '{"failure_jobs": []}', ADMIN),
    "barred import": sized("POST /_fake/import", '{"failure_jobs": []}'),
    "barred import in chunks": in_chunks("POST /_fake/import", '{"failure_jobs": []}'),
}
NOT_DECODED = dict.fromkeys([name for name in REQUESTS if name.endswith("in chunks")], 411)
DIFFERENCES = {
    "wsgiref": NOT_DECODED
    | {"barred import in chunks": 403, "two slashes": 200, "encoded slash": 404},
    "werkzeug": {"two slashes": 200, "encoded slash": 404},
    "waitress": {"two slashes": 200, "encoded slash": 404, "lower-case method": 400},
    "cheroot": {"two slashes": 400, "lower-case method": 400},
    "a2wsgi": {"encoded slash": 404},
    "gunicorn": {
        "encoded slash": 404,
        "lower-case method": 400,
        "large URL": 414,
        "longest URL": 414,
        "large header": 431,
    },
}
"""The statuses that differ, by host; docs/mounting.md says why."""


def send(address, line, headers, body):
    """Send a request as written; gives the status and the body without ids and times."""
    token = () if any(header.startswith("X-Auth") for header in headers) else ("X-Auth-Token: t",)
    head = (f"{line} HTTP/1.1", "Host: localhost", *token, *headers, "Connection: close", "", "")
    with socket.create_connection(address, timeout=10) as client:
        client.sendall("\r\n".join(head).encode() + body.encode())
        answer = http.client.HTTPResponse(client, method=line.partition(" ")[0])
        answer.begin()
        content = answer.read().decode()
    content = re.sub(r'"request_id":"\w+"', '"request_id":"..."', content)
    return answer.status, re.sub(r'"\d{4}-\d\d-\d\dT[\d:.]+Z"', '"..."', content)


@pytest.fixture(scope="module")
def expected():
    """What the fake's own server answers."""
    with new_fake() as sdrs:
        host, port = sdrs.url.removeprefix("http://").split(":")
        return {name: send((host, int(port)), *REQUESTS[name]) for name in REQUESTS}


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_answers_like_the_fakes_own_server(host, expected, tmp_path):
    differences = DIFFERENCES.get(host, {})

    with HOSTS[host](tmp_path) as address:
        answers = {name: send(address, *REQUESTS[name]) for name in REQUESTS}

    assert {name: answers.pop(name)[0] for name in differences} == differences
    assert answers == {name: expected[name] for name in answers}


class OneChunkAtATime(RawIOBase):
    """A stream of a host that gives less than it is asked for."""

    def __init__(self):
        self.chunks = [START.encode()[:9], START.encode()[9:]]

    def readable(self):
        return True

    def read(self, _size):
        return self.chunks.pop(0) if self.chunks else b""


@pytest.mark.parametrize(
    ("stream", "more", "status"),
    [
        (OneChunkAtATime(), {"wsgi.input_terminated": True}, 400),
        (OneChunkAtATime(), {"asgi.scope": {}}, 400),
        (OneChunkAtATime(), {"wsgi.input_terminated": False}, 411),
        (BytesIO(START.encode()), {}, 400),
        (BufferedReader(OneChunkAtATime()), {}, 411),
    ],
)
def test_a_chunked_body_is_read_where_its_end_is_known_and_else_refused(stream, more, status):
    environ = build_environ("POST", ACTION, [("x-auth-token", "t")])
    environ |= {"HTTP_TRANSFER_ENCODING": "Chunked", "wsgi.input": stream, **more}

    answer, _, body = call_app(new_fake().wsgi, environ)

    assert int(answer[:3]) == status
    assert (b"Protection group not found" in body) == (status == 400)
