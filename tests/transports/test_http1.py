"""HTTP/1.1 on the socket: bodies, persistent connections, and requests that are malformed."""

import datetime as dt
import json
import re
from email.utils import parsedate_to_datetime

import pytest

from sdrs_fake.transports import connection as client_connection
from sdrs_fake.transports import http1
from sdrs_fake.wsgi.codec import MAX_BODY


def head(method, target, *headers, version="1.1"):
    """The head of a request as bytes."""
    lines = [f"{method} {target} HTTP/{version}", "Host: x", "X-Auth-Token: t", *headers, "", ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
def test_a_request_with_a_body_leaves_the_connection_usable(connection, path, method):
    first = connection.ask(path, method, body=b"x" * 70_000)
    kept = connection.sock
    second = connection.ask(path)

    assert (first.status in {200, 405}, second.status) == (True, 200)
    assert connection.sock is kept is not None


def test_a_chunked_body_is_read(connection, path):
    body = iter([b"a", b"b" * 70_000])

    assert connection.ask(path, "PUT", body=body, encode_chunked=True).status == 405
    assert connection.ask(path).status == 200


@pytest.mark.parametrize("wrapped", [lambda body: body, lambda body: iter([body])])
def test_a_body_that_is_too_large_gets_413_also_while_it_is_still_being_sent(
    connection, path, wrapped
):
    body = wrapped(b"x" * (2 * MAX_BODY))
    answer = connection.ask(path, "PUT", body=body, encode_chunked=not isinstance(body, bytes))

    assert answer.status == 413
    assert json.loads(answer.content)["error_msg"] == "Request entity too large."
    assert answer.headers["Connection"] == "close"


def test_a_client_that_waits_for_100_continue_gets_it(talk, path):
    answer = talk(head("PUT", path, "Content-Length: 2", "Expect: 100-continue") + b"{}")

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 405 ")


def test_100_continue_is_not_sent_for_a_body_that_is_too_large(talk, path):
    answer = talk(head("PUT", path, f"Content-Length: {MAX_BODY + 1}", "Expect: 100-continue"))

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_requests_sent_in_one_piece_are_answered_one_by_one(talk, path):
    assert talk(head("GET", path) * 3).count(b"HTTP/1.1 200 OK\r\n") == 3


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("http://sdrs.example{path}?limit=x", b"SDRS.0221"),
        ("HTTP://sdrs.example?limit=x", b'"versions":['),
    ],
)
def test_an_absolute_url_as_target_is_understood(talk, path, target, answer):
    assert answer in talk(head("GET", target.format(path=path)))


@pytest.mark.parametrize(
    ("version", "headers", "kept"),
    [
        ("1.1", [], True),
        ("1.1", ["Connection: Close"], False),
        ("1.0", [], False),
        ("1.0", ["Connection: keep-alive"], True),
    ],
)
def test_the_connection_is_kept_or_closed_as_the_client_asks(talk, path, version, headers, kept):
    answers = talk(head("GET", path, *headers, version=version) * 2)

    assert answers.count(b"HTTP/1.1 200 OK\r\n") == (2 if kept else 1)


def test_empty_lines_and_bare_line_feeds_are_accepted(talk, path):
    answer = talk(f"\r\nGET {path} HTTP/1.1\nHost: x\nX-Auth-Token: t\n\n".encode())

    assert answer.startswith(b"HTTP/1.1 200 ")


MALFORMED = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nName : value\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nName: a\r\n folded\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nName: a\x00b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nName: a\rb\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1_0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    (
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length:"
        b" 3\r\n\r\n0\r\n\r\n"
    ),
    b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    b"get\tX / HTTP/1.1\r\nHost: x\r\n\r\n",
    *(
        b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"
        for host in (
            b"a b",
            b"a/b",
            b"a/b@c",
            b"a@b",
            b"a:b",
            b"a, b",
            b"[::1",
            b"::1",
            b"\xc3\xa9",
        )
    ),
    b"GET / HTTP/1.0\r\nHost: a b\r\n\r\n",
    b"GET http://user@x/ HTTP/1.1\r\nHost: x\r\n\r\n",
    *(
        b"GET /a" + letter + b" HTTP/1.1\r\nHost: x\r\n\r\n"
        for letter in (b"\xc3\xa9", b"\x80", b"\x01", b"\x7f", b"\t")
    ),
    *(
        b"GET / HTTP/1.1\r\nHost: x\r\nName: a" + letter + b"\r\n\r\n"
        for letter in (b"\x01", b"\x1b", b"\x7f", b"\x0b", b"\x0c")
    ),
    *(
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body
        for body in (
            b"3;ext\nabc\r\n0\r\n\r\n",
            b"3\nabc\r\n0\r\n\r\n",
            b"3\r\nabc\n0\r\n\r\n",
            b"3\r\nabc\r\n0\n\r\n",
            b"0\r\n\n",
            b"0\r\nName: a\n\r\n",
            b"3;a\x01\r\nabc\r\n0\r\n\r\n",
        )
    ),
]


@pytest.mark.parametrize("data", MALFORMED)
def test_a_malformed_request_gets_400_and_the_server_goes_on(talk, connection, path, data):
    answer = talk(data)

    start, _, body = answer.partition(b"\r\n\r\n")
    assert start.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["error_code"] == "APIGW.0602"
    assert connection.ask(path).status == 200


@pytest.mark.parametrize(
    "host", ["", "x", "x:80", "x:", "my_fake.test", "[::1]:80", "a%20b", "xn--bcher-kva.test"]
)
def test_what_has_the_form_of_a_host_is_accepted(talk, host):
    assert talk(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "data",
    [
        b"HEAD /a HTTP/1.1\r\n\r\n",
        b"HEAD /a HTTP/9\r\nHost: x\r\n\r\n",
        b"HEAD /" + b"a" * http1.MAX_REQUEST_LINE + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nHost: x\r\nName: " + b"a" * http1.MAX_HEADERS + b"\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n",
    ],
    ids=lambda data: repr(data[:60]),
)
def test_the_refusal_of_a_head_request_has_no_body(talk, data):
    start, _, body = talk(data).partition(b"\r\n\r\n")

    assert start.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 414 ", b"HTTP/1.1 494 "))
    assert (b"\r\nContent-Length: 0" in start, body) == (False, b"")


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"malformed\r\n\r\n"])
def test_an_answer_over_the_socket_has_the_systems_date(sdrs, talk, data):
    sdrs.clock.advance(days=1)

    (date,) = re.findall(rb"\r\nDate: (.* GMT)\r\n", talk(data))

    age = dt.datetime.now(dt.UTC) - parsedate_to_datetime(date.decode())
    assert dt.timedelta() <= age < dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("chunk", "status"), [(b"1\r\na\r\n" * 4096, 405), (b"1\r\na\r\n" * 4097, 413)]
)
def test_a_body_may_have_4096_chunks_of_less_than_256_bytes(talk, path, chunk, status):
    answer = talk(head("PUT", path, "Transfer-Encoding: chunked") + chunk + b"0\r\n\r\n")

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a:\r\n" * 1000 + b"\r\n", 494),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + (b"1;" + b"a" * 9000 + b"\r\na\r\n") * 8,
            494,
        ),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /" + b"a" * http1.MAX_REQUEST_LINE + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nName: " + b"a" * http1.MAX_HEADERS + b"\r\n\r\n", 494),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"Name: aaaaaaaa\r\n" * 6000 + b"\r\n", 494),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
            + b"Name: aaaaaaaa\r\n" * 6000
            + b"\r\n",
            494,
        ),
    ],
)
def test_what_is_too_large_is_refused_with_the_gateways_status(talk, data, status):
    assert talk(data).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab",
        b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_a_client_that_leaves_in_the_middle_gets_nothing_and_does_no_harm(
    talk, connection, path, data
):
    assert talk(data) == b""
    assert connection.ask(path).status == 200


def test_a_body_that_never_ends_is_not_read_for_ever(talk, path, monkeypatch):
    monkeypatch.setattr(client_connection, "LINGER_BYTES", 1 << 16)

    with pytest.raises(OSError):  # noqa: PT011 reset or broken pipe, as the system has it
        talk(head("PUT", path, f"Content-Length: {10 * MAX_BODY}") + b"x" * 10 * MAX_BODY)
