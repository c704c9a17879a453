"""The body of `POST /v3/auth/tokens`, read and refused as Keystone does."""

from http import HTTPStatus
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from sdrs_fake.domain.refusals import ApiError, Refusal

METHODS = ("password", "token")


class DomainRef(BaseModel):
    """A domain, by its id or its name."""

    id: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _has_id_or_name(self) -> Self:
        if not (self.id or self.name):
            raise ValueError("id or name")
        return self


class ProjectRef(DomainRef):
    """A project, by its id or its name, and the domain that it may be of."""

    domain: DomainRef | None = None


class UserRef(ProjectRef):
    """A user, by their id or by their name in a domain, with a password."""

    password: str

    @model_validator(mode="after")
    def _has_a_domain(self) -> Self:
        if not (self.id or self.domain):
            raise ValueError("domain")
        return self


class PasswordMethod(BaseModel):
    user: UserRef


class TokenMethod(BaseModel):
    id: Annotated[str, Field(min_length=1)]


class LoginIdentity(BaseModel):
    """Who logs in. The first method counts; the data of other methods is dropped."""

    methods: Annotated[list[str], Field(min_length=1)]
    password: PasswordMethod | None = None
    token: TokenMethod | None = None

    @property
    def method(self) -> str:
        return self.methods[0]

    @model_validator(mode="after")
    def _has_the_data_of_its_method(self) -> Self:
        if self.method in METHODS and getattr(self, self.method) is None:
            raise ValueError(self.method)
        if self.method != "password":
            self.password = None
        if self.method != "token":
            self.token = None
        return self


class Scope(BaseModel):
    """What the token is for: a project or a domain."""

    project: ProjectRef | None = None
    domain: DomainRef | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.project is None) == (self.domain is None):
            raise ValueError("either project or domain")
        return self


def _unscoped(value: object) -> object:
    return None if value in ("unscoped", {}) else value


class Login(BaseModel):
    """Who logs in, and to what."""

    identity: LoginIdentity
    scope: Annotated[Scope | None, BeforeValidator(_unscoped)] = None

    @property
    def project(self) -> ProjectRef | None:
        return self.scope.project if self.scope else None

    @property
    def domain(self) -> DomainRef | None:
        return self.scope.domain if self.scope else None

    @property
    def user_domain(self) -> DomainRef | None:
        return self.identity.password.user.domain if self.identity.password else None


class _Body(BaseModel):
    auth: Login


def read(body: bytes) -> Login:
    """The login in a body; 400 naming the first field that is missing or wrong."""
    try:
        return _Body.model_validate_json(body).auth
    except ValidationError as error:
        message = _message(error.errors(include_url=False, include_input=False)[0])
    raise ApiError(Refusal(HTTPStatus.BAD_REQUEST, "400", message))


def _message(error: Any) -> str:
    place = [str(part) for part in error["loc"]]
    if error["type"] == "missing":
        parent = ".".join(place[:-1]) or "the request body"
        return f"Expecting to find {place[-1]} in {parent}."
    if error["type"] == "value_error":
        expected = error["msg"].removeprefix("Value error, ")
        return f"Expecting to find {expected} in {'.'.join(place)}."
    if not place:
        return f"The request body should be a JSON object: {error['msg']}."
    return f"Invalid input for {'.'.join(place)}: {error['msg']}."
