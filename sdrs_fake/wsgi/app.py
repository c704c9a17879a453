"""The whole life of a request."""

from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sdrs_fake.control.auth import Auth
from sdrs_fake.control.faults import Faults, Struck
from sdrs_fake.control.journal import Journal
from sdrs_fake.domain.errors import ApiError, Refusal
from sdrs_fake.domain.world import World
from sdrs_fake.exchange import Call, Dark, Operation, Reply
from sdrs_fake.operations import unserved
from sdrs_fake.operations.queries import unknown
from sdrs_fake.wsgi import routes, wire
from sdrs_fake.wsgi.admin import Admin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class App:
    """The service as a WSGI application over one world."""

    def __init__(
        self, world: World, auth: Auth, journal: Journal, admin: Admin, faults: Faults
    ) -> None:
        self.world = world
        self.auth = auth
        self.journal = journal
        self.admin = admin
        self.faults = faults
        self.dark = False
        self._request_ids = count(1)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        self._check_light()
        if self.admin.owns(environ):
            return wire.write_reply(self.admin.answer(environ))(environ, start_response)
        reply = self.respond(environ)
        if reply.trouble:
            wire.hand_over(reply.trouble, reply, environ)
        return wire.write_reply(reply)(environ, start_response)

    def respond(self, environ: "WSGIEnvironment") -> Reply:
        request_id = self._next_request_id()
        call = wire.read_call(environ)
        reply = Reply(500, note="the fake itself failed")
        try:
            wire.check_size(call, environ.get("SCRIPT_NAME", ""))
            reply = (
                self.answer_as_iam(call, environ)
                if routes.is_of_iam(call.path)
                else self.answer(call, request_id)
            )
        except ApiError as error:
            reply = self.refused(call, error.refusal, request_id)
        finally:
            reply.headers["X-Request-Id"] = request_id
            self.journal.note(call, reply)
        return reply

    def answer(self, call: Call, request_id: str) -> Reply:
        operation, call.arguments = routes.route(call, self.world.reading.wrong_method)
        call.operation = wire.operation_name(operation) or unserved.meant(operation, call.body)
        call.unknown = unknown(call.operation, call.query) if call.query else ()
        if operation not in routes.OPEN:
            self.auth.admit(call)
        if struck := self.faults.strike(call):
            return self.befallen(struck, operation, call, request_id)
        with self.world.lock:
            return operation(self.world.find(call.arguments.get("project_id", "")), call)

    def befallen(self, struck: Struck, operation: Operation, call: Call, request_id: str) -> Reply:
        """The answer to a call that a fault met."""
        try:
            reply = struck.effect.answer(self.world, operation, call)
        except ApiError as error:
            reply = self.refused(call, error.refusal, request_id)
        self.faults.spoil(reply, call, struck)
        return reply

    def answer_as_iam(self, call: Call, environ: "WSGIEnvironment") -> Reply:
        from sdrs_fake.wsgi import iam  # what a program without a login does without

        return iam.answer(self.auth, call, environ)

    def refused(self, call: Call, refusal: Refusal, request_id: str) -> Reply:
        if routes.is_of_iam(call.path):
            from sdrs_fake.wsgi import iam

            return iam.refused(refusal)
        return wire.refused(refusal, self.world.reading, request_id)

    def refuse(self, refusal: Refusal) -> Response:
        """What a server answers for a request that never became one, such as malformed bytes."""
        self._check_light()
        request_id = self._next_request_id()
        reply = wire.refused(refusal, self.world.reading, request_id)
        reply.headers["X-Request-Id"] = request_id
        return wire.write_reply(reply)

    def _check_light(self) -> None:
        if self.dark:
            raise Dark

    def _next_request_id(self) -> str:
        return f"{next(self._request_ids):032x}"
