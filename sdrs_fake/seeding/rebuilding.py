"""The data that a state token names, made again: the very same, or none."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sdrs_fake.captured import Given
from sdrs_fake.seeding.datasets import Dataset, dataset
from sdrs_fake.seeding.tokens import StateToken, TokenPart

if TYPE_CHECKING:
    from sdrs_fake.seeding.library import Scenario


class NeedsScenarioError(ValueError):
    """A token names a scenario of a user's own that was not given; `needed` says so, but not how
    one is given.
    """

    def __init__(self, part: TokenPart) -> None:
        self.needed = (
            f"state: {part.scenario!r} is no scenario of this package; give it too, the one with"
            f" content {part.digest}"
        )
        super().__init__(
            f"{self.needed}: scenario=FILE, on command lines --scenario FILE, in pytest"
            " --sdrs-scenario=FILE"
        )


def made_of(
    token: StateToken | str, anchor: dt.datetime | str, given: "Given | Scenario | None" = None
) -> list[Dataset]:
    """The datasets that a token names; `given` is the scenario of a user's own that it needs."""
    token = StateToken.parse(token)
    own = None if given is None else _needed(token, given)
    made = [_made(part, anchor, own) for part in token.parts]
    _check_apart(made)
    return made


def _needed(token: StateToken, given: "Given | Scenario") -> "Scenario":
    """The scenario that was given, if it is one that the token names."""
    from sdrs_fake.seeding.library import find

    own = find(given)
    digests = [part.digest for part in token.parts if part.scenario == own.name]
    if not digests:
        raise ValueError(
            f"scenario: {own.name!r} should not be given, since the state {str(token)!r:.120} does"
            " not name it"
        )
    if own.digest not in digests:
        raise ValueError(
            f"state: {own.name} was another when the token was made: its content was"
            f" {' or '.join(dict.fromkeys(digests))}, that of the given one is {own.digest}"
        )
    return own


def _made(part: TokenPart, anchor: dt.datetime | str, own: "Scenario | None") -> Dataset:
    moment = part.anchor or anchor
    told = None if part.scenario is None else _told(part, own)
    try:
        if told is None:
            return dataset(
                part.jobs or 0, part.groups or 0, part.seed, anchor=moment, part=part.part
            )
        from sdrs_fake.seeding.staging import staged

        return staged(told, part.seed, anchor=moment, part=part.part)
    except ValueError as error:
        raise ValueError(f"state: {error}") from None


def _told(part: TokenPart, own: "Scenario | None") -> "Scenario":
    """The scenario of a token, with the very content that it had: the given one, or one of the
    package.
    """
    from sdrs_fake.seeding.library import find, names

    if own and (own.name, own.digest) == (part.scenario, part.digest):
        return own
    if part.scenario not in names():
        raise NeedsScenarioError(part)
    told = find(part.scenario)
    if told.digest != part.digest:
        raise ValueError(
            f"state: {part.scenario} was another when the token was made: its content was"
            f" {part.digest}, that of this package's is {told.digest}; install the release that"
            " made the token, or give its file, if it was one of your own"
        )
    return told


def _check_apart(made: Iterable[Dataset]) -> None:
    """An id that is in two datasets could not be in a project twice."""
    seen: set[str] = set()
    for data in made:
        ids = {job.job_id for job in data.jobs} | {group.id for group in data.groups}
        if clash := min(seen & ids, default=None):
            raise ValueError(
                f"state: {clash!r} is in two datasets of the token; what is made of one seed twice"
                " should be two parts, as by .p1"
            )
        seen |= ids
