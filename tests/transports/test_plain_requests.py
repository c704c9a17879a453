"""The fast path for plain requests, and the urllib3 connections that take it."""

import http.client
import operator
from contextlib import closing
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sdrs_fake.transports import urllib3_pool
from sdrs_fake.transports.in_process import InProcessServer, ServerDisconnected
from sdrs_fake.transports.plain_requests import plain_headers
from sdrs_fake.transports.urllib3_pool import InProcessConnection, InProcessPool
from sdrs_fake.wsgi.codec import max_body

TOKEN = {"X-Auth-Token": "any"}
USUAL = {"User-Agent": "u", "Accept-Encoding": "gzip", "Accept": "*/*"}


def post(body, length):
    return {"method": "POST", "body": body, "headers": {**USUAL, "Content-Length": length}}


NOT_PLAIN = {
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
    "100-continue": {"headers": {**USUAL, "Expect": "100-continue"}},
    "chunks": {"headers": {**USUAL, "Transfer-Encoding": "chunked"}},
    "a connection that is not kept": {"headers": {**USUAL, "Connection": "close"}},
    "an absolute url": {"url": "http://sdrs.test/"},
    "a url with a blank": {"url": "/a b"},
    "a url in utf-8": {"url": "/é"},
    "a fragment": {"url": "/a#b"},
    "a string as body": post("a", "1"),
    "a body of unknown length": {"method": "POST", "body": b"a"},
    "a body of another length": post(b"a", "2"),
    "no body and no length": {"method": "POST"},
    "a large body": post(b"a" * 20_000, "20000"),
}


@pytest.mark.parametrize("odd", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_a_request_that_is_not_plain_is_written_out(odd):
    usual = {"method": "GET", "url": "/v1", "body": None, "headers": USUAL, "netloc": "sdrs.test"}

    lower = {name.lower(): value for name, value in USUAL.items()}
    assert plain_headers(**usual) == {**lower, "host": "sdrs.test"}
    assert plain_headers(**usual | odd) is None


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
def test_a_plain_request_arrives_and_is_answered_as_one_that_is_written_out(
    method, target, body, sent, port
):
    headers = {"Content-Length": str(len(body or "")), **sent}
    if body is None and method in {"GET", "HEAD", "DELETE"} and "Content-Length" not in sent:
        del headers["Content-Length"]

    plain = _arrived(method, target, body, headers, port)
    with patch.object(urllib3_pool, "plain_headers", return_value=None):
        written_out = _arrived(method, target, body, headers, port)

    assert plain == written_out


def _arrived(method, target, body, headers, port):
    """What the app was given of a request, and what its client got."""
    environs = []

    def app(environ, start_response):
        data = environ.pop("wsgi.input").read()
        environs.append({**environ, "body": data})
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    def refuse(refusal):
        def refused(_environ, start_response):
            start_response(f"{refusal.status} Refused", [])
            return [b""]

        return refused

    server = InProcessServer(app, refuse, max_body=max_body)
    options = {"preload_content": True, "decode_content": False, "enforce_content_length": True}
    with closing(
        InProcessConnection("sdrs.test", port, server=server, scheme="http")
    ) as connection:
        try:
            connection.request(method, target, body, headers, **options)
            answer = connection.getresponse()
        except (OSError, ValueError, http.client.HTTPException) as error:  # what cannot be sent
            return type(error), str(error)
        return environs, answer.status, answer.reason, dict(answer.headers), answer.data


@pytest.fixture
def server(sdrs):
    return InProcessServer(sdrs.wsgi, sdrs.wsgi.refuse, max_body=max_body)


@pytest.mark.parametrize(
    ("port", "host"), [(None, "sdrs.test"), (443, "sdrs.test"), (8443, "sdrs.test:8443")]
)
@pytest.mark.parametrize("more", [{}, {"Connection": "Keep-Alive"}])
def test_the_host_header_is_that_of_the_wire(sdrs, server, port, host, more):
    with InProcessPool(server, "https", "sdrs.test", port) as pool:
        pool.urlopen("GET", "/v1", headers={**USUAL, **more})

    assert sdrs.journal.last.request.headers["host"] == host


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("HEAD", 0)])
def test_urllib3_1_26_gets_a_response_of_http_client(sdrs, server, path, method, length):
    with closing(InProcessConnection("sdrs.test", server=server, scheme="http")) as connection:
        connection.request(method, path, headers=TOKEN)
        connection.sock.settimeout(3)
        answer = connection.getresponse()
        body = answer.read()

    assert type(answer) is http.client.HTTPResponse
    assert (answer.status, answer.reason, answer.will_close) == (200, "OK", False)
    assert body == sdrs.request("GET", path).body[:length]


def test_a_client_that_sends_nothing_gets_no_answer(server):
    with pytest.raises(ServerDisconnected):
        server.send(b"", "http", ("sdrs.test", 80))
