"""`sdrs-fake demo`: the list of failed jobs over real HTTP, in every way."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, responses
from typing import Any
from urllib.parse import urlencode

import click

from sdrs_fake import FakeSdrs
from sdrs_fake.cli.tables import table
from sdrs_fake.seeding import SeedSpec

FAILURES, GROUPS = 24, 3
COLUMNS = (
    "begin_time",
    "resource_type",
    "resource_name",
    "failure_status",
    "error_code",
    "fail_reason",
)
PAGE = 4


@dataclass(frozen=True)
class Step:
    """One request of the demo and the status it is to be answered with."""

    title: str
    query: Mapping[str, object] = field(default_factory=dict)
    method: str = "GET"
    credential: str | None = "any-token"
    status: int = 200


@click.command()
@click.option("--seed", metavar="NUMBER", default="0", help="Seed of the data shown.")
def demo(seed: str) -> None:
    """List a fake's failed jobs over HTTP, in every way.

    Prints each request line with its answer, and stops the fake again.
    """
    spec = SeedSpec.parse({"failures": FAILURES, "groups": GROUPS, "seed": seed})
    with FakeSdrs() as sdrs:
        sdrs.seed(**spec.arguments())
        click.echo(
            f"A fake SDRS with {FAILURES} failed jobs listens on {sdrs.url}, project"
            f" {sdrs.project_id}."
        )
        with closing(HTTPConnection(sdrs.url.removeprefix("http://"))) as connection:
            for step in steps(sdrs):
                show(connection, sdrs.project_id, step)
            pages(connection, sdrs)
    click.echo("\nEvery request was answered as documented.")


def steps(sdrs: FakeSdrs) -> Iterator[Step]:
    group = busiest_group(sdrs)
    yield Step("Failures of protection groups themselves")
    yield Step("All failures of one group", {"server_group_id": group})
    yield Step(
        "Of these, what failed on a protected instance",
        {"server_group_id": group, "resource_type": "protected_instances"},
    )
    yield Step("Creations of groups that failed", {"failure_status": "createFail"})
    yield Step("Refused: more than 1000 rows", {"limit": 1001}, status=400)
    yield Step("Refused: a negative offset", {"offset": -1}, status=400)
    yield Step(
        "Refused: a status that does not exist", {"failure_status": "explodeFail"}, status=400
    )
    yield Step("Refused: no credentials", credential=None, status=401)
    yield Step("Refused: a method the list does not have", method="PUT", status=405)


def busiest_group(sdrs: FakeSdrs) -> str:
    groups = [job.server_group_id for job in sdrs.failure_jobs if job.server_group_id]
    return max(sorted(set(groups)), key=groups.count)


def pages(connection: HTTPConnection, sdrs: FakeSdrs) -> None:
    """Walk a group's list to its end, as a program does."""
    group = busiest_group(sdrs)
    offset = 0
    while True:
        title = f"Paged to the end, rows {offset + 1} and on"
        step = Step(title, {"server_group_id": group, "limit": PAGE, "offset": offset})
        rows = show(connection, sdrs.project_id, step)["failure_jobs"]
        if not rows:
            break
        offset += len(rows)


def show(connection: HTTPConnection, project_id: str, step: Step) -> Any:
    """Send one request and print it with its answer."""
    query = f"?{urlencode(step.query)}" if step.query else ""
    target = f"/v1/{project_id}/task-center/failure-jobs{query}"
    connection.request(
        step.method, target, headers={"X-Auth-Token": step.credential} if step.credential else {}
    )
    answer = connection.getresponse()
    content = json.loads(answer.read())
    click.echo(f"\n{click.style(step.title, bold=True)}\n{step.method} {target}")
    if answer.status != step.status:
        raise click.ClickException(f"answered {answer.status}, not {step.status}: {content}")
    click.echo(f"{answer.status} {responses[answer.status]}: {describe(content)}")
    return content


def describe(content: Any) -> str:
    """An answer of the list, or an error, as text."""
    if "failure_jobs" in content:
        rows = [[job[column] for column in COLUMNS] for job in content["failure_jobs"]]
        counted = f"{len(rows)} of {content['count']} failed jobs"
        return f"{counted}\n{table(COLUMNS, rows)}" if rows else counted
    error = content.get("error", content)
    return (
        f"{error.get('code') or error['error_code']} {error.get('message') or error['error_msg']}"
    )
