"""Bar of the loopback server: many clients that connect at once."""

import statistics
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Bar
from sdrs_fake import FakeSdrs

_MANY = r"""
import asyncio, re, sys, time
host, port, path, rounds = sys.argv[1:]
request = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: any\r\n\r\n".encode()
async def ask():
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    await reader.readexactly(int(re.search(rb"Content-Length: (\d+)", head)[1]))
    writer.close()
    return time.perf_counter() - start
async def ask_all():
    return max(await asyncio.gather(*(ask() for _ in range(500))))
for _ in range(int(rounds)):
    print(asyncio.run(ask_all()))
    time.sleep(0.2)
"""


def many_at_once(rounds: int) -> Iterator[Bar]:
    """500 asyncio clients in a process of their own, which connect at the same time."""
    with FakeSdrs(failures=10) as sdrs:
        host, port = sdrs.url.removeprefix("http://").split(":")
        command = [
            sys.executable,
            "-c",
            _MANY,
            host,
            port,
            f"/v1/{sdrs.project_id}/task-center/failure-jobs",
            str(max(5, rounds)),
        ]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    slowest = [float(seconds) for seconds in output.split()]
    yield Bar(
        "the slowest of 500 clients that connect at once",
        statistics.median(slowest),
        0.3,
        " s",
        f"of {len(slowest)} runs; the first, on a new fake, {slowest[0]:.2f} s",
    )
