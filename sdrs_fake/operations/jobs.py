"""Jobs: show one by its id."""

from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import NULL_JOB, NULL_JOB_400, NULL_JOB_500, found
from sdrs_fake.messages import Request, Response

_UNKNOWN_JOB = {
    "not_found": NULL_JOB,
    "server_error": NULL_JOB_500,
    "bad_request": NULL_JOB_400,
}


def show_job_status(project: Project, request: Request) -> Response:
    job = project.job(request.path_params["job_id"])
    return Response(200, found(job, _UNKNOWN_JOB[project.behavior.unknown_job]).wire_json)
