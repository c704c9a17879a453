"""What a failed test is told about its fakes. PYTEST_DONT_REWRITE"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sdrs_fake import FakeSdrs
from sdrs_fake.control.entry import Entry, visible
from sdrs_fake.domain.fields import wire_time

if TYPE_CHECKING:
    from sdrs_fake.seeding.datasets import Parameters

LAST = 5
MOST_FAKES = 5
_LONGEST = 300


def told(labelled: Sequence[tuple[str, FakeSdrs]], nodeid: str, settings: Mapping[str, Any]) -> str:
    """The report section: the data, the last requests, what looks odd, and how to see it again."""
    lines = [line for label, fake in labelled[:MOST_FAKES] for line in _fake(label, fake)]
    if more := len(labelled[MOST_FAKES:]):
        lines.append(f"and {more} more {'fake' if more == 1 else 'fakes'}")
    return "\n".join([*lines, _again([fake for _, fake in labelled], nodeid, settings)])


def _fake(label: str, fake: FakeSdrs) -> Iterator[str]:
    yield f"{label}{fake!r}"
    yield from map(_seeded, _datasets(fake))
    for fault in fake.faults:
        yield f"fault {fault}"
    entries = list(fake.journal)
    if not entries:
        yield "no request was made"
        return
    yield f"the last {min(LAST, len(entries))} of {len(entries) + fake.journal.dropped} requests:"
    for entry in entries[-LAST:]:
        yield f"  {entry.curl(fake.listening_at)}"
        yield (
            f"  -> {entry.outcome()}"
            f" {_shortened(entry.reply.body.decode('utf-8', 'replace')) or entry.reply.note}"
        )
    yield from _oddities(fake, entries)


def _seeded(dataset: "Parameters") -> str:
    from sdrs_fake.seeding import StateToken

    part = f", part {dataset.part}" if dataset.part else ""
    what = (
        f"jobs={dataset.jobs}, groups={dataset.groups}"
        if dataset.scenario is None
        else f"scenario={dataset.scenario}"
    )
    return (
        f"seeded with {what}, seed={dataset.seed}, anchor={wire_time(dataset.anchor)}{part},"
        f" state={StateToken.of([dataset])}"
    )


def _shortened(text: str) -> str:
    return visible(text[:_LONGEST]) + ("..." if len(text) > _LONGEST else "")


def _oddities(fake: FakeSdrs, entries: Sequence[Entry]) -> Iterator[str]:
    """What a test that fails for no visible reason may have got wrong."""
    empty = {
        entry.call.arguments["project_id"]
        for entry in entries
        if "project_id" in entry.call.arguments
    } - fake.project_ids
    if empty:
        yield (
            f"project ids asked for that hold no data: {', '.join(sorted(empty))} (the fake's own"
            f" is {fake.project_id})"
        )
    unknown = {name for entry in entries for name in entry.call.unknown}
    if unknown:
        yield f"unknown parameters, which change nothing: {', '.join(sorted(unknown))}"


def _datasets(fake: FakeSdrs) -> "list[Parameters]":
    return [
        dataset
        for project_id in sorted(fake.project_ids)
        for dataset in fake.project(project_id).datasets
    ]


def _again(fakes: Sequence[FakeSdrs], nodeid: str, settings: Mapping[str, Any]) -> str:
    """The command that runs this test with the same data: the defaults of the run, and the time
    that data was made for.
    """
    from sdrs_fake.seeding import StateToken

    said = {name: value for name, value in settings.items() if value is not None}
    datasets = [dataset for fake in fakes for dataset in _datasets(fake)]
    if datasets and "state" in said:
        said["state"] = StateToken.parse(said["state"]).anchored(datasets[0].anchor)
    elif datasets:
        said.setdefault("anchor", wire_time(datasets[0].anchor))
    options = [f"--sdrs-{name}={value}" for name, value in said.items()]
    return f"again with the same data: {shlex.join(['pytest', nodeid, *options])}"
