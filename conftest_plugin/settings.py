"""The settings of a fake, and their precedence. PYTEST_DONT_REWRITE"""

import datetime as dt
import shlex
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from sdrs_fake import Behavior
from sdrs_fake.auth.auth import check_mode
from sdrs_fake.cors import parse_origins
from sdrs_fake.domain.plans import Duration, parse_duration, parse_polls
from sdrs_fake.domain.quotas import check_quotas
from sdrs_fake.domain.times import instant
from sdrs_fake.errors import ParameterError, check_names, shown
from sdrs_fake.seeding.spec import OPTIONS, SeedSpec

FACTORY_ARGUMENTS = (
    *("failures", "groups", "seed", "as_of", "behavior", "auth", "scenario"),
    *("job_duration", "job_polls", "quotas", "cors"),
)
MARKER_ARGUMENTS = (*FACTORY_ARGUMENTS, "frozen_at")


@dataclass(frozen=True)
class Settings:
    """What one source says about a fake; None stands for what it does not say."""

    spec: SeedSpec = field(default_factory=SeedSpec)
    behavior: Behavior | None = None
    auth: Any = None
    job_duration: Duration | None = None
    job_polls: int | None = None
    quotas: Mapping[str, int] | None = None
    cors: tuple[str, ...] | None = None
    frozen_at: dt.datetime | None = None

    @classmethod
    def parse(
        cls, given: Mapping[str, Any], folder: Path, known: Iterable[str] = MARKER_ARGUMENTS
    ) -> "Settings":
        """Read Python values or strings; a relative path of a scenario is relative to `folder`."""
        check_names(given, known)
        values = {name: value for name, value in given.items() if value is not None}
        seeding = {name: values.pop(name) for name in OPTIONS if name in values}
        for name, parse in _PARSERS.items():
            if name in values:
                values[name] = parse(values[name])
        if "auth" in values:
            check_mode(values["auth"])
        try:
            return cls(SeedSpec.parse(seeding, folder), **values)
        except OSError as error:
            raise ParameterError("scenario", f"{error.filename}: {error.strerror}") from None

    def merge(self, far: "Settings") -> "Settings":
        """Fill in what is not given here from a source with less precedence."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        given = {name: value for name, value in given.items() if value is not None}
        far_spec = far.spec
        if self.frozen_at is not None:  # which is the time before which jobs begin
            far_spec = replace(far_spec, as_of=None)
        return replace(far, **{**given, "spec": self.spec.merge(far_spec)})

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """What is given, as keyword arguments of FakeSdrs."""
        given = {name: getattr(self, name) for name in ("auth", *_PARSERS) if name != "frozen_at"}
        given = {name: value for name, value in given.items() if value is not None}
        return {**given, **self.spec.arguments()}


NOT_GIVEN = Settings()
"""Those of a test without a marker."""


def parse_from(place: str, given: Mapping[str, Any], folder: Path) -> Settings:
    """Parse, and put the place before what is wrong."""
    try:
        return Settings.parse(given, folder)
    except ParameterError as error:
        raise error.within(place) from None


class RunSettings:
    """The settings of a test run, from the command line and the ini file."""

    def __init__(
        self, line: Mapping[str, str], ini: Mapping[str, str], folder: Path, ini_folder: Path
    ) -> None:
        self._line = line
        self._ini = ini
        self.folder = folder
        self._ini_folder = ini_folder

    @cached_property
    def settings(self) -> Settings:
        """The values, of which files are read once in a run; ParameterError where one is wrong."""
        ini = parse_from("ini file: ", self._ini, self._ini_folder)
        return parse_from("command line: ", self._line, self.folder).merge(ini)

    def complete(self, near: Settings, place: str = "") -> Settings:
        """Fill in what the settings of a nearer place do not give; they have to go together."""
        return self._alone if near is NOT_GIVEN else self._merged(near, place)

    @cached_property
    def _alone(self) -> Settings:
        """What most tests get, computed once."""
        return self._merged(NOT_GIVEN, "")

    def _merged(self, near: Settings, place: str) -> Settings:
        merged = near.merge(self.settings)
        try:
            if merged.spec.seeds:
                merged.spec.completed()
        except ParameterError as error:
            if getattr(near.spec, error.name) is None:
                place = "command line: " if error.name in self._line else "ini file: "
            raise error.within(place) from None
        return merged

    def given(self) -> dict[str, str]:
        """The strings that were given, without those that a nearer one replaces."""
        given = {**self._ini, **self._line}
        with suppress(ParameterError):
            spec = self.settings.spec
            for name in OPTIONS:
                if getattr(spec, name) is None:
                    given.pop(name, None)
            if spec.scenario:
                given["scenario"] = spec.scenario.source
        return given

    def options(self, **more: str) -> str:
        """The command line with the same settings, and more that they do not give."""
        given = {**more, **self.given()}
        return shlex.join(f"--sdrs-{name.replace('_', '-')}={given[name]}" for name in given)

    def seed_call(self) -> str:
        """The call that seeds a fake like these settings; empty if they do not, or are wrong."""
        with suppress(ParameterError):
            spec = self.complete(NOT_GIVEN).spec
            if spec.seeds:
                return str(replace(spec.completed(), as_of=spec.as_of))
        return ""


def _parse_frozen_at(value: object) -> dt.datetime:
    try:
        return instant(value)
    except ValueError as error:
        raise ParameterError("frozen_at", f"{shown(value)} {error}") from None


_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "behavior": Behavior.parse,
    "job_duration": parse_duration,
    "job_polls": parse_polls,
    "quotas": check_quotas,
    "cors": parse_origins,
    "frozen_at": _parse_frozen_at,
}
"""How the settings are read beside those of seeding."""


def toml_value(config: pytest.Config, name: str) -> str:
    """A setting of `[tool.pytest]`, or of `[pytest]` in a file of its own, as a string."""
    text = config.inipath.read_text(encoding="utf-8") if config.inipath else ""
    document = tomllib.loads(text)
    return str(document.get("tool", document)["pytest"][name])


def typed_nodeid(item: pytest.Item) -> str:
    """The id of a test as it is typed where pytest was started, which may not be the rootdir."""
    path, start = item.path, item.config.invocation_params.dir
    shown = path.relative_to(start) if path.is_relative_to(start) else path
    return "::".join([str(shown), *item.nodeid.split("::")[1:]])
