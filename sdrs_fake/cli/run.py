"""`sdrs-fake run`: a command against a fake, and what it asked for."""

import os
from collections import Counter, defaultdict
from contextlib import suppress
from http import HTTPStatus
from threading import Lock

import click

from sdrs_fake import FakeSdrs
from sdrs_fake.cli.child_process import run_command
from sdrs_fake.cli.fake_settings import FakeSettings, fake_options
from sdrs_fake.cli.options import option
from sdrs_fake.cli.tables import fit, printable, table, terminal_width
from sdrs_fake.errors import shown
from sdrs_fake.journal.recorded_request import RecordedRequest
from sdrs_fake.messages import Response
from sdrs_fake.transports.environment import PREFIXES

NOT_FOUND, NOT_STARTED = 127, 126
"""What a shell's status is for a command that is not there, or cannot be run."""


class RequestCounts:
    """How often each operation was asked for and refused, in the order of the first requests."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: Counter[str] = Counter()
        self._refusals: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def count(self, record: RecordedRequest) -> None:
        """Count a request; the server's threads call this."""
        is_unknown_path = record.response.status == HTTPStatus.NOT_FOUND
        unknown = "(no such path)" if is_unknown_path else "(no such operation)"
        operation = record.request.operation or unknown
        with self._lock:
            self._requests[operation] += 1
            if record.response.status >= HTTPStatus.BAD_REQUEST:
                self._refusals[operation][_refusal(record.response)] += 1

    def __str__(self) -> str:
        if not self._requests:
            return fit("sdrs-fake: the command sent no request to the fake", terminal_width())
        rows = []
        for operation, number in self._requests.items():
            refusals = self._refusals[operation].most_common()
            refused = ", ".join(f"{often} x {refusal}" for refusal, often in refusals)
            rows.append([operation, f"{number:,}", refused])
        return table(["operation", "requests", "refused"], rows, terminal_width())


@click.command(context_settings={"allow_interspersed_args": False})
@fake_options(is_seeded_by_default=False)
@click.option("--region", default="cn-north-4", help="The region that the variables name.")
@click.option("--quiet", is_flag=True, help="Do not print what the command asked for.")
@click.argument("command", nargs=-1, required=True, metavar="[--] COMMAND [ARGUMENTS]...")
def run(*, settings: FakeSettings, region: str, quiet: bool, command: tuple[str, ...]) -> int:
    """Run a command whose environment points it at a fake.

    The fake is empty unless --failures, --groups, --scenario or --import fills it. The variables
    are those of Huawei Cloud's SDK, OpenStack's clients and Terraform's provider; your own
    ones of these are hidden. The exit status is that of the command. At the end a table on
    standard error shows what the command asked for.
    """
    counts = RequestCounts()
    with settings.make_fake() as sdrs:
        for note in settings.notes():
            with suppress(OSError):  # nobody reads it
                click.echo(f"sdrs-fake: {printable(note)}", err=True)
        sdrs.journal.observe(counts.count)
        with option("region"):
            variables = sdrs.environment(region)
        outside = {name: os.environ[name] for name in os.environ if not name.startswith(PREFIXES)}
        try:
            status = run_command(command, {**outside, **variables})
        except OSError as error:
            return _report(command[0], error)
        settings.export(sdrs)
        _close(sdrs)
    if not quiet:
        with suppress(OSError):  # nobody reads it
            click.echo(f"\n{counts}", err=True)
    return status


def _report(name: str, error: OSError) -> int:
    """Say why a command did not start; return the exit status that a shell has for that."""
    is_missing = isinstance(error, FileNotFoundError)
    hint = "; is it installed, and on the PATH?" if is_missing else ""
    click.echo(f"sdrs-fake: {shown(name)} did not start: {error.strerror}{hint}", err=True)
    return NOT_FOUND if is_missing else NOT_STARTED


def _close(sdrs: FakeSdrs) -> None:
    """Close the fake. Its bugs have been printed, and do not change the status of the command."""
    try:
        sdrs.close()
    except Exception as error:  # noqa: BLE001 whatever the fake raised while it answered
        with suppress(OSError):  # nobody reads it
            name = type(error).__name__
            click.echo(f"sdrs-fake: the fake failed while it answered: {name}", err=True)


def _refusal(response: Response) -> str:
    """The status of an error, and its code where that says more."""
    status, code = str(response.status), response.error_code
    return f"{status} {code}" if code not in {"", status} else status
