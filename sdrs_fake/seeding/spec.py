"""The options of seeding: one frozen value, parsed, merged and checked in one place."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sdrs_fake.domain.files import reason_of
from sdrs_fake.domain.times import EPOCH, from_milliseconds, instant, to_milliseconds, wire_time
from sdrs_fake.errors import ParameterError, check_names, integer_of, shown
from sdrs_fake.seeding.library import Scenario, beside, find
from sdrs_fake.seeding.randomness import (
    MAX_BATCHES,
    MAX_FAILURES,
    MAX_GROUPS,
    MAX_SEED_BITS,
    OLDEST,
)

OPTIONS = ("failures", "groups", "seed", "as_of", "scenario")
"""What a user can give, in Python and on command lines."""

_HIGHEST = {
    "failures": MAX_FAILURES,
    "groups": MAX_GROUPS,
    "seed": 2**MAX_SEED_BITS - 1,
    "batch": MAX_BATCHES - 1,
}
_LONGEST_NUMBER = len(str(_HIGHEST["seed"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedSpec:
    """The options that every way of seeding shares; None stands for an option that is not given."""

    failures: int | None = None
    groups: int | None = None
    seed: int | None = None
    as_of: dt.datetime | None = None
    scenario: Scenario | None = None
    batch: int = 0
    """Which batch of its seed a dataset is."""

    @classmethod
    def parse(cls, given: Mapping[str, object], folder: Path | None = None) -> "SeedSpec":
        """Read options given as Python values or as strings of a command line or an ini file.

        A relative path of a scenario is relative to `folder`, or else to the working directory.
        ParameterError, named after the option, for a wrong value.
        """
        check_names(given, (*OPTIONS, "batch"))
        values: dict[str, Any] = {}
        for name, value in given.items():
            if value is None:
                continue
            if name == "as_of":
                values[name] = parse_as_of(value)
            elif name == "scenario":
                values[name] = _parse_scenario(value, folder)
            else:
                values[name] = parse_number(name, value)
        spec = cls(**values)
        spec.check()
        return spec

    def merge(self, far: "SeedSpec") -> "SeedSpec":
        """Fill in what is not given here from options further away.

        A scenario here replaces failures and groups there, and the other way round.
        """
        if self.scenario is not None:
            far = replace(far, failures=None, groups=None)
        elif self.failures is not None or self.groups is not None:
            far = replace(far, scenario=None)
        given = {name: value for name, value in self.arguments().items() if value is not None}
        return replace(far, **given, batch=self.batch or far.batch)

    def check(self) -> None:
        """Refuse options that exclude each other."""
        for name in ("failures", "groups"):
            value = getattr(self, name)
            if self.scenario is not None and value is not None:
                raise ParameterError(
                    name, f"{value} should not be given with scenario, which has its own"
                )
        if self.failures and self.groups == 0:
            raise ParameterError(
                "groups", "0 should be at least 1 where there are failures: each is of a group"
            )

    def completed(self, now: dt.datetime | None = None) -> "SeedSpec":
        """Fill in the defaults of what a dataset depends on: 24 failures, 3 groups, seed 0, now."""
        usual = SeedSpec(
            failures=24,
            groups=3,
            seed=0,
            as_of=self.as_of or parse_as_of(now or dt.datetime.now(dt.UTC)),
        )
        spec = self.merge(usual)
        spec.check()
        return spec

    @property
    def seeds(self) -> bool:
        """Whether it says what to seed, not only how."""
        return any(each is not None for each in (self.failures, self.groups, self.scenario))

    def __str__(self) -> str:
        """The call that gives the same data."""
        given = self._shown().items()
        arguments = [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in given]
        return f"sdrs.seed({', '.join(arguments)})"

    def arguments(self) -> dict[str, Any]:
        """The options as keyword arguments of FakeSdrs and of its method `seed`."""
        return {name: getattr(self, name) for name in OPTIONS}

    def options(self, prefix: str = "--") -> list[str]:
        """The command-line options that give the same data."""
        given = self._shown().items()
        return [f"{prefix}{name.replace('_', '-')}={value}" for name, value in given]

    def _shown(self) -> dict[str, int | str]:
        shown: dict[str, int | str | None] = {
            "scenario": None if self.scenario is None else self.scenario.source,
            "failures": self.failures,
            "groups": self.groups,
            "seed": self.seed,
            "as_of": None if self.as_of is None else wire_time(self.as_of),
        }
        return {name: value for name, value in shown.items() if value is not None}


def parse_number(name: str, value: object) -> int:
    """An integer from 0 to as far as the ids of a dataset have room; strings are taken too."""
    number = integer_of(value)
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        number = int(value) if len(value) <= _LONGEST_NUMBER else None
    highest = _HIGHEST[name]
    if number is not None and 0 <= number <= highest:
        return number
    limit = f"2**{MAX_SEED_BITS} - 1" if name == "seed" else f"{highest:,}"
    raise ParameterError(name, f"{shown(value)} should be an integer from 0 to {limit}")


def parse_as_of(value: object) -> dt.datetime:
    """The time before which all jobs begin, as a plain datetime also where time is frozen."""
    try:
        as_of = from_milliseconds(to_milliseconds(instant(value)))
    except ValueError as error:
        raise ParameterError("as_of", f"{shown(value)} {error}") from None
    if as_of < EPOCH + OLDEST:
        raise ParameterError(
            "as_of", f"{wire_time(as_of)} should be at least a year after 1970 began"
        )
    return as_of


def _parse_scenario(value: object, folder: Path | None) -> Scenario:
    given: Any = value if folder is None else beside(value, folder)
    try:
        return find(given)
    except OSError as error:
        raise ParameterError("scenario", f"{given} should be a file: {reason_of(error)}") from None
