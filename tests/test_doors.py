"""One table of requests, sent through every door: the same answers."""

import asyncio
import http.client
import json
import operator
import os
import re
import subprocess
import sys
import warnings
from contextlib import closing
from unittest.mock import patch

import httpx
import pytest
import requests
from freezegun import freeze_time
from hypothesis import example, given
from hypothesis import strategies as st

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the SDK's own imports
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
    from huaweicloudsdksdrs import v1 as sdk
    from huaweicloudsdksdrs.v1.region.sdrs_region import SdrsRegion

from sdrs_fake import FakeSdrs
from sdrs_fake.operations import failure_jobs
from sdrs_fake.transports import urllib3_pool
from sdrs_fake.transports.conversation import Conversation, Dropped
from sdrs_fake.transports.everyday import headers_of
from sdrs_fake.transports.httpx_transport import InProcessTransport
from sdrs_fake.transports.urllib3_pool import InProcessConnection, InProcessPool
from sdrs_fake.wsgi.wire import MAX_BODY, MAX_URI, max_body

CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"
PROJECT = "a4a5d4098fb4474fa22cd05f897d6b99"
LIST = f"/v1/{PROJECT}/task-center/failure-jobs"
TOKEN = {"X-Auth-Token": "any"}
GROUP = "decf224d-87fe-403a-8721-037a1a45c287"
NOON = "2026-03-01T12:00:00Z"
USER = {"name": "anna", "password": "right", "domain": {"name": "acme"}}
LOGIN = {
    "auth": {
        "identity": {"methods": ["password"], "password": {"user": USER}},
        "scope": {"project": {"id": PROJECT}},
    }
}


def by_wsgi(sdrs, method, target, headers, body):
    reply = sdrs.request(
        method,
        target,
        headers=headers,
        credentials=None,
        **({} if body is None else {"json": body}),
    )
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
        return _by_requests(
            session, CLOUD + target, method, {**headers, "Connection": "Keep-Alive"}, body
        )


def _by_requests(session, url, method, headers, body):
    answer = session.request(method, url, headers=headers, data=_bytes(body))
    return answer.status_code, answer.headers, answer.content


def _by_http_client(url, method, target, headers, body):
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)) as connection:
        connection.request(method, target, headers=headers, body=_bytes(body))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def _bytes(body):
    return None if body is None else json.dumps(body, ensure_ascii=False).encode()


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
    "a name in utf-8": (
        "GET",
        f"{LIST}?resource_name=%E6%A0%B8%E5%BF%83%20%2B1%2F2%263",
        TOKEN,
        None,
    ),
    "a path with escapes": ("GET", LIST.replace("failure-jobs", "%66ailure%2Djobs"), TOKEN, None),
    "an escaped slash": ("GET", LIST.replace("/task", "%2Ftask"), TOKEN, None),
    "a repeated parameter": ("GET", f"{LIST}?limit=1&limit=x", TOKEN, None),
    "an empty query": ("GET", f"{LIST}?", TOKEN, None),
    "a signed request": (
        "GET",
        LIST,
        {"Authorization": "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=b"},
        None,
    ),
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
    "one failed job deleted": ("DELETE", f"{LIST}/1", TOKEN, None),
    "all failed jobs deleted": ("DELETE", f"{LIST}/batch", TOKEN, None),
    "those of a group deleted": (
        "DELETE",
        f"/v1/{PROJECT}/task-center/{GROUP}/failure-jobs/batch",
        TOKEN,
        None,
    ),
    "a failed job that is not there": ("DELETE", f"{LIST}/none", TOKEN, None),
    "a job": ("GET", f"/v1/{PROJECT}/jobs/done", TOKEN, None),
    "the groups": ("GET", f"/v1/{PROJECT}/server-groups?limit=5", TOKEN, None),
    "a group": ("GET", f"/v1/{PROJECT}/server-groups/{GROUP}", TOKEN, None),
    "a group that is not there": ("GET", f"/v1/{PROJECT}/server-groups/none", TOKEN, None),
    "the domains": ("GET", f"/v1/{PROJECT}/active-domains", TOKEN, None),
    "the quotas": ("GET", f"/v1/{PROJECT}/sdrs/quotas", TOKEN, None),
    "the versions": ("GET", "/", {}, None),
    "a version": ("GET", "/v1", {}, None),
    "what is not served": ("GET", f"/v1/{PROJECT}/replications", TOKEN, None),
    "what is not served and has a body": (
        "POST",
        f"/v1/{PROJECT}/server-groups",
        TOKEN,
        {"server_group": {"name": "核心"}},
    ),
    "the version of the login": ("GET", "/v3", {}, None),
    "a login": ("POST", "/v3/auth/tokens", {}, LOGIN),
    "a login that lacks its user": (
        "POST",
        "/v3/auth/tokens",
        {},
        {"auth": {"identity": {"methods": ["password"]}}},
    ),
}


def filled():
    sdrs = FakeSdrs()
    sdrs.add_protection_group(id=GROUP, name="核心", created_at="2026-01-01 00:00:00.0")
    sdrs.add_failure_job(
        job_id="1",
        begin_time="2026-01-01T00:00:00Z",
        resource_name="核心 +1/2&3",
        fail_reason="磁盘 is error!",
    )
    sdrs.add_failure_job(job_id="2", begin_time="2026-01-02T00:00:00Z")
    sdrs.add_failure_job(
        job_id="3",
        begin_time="2026-01-03T00:00:00Z",
        resource_type="replications",
        server_group_id=GROUP,
    )
    sdrs.add_job(
        job_id="done",
        status="SUCCESS",
        begin_time="2026-01-01T00:00:00Z",
        end_time="2026-01-01T00:01:00Z",
    )
    return sdrs


def said(answer):
    """What matters of an answer: connections are a matter of the wire, tokens are random, and
    addresses are the door's.
    """
    status, headers, body = answer
    named = {name.lower(): value for name, value in headers.items() if name.lower() != "connection"}
    if named.get("content-length") == str(len(body)):
        named["content-length"] = "that of the body"
    if "x-subject-token" in named:
        named["x-subject-token"] = re.sub(
            r"(?<=^sdrs-fake-)[0-9a-f]{32}$", "token", named["x-subject-token"]
        )
    return status, named, ADDRESS.sub(b"http://sdrs.test", body)


ADDRESS = re.compile(rb"https?://[^/\"]+(?=/)")


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_every_door_gives_the_answer_of_the_socket(door, request_):
    with freeze_time(NOON, real_asyncio=True), filled() as here, filled() as there:
        assert said(door(here, *request_)) == said(by_socket(there, *request_))
        assert here.failure_jobs == there.failure_jobs


BY_SDK = {
    "the list": ("list_failure_jobs", {}),
    "a page": ("list_failure_jobs", {"limit": 1, "offset": 1}),
    "a name in utf-8": ("list_failure_jobs", {"resource_name": "核心 +1/2&3"}),
    "a limit that is wrong": ("list_failure_jobs", {"limit": 1001}),
    "a value outside an enum": ("list_failure_jobs", {"failure_status": "explodeFail"}),
    "one failed job deleted": ("delete_failure_job", {"failure_job_id": "1"}),
    "all failed jobs deleted": ("delete_all_server_group_failure_jobs", {}),
    "those of a group deleted": ("delete_server_group_failure_jobs", {"server_group_id": GROUP}),
    "a failed job that is not there": ("delete_failure_job", {"failure_job_id": "none"}),
    "a job": ("show_job_status", {"job_id": "done"}),
    "the groups": ("list_protection_groups", {"limit": 5}),
    "a group": ("show_protection_group", {"server_group_id": GROUP}),
    "a group that is not there": ("show_protection_group", {"server_group_id": "none"}),
    "the domains": ("list_active_active_domains", {}),
    "the quotas": ("show_quota", {}),
    "the versions": ("list_api_versions", {}),
    "a version": ("show_specified_api_version", {"api_version": "v1"}),
    "what is not served": ("list_replications", {}),
}


def by_intercepted_sdk(sdrs, name, fields):
    """The status, and what the SDK made of the body."""
    builder = sdk.SdrsClient.new_builder().with_credentials(
        BasicCredentials("an-access-key", "a-secret-key", PROJECT)
    )
    client = builder.with_region(SdrsRegion.value_of("cn-north-4")).build()
    asked = getattr(sdk, name.title().replace("_", "") + "Request")(**fields)
    with sdrs.intercept(), closing(client.get_http_client()._session):
        try:
            answer = getattr(client, name)(asked)
        except ServiceResponseException as error:
            return error.status_code, {
                "error": {"code": error.error_code, "message": error.error_msg}
            }
    return answer.status_code, _without_nothing(answer.to_json_object() or {})


def _without_nothing(value):
    """Objects without their empty fields: the SDK knows no others than its model's, and has all of
    these.
    """
    if isinstance(value, dict):
        return {name: _without_nothing(field) for name, field in value.items() if field is not None}
    return [_without_nothing(each) for each in value] if isinstance(value, list) else value


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
@pytest.mark.parametrize("case", BY_SDK)
def test_the_official_sdk_intercepted_makes_of_an_answer_what_the_socket_gives(
    case, monkeypatch, tmp_path
):
    monkeypatch.setitem(os.environ, "HOME", str(tmp_path))  # where the SDK writes a file
    with filled() as here, filled() as there:
        status, _, body = said(by_socket(there, *REQUESTS[case]))
        found, value = by_intercepted_sdk(here, *BY_SDK[case])

        assert (
            found,
            json.loads(ADDRESS.sub(b"http://sdrs.test", json.dumps(value).encode())),
        ) == (
            status,
            _without_nothing(json.loads(body or "{}")),
        )
        assert here.failure_jobs == there.failure_jobs


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
    assert answer[1]["Connection"] == (
        "close" if len(mine.headers.get("content-length", "")) > 6 else "keep-alive"
    )


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

    assert [(answer.status_code, answer.json()["error_code"]) for answer in answers] == [
        (494, "APIGW.0201")
    ] * 2
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
    "a body of another length": {
        "method": "POST",
        "body": b"a",
        "headers": {**USUAL, "Content-Length": "2"},
    },
    "no body, and none said": {"method": "POST"},
    "a large body": {
        "method": "POST",
        "body": b"a" * 20_000,
        "headers": {**USUAL, "Content-Length": "20000"},
    },
}


@pytest.mark.parametrize("odd", LONG_WAY.values(), ids=LONG_WAY)
def test_what_is_not_plainly_of_every_day_is_written_out(odd):
    usual = {"method": "GET", "url": "/v1", "body": None, "headers": USUAL, "netloc": "sdrs.test"}

    assert headers_of(**usual) == {
        "user-agent": "u",
        "accept-encoding": "gzip",
        "accept": "*/*",
        "host": "sdrs.test",
    }
    assert headers_of(**usual | odd) is None


ORDINARY = st.fixed_dictionaries(
    {name: st.just(value) for name, value in USUAL.items()},
    optional={
        "X-Auth-Token": st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=5),
        "X-Name": st.sampled_from(["a b", "", "a,b", "a: b"]),
        "X_Auth_Token": st.just("any"),
        "Host": st.sampled_from(["sdrs.test", "other.test:81"]),
        "Connection": st.just("keep-alive"),
        "Content-Type": st.just("application/json"),
    },
)
ODD = st.sampled_from(
    [
        *({"Content-Length": length} for length in ("0", "1", "2", "+1")),
        *({"X-Name": value} for value in (" a", "a\t", "é", "a" * 20_000)),
        *({"Connection": value} for value in ("close", "Keep-Alive")),
        {"x-auth-token": "another"},
        {"Transfer-Encoding": "chunked"},
        {"Expect": "100-continue"},
        {"Upgrade": "h2c"},
    ]
)
TARGETS = st.text(st.sampled_from("/abc?=&%20+;:@~\"'\\[]"), max_size=12).map("/{}".format)


@given(
    st.sampled_from(["GET", "HEAD", "DELETE", "POST", "PUT", "PATCH", "get"]),
    st.one_of(
        TARGETS, TARGETS, st.sampled_from(["/a#b", "/a b", "/é", "*", "http://other.test/a"])
    ),
    st.sampled_from([None, b"", b"a", b"ab", "a"]),
    st.builds(operator.or_, ORDINARY, st.one_of(st.just({}), st.just({}), ODD)),
    st.sampled_from([80, 8080]),
)
@example("POST", "/a?b=%20", b"a", {**USUAL, "Connection": "keep-alive"}, 80)
@example("GET", "/", None, {**USUAL, "X_Auth_Token": "any"}, 8080)
@example("GET", "/", None, {**USUAL, "Connection": "close"}, 80)
@example("PUT", "/", b"a", {**USUAL, "Transfer-Encoding": "chunked"}, 80)
def test_a_request_of_every_day_arrives_and_is_answered_as_one_written_out(
    method, target, body, sent, port
):
    length = (
        {}
        if body is None and method in {"GET", "HEAD", "DELETE"}
        else {"Content-Length": str(len(body or ""))}
    )
    headers = {**length, **sent}

    at_a_glance = _arrived(method, target, body, headers, port)
    with patch.object(urllib3_pool, "headers_of", return_value=None):
        written_out = _arrived(method, target, body, headers, port)

    assert at_a_glance == written_out


def _arrived(method, target, body, headers, port):
    """What the app was given of a request, and what its client got."""
    environs = []

    def app(environ, start_response):
        data = environ.pop("wsgi.input").read()
        environs.append({**environ, "body": data})
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    def refuse(refusal):
        return lambda _, start_response: [start_response(f"{refusal.status} Refused", []), b""][1:]

    conversation = Conversation(app, refuse, max_body=max_body)
    with closing(
        InProcessConnection("sdrs.test", port, conversation=conversation, scheme="http")
    ) as connection:
        try:
            connection.request(
                method,
                target,
                body,
                headers,
                preload_content=True,
                decode_content=False,
                enforce_content_length=True,
            )
            answer = connection.getresponse()
        except (OSError, ValueError, http.client.HTTPException) as error:  # what cannot be sent
            return type(error), str(error)
        return environs, answer.status, answer.reason, dict(answer.headers), answer.data


@pytest.mark.parametrize(
    ("port", "host"), [(None, "sdrs.test"), (443, "sdrs.test"), (8443, "sdrs.test:8443")]
)
@pytest.mark.parametrize("more", [{}, {"Connection": "Keep-Alive"}])
def test_the_host_is_said_as_on_the_wire(port, host, more):
    with filled() as sdrs:
        with InProcessPool(sdrs._conversation, "https", "sdrs.test", port) as pool:
            pool.urlopen("GET", LIST, headers={**USUAL, **TOKEN, **more})

        assert [call.headers["host"] for call, _ in sdrs.journal] == [host]


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("HEAD", 0)])
def test_a_pool_that_wraps_answers_itself_gets_one_as_off_the_wire(method, length):
    with filled() as sdrs:
        with closing(
            InProcessConnection("sdrs.test", conversation=sdrs._conversation, scheme="http")
        ) as connection:
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


@pytest.mark.parametrize(
    "url",
    [
        "{base}",
        "https://sdrs.eu-west-101.myhuaweicloud.com",
        "http://127.0.0.1:1",
        "https://[::1]:8443",
    ],
)
def test_any_url_of_a_session_leads_to_its_fake(url):
    with filled() as sdrs, sdrs.session() as session:
        assert session.get(url.format(base=sdrs.base) + LIST).json()["count"] == 2


def test_a_session_heeds_no_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with filled() as sdrs, sdrs.session() as session, sdrs.httpx_client() as client:
        assert (
            session.get(sdrs.base + LIST, proxies={"http": "http://127.0.0.1:1"}).status_code == 200
        )
        assert client.get(LIST).status_code == 200


def test_the_doors_need_no_socket():
    with filled() as sdrs:
        for door in DOORS:
            if door is not by_requests_over_the_socket:
                door(sdrs, "GET", LIST, TOKEN, None)

        assert sdrs.listening_at is None


@pytest.mark.parametrize(
    ("given", "sent"),
    [({}, "own"), ({"credentials": "mine"}, "mine"), ({"credentials": None}, None)],
)
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
        answers = list(
            threads.map(lambda _: session.get(sdrs.base + LIST).json()["count"], range(200))
        )

    assert answers == [2] * 200


def test_an_answer_may_be_streamed():
    with (
        filled() as sdrs,
        sdrs.session() as session,
        session.get(sdrs.base + LIST, stream=True) as answer,
    ):
        assert b"".join(answer.iter_content(7)) == sdrs.request("GET", LIST).body


def test_a_client_of_ones_own_takes_the_same_transport():
    with filled() as sdrs, httpx.Client(transport=InProcessTransport(sdrs._conversation)) as client:
        assert client.get(f"https://anywhere:8443{LIST}", headers=TOKEN).json()["count"] == 2


# What the wire would not carry


def test_a_body_shorter_than_it_says_ends_the_connection():
    with filled() as sdrs, sdrs.session() as session, sdrs.httpx_client() as client:
        with pytest.raises(
            requests.ConnectionError, match="Remote end closed connection without response"
        ):
            session.send(
                _short(
                    session.prepare_request(requests.Request("POST", sdrs.base + LIST, data=b"ab"))
                )
            )
        with pytest.raises(
            httpx.RemoteProtocolError, match="Server disconnected without sending a response"
        ):
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
    for name in [
        name
        for name in sys.modules
        if name.split(".")[0] == "requests" or name.startswith("sdrs_fake.transports.")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    sdrs = FakeSdrs()

    with pytest.raises(
        ModuleNotFoundError, match=rf"this needs {missing}: pip install 'sdrs-fake\[{extra}\]'"
    ):
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
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
with FakeSdrs() as sdrs:
    sdrs.environment()
print(*({"requests", "urllib3", "httpx"} & set(sys.modules)))
"""

    assert (
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout.split()
        == []
    )
