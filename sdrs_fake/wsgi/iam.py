"""IAM, as much of it as SDKs ask before they talk to SDRS: versions, tokens, and look-ups of
projects, domains and users.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from werkzeug.wsgi import get_current_url

from sdrs_fake.control.auth import Auth
from sdrs_fake.control.credentials import Token, User, derived, new_user
from sdrs_fake.domain.errors import ApiError, Refusal
from sdrs_fake.domain.fields import checked_project_id
from sdrs_fake.exchange import Call, Reply
from sdrs_fake.wsgi.catalog import REGIONS, catalog

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from sdrs_fake.wsgi import login

DOMAIN = MappingProxyType({"id": derived("domain"), "name": "sdrs-fake"})
_UNAUTHORIZED = Refusal(401, "401", "The request you have made requires authentication.")
_NOT_FOUND = Refusal(404, "404", "The resource could not be found.")


def answer(auth: Auth, call: Call, environ: "WSGIEnvironment") -> Reply:
    actions = {
        line.split()[0]: action for line, action in TABLE.items() if line.split()[1] == call.path
    }
    if not actions:
        raise ApiError(_NOT_FOUND)
    action = actions.get("GET" if call.method == "HEAD" else call.method)
    if action is None:
        refusal = Refusal(405, "405", f"The method {call.method} is not allowed for this resource.")
        raise ApiError(refusal.with_headers(Allow=", ".join(actions)))
    call.operation = action.__name__.title().replace("_", "")
    return action(auth, call, get_current_url(environ, root_only=True).rstrip("/"))


def refused(refusal: Refusal) -> Reply:
    """A refusal in Keystone's body."""
    title = HTTPStatus(refusal.status).phrase
    return Reply.of(
        refusal.status,
        {"error": {"code": refusal.status, "message": refusal.message, "title": title}},
        refusal.headers,
    )


def keystone_show_version(_auth: Auth, _call: Call, here: str) -> Reply:
    links = [{"rel": "self", "href": f"{here}/v3/"}]
    return Reply.of(
        200,
        {
            "version": {
                "id": "v3.6",
                "status": "stable",
                "updated": "2016-04-04T00:00:00Z",
                "links": links,
            }
        },
    )


def keystone_create_token(auth: Auth, call: Call, here: str) -> Reply:
    from sdrs_fake.wsgi import login  # models that only a login needs

    asked = login.read(call.body)
    user, until = _who(auth, asked.identity)
    project, domain = asked.project, asked.domain
    project_id = _project_id(auth, user, project) if project else None
    token = auth.log_in(user, project_id, until)
    content = {
        "methods": [asked.identity.method],
        "issued_at": _time(token.issued_at),
        "expires_at": _time(token.expires_at),
        "user": {
            "id": user.id,
            "name": user.name,
            "domain": _domain(asked.home),
            "password_expires_at": "",
        },
        "roles": [{"id": "0", "name": "te_admin"}],
        "catalog": catalog(here, project_id, (project and project.name) or ""),
    }
    if project:
        content["project"] = {
            "id": project_id,
            "name": project.name or REGIONS[0],
            "domain": _domain(project.domain or asked.home),
        }
    if domain:
        content["domain"] = _domain(domain)
    return Reply.of(201, {"token": content}, {"X-Subject-Token": token.value})


def keystone_list_projects(auth: Auth, call: Call, here: str) -> Reply:
    """The one project of who asks, by whatever name it is asked for: a project is named after its
    region.
    """
    project_id = auth.project_of(call) or _home_of_token(auth, call)
    project = {
        "id": project_id,
        "name": call.query.get("name") or REGIONS[0],
        "domain_id": DOMAIN["id"],
        "parent_id": DOMAIN["id"],
        "is_domain": False,
        "enabled": True,
        "description": "",
        "links": {"self": f"{here}/v3/projects/{project_id}"},
    }
    return _listed("projects", [project], f"{here}/v3/projects")


def keystone_list_auth_domains(auth: Auth, call: Call, here: str) -> Reply:
    auth.project_of(call)
    domain = {
        **DOMAIN,
        "name": call.query.get("name") or DOMAIN["name"],
        "enabled": True,
        "description": "",
    }
    return _listed("domains", [domain], f"{here}/v3/auth/domains")


def keystone_list_users(auth: Auth, call: Call, here: str) -> Reply:
    auth.project_of(call)
    users = auth.users(new_user(call.query.get("name") or "sdrs-fake", "", auth.own_key.project_id))
    rows = [
        {"id": user.id, "name": user.name, "domain_id": DOMAIN["id"], "enabled": True}
        for user in users
    ]
    return _listed("users", rows, f"{here}/v3/users")


def _home_of_token(auth: Auth, call: Call) -> str:
    """The project of the user whose token has none."""
    token = auth.token(call.headers.get("x-auth-token", ""))
    return token.user.project_id if token else auth.own_key.project_id


Action = Callable[[Auth, Call, str], Reply]
TABLE: dict[str, Action] = {
    "GET /v3": keystone_show_version,
    "GET /v3/": keystone_show_version,
    "POST /v3/auth/tokens": keystone_create_token,
    "GET /v3/auth/domains": keystone_list_auth_domains,
    "GET /v3/projects": keystone_list_projects,
    "GET /v3/users": keystone_list_users,
}


def _who(auth: Auth, identity: "login.Identity") -> tuple[User, Token | None]:
    """Who logs in, and the token they do it with, if it is one."""
    from sdrs_fake.wsgi.login import METHODS

    if identity.method not in METHODS:
        raise ApiError(
            Refusal(
                401,
                "401",
                "Attempted to authenticate with an unsupported method; there are"
                f" {', '.join(METHODS)}.",
            )
        )
    token = auth.token(identity.token.id) if identity.token else None
    user = token.user if token else None
    if identity.password:
        said = identity.password.user
        named = new_user(said.name or said.id or "", said.password, auth.own_key.project_id)
        user = auth.user(replace(named, id=said.id or named.id))
    if user is None:
        raise ApiError(_UNAUTHORIZED)
    return user, token


def _project_id(auth: Auth, user: User, project: "login.Owned") -> str:
    """The project that a scope means: any by its id, unless auth is strict; by any name the user's
    own.
    """
    if project.id is None:
        return user.project_id
    if auth.mode == "strict" and project.id != user.project_id:
        raise ApiError(Refusal(401, "401", f"User {user.id} has no access to project {project.id}"))
    try:
        return checked_project_id(project.id)
    except ValueError as error:
        raise ApiError(Refusal(400, "400", str(error))) from None


def _domain(named: "login.Named | None") -> Mapping[str, Any]:
    return {
        "id": (named and named.id) or DOMAIN["id"],
        "name": (named and named.name) or DOMAIN["name"],
    }


def _listed(name: str, rows: list[dict[str, Any]], here: str) -> Reply:
    return Reply.of(200, {name: rows, "links": {"self": here, "next": None, "previous": None}})


def _time(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"
