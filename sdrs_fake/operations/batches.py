"""Batches: create and delete several protected instances in one job."""

from collections.abc import Iterator

from sdrs_fake.domain.outcomes import shares_pair
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import (
    DIFFERENT_GROUPS,
    DUPLICATE_INSTANCES,
    DUPLICATE_SERVERS,
    GROUP_NOT_FOUND,
    HOST_WITHOUT_TENANCY,
    INSTANCE_NOT_FOUND,
    PAIR_QUOTA,
    SERVER_IN_USE,
    SHARING_INSTANCE_MISSING,
    TOO_MANY_IDS,
    TOO_MANY_SERVERS,
    found,
    require,
)
from sdrs_fake.domain.running_jobs import begin_batch
from sdrs_fake.domain.transaction import Transaction
from sdrs_fake.domain.transitions import transitions_of
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations import bodies, instances
from sdrs_fake.operations.reading import read_body

MAX_SERVERS = 5
MAX_INSTANCES = 20

(CREATE,) = transitions_of("BatchCreateProtectedInstances")
(DELETE,) = transitions_of("BatchDeleteProtectedInstances")


def batch_create_protected_instances(project: Project, request: Request) -> Response:
    body = read_body(bodies.BatchCreateProtectedInstances, request.body).protected_instances
    servers = [each.server_id for each in body.servers]
    require(len(servers) <= MAX_SERVERS, TOO_MANY_SERVERS)
    require(len(set(servers)) == len(servers), DUPLICATE_SERVERS)
    require(body.tenancy == "dedicated" or not body.dedicated_host_id, HOST_WITHOUT_TENANCY)
    used = instances.taken_pairs(project) + len(servers) - 1
    require(project.quotas.leaves("replications", used), PAIR_QUOTA)
    group = found(project.server_groups.get(body.server_group_id), GROUP_NOT_FOUND)
    require(not any(map(project.protected_instances.named, servers)), SERVER_IN_USE)
    new = [instances.new_instance(project, each, group) for each in _single(body)]
    entities = [instances.entities_of(each) for each in new]
    single, now = instances.CREATE, project.now()
    transaction = Transaction(project, request.job_failures)
    job = begin_batch(transaction, CREATE, new, now, single=single, entities=entities)
    return Response.of(202, {"job_id": job.job_id})


def batch_delete_protected_instances(project: Project, request: Request) -> Response:
    body = read_body(bodies.BatchDeleteProtectedInstances, request.body)
    ids = [each.id for each in body.protected_instances]
    require(len(ids) <= MAX_INSTANCES, TOO_MANY_IDS)
    require(len(set(ids)) == len(ids), DUPLICATE_INSTANCES)
    meant = [found(project.protected_instances.get(each), INSTANCE_NOT_FOUND) for each in ids]
    require(len({each.server_group_id for each in meant}) == 1, DIFFERENT_GROUPS)
    for each in meant:
        require(not shares_pair(project, each, ids), SHARING_INSTANCE_MISSING)
        instances.check_deletion(each, body)
    single, entities = instances.DELETE, [{"protected_instance_id": each.id} for each in meant]
    now = project.now()
    transaction = Transaction(project, request.job_failures)
    job = begin_batch(transaction, DELETE, meant, now, single=single, entities=entities)
    return Response.of(202, {"job_id": job.job_id})


def _single(body: bodies.NewInstances) -> Iterator[bodies.NewInstance]:
    """The body that would create each instance alone; the names are numbered."""
    for number, server in enumerate(body.servers, start=1):
        yield bodies.NewInstance.model_construct(
            server_group_id=body.server_group_id,
            server_id=server.server_id,
            name=f"{body.name_prefix}-{number:04d}",
            description=body.description,
            primary_subnet_id=body.primary_subnet_id,
            flavor=server.flavor,
            tags=body.tags,
        )
