"""Who the programs are that a fake sends to itself: its key, a user and a domain."""

from typing import NamedTuple

from sdrs_fake.control.credentials import derived


class Identity(NamedTuple):
    """The names and secrets that a fake hands out; none is worth anything elsewhere."""

    access_key: str
    secret_key: str
    user: str = "sdrs-fake"
    password: str = "sdrs-fake-password"  # noqa: S105 it opens nothing
    domain: str = "sdrs-fake"
    domain_id: str = derived("domain")
