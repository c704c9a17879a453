"""Who gets in."""

import re
from contextlib import AbstractContextManager
from typing import Literal, get_args

from sdrs_fake.control.clock import Clock
from sdrs_fake.control.credentials import (
    ALGORITHMS,
    Credentials,
    Key,
    Token,
    User,
    new_key,
    new_user,
)
from sdrs_fake.domain.errors import NOT_AUTHENTICATED, NOT_AUTHORIZED, Refusal, require
from sdrs_fake.domain.fields import checked_project_id
from sdrs_fake.exchange import Call

AuthMode = Literal["present", "strict", "off"]

_NO_CREDENTIAL = NOT_AUTHENTICATED.because("x-auth-token not found")
_VISIBLE = re.compile(r"[!-+\--~]+")


def check_mode(mode: object) -> None:
    """ValueError for a mode that there is not."""
    if mode not in get_args(AuthMode):
        raise ValueError(f"auth: {mode!r} should be one of {', '.join(get_args(AuthMode))}")


class Auth:
    """Who gets in, and the keys, users and tokens that `strict` knows.

    `present`: a request has to bring a credential, any will do; `strict`: it has to be a token of
    this fake, or a
    signature by a registered key, for the project of the path; `off`: nothing is asked for.
    """

    def __init__(self, mode: AuthMode, project_id: str, clock: Clock) -> None:
        check_mode(mode)
        self.mode = mode
        self.own_key = new_key(project_id)
        self._known = Credentials(self.own_key, clock)
        self._clock = clock

    def add_key(self, access_key: str, secret_key: str, project_id: str | None = None) -> None:
        """Register an access key of a project, by itself the fake's own."""
        if not isinstance(access_key, str) or not _VISIBLE.fullmatch(access_key):
            raise ValueError(
                f"access_key: {access_key!r} should be visible ASCII without a comma, such as"
                f" {self.own_key.access_key}"
            )
        self._known.add_key(
            Key(access_key, _text("secret_key", secret_key), self._project(project_id))
        )

    def add_user(self, name: str, password: str, project_id: str | None = None) -> None:
        """Register a user of a project, by itself the fake's own, who can then ask IAM for
        tokens.
        """
        self._known.add_user(
            new_user(_text("name", name), _text("password", password), self._project(project_id))
        )

    def adopt(self, other: "Auth") -> None:
        """Know the keys, users and tokens of another fake, too."""
        self._known.adopt(other._known)  # noqa: SLF001 of its own kind

    def all_or_nothing(self) -> AbstractContextManager[None]:
        """For the time of a `with` block: keys and users that are added in it stay only if it ends
        well.
        """
        return self._known.all_or_nothing()

    def issue_token(self, project_id: str | None = None) -> str:
        """A token for a project, by itself the fake's own, good for 24 hours of the fake's time."""
        return self._issue(self._project(project_id)).value

    def expire_tokens(self) -> None:
        """Let all tokens that were issued so far expire now; `own_token` stays good."""
        self._known.expire()

    @property
    def own_token(self) -> str:
        """The token that the fake's own clients bring: good in every mode, for every project, for
        ever.
        """
        return self._known.own_token

    def admit(self, call: Call) -> None:
        """Refuse a call to the service that may not get in."""
        if self.mode == "present":
            require(has_credential(call), _NO_CREDENTIAL)
        elif self.mode == "strict" and not self._is_our_own(call):
            good_for, asked = self._good_for(call), call.arguments["project_id"]
            require(good_for == asked, _wrong_project(good_for, asked))

    def project_of(self, call: Call) -> str | None:
        """The project that a call's credential belongs to; without a credential refused as by
        `admit`.

        None is a token without a project. A credential that is not known belongs to the fake's own
        project.
        """
        if self.mode == "strict" and not self._is_our_own(call):
            return self._good_for(call)
        require(self.mode == "off" or has_credential(call), _NO_CREDENTIAL)
        from sdrs_fake.control import signatures

        signature = signatures.read(call.headers.get("authorization", ""))
        known = self._known.token(call.headers.get("x-auth-token", "")) or (
            signature and self._known.key(signature.access_key)
        )
        return known.project_id if known else self.own_key.project_id

    def user(self, named: User) -> User | None:
        """The registered user with that id, and that password; only `strict` minds."""
        return next(
            (
                user
                for user in self.users(named)
                if self.mode != "strict" or user.password == named.password
            ),
            None,
        )

    def users(self, named: User) -> list[User]:
        """The registered users with that id, which follows from a name; where any will do, there is
        always one.
        """
        found = [user for user in self._known.users() if named.id == user.id]
        return found or ([] if self.mode == "strict" else [named])

    def token(self, value: str) -> Token | None:
        """The token that was issued as that, and is still good; where any will do, there is always
        one.
        """
        token = self._known.token(value)
        if token and self._clock.now() < token.expires_at:
            return token
        return (
            None
            if self.mode == "strict" and value != self.own_token
            else self._issue(self.own_key.project_id)
        )

    def log_in(self, user: User, project_id: str | None, until: Token | None = None) -> Token:
        """A token for a user, for 24 hours or as long as the token that it is made from."""
        return self._known.issue(user, project_id, until.expires_at if until else None)

    def _issue(self, project_id: str) -> Token:
        return self._known.issue(new_user("sdrs-fake", "", project_id), project_id)

    def _is_our_own(self, call: Call) -> bool:
        return call.headers.get("x-auth-token") == self.own_token

    def _good_for(self, call: Call) -> str | None:
        """The project that a call's credential is good for; refused where it is good for
        nothing.
        """
        from sdrs_fake.control import strict  # what the other modes do without

        require(has_credential(call), _NO_CREDENTIAL)
        if token := call.headers.get("x-auth-token"):
            return strict.project_of_token(token, self._known, self._clock.now())
        return strict.project_of_signature(call, self._known)

    def _project(self, project_id: str | None) -> str:
        return self.own_key.project_id if project_id is None else checked_project_id(project_id)


def has_credential(call: Call) -> bool:
    """Is there a token, or a signature by AK/SK?"""
    if call.headers.get("x-auth-token"):
        return True
    algorithm, _, signed = call.headers.get("authorization", "").partition(" ")
    return algorithm in ALGORITHMS and bool(signed)


def _wrong_project(good_for: str | None, asked: str) -> Refusal:
    whose = f"of project {good_for}" if good_for else "of no project"
    return NOT_AUTHORIZED.because(f"the credential is {whose}, the path of project {asked}")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name}: {value!r} should be a text that is not empty")
    return value
