"""Bars of the service that runs: lists beside others, jobs, forks, and large groups."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.measure import Bar, side_by_side
from sdrs_fake import FakeSdrs
from sdrs_fake.domain.groups import DOMAIN, ZONES
from sdrs_fake.domain.instances import InstanceStatus, ProtectedInstance
from sdrs_fake.domain.jobs import running_job
from sdrs_fake.domain.pairs import PairStatus, ReplicationPair
from sdrs_fake.domain.plans import Plan
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.running_jobs import settle
from sdrs_fake.domain.transaction import Transaction
from sdrs_fake.transports.wsgi_call import build_environ, call_app

BEGUN = dt.datetime(2019, 1, 1, tzinfo=dt.UTC)
TASKS = "task-center/failure-jobs"
MEMBERS = ("protected-instances", "replications")


def lists(rounds: int) -> Iterator[Bar]:
    """Pages of a project that holds many resources of each kind."""
    with FakeSdrs() as sdrs, FakeSdrs() as alone:
        group_id = _fill(sdrs)
        alone.seed(failures=100_000, groups=1)
        query = f"?server_group_id={group_id}&limit="
        works = {kind + limit: _get(sdrs, kind + query + limit) for kind, limit in _pages()}
        other = f"{TASKS}?server_group_id={alone.protection_groups[0].id}&limit=1000"
        works["alone"] = _get(alone, other)
        works["last"] = _get(sdrs, f"{TASKS}{query}1000&offset=99000")
        seen = dict(zip(works, side_by_side(*works.values(), calls=50, rounds=rounds), strict=True))
    tasks, last, floor = seen[f"{TASKS}1000"], seen["last"], seen["alone"]
    detail = f"{tasks:.0f} us / {floor:.0f} us"
    name = "page of 1000 of 100,000 failed tasks beside 30,000 resources / without"
    yield Bar(name, tasks / floor, 1.2, "x", detail)
    detail = f"{last:.0f} us / {tasks:.0f} us"
    yield Bar("last page of these / first page", last / tasks, 1.2, "x", detail)
    for kind, limit in _pages():
        it, tasks = seen[kind + limit], seen[TASKS + limit]
        if kind != TASKS:
            detail = f"{it:.0f} us / {tasks:.0f} us"
            yield Bar(f"page of {limit} {kind} / of failed tasks", it / tasks, 1.2, "x", detail)


def jobs(rounds: int) -> Iterator[Bar]:
    """Each kind of asynchronous operation, with its job, which is over when it is asked for."""
    with FakeSdrs() as sdrs:
        for _ in range(10):
            sdrs.add_failure_job()
        query = f"{TASKS}?server_group_id={sdrs.protection_groups[0].id}&limit=50"
        group_id = sdrs.add_protection_group().id
        sdrs.add_replication_pair(server_group_id=group_id)
        works = {
            "a group made and deleted": _made(
                sdrs, "server-groups", lambda _: _NEW_GROUP, "server_group_id"
            ),
            "an instance made and deleted": _made(
                sdrs,
                "protected-instances",
                lambda number: _new_instance(group_id, number),
                "protected_instance_id",
            ),
            "a group started and stopped": _actions(
                sdrs, group_id, "start-server-group", "stop-server-group"
            ),
        }

        # All build their environ, as the operations do.
        def page() -> object:
            return call_app(sdrs.wsgi, _environ(sdrs, "GET", query))

        floor, *seen = side_by_side(page, *works.values(), calls=20, rounds=rounds)
    for name, us in zip(works, seen, strict=True):
        detail = f"for each of the two; {us / 2:.0f} us / {floor:.0f} us"
        yield Bar(f"{name}, with the jobs / list calls", us / 2 / floor, 6, "x", detail)


def failing_jobs(rounds: int) -> Iterator[Bar]:
    """An operation whose job fails on purpose, with the job and its row, beside one without."""
    with FakeSdrs() as plain, FakeSdrs() as failing:
        failing.faults.fail_job("ExpandReplication", code="EVS.2024", times=None)
        works = [_expansion(plain, "SUCCESS"), _expansion(failing, "FAIL")]
        floor, seen = side_by_side(*works, calls=50, rounds=rounds)
    detail = f"with the job and its row; {seen:.0f} us / {floor:.0f} us"
    yield Bar("an operation with an armed fail_job / without", seen / floor, 1.2, "x", detail)


def pending(rounds: int) -> Iterator[Bar]:
    """What jobs cost that are not over, and a fork of all there is."""
    with FakeSdrs() as sdrs, FakeSdrs() as empty:
        empty.add_protection_group()
        group_id = _fill(sdrs)
        _get(sdrs, f"{TASKS}?server_group_id={group_id}")()
        many, none = _project(sdrs), _project(empty)
        now = many.now()
        no, yes = side_by_side(
            lambda: settle(none, now), lambda: settle(many, now), calls=2000, rounds=rounds
        )
        (fork,) = side_by_side(sdrs.fork, calls=20, rounds=rounds)
    yield Bar("settle with nothing pending", no, 1, " us", "a list request takes about 70")
    yield Bar("settle with 10,000 jobs pending, none due", yes, 5, " us", "looks at the first")
    yield Bar("a fork of all this", fork / 1000, 1, " ms", "100,000 failed jobs, 30,000 resources")


def large_group(rounds: int) -> Iterator[Bar]:
    with FakeSdrs() as sdrs:
        group_id = sdrs.add_protection_group().id
        _add_members(_project(sdrs), group_id, 1000, 2000)
        names = ("start-server-group", "stop-server-group")

        def act() -> None:
            for name in names:
                _ask(sdrs, "POST", f"server-groups/{group_id}/action", {name: {}})
                _project(sdrs)  # to look at it ends the job

        (seen,) = side_by_side(act, calls=1, rounds=rounds)
    detail = "begin and end, the mean of start and stop"
    yield Bar("an action on 1,000 instances and 2,000 pairs", seen / 2000, 20, " ms", detail)


_NEW_GROUP = {
    "server_group": {
        "name": "group",
        "source_availability_zone": ZONES[0],
        "target_availability_zone": ZONES[1],
        "domain_id": DOMAIN["id"],
        "source_vpc_id": "vpc",
        "dr_type": "migration",
    }
}


def _new_instance(group_id: str, number: int) -> dict[str, Any]:
    values = {"name": "instance", "server_group_id": group_id, "server_id": f"server-{number}"}
    return {"protected_instance": values}


def _pages() -> Iterator[tuple[str, str]]:
    for kind in (TASKS, *MEMBERS):
        for limit in ("50", "1000"):
            yield kind, limit


def _project(sdrs: FakeSdrs) -> Project:
    return sdrs._backend.find(sdrs.project_id)  # noqa: SLF001 to leave out what is around it


def _fill(sdrs: FakeSdrs) -> str:
    """Fill a project; return the id of the group that everything is in."""
    sdrs.seed(failures=100_000, groups=1)
    (group,) = sdrs.protection_groups
    _add_members(_project(sdrs), group.id, 10_000, 20_000)
    _add_pending(_project(sdrs), group.id, 10_000)
    return group.id


def _add_members(project: Project, group_id: str, instances: int, pairs: int) -> None:
    shared = {"server_group_id": group_id, "created_at": BEGUN, "updated_at": BEGUN}
    transaction = Transaction(project)
    for number in range(instances):
        resource_id = f"17984002-ad8a-438b-8ba6-{number:012x}"
        name, servers = f"Protected-Instance-{number:04x}", (f"s{number}", f"t{number}")
        source, target = servers
        instance = ProtectedInstance(
            id=resource_id, name=name, source_server=source, target_server=target,
            status=InstanceStatus.AVAILABLE, **shared,
        )  # fmt: skip
        transaction.put(instance)
    for number in range(pairs):
        resource_id = f"27984002-ad8a-438b-8ba6-{number:012x}"
        pair = ReplicationPair(
            id=resource_id, name=f"Replication-Pair-{number:04x}", status=PairStatus.AVAILABLE,
            volume_ids=f"v{number},w{number}", **shared,
        )  # fmt: skip
        transaction.put(pair)
    transaction.commit()


def _add_pending(project: Project, group_id: str, count: int) -> None:
    now = project.now()
    for number in range(count):
        job_id, transaction = f"job-{number}", Transaction(project)
        transaction.put_job(running_job(job_id, "startProtectionGroupNoCG", now, {}))
        plan = Plan(
            job_id=job_id, resource_id=group_id, resource_name="?", server_group_id=group_id,
            end_time=now + dt.timedelta(days=1),
        )  # fmt: skip
        transaction.put_plan(plan)
        transaction.commit()


def _environ(sdrs: FakeSdrs, method: str, path: str, content: object = None) -> dict[str, Any]:
    body = b"" if content is None else json.dumps(content).encode()
    headers = [("Host", "127.0.0.1"), ("Accept", "*/*"), ("X-Auth-Token", "token")]
    headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    return build_environ(method, f"/v1/{sdrs.project_id}/{path}", headers, body)


def _get(sdrs: FakeSdrs, path: str) -> Callable[[], object]:
    environ = _environ(sdrs, "GET", path)
    return lambda: call_app(sdrs.wsgi, dict(environ))


def _ask(sdrs: FakeSdrs, method: str, path: str, content: object = None) -> dict[str, Any]:
    status, _, body = call_app(sdrs.wsgi, _environ(sdrs, method, path, content))
    assert status.startswith("200"), (status, body)
    answer: dict[str, Any] = json.loads(body)
    return answer


def _run(
    sdrs: FakeSdrs, method: str, path: str, content: object = None, end: str = "SUCCESS"
) -> dict[str, Any]:
    """An operation, and its job, which has ended."""
    job = _ask(sdrs, "GET", f"jobs/{_ask(sdrs, method, path, content)['job_id']}")
    assert job["status"] == end, job
    return job


def _expansion(sdrs: FakeSdrs, end: str) -> Callable[[], object]:
    """Expand a pair, each time by a little more."""
    path = f"replications/{sdrs.add_replication_pair().id}/action"
    sizes = iter(range(11, 10**9))
    return lambda: _run(sdrs, "POST", path, {"extend-replication": {"new_size": next(sizes)}}, end)


def _made(
    sdrs: FakeSdrs, path: str, content: Callable[[int], object], entity: str
) -> Callable[[], object]:
    """Make a resource, and delete it."""
    numbers = iter(range(10**9))

    def run() -> None:
        job = _run(sdrs, "POST", path, content(next(numbers)))
        _run(sdrs, "DELETE", f"{path}/{job['entities'][entity]}", {})

    return run


def _actions(sdrs: FakeSdrs, group_id: str, *names: str) -> Callable[[], object]:
    def run() -> None:
        for name in names:
            _run(sdrs, "POST", f"server-groups/{group_id}/action", {name: {}})

    return run
