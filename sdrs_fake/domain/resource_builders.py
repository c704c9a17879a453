"""A user's fields of an instance or a replication pair, checked and completed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from pydantic import ValidationError

from sdrs_fake.domain import ids
from sdrs_fake.domain.builders import default_group
from sdrs_fake.domain.drills import Drill
from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import parameter_error
from sdrs_fake.domain.instances import ProtectedInstance
from sdrs_fake.domain.pairs import AttachedInstance, ReplicationPair, attached, device_letters
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.store import at_once, changed
from sdrs_fake.domain.transaction import Transaction
from sdrs_fake.domain.transitions import last_stable
from sdrs_fake.errors import ParameterError, shown

_INSTANCE_FIELDS = [each.name for each in fields(ProtectedInstance)]
_PAIR_FIELDS = [each.name for each in fields(ReplicationPair)]


def add_instance(project: Project, given: Mapping[str, Any], now: dt.datetime) -> ProtectedInstance:
    """Add an instance with the given fields, and defaults that fit them for the others."""
    if "attachment" in given:
        raise ParameterError(
            "attachment", "follows from the replication pairs; give it to add_replication_pair"
        )
    values = {
        "source_server": lambda: project.free_id("server"),
        "target_server": lambda: project.free_id("server"),
    }
    complete = completed(project, ResourceType.PROTECTED_INSTANCES, given, values, now)
    try:
        instance = ProtectedInstance(**complete)
    except ValidationError as error:
        raise parameter_error(error, _INSTANCE_FIELDS) from None
    _check_server(project, instance)
    transaction = with_group(project, instance)
    transaction.commit()
    return instance


def add_pair(project: Project, given: Mapping[str, Any], now: dt.datetime) -> ReplicationPair:
    """Add a pair with the given fields, attached where they say so, and defaults for the others."""
    values = {"volume_ids": lambda: f"{project.free_id('volume')},{project.free_id('volume')}"}
    complete = completed(project, ResourceType.REPLICATIONS, given, values, now)
    try:
        pair = ReplicationPair(**complete)
    except ValidationError as error:
        nested = {"record_metadata": ("multiattach", "bootable", "volume_size", "volume_type")}
        raise parameter_error(error, _PAIR_FIELDS, nested=nested) from None
    _check_disks(project, pair)
    transaction = with_group(project, changed(pair, attachment=()))
    for number, each in enumerate(pair.attachment):
        instance = transaction.get(each.protected_instance)
        _check_attachment(f"attachment[{number}].", pair, each, instance)
        transaction.put(*attached(transaction.get(pair.id), instance, each.device))
    transaction.commit()
    return pair


def completed(
    project: Project,
    kind: ResourceType,
    given: Mapping[str, Any],
    values: Mapping[str, Any],
    now: dt.datetime,
) -> dict[str, Any]:
    """The given fields with the defaults that instances and pairs share, and those of `values`."""
    if given.get("id") is not None and project.resource(str(given["id"])):
        raise ParameterError(
            "id", f"{shown(given['id'])} should be an id that no other resource of the project has"
        )
    group_id = given.get("server_group_id") or default_group(project)
    group = project.server_groups.get(group_id) if isinstance(group_id, str) else None
    filled = {"server_group_id": group_id, **given}
    filled.setdefault("id", project.free_id(kind))
    if filled["id"] == group_id:
        raise ParameterError("server_group_id", f"{shown(group_id)} is no protection group")
    filled.setdefault("name", ids.default_name(kind, str(filled["id"])))
    if group is not None and kind is not ResourceType.DISASTER_RECOVERY_DRILLS:
        filled.setdefault("status", last_stable(group.status))
        filled.setdefault("priority_station", group.priority_station)
    if "created_at" not in given:
        filled["created_at"] = project.created_at(now)
    filled.setdefault("updated_at", filled["created_at"])
    return {**{name: make() for name, make in values.items() if name not in given}, **filled}


def with_group(
    project: Project, resource: ProtectedInstance | ReplicationPair | Drill
) -> Transaction:
    """A transaction that puts a resource, and its group where that is not there."""
    at_once([project.given_ids.adding(_given_ids(resource))])
    transaction = Transaction(project)
    if resource.server_group_id not in project.server_groups:
        transaction.put(project.new_group(resource.server_group_id))
    transaction.put(resource)
    return transaction


def _check_server(project: Project, instance: ProtectedInstance) -> None:
    other = project.protected_instances.named(instance.source_server)
    if other is not None:
        raise ParameterError(
            "source_server",
            f"{shown(instance.source_server)} is protected by {shown(other.id)} already",
        )


def _given_ids(resource: ProtectedInstance | ReplicationPair | Drill) -> Iterable[str]:
    """The ids of other services that a resource names."""
    if isinstance(resource, ReplicationPair):
        return resource.volume_ids.split(",")
    if isinstance(resource, Drill):
        return resource.drill_vpc_id, *(each.drill_server_id for each in resource.drill_servers)
    nics = (nic.id for nic in resource.nics)
    return resource.source_server, resource.target_server, *nics


def _check_disks(project: Project, pair: ReplicationPair) -> None:
    for disk in pair.volume_ids.split(","):
        other = project.replications.named(disk)
        if other is not None:
            raise ParameterError(
                "volume_ids", f"{shown(pair.volume_ids)} has a disk of {shown(other.id)}"
            )


def _check_attachment(
    place: str, pair: ReplicationPair, attached: AttachedInstance, instance: Any
) -> None:
    device, instance_id = attached.device, shown(attached.protected_instance)
    if not isinstance(instance, ProtectedInstance):
        raise ParameterError(
            f"{place}protected_instance", f"{instance_id} is no instance of the project"
        )
    if instance.server_group_id != pair.server_group_id:
        raise ParameterError(
            f"{place}protected_instance", f"{instance_id} is in another protection group"
        )
    taken = {device_letters(each.device) for each in instance.attachment}
    if device_letters(device) in taken:
        raise ParameterError(f"{place}device", f"{shown(device)} is in use at this instance")
