"""What was asked and what was answered: a bounded list of calls with their replies."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from shlex import quote
from threading import Lock
from typing import NamedTuple

from sdrs_fake.control.auth import has_credential
from sdrs_fake.exchange import Call, Reply

MOST_CALLS = 10_000
MOST_BYTES = 4 << 20
LONGEST_SHOWN = 1000
"""How many characters of a body a line for a shell shows."""

_SECRETS = re.compile(r'''("password"\s*:\s*|"token"\s*:\s*\{\s*"id"\s*:\s*)"(?:[^"\\]|\\.)*"''')
"""The password or token in the body of a login."""


class Entry(NamedTuple):
    """One request and its answer."""

    call: Call
    reply: Reply

    def curl(self, url: str | None) -> str:
        """The request as a line for a shell, at a url or else at $SDRS_URL.

        Credentials are not shown; where any will do, the stand-in gets in too. A long body is not shown either.
        """
        parts = ["curl", "--noproxy", "'*'", "-sS"]
        if self.call.method != "GET" or self.call.body:
            parts += ["--head"] if self.call.method == "HEAD" else ["-X", quote(self.call.method)]
        if has_credential(self.call):
            parts += ["-H", "'X-Auth-Token: any'"]
        remark = "  # its body is no longer kept" if self.reply.cut else ""
        if self.call.body:
            parts += ["-H", quote(f"Content-Type: {self.call.headers.get('content-type', '')}")]
            shown = visible(_SECRETS.sub(r'\1"..."', self.call.body.decode("utf-8", "replace")))
            if len(shown) > LONGEST_SHOWN:
                shown, remark = "...", f"  # its body of {len(self.call.body)} bytes is not shown"
            parts += ["--data-raw", quote(shown)]
        where = quote(url + self.call.target) if url else f'"$SDRS_URL"{quote(self.call.target)}'
        return " ".join([*parts, where]) + remark


def visible(text: str) -> str:
    """The text with what a terminal would not print, but obey, as escapes."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else f"\\x{ord(letter):02x}" for letter in text)


class Journal:
    """The newest 10,000 calls; `dropped` counts the older ones that had to go.

    Bodies are kept for the newest 4 MiB of them; an older entry's are empty then, and its reply is `cut`.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self.watcher: Callable[[Entry], object] | None = None
        self._entries: dict[int, Entry] = {}
        self._with_bodies: deque[int] = deque()
        self._bytes = 0
        self._numbers = count()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """The entries there are now, oldest first."""
        with self._lock:
            return iter(tuple(self._entries.values()))

    def note(self, call: Call, reply: Reply) -> None:
        entry = Entry(call, reply)
        with self._lock:
            number = next(self._numbers)
            self._entries[number] = entry
            self._with_bodies.append(number)
            self._bytes += _size(entry)
            while self._bytes > MOST_BYTES:
                self._let_go(self._with_bodies.popleft())
            if len(self._entries) > MOST_CALLS:
                self._drop(next(iter(self._entries)))
        if self.watcher:
            self.watcher(entry)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._with_bodies.clear()
            self._bytes = self.dropped = 0

    def _drop(self, number: int) -> None:
        oldest = self._entries.pop(number)
        self.dropped += 1
        if self._with_bodies and self._with_bodies[0] == number:
            self._bytes -= _size(oldest)
            self._with_bodies.popleft()

    def _let_go(self, number: int) -> None:
        """Keep an entry without its bodies; the call and the reply themselves may still be on their way to somebody."""
        entry = self._entries[number]
        self._bytes -= _size(entry)
        if _size(entry):
            call, reply = entry
            call = replace(call, body=b"") if call.body else call
            self._entries[number] = Entry(call, Reply(reply.status, b"", reply.headers, cut=True, note=reply.note))


def _size(entry: Entry) -> int:
    return len(entry.call.body) + len(entry.reply.body)
