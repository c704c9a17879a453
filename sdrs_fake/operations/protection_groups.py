"""Protection groups, to read."""

from sdrs_fake.domain.errors import GROUP_NOT_FOUND, found
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.listing import cut
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.protection_groups import ProtectionGroupQuery, matching
from sdrs_fake.exchange import Call, Reply


def list_protection_groups(project: Project, call: Call) -> Reply:
    query = read(ProtectionGroupQuery, call.query)
    view = project.shown_groups().view(query.filters, lambda groups: matching(groups, query))
    return Reply.page("server_groups", cut(view, query, project.reading))


def show_protection_group(project: Project, call: Call) -> Reply:
    group = found(project.shown_groups().get(call.arguments["server_group_id"]), GROUP_NOT_FOUND)
    return Reply(200, b'{"server_group":%b}' % group.wire_json)
