"""`sdrs-fake serve`: a fake with data, until it is interrupted."""

import shlex
import signal
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Event

import click

from sdrs_fake import DEFAULT_PROJECT_ID, Behavior, FakeSdrs
from sdrs_fake.admin.addresses import resolves_to_loopback
from sdrs_fake.auth.auth import AuthMode
from sdrs_fake.cli.options import option, seed_options
from sdrs_fake.cli.tables import table
from sdrs_fake.journal.recorded_request import RecordedRequest
from sdrs_fake.seeding import SeedSpec


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen at.")
@click.option(
    "--port",
    metavar="NUMBER",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port to listen at; 0 is any free one.",
)
@click.option("--listen-publicly", is_flag=True, help="Allow an address that others can reach.")
@seed_options
@click.option(
    "--behavior",
    metavar="TEXT",
    default="",
    help="Choices where the reference is ambiguous, such as 'count=page, limit_zero=error'.",
)
@click.option(
    "--auth",
    type=click.Choice(["any", "strict", "off"]),
    default="any",
    help="Credentials to accept: any, only known ones, or also none.",
)
@click.option(
    "--key",
    "keys",
    metavar="AK:SK[:PROJECT]",
    multiple=True,
    help="An access key to register; can be repeated.",
)
@click.option("--project", "project_id", help="Project id.  [default: the fake's own]")
@click.option(
    "--import",
    "files",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Data to begin with; seeded data comes with it only if asked for; can be repeated.",
)
@click.option(
    "--admin-token",
    metavar="TOKEN",
    help="Token that requests to /_fake/ need; without one they work on this machine alone.",
)
@click.option("--verbose", is_flag=True, help="Print a line for each request.")
def serve(  # noqa: PLR0913, PLR0917 a parameter for each option
    spec: SeedSpec,
    host: str,
    port: int,
    listen_publicly: bool,  # noqa: FBT001
    behavior: str,
    auth: AuthMode,
    keys: tuple[str, ...],
    project_id: str | None,
    files: tuple[Path, ...],
    admin_token: str | None,
    verbose: bool,  # noqa: FBT001
) -> None:
    """Serve a fake with seeded failed jobs, a scenario, or the data of a file."""
    with _make_fake(project_id, behavior, auth, admin_token) as sdrs:
        for key in keys:
            _add_key(sdrs, key)
        for file in files:
            with option("import", file, "data"):
                sdrs.import_data(file)
        if spec.seeds or not files:  # after the import, whose batch may be the first of this seed
            sdrs.seed(**spec.arguments())
        stopped = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        _listen(sdrs, host, port, publicly=listen_publicly)
        if verbose:
            sdrs.journal.observe(print_request)
        show(sdrs, imported=bool(files))
        stopped.wait()
    click.echo("stopped")


def _make_fake(
    project_id: str | None, behavior: str, auth: AuthMode, admin_token: str | None
) -> FakeSdrs:
    with option("behavior"):
        choices = Behavior.parse(behavior)
    if project_id is None:
        project_id = DEFAULT_PROJECT_ID
    return FakeSdrs(project_id, choices, auth, admin_token=admin_token)


def _add_key(sdrs: FakeSdrs, text: str) -> None:
    access_key, *rest = text.split(":")
    if len(rest) not in {1, 2}:
        raise click.BadParameter(
            f"{access_key!r} should be followed by :SECRET or by :SECRET:PROJECT",
            param_hint="'--key'",
        )
    with option("key"):
        sdrs.auth.add_key(access_key, *rest)


def _listen(sdrs: FakeSdrs, host: str, port: int, *, publicly: bool) -> None:
    if not resolves_to_loopback(host):
        if not publicly:
            raise click.BadParameter(
                f"{host or 'every address'} can be reached by others; add --listen-publicly if"
                " you mean it, or use 127.0.0.1",
                param_hint="'--host'",
            )
        click.echo(
            f"warning: everybody who can reach {host or 'this machine'} can use this fake",
            err=True,
        )
    try:
        sdrs.listen(host, port)
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]
        raise click.BadParameter(
            f"{host} port {port}: {reason}; choose another, or port 0 for any free one",
            param_hint="'--host' / '--port'",
        ) from None


def show(sdrs: FakeSdrs, *, imported: bool = False) -> None:
    """Print where the fake listens, what it holds, how to get it again, and a line to try."""
    click.echo(f"URL      {sdrs.url}\nproject  {sdrs.project_id}")
    for spec in sdrs.seed_history:
        besides = "  (without what was imported)" if imported else ""
        command = shlex.join(["sdrs-fake", "serve", *spec.options()])
        click.echo(f"data     {spec}{besides}\nagain    {command}")
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


def print_request(record: RecordedRequest) -> None:
    """Print a line for a request; a closed output makes no request fail."""
    request, response = record.request, record.response
    with suppress(OSError):
        click.echo(
            f"{request.method} {request.target} {response.status} {len(response.body)} bytes"
        )
