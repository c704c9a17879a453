"""One table of requests, sent through every door: the same answers."""

import asyncio
import http.client
import subprocess
import sys
from contextlib import closing

import httpx
import pytest
import requests

from sdrs_fake import FakeSdrs
from sdrs_fake.operations import failure_jobs
from sdrs_fake.transports.conversation import Dropped
from sdrs_fake.transports.everyday import headers_of
from sdrs_fake.transports.httpx_transport import InProcessTransport
from sdrs_fake.transports.urllib3_pool import InProcessConnection, InProcessPool
from sdrs_fake.wsgi.wire import MAX_BODY, MAX_URI

CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"
PROJECT = "a4a5d4098fb4474fa22cd05f897d6b99"
LIST = f"/v1/{PROJECT}/task-center/failure-jobs"
TOKEN = {"X-Auth-Token": "any"}


def by_wsgi(sdrs, method, target, headers, body):
    reply = sdrs.request(method, target, headers=headers, credentials=None, **({} if body is None else {"json": body}))
    return reply.status, reply.headers, reply.body


def by_socket(sdrs, method, target, headers, body):
    return _by_http_client(sdrs.url, method, target, headers, body)


def by_session(sdrs, method, target, headers, body):
    with sdrs.session(credentials=None) as session:
        return _by_requests(session, sdrs.base + target, method, headers, body)


def by_requests_over_the_socket(sdrs, method, target, headers, body):
    with requests.Session() as session:
        session.trust_env = False
        return _by_requests(session, sdrs.url + target, method, headers, body)


def by_httpx(sdrs, method, target, headers, body):
    with sdrs.httpx_client(credentials=None) as client:
        answer = client.request(method, target, headers=headers, content=_bytes(body))
        return answer.status_code, answer.headers, answer.content


def by_async_httpx(sdrs, method, target, headers, body):
    async def ask():
        async with sdrs.httpx_async_client(credentials=None) as client:
            return await client.request(method, target, headers=headers, content=_bytes(body))

    answer = asyncio.run(ask())
    return answer.status_code, answer.headers, answer.content


def intercepted(sdrs, method, target, headers, body):
    with sdrs.intercept(), requests.Session() as session:
        return _by_requests(session, CLOUD + target, method, headers, body)


def intercepted_and_written_out(sdrs, method, target, headers, body):
    with sdrs.intercept(), requests.Session() as session:
        return _by_requests(session, CLOUD + target, method, {**headers, "Connection": "Keep-Alive"}, body)


def _by_requests(session, url, method, headers, body):
    answer = session.request(method, url, headers=headers, data=_bytes(body))
    return answer.status_code, answer.headers, answer.content


def _by_http_client(url, method, target, headers, body):
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)) as connection:
        connection.request(method, target, headers=headers, body=_bytes(body))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def _bytes(body):
    return None if body is None else f'"{body}"'.encode()


DOORS = [
    by_wsgi,
    by_session,
    by_requests_over_the_socket,
    by_httpx,
    by_async_httpx,
    intercepted,
    intercepted_and_written_out,
]
REQUESTS = {
    "the list": ("GET", LIST, TOKEN, None),
    "a page": ("GET", f"{LIST}?limit=1&offset=1", TOKEN, None),
    "head": ("HEAD", LIST, TOKEN, None),
    "a name in utf-8": ("GET", f"{LIST}?resource_name=%E6%A0%B8%E5%BF%83%20%2B1%2F2%263", TOKEN, None),
    "a path with escapes": ("GET", LIST.replace("failure-jobs", "%66ailure%2Djobs"), TOKEN, None),
    "an escaped slash": ("GET", LIST.replace("/task", "%2Ftask"), TOKEN, None),
    "a repeated parameter": ("GET", f"{LIST}?limit=1&limit=x", TOKEN, None),
    "an empty query": ("GET", f"{LIST}?", TOKEN, None),
    "a signed request": ("GET", LIST, {"Authorization": "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=b"}, None),
    "a get with a content type": ("GET", LIST, {**TOKEN, "Content-Type": "application/json"}, None),
    "a header with an underscore": ("GET", LIST, {"X_Auth_Token": "any"}, None),
    "a limit that is wrong": ("GET", f"{LIST}?limit=1001", TOKEN, None),
    "a value outside an enum": ("GET", f"{LIST}?failure_status=explodeFail", TOKEN, None),
    "no credentials": ("GET", LIST, {}, None),
    "an unknown path": ("GET", "/v1/nowhere", TOKEN, None),
    "a wrong method": ("PATCH", LIST, TOKEN, None),
    "a post with a body": ("POST", LIST, TOKEN, "核心"),
    "a put without a body": ("PUT", LIST, TOKEN, None),
    "a body that is too large": ("POST", LIST, TOKEN, "x" * MAX_BODY),
    "a url that is too large": ("GET", f"{LIST}?marker={'a' * MAX_URI}", TOKEN, None),
}


def filled():
    sdrs = FakeSdrs()
    sdrs.add_failure_job(job_id="1", begin_time="2026-01-01T00:00:00Z", resource_name="核心 +1/2&3", fail_reason="磁盘 is error!")
    sdrs.add_failure_job(job_id="2", begin_time="2026-01-02T00:00:00Z")
    return sdrs


def said(answer):
    """What matters of an answer; connections are a matter of the wire."""
    status, headers, body = answer
    named = {name.lower(): value for name, value in headers.items()}
    return status, {name: value for name, value in named.items() if name != "connection"}, body


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_every_door_gives_the_answer_of_the_socket(door, request_):
    with filled() as here, filled() as there:
        assert said(door(here, *request_)) == said(by_socket(there, *request_))


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_an_intercepted_request_is_noted_as_one_over_the_socket(request_):
    with filled() as here, filled() as there:
        answer = intercepted(here, *request_)
        by_requests_over_the_socket(there, *request_)

        ((mine, _),) = here.journal
        ((theirs, _),) = there.journal
    assert (mine.method, mine.target, mine.body, {**mine.headers, "host": ""}) == (
        theirs.method,
        theirs.target,
        theirs.body,
        {**theirs.headers, "host": ""},
    )
    assert mine.headers["host"] == CLOUD.removeprefix("https://")
    assert answer[1]["Connection"] == ("close" if len(mine.headers.get("content-length", "")) > 6 else "keep-alive")


BODIES = {
    "chunks": lambda: iter([b"a", b"b" * 70_000]),
    "text": lambda: "text",
    "bytes of some length": lambda: b"x" * 70_000,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_of_any_kind_arrives_whole(body):
    with filled() as sdrs, sdrs.session() as session, sdrs.httpx_client() as client:
        session.post(sdrs.base + LIST, data=body())
        client.post(LIST, content=body())

        assert [call.body for call, _ in sdrs.journal] == [b"".join(_chunks(body()))] * 2


def _chunks(body):
    return [body.encode()] if isinstance(body, str) else [body] if isinstance(body, bytes) else body


def test_headers_that_are_too_large_are_refused_as_on_the_wire():
    with filled() as sdrs, sdrs.session() as session, sdrs.httpx_client() as client:
        large = {"X-Large": "a" * 70_000}
        answers = [client.get(LIST, headers=large), session.get(sdrs.base + LIST, headers=large)]

    assert [(answer.status_code, answer.json()["error_code"]) for answer in answers] == [(494, "APIGW.0201")] * 2
    assert [answers[0].reason_phrase, answers[1].reason] == ["Request Header Too Large"] * 2


USUAL = {"User-Agent": "u", "Accept-Encoding": "gzip", "Accept": "*/*"}
LONG_WAY = {
    "another method": {"method": "PATCH"},
    "a method in small letters": {"method": "get"},
    "no headers": {"headers": None},
    "no user agent": {"headers": {"Accept-Encoding": "gzip"}},
    "a name twice": {"headers": {**USUAL, "accept": "text/html"}},
    "a name that is none": {"headers": {**USUAL, "X Name": "a"}},
    "a value in bytes": {"headers": {**USUAL, "X-Name": b"a"}},
    "a value with a line break": {"headers": {**USUAL, "X-Name": "a\r\nb: c"}},
    "a value with a tab": {"headers": {**USUAL, "X-Name": "a\tb"}},
    "a value with a blank at its end": {"headers": {**USUAL, "X-Name": "a "}},
    "a value in utf-8": {"headers": {**USUAL, "X-Name": "é"}},
    "many headers": {"headers": {**USUAL, "X-Name": "a" * 20_000}},
    "leave to send": {"headers": {**USUAL, "Expect": "100-continue"}},
    "chunks": {"headers": {**USUAL, "Transfer-Encoding": "chunked"}},
    "the last of its connection": {"headers": {**USUAL, "Connection": "close"}},
    "a whole url": {"url": "http://sdrs.test/"},
    "a url with a blank": {"url": "/a b"},
    "a url in utf-8": {"url": "/é"},
    "a fragment": {"url": "/a#b"},
    "a text as body": {"method": "POST", "body": "a", "headers": {**USUAL, "Content-Length": "1"}},
    "a body of unknown length": {"method": "POST", "body": b"a"},
    "a body of another length": {"method": "POST", "body": b"a", "headers": {**USUAL, "Content-Length": "2"}},
    "no body, and none said": {"method": "POST"},
    "a large body": {"method": "POST", "body": b"a" * 20_000, "headers": {**USUAL, "Content-Length": "20000"}},
}


@pytest.mark.parametrize("odd", LONG_WAY.values(), ids=LONG_WAY)
def test_what_is_not_plainly_of_every_day_is_written_out(odd):
    usual = {"method": "GET", "url": "/v1", "body": None, "headers": USUAL, "netloc": "sdrs.test"}

    assert headers_of(**usual) == {"user-agent": "u", "accept-encoding": "gzip", "accept": "*/*", "host": "sdrs.test"}
    assert headers_of(**usual | odd) is None


@pytest.mark.parametrize(("port", "host"), [(None, "sdrs.test"), (443, "sdrs.test"), (8443, "sdrs.test:8443")])
@pytest.mark.parametrize("more", [{}, {"Connection": "Keep-Alive"}])
def test_the_host_is_said_as_on_the_wire(port, host, more):
    with filled() as sdrs:
        with InProcessPool(sdrs._conversation, "https", "sdrs.test", port) as pool:
            pool.urlopen("GET", LIST, headers={**USUAL, **TOKEN, **more})

        assert [call.headers["host"] for call, _ in sdrs.journal] == [host]


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("HEAD", 0)])
def test_a_pool_that_wraps_answers_itself_gets_one_as_off_the_wire(method, length):
    with filled() as sdrs:
        with closing(InProcessConnection("sdrs.test", conversation=sdrs._conversation, scheme="http")) as connection:
            connection.request(method, LIST, headers=TOKEN)  # as urllib3 1.26 does
            connection.sock.settimeout(3)
            answer = connection.getresponse()
            body = answer.read()

        assert type(answer) is http.client.HTTPResponse
        assert (answer.status, answer.reason, answer.will_close) == (200, "OK", False)
        assert body == sdrs.request("GET", LIST).body[:length]


def test_a_client_that_says_nothing_gets_no_answer():
    with filled() as sdrs, pytest.raises(Dropped):
        sdrs._conversation.exchange(b"", "http", ("sdrs.test", 80))


# What each door is


@pytest.mark.parametrize("url", ["{base}", "https://sdrs.eu-west-101.myhuaweicloud.com", "http://127.0.0.1:1", "https://[::1]:8443"])
def test_any_url_of_a_session_leads_to_its_fake(url):
    with filled() as sdrs, sdrs.session() as session:
        assert session.get(url.format(base=sdrs.base) + LIST).json()["count"] == 2


def test_a_session_heeds_no_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with filled() as sdrs, sdrs.session() as session, sdrs.httpx_client() as client:
        assert session.get(sdrs.base + LIST, proxies={"http": "http://127.0.0.1:1"}).status_code == 200
        assert client.get(LIST).status_code == 200


def test_the_doors_need_no_socket():
    with filled() as sdrs:
        for door in DOORS:
            if door is not by_requests_over_the_socket:
                door(sdrs, "GET", LIST, TOKEN, None)

        assert sdrs.listening_at is None


@pytest.mark.parametrize(("given", "sent"), [({}, "own"), ({"credentials": "mine"}, "mine"), ({"credentials": None}, None)])
def test_a_client_brings_a_token_unless_told_not_to(given, sent):
    with filled() as sdrs:
        sent = sdrs.auth.own_token if sent == "own" else sent
        with sdrs.session(**given) as session, sdrs.httpx_client(**given) as client:
            answers = [session.get(sdrs.base + LIST), client.get(LIST)]
        asynchronous = sdrs.httpx_async_client(**given)

        assert [call.headers.get("x-auth-token") for call, _ in sdrs.journal] == [sent] * 2
        assert {answer.status_code for answer in answers} == {401 if sent is None else 200}
        assert asynchronous.headers.get("x-auth-token") == sent


def test_the_base_leads_nowhere_outside():
    assert FakeSdrs.base.endswith(".test")


def test_a_bug_of_the_fake_is_raised_where_it_is_met(monkeypatch):
    monkeypatch.setattr(failure_jobs, "cut", lambda *_: 1 / 0)
    with filled() as sdrs, sdrs.session() as session, sdrs.httpx_client() as client:
        with pytest.raises(ZeroDivisionError):
            session.get(sdrs.base + LIST)
        with pytest.raises(ZeroDivisionError):
            client.get(LIST)


def test_a_session_is_used_by_many_threads_at_once():
    from concurrent.futures import ThreadPoolExecutor

    with filled() as sdrs, sdrs.session() as session, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: session.get(sdrs.base + LIST).json()["count"], range(200)))

    assert answers == [2] * 200


def test_an_answer_may_be_streamed():
    with filled() as sdrs, sdrs.session() as session, session.get(sdrs.base + LIST, stream=True) as answer:
        assert b"".join(answer.iter_content(7)) == sdrs.request("GET", LIST).body


def test_a_client_of_ones_own_takes_the_same_transport():
    with filled() as sdrs, httpx.Client(transport=InProcessTransport(sdrs._conversation)) as client:
        assert client.get(f"https://anywhere:8443{LIST}", headers=TOKEN).json()["count"] == 2


# What the wire would not carry


def test_a_body_shorter_than_it_says_ends_the_connection():
    with filled() as sdrs, sdrs.session() as session, sdrs.httpx_client() as client:
        with pytest.raises(requests.ConnectionError, match="Remote end closed connection without response"):
            session.send(_short(session.prepare_request(requests.Request("POST", sdrs.base + LIST, data=b"ab"))))
        with pytest.raises(httpx.RemoteProtocolError, match="Server disconnected without sending a response"):
            client.send(_short(client.build_request("POST", LIST, content=b"ab")))


def _short(request):
    request.headers["Content-Length"] = "9"
    return request


def test_a_header_with_a_line_break_is_not_sent():
    with filled() as sdrs, sdrs.httpx_client() as client:
        with pytest.raises(httpx.LocalProtocolError, match="Illegal header value"):
            client.get(LIST, headers={"X-Name": "a\r\nX-Auth-Token: b"})

        assert list(sdrs.journal) == []


# What has to be installed


@pytest.mark.parametrize(
    ("missing", "use", "extra"),
    [
        ("requests", "sdrs.session()", "requests"),
        ("urllib3", "sdrs.session()", "requests"),
        ("urllib3", "sdrs.intercept().__enter__()", "requests"),
        ("httpx", "sdrs.httpx_client()", "httpx"),
        ("httpx", "sdrs.httpx_async_client()", "httpx"),
    ],
)
def test_where_a_library_is_missing_its_extra_is_named(monkeypatch, missing, use, extra):
    for name in [name for name in sys.modules if name.split(".")[0] == "requests" or name.startswith("sdrs_fake.transports.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    sdrs = FakeSdrs()

    with pytest.raises(ModuleNotFoundError, match=rf"this needs {missing}: pip install 'sdrs-fake\[{extra}\]'"):
        eval(use, {"sdrs": sdrs})


def test_another_module_that_is_missing_is_named_as_it_is(monkeypatch):
    monkeypatch.delitem(sys.modules, "sdrs_fake.transports.requests_session", raising=False)
    monkeypatch.delitem(sys.modules, "sdrs_fake.transports.urllib3_pool", raising=False)
    monkeypatch.setitem(sys.modules, "sdrs_fake.transports.everyday", None)

    with pytest.raises(ModuleNotFoundError, match=r"sdrs_fake\.transports\.everyday"):
        FakeSdrs().session()


def test_a_fake_loads_no_http_client_until_a_door_needs_it():
    program = """
import sys
from sdrs_fake import FakeSdrs
with FakeSdrs() as sdrs:
    sdrs.environment()
print(*({"requests", "urllib3", "httpx"} & set(sys.modules)))
"""

    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split() == []
