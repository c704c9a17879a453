"""What a project may use: active-active domains and quotas."""

from sdrs_fake.domain.groups import DOMAIN, ZONES
from sdrs_fake.domain.project import Project
from sdrs_fake.messages import Request, Response


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
    used = {
        "server_groups": len(project.server_groups),
        "replications": len(project.replications),
    }
    rows = [_quota(kind, number, project.quotas.of(kind)) for kind, number in used.items()]
    return Response.ok(quotas={"resources": rows})


def _quota(kind: str, used: int, quota: int) -> dict[str, object]:
    return {"type": kind, "used": used, "quota": quota, "min": 0, "max": -1}
