"""Bars of tags: what finds 10,000 instances by the 5 tags that each has, and the tags of all."""

import gc
import json
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.measure import Bar, microseconds
from sdrs_fake import FakeSdrs
from sdrs_fake.domain.instances import ProtectedInstance, Tag
from sdrs_fake.domain.times import EPOCH
from sdrs_fake.transports.wsgi_call import build_environ, call_app

COUNT = 10_000
KEYS = {"stage": 3, "team": 30, "service": 300, "rack": 3_000, "owner": COUNT}
"""The keys, and how many values each has."""

_ANY = [{"key": key, "values": []} for key in KEYS]
_CONTAINED = [{"key": key, "values": [f"*{digit}" for digit in range(10)]} for key in KEYS]
_LISTS = ("tags", "tags_any", "not_tags", "not_tags_any")

QUERIES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "one value": {"tags": [{"key": "team", "values": ["team-7"]}]},
    "any value of each key": {"tags": _ANY},
    "ten parts of values of each key": {"tags": _CONTAINED},
    "the same in all four lists": dict.fromkeys(_LISTS, _CONTAINED),
    "without values that contain a part": {"not_tags_any": [{"key": "owner", "values": ["*99"]}]},
    "part of a name": {"matches": [{"key": "resource_name", "value": "INSTANCE-1"}]},
}


def tags(rounds: int) -> Iterator[Bar]:
    """The least time of each query: the work is the same each time, and the rest is others'."""
    with FakeSdrs() as sdrs:
        _fill(sdrs)
        gc.collect()
        seen = {
            name: _least_after_a_write(sdrs, _find(sdrs, query), rounds)
            for name, query in QUERIES.items()
        }
        all_tags = _least_after_a_write(sdrs, _call(sdrs, "GET", "tags"), rounds)
    slowest = max(seen, key=seen.__getitem__)
    name = f"the first query by tags of {COUNT:,} instances after a write"
    yield Bar(name, seen[slowest] / 1000, 20, " ms", f"the slowest of {len(seen)}: {slowest}")
    yield Bar(
        "the tags of all these after a write", all_tags / 1000, 20, " ms", "5 tags an instance"
    )


def _least_after_a_write(sdrs: FakeSdrs, work: Callable[[], object], rounds: int) -> float:
    write = _call(sdrs, "POST", "i0/tags", {"tag": {"key": "new", "value": ""}})
    delete = _call(sdrs, "DELETE", "i0/tags/new")
    seen = []
    for _ in range(3 * rounds):
        for change in (write, delete):
            change()
            seen.append(microseconds(work, 1))
    return min(seen)


def _fill(sdrs: FakeSdrs) -> None:
    project = sdrs._backend.find(sdrs.project_id)  # noqa: SLF001 to leave out what is around it
    project.protected_instances.put([_instance(number) for number in range(COUNT)])
    sdrs._backend.put(project)  # noqa: SLF001


def _instance(number: int) -> ProtectedInstance:
    return ProtectedInstance(
        id=f"i{number}",
        name=f"Protected-Instance-{number}",
        server_group_id="g",
        source_server=f"s{number}",
        target_server=f"t{number}",
        created_at=EPOCH.replace(second=number // 1000 % 60, microsecond=number % 1000 * 1000),
        updated_at=EPOCH,
        tags=tuple(Tag(key, f"{key}-{number % many}") for key, many in KEYS.items()),
    )


def _find(sdrs: FakeSdrs, query: dict[str, Any]) -> Callable[[], object]:
    return _call(sdrs, "POST", "resource_instances/action", {"action": "filter", **query})


def _call(sdrs: FakeSdrs, method: str, path: str, content: object = None) -> Callable[[], object]:
    body = b"" if content is None else json.dumps(content).encode()
    headers = [("Host", "127.0.0.1"), ("X-Auth-Token", "token"), ("Content-Length", str(len(body)))]
    target = f"/v1/{sdrs.project_id}/protected-instances/{path}"

    def call() -> None:
        status, _, answer = call_app(sdrs.wsgi, build_environ(method, target, headers, body))
        assert status.startswith("20"), answer

    return call
