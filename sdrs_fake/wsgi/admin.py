"""`/_fake/`: what a test does in Python, over HTTP, for a served fake and for programs in other
languages.
"""

import hmac
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sdrs_fake.control.addresses import is_loopback
from sdrs_fake.control.auth import Auth
from sdrs_fake.control.clock import Clock
from sdrs_fake.domain.errors import ApiError, require
from sdrs_fake.domain.world import World
from sdrs_fake.exchange import Reply
from sdrs_fake.wsgi import wire
from sdrs_fake.wsgi.admin_bodies import Action, content_of, refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TOKEN_HEADER = "X-Fake-Admin-Token"  # noqa: S105 a name

_HOST = r"(\[[^\[\]@/?#\\]+\]|[^\[\]:@/?#\\]+)(?::\d*)?"
_NAMED = re.compile(_HOST)
_ORIGIN = re.compile(f"https?://{_HOST}")
_VISIBLE = re.compile(r"[!-~]+")


class Admin:
    """The control routes over one fake: those of its data, and others.

    Without a token only this machine may use them, and only while the fake does not listen
    `public`ly: the request
    comes from a loopback address and names one as its host, and a browser's page that sends it is
    of one too. With
    a token, whoever brings it.
    """

    def __init__(
        self,
        world: World,
        auth: Auth,
        clock: Clock,
        routes: Mapping[str, Action],
        token: str | None = None,
    ) -> None:
        if token is not None and not (isinstance(token, str) and _VISIBLE.fullmatch(token)):
            raise ValueError(f"admin_token: {token!r} should be visible ASCII, or None")
        self.public = False
        self._token = token
        self._world = world
        self._auth = auth
        self._clock = clock
        self._routes: dict[str, Action] = {
            "GET /_fake/health": self.health,
            "POST /_fake/reset": self.reset,
            "POST /_fake/load": self.load,
            "GET /_fake/export": self.export,
            **routes,
        }

    @staticmethod
    def owns(environ: "WSGIEnvironment") -> bool:
        """Is it a request for one of these routes?"""
        path: str = environ.get("PATH_INFO", "")
        return path.startswith(wire.ADMIN)

    def answer(self, environ: "WSGIEnvironment") -> Reply:
        try:
            self._admit(environ)
            return self._find(environ)(environ)
        except ApiError as error:
            said = error.refusal
            return Reply.of(
                said.status, {"error": {"message": said.message, "code": said.code}}, said.headers
            )

    def health(self, _environ: "WSGIEnvironment") -> Reply:
        with self._world.lock:
            held = {
                project_id: len(self._world.find(project_id).failure_jobs)
                for project_id in sorted(self._world.project_ids)
            }
        return Reply.of(
            200,
            {
                "status": "ok",
                "project_id": self._auth.own_key.project_id,
                "auth": self._auth.mode,
                "failure_jobs": held,
            },
        )

    def reset(self, _environ: "WSGIEnvironment") -> Reply:
        with self._world.lock:
            self._world.forget()
        return Reply(204)

    def load(self, environ: "WSGIEnvironment") -> Reply:
        data = content_of(environ)
        from sdrs_fake.control import datafile  # here and below: what only they need

        try:
            return Reply.of(
                200, {"loaded": datafile.load(self._world, self._auth, data, self._clock.now())}
            )
        except ValueError as error:
            raise ApiError(refusal(400, str(error))) from None

    def export(self, _environ: "WSGIEnvironment") -> Reply:
        from sdrs_fake.control import datafile

        return Reply.of(200, datafile.export(self._world))

    def _find(self, environ: "WSGIEnvironment") -> Action:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        method = "GET" if method == "HEAD" else method
        fitting = {
            line.split()[0]: action
            for line, action in self._routes.items()
            if _fits(line.split()[1], path)
        }
        allowed = ", ".join(fitting)
        require(
            allowed, refusal(404, f"there is no such path; there are {', '.join(self._routes)}")
        )
        require(
            method in fitting, refusal(405, f"{path} takes {allowed}").with_headers(Allow=allowed)
        )
        return fitting[method]

    def _admit(self, environ: "WSGIEnvironment") -> None:
        if self._token is not None:
            brought = environ.get("HTTP_X_FAKE_ADMIN_TOKEN", "").encode("utf-8", "replace")
            right = hmac.compare_digest(brought, self._token.encode())
            require(
                right,
                refusal(
                    403, f"{TOKEN_HEADER} should be the admin token that the fake was started with"
                ),
            )
            return
        require(
            not self.public,
            refusal(403, "a fake that others can reach needs an admin token; start it with one"),
        )
        for what, said, here in _whence(environ):
            require(
                here,
                refusal(
                    403,
                    f"{what} {said!r:.120} is not of this machine; start the fake with an admin"
                    " token",
                ),
            )


def _fits(pattern: str, path: str) -> bool:
    """Is it a path of this pattern? Only its last part may be open."""
    fixed, braced, _ = pattern.partition("{")
    return path.startswith(fixed) and path[len(fixed) :].isdecimal() if braced else path == pattern


def _whence(environ: "WSGIEnvironment") -> Iterator[tuple[str, str, bool]]:
    """Where a request says that it comes from and goes to, and whether that is here; what it does
    not say is not held against it.
    """
    client: str = environ.get("REMOTE_ADDR", "")
    yield "the client", client, is_loopback(client)
    for what, key, form in (("Host", "HTTP_HOST", _NAMED), ("Origin", "HTTP_ORIGIN", _ORIGIN)):
        if (said := environ.get(key)) is not None:
            named = form.fullmatch(said)
            yield what, said, named is not None and is_loopback(named[1].strip("[]").lower())
    for what, key in (("Forwarded", "HTTP_FORWARDED"), ("X-Forwarded-For", "HTTP_X_FORWARDED_FOR")):
        if (said := environ.get(key)) is not None:
            yield what, said, False
