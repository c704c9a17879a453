"""Bars of the list itself: one call, deep pages, memory."""

import datetime as dt
import gc
import tracemalloc
from collections.abc import Iterator
from typing import Any

from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from benchmarks.measure import Bar, side_by_side
from sdrs_fake import FakeSdrs
from sdrs_fake.transports.wsgi_call import build_environ, call_app

START = dt.datetime(2019, 1, 1, tzinfo=dt.UTC)
GROUP = "0e4b1f5a-30a5-4f0f-9d0b-6a8a5a3c9b11"


def _list(sdrs: FakeSdrs, query: str) -> dict[str, Any]:
    target = f"/v1/{sdrs.project_id}/task-center/failure-jobs?{query}"
    return build_environ(
        "GET", target, [("Host", "127.0.0.1"), ("Accept", "*/*"), ("X-Auth-Token", "token")]
    )


def _fill(sdrs: FakeSdrs, jobs: int, resources: int = 200) -> None:
    """Jobs with strings of their own, as a program would give them; they bring their resources."""
    for number in range(jobs):
        sdrs.add_failure_job(
            job_id=f"ff808082686f229a0168{number:012x}",
            resource_id=f"17984002-ad8a-438b-8ba6-{number % resources:012x}",
            resource_name=f"Protected-Instance-{number % resources:04x}",
            resource_type="protected_instances",
            begin_time=START + dt.timedelta(milliseconds=number * 997),
            server_group_id=GROUP,
        )


def one_call(rounds: int) -> Iterator[Bar]:
    with FakeSdrs() as sdrs:
        _fill(sdrs, 10)
        environ = _list(sdrs, f"server_group_id={GROUP}&limit=50")
        body = call_app(sdrs.wsgi, environ)[2]
        urls = Map(
            [Rule("/v1/<project_id>/task-center/failure-jobs", methods=["GET"], endpoint="list")],
            merge_slashes=False,
        )

        def floor(environ: Any, start_response: Any) -> Any:
            request = Request(environ)
            urls.bind_to_environ(request.environ).match()
            return Response(body, content_type="application/json")(environ, start_response)

        bare, ours = side_by_side(
            lambda: call_app(floor, dict(environ)),
            lambda: call_app(sdrs.wsgi, dict(environ)),
            calls=500,
            rounds=rounds,
        )
    yield Bar(
        "one list call of 10 jobs / routed Werkzeug with the same bytes",
        ours / bare,
        1.5,
        "x",
        f"{ours:.0f} us / {bare:.0f} us",
    )


def held(_rounds: int, jobs: int = 100_000) -> Iterator[Bar]:
    each, listed = _room(jobs, 200)
    yield Bar(
        f"{jobs:,} jobs held", listed, 1000, " bytes a job", f"{each:.0f} before the first list"
    )
    each, listed = _room(jobs, jobs)
    yield Bar(
        f"{jobs:,} jobs held, each with a resource of its own",
        each,
        1200,
        " bytes a job",
        f"{listed:.0f} after the first list",
    )


def _room(jobs: int, resources: int) -> tuple[float, float]:
    """The bytes that a job takes before and after the first list."""
    gc.collect()
    tracemalloc.start()
    with FakeSdrs() as sdrs:
        seen = [tracemalloc.get_traced_memory()[0]]
        _fill(sdrs, jobs, resources)
        gc.collect()
        seen.append(tracemalloc.get_traced_memory()[0])
        call_app(sdrs.wsgi, _list(sdrs, f"server_group_id={GROUP}"))
        gc.collect()
        seen.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    before, first, last = seen
    return (first - before) / jobs, (last - before) / jobs


def deep_pages(rounds: int, jobs: int = 100_000) -> Iterator[Bar]:
    with FakeSdrs() as sdrs:
        _fill(sdrs, jobs)
        first, last = (
            _list(sdrs, f"server_group_id={GROUP}&limit=1000&offset={offset}")
            for offset in (0, jobs - 1000)
        )
        bare = _list(sdrs, "limit=1")
        rows = [job.wire_json for job in sdrs.failure_jobs[:1000]]
        join, request, start, end = side_by_side(
            lambda: b",".join(rows),
            lambda: call_app(sdrs.wsgi, dict(bare)),
            lambda: call_app(sdrs.wsgi, dict(first)),
            lambda: call_app(sdrs.wsgi, dict(last)),
            calls=50,
            rounds=rounds,
        )
    yield Bar(
        f"last page of 1000 of {jobs:,} / first page",
        end / start,
        1.2,
        "x",
        f"{end:.0f} us / {start:.0f} us",
    )
    yield Bar(
        "page of 1000 / join of ready bytes + a bare call",
        start / (join + request),
        2,
        "x",
        f"{start:.0f} us / {join + request:.0f} us",
    )
