"""What wins where several say how a fake is seeded: a marker, the command line, the ini file. PYTEST_DONT_REWRITE"""

from collections.abc import Mapping
from typing import Any

EXCLUDED = {
    "state": ("jobs", "groups", "seed", "anchor", "scenario"),
    "scenario": ("jobs", "groups", "state"),
    "jobs": ("scenario", "state"),
    "groups": ("scenario", "state"),
    "seed": ("state",),
    "anchor": ("state",),
}
"""What is not meant any more where a nearer level says this."""


def over(near: Mapping[str, Any], far: Mapping[str, Any]) -> dict[str, Any]:
    """What is said near, and what is said far where that still fits."""
    excluded = {other for name, value in near.items() if value is not None for other in EXCLUDED.get(name, ())}
    return {**{name: value for name, value in far.items() if name not in excluded}, **near}


def check(said: Mapping[str, Any]) -> None:
    """On one level what says how much there is says it alone; a state may need the file of its scenario."""
    for whole in ("state", "scenario"):
        for name in EXCLUDED[whole]:
            if said.get(whole) is not None and said.get(name) is not None and name not in {"scenario", "state"}:
                raise ValueError(f"{name}: {said[name]!r} should not be given with {whole}, which says it already")
