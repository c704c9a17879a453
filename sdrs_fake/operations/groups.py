"""Protection groups: list and show."""

from sdrs_fake.domain.fields import read
from sdrs_fake.domain.groups import ProtectionGroupQuery, select
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import GROUP_NOT_FOUND, found
from sdrs_fake.domain.store import paginate
from sdrs_fake.messages import Request, Response


def list_protection_groups(project: Project, request: Request) -> Response:
    query = read(ProtectionGroupQuery, request.params)
    rows = project.shown_groups().view(query.filters, lambda groups: select(groups, query))
    return Response.page("server_groups", paginate(rows, query, project.behavior))


def show_protection_group(project: Project, request: Request) -> Response:
    group_id = request.path_params["server_group_id"]
    group = found(project.shown_groups().get(group_id), GROUP_NOT_FOUND)
    return Response(200, b'{"server_group":%b}' % group.wire_json)
