"""State tokens: which data a project was seeded with, in a line that a shell leaves alone."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from sdrs_fake.seeding.datasets import DATASET_VERSION, Parameters

EXAMPLE = "sdrs1.j24.g3.s0.a20260601T000000000Z or sdrs1.noisy-group.x0a1b2c3d.s0.a20260601T000000000Z"

_VERSION = re.compile(r"sdrs(0|[1-9]\d{0,8})\.", re.ASCII)
_NUMBER = r"(?:0|[1-9]\d{0,1299})"
_PART = re.compile(
    rf"(?:j(?P<jobs>{_NUMBER})\.g(?P<groups>{_NUMBER})|(?P<scenario>[a-z0-9-]+)\.x(?P<digest>[0-9a-f]{{8}}))"
    rf"\.s(?P<seed>{_NUMBER})(?:\.a(?P<anchor>\d{{8}}T\d{{9}}Z))?(?:\.p(?P<part>[1-9]\d{{0,4}}))?",
    re.ASCII,
)


class TokenPart(NamedTuple):
    """One dataset: of so many jobs and groups, or of a scenario, whose content the digest stands for."""

    seed: int
    jobs: int | None = None
    groups: int | None = None
    scenario: str | None = None
    digest: str = ""
    anchor: dt.datetime | None = None
    """Without one it is made for the time it is."""
    part: int = 0

    def __str__(self) -> str:
        named = f"j{self.jobs}.g{self.groups}" if self.scenario is None else f"{self.scenario}.x{self.digest}"
        anchor = "" if self.anchor is None else f".a{self.anchor:%Y%m%dT%H%M%S}{self.anchor.microsecond // 1000:03}Z"
        return f"{named}.s{self.seed}{anchor}" + (f".p{self.part}" if self.part else "")


@dataclass(frozen=True, slots=True)
class StateToken:
    """What a project was seeded with; `str` of it is the token, and `parse` reads one."""

    parts: tuple[TokenPart, ...]
    version: int = DATASET_VERSION

    @classmethod
    def of(cls, parameters: Iterable[Parameters]) -> "StateToken":
        """The token of datasets that were made."""
        return cls(tuple(map(_part_of, parameters)))

    @classmethod
    def parse(cls, text: object) -> "StateToken":
        """What a token says; ValueError for what is none, or is of another version than this package's."""
        if isinstance(text, StateToken):
            return text
        said = text if isinstance(text, str) else ""
        start = _VERSION.match(said)
        if start is None:
            raise ValueError(f"state: {text!r:.120} should be a token such as {EXAMPLE}")
        if int(start[1]) != DATASET_VERSION:
            raise ValueError(
                f"state: {text!r:.120} is of version {start[1]}, but this release of sdrs-fake makes version {DATASET_VERSION}; "
                "install the release that made it"
            )
        return cls(tuple(map(_part, said[start.end() :].split("+"))))

    def __str__(self) -> str:
        return f"sdrs{self.version}.{'+'.join(map(str, self.parts))}" if self.parts else ""

    def anchored(self, moment: dt.datetime) -> "StateToken":
        """The same with that anchor wherever it says none."""
        return replace(self, parts=tuple(part._replace(anchor=part.anchor or moment) for part in self.parts))


def _part_of(made: Parameters) -> TokenPart:
    if made.scenario is None:
        return TokenPart(made.seed, made.jobs, made.groups, anchor=made.anchor, part=made.part)
    return TokenPart(made.seed, scenario=made.scenario, digest=made.digest, anchor=made.anchor, part=made.part)


def _part(text: str) -> TokenPart:
    found = _PART.fullmatch(text)
    if found is None:
        raise ValueError(
            f"state: {text!r:.120} should be jJOBS.gGROUPS or NAME.xDIGEST, then .sSEED, .aANCHOR and .pPART, "
            f"the last two where there are any, and parts joined by '+', such as {EXAMPLE}"
        )
    said = found.groupdict()
    numbers = {name: int(said[name]) for name in ("jobs", "groups", "seed", "part") if said[name] is not None}
    return TokenPart(**numbers, scenario=said["scenario"], digest=said["digest"] or "", anchor=_anchor(said["anchor"]))


def _anchor(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        return dt.datetime.strptime(f"{text[:-1]}000+0000", "%Y%m%dT%H%M%S%f%z").astimezone(dt.UTC)
    except ValueError:
        raise ValueError(f"state: a{text} should be a moment, aYYYYMMDDTHHMMSSmmmZ in UTC, such as a20260601T123000000Z") from None
