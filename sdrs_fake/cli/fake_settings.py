"""FakeSettings: the settings and the data of a fake as options, which `serve` and `run` share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from os import W_OK, access
from pathlib import Path
from typing import Any

import click

from sdrs_fake import DEFAULT_PROJECT_ID, Behavior, FakeSdrs
from sdrs_fake.auth.auth import AuthMode
from sdrs_fake.cli.options import option, seed_options
from sdrs_fake.cors import parse_origins
from sdrs_fake.domain.plans import parse_duration, parse_polls
from sdrs_fake.domain.quotas import check_quotas
from sdrs_fake.errors import shown
from sdrs_fake.seeding import SeedSpec

Command = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class FakeSettings:
    """What the options say of a fake: how it is made, what it holds, and where that is kept."""

    spec: SeedSpec
    behavior: str
    auth: AuthMode
    keys: tuple[str, ...]
    job_duration: str
    job_polls: str
    quotas: tuple[str, ...]
    origins: tuple[str, ...]
    project_id: str | None
    files: tuple[Path, ...]
    export_file: Path | None
    is_seeded_by_default: bool
    """Whether the fake is seeded where no option gives it any data."""

    def make_fake(self, **more: Any) -> FakeSdrs:
        """A fake with its data, and with more settings."""
        more |= self._job_settings()
        with option("behavior"):
            choices = Behavior.parse(self.behavior)
        with option("cors"):
            more["cors"] = parse_origins(self.origins)
        project_id = DEFAULT_PROJECT_ID if self.project_id is None else self.project_id
        sdrs = FakeSdrs(project_id, choices, self.auth, **more)
        for key in self.keys:
            _add_key(sdrs, key)
        for file in self.data_files:
            with option("import", file, "data"):
                sdrs.import_data(file)
        if self._is_seeded:  # after the import: its batch may be the seed's first
            sdrs.seed(**self.spec.arguments())
        return sdrs

    @property
    def data_files(self) -> tuple[Path, ...]:
        """The files to import; that of `--export-on-exit` may be empty, or not there yet."""
        return tuple(each for each in self.files if not self._is_new(each))

    def notes(self, *, needs_seed: bool = False) -> Iterator[str]:
        """What to say of a kept file that is empty, and of options of seeding that are not used.

        `needs_seed` says whether something else uses `--seed`.
        """
        for file in self.files:
            if self._is_new(file) and file.exists():
                yield f"{file} is empty, and begins anew"
        unused = [] if self._is_seeded else self._seed_options(but="seed" if needs_seed else "")
        if unused:
            *first, last = unused
            names = f"{', '.join(first)} and {last} were" if first else f"{last} was"
            goes_on = f"{self.export_file}, which goes on"
            place = goes_on if self._goes_on else "nothing was seeded (see --failures)"
            yield f"{place}: {names} not used"

    def export(self, sdrs: FakeSdrs) -> Path | None:
        """Write what the fake holds, if an option asks for it; it answers nobody any more."""
        if self.export_file:
            sdrs.go_offline()
            sdrs.save(self.export_file)
        return self.export_file

    @property
    def _is_seeded(self) -> bool:
        by_default = self.is_seeded_by_default and not self.data_files
        return (self.spec.seeds or by_default) and not self._goes_on

    @property
    def _goes_on(self) -> bool:
        """Whether another run has left its data: what the options seed is in it."""
        return any(map(self._is_kept, self.data_files))

    def _is_kept(self, file: Path) -> bool:
        return self.export_file is not None and file.resolve() == self.export_file.resolve()

    def _is_new(self, file: Path) -> bool:
        """Whether a kept file is not there yet, or as a program left it that was killed."""
        is_empty = file.is_file() and not file.stat().st_size
        return self._is_kept(file) and (is_empty or not file.exists())

    def _seed_options(self, *, but: str) -> list[str]:
        """The options of seeding that are given, but for one."""
        given = [name for name, value in self.spec.arguments().items() if value is not None]
        return [f"--{name.replace('_', '-')}" for name in given if name != but]

    def _job_settings(self) -> dict[str, Any]:
        """When jobs end, and how many resources can be made, as FakeSdrs takes them."""
        with option("job-duration", parameter="job_duration"):
            parsed: dict[str, Any] = {"job_duration": parse_duration(self.job_duration)}
        with option("job-polls", parameter="job_polls"):
            parsed["job_polls"] = parse_polls(self.job_polls)
        with option("quota", parameter="quotas"):
            parsed["quotas"] = check_quotas(",".join(self.quotas))
        return parsed


def _writable(_context: click.Context, _parameter: click.Parameter, file: Path | None) -> Any:
    """A file that can be written once the program ends, as far as that is known before."""
    if file and not access(file if file.exists() else file.resolve().parent, W_OK):
        raise click.BadParameter(f"{file} should be a file that can be written")
    return file


_OPTIONS = (
    click.option(
        "--behavior",
        metavar="TEXT",
        default="",
        help="Choices where the reference is ambiguous, such as 'count=page, limit_zero=error'.",
    ),
    click.option(
        "--auth",
        type=click.Choice(["any", "strict", "off"]),
        default="any",
        help="Credentials to accept: any, only known ones, or also none.",
    ),
    click.option(
        "--key",
        "keys",
        metavar="AK:SK[:PROJECT]",
        multiple=True,
        help="An access key to register; can be repeated.",
    ),
    click.option(
        "--job-duration",
        metavar="SECONDS",
        default="0",
        help="How long a job takes, such as 10s; or realistic.",
    ),
    click.option(
        "--job-polls",
        metavar="NUMBER",
        default="0",
        help="How many answers about a job say that it runs.",
    ),
    click.option(
        "--quota",
        "quotas",
        metavar="NAME=NUMBER",
        multiple=True,
        help="How many server_groups or replications can be made, -1 for no limit; can be"
        " repeated.",
    ),
    click.option(
        "--cors",
        "origins",
        metavar="ORIGIN",
        multiple=True,
        help="An origin whose pages may call the fake, or * for any; can be repeated.",
    ),
    click.option("--project", "project_id", help="Project id.  [default: the fake's own]"),
    click.option(
        "--import",
        "files",
        metavar="FILE",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Data to begin with; seeded data comes with it only if asked for; can be repeated.",
    ),
    click.option(
        "--export-on-exit",
        "export_file",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        callback=_writable,
        help="Where to write the data at the end; to go on with it the next time, give --import"
        " the same file, which may not be there yet.",
    ),
)


def fake_options(*, is_seeded_by_default: bool) -> Callable[[Command], Command]:
    """Add the options of a fake to a command, which gets them as one FakeSettings, `settings`."""

    def add_options(command: Command) -> Command:
        @wraps(command)
        def with_settings(**options: Any) -> Any:
            names = [name for name in FakeSettings.__dataclass_fields__ if name in options]
            given = {name: options.pop(name) for name in names}
            settings = FakeSettings(**given, is_seeded_by_default=is_seeded_by_default)
            return command(settings=settings, **options)

        added: Command = with_settings
        for add in reversed(_OPTIONS):
            added = add(added)
        return seed_options(added, is_seeded_by_default=is_seeded_by_default)

    return add_options


def _add_key(sdrs: FakeSdrs, text: str) -> None:
    access_key, *rest = text.split(":")
    if len(rest) not in {1, 2}:
        raise click.BadParameter(
            f"{shown(access_key)} should be followed by :SECRET or by :SECRET:PROJECT",
            param_hint="'--key'",
        )
    with option("key"):
        sdrs.auth.add_key(access_key, *rest)
