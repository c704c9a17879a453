"""Jobs: show one by its id, and begin that of another operation."""

from collections.abc import Mapping, Sequence

from sdrs_fake.domain.project import Project, Resource
from sdrs_fake.domain.refusals import NULL_JOB, NULL_JOB_400, NULL_JOB_500, found
from sdrs_fake.domain.running_jobs import begin, poll
from sdrs_fake.domain.transaction import Transaction
from sdrs_fake.domain.transitions import Transition
from sdrs_fake.messages import Request, Response

_UNKNOWN_JOB = {
    "not_found": NULL_JOB,
    "server_error": NULL_JOB_500,
    "bad_request": NULL_JOB_400,
}


def show_job_status(project: Project, request: Request) -> Response:
    job_id = request.path_params["job_id"]
    job = found(project.job(job_id), _UNKNOWN_JOB[project.behavior.unknown_job])
    poll(project, job_id, project.now())
    return Response(200, job.wire_json)


def begin_job(  # noqa: PLR0913 what a job is made from
    project: Project,
    request: Request,
    row: Transition,
    resource: Resource,
    entities: Mapping[str, str],
    *,
    values: Mapping[str, str | int] | None = None,
    put: Sequence[Resource] = (),
) -> Response:
    """Begin the job that a request asks for, and answer its id.

    `values` is what the end of the job needs to know, `put` what else changes at once.
    """
    transaction = Transaction(project, request.job_failures)
    transaction.put(*put)
    job = begin(transaction, row, resource, project.now(), entities=entities, values=values)
    return Response.ok(job_id=job.job_id)
