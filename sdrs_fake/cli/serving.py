"""`sdrs-fake serve`: a fake with data, until somebody stops it."""

import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import click

from sdrs_fake.cli.options import Data, wrong_data
from sdrs_fake.cli.tables import table
from sdrs_fake.control.addresses import stays_here
from sdrs_fake.control.entry import Entry
from sdrs_fake.domain.reading import Reading
from sdrs_fake.fake import FakeSdrs
from sdrs_fake.state import DEFAULT_PROJECT_ID


@dataclass(frozen=True, kw_only=True)
class Service:
    """How a fake is to be served."""

    host: str
    port: int
    publicly: bool
    reading: Reading
    auth: Any
    keys: list[tuple[str, str, str | None]]
    project_id: str | None
    verbose: bool
    files: tuple[Path, ...] = ()
    admin_token: str | None = None
    seeded: bool = True

    def run(self, data: Data) -> None:
        """Serve until SIGINT or SIGTERM."""
        stopped = Event()
        with self._fake() as sdrs:
            if self.seeded:
                _seed(sdrs, data)
            for file in self.files:
                _load(sdrs, file)
            for number in (
                signal.SIGINT,
                signal.SIGTERM,
            ):  # until here a signal ends the program as it ends any
                signal.signal(number, lambda *_: stopped.set())
            self._listen(sdrs)
            show(sdrs, loaded=bool(self.files))
            if self.verbose:
                sdrs.journal.watcher = tell
            stopped.wait()
        click.echo("stopped")

    def _fake(self) -> FakeSdrs:
        try:
            project_id = DEFAULT_PROJECT_ID if self.project_id is None else self.project_id
            sdrs = FakeSdrs(project_id, self.reading, self.auth, admin_token=self.admin_token)
        except ValueError as error:
            name, _, text = str(error).partition(": ")
            if name == "admin_token":
                raise click.BadParameter(text, param_hint="'--admin-token'") from None
            raise click.BadParameter(str(error), param_hint="'--project'") from None
        try:
            for key in self.keys:
                sdrs.auth.add_key(*key)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="'--key'") from None
        return sdrs

    def _listen(self, sdrs: FakeSdrs) -> None:
        if not stays_here(self.host):
            if not self.publicly:
                raise click.BadParameter(
                    f"{self.host or 'every address'} can be reached by others; add"
                    " --listen-publicly if you mean it, or leave 127.0.0.1",
                    param_hint="'--host'",
                )
            click.echo(
                f"warning: everybody who can reach {self.host or 'this machine'} can use this fake",
                err=True,
            )
        try:
            sdrs.listen(self.host, self.port)
        except OSError as error:
            why = str(error.strerror).partition(" (while")[0]
            hint = "'--host' / '--port'"
            raise click.BadParameter(
                f"{self.host} port {self.port}: {why}; choose another, or port 0 for any free one",
                param_hint=hint,
            ) from None


def show(sdrs: FakeSdrs, *, loaded: bool = False) -> None:
    """Where it is, what it holds, and a line to try."""
    click.echo(f"URL      {sdrs.url}\nproject  {sdrs.project_id}")
    if sdrs.state:
        click.echo(f"state    {sdrs.state}{' (without what was loaded)' if loaded else ''}")
    if sdrs.auth.mode == "strict":
        click.echo(f"key      {sdrs.access_key}\nsecret   {sdrs.secret_key}")
    click.echo()
    failed = Counter(job.server_group_id for job in sdrs.failure_jobs)
    rows = [[group.id, str(failed[group.id]), group.name] for group in sdrs.protection_groups]
    if rows:
        click.echo(f"{table(['protection group', 'failed jobs', 'name'], rows)}\n")
    path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
    query = f"?server_group_id={rows[0][0]}&limit=5" if rows else ""
    token = sdrs.auth.issue_token() if sdrs.auth.mode == "strict" else "any"
    click.echo(
        f"try      curl --noproxy '*' -sS -H 'X-Auth-Token: {token}'"
        f" '{sdrs.url}{path}{query}'\n\nstop it with Ctrl-C"
    )


def tell(entry: Entry) -> None:
    """A line for a request; nobody who stops reading it makes a request fail."""
    with suppress(OSError):
        click.echo(
            f"{entry.call.method} {entry.call.target} {entry.reply.status} {len(entry.reply.body)}"
            " bytes"
        )


def _seed(sdrs: FakeSdrs, data: Data) -> None:
    try:
        if data.state:
            sdrs.seed(state=data.state, scenario=data.scenario)
        elif data.scenario is not None:
            sdrs.seed(seed=data.seed, anchor=data.anchor, scenario=data.scenario)
        else:
            sdrs.seed(data.jobs, data.groups, data.seed, data.anchor)
    except (ValueError, OSError) as error:
        raise wrong_data(error) from None


def _load(sdrs: FakeSdrs, file: Path) -> None:
    try:
        sdrs.load_data(file)
    except (ValueError, OSError) as error:
        text = str(error.strerror if isinstance(error, OSError) else error).removeprefix("data: ")
        raise click.BadParameter(text.replace("\n", "; "), param_hint="'--load'") from None
