"""IAM: the operations that clients call before SDRS, as a table of their own.

They are versions, tokens, and look-ups of projects, domains and users.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sdrs_fake.auth.auth import Authenticator
from sdrs_fake.auth.catalog import REGIONS, catalog
from sdrs_fake.auth.credentials import Token, User, new_user
from sdrs_fake.domain.fields import checked_project_id
from sdrs_fake.domain.refusals import ApiError, Refusal
from sdrs_fake.messages import Request, Response, Route

if TYPE_CHECKING:
    from sdrs_fake.auth import login


def _refusal(status: int, message: str) -> Refusal:
    return Refusal(status, str(status), message)


_UNAUTHORIZED = _refusal(401, "The request you have made requires authentication.")


def no_route(method: str, allowed: Sequence[str]) -> Refusal:
    """404 for an unknown path, or 405 with the methods that the path has."""
    if not allowed:
        return _refusal(404, "The resource could not be found.")
    refusal = _refusal(405, f"The method {method:.40} is not allowed for this resource.")
    return refusal.with_headers(Allow=", ".join(allowed))


def show_version(_auth: Authenticator, request: Request) -> Response:
    version = {
        "id": "v3.6",
        "status": "stable",
        "updated": "2016-04-04T00:00:00Z",
        "links": [{"rel": "self", "href": f"{request.base_url}/v3/"}],
    }
    return Response.of(200, {"version": version})


def create_token(auth: Authenticator, request: Request) -> Response:
    from sdrs_fake.auth import login  # its models are needed here alone

    wanted = login.read(request.body)
    user, parent = _authenticate(auth, wanted.identity)
    project_id = _scope_project_id(auth, user, wanted.project) if wanted.project else None
    # A token that is made from another lives no longer than that.
    token = auth.credentials.issue(user, project_id, parent.expires_at if parent else None)
    content = _token_content(auth, token, wanted, request.base_url)
    return Response.of(201, {"token": content}, {"X-Subject-Token": token.value})


def list_projects(auth: Authenticator, request: Request) -> Response:
    """The project of the credential, whatever its name: projects are named after regions."""
    project_id = auth.project_of(request)
    domain_id = auth.credentials.identity.domain_id
    project = {
        "id": project_id,
        "name": request.params.get("name") or REGIONS[0],
        "domain_id": domain_id,
        "parent_id": domain_id,
        "is_domain": False,
        "enabled": True,
        "description": "",
        "links": {"self": f"{request.base_url}/v3/projects/{project_id}"},
    }
    return _list("projects", [project], f"{request.base_url}/v3/projects")


def list_auth_domains(auth: Authenticator, request: Request) -> Response:
    """The one domain, whatever its name."""
    auth.project_of(request)
    identity = auth.credentials.identity
    domain = {
        "id": identity.domain_id,
        "name": request.params.get("name") or identity.domain,
        "enabled": True,
        "description": "",
    }
    return _list("domains", [domain], f"{request.base_url}/v3/auth/domains")


def list_users(auth: Authenticator, request: Request) -> Response:
    auth.project_of(request)
    identity, project_id = auth.credentials.identity, auth.credentials.own_key.project_id
    user = auth.find_user(new_user(request.params.get("name") or identity.user, "", project_id))
    rows = []
    if user:
        domain_id = identity.domain_id
        rows = [{"id": user.id, "name": user.name, "domain_id": domain_id, "enabled": True}]
    return _list("users", rows, f"{request.base_url}/v3/users")


TABLE: tuple[Route, ...] = (
    Route("KeystoneShowVersion", "GET", "/v3", show_version),
    Route("KeystoneShowVersion", "GET", "/v3/", show_version),
    Route("KeystoneCreateToken", "POST", "/v3/auth/tokens", create_token),
    Route("KeystoneListAuthDomains", "GET", "/v3/auth/domains", list_auth_domains),
    Route("KeystoneListProjects", "GET", "/v3/projects", list_projects),
    Route("KeystoneListUsers", "GET", "/v3/users", list_users),
)


def _authenticate(
    auth: Authenticator, identity: "login.LoginIdentity"
) -> tuple[User, Token | None]:
    """The user who logs in, and the token they do it with, if they do."""
    from sdrs_fake.auth.login import METHODS

    token, user = None, None
    if identity.token:
        token = auth.log_in_with_token(identity.token.id)
        user = token.user if token else None
    elif identity.password:
        user = auth.log_in(_named_user(auth, identity.password.user))
    else:
        raise ApiError(
            _refusal(
                401,
                "Attempted to authenticate with an unsupported method; there are"
                f" {', '.join(METHODS)}.",
            )
        )
    if user is None:
        raise ApiError(_UNAUTHORIZED)
    return user, token


def _named_user(auth: Authenticator, named: "login.UserRef") -> User:
    name = named.name or named.id or ""
    user = new_user(name, named.password, auth.credentials.own_key.project_id)
    return replace(user, id=named.id or user.id)


def _scope_project_id(auth: Authenticator, user: User, project: "login.ProjectRef") -> str:
    """The project of a scope: by name the user's own, by id any unless `strict`."""
    if project.id is None:
        return user.project_id
    if auth.mode == "strict" and project.id != user.project_id:
        raise ApiError(
            _refusal(401, f"User {user.id:.120} has no access to project {project.id:.120}")
        )
    try:
        return checked_project_id(project.id)
    except ValueError as error:
        raise ApiError(_refusal(400, str(error))) from None


def _token_content(
    auth: Authenticator, token: Token, wanted: "login.Login", base_url: str
) -> dict[str, Any]:
    project_name = (wanted.project and wanted.project.name) or ""
    content = {
        "methods": [wanted.identity.method],
        "issued_at": _time(token.issued_at),
        "expires_at": _time(token.expires_at),
        "user": {
            "id": token.user.id,
            "name": token.user.name,
            "domain": _domain(auth, wanted.user_domain),
            "password_expires_at": "",
        },
        "roles": [{"id": "0", "name": "te_admin"}],
        "catalog": catalog(base_url, token.project_id, project_name),
    }
    if wanted.project:
        content["project"] = {
            "id": token.project_id,
            "name": project_name or REGIONS[0],
            "domain": _domain(auth, wanted.project.domain or wanted.user_domain),
        }
    if wanted.domain:
        content["domain"] = _domain(auth, wanted.domain)
    return content


def _domain(auth: Authenticator, named: "login.DomainRef | None") -> Mapping[str, Any]:
    identity = auth.credentials.identity
    return {
        "id": (named and named.id) or identity.domain_id,
        "name": (named and named.name) or identity.domain,
    }


def _list(name: str, rows: list[dict[str, Any]], url: str) -> Response:
    return Response.of(200, {name: rows, "links": {"self": url, "next": None, "previous": None}})


def _time(time: dt.datetime) -> str:
    return time.isoformat(timespec="microseconds")[:-6] + "Z"
