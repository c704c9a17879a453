"""Replication pairs: create, delete, list, show, rename, expand, attach, detach."""

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.instances import ProtectedInstance
from sdrs_fake.domain.outcomes import updated
from sdrs_fake.domain.pairs import (
    PairStatus,
    ReplicationPair,
    ReplicationQuery,
    attached,
    device_letters,
    select,
)
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import (
    DEVICE_IN_USE,
    DISK_IN_USE,
    GROUP_NOT_FOUND,
    INSTANCE_ABNORMAL,
    INSTANCE_STATION,
    INVALID_PARAMETERS,
    PAIR_ATTACHED,
    PAIR_IN_OTHER_GROUP,
    PAIR_NOT_AT_SOURCE,
    PAIR_NOT_ATTACHED,
    PAIR_NOT_FOUND,
    PAIR_QUOTA,
    PAIR_STATION,
    found,
    require,
)
from sdrs_fake.domain.running_jobs import check_status, require_status
from sdrs_fake.domain.store import paginate, unchecked
from sdrs_fake.domain.transitions import Transition, transitions_of
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations import bodies
from sdrs_fake.operations.instances import instance_of, taken_pairs
from sdrs_fake.operations.jobs import begin_job
from sdrs_fake.operations.reading import read_body

(CREATE,) = transitions_of("CreateReplication")
(DELETE,) = transitions_of("DeleteReplication")
(EXPAND,) = transitions_of("ExpandReplication")
(ATTACH,) = transitions_of("AttachProtectedInstanceReplication")
(DETACH,) = transitions_of("DetachProtectedInstanceReplication")


def create_replication(project: Project, request: Request) -> Response:
    body = read_body(bodies.CreateReplication, request.body).replication
    group = found(project.server_groups.get(body.server_group_id), GROUP_NOT_FOUND)
    created_at = project.created_at(project.now())
    pair = unchecked(
        ReplicationPair,
        id=project.free_id(ResourceType.REPLICATIONS),
        name=body.name,
        description=body.description,
        status=PairStatus.CREATING,
        server_group_id=group.id,
        volume_ids=f"{body.volume_id},{project.free_id('volume')}",
        priority_station=group.priority_station,
        created_at=created_at,
        updated_at=created_at,
    )
    check_status(project, CREATE, pair)
    require(not project.replications.named(body.volume_id), DISK_IN_USE)
    require(project.quotas.leaves("replications", taken_pairs(project)), PAIR_QUOTA)
    entities = {"replication_pair_id": pair.id, "volume_ids": pair.volume_ids}
    return begin_job(project, request, CREATE, pair, entities)


def list_replications(project: Project, request: Request) -> Response:
    query = read(ReplicationQuery, request.params)
    zones = project.zones() if query.availability_zone is not None else {}
    rows = project.replications.view(query.filters, lambda each: select(each, query, zones))
    return Response.page("replications", paginate(rows, query, project.behavior))


def show_replication(project: Project, request: Request) -> Response:
    return _shown(_pair(project, request.path_params["replication_id"]))


def update_replication_name(project: Project, request: Request) -> Response:
    name = read_body(bodies.UpdateReplicationName, request.body).replication.name
    pair = _pair(project, request.path_params["replication_id"])
    pair = updated(pair, project.now(), name=name)
    project.replications.put([pair])
    return _shown(pair)


def delete_replication(project: Project, request: Request) -> Response:
    body = read_body(bodies.DeleteReplication, request.body).replication
    pair = _pair(project, request.path_params["replication_id"])
    require(body.server_group_id in {None, pair.server_group_id}, PAIR_IN_OTHER_GROUP)
    check_status(project, DELETE, pair)
    require(not pair.attachment, PAIR_ATTACHED)
    return begin_job(project, request, DELETE, pair, {})


def expand_replication(project: Project, request: Request) -> Response:
    new_size = read_body(bodies.ExpandReplication, request.body).action.new_size
    pair = _pair(project, request.path_params["replication_id"])
    check_status(project, EXPAND, pair)
    require(pair.priority_station == "source", PAIR_NOT_AT_SOURCE)
    size = pair.record_metadata.volume_size
    require(new_size > size, INVALID_PARAMETERS, f"new_size: {new_size} should be above {size}")
    entities, values = {"replication_pair_id": pair.id}, {"new_size": new_size}
    return begin_job(project, request, EXPAND, pair, entities, values=values)


def attach_protected_instance_replication(project: Project, request: Request) -> Response:
    body = read_body(bodies.AttachProtectedInstanceReplication, request.body).attachment
    instance = instance_of(project, request)
    pair = _pair(project, body.replication_id)
    require(pair.server_group_id == instance.server_group_id, PAIR_IN_OTHER_GROUP)
    _check_both(project, ATTACH, pair, instance)
    _check_stations(project, pair, instance)
    attached_to_it = any(each.protected_instance == instance.id for each in pair.attachment)
    is_shared = pair.record_metadata.multiattach
    require(not pair.attachment or (is_shared and not attached_to_it), PAIR_ATTACHED)
    letters = {device_letters(each.device) for each in instance.attachment}
    letters |= set() if pair.record_metadata.bootable else {"a"}
    require(device_letters(body.device) not in letters, DEVICE_IN_USE)
    put = attached(pair, updated(instance, project.now()), body.device)
    entities = _both(pair, instance)
    return begin_job(project, request, ATTACH, pair, entities, values=entities, put=put)


def detach_protected_instance_replication(project: Project, request: Request) -> Response:
    instance = instance_of(project, request)
    pair = _pair(project, request.path_params["replication_id"])
    is_attached = any(each.protected_instance == instance.id for each in pair.attachment)
    require(is_attached, PAIR_NOT_ATTACHED)
    _check_both(project, DETACH, pair, instance)
    entities = _both(pair, instance)
    return begin_job(project, request, DETACH, pair, entities, values=entities)


def _check_both(
    project: Project, row: Transition, pair: ReplicationPair, instance: ProtectedInstance
) -> None:
    check_status(project, row, pair)
    require_status(instance, row.instance_allowed, INSTANCE_ABNORMAL)


def _check_stations(project: Project, pair: ReplicationPair, instance: ProtectedInstance) -> None:
    group = found(project.server_groups.get(pair.server_group_id), GROUP_NOT_FOUND)
    require(instance.priority_station == group.priority_station, INSTANCE_STATION)
    require(pair.priority_station == group.priority_station, PAIR_STATION)


def _both(pair: ReplicationPair, instance: ProtectedInstance) -> dict[str, str]:
    """The entities of a job that attaches or detaches, which its end has to know too."""
    return {"replication_pair_id": pair.id, "protected_instance_id": instance.id}


def _pair(project: Project, pair_id: str) -> ReplicationPair:
    return found(project.replications.get(pair_id), PAIR_NOT_FOUND)


def _shown(pair: ReplicationPair) -> Response:
    return Response(200, b'{"replication":%b}' % pair.wire_json)
