"""The JSON format of a fake's data, for import, export, and a whole fake in a file.

    {"version": 1, "project_id": ..., "behavior": {...}, "auth": "any", "job_duration": 0,
     "job_polls": 0, "quotas": {...}, "cors": [...], "jobs_held": true,
     "projects": [{"project_id": ..., "protection_groups": [...], "failure_jobs": [...], ...}]}

All parts are optional. The lists of a single project may stand beside the other keys, without
`projects`; JSON lines are its failed jobs.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sdrs_fake.auth.auth import check_mode
from sdrs_fake.cors import parse_origins
from sdrs_fake.domain.behavior import Behavior
from sdrs_fake.domain.plans import parse_duration, parse_polls
from sdrs_fake.domain.quotas import check_quotas
from sdrs_fake.errors import ParameterError, check_flag, check_names, shown

VERSION = 1
"""Rises when older releases can no longer read the format."""

RESOURCES = (
    "protection_groups",
    "protected_instances",
    "replications",
    "disaster_recovery_drills",
    "resource_rpo_statistics",
    "deleted_failure_jobs",
    "failure_jobs",
    "jobs",
)
"""In the order of import: a group names its failed jobs, a failed job completes its job."""

GONE = "deleted_protection_groups"
"""The ids of groups that rows name and an import does not add."""

DEFERRED = "deferred_requests"
CREDENTIALS = ("keys", "users")
KINDS = (*RESOURCES, DEFERRED, *CREDENTIALS)
KEYS = (*KINDS, GONE, "counters")
SETTINGS = (
    *("version", "project_id", "behavior", "auth"),
    *("job_duration", "job_polls", "quotas", "cors"),
)
HELD = "jobs_held"

_IGNORED = (*(name for name in SETTINGS if name != "project_id"), HELD, "count")
"""Keys beside the lists of a single project: settings of a fake, the count of an answer."""

Row = Mapping[str, Any]


def settings_of(data: object) -> dict[str, Any]:
    """The arguments of FakeSdrs that stand in the data of a saved fake."""
    content = checked_object("data", data)
    if "scenario" in content:
        reason = "this is a scenario, which --scenario and seed(scenario=...) take"
        raise ParameterError("scenario", f"no such key; {reason}")
    _check_version(content)
    settings = {name: content[name] for name in SETTINGS[1:] if name in content}
    if "behavior" in settings:
        settings["behavior"] = Behavior.parse(settings["behavior"])
    if "auth" in settings:
        check_mode(settings["auth"])
    for name, parse in _PARSERS.items():
        if name in settings:
            settings[name] = parse(settings[name])
    return settings


_PARSERS: Mapping[str, Callable[[object], object]] = {
    "job_duration": parse_duration,
    "job_polls": parse_polls,
    "quotas": check_quotas,
    "cors": parse_origins,
}


def is_held(data: object) -> bool:
    """Whether jobs that start from now on wait."""
    held = checked_object("data", data).get(HELD, False)
    check_flag(HELD, held)
    return bool(held)


def sections(data: object) -> list[tuple[str, Row]]:
    """The data of each project, and its place."""
    content = checked_object("data", data)
    check_names(content, (*SETTINGS, HELD, "projects", "count", *KEYS), "key")
    _check_version(content)
    if "projects" not in content:
        section = {name: value for name, value in content.items() if name not in _IGNORED}
        return [("", section)]
    check_names(content, (*SETTINGS, HELD, "projects"), "key")
    sections = rows_of_kind("", "projects", content)
    return [(f"projects[{number}].", section) for number, section in enumerate(sections)]


def _check_version(content: Row) -> None:
    version = content.get("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ParameterError("version", f"{shown(version)} should be {VERSION}, or left out")
    if version > VERSION:
        raise ParameterError(
            "version", f"{shown(version)} is newer than {VERSION}; read it with a newer sdrs-fake"
        )


def rows_of_kind(place: str, kind: str, section: Row) -> list[Row]:
    rows = section.get(kind, [])
    if not isinstance(rows, list):
        raise ParameterError(f"{place}{kind}", f"{shown(rows)} should be a list of objects")
    return [checked_object(f"{place}{kind}[{number}]", row) for number, row in enumerate(rows)]


def checked_object(place: str, value: object) -> Row:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ParameterError(place, f"{shown(value)} should be an object")
    return value
