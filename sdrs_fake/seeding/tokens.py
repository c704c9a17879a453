"""State tokens: which data a project was seeded with, in a line that a shell leaves alone."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sdrs_fake.seeding.datasets import DATASET_VERSION, Parameters, check_number, moment_of

EXAMPLE = (
    "sdrs1.j24.g3.s0.a20260601T000000000Z or sdrs1.noisy-group.x0a1b2c3d.s0.a20260601T000000000Z"
)

NAME = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
"""Of a scenario."""

_VERSION = re.compile(r"sdrs(0|[1-9]\d{0,8})\.", re.ASCII)
_NUMBER = r"(?:0|[1-9]\d{0,1299})"
_DIGEST = "[0-9a-f]{8}"
_PART = re.compile(
    rf"(?:j(?P<jobs>{_NUMBER})\.g(?P<groups>{_NUMBER})|(?P<scenario>{NAME})\.x(?P<digest>{_DIGEST}))"
    rf"\.s(?P<seed>{_NUMBER})(?:\.a(?P<anchor>\d{{8}}T\d{{9}}Z))?(?:\.p(?P<part>[1-9]\d{{0,4}}))?",
    re.ASCII,
)


class TokenPart(NamedTuple):
    """One dataset: of so many jobs and groups, or of a scenario, whose content the digest stands
    for.
    """

    seed: int
    jobs: int | None = None
    groups: int | None = None
    scenario: str | None = None
    digest: str = ""
    anchor: dt.datetime | None = None
    """Without one it is made for the time it is."""
    part: int = 0

    def __str__(self) -> str:
        named = (
            f"j{self.jobs}.g{self.groups}"
            if self.scenario is None
            else f"{self.scenario}.x{self.digest}"
        )
        anchor = (
            ""
            if self.anchor is None
            else f".a{self.anchor:%Y%m%dT%H%M%S}{self.anchor.microsecond // 1000:03}Z"
        )
        return f"{named}.s{self.seed}{anchor}" + (f".p{self.part}" if self.part else "")


@dataclass(frozen=True, slots=True)
class StateToken:
    """What a project was seeded with; `str` of it is the token, and `parse` reads one."""

    parts: tuple[TokenPart, ...]
    version: int = DATASET_VERSION

    def __post_init__(self) -> None:
        """One that was put together by hand says no less than one that was read."""
        if self.version != DATASET_VERSION or isinstance(self.version, bool):
            raise ValueError(
                f"state: version: {self.version!r} should be {DATASET_VERSION}, which this release"
                " of sdrs-fake makes"
            )
        object.__setattr__(self, "parts", tuple(map(_checked, self.parts)))

    @classmethod
    def of(cls, parameters: Iterable[Parameters]) -> "StateToken":
        """The token of datasets that were made."""
        return cls(tuple(map(_part_of, parameters)))

    @classmethod
    def parse(cls, text: object) -> "StateToken":
        """What a token says; ValueError for what is none, or is of another version than this
        package's.
        """
        if isinstance(text, StateToken):
            if text.parts:
                return text
            text = ""  # as the state of a project that was not seeded
        said = text if isinstance(text, str) else ""
        start = _VERSION.match(said)
        if start is None:
            raise ValueError(f"state: {text!r:.120} should be a token such as {EXAMPLE}")
        if int(start[1]) != DATASET_VERSION:
            raise ValueError(
                f"state: {text!r:.120} is of version {start[1]}, but this release of sdrs-fake"
                f" makes version {DATASET_VERSION}; install the release that made it"
            )
        return cls(tuple(map(_part, said[start.end() :].split("+"))))

    def __str__(self) -> str:
        return f"sdrs{self.version}.{'+'.join(map(str, self.parts))}" if self.parts else ""

    def anchored(self, moment: dt.datetime) -> "StateToken":
        """The same with that anchor wherever it says none."""
        return replace(
            self, parts=tuple(part._replace(anchor=part.anchor or moment) for part in self.parts)
        )

    def changed(self, **said: Any) -> "StateToken":
        """The same of another seed or anchor, in all its parts."""
        return replace(self, parts=tuple(part._replace(**said) for part in self.parts))


def _checked(part: object) -> TokenPart:
    """A part that can be; its anchor to the millisecond, as a token says it."""
    if not isinstance(part, TokenPart):
        raise ValueError(f"state: parts: {part!r:.120} should be a TokenPart")  # noqa: TRY004 as all that is wrong with a token
    try:
        _check_what(part)
        check_number("seed", part.seed)
        check_number("part", part.part)
        return part if part.anchor is None else part._replace(anchor=moment_of(part.anchor))
    except (TypeError, ValueError) as error:
        raise ValueError(f"state: {error}") from None


def _check_what(part: TokenPart) -> None:
    """Jobs and groups, or a scenario and its digest: what the text of a token does not say would be
    lost.
    """
    counted = part.scenario is None
    for name in ("digest",) if counted else ("jobs", "groups"):
        if (value := getattr(part, name)) not in {None, ""}:
            raise ValueError(
                f"{name}: {value!r:.120} should not be given {'without' if counted else 'with'} a"
                " scenario"
            )
    if counted:
        check_number("jobs", part.jobs)
        check_number("groups", part.groups)
        return
    for name, form, right in (
        ("scenario", NAME, "a name such as noisy-group"),
        ("digest", _DIGEST, "eight digits such as 0a1b2c3d"),
    ):
        if not isinstance(value := getattr(part, name), str) or not re.fullmatch(
            form, value, re.ASCII
        ):
            raise ValueError(f"{name}: {value!r:.120} should be {right}")


def _part_of(made: Parameters) -> TokenPart:
    if made.scenario is None:
        return TokenPart(made.seed, made.jobs, made.groups, anchor=made.anchor, part=made.part)
    return TokenPart(
        made.seed, scenario=made.scenario, digest=made.digest, anchor=made.anchor, part=made.part
    )


def _part(text: str) -> TokenPart:
    found = _PART.fullmatch(text)
    if found is None:
        raise ValueError(
            f"state: {text!r:.120} should be jJOBS.gGROUPS or NAME.xDIGEST, then .sSEED, .aANCHOR"
            " and .pPART, the last two where there are any, and parts joined by '+', such as"
            f" {EXAMPLE}"
        )
    said = found.groupdict()
    numbers = {
        name: int(said[name])
        for name in ("jobs", "groups", "seed", "part")
        if said[name] is not None
    }
    return TokenPart(
        **numbers,
        scenario=said["scenario"],
        digest=said["digest"] or "",
        anchor=_anchor(said["anchor"]),
    )


def _anchor(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        return dt.datetime.strptime(f"{text[:-1]}000+0000", "%Y%m%dT%H%M%S%f%z").astimezone(dt.UTC)
    except ValueError:
        raise ValueError(
            f"state: a{text} should be a moment, aYYYYMMDDTHHMMSSmmmZ in UTC, such as"
            " a20260601T123000000Z"
        ) from None
