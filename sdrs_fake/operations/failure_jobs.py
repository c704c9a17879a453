"""The task center: the failed jobs of a project."""

from sdrs_fake.domain.errors import GROUP_NOT_FOUND, require
from sdrs_fake.domain.failure_jobs import FailureJobQuery, wanted
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.listing import cut
from sdrs_fake.domain.world import Project
from sdrs_fake.exchange import Call, Reply


def list_failure_jobs(project: Project, call: Call) -> Reply:
    query = read(FailureJobQuery, call.query)
    known = query.server_group_id is None or query.server_group_id in project.server_groups
    require(known or project.reading.unknown_group == "empty", GROUP_NOT_FOUND)
    view = project.failure_jobs.view(query.filters, lambda jobs: wanted(jobs, query, project.reading))
    return Reply.page("failure_jobs", cut(view, query, project.reading))
