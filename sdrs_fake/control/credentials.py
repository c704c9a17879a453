"""What clients prove themselves with: access keys, users, tokens."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from threading import RLock

from sdrs_fake.control.clock import Clock

TOKEN_LIFE = dt.timedelta(hours=24)
MOST_TOKENS = 100_000
"""A fake that runs for months forgets the oldest."""

ALGORITHMS = (
    "SDK-HMAC-SHA256",
    "SDK-HMAC-SM3",
    "SDK-ECDSA-P256-SHA256",
    "SDK-SM2-SM3",
    "V11-HMAC-SHA256",
)
"""Those that the official SDKs can sign with; only the first, their default, can be checked
here.
"""

_FAKES = count(1)


@dataclass(frozen=True, slots=True)
class Key:
    """An access key, its secret, and the one project it is good for."""

    access_key: str
    secret_key: str = field(repr=False)
    project_id: str


@dataclass(frozen=True, slots=True)
class User:
    """Who logs in, and the project that is theirs."""

    id: str
    name: str
    password: str = field(repr=False)
    project_id: str


@dataclass(frozen=True, slots=True)
class Token:
    """What a login gives: good for one project, or for none, until it expires."""

    value: str = field(repr=False)
    user: User
    project_id: str | None
    issued_at: dt.datetime
    expires_at: dt.datetime


def derived(*parts: object) -> str:
    """32 hex digits that follow from the parts, as ids of IAM look."""
    return hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[
        :32
    ]


def new_key(project_id: str) -> Key:
    """A key that no other fake of this process has: the official SDK remembers projects by access
    key while the process lives.
    """
    access_key = f"SDRSFAKE{next(_FAKES):012d}"
    return Key(
        access_key, f"{derived('secret', access_key)}{derived('more', access_key)[:8]}", project_id
    )


def new_user(name: str, password: str, project_id: str) -> User:
    return User(derived("user", name), name, password, project_id)


class Credentials:
    """All that one fake knows."""

    def __init__(self, own: Key, clock: Clock) -> None:
        self.own = own
        self.own_token = f"sdrs-fake-{derived('token', own.secret_key)}"
        """The fake's own clients bring it: it does not expire, and is good for every project."""
        self._clock = clock
        self._keys = {own.access_key: own}
        self._users: dict[str, User] = {}
        self._tokens: dict[str, Token] = {}
        self._numbers = count(1)
        self._lock = RLock()

    def key(self, access_key: str) -> Key | None:
        return self._keys.get(access_key)

    def add_key(self, key: Key) -> None:
        """ValueError for an access key that is there with another secret or project."""
        with self._lock:
            if self._keys.setdefault(key.access_key, key) != key:
                raise ValueError(
                    f"access_key: {key.access_key!r} should be one that is not registered otherwise"
                    " already"
                )

    def users(self) -> list[User]:
        with self._lock:
            return list(self._users.values())

    def add_user(self, user: User) -> None:
        """ValueError for a name that is there with another password or project."""
        with self._lock:
            if self._users.setdefault(user.name, user) != user:
                raise ValueError(
                    f"name: {user.name!r} should be one that is not registered otherwise already"
                )

    def adopt(self, other: "Credentials") -> None:
        """Know what another fake knows, too: its own key among the keys, and the tokens that it
        issued.
        """
        with other._lock, self._lock:  # noqa: SLF001 of its own kind
            self._keys = {**other._keys, **self._keys}  # noqa: SLF001 of its own kind
            self._users, self._tokens = dict(other._users), dict(other._tokens)  # noqa: SLF001 of its own kind

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """For the time of a `with` block: keys and users that are added in it stay only if it ends
        well.
        """
        with self._lock:
            keys, users = dict(self._keys), dict(self._users)
            try:
                yield
            except BaseException:
                self._keys, self._users = keys, users
                raise

    def token(self, value: str) -> Token | None:
        return self._tokens.get(value)

    def issue(
        self, user: User, project_id: str | None, expires_at: dt.datetime | None = None
    ) -> Token:
        """A new token, for 24 hours unless it is said until when."""
        now = self._clock.now()
        with self._lock:
            value = f"sdrs-fake-{derived('token', self.own.secret_key, next(self._numbers))}"
            token = Token(value, user, project_id, now, expires_at or now + TOKEN_LIFE)
            self._tokens[value] = token
            if len(self._tokens) > MOST_TOKENS:
                del self._tokens[next(iter(self._tokens))]
        return token

    def expire(self) -> None:
        """No token that was issued so far is good any more."""
        now = self._clock.now()
        with self._lock:
            self._tokens = {
                value: replace(token, expires_at=min(now, token.expires_at))
                for value, token in self._tokens.items()
            }
