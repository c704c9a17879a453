"""Protected instances: create, delete, list, show, rename."""

from itertools import chain

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.groups import ProtectionGroup
from sdrs_fake.domain.instances import (
    InstanceStatus,
    Nic,
    ProtectedInstance,
    ProtectedInstanceQuery,
    select,
)
from sdrs_fake.domain.outcomes import shares_pair, updated
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import (
    ADDRESS_WITHOUT_SUBNET,
    EIP_NOT_AT_SOURCE,
    GROUP_NOT_FOUND,
    HOST_WITHOUT_TENANCY,
    INSTANCE_NOT_FOUND,
    INSTANCE_SHARES_PAIR,
    INSTANCE_STATUS,
    IP_ADDRESS_IN_USE,
    PAIR_QUOTA,
    SERVER_IN_USE,
    SERVER_NOT_AT_SOURCE,
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

(CREATE,) = transitions_of("CreateProtectedInstance")
(DELETE,) = transitions_of("DeleteProtectedInstance")
(_CREATE_BATCH,) = transitions_of("BatchCreateProtectedInstances")
_CREATIONS = {CREATE.job_type, _CREATE_BATCH.job_type}


def create_protected_instance(project: Project, request: Request) -> Response:
    body = read_body(bodies.CreateProtectedInstance, request.body).protected_instance
    _check_hardware(body)
    require(project.quotas.leaves("replications", taken_pairs(project)), PAIR_QUOTA)
    group = found(project.server_groups.get(body.server_group_id), GROUP_NOT_FOUND)
    instance = new_instance(project, body, group)
    check_status(project, CREATE, instance)
    require(not project.protected_instances.named(body.server_id), SERVER_IN_USE)
    check_address(project, body.primary_subnet_id, body.primary_ip_address)
    return begin_job(project, request, CREATE, instance, entities_of(instance))


def list_protected_instances(project: Project, request: Request) -> Response:
    query = read(ProtectedInstanceQuery, request.params)
    zones = project.zones() if query.availability_zone is not None else {}
    store = project.protected_instances
    rows = store.view(query.filters, lambda each: select(each, query, zones))
    return Response.page("protected_instances", paginate(rows, query, project.behavior))


def show_protected_instance(project: Project, request: Request) -> Response:
    return _shown(instance_of(project, request))


def update_protected_instance_name(project: Project, request: Request) -> Response:
    name = read_body(bodies.UpdateProtectedInstanceName, request.body).protected_instance.name
    instance = instance_of(project, request)
    instance = updated(instance, project.now(), name=name)
    project.protected_instances.put([instance])
    return _shown(instance)


def delete_protected_instance(project: Project, request: Request) -> Response:
    body = read_body(bodies.DeleteProtectedInstance, request.body or b"{}")
    instance_id = request.path_params["protected_instance_id"]
    instance = found(
        project.protected_instances.get(instance_id),
        INSTANCE_STATUS,
        "there is no such protected instance",
    )
    check_status(project, DELETE, instance)
    check_deletion(instance, body)
    require(not shares_pair(project, instance, [instance.id]), INSTANCE_SHARES_PAIR)
    return begin_job(project, request, DELETE, instance, {})


def taken_pairs(project: Project) -> int:
    """How many pairs there are, or come with the instances that are being created."""
    jobs = map(project.jobs.__getitem__, project.plans)
    coming = [len(job.parts) or 1 for job in jobs if job.job_type in _CREATIONS]
    return len(project.replications) + sum(coming)


def instance_of(project: Project, request: Request) -> ProtectedInstance:
    """The instance of the path."""
    instance_id = request.path_params["protected_instance_id"]
    return found(project.protected_instances.get(instance_id), INSTANCE_NOT_FOUND)


def _check_hardware(body: bodies.NewInstance) -> None:
    require(body.primary_subnet_id or not body.primary_ip_address, ADDRESS_WITHOUT_SUBNET)
    require(body.tenancy == "dedicated" or not body.dedicated_host_id, HOST_WITHOUT_TENANCY)


def check_deletion(
    instance: ProtectedInstance,
    body: bodies.DeleteProtectedInstance | bodies.BatchDeleteProtectedInstances,
) -> None:
    """Refuse to delete what the production site uses now."""
    at_source = instance.priority_station == "source"
    require(at_source or not body.delete_target_server, SERVER_NOT_AT_SOURCE)
    require(at_source or not body.delete_target_eip, EIP_NOT_AT_SOURCE)


def check_address(project: Project, subnet_id: str | None, address: str | None) -> None:
    """Refuse an address that a NIC of the project has in that subnet."""
    nics = chain.from_iterable(each.nics for each in project.protected_instances)
    taken = {(nic.subnet_id, nic.ip_address) for nic in nics}
    require(address is None or (subnet_id, address) not in taken, IP_ADDRESS_IN_USE)


def entities_of(instance: ProtectedInstance) -> dict[str, str]:
    """What the job of a creation shows of it."""
    return {"protected_instance_id": instance.id, "native_server_id": instance.target_server}


def new_instance(
    project: Project, body: bodies.NewInstance, group: ProtectionGroup
) -> ProtectedInstance:
    created_at = project.created_at(project.now())
    return unchecked(
        ProtectedInstance,
        id=project.free_id(ResourceType.PROTECTED_INSTANCES),
        name=body.name,
        description=body.description,
        server_group_id=group.id,
        status=InstanceStatus.CREATING,
        source_server=body.server_id,
        target_server=project.free_id("server"),
        created_at=created_at,
        updated_at=created_at,
        priority_station=group.priority_station,
        tags=body.tags or (),
        nics=(_primary_nic(project, body),),
        dr_flavor=body.flavor,
    )


def _primary_nic(project: Project, body: bodies.NewInstance) -> Nic:
    subnet_id, address = body.primary_subnet_id or "", body.primary_ip_address or ""
    return Nic(project.free_id("nic"), subnet_id, address, is_primary=True)


def _shown(instance: ProtectedInstance) -> Response:
    return Response(200, b'{"protected_instance":%b}' % instance.wire_json)
