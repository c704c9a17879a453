"""RecordedRequest: a request with its response, as the journal keeps and shows it."""

import re
from collections.abc import Iterator
from shlex import quote
from typing import NamedTuple

from sdrs_fake.domain.store import changed
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.messages import Request, Response

_MAX_SHOWN = 1000
"""The number of characters of a body that a curl command shows."""

_CREDENTIAL_REFUSED = (401, 403)

_SECRETS = re.compile(
    r"""("password"\s*:\s*|"token"\s*:\s*\{\s*"id"\s*:\s*)"""
    r"""("(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^\s,\[{}"][^\s,}]*)"""
)
"""The password or token in the body of a login, also one that is no string."""


class RecordedRequest(NamedTuple):
    """One request and its response."""

    request: Request
    response: Response

    def curl(self, url: str | None = None) -> str:
        """The request as a curl command, at a URL or else at $SDRS_URL.

        Credentials are not shown; any token stands for them, or $TOKEN where the fake is strict.
        Nor is a long body.
        """
        if not isinstance(url, str | None):
            raise ParameterError(
                "url", f"{shown(url)} should be a URL such as http://127.0.0.1:8080"
            )
        target = self.request.target
        where = quote(url + target) if url else f'"$SDRS_URL"{quote(target)}'
        parts = ["curl", "--noproxy", "'*'", "-sS", *self._curl_options(), where]
        remarks = "; ".join(self._remarks())
        return visible(" ".join(parts)) + (f"  # {remarks}" if remarks else "")

    @property
    def shown_body(self) -> str:
        """The body that was sent, as text, without the passwords and tokens of a login."""
        return _SECRETS.sub(r'\1"..."', self.request.body.decode("utf-8", "replace"))

    def outcome(self) -> str:
        """The status of the response, and what went wrong on its way."""
        status, network_fault = self.response.status, self.response.network_fault
        return f"{status}, but {network_fault}" if network_fault else f"{status}"

    @property
    def size(self) -> int:
        """The bytes of both bodies."""
        return len(self.request.body) + len(self.response.body)

    @property
    def head_size(self) -> int:
        """About the memory of all but the bodies, in bytes, as far as the client decides it."""
        request = self.request
        headers, entries = request.headers, len(request.headers) + len(request.params)
        text = sum(map(len, headers)) + sum(map(len, headers.values())) + 4 * len(request.target)
        return text + 120 * entries  # an entry is two strings and its place in a dict

    def without_bodies(self) -> "RecordedRequest":
        # The same Request where nothing changes: a deferred request is found by its identity.
        request = changed(self.request, body=b"") if self.request.body else self.request
        return RecordedRequest(request, changed(self.response, body=b"", body_dropped=True))

    def _curl_options(self) -> Iterator[str]:
        request = self.request
        if request.method == "HEAD":
            yield "--head"
        elif request.method != "GET" or request.body:
            yield f"-X {quote(request.method)}"
        if _credential(request) and not self._is_login:
            yield '-H "X-Auth-Token: $TOKEN"' if request.strict else "-H 'X-Auth-Token: any'"
        if request.body:
            content_type = request.headers.get("content-type", "")
            yield f"-H {quote(f'Content-Type: {content_type}')}"
            yield f"--data-raw {quote('...' if self._is_long else self.shown_body)}"

    def _remarks(self) -> Iterator[str]:
        request = self.request
        if self.response.status in _CREDENTIAL_REFUSED and not self._is_login:
            kind = _credential(request)
            yield f"sent with {kind}" if kind else "sent without token or AK/SK signature"
        if self.response.body_dropped:
            yield "its body is no longer kept"
        if request.unknown_params:
            names = visible_line(", ".join(request.unknown_params))
            yield f"no parameter of {request.operation}: {names}"
        if request.unknown_fields:
            names = visible_line(", ".join(request.unknown_fields))
            yield f"no field of {request.operation}: {names}"
        if self._is_long:
            yield f"its body of {len(request.body)} bytes is not shown"

    @property
    def _is_login(self) -> bool:
        """Whether its credential is in the body."""
        return self.request.path == "/v3/auth/tokens"

    @property
    def _is_long(self) -> bool:
        return len(self.shown_body) > _MAX_SHOWN


def visible(text: str) -> str:
    """The text with escapes for what a terminal would obey instead of print."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else _escaped(letter) for letter in text
    )


def visible_line(text: str) -> str:
    """The same on one line, so that a text from outside cannot add lines to an output."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def _credential(request: Request) -> str:
    """The kind of credential that a request brought; empty for none."""
    if request.headers.get("x-auth-token"):
        return "a token"
    is_signed = request.headers.get("authorization", "").startswith(("SDK-", "V11-"))
    return "an AK/SK signature" if is_signed else ""
