"""Datasets into a project: the next part of one, of a scenario, or all that a state token names.

What scenarios need is loaded with the first of them.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from sdrs_fake.captured import Given
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.fields import instant
from sdrs_fake.domain.project import Project
from sdrs_fake.seeding.datasets import MOST_PARTS, Dataset, dataset
from sdrs_fake.seeding.rebuilding import made_of
from sdrs_fake.seeding.tokens import StateToken, TokenPart

if TYPE_CHECKING:
    from sdrs_fake.seeding.library import Scenario


def sow(project: Project, jobs: int, groups: int, seed: int, anchor: dt.datetime | str) -> Dataset:
    """Add the next part of a dataset."""
    return _sown(project, lambda part: dataset(jobs, groups, seed, anchor=anchor, part=part))


def sow_scenario(
    project: Project, given: "Given | Scenario", seed: int, anchor: dt.datetime | str
) -> Dataset:
    """Add the next part of a scenario."""
    from sdrs_fake.seeding.library import find
    from sdrs_fake.seeding.staging import staged

    told = find(given)
    _check_free(project, told)
    return _sown(project, lambda part: staged(told, seed, anchor=anchor, part=part))


def sow_state(
    project: Project,
    token: StateToken | str,
    anchor: dt.datetime | str,
    given: "Given | Scenario | None",
) -> list[Dataset]:
    """Add all that a token names, each as the very part it was; without an anchor of its own at
    this one.
    """
    made = made_of(token, anchor, given)
    for data in made:
        if taken := _taken(project, data.jobs, _ids(data)):
            raise ValueError(
                f"state: {taken!r} is in the project already; what a token names goes into a"
                " project that has none of it"
            )
        project.add_part(data.parameters, data.groups, data.jobs)
    return made


def planned(
    *,
    jobs: int,
    groups: int,
    seed: int,
    anchor: dt.datetime | str | None,
    scenario: "Given | Scenario | None",
) -> StateToken:
    """The token of what is going to be seeded into an empty project."""
    anchor = None if anchor is None else instant(anchor)
    if scenario is None:
        return StateToken((TokenPart(seed, jobs, groups, anchor=anchor),))
    from sdrs_fake.seeding.library import find

    told = find(scenario)
    return StateToken((TokenPart(seed, scenario=told.name, digest=told.digest, anchor=anchor),))


def _sown(project: Project, make: Callable[[int], Dataset]) -> Dataset:
    """Add the first part that is not there yet, nor anything of it, such as of a dataset that was
    loaded.
    """
    for part in _free_parts(project):
        made = make(part)
        if not _taken(project, made.jobs, _ids(made)):
            project.add_part(made.parameters, made.groups, made.jobs)
            return made
    raise ValueError(
        f"seed: the project has something of all {MOST_PARTS:,} parts; it should be reset, or"
        " another be seeded"
    )


def _free_parts(project: Project) -> Iterator[int]:
    """Those after the last one; then those before it, since a token may have begun with the very
    last.
    """
    known = {known.part for known in project.parts}
    after = max(known, default=-1) + 1
    return (part for part in chain(range(after, MOST_PARTS), range(after)) if part not in known)


def _taken(project: Project, jobs: Iterable[FailureJob], group_ids: Iterable[str]) -> str | None:
    """The first of these ids that the project knows, be it of a failed job that was deleted."""
    for job in jobs:
        if project.failed(job.job_id) or job.job_id in project.jobs:
            return job.job_id
    return next((group_id for group_id in group_ids if group_id in project.server_groups), None)


def _ids(data: Dataset) -> list[str]:
    return [group.id for group in data.groups]


def _check_free(project: Project, told: "Scenario") -> None:
    """What a scenario gives as it is can be in a project once."""
    if taken := _taken(project, told.failure_jobs, told.group_ids):
        raise ValueError(
            f"scenario: {told.name} gives {taken!r} as it is, and the project has that already;"
            " seed a project with it once"
        )
