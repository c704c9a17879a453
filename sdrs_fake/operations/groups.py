"""Protection groups: create, list, show, rename, delete, and the actions on a whole group."""

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.groups import (
    DOMAIN,
    GroupStatus,
    ProtectionGroup,
    ProtectionGroupQuery,
    select,
)
from sdrs_fake.domain.outcomes import updated
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import (
    GROUP_HAS_DRILL,
    GROUP_HAS_INSTANCE,
    GROUP_HAS_PAIR,
    GROUP_NOT_FOUND,
    GROUP_QUOTA,
    GROUP_STATUS,
    INVALID_STATION,
    PAIRS_SYNCHRONIZING,
    found,
    require,
)
from sdrs_fake.domain.running_jobs import check_status, require_status
from sdrs_fake.domain.store import paginate, unchecked
from sdrs_fake.domain.transitions import Transition, transitions_of
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations import bodies
from sdrs_fake.operations.jobs import begin_job
from sdrs_fake.operations.reading import read_body

ENABLE, REPROTECT = transitions_of("StartProtectionGroup")
(STOP,) = transitions_of("StopProtectionGroup")
(REVERSE,) = transitions_of("StartReverseProtectionGroup")
(FAILOVER,) = transitions_of("StartFailoverProtectionGroup")
(CREATE,) = transitions_of("CreateProtectionGroup")
(DELETE,) = transitions_of("DeleteProtectionGroup")
_STARTABLE = (ENABLE.allowed or frozenset()) | (REPROTECT.allowed or frozenset())


def create_protection_group(project: Project, request: Request) -> Response:
    body = read_body(bodies.CreateProtectionGroup, request.body).server_group
    used = len(project.server_groups)
    require(project.quotas.leaves("server_groups", used), GROUP_QUOTA)
    return _begin(project, request, CREATE, _new_group(project, body))


def list_protection_groups(project: Project, request: Request) -> Response:
    query = read(ProtectionGroupQuery, request.params)
    drilled = project.drilled_groups() if query.query_type == "period_no_dr_drill" else frozenset()
    key = *query.filters, drilled
    rows = project.server_groups.view(key, lambda groups: select(groups, query, drilled))
    return Response.page("server_groups", paginate(rows, query, project.behavior))


def show_protection_group(project: Project, request: Request) -> Response:
    return _shown(_group(project, request))


def update_protection_group_name(project: Project, request: Request) -> Response:
    name = read_body(bodies.UpdateProtectionGroupName, request.body).server_group.name
    group = updated(_group(project, request), project.now(), name=name)
    project.put_groups([group])
    return _shown(group)


def delete_protection_group(project: Project, request: Request) -> Response:
    group = _group(project, request)
    require(not group.protected_instance_num, GROUP_HAS_INSTANCE)
    require(not group.replication_num, GROUP_HAS_PAIR)
    require(not group.disaster_recovery_drill_num, GROUP_HAS_DRILL)
    return _begin(project, request, DELETE, group)


def start_protection_group(project: Project, request: Request) -> Response:
    read_body(bodies.StartProtectionGroup, request.body)
    group = _group(project, request)
    require_status(group, _STARTABLE, GROUP_STATUS)
    if group.status in (REPROTECT.allowed or ()):
        return _begin(project, request, REPROTECT, group)
    return _begin_with_pairs(project, request, ENABLE, group)


def stop_protection_group(project: Project, request: Request) -> Response:
    read_body(bodies.StopProtectionGroup, request.body)
    return _begin(project, request, STOP, _group(project, request))


def start_failover_protection_group(project: Project, request: Request) -> Response:
    read_body(bodies.StartFailoverProtectionGroup, request.body)
    return _begin_with_pairs(project, request, FAILOVER, _group(project, request))


def start_reverse_protection_group(project: Project, request: Request) -> Response:
    station = read_body(bodies.StartReverseProtectionGroup, request.body).action.priority_station
    group = _group(project, request)
    check_status(project, REVERSE, group)
    require(station != group.priority_station, INVALID_STATION)
    pairs = project.pairs_of(group.id)
    require(all(pair.replication_status != "copying" for pair in pairs), PAIRS_SYNCHRONIZING)
    return _begin_with_pairs(project, request, REVERSE, group)


def _begin(project: Project, request: Request, row: Transition, group: ProtectionGroup) -> Response:
    return begin_job(project, request, row, group, {"server_group_id": group.id})


def _begin_with_pairs(
    project: Project, request: Request, row: Transition, group: ProtectionGroup
) -> Response:
    """Begin what needs a replication pair that follows."""
    check_status(project, row, group)
    statuses = {str(pair.status) for pair in project.pairs_of(group.id)}
    without = f"the group has no replication pair that is {group.status}"
    require(group.status in statuses, GROUP_STATUS, without)
    return _begin(project, request, row, group)


def _new_group(project: Project, body: bodies.NewGroup) -> ProtectionGroup:
    created_at = project.created_at(project.now())
    is_known = body.domain_id == DOMAIN["id"]
    return unchecked(
        ProtectionGroup,
        id=project.free_id(ResourceType.SERVER_GROUPS),
        name=body.name,
        description=body.description,
        status=GroupStatus.CREATING,
        source_availability_zone=body.source_availability_zone,
        target_availability_zone=body.target_availability_zone,
        domain_id=body.domain_id,
        domain_name=DOMAIN["name"] if is_known else body.domain_id,
        source_vpc_id=body.source_vpc_id,
        target_vpc_id=body.source_vpc_id,
        created_at=created_at,
        updated_at=created_at,
    )


def _group(project: Project, request: Request) -> ProtectionGroup:
    return found(project.server_groups.get(request.path_params["server_group_id"]), GROUP_NOT_FOUND)


def _shown(group: ProtectionGroup) -> Response:
    return Response(200, b'{"server_group":%b}' % group.wire_json)
