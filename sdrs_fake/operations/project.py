"""What a project may use: the active-active domains, and how much of what."""

from sdrs_fake.domain.project import Project
from sdrs_fake.domain.protection_groups import DOMAIN, ZONES
from sdrs_fake.exchange import Call, Reply

_QUOTAS = {"server_groups": 50, "replications": 100}
"""Those of the sample; where more is used, the quota is as much."""


def list_active_active_domains(_project: Project, _call: Call) -> Reply:
    local, remote = ({"availability_zone": zone} for zone in ZONES)
    about = {
        "description": "my domain",
        "sold_out": False,
        "local_replication_cluster": local,
        "remote_replication_cluster": remote,
    }
    return Reply.of(200, {"domains": [{**DOMAIN, **about}]})


def show_quota(project: Project, _call: Call) -> Reply:
    groups = project.shown_groups()
    used = {
        "server_groups": len(groups),
        "replications": sum(group.replication_num or 0 for group in groups),
    }
    resources = [
        {"type": kind, "used": used[kind], "quota": max(quota, used[kind]), "min": 0, "max": -1}
        for kind, quota in _QUOTAS.items()
    ]
    return Reply.of(200, {"quotas": {"resources": resources}})
