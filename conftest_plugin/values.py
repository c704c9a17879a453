"""What arguments, marker, command line and ini file say, as values. PYTEST_DONT_REWRITE"""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from conftest_plugin.levels import check
from sdrs_fake import Reading
from sdrs_fake.control.auth import check_mode
from sdrs_fake.domain.fields import instant
from sdrs_fake.state import SeedDefaults

if TYPE_CHECKING:
    from sdrs_fake.seeding import Scenario, StateToken

LONGEST_NUMBER = 1000


class Defaults:
    """What command line and ini file say, and from which folder: as texts, and as values, which are
    read once in a run.
    """

    def __init__(self, said: Mapping[str, Any], folder: Path) -> None:
        self.said = said
        self.folder = folder

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """ValueError or TypeError, every time, where they are wrong."""
        return read(self.said, self.folder)

    def planned(self) -> list[str]:
        """The token of what they seed; none where they are wrong, which a test that uses them is
        told.
        """
        from sdrs_fake.seeding import sowing

        try:
            given = self.values
            return [
                str(
                    given["state"]
                    if "state" in given
                    else sowing.planned(**seed_defaults(given)._asdict())
                )
            ]
        except (TypeError, ValueError):
            return []


def read(said: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What was said on one level, as values: numbers and readings also come as text; a path is one
    from that folder.
    """
    values = {name: value for name, value in said.items() if value is not None}
    for name in {"jobs", "groups", "seed"} & values.keys():
        values[name] = number(name, values[name])
    if "anchor" in values:
        values["anchor"] = moment("anchor", values["anchor"])
    if "reading" in values:
        values["reading"] = Reading.of(values["reading"])
    if "auth" in values:
        check_mode(values["auth"])
    if "scenario" in values:
        values["scenario"] = _scenario(values["scenario"], folder)
    if "state" in values:
        values["state"] = _token(values["state"])
    check(said)
    return values


def seed_defaults(given: Mapping[str, Any]) -> SeedDefaults:
    """What `seed` takes by itself; under a state that is what the first of its datasets was made
    of.
    """
    if "state" in given:
        first, own = given["state"].parts[0], given.get("scenario")
        same = own is not None and (own.name, own.digest) == (first.scenario, first.digest)
        given = {name: getattr(first, name) for name in ("jobs", "groups", "seed", "anchor")} | {
            "scenario": own if same else first.scenario
        }
    return SeedDefaults(
        **{name: given[name] for name in SeedDefaults._fields if given.get(name) is not None}
    )


def number(name: str, value: object) -> Any:
    if not isinstance(value, str):
        return value
    if not (value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER):
        raise ValueError(f"{name}: {value!r:.40} should be a whole number")
    return int(value)


def moment(name: str, value: object) -> dt.datetime | None:
    try:
        return None if value is None else instant(value)
    except ValueError as error:
        raise ValueError(f"{name}: {value!r} {error}") from None


def _scenario(given: Any, folder: Path) -> "Scenario":
    from sdrs_fake.seeding.library import beside, find

    try:
        return find(cast("Any", beside(given, folder)))
    except OSError as error:
        raise ValueError(error.strerror) from None


def _token(given: Any) -> "StateToken":
    from sdrs_fake.seeding import StateToken

    return StateToken.parse(given)
