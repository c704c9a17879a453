"""The hardware of protected instances: NICs and flavors."""

from sdrs_fake.domain.instances import Nic
from sdrs_fake.domain.outcomes import SYSTEM_DISK
from sdrs_fake.domain.pairs import device_letters
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.refusals import (
    INVALID_PARAMETERS,
    NIC_NOT_FOUND,
    NO_SYSTEM_DISK_PAIR,
    PRIMARY_NIC,
    SAME_FLAVOR,
    TOO_MANY_NICS,
    found,
    require,
)
from sdrs_fake.domain.running_jobs import check_status
from sdrs_fake.domain.store import changed
from sdrs_fake.domain.transitions import transitions_of
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations import bodies
from sdrs_fake.operations.instances import check_address, instance_of
from sdrs_fake.operations.jobs import begin_job
from sdrs_fake.operations.reading import read_body

MAX_NICS = 12
"""With the primary one."""

(ADD_NIC,) = transitions_of("AddProtectedInstanceNic")
(DELETE_NIC,) = transitions_of("DeleteProtectedInstanceNic")
(RESIZE,) = transitions_of("ResizeProtectedInstance")


def add_protected_instance_nic(project: Project, request: Request) -> Response:
    body = read_body(bodies.AddProtectedInstanceNic, request.body)
    instance = instance_of(project, request)
    check_status(project, ADD_NIC, instance)
    extensions = [nic for nic in instance.nics if not nic.is_primary]
    require(len(extensions) + 1 < MAX_NICS, TOO_MANY_NICS)
    check_address(project, body.subnet_id, body.ip_address)
    nic = Nic(project.free_id("nic"), body.subnet_id, body.ip_address or "")
    values = {"nic_id": nic.id}
    entities = {**values, "protected_instance_id": instance.id}
    put = [changed(instance, nics=(*instance.nics, nic))]
    return begin_job(project, request, ADD_NIC, instance, entities, values=values, put=put)


def delete_protected_instance_nic(project: Project, request: Request) -> Response:
    nic_id = read_body(bodies.DeleteProtectedInstanceNic, request.body).nic_id
    instance = instance_of(project, request)
    check_status(project, DELETE_NIC, instance)
    nic = found(next((each for each in instance.nics if each.id == nic_id), None), NIC_NOT_FOUND)
    require(not nic.is_primary, PRIMARY_NIC)
    return begin_job(project, request, DELETE_NIC, instance, {}, values={"nic_id": nic.id})


def resize_protected_instance(project: Project, request: Request) -> Response:
    body = read_body(bodies.ResizeProtectedInstance, request.body).resize
    flavors = _flavors(body)
    require(flavors, INVALID_PARAMETERS, "resize: should have a flavor")
    instance = instance_of(project, request)
    check_status(project, RESIZE, instance)
    letters = {device_letters(each.device) for each in instance.attachment}
    require(device_letters(SYSTEM_DISK) in letters, NO_SYSTEM_DISK_PAIR)
    same = [name for name, flavor in flavors.items() if getattr(instance, name) == flavor]
    require(not same, SAME_FLAVOR)
    entities = {"protected_instance_id": instance.id}
    return begin_job(project, request, RESIZE, instance, entities, values=flavors)


def _flavors(body: bodies.Resize) -> dict[str, str]:
    """The flavors of the two sites that are asked for; `flavorRef` is for both."""
    both = {"production_flavor": body.flavor, "dr_flavor": body.flavor}
    each = {"production_flavor": body.production_flavor, "dr_flavor": body.dr_flavor}
    wanted = both if body.flavor else each
    return {name: flavor for name, flavor in wanted.items() if flavor}
