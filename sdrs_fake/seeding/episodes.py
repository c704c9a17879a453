"""Episodes: the short stories that a history consists of, as tables of steps.

An episode begins and ends with its resource as it usually is: absent, or in a stable status with
the source as its production site. The newest of a resource can end earlier, after its failure.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sdrs_fake.domain.failure_jobs import FailureStatus, ResourceType
from sdrs_fake.domain.job_types import JobType
from sdrs_fake.domain.transitions import REMOVED, TRANSITIONS, Transition
from sdrs_fake.seeding.failure_catalog import WAYS, Pair, pair_of

Ways = Sequence[JobType]

USUAL, GONE = "usual", "gone"
"""The status of a resource that follows its group; and that of one that was deleted."""

OF_ATTACHMENTS = {"attaching", "detaching"}
"""The statuses of a pair while an operation runs that is about an instance too."""

_GROUPS, _INSTANCES = ResourceType.SERVER_GROUPS, ResourceType.PROTECTED_INSTANCES
_PAIRS, _DRILLS = ResourceType.REPLICATIONS, ResourceType.DISASTER_RECOVERY_DRILLS
_FAIL = FailureStatus

# The words of the tables: operations by the status of a resource while they run.
_VERBS = {
    "creating": "create",
    "deleting": "delete",
    "starting": "start",
    "reprotecting": "reprotect",
    "stopping": "stop",
    "reversing": "reverse",
    "failing-over": "failover",
    "resizing": "resize",
    "attaching": "attach",
    "detaching": "detach",
    "extending": "expand",
}
_ROWS = {
    (row.resource_type, _VERBS[row.running]): row
    for row in TRANSITIONS
    if row.running in _VERBS and not row.operation.startswith("Batch")
}

# What failed has a `!`. Of each list the first episode has one failure.
_OF_MEMBERS = {
    (_GROUPS, _FAIL.CREATE_FAIL): ("create! delete", "create! delete! delete"),
    (_GROUPS, _FAIL.DELETE_FAIL): ("create delete! delete",),
    (_INSTANCES, _FAIL.CREATE_FAIL): ("create! delete", "create! delete! delete"),
    (_INSTANCES, _FAIL.DELETE_FAIL): ("create delete! delete",),
    (_INSTANCES, _FAIL.RESIZE_FAIL): ("resize! resize", "resize! resize", "create resize! delete"),
    (_PAIRS, _FAIL.CREATE_FAIL): ("create! delete", "create! delete! delete"),
    (_PAIRS, _FAIL.DELETE_FAIL): ("create delete! delete",),
    (_PAIRS, _FAIL.ATTACH_FAIL): (
        *["detach attach! detach attach"] * 2,
        "create attach! detach delete",
    ),
    (_PAIRS, _FAIL.DETACH_FAIL): (
        *["detach! detach attach"] * 2,
        "create attach detach! detach delete",
    ),
    (_PAIRS, _FAIL.EXPAND_FAIL): (*["expand! expand"] * 2, "create expand! expand delete"),
    (_DRILLS, _FAIL.CREATE_FAIL): ("create! delete", "create! delete! delete"),
    (_DRILLS, _FAIL.DELETE_FAIL): ("create delete! delete",),
}
_OF_PROTECTED_GROUPS = {
    (_GROUPS, _FAIL.START_FAIL): ("stop start! start",),
    (_GROUPS, _FAIL.STOP_FAIL): ("stop! stop start",),
    (_GROUPS, _FAIL.REVERSE_FAIL): (
        "reverse! reverse reverse",
        "reverse! failover reprotect reverse",
    ),
    (_GROUPS, _FAIL.FAILOVER_FAIL): ("failover! failover reprotect reverse",),
    (_GROUPS, _FAIL.REPROTECT_FAIL): ("failover reprotect! reprotect reverse",),
}
_OF_AVAILABLE_GROUPS = {
    (_GROUPS, _FAIL.START_FAIL): ("start! start stop",),
    (_GROUPS, _FAIL.STOP_FAIL): ("start stop! stop",),
    **{
        pair: tuple(f"start {each} stop" for each in _OF_PROTECTED_GROUPS[pair])
        for pair in list(_OF_PROTECTED_GROUPS)[2:]
    },
}


class Outcome(NamedTuple):
    """What a step leaves: the status of its resource, and whether a pair is attached."""

    status: str
    attached: bool


class Episode(NamedTuple):
    """Steps that succeed, steps that fail, and steps that succeed again.

    `ways` are those to fail of each step that does, from the last one on.
    `outcomes` are those of its last failure and of each step that follows; `flips` says of each of
    them whether the production site is another then than before the episode. `makes` is true
    where its resource begins with it, `attaches` where it attaches or detaches a pair, and
    `can_repeat` where what failed last can be tried again.
    """

    pair: Pair
    kind: ResourceType
    lead: tuple[Transition, ...]
    ways: tuple[Ways, ...]
    trail: tuple[Transition, ...]
    outcomes: tuple[Outcome, ...]
    flips: tuple[bool, ...]
    makes: bool
    attaches: bool
    can_repeat: bool

    @property
    def makes_group(self) -> bool:
        """Whether it is about a group of its own, which it deletes again."""
        return self.makes and self.kind is _GROUPS


def _episode(pair: Pair, text: str) -> Episode:
    steps = [_step(pair, word) for word in text.split()]
    failed = [place for place, step in enumerate(steps) if step[1]]
    first, last = failed[0], failed[-1]
    rows = [row for row, _ in steps]
    row = rows[last]
    return Episode(
        pair=pair,
        kind=row.resource_type,
        lead=tuple(rows[:first]),
        ways=tuple(WAYS[pair_of(each)] for each in reversed(rows[first : last + 1])),
        trail=tuple(rows[last + 1 :]),
        outcomes=tuple(_outcomes(steps))[last:],
        flips=tuple(_flips(steps))[last:],
        makes=rows[0].allowed is None,
        attaches=any(each.running in OF_ATTACHMENTS for each in rows),
        can_repeat=row.allowed is not None and row.error in row.allowed,
    )


def _step(pair: Pair, word: str) -> tuple[Transition, bool]:
    """A transition, and whether it failed."""
    return _ROWS[ResourceType(pair[0]), word.rstrip("!")], word.endswith("!")


def _outcomes(steps: Sequence[tuple[Transition, bool]]) -> Iterator[Outcome]:
    attached = steps[0][0].allowed is not None
    for row, failed in steps:
        if row.running == "attaching":  # after a failed one the pair shows the attachment too
            attached = True
        elif row.running == "detaching" and not failed:
            attached = False
        yield Outcome(row.error or USUAL if failed else _after_success(row), attached)


def _flips(steps: Sequence[tuple[Transition, bool]]) -> Iterator[bool]:
    flipped = False
    for row, failed in steps:
        flipped ^= row.running in {"reversing", "failing-over"} and not failed
        yield flipped


def _after_success(row: Transition) -> str:
    if row.success == REMOVED:
        return GONE
    return row.success if row.resource_type is _GROUPS else USUAL


def _compiled(*tables: dict[tuple[ResourceType, FailureStatus], tuple[str, ...]]) -> "Episodes":
    return {
        (str(kind), str(status)): tuple(_episode((str(kind), str(status)), each) for each in texts)
        for table in tables
        for (kind, status), texts in table.items()
    }


Episodes = dict[Pair, tuple[Episode, ...]]

EPISODES: dict[str, Episodes] = {
    "protected": _compiled(_OF_MEMBERS, _OF_PROTECTED_GROUPS),
    "available": _compiled(_OF_MEMBERS, _OF_AVAILABLE_GROUPS),
}
"""The episodes of each documented failure, by the usual status of the group."""
