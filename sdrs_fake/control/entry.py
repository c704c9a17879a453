"""A call with its reply, as a journal keeps them, and as people read them."""

import re
from shlex import quote
from typing import NamedTuple

from sdrs_fake.control.auth import has_credential
from sdrs_fake.exchange import Call, Reply

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

        Credentials are not shown; where any will do, the stand-in gets in too. A long body is not
        shown either.
        """
        parts = ["curl", "--noproxy", "'*'", "-sS"]
        if self.call.method != "GET" or self.call.body:
            parts += ["--head"] if self.call.method == "HEAD" else ["-X", quote(self.call.method)]
        if has_credential(self.call):
            parts += ["-H", "'X-Auth-Token: any'"]
        remarks = ["its body is no longer kept"] if self.reply.cut else []
        if self.call.unknown:
            remarks.append(
                visible(
                    f"no parameter of {self.call.operation}: {', '.join(self.call.unknown)}"
                ).replace("\n", "\\n")
            )
        if self.call.body:
            parts += ["-H", quote(f"Content-Type: {self.call.headers.get('content-type', '')}")]
            shown = self.shown_body
            if len(shown) > LONGEST_SHOWN:
                shown = "..."
                remarks.append(f"its body of {len(self.call.body)} bytes is not shown")
            parts += ["--data-raw", quote(shown)]
        where = quote(url + self.call.target) if url else f'"$SDRS_URL"{quote(self.call.target)}'
        return visible(" ".join([*parts, where])) + (f"  # {'; '.join(remarks)}" if remarks else "")

    @property
    def shown_body(self) -> str:
        """What was sent, as text, but for passwords and tokens of a login."""
        return _SECRETS.sub(r'\1"..."', self.call.body.decode("utf-8", "replace"))

    def outcome(self) -> str:
        """The status that was answered, and what went wrong on the way."""
        return (
            f"{self.reply.status}, but {self.reply.trouble}"
            if self.reply.trouble
            else f"{self.reply.status}"
        )


def visible(text: str) -> str:
    """The text with what a terminal would not print, but obey, as escapes."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else f"\\x{ord(letter):02x}"
        for letter in text
    )
