"""Paging faults: what happens to a list of failed jobs between two of its pages."""

import re
from dataclasses import replace
from itertools import islice

from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.clock import Clock
from sdrs_fake.domain.failure_jobs import FailureJob, FailureJobQuery, select, view
from sdrs_fake.domain.fields import MAX_LIMIT, MAX_OFFSET, read
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import ApiError
from sdrs_fake.domain.store import paginate
from sdrs_fake.domain.task_center import add_failure_jobs
from sdrs_fake.domain.times import MILLISECOND
from sdrs_fake.errors import ParameterError, integer_of, shown
from sdrs_fake.faults.effects import Effect
from sdrs_fake.messages import Operation, Request, Response

NEXT_PAGE = {"limit": (0, MAX_LIMIT), "offset": (1, MAX_OFFSET)}
BEFORE_LAST_PAGE = {"limit": (2, MAX_LIMIT), "offset": (0, MAX_OFFSET)}
"""The numbers that a request has which `is_next_page` or `is_before_last_page` may match."""

_COUNT = re.compile(rb'(?<=^\{"count":)\d+')


def insert_between_pages(clock: Clock) -> Effect:
    def serve(operation: Operation, project: Project, request: Request) -> Response:
        for newest in _newest(project, request):
            begin_time = max(clock.now(), newest.begin_time + MILLISECOND)
            job_id = project.free_job_id(begin_time)
            add_failure_jobs(project, [replace(newest, job_id=job_id, begin_time=begin_time)])
        return operation(project, request)

    return Effect(serve=serve)


def delete_between_pages() -> Effect:
    def serve(operation: Operation, project: Project, request: Request) -> Response:
        project.delete_failure_jobs(_newest(project, request))
        return operation(project, request)

    return Effect(serve=serve)


def short_page() -> Effect:
    def serve(operation: Operation, project: Project, request: Request) -> Response:
        limit = read(FailureJobQuery, request.params).limit - 1
        return operation(project, replace(request, params={**request.params, "limit": f"{limit}"}))

    return Effect(serve=serve)


def wrong_count(by: object) -> Effect:
    difference = integer_of(by)
    if not difference:
        raise ParameterError("by", f"{shown(by)} should be an integer other than 0")

    def serve(operation: Operation, project: Project, request: Request) -> Response:
        response = operation(project, request)
        body = _COUNT.sub(lambda count: b"%d" % max(0, int(count[0]) + difference), response.body)
        return replace(response, body=body)

    return Effect(serve=serve)


def is_next_page(backend: Backend, request: Request) -> bool:
    """Is it for a page with an offset, of a list that is not empty?"""
    query, rows = _page(backend, request)
    return query is not None and query.offset > 0 and rows > 0


def is_before_last_page(backend: Backend, request: Request) -> bool:
    """Is it for a page that others follow, and that has a row left when it is one short?"""
    query, rows = _page(backend, request)
    return query is not None and 1 < query.limit < rows - query.offset


def _page(backend: Backend, request: Request) -> tuple[FailureJobQuery | None, int]:
    """The query and the number of rows in the list; no query for a page that is not shown."""
    if request.method != "GET":
        return None, 0
    with backend.lock:
        project = backend.find(request.path_params["project_id"])
        try:
            query = read(FailureJobQuery, request.params)
            project.check_group(query.server_group_id)
            rows = view(project.failure_jobs, query, project.behavior)
            paginate(rows, query, project.behavior)
        except ApiError:
            return None, 0
        return query, len(rows)


def _newest(project: Project, request: Request) -> list[FailureJob]:
    """The first row of the list, unless somebody has emptied the list since the request matched."""
    query = read(FailureJobQuery, request.params)
    return list(islice(select(project.failure_jobs.ordered(), query, project.behavior), 1))
