"""What each operation answers when it succeeds: the model of the body by operation id.

The models of resources are made from the domain's values: each has their wire fields.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from sdrs_fake.domain import drills, failure_jobs, groups, instances, jobs, pairs, rpo_statistics
from sdrs_fake.domain.fields import Instant, JavaInstant

Count = Annotated[int, Field(ge=0)]
Milliseconds = Annotated[int, Field(description="In milliseconds since 1970.")]
_list: Any = list


class Answer(BaseModel):
    """A body, or a part of one: it has these fields and no others."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Page(Answer):
    """A page of a list; `count` is the number of all rows that match."""

    count: Count


Model = type[Answer]


def _of(kind: type, name: str = "", /, without: tuple[str, ...] = (), **others: Any) -> Model:
    """The model of a value of the domain, with `others` in the place of some of its fields."""
    hints = {**get_type_hints(kind, include_extras=True), **others}
    shown = [each for each in hints if each not in without and not each.startswith("_")]
    return _model(name or kind.__name__, **{each: hints[each] for each in shown})


def _model(name: str, base: Model = Answer, /, **fields: Any) -> Model:
    required: Any = {each: (kind, ...) for each, kind in fields.items()}
    return create_model(name, __base__=base, **required)


def _page(name: str, **lists: Model) -> Model:
    return _model(name, Page, **{key: _list[kind] for key, kind in lists.items()})


# Values of the domain

_TAGS = _list[_of(instances.Tag, "InstanceTag")]
_INSTANCE: dict[str, Any] = {
    "without": ("nics", "production_flavor", "dr_flavor"),
    "attachment": _list[_of(instances.AttachedPair)],
    "tags": _TAGS,
}
ProtectionGroup = _of(groups.ProtectionGroup, created_at=JavaInstant, updated_at=JavaInstant)
ProtectedInstance = _of(instances.ProtectedInstance, **_INSTANCE)
ReplicationPair = _of(
    pairs.ReplicationPair,
    attachment=_list[_of(pairs.AttachedInstance)],
    record_metadata=_of(pairs.RecordMetadata),
)
Drill = _of(drills.Drill, drill_servers=_list[_of(drills.DrillServer)])
FailureJob = _of(failure_jobs.FailureJob, without=("server_group_id",))
RpoStatistic = _of(rpo_statistics.RpoStatistic)
Job = _of(jobs.Job, end_time=Instant | Literal[""] | None)

# Other values

JobStarted = _model("JobStarted", job_id=str)
Link = _model("Link", href=str, rel=str)
ApiVersion = _model(
    "ApiVersion",
    id=str,
    links=_list[Link],
    status=Literal["CURRENT", "SUPPORTED", "DEPRECATED"],
    updated=str,
    version=str,
    min_version=str,
)
ReplicationCluster = _model("ReplicationCluster", availability_zone=str)
ActiveActiveDomain = _model(
    "ActiveActiveDomain",
    id=str,
    name=str,
    description=str,
    sold_out=bool,
    local_replication_cluster=ReplicationCluster,
    remote_replication_cluster=ReplicationCluster,
)
Quota = _model(
    "Quota",
    type=Literal["server_groups", "replications"],
    used=Count,
    quota=Annotated[int, Field(ge=-1)],
    min=int,
    max=int,
)
TaggedInstance = _model(
    "TaggedInstance",
    resource_id=str,
    resource_name=str,
    resource_detail=_of(
        instances.ProtectedInstance,
        "TaggedInstanceDetail",
        created_at=Milliseconds,
        updated_at=Milliseconds,
        **_INSTANCE,
    ),
    tags=_TAGS,
)
TagValues = _model("TagValues", key=str, values=_list[str])

# Bodies

ShownProtectionGroup = _model("ShownProtectionGroup", server_group=ProtectionGroup)
ShownProtectedInstance = _model("ShownProtectedInstance", protected_instance=ProtectedInstance)
ShownReplicationPair = _model("ShownReplicationPair", replication=ReplicationPair)
ShownDrill = _model("ShownDrill", disaster_recovery_drill=Drill)
ProtectionGroups = _page("ProtectionGroups", server_groups=ProtectionGroup)
ProtectedInstances = _page("ProtectedInstances", protected_instances=ProtectedInstance)
ReplicationPairs = _page("ReplicationPairs", replications=ReplicationPair)
Drills = _page("Drills", disaster_recovery_drills=Drill)
FailureJobs = _page("FailureJobs", failure_jobs=FailureJob)
RpoStatistics = _page("RpoStatistics", resource_rpo_statistics=RpoStatistic)
ApiVersions = _model("ApiVersions", versions=_list[ApiVersion])
ShownApiVersion = _model("ShownApiVersion", version=ApiVersion)
ActiveActiveDomains = _model("ActiveActiveDomains", domains=_list[ActiveActiveDomain])
Quotas = _model("Quotas", quotas=_model("QuotaResources", resources=_list[Quota]))
Tags = _model("Tags", tags=_TAGS)
ProjectTags = _model("ProjectTags", tags=_list[TagValues])
TaggedInstances = _model("TaggedInstances", total_count=Count, resources=_list[TaggedInstance])

ANSWERS: Mapping[str, Model | None] = {
    "ShowJobStatus": Job,
    "ListApiVersions": ApiVersions,
    "ShowSpecifiedApiVersion": ShownApiVersion,
    "ListActiveActiveDomains": ActiveActiveDomains,
    "CreateProtectionGroup": JobStarted,
    "ListProtectionGroups": ProtectionGroups,
    "ShowProtectionGroup": ShownProtectionGroup,
    "DeleteProtectionGroup": JobStarted,
    "UpdateProtectionGroupName": ShownProtectionGroup,
    "StartProtectionGroup": JobStarted,
    "StopProtectionGroup": JobStarted,
    "StartFailoverProtectionGroup": JobStarted,
    "StartReverseProtectionGroup": JobStarted,
    "CreateProtectedInstance": JobStarted,
    "DeleteProtectedInstance": JobStarted,
    "ListProtectedInstances": ProtectedInstances,
    "ShowProtectedInstance": ShownProtectedInstance,
    "UpdateProtectedInstanceName": ShownProtectedInstance,
    "AttachProtectedInstanceReplication": JobStarted,
    "DetachProtectedInstanceReplication": JobStarted,
    "AddProtectedInstanceNic": JobStarted,
    "DeleteProtectedInstanceNic": JobStarted,
    "ResizeProtectedInstance": JobStarted,
    "BatchCreateProtectedInstances": JobStarted,
    "BatchDeleteProtectedInstances": JobStarted,
    "CreateReplication": JobStarted,
    "DeleteReplication": JobStarted,
    "ListReplications": ReplicationPairs,
    "ShowReplication": ShownReplicationPair,
    "ExpandReplication": JobStarted,
    "UpdateReplicationName": ShownReplicationPair,
    "CreateDisasterRecoveryDrill": JobStarted,
    "DeleteDisasterRecoveryDrill": JobStarted,
    "ListDisasterRecoveryDrills": Drills,
    "ShowDisasterRecoveryDrill": ShownDrill,
    "UpdateDisasterRecoveryDrillName": ShownDrill,
    "ListProtectedInstancesByTags": TaggedInstances,
    "BatchAddTags": None,
    "AddProtectedInstanceTags": None,
    "DeleteProtectedInstanceTag": None,
    "ListProtectedInstanceTags": Tags,
    "ListProtectedInstancesProjectTags": ProjectTags,
    "BatchDeleteTags": None,
    "ListFailureJobs": FailureJobs,
    "DeleteFailureJob": None,
    "DeleteAllServerGroupFailureJobs": None,
    "DeleteServerGroupFailureJobs": None,
    "ListRpoStatistics": RpoStatistics,
    "ShowQuota": Quotas,
}
"""None where an operation answers 204, without a body."""

_ACCEPTED = {"BatchCreateProtectedInstances", "BatchDeleteProtectedInstances"}


def status_of(operation: str) -> int:
    """The status of a success."""
    if operation in _ACCEPTED:
        return 202
    return 200 if ANSWERS[operation] else 204
