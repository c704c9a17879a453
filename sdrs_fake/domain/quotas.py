"""Quotas: how many groups and replication pairs a project may have."""

import re
from collections.abc import Mapping
from functools import partial

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import pairs_of
from sdrs_fake.domain.store import Change
from sdrs_fake.errors import ParameterError, check_names, integer_of, shown

DEFAULT_QUOTAS = {"server_groups": 50, "replications": 100}
"""Those of the sample."""

UNLIMITED = -1
_MOST = 2**31 - 1
_NUMBER = re.compile(r"-1|\d{1,18}", re.ASCII)


class Quotas:
    """The quotas of a project. What Python or an import puts in raises them by as much."""

    def __init__(self, limits: Mapping[str, int] = DEFAULT_QUOTAS) -> None:
        self.limits = limits
        self._granted: dict[str, int] = {}

    def copy(self) -> "Quotas":
        twin = Quotas(self.limits)
        twin._granted = dict(self._granted)
        return twin

    def granting(self, counts: Mapping[ResourceType, int]) -> Change:
        """What raises the quotas of these kinds, for `at_once`."""
        granted = {kind: self._granted.get(kind, 0) + count for kind, count in counts.items()}
        return partial(self._granted.update, granted)

    def of(self, kind: str) -> int:
        """The quota of a kind; -1 for none."""
        limit = self.limits[kind]
        return limit if limit == UNLIMITED else limit + self._granted.get(kind, 0)

    def leaves(self, kind: str, used: int) -> bool:
        """Whether one more of a kind may be made, of which `used` are there."""
        quota = self.of(kind)
        return quota == UNLIMITED or used < quota


def check_quotas(given: object) -> dict[str, int]:
    """The quotas that a user gave, completed; ParameterError for wrong ones.

    They are a mapping, or a string such as `server_groups=5, replications=-1`.
    """
    if given is None:
        return DEFAULT_QUOTAS
    if isinstance(given, str):
        given = pairs_of("quotas", given, "server_groups=5")
    if not isinstance(given, Mapping):
        raise ParameterError("quotas", f"{shown(given)} should be a dict such as {DEFAULT_QUOTAS}")
    try:
        check_names(given, DEFAULT_QUOTAS, "quota")
    except ParameterError as error:
        raise error.within("quotas.") from None
    return {**DEFAULT_QUOTAS, **{name: _quota(name, value) for name, value in given.items()}}


def _quota(name: str, value: object) -> int:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    number = integer_of(value)
    if number is None or not UNLIMITED <= number <= _MOST:
        reason = f"{shown(value)} should be an integer from 0 to {_MOST:,}, or -1 for no limit"
        raise ParameterError(f"quotas.{name}", reason)
    return number
