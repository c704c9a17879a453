"""Who a fake's programs are: an access key of its own for each fake, a user and a domain."""

from itertools import count
from typing import ClassVar, NamedTuple


class Identity(NamedTuple):
    """The names and secrets that a fake hands out; none is worth anything elsewhere."""

    access_key: str
    secret_key: str
    user: str = "sdrs-fake"
    password: str = "sdrs-fake-password"  # noqa: S105 it opens nothing
    domain: str = "sdrs-fake"
    domain_id: str = "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0"


class Identities:
    """Makes identities, each with a key that this process has not seen: AK `SDRSFAKE000000000001` and so on.

    The official SDK remembers for the life of a process which project belongs to an access key, so a key
    must not come twice; counted ones are also the same in every run.
    """

    _numbers: ClassVar = count(1)

    @classmethod
    def another(cls) -> Identity:
        number = next(cls._numbers)
        return Identity(f"SDRSFAKE{number:012d}", f"sdrs-fake-secret-key-{number:019d}")
