"""`python -m benchmarks.soak [SECONDS]`: 24 threads on one fake for a minute, with exact counts.

Each thread adds failed jobs, lists, deletes, opens connections, and sends what is malformed, in a
project of its own. Every answer is checked. At the end the rows, the journal, the threads and
the file handles are as many as they should be.
"""

import http.client
import json
import os
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from sdrs_fake import FakeSdrs

THREADS = 24
TOKEN = {"X-Auth-Token": "any"}
MALFORMED = b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"


class Worker:
    """One thread with a project of its own, and what it expects of it."""

    def __init__(self, sdrs: FakeSdrs, number: int) -> None:
        self.project = sdrs.project(f"p{number}")
        self.counts: Counter[str] = Counter()
        self.rows = 0
        self._path = f"/v1/{self.project.project_id}/task-center/failure-jobs"
        self._host = sdrs.url.removeprefix("http://")
        self._random = Random(number)  # noqa: S311 the same run each time
        self._connection = http.client.HTTPConnection(self._host, timeout=30)

    def run(self, until: float) -> None:
        actions: list[Callable[[], None]] = [
            self._add, self._add, self._list, self._list, self._delete, self._upload,
            self._reconnect, self._malformed,
        ]  # fmt: skip
        with closing(self._connection):
            while time.monotonic() < until:
                action = self._random.choice(actions)
                action()
                self.counts[action.__name__] += 1

    def _ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        self._connection.request(method, path, body, TOKEN, encode_chunked=True)  # type: ignore[arg-type]
        answer = self._connection.getresponse()
        content = answer.read()
        self.counts["answers"] += 1
        return answer.status, content

    def _add(self) -> None:
        self.project.add_failure_job()
        self.rows += 1

    def _list(self) -> None:
        status, content = self._ask("GET", f"{self._path}?limit=5")
        page = json.loads(content)
        assert (status, page["count"]) == (200, self.rows), (status, page["count"], self.rows)
        assert len(page["failure_jobs"]) == min(5, self.rows)

    def _delete(self) -> None:
        status, _ = self._ask("DELETE", f"{self._path}/batch")
        assert status == 204, status  # noqa: PLR2004 no content
        self.rows = 0

    def _upload(self) -> None:
        size = self._random.randrange(1, 100_000)
        status, _ = self._ask("PUT", self._path, iter([b"x" * size, b"y" * size]))
        assert status == 405, status  # noqa: PLR2004 wrong method

    def _reconnect(self) -> None:
        self._connection.close()

    def _malformed(self) -> None:
        host, _, port = self._host.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=30) as client:
            client.sendall(MALFORMED)
            client.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: client.recv(1 << 16), b""))
        assert answer.startswith(b"HTTP/1.1 400 "), answer[:80]


def soak(seconds: float) -> Counter[str]:
    """Run all threads for that long; AssertionError where anything is not as it should be."""
    threads_before, handles_before = threading.active_count(), _handles()
    total: Counter[str] = Counter()
    failures: list[BaseException] = []
    with FakeSdrs() as sdrs:
        recorded: list[int] = []
        sdrs.journal.observe(lambda _: recorded.append(1))
        workers = [Worker(sdrs, number) for number in range(THREADS)]
        until = time.monotonic() + seconds

        def work(worker: Worker) -> None:
            try:
                worker.run(until)
            except BaseException as error:  # noqa: BLE001 raised below, together
                failures.append(error)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise BaseExceptionGroup("the soak failed", failures)
        for worker in workers:
            assert len(worker.project.failure_jobs) == worker.rows
            total += worker.counts
        assert len(recorded) == total["answers"], (len(recorded), total)
    assert threading.active_count() == threads_before
    assert _handles() == handles_before
    return total


def _handles() -> int:
    """How many file handles the process has; 0 where the system does not say."""
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.exists() else 0  # noqa: PTH208 a count


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    total = soak(seconds)
    print(f"{THREADS} threads, {seconds:g} s, {total.pop('answers'):,} answers, all as expected")
    for name, number in sorted(total.items()):
        print(f"{number:9,}  {name.removeprefix('_')}")


if __name__ == "__main__":
    main()
