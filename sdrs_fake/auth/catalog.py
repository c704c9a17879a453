"""The service catalog of a token, in which clients find the URL of SDRS."""

import re
from typing import Any

from sdrs_fake.auth.credentials import derive_id

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
"""The regions of SDRS. A client picks the endpoint of its region, so a catalog lists them all."""

_REGION_IN_HOST = re.compile(r"https?://iam\.([^.:/]+)\.")


def catalog(base_url: str, project_id: str | None, project_name: str) -> list[dict[str, Any]]:
    """The services and their endpoints; SDRS is among them for a project alone.

    The region that the project is named after (`eu-de`, `eu-de_mine`) comes first, then the one
    in the name of the host.
    """
    found = _REGION_IN_HOST.match(base_url)
    preferred = [project_name.partition("_")[0], found[1] if found else ""]
    regions = [region for region in dict.fromkeys([*preferred, *REGIONS]) if region]
    services = [_service("keystone", "identity", regions, f"{base_url}/v3")]
    if project_id:
        services.append(_service("sdrs", "sdrs", regions, f"{base_url}/v1/{project_id}"))
    return services


def _service(name: str, kind: str, regions: list[str], url: str) -> dict[str, Any]:
    endpoints = [
        {
            "id": derive_id("endpoint", kind, region),
            "interface": "public",
            "region": region,
            "region_id": region,
            "url": url,
        }
        for region in regions
    ]
    return {"id": derive_id("service", kind), "type": kind, "name": name, "endpoints": endpoints}
