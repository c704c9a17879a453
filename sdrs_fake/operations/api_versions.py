"""The versions of the API; there is one."""

from sdrs_fake.domain.project import Project
from sdrs_fake.messages import Request, Response


def list_api_versions(_project: Project, request: Request) -> Response:
    return Response.ok(versions=[_version("v1", request.base_url, "2018-05-30T15:00:00Z")])


def show_specified_api_version(_project: Project, request: Request) -> Response:
    name = request.path_params["api_version"]
    return Response.ok(version=_version(name, request.base_url, "2018-05-30T00:00:00Z"))


def _version(name: str, base_url: str, updated: str) -> dict[str, object]:
    return {
        "id": name,
        "links": [{"href": f"{base_url}/{name}", "rel": "self"}],
        "status": "CURRENT",
        "updated": updated,
        "version": "",
        "min_version": "",
    }
