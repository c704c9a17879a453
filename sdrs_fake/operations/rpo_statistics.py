"""RPO statistics: list them."""

from sdrs_fake.domain.fields import read
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.rpo_statistics import RpoStatisticQuery, select
from sdrs_fake.domain.store import paginate
from sdrs_fake.messages import Request, Response


def list_rpo_statistics(project: Project, request: Request) -> Response:
    query = read(RpoStatisticQuery, request.params)
    rows = project.rpo_statistics.view(query.filters, lambda each: select(each, query))
    return Response.page("resource_rpo_statistics", paginate(rows, query, project.behavior))
