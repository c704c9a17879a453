"""The task center: the failed jobs of a project."""

from sdrs_fake.domain.failure_jobs import FailureJobQuery, select, view
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import NULL_JOB, require
from sdrs_fake.domain.store import paginate
from sdrs_fake.messages import Request, Response


def list_failure_jobs(project: Project, request: Request) -> Response:
    query = read(FailureJobQuery, request.params)
    project.check_group(query.server_group_id)
    rows = view(project.failure_jobs, query, project.behavior)
    return Response.page("failure_jobs", paginate(rows, query, project.behavior))


def delete_failure_job(project: Project, request: Request) -> Response:
    jobs, kind = project.find_failure_jobs(request.path_params["failure_job_id"])
    require(jobs or project.behavior.unknown_failure_job == "ignored", NULL_JOB)
    project.delete_failure_jobs(jobs)
    deleted = f"the failure_job_id was a {kind}; deleted: {len(jobs)}"
    return Response.no_content(note=deleted if jobs else "there is no such failed job")


def delete_all_server_group_failure_jobs(project: Project, _request: Request) -> Response:
    return _delete(project, FailureJobQuery())


def delete_server_group_failure_jobs(project: Project, request: Request) -> Response:
    group_id = request.path_params["server_group_id"]
    project.check_group(group_id)
    return _delete(project, FailureJobQuery(server_group_id=group_id))


def _delete(project: Project, query: FailureJobQuery) -> Response:
    """Delete what the list would show."""
    jobs = list(select(project.failure_jobs, query, project.behavior))
    project.delete_failure_jobs(jobs)
    return Response.no_content(note=f"deleted: {len(jobs)}")
