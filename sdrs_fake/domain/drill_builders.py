"""A user's fields of a DR drill or an RPO statistic, checked and completed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import ValidationError

from sdrs_fake.domain.drills import Drill, DrillServer
from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import parameter_error
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.resource_builders import completed, with_group
from sdrs_fake.domain.rpo_statistics import RpoStatistic
from sdrs_fake.errors import ParameterError, shown

_DRILL_FIELDS = [each.name for each in fields(Drill)]
_RPO_FIELDS = [each.name for each in fields(RpoStatistic)]


def add_drill(project: Project, given: Mapping[str, Any], now: dt.datetime) -> Drill:
    """Add a drill with the given fields; by default it has a server for each instance."""
    defaults = {"drill_vpc_id": lambda: project.free_id("vpc")}
    values = completed(project, ResourceType.DISASTER_RECOVERY_DRILLS, given, defaults, now)
    if "drill_servers" not in given:
        instances = project.instances_of(str(values["server_group_id"]))
        servers = [DrillServer(each.id, project.free_id("server")) for each in instances]
        values["drill_servers"] = servers
    try:
        drill = Drill(**values)
    except ValidationError as error:
        raise parameter_error(error, _DRILL_FIELDS) from None
    with_group(project, drill).commit()
    return drill


def add_rpo_statistic(project: Project, given: Mapping[str, Any], now: dt.datetime) -> RpoStatistic:
    """Add a statistic with the given fields; by default it is about now."""
    values = {"id": project.free_id("rpo_statistic"), "point_time": now, **given}
    values.setdefault("created_at", now)
    values.setdefault("updated_at", values["created_at"])
    try:
        statistic = RpoStatistic(**values)
    except ValidationError as error:
        raise parameter_error(error, _RPO_FIELDS) from None
    if statistic.id in project.rpo_statistics:
        raise ParameterError(
            "id", f"{shown(statistic.id)} should be an id that no other statistic has"
        )
    project.rpo_statistics.put([statistic])
    return statistic
