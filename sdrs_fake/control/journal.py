"""What was asked and what was answered: a bounded list of calls with their replies."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from shlex import quote
from threading import Lock
from typing import NamedTuple

from sdrs_fake.exchange import Call, Reply

MOST_CALLS = 10_000
MOST_BYTES = 4 << 20
_CREDENTIALS = ("x-auth-token", "authorization")
_SECRETS = re.compile(r'''("password"\s*:\s*|"token"\s*:\s*\{\s*"id"\s*:\s*)"(?:[^"\\]|\\.)*"''')
"""The password or token in the body of a login."""


class Entry(NamedTuple):
    """One request and its answer."""

    call: Call
    reply: Reply

    def curl(self, url: str | None) -> str:
        """The request as a line for a shell, at a url or else at $SDRS_URL.

        Credentials are not shown; where any will do, the stand-in gets in too.
        """
        parts = ["curl", "--noproxy", "'*'", "-sS"]
        if self.call.method != "GET" or self.call.body:
            parts += ["--head"] if self.call.method == "HEAD" else ["-X", quote(self.call.method)]
        if any(self.call.headers.get(name) for name in _CREDENTIALS):
            parts += ["-H", "'X-Auth-Token: any'"]
        if self.call.body:
            parts += ["-H", quote(f"Content-Type: {self.call.headers.get('content-type', '')}")]
            body = _SECRETS.sub(r'\1"..."', self.call.body.decode("utf-8", "backslashreplace"))
            parts += ["--data-binary", quote(body)]
        where = quote(url + self.call.target) if url else f'"$SDRS_URL"{quote(self.call.target)}'
        return " ".join([*parts, where])


class Journal:
    """The newest 10,000 calls; `dropped` counts the older ones that had to go.

    Bodies are kept for the newest 4 MiB of them; an older entry's are empty then, and `cut` is set.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self.watcher: Callable[[Entry], object] | None = None
        self._entries: deque[Entry] = deque()
        self._bodies: deque[Entry] = deque()
        self._bytes = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """The entries there are now, oldest first."""
        with self._lock:
            return iter(tuple(self._entries))

    def note(self, call: Call, reply: Reply) -> None:
        entry = Entry(call, reply)
        with self._lock:
            if len(self._entries) >= MOST_CALLS:
                self._drop()
            self._entries.append(entry)
            self._bodies.append(entry)
            self._bytes += _size(entry)
            while self._bytes > MOST_BYTES:
                self._let_go(self._bodies.popleft())
        if self.watcher:
            self.watcher(entry)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._bodies.clear()
            self._bytes = self.dropped = 0

    def _drop(self) -> None:
        oldest = self._entries.popleft()
        self.dropped += 1
        if self._bodies and self._bodies[0] is oldest:
            self._bytes -= _size(self._bodies.popleft())

    def _let_go(self, entry: Entry) -> None:
        self._bytes -= _size(entry)
        entry.reply.cut = bool(_size(entry))
        entry.call.body = entry.reply.body = b""


def _size(entry: Entry) -> int:
    return len(entry.call.body) + len(entry.reply.body)
