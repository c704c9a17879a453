"""`sdrs-fake demo`: the list of failed jobs over real HTTP, and what it refuses."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

import click

from sdrs_fake import FakeSdrs
from sdrs_fake.cli.tables import ELLIPSIS, fit, printable, table, terminal_width
from sdrs_fake.seeding import SeedSpec

FAILURES, GROUPS = 24, 3
COLUMNS = (
    "begin_time",
    "resource_type",
    "failure_status",
    "resource_name",
    "error_code",
    "fail_reason",
)
PAGE = 3
ID = re.compile(r"\b([0-9a-f]{8})(?:-?[0-9a-f]{4}){6}\b")
"""A UUID, with or without hyphens."""


@dataclass(frozen=True)
class Step:
    """One request of the demo and the status it is to be answered with.

    A step without a title goes on with what the step before it shows.
    """

    title: str = ""
    query: Mapping[str, object] = field(default_factory=dict)
    method: str = "GET"
    credential: str | None = "any-token"
    status: int = 200


@click.command()
@click.option("--seed", metavar="NUMBER", default="0", help="Seed of the data shown.")
def demo(seed: str) -> None:
    """List a fake's failed jobs over HTTP, page by page, and what the list refuses.

    Prints each request with its answer, and stops the fake again.
    """
    spec = SeedSpec.parse({"failures": FAILURES, "groups": GROUPS, "seed": seed})
    with FakeSdrs() as sdrs:
        sdrs.seed(**spec.arguments())
        _say(f"A fake SDRS with {FAILURES} failed jobs of {GROUPS} groups listens on {sdrs.url}.")
        _say(f"Its list is at {_list_path(sdrs.project_id)}.")
        with closing(HTTPConnection(sdrs.url.removeprefix("http://"))) as connection:
            for step in steps(sdrs):
                show(connection, sdrs.project_id, step)
    click.echo("\nEvery request was answered as documented. To try the same data yourself:")
    click.echo(f"sdrs-fake serve --seed {spec.seed}")


def steps(sdrs: FakeSdrs) -> Iterator[Step]:
    group = busiest_group(sdrs)
    yield Step("Without a group: failures of protection groups themselves", {"limit": PAGE})
    yield Step("One group: everything that failed in it", {"server_group_id": group, "limit": PAGE})
    yield Step(query={"server_group_id": group, "limit": PAGE, "offset": PAGE})
    yield Step("Refused, as by the service:", {"limit": 1001}, status=400)
    yield Step(query={"offset": -1}, status=400)
    yield Step(query={"failure_status": "explodeFail"}, status=400)
    yield Step(credential=None, status=401)
    yield Step(method="PUT", status=405)


def busiest_group(sdrs: FakeSdrs) -> str:
    groups = [job.server_group_id for job in sdrs.failure_jobs if job.server_group_id]
    return max(sorted(set(groups)), key=groups.count)


def show(connection: HTTPConnection, project_id: str, step: Step) -> None:
    """Send one request and print it with its answer."""
    path = _list_path(project_id)
    query = f"?{urlencode(step.query)}" if step.query else ""
    headers = {"X-Auth-Token": step.credential} if step.credential else {}
    connection.request(step.method, path + query, headers=headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    if answer.status != step.status:
        message = f"{step.query} was answered {answer.status}, not {step.status}: {content}"
        raise click.ClickException(message)
    if step.title:
        click.echo(f"\n{click.style(fit(step.title, terminal_width()), bold=True)}")
    without = "" if step.credential else "  (without X-Auth-Token)"
    _say(f"{step.method} {ELLIPSIS}/{path.rpartition('/')[2]}{query}{without}")
    _say(f"-> {answer.status}{describe(content, step.query)}")
    if rows := content.get("failure_jobs"):
        click.echo(_table(rows))


def describe(content: Any, query: Mapping[str, Any]) -> str:
    """What goes on after the status: a page of the list, or an error of service or gateway."""
    if "failure_jobs" in content:
        start = query.get("offset", 0)
        end = start + len(content["failure_jobs"]) - 1
        return f", rows {start} to {end} of {content['count']}"
    error = content.get("error", content)
    code, message = error.get("code"), error.get("message")
    return f" with code {code or error['error_code']}: {message or error['error_msg']}"


def _table(jobs: Sequence[Mapping[str, str]]) -> str:
    rows = list(map(itemgetter(*COLUMNS), jobs))
    return table(COLUMNS, rows, terminal_width())


def _list_path(project_id: str) -> str:
    return f"/v1/{project_id}/task-center/failure-jobs"


def _say(line: str) -> None:
    """Print a line that fits the terminal, with short ids."""
    shown = ID.sub(rf"\1{ELLIPSIS}", printable(line))
    click.echo(fit(shown, terminal_width()))
