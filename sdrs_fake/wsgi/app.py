"""The fake as a WSGI application: the life of a request, on one screen."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sdrs_fake.admin import routes as admin_routes
from sdrs_fake.admin.admin import Admin
from sdrs_fake.auth import iam
from sdrs_fake.auth.auth import Authenticator
from sdrs_fake.cors import Cors
from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import (
    INVALID_PARAMETERS,
    METHOD_NOT_ALLOWED,
    METHOD_NOT_FOUND,
    PATH_NOT_FOUND,
    ApiError,
    Refusal,
    found,
    require,
)
from sdrs_fake.domain.store import changed
from sdrs_fake.errors import Offline
from sdrs_fake.faults.armed import ArmedFaults
from sdrs_fake.journal.request_log import RequestLog
from sdrs_fake.messages import Headers, Operation, Request, Response, Route
from sdrs_fake.operations.table import TABLE, Row
from sdrs_fake.wsgi import body_stream, codec
from sdrs_fake.wsgi.routing import AnyEndpoint, Match, Router

SERVICE: Router[Row] = Router(TABLE)
IAM: Router[Route] = Router(iam.TABLE)
ADMIN: Router[Route] = Router(admin_routes.TABLE)

_FAILED = Response(500, note="the fake itself failed")


class App:
    """The service, IAM and the admin API over one backend."""

    def __init__(  # noqa: PLR0913, PLR0917 all that it is composed of
        self,
        backend: Backend,
        auth: Authenticator,
        faults: ArmedFaults,
        log: RequestLog,
        admin: Admin,
        cors: Cors,
    ) -> None:
        self.offline = False
        self._backend = backend
        self._auth = auth
        self._faults = faults
        self._log = log
        self._admin = admin
        self._cors = cors
        self._numbers = count(1)
        self._admin_numbers = count(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._check_online()
        path: str = environ.get("PATH_INFO", "")
        if codec.is_admin(environ):
            response = self._admin_response(environ)
        elif granted := self._preflight_response(environ):
            response = granted
        elif path.startswith("/v3/") or path == "/v3":
            response = self._recorded(environ, IAM, "keystone", self._iam_response)
        elif codec.is_inspection(environ):
            response = self._inspection(environ)
        else:
            response = self._recorded(environ, SERVICE, "service", self._service_response)
        if response.network_fault:
            codec.apply_network_fault(response.network_fault, response, environ)
        return codec.write_response(response)(environ, start_response)

    def _preflight_response(self, environ: WSGIEnvironment) -> Response | None:
        """The answer to a browser that asks whether a page may send a request, where it may.

        It is not recorded and takes no number of a request: a browser keeps the answer for a while,
        so that how often it asks differs from run to run.
        """
        is_options = environ["REQUEST_METHOD"] == "OPTIONS"
        return self._cors.preflight(codec.read_headers(environ)) if is_options else None

    def _recorded(
        self,
        environ: WSGIEnvironment,
        router: Router[AnyEndpoint],
        style: codec.ErrorStyle,
        respond: Callable[[Request, Match[AnyEndpoint]], Response],
    ) -> Response:
        """Answer a request to the service or to IAM, and record it in the journal."""
        body = body_stream.read_body(environ, codec.max_body(environ))
        request, match = codec.read_request(
            environ, router, self._next_request_id(), body, strict=self._auth.mode == "strict"
        )
        response = _FAILED
        try:
            body_stream.check_readable(environ)
            codec.check_size(request)
            response = respond(request, match)
        except ApiError as error:
            response = self._refused(error, request, style)
        finally:
            response = self._with_headers(response, request.id, environ)
            self._log.record(request, response)
        return response

    # The service

    def _service_response(self, request: Request, match: Match[Row]) -> Response:
        operation = self._admitted(request, match)
        matched = self._faults.match(request)
        if matched is None:
            return self._serve(operation, request)
        try:
            response = matched.respond(self._backend, operation, request, self._serve)
        except ApiError as error:
            response = self._refused(error, request, "service")
        return self._faults.apply_fault(matched, response, request)

    def _admitted(self, request: Request, match: Match[Row]) -> Operation:
        """The operation that a request means and that its credential allows."""
        if not match.rows:
            raise ApiError(self._no_route(match))
        if not match.rows[0].is_open:
            self._auth.admit(request)
        return _operation(match)

    def _inspection(self, environ: WSGIEnvironment) -> Response:
        """Answer what the inspector reads. It takes the right to the admin API."""
        request, match = codec.read_request(environ, SERVICE, self._next_admin_id())
        try:
            codec.check_uri(request)
            self._admin.admit(request, own=codec.is_own(environ))
            body_stream.check_readable(environ)
            body = body_stream.read_body(environ, codec.max_body(environ))
            request = replace(request, body=body)
            codec.check_size(request)
            operation = self._admitted(request, match)
            project_id = request.path_params.get("project_id", "")
            response = self._backend.serve(operation, project_id, request)
        except ApiError as error:
            response = self._refused(error, request, "service")
        return self._with_headers(response, request.id, environ)

    def _serve(self, operation: Operation, request: Request) -> Response:
        """Call the operation; a fault may have the job fail that it starts."""
        project_id = request.path_params.get("project_id", "")
        rules = self._faults.rules_for_jobs(request)
        if not rules:
            return self._backend.serve(operation, project_id, request)
        with self._backend.lock:
            failing = self._faults.failing(rules)
            if failing:
                request = changed(request, job_failures=failing.job_failures)
            response = self._backend.serve(operation, project_id, request)
            self._faults.count_job(rules)
        return changed(response, fault=failing.fault.description) if failing else response

    def _no_route(self, match: Match[Row]) -> Refusal:
        if not match.allowed:
            return PATH_NOT_FOUND
        if self._backend.behavior.wrong_method != METHOD_NOT_ALLOWED.status:
            return METHOD_NOT_FOUND
        return METHOD_NOT_ALLOWED.with_headers(Allow=", ".join(match.allowed))

    # IAM and the admin API

    def _iam_response(self, request: Request, match: Match[Route]) -> Response:
        row = found(match.row, iam.no_route(request.method, match.allowed))
        return row.handler(self._auth, request)

    def _admin_response(self, environ: WSGIEnvironment) -> Response:
        request, match = codec.read_request(environ, ADMIN, self._next_admin_id())
        try:
            codec.check_uri(request)
            self._admin.admit(request, own=codec.is_own(environ))
            row = found(match.row, admin_routes.no_route(request.path, match.allowed))
            body_stream.check_readable(environ)
            body = body_stream.read_body(environ, codec.max_body(environ))
            response = row.handler(self._admin, replace(request, body=body))
        except ApiError as error:
            response = self._error(error.refusal, request.id, "admin")
        return self._with_headers(response, request.id, environ)

    def max_body(self, environ: WSGIEnvironment) -> int:
        """The size of the body that a transport may read: none for what the head already bars."""
        if codec.is_admin(environ):
            request, _ = codec.read_request(environ, ADMIN, "")
            try:
                self._admin.admit(request, own=codec.is_own(environ))
            except ApiError:
                return 0
        return codec.max_body(environ)

    def _with_headers(
        self, response: Response, request_id: str, environ: WSGIEnvironment
    ) -> Response:
        """The response with its id, and with what lets a page read it; never one of the admin's."""
        headers = Headers(response.headers)
        headers["X-Request-Id"] = request_id
        if not codec.is_admin(environ):
            headers.update(self._cors.headers(environ.get("HTTP_ORIGIN", "")))
        return changed(response, headers=headers)

    # Errors

    def refuse(self, refusal: Refusal) -> WSGIApplication:
        """The response to a request that never became one, such as malformed bytes."""
        self._check_online()
        request_id = self._next_request_id()
        response = self._error(refusal, request_id, "service")

        def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            refused = self._with_headers(response, request_id, environ)
            return codec.write_response(refused)(environ, start_response)

        return respond

    def _refused(self, error: ApiError, request: Request, style: codec.ErrorStyle) -> Response:
        note = error.note or self._cors.remark(request)
        return replace(self._error(error.refusal, request.id, style), note=note)

    def _error(self, refusal: Refusal, request_id: str, style: codec.ErrorStyle) -> Response:
        return codec.render_error(refusal, style, request_id, self._backend.behavior.error_key)

    def _check_online(self) -> None:
        if self.offline:
            raise Offline

    def _next_request_id(self) -> str:
        """They count up, so that every run has the same ones."""
        return f"{next(self._numbers):032x}"

    def _next_admin_id(self) -> str:
        """They count apart: how often somebody asks for the health shifts no id of the service."""
        return f"f{next(self._admin_numbers):031x}"


def _operation(match: Match[Row]) -> Operation:
    """The handler of the row that is meant, or one that refuses."""
    if match.row:
        return match.row.handler

    def refuse(_project: Project, _request: Request) -> Response:
        note = f"the body should name one of {', '.join(row.action for row in match.rows)}"
        require(not match.malformed, INVALID_PARAMETERS, note)
        raise ApiError(match.rows[0].no_action, note)

    return refuse
