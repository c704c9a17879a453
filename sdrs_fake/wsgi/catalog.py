"""The catalog in a token: where clients find SDRS."""

import re
from typing import Any

from sdrs_fake.control.credentials import derived

REGIONS = (
    "cn-north-4",
    "cn-east-2",
    "cn-east-3",
    "cn-south-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "af-south-1",
    "eu-de",
    "eu-nl",
)
"""Where SDRS is. A client takes the entry of its own region, so a catalog has them all."""

_REGION_IN_HOST = re.compile(r"https?://iam\.([^.:/]+)\.")


def catalog(here: str, project_id: str | None, project_name: str) -> list[dict[str, Any]]:
    """Services and their urls; SDRS only for a project.

    A region that a project is named after (`eu-de`, `eu-de_mine`), or that the host asked is in,
    comes first.
    """
    found = _REGION_IN_HOST.match(here)
    named = [project_name.partition("_")[0], found[1] if found else ""]
    regions = [region for region in dict.fromkeys([*named, *REGIONS]) if region]
    services = [_service("keystone", "identity", regions, f"{here}/v3")]
    if project_id:
        services.append(_service("sdrs", "sdrs", regions, f"{here}/v1/{project_id}"))
    return services


def _service(name: str, kind: str, regions: list[str], url: str) -> dict[str, Any]:
    endpoints = [
        {
            "id": derived("endpoint", kind, region),
            "interface": "public",
            "region": region,
            "region_id": region,
            "url": url,
        }
        for region in regions
    ]
    return {"id": derived("service", kind), "type": kind, "name": name, "endpoints": endpoints}
