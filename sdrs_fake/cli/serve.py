"""`sdrs-fake serve`: a fake with data, until it is interrupted."""

import os
import re
import shlex
import signal
import webbrowser
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from errno import EADDRNOTAVAIL
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

import click

from sdrs_fake import Activity, FakeSdrs
from sdrs_fake.admin.addresses import resolves_to_loopback
from sdrs_fake.admin.admin import VISIBLE
from sdrs_fake.admin.inspector import PATH
from sdrs_fake.cli.fake_settings import FakeSettings, fake_options
from sdrs_fake.cli.tables import printable, table, terminal_width
from sdrs_fake.errors import shown
from sdrs_fake.journal.recorded_request import RecordedRequest, visible, visible_line
from sdrs_fake.transports.loopback_server import REQUEST_TIMEOUT

_MAX_PORT = "65535"
_SECONDS = re.compile(r"(\d{1,5}(?:\.\d{1,6})?)s?", re.ASCII)
_DAY = 24 * 3600


def _port(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    """The number of a port, or 0."""
    is_short_number = text.isascii() and text.isdigit() and len(text) <= len(_MAX_PORT)
    if not is_short_number or int(text) > int(_MAX_PORT):
        reason = f"should be a port from 1 to {_MAX_PORT}, or 0 for any free one"
        raise click.BadParameter(f"{shown(text)} {reason}")
    return int(text)


def _seconds(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Any:
    """A number of seconds, which may end with an s."""
    if text is None:
        return None
    number = _SECONDS.fullmatch(text)
    seconds = float(number[1]) if number else 0.0
    if not 0 < seconds <= _DAY:
        raise click.BadParameter(f"{shown(text)} should be seconds, such as 10s, up to a day")
    return seconds


def _token(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    """A token that a header can bring."""
    if text is not None and not VISIBLE.fullmatch(text):
        raise click.BadParameter(f"{shown(text)} should be one or more visible ASCII characters")
    return text


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
    callback=_seconds,
    default=f"{REQUEST_TIMEOUT:g}",
    help="How long a client may take to send a request before it is answered 408.",
)
@fake_options(is_seeded_by_default=True)
@click.option(
    "--activity",
    metavar="SECONDS",
    callback=_seconds,
    help="Let something happen every so often, such as 10s, drawn from --seed.",
)
@click.option(
    "--admin-token",
    metavar="TOKEN",
    callback=_token,
    help="Token that requests to /_fake/ need; without one they work on this machine alone.",
)
@click.option("--open", "opens", is_flag=True, help="Open the inspector in a browser.")
@click.option("--verbose", is_flag=True, help="Print a line for each request.")
def serve(  # noqa: PLR0913 a parameter for each option
    *,
    settings: FakeSettings,
    host: str,
    port: int,
    listen_publicly: bool,
    request_timeout: float,
    activity: float | None,
    admin_token: str | None,
    opens: bool,
    verbose: bool,
) -> None:
    """Serve a fake with seeded failed jobs, a scenario, or the data of a file."""
    imported = bool(settings.data_files)
    with settings.make_fake(admin_token=admin_token) as sdrs:
        stopped = Event()
        for number in _ending_signals():
            signal.signal(number, lambda *_: stopped.set())
        _listen(sdrs, host, port, request_timeout, publicly=listen_publicly)
        if verbose:
            sdrs.journal.observe(print_request)
        notes = list(settings.notes(needs_seed=activity is not None))
        show(sdrs, imported=imported, notes=notes)
        if opens:
            open_inspector(sdrs)
        if activity is not None:
            steps = sdrs.activity(settings.spec.seed or 0)
            # A fault may let a step sleep, which the end of the program does not wait for.
            Thread(target=_act, args=(steps, activity, stopped, verbose), daemon=True).start()
        stopped.wait()
        exported = settings.export(sdrs)
    if exported:
        click.echo(f"wrote {visible_line(str(exported))}")
    click.echo("stopped")


def _act(steps: Activity, seconds: float, stopped: Event, verbose: bool) -> None:  # noqa: FBT001
    """Take a step every so often, until the server is stopped."""
    while not stopped.wait(seconds):
        step = next(steps)
        if verbose:
            with suppress(OSError):  # nobody reads it
                click.echo(f"activity: {visible_line(str(step))}")


def _ending_signals() -> list[int]:
    """The signals that stop the server; that of a closed terminal unless it is ignored (nohup)."""
    hang_up = getattr(signal, "SIGHUP", None)
    is_heeded = hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM, *([hang_up] if hang_up and is_heeded else [])]


def _listen(
    sdrs: FakeSdrs, host: str, port: int, request_timeout: float, *, publicly: bool
) -> None:
    try:
        is_public = not resolves_to_loopback(host)
    except (OSError, UnicodeError) as error:
        raise _bad_address(host, port, error) from None
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
    number = getattr(error, "errno", None) or -1
    reason = os.strerror(number) if number > 0 else str(getattr(error, "strerror", error))
    if number < 0 or number == EADDRNOTAVAIL:  # below 0 are those of name resolution
        message = f"{shown(host)} should be an address of this machine, such as 127.0.0.1: {reason}"
        return click.BadParameter(message, param_hint="'--host'")
    message = f"{host} port {port}: {reason}; choose another, or port 0 for any free one"
    return click.BadParameter(message, param_hint="'--host' / '--port'")


def show(sdrs: FakeSdrs, *, imported: bool = False, notes: Iterable[str] = ()) -> None:
    """Print where the fake listens, what it holds, how to get it again, and a line to try.

    A line to paste or with a path is not broken, however long it is; the others fit the terminal.
    """
    click.echo(f"inspect  {sdrs.url}{PATH}\nURL      {sdrs.url}\nproject  {sdrs.project_id}")
    for note in notes:
        click.echo(f"data     {printable(note)}")
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
