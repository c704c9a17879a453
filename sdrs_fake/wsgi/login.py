"""The body of `POST /v3/auth/tokens`, read and refused as Keystone does."""

from http import HTTPStatus
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from sdrs_fake.domain.errors import ApiError, Refusal

METHODS = ("password", "token")


class Named(BaseModel):
    """A domain, or whatever else goes by an id or a name."""

    id: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _has_either(self) -> Self:
        if not (self.id or self.name):
            raise ValueError("id or name")
        return self


class Owned(Named):
    domain: Named | None = None


class UserWithPassword(Owned):
    password: str

    @model_validator(mode="after")
    def _has_a_domain(self) -> Self:
        if not (self.id or self.domain):
            raise ValueError("domain")
        return self


class ByPassword(BaseModel):
    user: UserWithPassword


class ByToken(BaseModel):
    id: Annotated[str, Field(min_length=1)]


class Identity(BaseModel):
    """The first method counts; what belongs to others is left out."""

    methods: Annotated[list[str], Field(min_length=1)]
    password: ByPassword | None = None
    token: ByToken | None = None

    @property
    def method(self) -> str:
        return self.methods[0]

    @model_validator(mode="after")
    def _has_what_its_method_needs(self) -> Self:
        if self.method in METHODS and getattr(self, self.method) is None:
            raise ValueError(self.method)
        self.password, self.token = (
            getattr(self, name) if name == self.method else None for name in METHODS
        )
        return self


class Scope(BaseModel):
    project: Owned | None = None
    domain: Named | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.project is None) == (self.domain is None):
            raise ValueError("either project or domain")
        return self


class Login(BaseModel):
    """What a client wants to log in with, and to what."""

    identity: Identity
    scope: Annotated[
        Scope | None, BeforeValidator(lambda value: None if value in ("unscoped", {}) else value)
    ] = None

    @property
    def project(self) -> Owned | None:
        return self.scope.project if self.scope else None

    @property
    def domain(self) -> Named | None:
        return self.scope.domain if self.scope else None

    @property
    def home(self) -> Named | None:
        """The domain that the user is said to be of."""
        return self.identity.password.user.domain if self.identity.password else None


class _Body(BaseModel):
    auth: Login


def read(body: bytes) -> Login:
    """The login in a body; 400 naming what is missing or wrong."""
    try:
        return _Body.model_validate_json(body).auth
    except ValidationError as error:
        said = _said(error.errors(include_url=False, include_input=False)[0])
    raise ApiError(Refusal(HTTPStatus.BAD_REQUEST, "400", said))


def _said(line: Any) -> str:
    where = [str(part) for part in line["loc"]]
    if line["type"] == "missing":
        return f"Expecting to find {where[-1]} in {'.'.join(where[:-1]) or 'the request body'}."
    if line["type"] == "value_error":
        return (
            f"Expecting to find {line['msg'].removeprefix('Value error, ')} in {'.'.join(where)}."
        )
    if not where:
        return f"The request body should be a JSON object: {line['msg']}."
    return f"Invalid input for {'.'.join(where)}: {line['msg']}."
