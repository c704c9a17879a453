"""The task center: the failed jobs of a project."""

from sdrs_fake.domain.errors import NULL_JOB, require
from sdrs_fake.domain.failure_jobs import FailureJobQuery, listed, wanted
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.listing import cut
from sdrs_fake.domain.project import Project
from sdrs_fake.exchange import Call, Reply


def list_failure_jobs(project: Project, call: Call) -> Reply:
    query = read(FailureJobQuery, call.query)
    project.check_group(query.server_group_id)
    view = listed(project.failure_jobs, query, project.reading)
    return Reply.page("failure_jobs", cut(view, query, project.reading))


def delete_failure_job(project: Project, call: Call) -> Reply:
    named, kind = project.named(call.arguments["failure_job_id"])
    require(named or project.reading.unknown_failure_job == "ignored", NULL_JOB)
    project.delete_failure_jobs(named)
    return Reply(
        204,
        note=f"the failure_job_id was a {kind}; deleted: {len(named)}"
        if named
        else "there is no such failed job",
    )


def delete_all_server_group_failure_jobs(project: Project, _call: Call) -> Reply:
    return _delete(project, FailureJobQuery())


def delete_server_group_failure_jobs(project: Project, call: Call) -> Reply:
    group_id = call.arguments["server_group_id"]
    project.check_group(group_id)
    return _delete(project, FailureJobQuery(server_group_id=group_id))


def _delete(project: Project, query: FailureJobQuery) -> Reply:
    """Delete what the list would show."""
    jobs = list(wanted(project.failure_jobs, query, project.reading))
    project.delete_failure_jobs(jobs)
    return Reply(204, note=f"deleted: {len(jobs)}")
