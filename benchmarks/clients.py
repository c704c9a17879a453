"""Bars of the clients: the official SDK intercepted, over loopback, and the server under load."""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from io import BytesIO
from typing import Any
from unittest.mock import patch

from benchmarks.measure import Bar, side_by_side
from sdrs_fake import FakeSdrs

CLOUD = "https://sdrs.cn-north-4.myhuaweicloud.com"
JOBS = 10

_OURS = f"""
import sys, time
from sdrs_fake import FakeSdrs
sdrs = FakeSdrs()
for _ in range({JOBS}):
    sdrs.add_failure_job()
print(sdrs.url, flush=True)
sys.stdin.read()
"""
_STDLIB = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
body = bytes.fromhex(sys.argv[1])
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
ThreadingHTTPServer.handle_error = lambda *_: None
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
sys.stdin.read()
"""
_HTTPSERVER = """
import logging, sys
from pytest_httpserver import HTTPServer
logging.disable()
import werkzeug.serving
werkzeug.serving.BaseWSGIServer.handle_error = lambda *_: None
body = bytes.fromhex(sys.argv[1])
with HTTPServer(threaded=True) as server:
    server.expect_request("/").respond_with_data(body, content_type="application/json")
    server.expect_request(sys.argv[2]).respond_with_data(body, content_type="application/json")
    print(f"http://127.0.0.1:{server.port}", flush=True)
    sys.stdin.read()
"""


def intercepted_sdk(rounds: int) -> Iterator[Bar]:
    """A list call of the SDK: intercepted, over loopback, and over adapters that have the answer's
    bytes ready.
    """
    with ExitStack() as stack, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the SDK's own imports
        home = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(patch.dict(os.environ, HOME=home))
        sdrs = stack.enter_context(_filled())
        calls = {
            name: _sdk(sdrs, url, stack)
            for name, url in (("intercepted", CLOUD), ("loopback", sdrs.url))
        }
        stack.enter_context(sdrs.intercept())
        body = sdrs.request("GET", _path(sdrs)).body
        null, ready = (
            _sdk(sdrs, "https://sdrs.example.com", stack, adapter) for adapter in _adapters(body)
        )
        bare, own, ours, network = side_by_side(
            null, ready, calls["intercepted"], calls["loopback"], calls=40, rounds=rounds
        )
    seen = (
        f"{ours:.0f} us / {own:.0f} us; {ours / bare:.2f}x one that leaves out requests' own"
        f" adapter too ({bare:.0f} us)"
    )
    yield Bar(
        "the SDK's list call intercepted / over requests' adapter with the bytes ready",
        ours / own,
        1.3,
        "x",
        seen,
    )
    yield Bar(
        "the same / over loopback", ours / network, 1, "x", f"{ours:.0f} us / {network:.0f} us"
    )


def kept_connection(rounds: int) -> Iterator[Bar]:
    """Calls over one connection: a server that writes head and body apart makes each wait 40 ms for
    an ACK.
    """
    import requests

    with _filled() as sdrs, requests.Session() as session:
        session.trust_env = False
        session.headers["X-Auth-Token"] = "any"
        url = sdrs.url + _path(sdrs)
        took = sorted(_seconds(lambda: session.get(url)) for _ in range(20 * rounds))
    yield Bar(
        "the slowest call over a kept connection",
        took[-1] * 1000,
        40,
        " ms",
        f"of {len(took)}; median {took[len(took) // 2] * 1e6:.0f} us",
    )


def under_load(rounds: int) -> Iterator[Bar]:
    """Requests a second with eight connections, beside servers that have the answer's bytes
    ready.
    """
    if not shutil.which("wrk"):
        print("     the server under load: not measured, wrk is not installed")
        return
    with _filled() as sdrs:
        path, body = _path(sdrs), sdrs.request("GET", _path(sdrs)).body
    programs = {"ours": _OURS, "stdlib": _STDLIB}
    if find_spec("pytest_httpserver"):
        programs["httpserver"] = _HTTPSERVER
    with ExitStack() as stack:
        urls = {
            name: stack.enter_context(_server(program, body.hex(), path))
            for name, program in programs.items()
        }
        runs = [
            {name: _wrk(url + path) for name, url in urls.items()}
            for _ in range(max(3, rounds // 5))
        ]
    rate = {name: statistics.median(run[name] for run in runs) for name in programs}
    detail = f"{rate['ours']:,.0f}/s / {rate['stdlib']:,.0f}/s"
    yield Bar(
        "requests/s under wrk -t1 -c8 / a bare http.server's",
        rate["ours"] / rate["stdlib"],
        0.7,
        "x",
        detail,
        at_least=True,
    )
    if "httpserver" in rate:
        detail = f"{rate['ours']:,.0f}/s / {rate['httpserver']:,.0f}/s"
        yield Bar(
            "the same / pytest-httpserver's",
            rate["ours"] / rate["httpserver"],
            1,
            "x",
            detail,
            at_least=True,
        )


def _filled() -> FakeSdrs:
    sdrs = FakeSdrs()
    for _ in range(JOBS):
        sdrs.add_failure_job()
    return sdrs


def _path(sdrs: FakeSdrs) -> str:
    return f"/v1/{sdrs.project_id}/task-center/failure-jobs"


def _sdk(sdrs: FakeSdrs, url: str, stack: ExitStack, adapter: Any = None) -> Callable[[], object]:
    """A list call of a client for that url."""
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsClient

    credentials = BasicCredentials("an-access-key", "a-secret-key", sdrs.project_id)
    client = SdrsClient.new_builder().with_credentials(credentials).with_endpoint(url).build()
    session = client.get_http_client()._session  # noqa: SLF001 it has no close of its own
    stack.callback(session.close)
    if adapter:
        session.mount("https://", adapter)
    return lambda: client.list_failure_jobs(ListFailureJobsRequest())


def _adapters(body: bytes) -> tuple[Any, Any]:
    """One that answers at once, and one that does what requests' own does and is answered at
    once.
    """
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, HTTPResponse

    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "X-Request-Id": "0" * 32,
    }

    def ready() -> HTTPResponse:
        return HTTPResponse(
            BytesIO(body),
            headers,
            200,
            11,
            reason="OK",
            preload_content=False,
            decode_content=False,
        )

    class Null(HTTPAdapter):
        def send(self, request: Any, *_: object, **__: object) -> Any:
            return self.build_response(request, ready())

    class Pool(HTTPConnectionPool):
        def urlopen(self, *_: object, **__: object) -> Any:
            return ready()

    class Own(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = {
                "https": lambda host, port, **_: Pool(host, port)
            }

    return Null(), Own()


@contextmanager
def _server(program: str, *arguments: str) -> Iterator[str]:
    """A server in a process of its own; gives its url."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        yield process.stdout.readline().strip()
        process.stdin.close()


def _wrk(url: str) -> float:
    command = ["wrk", "-t1", "-c8", "-d1s", "-H", "X-Auth-Token: any", url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output, output
    (rate,) = re.findall(r"Requests/sec:\s+([0-9.]+)", output)
    return float(rate)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
