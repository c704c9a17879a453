"""Rules that hold for any list, and for any request."""

import http.client
import json
import socket
from collections import Counter
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdrs_fake import Behavior, FailureStatus, FakeSdrs, ResourceType
from sdrs_fake.domain.failure_jobs import SPELLINGS_OF_2019, FailureJobQuery
from sdrs_fake.domain.job_types import POSSIBLE
from sdrs_fake.domain.refusals import REFUSALS

GROUPS = ("g1", "g2")
NAMES = ("web", "web-2", "库")
DOCUMENTED = {(row.status, row.code) for row in REFUSALS}

KINDS = [
    {"resource_type": spelling, "failure_status": status}
    for spelling in (*ResourceType, *SPELLINGS_OF_2019)
    for status in FailureStatus
    if (SPELLINGS_OF_2019.get(spelling, spelling), status) in POSSIBLE
]
other_fields = st.fixed_dictionaries(
    {
        "resource_name": st.sampled_from(NAMES),
        "server_group_id": st.sampled_from([*GROUPS, None]),
        "begin_time": st.sampled_from([f"2026-01-0{day}T00:00:00.000Z" for day in range(1, 4)]),
    }
)
job_fields = st.builds(
    lambda kind, others: {**kind, **others}, st.sampled_from(KINDS), other_fields
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "resource_type": st.sampled_from(ResourceType),
        "failure_status": st.sampled_from(FailureStatus),
        "resource_name": st.sampled_from([*NAMES, "", "we"]),
        "server_group_id": st.sampled_from([*GROUPS, "", "unknown"]),
    },
)


def filled(rows, **behavior):
    sdrs = FakeSdrs(behavior=Behavior(**behavior))
    for number, row in enumerate(rows):
        sdrs.add_failure_job(job_id=f"{number:03}", **row)
    return sdrs


def ask(sdrs, query):
    return sdrs.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs", params=query).json


def naive(rows, query):
    """The list as the reference describes it, in ten slow lines."""
    wanted = {name: value for name, value in query.items() if value != ""}
    jobs = [{**row, "job_id": f"{number:03}"} for number, row in enumerate(rows)]
    for job in jobs:
        job["resource_type"] = SPELLINGS_OF_2019.get(job["resource_type"], job["resource_type"])
    if "server_group_id" not in wanted:
        jobs = [job for job in jobs if job["resource_type"] == "server_groups"]
    jobs = [job for job in jobs if all(job[name] == value for name, value in wanted.items())]
    jobs.sort(key=lambda job: (job["begin_time"], job["job_id"]), reverse=True)
    return [job["job_id"] for job in jobs]


@given(st.lists(job_fields, max_size=30), filters)
def test_the_list_is_that_of_a_naive_model(rows, query):
    answer = ask(filled(rows), query)

    assert [job["job_id"] for job in answer["failure_jobs"]] == naive(rows, query)
    assert answer["count"] == len(answer["failure_jobs"])


@given(st.lists(job_fields, max_size=30), filters, st.integers(1, 12), st.integers(0, 12))
def test_pages_laid_end_to_end_are_the_whole_list(rows, query, limit, start):
    sdrs = filled(rows)
    whole = ask(sdrs, query)

    pages = [
        ask(sdrs, {**query, "limit": limit, "offset": offset})
        for offset in range(start, start + 32, limit)
    ]

    assert [job for page in pages for job in page["failure_jobs"]] == whole["failure_jobs"][
        start : start + 32 // limit * limit + limit
    ]
    assert {page["count"] for page in pages} == {whole["count"]}


@given(
    st.lists(job_fields, max_size=20),
    filters,
    st.sampled_from(["group_level", "widened_by_filter", "everywhere"]),
)
def test_a_wider_scope_never_loses_a_job(rows, query, scope):
    narrow, wide = (
        ask(filled(rows, scope_without_group=each), query)["failure_jobs"]
        for each in ("group_level", scope)
    )

    assert not Counter(map(str, narrow)) - Counter(map(str, wide))


# Whatever comes, the answer is a documented one


def documented(status, body, headers):
    assert headers["Content-Type"] == "application/json"
    content = json.loads(body)
    if status == 200:
        assert list(content) in (["count", "failure_jobs"], ["versions"], ["version"])
    elif "error_code" in content:
        assert (status, content["error_code"]) in DOCUMENTED
    else:
        assert (status, content["error"]["code"]) in DOCUMENTED


anything = st.text(max_size=30)
PARAMETERS = [*FailureJobQuery.model_fields, "marker"]


@given(st.sampled_from(["GET", "PUT", "POST", "DELETE", "OPTIONS"]), anything)
def test_any_path_gets_a_documented_answer(method, path):
    response = FakeSdrs().request(method, "/" + path)

    documented(response.status, response.body, response.headers)


@given(st.lists(st.tuples(st.sampled_from(PARAMETERS) | anything, anything), max_size=6))
def test_any_parameters_get_a_documented_answer(query):
    sdrs = FakeSdrs()
    response = sdrs.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs", params=query)

    documented(response.status, response.body, response.headers)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_any_bytes_in_path_and_query_get_a_documented_answer(path, query):
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/v1/" + path.decode("latin-1") + "/task-center/failure-jobs",
        "QUERY_STRING": query.decode("latin-1"),
        "HTTP_X_AUTH_TOKEN": "t",
    }
    started = []

    body = b"".join(FakeSdrs().wsgi(environ, lambda *args: started.append(args)))

    ((status, headers),) = started
    documented(int(status[:3]), body, dict(headers))


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z][A-Za-z_-]{0,12}", fullmatch=True),
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=20),
        max_size=5,
    )
)
def test_any_headers_get_a_documented_answer(headers):
    sdrs = FakeSdrs()
    path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
    response = sdrs.request("GET", path, headers=headers)

    documented(response.status, response.body, response.headers)


@pytest.fixture(scope="module")
def served():
    with FakeSdrs() as sdrs:
        host, port = sdrs.url.removeprefix("http://").split(":")
        yield host, int(port)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=200)
    | st.from_regex(
        rb"(GET|PUT) /[ -~]{0,40} HTTP/1\.[01]\r\n(Host: x\r\n|[ -~]{0,20}\r\n){0,4}\r\n["
        rb" -~]{0,20}",
        fullmatch=True,
    )
)
def test_any_bytes_on_the_socket_get_documented_answers_or_none(served, data):
    with closing(socket.create_connection(served, timeout=10)) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(client)
        try:
            answer.begin()
        except http.client.RemoteDisconnected:
            return
        documented(answer.status, answer.read(), answer.headers)
