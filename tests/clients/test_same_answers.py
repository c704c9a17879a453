"""One table of requests, sent by every client: the same answers."""

import asyncio
import http.client
import json
import re
from contextlib import closing

import pytest
import requests
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
from sdrs_fake.wsgi.codec import MAX_BODY, MAX_URI
from tests.sdk import ServiceResponseException, client_of, opened, v1

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


def bare_request(sdrs, method, target, headers, body):
    more = {} if body is None else {"json": body}
    response = sdrs.request(method, target, headers=headers, credentials=None, **more)
    return response.status, response.headers, response.body


def over_the_socket(sdrs, method, target, headers, body):
    host = sdrs.url.removeprefix("http://")
    with closing(http.client.HTTPConnection(host, timeout=10)) as connection:
        connection.request(method, target, headers=headers, body=_bytes(body))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def session(sdrs, method, target, headers, body):
    with sdrs.session(credentials=None) as session:
        return _by_requests(session, sdrs.base_url + target, method, headers, body)


def requests_over_the_socket(sdrs, method, target, headers, body):
    with requests.Session() as session:
        session.trust_env = False
        return _by_requests(session, sdrs.url + target, method, headers, body)


def httpx_client(sdrs, method, target, headers, body):
    with sdrs.httpx_client(credentials=None) as client:
        answer = client.request(method, target, headers=headers, content=_bytes(body))
        return answer.status_code, answer.headers, answer.content


def httpx_async_client(sdrs, method, target, headers, body):
    async def ask():
        async with sdrs.httpx_async_client(credentials=None) as client:
            return await client.request(method, target, headers=headers, content=_bytes(body))

    answer = asyncio.run(ask())
    return answer.status_code, answer.headers, answer.content


def intercepted(sdrs, method, target, headers, body):
    with sdrs.intercept(), requests.Session() as session:
        return _by_requests(session, CLOUD + target, method, headers, body)


def intercepted_and_written_out(sdrs, method, target, headers, body):
    return intercepted(sdrs, method, target, {**headers, "Connection": "Keep-Alive"}, body)


def _by_requests(session, url, method, headers, body):
    answer = session.request(method, url, headers=headers, data=_bytes(body))
    return answer.status_code, answer.headers, answer.content


def _bytes(body):
    return None if body is None else json.dumps(body, ensure_ascii=False).encode()


IN_PROCESS = [
    bare_request,
    session,
    httpx_client,
    httpx_async_client,
    intercepted,
    intercepted_and_written_out,
]
CLIENTS = [*IN_PROCESS, requests_over_the_socket]
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


UNLIKE = {"connection", "date"}
"""The headers in which the ways in may differ; only a socket gives the time."""

ADDRESS = re.compile(rb"https?://[^/\"]+(?=/)")


def comparable(answer):
    """An answer without what may differ: some headers, random tokens, and addresses."""
    status, headers, body = answer
    named = {name.lower(): value for name, value in headers.items() if name.lower() not in UNLIKE}
    if named.get("content-length") == str(len(body)):
        named["content-length"] = "that of the body"
    if "x-subject-token" in named:
        named["x-subject-token"] = re.sub("[0-9a-f]{32}$", "token", named["x-subject-token"])
    return status, named, ADDRESS.sub(b"http://sdrs.test", body)


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_every_client_gets_the_answer_of_the_socket(client, request_):
    with freeze_time(NOON, real_asyncio=True), filled() as here, filled() as there:
        assert comparable(client(here, *request_)) == comparable(over_the_socket(there, *request_))
        assert here.failure_jobs == there.failure_jobs


ORIGIN = {"Origin": "http://localhost:5173"}
OF_PAGES = {
    "the list": ("GET", LIST, {**TOKEN, **ORIGIN}, None),
    "a preflight": ("OPTIONS", LIST, {**ORIGIN, "Access-Control-Request-Method": "PUT"}, None),
    "no credentials": ("GET", LIST, ORIGIN, None),
    "an unknown path": ("GET", "/v1/nowhere", ORIGIN, None),
    "a body that is too large": ("POST", LIST, {**TOKEN, **ORIGIN}, "x" * MAX_BODY),
    "a login": ("POST", "/v3/auth/tokens", ORIGIN, LOGIN),
}


@pytest.mark.parametrize("request_", OF_PAGES.values(), ids=OF_PAGES)
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_a_page_gets_the_answer_of_the_socket_through_every_client(client, request_):
    here, there = FakeSdrs(cors=ORIGIN["Origin"]), FakeSdrs(cors="*")
    with freeze_time(NOON, real_asyncio=True), here, there:
        status, headers, body = comparable(client(here, *request_))
        any_status, any_headers, any_body = comparable(over_the_socket(there, *request_))

    expected = {"access-control-allow-origin": ORIGIN["Origin"], "vary": "Origin"}
    assert any_headers["access-control-allow-origin"] == "*"
    assert (status, body) == (any_status, any_body)
    assert headers == any_headers | expected


@pytest.mark.parametrize("client", IN_PROCESS, ids=lambda client: client.__name__)
def test_a_client_in_process_needs_no_socket(client):
    with filled() as sdrs:
        client(sdrs, "GET", LIST, TOKEN, None)

        assert sdrs.listening_at is None


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
    request = getattr(v1, f"{name.title().replace('_', '')}Request")(**fields)
    with sdrs.intercept(), opened(client_of(PROJECT)) as client:
        try:
            answer = getattr(client, name)(request)
        except ServiceResponseException as error:
            refusal = {"code": error.error_code, "message": error.error_msg}
            return error.status_code, {"error": refusal}
    return answer.status_code, _without_nulls(answer.to_json_object() or {})


def _without_nulls(value):
    """Objects without their null fields: the SDK has all fields of its model, and no others."""
    if isinstance(value, dict):
        return {name: _without_nulls(field) for name, field in value.items() if field is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


@pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")
@pytest.mark.parametrize("case", BY_SDK)
def test_the_official_sdk_intercepted_makes_of_an_answer_what_the_socket_gives(case):
    with filled() as here, filled() as there:
        status, _, body = comparable(over_the_socket(there, *REQUESTS[case]))
        found, value = by_intercepted_sdk(here, *BY_SDK[case])

        content = ADDRESS.sub(b"http://sdrs.test", json.dumps(value).encode())
        assert (found, json.loads(content)) == (status, _without_nulls(json.loads(body or "{}")))
        assert here.failure_jobs == there.failure_jobs


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_an_intercepted_request_is_recorded_as_one_over_the_socket(request_):
    with filled() as here, filled() as there:
        _, headers, _ = intercepted(here, *request_)
        requests_over_the_socket(there, *request_)

        mine, theirs = here.journal.last.request, there.journal.last.request
    assert (mine.method, mine.target, mine.body) == (theirs.method, theirs.target, theirs.body)
    assert mine.headers | {"host": ""} == theirs.headers | {"host": ""}
    assert mine.headers["host"] == CLOUD.removeprefix("https://")
    is_too_large = len(mine.headers.get("content-length", "")) > 6
    assert headers["Connection"] == ("close" if is_too_large else "keep-alive")
