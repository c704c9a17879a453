"""Admin: what the admin API works on, and who may use it."""

import hmac
import re
import secrets
from collections.abc import Iterator

from sdrs_fake.admin.addresses import is_loopback
from sdrs_fake.admin.bodies import refusal
from sdrs_fake.auth.credentials import Credentials
from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.clock import Clock
from sdrs_fake.domain.refusals import ApiError, require
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.fake_project import FakeProject
from sdrs_fake.faults.faults import Faults
from sdrs_fake.journal.journal import Journal
from sdrs_fake.journal.request_log import RequestLog
from sdrs_fake.messages import Request
from sdrs_fake.seeding.spec import SeedSpec

TOKEN_HEADER = "X-Fake-Admin-Token"  # noqa: S105 a name

_OPEN = frozenset({"ShowInspector", "ShowInspectorFile"})
"""The routes that need no token, since a browser sends none for a page: they show no data."""

_HOST = r"(\[[^\[\]@/?#\\]+\]|[^\[\]:@/?#\\]+)(?::\d*)?"
_HOST_HEADER = re.compile(_HOST)
_ORIGIN_HEADER = re.compile(f"https?://{_HOST}")
VISIBLE = re.compile(r"[!-~]+")
"""A token that a header can bring."""

_FORWARDED = frozenset({"forwarded", "via", "x-real-ip"})
"""Headers of proxies, beside `X-Forwarded-*`."""

_SITES = frozenset({"same-origin", "none"})
"""What browsers send for a page of the fake itself, and for an address that somebody typed."""


class Admin:
    """The parts of a fake that the admin API works on.

    Without a token only requests of this machine are admitted that reach the fake without another
    program between: through its `own` transports, while it does not listen on a `public` address.
    They come from a loopback address, name one as their host, no proxy has marked them, and a web
    page that sends them is on the fake's own origin; any page may link to the inspector. With a
    token, whoever sends it is admitted.
    """

    def __init__(  # noqa: PLR0913 the parts of a fake
        self,
        project_id: str,
        *,
        backend: Backend,
        clock: Clock,
        defaults: SeedSpec,
        credentials: Credentials,
        auth_mode: str,
        faults: Faults,
        journal: Journal,
        log: RequestLog,
        token: str | None,
    ) -> None:
        if token is not None and not (isinstance(token, str) and VISIBLE.fullmatch(token)):
            raise ParameterError("admin_token", f"{shown(token)} should be visible ASCII, or None")
        self.fake_id = secrets.token_hex(4)  # another one for the next fake on the same port
        self.public = False
        self.project_id = project_id
        self.backend = backend
        self.clock = clock
        self.credentials = credentials
        self.auth_mode = auth_mode
        self.faults = faults
        self.journal = journal
        self.log = log
        self._defaults = defaults
        self._token = token

    @property
    def needs_token(self) -> bool:
        """Whether requests need the admin token."""
        return self._token is not None

    def project(self, project_id: str) -> FakeProject:
        """The project that a request names."""
        return FakeProject(project_id, self.backend, self.clock, self._defaults)

    def on_address(self, host: str) -> None:
        """Note whether others can reach the host that the server is bound to."""
        self.public = not is_loopback(host)

    def admit(self, request: Request, *, own: bool) -> None:
        """Refuse a request that may not use the admin API; its body is not looked at.

        `own` tells whether it came through a transport of the fake's own.
        """
        if self._token is not None:
            if request.operation in _OPEN:
                return
            sent = request.headers.get(TOKEN_HEADER.lower(), "").encode("utf-8", "replace")
            wrong = f"{TOKEN_HEADER} should be the admin token that the fake was started with"
            require(hmac.compare_digest(sent, self._token.encode()), refusal(403, wrong))
            return
        hosted = "behind another WSGI host the fake needs an admin token; make it with one"
        require(own, refusal(403, hosted))
        public = "a fake that others can reach needs an admin token; start it with one"
        require(not self.public, refusal(403, public))
        for trouble in _troubles(request):
            raise ApiError(refusal(403, f"{trouble}; start the fake with an admin token"))


def _troubles(request: Request) -> Iterator[str]:
    """What tells that a request may come from elsewhere than this machine."""
    for name, value in _elsewhere(request):
        yield f"{name} {shown(value)} is not of this machine"
    own_site = request.headers.get("sec-fetch-site", "none") in _SITES
    if not own_site and not _follows_link(request):
        yield "a page of another site may not use the admin API"


def _follows_link(request: Request) -> bool:
    """Whether a browser asks for the inspector, which shows no data, on behalf of any page."""
    if request.operation == "ShowInspector":
        return request.headers.get("sec-fetch-mode") == "navigate"
    return request.operation in _OPEN


def _elsewhere(request: Request) -> Iterator[tuple[str, str]]:
    """The names and values of what tells of another machine."""
    if not is_loopback(request.remote_addr):
        yield "the client", request.remote_addr
    for header, form in (("Host", _HOST_HEADER), ("Origin", _ORIGIN_HEADER)):
        value = request.headers.get(header.lower())
        if value is not None:
            named = form.fullmatch(value)
            is_here = named is not None and is_loopback(named[1].strip("[]").lower())
            if not is_here:
                yield header, value
    for header, value in request.headers.items():
        if header in _FORWARDED or header.startswith("x-forwarded"):
            yield header.title(), value
