"""What a project may use: active-active domains and quotas."""

from sdrs_fake.domain.groups import DOMAIN, ZONES
from sdrs_fake.domain.project import Project
from sdrs_fake.messages import Request, Response

_QUOTAS = {"server_groups": 50, "replications": 100}
"""The quotas of the sample; where more is used, the quota is as much."""


def list_active_active_domains(_project: Project, _request: Request) -> Response:
    local, remote = ({"availability_zone": zone} for zone in ZONES)
    domain = {
        **DOMAIN,
        "description": "my domain",
        "sold_out": False,
        "local_replication_cluster": local,
        "remote_replication_cluster": remote,
    }
    return Response.ok(domains=[domain])


def show_quota(project: Project, _request: Request) -> Response:
    groups = project.shown_groups()
    pairs = sum(group.replication_num or 0 for group in groups)
    used = {"server_groups": len(groups), "replications": pairs}
    return Response.ok(quotas={"resources": [_quota(kind, used[kind]) for kind in _QUOTAS]})


def _quota(kind: str, used: int) -> dict[str, object]:
    return {"type": kind, "used": used, "quota": max(_QUOTAS[kind], used), "min": 0, "max": -1}
