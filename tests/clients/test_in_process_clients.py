"""Clients in the same process: sessions of requests and clients of httpx."""

import subprocess
import sys
import typing
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import requests

from sdrs_fake import FakeSdrs
from sdrs_fake.messages import Response
from sdrs_fake.transports.httpx_transport import InProcessTransport
from sdrs_fake.transports.in_process import InProcessServer
from sdrs_fake.wsgi.codec import max_body

TOKEN = {"X-Auth-Token": "any"}


@pytest.fixture
def session(sdrs):
    with sdrs.session() as session:
        yield session


@pytest.fixture
def client(sdrs):
    with sdrs.httpx_client() as client:
        yield client


@pytest.fixture
def url(sdrs, path):
    return sdrs.base_url + path


BODIES = {
    "chunks": (lambda: iter([b"a", b"b" * 70_000]), b"a" + b"b" * 70_000),
    "a string": (lambda: "text", b"text"),
    "bytes": (lambda: b"x" * 70_000, b"x" * 70_000),
}


@pytest.mark.parametrize(("body", "arrived"), BODIES.values(), ids=BODIES)
def test_a_body_of_any_kind_arrives_whole(sdrs, session, client, body, arrived):
    session.post(f"{sdrs.base_url}/v1", data=body())
    client.post("/v1", content=body())

    assert [record.request.body for record in sdrs.journal] == [arrived] * 2


def test_headers_that_are_too_large_are_refused_as_on_the_wire(session, client, url, path):
    large = {"X-Large": "a" * 70_000}
    one, two = session.get(url, headers=large), client.get(path, headers=large)

    assert (one.status_code, one.json()["error_code"]) == (494, "APIGW.0201")
    assert (two.status_code, two.json()["error_code"]) == (494, "APIGW.0201")
    assert one.reason == two.reason_phrase == "Request Header Too Large"


@pytest.mark.parametrize(
    "base", [FakeSdrs.base_url, "https://sdrs.eu-west-101.myhuaweicloud.com", "https://[::1]:8443"]
)
def test_any_url_of_a_session_leads_to_its_fake(sdrs, session, path, base):
    sdrs.add_failure_job()

    assert session.get(base + path).json()["count"] == 1


def test_a_session_uses_no_proxy(session, client, url, path, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert session.get(url, proxies={"http": "http://127.0.0.1:1"}).status_code == 200
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("given", "sent"),
    [({}, "own"), ({"credentials": "mine"}, "mine"), ({"credentials": None}, None)],
)
def test_a_client_sends_a_token_by_default(sdrs, url, path, given, sent):
    sent = sdrs.auth.own_token if sent == "own" else sent
    with sdrs.session(**given) as session, sdrs.httpx_client(**given) as client:
        answers = [session.get(url), client.get(path)]
    asynchronous = sdrs.httpx_async_client(**given)

    tokens = [record.request.headers.get("x-auth-token") for record in sdrs.journal]
    assert tokens == [sent] * 2
    assert {answer.status_code for answer in answers} == {401 if sent is None else 200}
    assert asynchronous.headers.get("x-auth-token") == sent


def test_the_base_url_leads_nowhere_outside():
    assert FakeSdrs.base_url == "http://sdrs.test"


def test_a_bug_of_the_fake_is_raised_where_it_is_met(session, client, url, path, monkeypatch):
    monkeypatch.setattr(Response, "page", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        session.get(url)
    with pytest.raises(ZeroDivisionError):
        client.get(path)


def test_a_session_is_used_by_many_threads_at_once(sdrs, session, url):
    sdrs.add_failure_job()
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(lambda _: session.get(url).json()["count"], range(200)))

    assert counts == [1] * 200


def test_an_answer_may_be_streamed(sdrs, session, url, path):
    with session.get(url, stream=True) as answer:
        assert b"".join(answer.iter_content(7)) == sdrs.request("GET", path).body


def test_a_client_of_ones_own_takes_the_same_transport(sdrs, path):
    server = InProcessServer(sdrs.wsgi, sdrs.wsgi.refuse, max_body=max_body)
    with httpx.Client(transport=InProcessTransport(server)) as client:
        assert client.get(f"https://anywhere:8443{path}", headers=TOKEN).json()["count"] == 0


# What could not be sent


def _short(request):
    request.headers["Content-Length"] = "9"
    return request


def test_a_body_shorter_than_its_length_ends_the_connection(session, client, url, path):
    prepared = session.prepare_request(requests.Request("POST", url, data=b"ab"))
    with pytest.raises(requests.ConnectionError, match="closed connection without response"):
        session.send(_short(prepared))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        client.send(_short(client.build_request("POST", path, content=b"ab")))


def test_a_header_with_a_line_break_is_not_sent(sdrs, client, path):
    with pytest.raises(httpx.LocalProtocolError, match="Illegal header value"):
        client.get(path, headers={"X-Name": "a\r\nX-Auth-Token: b"})

    assert list(sdrs.journal) == []


# What has to be installed


@pytest.mark.parametrize(
    ("missing", "use", "extra"),
    [
        ("requests", lambda sdrs: sdrs.session(), "requests"),
        ("urllib3", lambda sdrs: sdrs.session(), "requests"),
        ("httpx", lambda sdrs: sdrs.httpx_client(), "httpx"),
        ("httpx", lambda sdrs: sdrs.httpx_async_client(), "httpx"),
    ],
)
def test_where_a_library_is_missing_its_extra_is_named(sdrs, monkeypatch, missing, use, extra):
    for name in list(sys.modules):
        if name.split(".")[0] == "requests" or name.startswith("sdrs_fake.transports."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)

    message = rf"this needs {missing}: pip install 'sdrs-fake\[{extra}\]'"
    with pytest.raises(ModuleNotFoundError, match=message):
        use(sdrs)


def test_to_intercept_without_any_library_names_an_extra(sdrs, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("sdrs_fake.transports.")]:
        monkeypatch.delitem(sys.modules, name)
    for missing in ("urllib3", "httpx"):
        monkeypatch.setitem(sys.modules, missing, None)

    message = r"this needs urllib3: pip install 'sdrs-fake\[requests\]'"
    with pytest.raises(ModuleNotFoundError, match=message), sdrs.intercept():
        pass


def test_another_module_that_is_missing_is_named_as_it_is(sdrs, monkeypatch):
    monkeypatch.delitem(sys.modules, "sdrs_fake.transports.requests_session", raising=False)
    monkeypatch.delitem(sys.modules, "sdrs_fake.transports.urllib3_pool", raising=False)
    monkeypatch.setitem(sys.modules, "sdrs_fake.transports.plain_requests", None)

    with pytest.raises(ModuleNotFoundError, match=r"sdrs_fake\.transports\.plain_requests"):
        sdrs.session()


def test_a_fake_loads_no_http_client_until_one_is_asked_for():
    program = """
import sys
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
with freeze_time(), FakeSdrs() as sdrs:
    sdrs.environment()
print(*({"requests", "urllib3", "httpx"} & set(sys.modules)))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert ran.stdout.split() == []


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("session", requests.Session),
        ("httpx_client", httpx.Client),
        ("httpx_async_client", httpx.AsyncClient),
    ],
)
def test_annotations_resolve_to_the_libraries_own_classes(method, kind):
    assert typing.get_type_hints(getattr(FakeSdrs, method))["return"] is kind
