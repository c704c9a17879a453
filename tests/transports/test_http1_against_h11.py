"""The parser of the loopback server beside h11's: generated requests, read alike by both.

SDRS_FAKE_PARSER_REQUESTS=100000 compares more of them.
"""

import os
import random
import re
from io import BytesIO

import h11

from sdrs_fake.transports import http1
from sdrs_fake.transports.wsgi_call import read_request

NUMBER = int(os.environ.get("SDRS_FAKE_PARSER_REQUESTS", "2000"))
LIMIT = 1 << 20

METHODS = [b"GET", b"HEAD", b"PUT", b"POST", b"M-SEARCH", b"get", b"G@T", b""]
TARGETS = [
    b"/",
    b"/a?b=c&d",
    b"*",
    b"/%41",
    b"/a\xc3\xa9",
    b"/\x01",
    b"/a b",
    b"",
    b"/" + b"a" * 99,
]
VERSIONS = [b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"http/1.1", b"HTTP/1.", b""]
HEADERS = [
    b"A: b",
    b"a:b",
    b"A:\t b \t",
    b"A: ",
    b"A: \xc3\xa9",
    b"A: b\x00",
    b"A: b\x7f",
    b"A: b\rc",
    b"A : b",
    b" folded",
    b": b",
    b"A@: b",
    b"no colon",
    b"Host: y",
    b"Host: a b",
    b"Host: a/b@c",
    b"Connection: close",
    b"Content-Length: 3",
    b"Content-Length: 03",
    b"Content-Length: +3",
    b"Content-Length: 3, 3",
    b"Content-Length: x",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: Chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: identity",
]
BODIES = [
    b"",
    b"abc",
    b"abcGET / HTTP/1.1\r\n",
    b"3\r\nabc\r\n0\r\n\r\n",
    b"3;ext=1\r\nabc\r\n0\r\n\r\n",
    b"3;ext\nabc\r\n0\r\n\r\n",
    b"3\nabc\r\n0\r\n\r\n",
    b"3\r\nabc0\r\n\r\n",
    b"3\r\nabc\n0\r\n\r\n",
    b"03\r\nabc\r\n00\r\n\r\n",
    b"A\r\n0123456789\r\n0\r\nB: c\r\n\r\n",
    b"0x3\r\nabc\r\n0\r\n\r\n",
    b"-3\r\nabc\r\n0\r\n\r\n",
    b"3 \r\nabc\r\n0\r\n\r\n",
    b"3\r\nab",
    b"0\r\nB: c\n\r\n",
    b"ffffffffffffffffffffff\r\n",
]

STRICTER = {
    "a version that is not 1.0 or 1.1": rb"^\S+ \S+ HTTP/(?!1\.[01]\r?\n)",
    "a folded header": rb"\n[ \t]",
    "a control character": rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]",
    "a Host header that names no host": rb"(?i)\nhost:.*[^x-y\s]",
    "a length that is given twice": rb"(?is)\ncontent-length:.*(\ncontent-length:|,)",
    "a length beside a coding": rb"(?is)\n(content-len.*\ntransfer-|transfer-.*\ncontent-len)",
    "a coding in HTTP/1.0": rb"(?is)HTTP/1\.0.*\ntransfer-encoding:",
    "a target that is no path": rb"^\S+ (?![/*])",
    "a line of a chunked body that ends in a bare LF": rb"(?is)chunked.*\n\r?\n.*[^\r]\n",
}
"""What is refused here and read by h11: it can be read in two ways, or does harm further on."""


def pick(rng, usual, odd):
    """Mostly something usual, so that many requests are well-formed."""
    return rng.choice(odd) if rng.random() < 0.12 else usual


def generate(rng):
    """A request, well-formed or nearly so, perhaps with some bytes changed."""
    line = b" ".join(
        [
            pick(rng, b"PUT", METHODS),
            pick(rng, b"/a", TARGETS),
            pick(rng, b"HTTP/1.1", VERSIONS),
        ]
    )
    headers = [b"Host: x"] * (rng.random() < 0.95) + rng.choices(HEADERS, k=rng.randrange(4))
    rng.shuffle(headers)
    end = pick(rng, b"\r\n", [b"\n"])
    data = bytearray(end.join([line, *headers, b"", b""]) + rng.choice(BODIES))
    if rng.random() < 0.2:
        data[rng.randrange(1, len(data))] = rng.choice(b"\x00\t\n\r :;,/\x7f\x80\xff0aZ")
    return bytes(data)


def by_the_server(data):
    """Method, target, headers, body and what follows; None for what is refused or incomplete."""
    stream = BytesIO(data)
    try:
        line = http1.read_request_line(stream)
        if line is None:
            return None
        head = http1.read_head(line, stream)
        stream.seek(0)
        request = read_request(stream, max_body=lambda _: LIMIT, address=("127.0.0.1", 80))
    except (http1.ClientDisconnected, http1.ApiError):
        return None
    headers = sorted((name.encode(), value.encode("latin-1")) for name, value in head.headers)
    # h11 writes the name of the coding in lower case.
    headers = [
        (name, value.lower() if name == b"transfer-encoding" else value) for name, value in headers
    ]
    body = request.environ["wsgi.input"].read()
    return head.method.encode(), head.target.encode(), headers, body, stream.read()


def by_h11(data):
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=LIMIT)
    connection.receive_data(data)
    connection.receive_data(b"")
    body = b""
    request = None
    try:
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            else:  # the end of the stream
                return None
    except h11.RemoteProtocolError:
        return None
    headers = sorted((bytes(name), bytes(value)) for name, value in request.headers)
    return request.method, request.target, headers, body, connection.trailing_data[0]


def test_generated_requests_are_read_as_h11_reads_them_or_are_refused():
    rng = random.Random(0)
    read = 0
    for _ in range(NUMBER):
        data = generate(rng)
        ours, theirs = by_the_server(data), by_h11(data)
        read += ours is not None
        stricter = ours is None and any(re.search(each, data) for each in STRICTER.values())
        assert ours == theirs or stricter, (data, ours, theirs)

    assert NUMBER // 10 < read < NUMBER
