"""`sdrs-fake serve`: a fake with data, until it is interrupted."""

import shlex
import signal
import webbrowser
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from errno import EADDRNOTAVAIL
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

import click

from sdrs_fake import DEFAULT_PROJECT_ID, Behavior, FakeSdrs
from sdrs_fake.admin.addresses import resolves_to_loopback
from sdrs_fake.admin.inspector import PATH
from sdrs_fake.auth.auth import AuthMode
from sdrs_fake.cli.options import option, seed_options
from sdrs_fake.cli.tables import table, terminal_width
from sdrs_fake.cors import parse_origins
from sdrs_fake.domain.plans import parse_duration, parse_polls
from sdrs_fake.domain.quotas import check_quotas
from sdrs_fake.errors import shown
from sdrs_fake.journal.recorded_request import RecordedRequest, visible, visible_line
from sdrs_fake.seeding import SeedSpec
from sdrs_fake.transports.loopback_server import REQUEST_TIMEOUT

_MAX_PORT = "65535"


def _port(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    """The number of a port, or 0."""
    is_short_number = text.isascii() and text.isdigit() and len(text) <= len(_MAX_PORT)
    if not is_short_number or int(text) > int(_MAX_PORT):
        reason = f"should be a port from 1 to {_MAX_PORT}, or 0 for any free one"
        raise click.BadParameter(f"{shown(text)} {reason}")
    return int(text)


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen at.")
@click.option(
    "--port",
    metavar="NUMBER",
    callback=_port,
    default="0",
    help="Port to listen at; 0 is any free one.",
)
@click.option("--listen-publicly", is_flag=True, help="Allow an address that others can reach.")
@click.option(
    "--request-timeout",
    metavar="SECONDS",
    type=float,
    default=REQUEST_TIMEOUT,
    help="How long a client may take to send a request before it is answered 408.",
)
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
@click.option(
    "--job-duration", metavar="SECONDS", default="0", help="How long a job takes; or realistic."
)
@click.option(
    "--job-polls",
    metavar="NUMBER",
    default="0",
    help="How many answers about a job say that it runs.",
)
@click.option(
    "--quota",
    "quotas",
    metavar="NAME=NUMBER",
    multiple=True,
    help="How many server_groups or replications can be made, -1 for no limit; can be repeated.",
)
@click.option(
    "--cors",
    "origins",
    metavar="ORIGIN",
    multiple=True,
    help="An origin whose pages may call the fake, or * for any; can be repeated.",
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
@click.option("--open", "opens", is_flag=True, help="Open the inspector in a browser.")
@click.option("--verbose", is_flag=True, help="Print a line for each request.")
def serve(  # noqa: PLR0913, PLR0917 a parameter for each option
    spec: SeedSpec,
    host: str,
    port: int,
    listen_publicly: bool,  # noqa: FBT001
    request_timeout: float,
    behavior: str,
    auth: AuthMode,
    keys: tuple[str, ...],
    job_duration: str,
    job_polls: str,
    quotas: tuple[str, ...],
    origins: tuple[str, ...],
    project_id: str | None,
    files: tuple[Path, ...],
    admin_token: str | None,
    opens: bool,  # noqa: FBT001
    verbose: bool,  # noqa: FBT001
) -> None:
    """Serve a fake with seeded failed jobs, a scenario, or the data of a file."""
    more = _job_options(job_duration, job_polls, quotas)
    with option("cors"):
        more["cors"] = parse_origins(origins)
    with _make_fake(project_id, behavior, auth, admin_token, more) as sdrs:
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
        _listen(sdrs, host, port, request_timeout, publicly=listen_publicly)
        if verbose:
            sdrs.journal.observe(print_request)
        show(sdrs, imported=bool(files))
        if opens:
            open_inspector(sdrs)
        stopped.wait()
    click.echo("stopped")


def _make_fake(
    project_id: str | None,
    behavior: str,
    auth: AuthMode,
    admin_token: str | None,
    more: Mapping[str, Any],
) -> FakeSdrs:
    with option("behavior"):
        choices = Behavior.parse(behavior)
    if project_id is None:
        project_id = DEFAULT_PROJECT_ID
    return FakeSdrs(project_id, choices, auth, admin_token=admin_token, **more)


def _job_options(duration: str, polls: str, quotas: tuple[str, ...]) -> dict[str, Any]:
    """When jobs end, and how many resources can be made, as FakeSdrs takes them."""
    with option("job-duration", parameter="job_duration"):
        parsed: dict[str, Any] = {"job_duration": parse_duration(duration)}
    with option("job-polls", parameter="job_polls"):
        parsed["job_polls"] = parse_polls(polls)
    with option("quota", parameter="quotas"):
        parsed["quotas"] = check_quotas(",".join(quotas))
    return parsed


def _add_key(sdrs: FakeSdrs, text: str) -> None:
    access_key, *rest = text.split(":")
    if len(rest) not in {1, 2}:
        raise click.BadParameter(
            f"{shown(access_key)} should be followed by :SECRET or by :SECRET:PROJECT",
            param_hint="'--key'",
        )
    with option("key"):
        sdrs.auth.add_key(access_key, *rest)


def _listen(
    sdrs: FakeSdrs, host: str, port: int, request_timeout: float, *, publicly: bool
) -> None:
    is_public = not resolves_to_loopback(host)
    if is_public and not publicly:
        raise click.BadParameter(
            f"{host or 'every address'} can be reached by others; add --listen-publicly if"
            " you mean it, or use 127.0.0.1",
            param_hint="'--host'",
        )
    try:
        sdrs.listen(host, port, request_timeout=request_timeout)
    except (OSError, UnicodeError) as error:
        raise _bad_address(host, port, error) from None
    if is_public:
        where = host or "this machine"
        click.echo(f"warning: everybody who can reach {where} can use this fake", err=True)


def _bad_address(host: str, port: int, error: OSError | UnicodeError) -> click.BadParameter:
    reason = str(getattr(error, "strerror", error)).partition(" (while")[0]
    number = getattr(error, "errno", None) or -1
    if number < 0 or number == EADDRNOTAVAIL:  # below 0 are those of name resolution
        message = f"{shown(host)} should be an address of this machine, such as 127.0.0.1: {reason}"
        return click.BadParameter(message, param_hint="'--host'")
    message = f"{host} port {port}: {reason}; choose another, or port 0 for any free one"
    return click.BadParameter(message, param_hint="'--host' / '--port'")


def show(sdrs: FakeSdrs, *, imported: bool = False) -> None:
    """Print where the fake listens, what it holds, how to get it again, and a line to try.

    A line to paste is not broken, however long it is; everything else fits the terminal.
    """
    click.echo(f"inspect  {sdrs.url}{PATH}\nURL      {sdrs.url}\nproject  {sdrs.project_id}")
    for spec in sdrs.seed_history:
        besides = "  (without what was imported)" if imported else ""
        click.echo(f"data     {visible_line(str(spec))}{besides}")
        command = shlex.join(["sdrs-fake", "serve", *spec.options()])
        click.echo(f"again    {visible(command)}")
    if sdrs.auth.mode == "strict":
        click.echo(f"key      {sdrs.access_key}\nsecret   {sdrs.secret_key}")
    failed = Counter(job.server_group_id for job in sdrs.failure_jobs)
    groups = sdrs.protection_groups
    if groups:
        rows = [[group.id, str(failed[group.id]), group.name] for group in groups]
        header = ["protection group", "failed jobs", "name"]
        click.echo(f"\n{table(header, rows, terminal_width())}")
    click.echo(f"\ntry      {_example(sdrs, groups[0].id if groups else None)}")
    click.echo("\nstop it with Ctrl-C")


def open_inspector(sdrs: FakeSdrs) -> None:
    """Open the inspector in a browser of this machine, where there is one."""
    if not webbrowser.open(f"{sdrs.url}{PATH}"):
        click.echo("no browser was found; open the first address yourself", err=True)


def _example(sdrs: FakeSdrs, group_id: str | None) -> str:
    """The command that lists the failed jobs of a group, or those of the group level."""
    token = sdrs.auth.issue_token() if sdrs.auth.mode == "strict" else "any"
    query = f"?{urlencode({'server_group_id': group_id, 'limit': 5})}" if group_id else ""
    url = f"{sdrs.url}/v1/{sdrs.project_id}/task-center/failure-jobs{query}"
    headers = ["-H", f"X-Auth-Token: {token}"]
    return shlex.join(["curl", "--noproxy", "*", "-sS", *headers, url])


def print_request(record: RecordedRequest) -> None:
    """Print a line for a request; a closed output makes no request fail."""
    request, response = record.request, record.response
    with suppress(OSError):
        line = f"{request.method} {request.target} {response.status} {len(response.body)} bytes"
        click.echo(visible_line(line))
