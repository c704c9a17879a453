"""The versions of the API; there is one."""

from sdrs_fake.domain.project import Project
from sdrs_fake.exchange import Call, Reply


def list_api_versions(_project: Project, call: Call) -> Reply:
    return Reply.of(200, {"versions": [_version("v1", call.root, "2018-05-30T15:00:00Z")]})


def show_specified_api_version(_project: Project, call: Call) -> Reply:
    return Reply.of(
        200, {"version": _version(call.arguments["api_version"], call.root, "2018-05-30T00:00:00Z")}
    )


def _version(name: str, root: str, updated: str) -> dict[str, object]:
    links = [{"href": f"{root}/{name}", "rel": "self"}]
    return {
        "id": name,
        "links": links,
        "status": "CURRENT",
        "updated": updated,
        "version": "",
        "min_version": "",
    }
