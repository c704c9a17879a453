"""What wins where several say how a fake is seeded: a marker, the command line, the ini file.
PYTEST_DONT_REWRITE
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdrs_fake.seeding import StateToken

EXCLUDED = {
    "state": ("jobs", "groups", "seed", "anchor", "scenario"),
    "scenario": ("jobs", "groups", "state"),
    "jobs": ("scenario", "state"),
    "groups": ("scenario", "state"),
}
"""What is not meant any more where a nearer level says this."""

WITHIN = ("seed", "anchor")
"""What a nearer level says of a state without saying what there is."""


def over(near: Mapping[str, Any], far: Mapping[str, Any]) -> dict[str, Any]:
    """What is said near, and what is said far where that still fits. ValueError or TypeError where
    a value decides that and is wrong.
    """
    said = {name: value for name, value in near.items() if value is not None}
    excluded = {other for name in said for other in EXCLUDED.get(name, ())}
    left = {name: value for name, value in far.items() if name not in excluded}
    if "state" in said:
        return {**left, **_needed(said, far), **near, "state": _timed(said["state"], far)}
    changes = {name: said[name] for name in WITHIN if name in said}
    if changes and left.get("state") is not None:
        return {
            **left,
            **{name: value for name, value in near.items() if name not in WITHIN},
            "state": _changed(left["state"], changes),
        }
    return {**left, **near}


def unmeant(
    near: Mapping[str, Any], merged: Mapping[str, Any], far: Mapping[str, Any]
) -> frozenset[str]:
    """What of a far state, and of the file of its scenario, does not count, since something nearer
    does.
    """
    if far.get("state") is None or (near.get("state") is None and "state" in merged):
        return frozenset()
    return frozenset(
        {"state"} if merged.get("scenario") is far.get("scenario") else {"state", "scenario"}
    )


def check(said: Mapping[str, Any]) -> None:
    """On one level what says how much there is says it alone; a state may need the file of its
    scenario.
    """
    for whole in ("state", "scenario"):
        for name in EXCLUDED[whole]:
            if (
                said.get(whole) is not None
                and said.get(name) is not None
                and name not in {"scenario", "state"}
            ):
                raise ValueError(
                    f"{name}: {said[name]!r} should not be given with {whole}, which says it"
                    " already"
                )


def _needed(said: Mapping[str, Any], far: Mapping[str, Any]) -> dict[str, Any]:
    """The far scenario, where it is one of a user's own that the near state needs."""
    if said.get("scenario") is not None or far.get("scenario") is None:
        return {}
    from sdrs_fake.seeding import StateToken, library

    named = {
        (part.scenario, part.digest)
        for part in StateToken.parse(said["state"]).parts
        if part.scenario
    }
    strange = {name for name, _ in named} - set(library.names())
    try:
        told = library.find(far["scenario"])
        needed = told.name in strange or (told.name, told.digest) in named
    except (ValueError, OSError):  # which is said where it is read, if it is needed
        needed = bool(strange)
    return {"scenario": far["scenario"]} if needed else {}


def _timed(state: Any, far: Mapping[str, Any]) -> Any:
    """The state, where it says no anchor made for the far one."""
    from conftest_plugin.values import moment
    from sdrs_fake.seeding import StateToken

    anchor = moment("anchor", far.get("anchor"))
    return state if anchor is None else StateToken.parse(state).anchored(anchor)


def _changed(state: Any, changes: Mapping[str, Any]) -> "StateToken":
    """The state of another seed, or made for another time."""
    from conftest_plugin.values import moment, number
    from sdrs_fake.seeding import StateToken

    token = StateToken.parse(state)
    read = {"seed": number, "anchor": moment}
    try:
        return token.changed(**{name: read[name](name, value) for name, value in changes.items()})
    except ValueError as error:  # not the token is wrong
        raise ValueError(str(error).removeprefix("state: ")) from None
