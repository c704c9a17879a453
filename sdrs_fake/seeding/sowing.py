"""Datasets into a project: the next part of one, of a scenario, or all that a state token names.

What scenarios need is loaded with the first of them.
"""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from sdrs_fake.captured import Given
from sdrs_fake.domain.fields import instant
from sdrs_fake.domain.project import Project
from sdrs_fake.seeding.datasets import Dataset, dataset
from sdrs_fake.seeding.tokens import StateToken, TokenPart

if TYPE_CHECKING:
    from sdrs_fake.seeding.library import Scenario


def sow(project: Project, jobs: int, groups: int, seed: int, anchor: dt.datetime | str) -> Dataset:
    """Add the next part of a dataset."""
    return _sown(project, lambda part: dataset(jobs, groups, seed, anchor=anchor, part=part))


def sow_scenario(project: Project, given: "Given | Scenario", seed: int, anchor: dt.datetime | str) -> Dataset:
    """Add the next part of a scenario."""
    from sdrs_fake.seeding.library import find
    from sdrs_fake.seeding.staging import staged

    told = find(given)
    _check_free(project, told)
    return _sown(project, lambda part: staged(told, seed, anchor=anchor, part=part))


def sow_state(project: Project, token: StateToken | str, anchor: dt.datetime | str, given: "Given | Scenario | None") -> list[Dataset]:
    """Add all that a token names, each as the very part it was; without an anchor of its own at this one."""
    made = made_of(token, anchor, given)
    for data in made:
        taken = next((job.job_id for job in data.jobs if project.failed(job.job_id) or job.job_id in project.jobs), None)
        taken = taken or next((group.id for group in data.groups if group.id in project.server_groups), None)
        if taken:
            raise ValueError(f"state: {taken!r} is in the project already; what a token names goes into a project that has none of it")
        project.add_part(data.parameters, data.groups, data.jobs)
    return made


def made_of(token: StateToken | str, anchor: dt.datetime | str, given: "Given | Scenario | None" = None) -> list[Dataset]:
    """The datasets that a token names; `given` is the scenario of a user's own that it needs."""
    from sdrs_fake.seeding.library import find

    token = StateToken.parse(token)
    own = None if given is None else find(given)
    if own and own.name not in {part.scenario for part in token.parts}:
        raise ValueError(f"scenario: {own.name!r} should not be given, since the state {str(token)!r:.120} does not name it")
    return [_made(part, anchor, own) for part in token.parts]


def planned(*, jobs: int, groups: int, seed: int, anchor: dt.datetime | str | None, scenario: "Given | Scenario | None") -> StateToken:
    """The token of what is going to be seeded into an empty project."""
    anchor = None if anchor is None else instant(anchor)
    if scenario is None:
        return StateToken((TokenPart(seed, jobs, groups, anchor=anchor),))
    from sdrs_fake.seeding.library import find

    told = find(scenario)
    return StateToken((TokenPart(seed, scenario=told.name, digest=told.digest, anchor=anchor),))


def _sown(project: Project, make: Callable[[int], Dataset]) -> Dataset:
    part = max((known.part for known in project.parts), default=-1) + 1
    made = make(part)
    while any(job.job_id in project.failure_jobs for job in made.jobs):  # such as those of a dataset that was loaded
        part += 1
        made = make(part)
    project.add_part(made.parameters, made.groups, made.jobs)
    return made


def _check_free(project: Project, told: "Scenario") -> None:
    """What a scenario gives as it is can be in a project once."""
    ids = [job.job_id for job in told.failure_jobs if job.job_id in project.failure_jobs or job.job_id in project.jobs]
    ids += [group_id for group_id in told.group_ids if group_id in project.server_groups]
    if ids:
        raise ValueError(f"scenario: {told.name} gives {ids[0]!r} as it is, and the project has that already; seed a project with it once")


def _made(part: TokenPart, anchor: dt.datetime | str, own: "Scenario | None") -> Dataset:
    from sdrs_fake.seeding.staging import staged

    moment = part.anchor or anchor
    try:
        if part.scenario is None:
            return dataset(part.jobs or 0, part.groups or 0, part.seed, anchor=moment, part=part.part)
        return staged(_told(part, own), part.seed, anchor=moment, part=part.part)
    except ValueError as error:
        raise ValueError(f"state: {error}") from None


def _told(part: TokenPart, own: "Scenario | None") -> "Scenario":
    """The scenario of a token, with the very content that it had."""
    from sdrs_fake.seeding.library import find, names

    if own and own.name == part.scenario:
        if own.digest != part.digest:
            raise ValueError(
                f"{own.name} was another when the token was made: its content was {part.digest}, that of the given one is {own.digest}"
            )
        return own
    if part.scenario not in names():
        raise ValueError(
            f"{part.scenario!r} is no scenario of this package; give its file too, the one with content {part.digest}: "
            "scenario=FILE, on command lines --scenario FILE, in pytest --sdrs-scenario=FILE"
        )
    told = find(part.scenario)
    if told.digest != part.digest:
        raise ValueError(
            f"{part.scenario} was another when the token was made: its content was {part.digest}, that of this package's is {told.digest}; "
            "install the release that made the token, or give its file, if it was one of your own"
        )
    return told
