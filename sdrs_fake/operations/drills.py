"""DR drills: create, delete, list, show, rename."""

from sdrs_fake.domain.drills import Drill, DrillQuery, DrillStatus, select
from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.outcomes import updated
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import (
    DRILL_IN_GROUP_VPC,
    DRILL_NOT_FOUND,
    DRILL_STATUS,
    DRILL_VPC_IN_USE,
    GROUP_NOT_FOUND,
    found,
    require,
)
from sdrs_fake.domain.running_jobs import check_status
from sdrs_fake.domain.store import paginate, unchecked
from sdrs_fake.domain.transitions import transitions_of
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations import bodies
from sdrs_fake.operations.jobs import begin_job
from sdrs_fake.operations.reading import read_body

(CREATE,) = transitions_of("CreateDisasterRecoveryDrill")
(DELETE,) = transitions_of("DeleteDisasterRecoveryDrill")


def create_disaster_recovery_drill(project: Project, request: Request) -> Response:
    body = read_body(bodies.CreateDisasterRecoveryDrill, request.body).disaster_recovery_drill
    group = found(project.server_groups.get(body.server_group_id), GROUP_NOT_FOUND)
    drill = _new_drill(project, body)
    check_status(project, CREATE, drill)
    own = {group.source_vpc_id, group.target_vpc_id}
    require(drill.drill_vpc_id not in own, DRILL_IN_GROUP_VPC)
    others = project.disaster_recovery_drills
    running = {each.drill_vpc_id for each in others if each.status is DrillStatus.CREATING}
    require(drill.drill_vpc_id not in running, DRILL_VPC_IN_USE)
    entities = {"disaster_recovery_drill_id": drill.id}
    return begin_job(project, request, CREATE, drill, entities)


def list_disaster_recovery_drills(project: Project, request: Request) -> Response:
    query = read(DrillQuery, request.params)
    store = project.disaster_recovery_drills
    rows = store.view(query.filters, lambda drills: select(drills, query))
    return Response.page("disaster_recovery_drills", paginate(rows, query, project.behavior))


def show_disaster_recovery_drill(project: Project, request: Request) -> Response:
    return _shown(_drill(project, request))


def update_disaster_recovery_drill_name(project: Project, request: Request) -> Response:
    body = read_body(bodies.UpdateDisasterRecoveryDrillName, request.body)
    name = body.disaster_recovery_drill.name
    drill = updated(_drill(project, request), project.now(), name=name)
    project.disaster_recovery_drills.put([drill])
    return _shown(drill)


def delete_disaster_recovery_drill(project: Project, request: Request) -> Response:
    drill_id = request.path_params["disaster_recovery_drill_id"]
    drill = found(
        project.disaster_recovery_drills.get(drill_id),
        DRILL_STATUS,
        "there is no such DR drill",
    )
    return begin_job(project, request, DELETE, drill, {})


def _new_drill(project: Project, body: bodies.NewDrill) -> Drill:
    created_at = project.created_at(project.now())
    return unchecked(
        Drill,
        id=project.free_id(ResourceType.DISASTER_RECOVERY_DRILLS),
        name=body.name,
        status=DrillStatus.CREATING,
        server_group_id=body.server_group_id,
        drill_vpc_id=body.drill_vpc_id or project.free_id("vpc"),
        created_at=created_at,
        updated_at=created_at,
    )


def _drill(project: Project, request: Request) -> Drill:
    drill_id = request.path_params["disaster_recovery_drill_id"]
    return found(project.disaster_recovery_drills.get(drill_id), DRILL_NOT_FOUND)


def _shown(drill: Drill) -> Response:
    return Response(200, b'{"disaster_recovery_drill":%b}' % drill.wire_json)
