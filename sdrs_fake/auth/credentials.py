"""Access keys, users and tokens, and the store that holds those of one fake."""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from threading import RLock
from typing import NamedTuple

from sdrs_fake.domain.clock import Clock
from sdrs_fake.domain.fields import checked_project_id, is_encodable
from sdrs_fake.domain.forks import renew_in_child
from sdrs_fake.domain.store import Change
from sdrs_fake.errors import ParameterError, shown

TOKEN_LIFETIME = dt.timedelta(hours=24)
MAX_TOKENS = 100_000
"""Beyond it the oldest tokens are forgotten, since a fake may run for months."""

_FAKE_NUMBERS = count(1)
_ACCESS_KEY = re.compile(r"[!-+\--~]+")


def derive_id(*parts: object) -> str:
    """32 hex digits, the form of IAM's ids, derived from the parts."""
    data = "\n".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Key:
    """An access key with its secret, valid for one project."""

    access_key: str
    secret_key: str = field(repr=False)
    project_id: str


@dataclass(frozen=True, slots=True)
class User:
    """An IAM user with a password and a project."""

    id: str
    name: str
    password: str = field(repr=False)
    project_id: str


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a user, scoped to one project or to none."""

    value: str = field(repr=False)
    user: User
    project_id: str | None
    issued_at: dt.datetime
    expires_at: dt.datetime


class Identity(NamedTuple):
    """What a fake gives to client programs to authenticate with; it is valid nowhere else."""

    access_key: str
    secret_key: str
    user: str = "sdrs-fake"
    password: str = "sdrs-fake-password"  # noqa: S105 a password of the fake alone
    domain: str = "sdrs-fake"
    domain_id: str = derive_id("domain")


def new_user(name: str, password: str, project_id: str) -> User:
    """A user whose id is derived from the name."""
    return User(derive_id("user", name), name, password, project_id)


def _new_key(project_id: str, *, unpredictable: bool) -> Key:
    # The official SDK caches project ids by access key for the life of the process, so no two
    # fakes of a process may have the same one.
    access_key = f"SDRSFAKE{next(_FAKE_NUMBERS):012d}"
    derived = f"{derive_id('secret', access_key)}{derive_id('more', access_key)[:8]}"
    return Key(access_key, secrets.token_hex(20) if unpredictable else derived, project_id)


class Credentials:
    """The keys, users and tokens of one fake, among them its own key, user and token.

    `own_token` is what the fake's own clients send: it never expires and is valid for every
    project. Tokens and the own secret key are the same in every run, unless they are
    `unpredictable`: then those of another process or run are refused.
    """

    def __init__(self, project_id: str, clock: Clock, *, unpredictable: bool = False) -> None:
        self.own_key = _new_key(project_id, unpredictable=unpredictable)
        self._unpredictable = unpredictable
        self._token_numbers = count(1)
        self.own_token = self._new_token_value()
        self.identity = Identity(self.own_key.access_key, self.own_key.secret_key)
        self._own_user = new_user(self.identity.user, self.identity.password, project_id)
        self._clock = clock
        self._keys = {self.own_key.access_key: self.own_key}
        self._users = {self._own_user.id: self._own_user}
        self._tokens: dict[str, Token] = {}
        self._lock = RLock()
        renew_in_child(self)

    def after_fork(self) -> None:
        self._lock = RLock()

    def counts(self) -> str:
        """How many there are of each kind, for a `repr`."""
        return f"keys={len(self._keys)} users={len(self._users)} tokens={len(self._tokens)}"

    def key(self, access_key: str) -> Key | None:
        return self._keys.get(access_key)

    def user(self, user_id: str) -> User | None:
        return self._users.get(user_id)

    def token(self, value: str) -> Token | None:
        """The token with that value, expired or not."""
        return self._tokens.get(value)

    def is_expired(self, token: Token) -> bool:
        return self._clock.now() >= token.expires_at

    def add_key(self, access_key: str, secret_key: str, project_id: str | None = None) -> None:
        """Register an access key, by default of the fake's own project."""
        if not isinstance(access_key, str) or not _ACCESS_KEY.fullmatch(access_key):
            raise ParameterError(
                "access_key",
                f"{shown(access_key)} should be visible ASCII without a comma, such as"
                f" {self.own_key.access_key}",
            )
        secret_key = _not_empty("secret_key", secret_key)
        key = Key(access_key, secret_key, self._project_id(project_id))
        with self._lock:
            if self._keys.setdefault(access_key, key) != key:
                raise ParameterError(
                    "access_key",
                    f"{shown(access_key)} is registered already, with another secret or project",
                )

    def add_user(self, name: str, password: str, project_id: str | None = None) -> None:
        """Register a user, by default of the fake's own project."""
        name, password = _not_empty("name", name), _not_empty("password", password)
        user = new_user(name, password, self._project_id(project_id))
        with self._lock:
            if self._users.setdefault(user.id, user) != user:
                raise ParameterError(
                    "name", f"{shown(name)} is registered already, with another password or project"
                )

    @contextmanager
    def draft(self) -> Iterator["Credentials"]:
        """A copy to add keys and users to in a `with` block; `taking` brings them here."""
        with self._lock:
            twin = copy(self)
            twin._keys = dict(self._keys)
            twin._users = dict(self._users)
            twin._lock = RLock()
            renew_in_child(twin)
            yield twin

    def taking(self, draft: "Credentials") -> list[Change]:
        """What takes the keys and users of a draft, for `at_once`."""
        return [
            partial(self._keys.update, draft._keys),
            partial(self._users.update, draft._users),
        ]

    def copy_from(self, other: "Credentials") -> None:
        """Accept the keys, users and tokens of another fake, its own key included."""
        with other._lock, self._lock:
            self._keys = {**other._keys, **self._keys}
            self._users = dict(other._users)
            self._tokens = dict(other._tokens)

    def issue_own(self, project_id: str | None = None) -> Token:
        """A token of the fake's own user, by default for the fake's own project."""
        project_id = self._project_id(project_id)
        return self.issue(replace(self._own_user, project_id=project_id), project_id)

    def issue(
        self, user: User, project_id: str | None, expires_at: dt.datetime | None = None
    ) -> Token:
        """A new token, by default for 24 hours of the fake's time."""
        now = self._clock.now()
        with self._lock:
            value = self._new_token_value()
            token = Token(value, user, project_id, now, expires_at or now + TOKEN_LIFETIME)
            self._tokens[value] = token
            if len(self._tokens) > MAX_TOKENS:
                del self._tokens[next(iter(self._tokens))]
        return token

    def expire_tokens(self) -> None:
        """Let all tokens that were issued so far expire now."""
        now = self._clock.now()
        with self._lock:
            self._tokens = {
                value: replace(token, expires_at=min(now, token.expires_at))
                for value, token in self._tokens.items()
            }

    def _new_token_value(self) -> str:
        number = next(self._token_numbers)
        derived = derive_id("token", self.own_key.secret_key, number)
        return f"sdrs-fake-{secrets.token_hex(16) if self._unpredictable else derived}"

    def _project_id(self, project_id: str | None) -> str:
        return self.own_key.project_id if project_id is None else checked_project_id(project_id)


def _not_empty(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ParameterError(name, f"{shown(value)} should be a string that is not empty")
    if not is_encodable(value):  # JSON can hold half a character by its number
        raise ParameterError(name, f"{shown(value)} should be a string that UTF-8 can encode")
    return value
