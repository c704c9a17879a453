"""Clean up after failed tasks: python cleaner.py

A resource in an error status is deleted if its creation or deletion failed; protection that failed
to start or stop is retried, and a disk that hangs between two instances is detached. Then the
failed tasks of the resource are deleted. What a person has to decide stays as it is: sizes, and on
which site a group runs. The exit status is 1 if anything stays.
"""

import sys
from typing import Any

import httpx
from cloud import TASKS, Sdrs, SdrsError, connect

GONE = {"SDRS.1013", "SDRS.1320", "SDRS.1608", "SDRS.1902"}
"""What the service answers for a group, an instance, a pair or a drill that is not there."""


def mend(sdrs: Sdrs, task: dict[str, Any]) -> None:
    """Bring the resource of a failed task out of its error status."""
    kind = task["resource_type"]
    url = f"/{kind.replace('_', '-')}/{task['resource_id']}"
    try:
        resource = sdrs.request("GET", url)[kind.removesuffix("s")]
    except SdrsError as error:
        if error.code in GONE:
            return
        raise
    match resource["status"]:
        case "error" | "error-deleting":
            sdrs.run("DELETE", url, deletion(kind, task["group_id"]))
        case "error-starting" | "error-reprotecting" if kind == "server_groups":
            sdrs.run("POST", f"{url}/action", {"start-server-group": {}})
        case "error-stopping" if kind == "server_groups":
            sdrs.run("POST", f"{url}/action", {"stop-server-group": {}})
        case "error-attaching" | "error-detaching" if resource["attachment"]:
            instance = resource["attachment"][0]["protected_instance"]
            pair = task["resource_id"]
            sdrs.run("DELETE", f"/protected-instances/{instance}/detachreplication/{pair}")
        case status if status.startswith("error"):
            raise SdrsError(task["error_code"], task["fail_reason"])


def deletion(kind: str, group_id: str) -> Any:
    """The body of a deletion. The servers and disks of the other site stay."""
    if kind == "protected_instances":
        return {"delete_target_server": False}
    if kind == "replications":
        return {"replication": {"server_group_id": group_id, "delete_target_volume": False}}
    return None


def clean(sdrs: Sdrs, tasks: list[dict[str, Any]]) -> bool:
    """Mend a resource and delete its failed tasks; return whether that went well."""
    name = f"{tasks[0]['group']}: {tasks[0]['resource_type']} {tasks[0]['resource_name']}"
    try:
        mend(sdrs, tasks[0])
        for task in tasks:
            sdrs.request("DELETE", f"{TASKS}/{task['job_id']}")
    except (SdrsError, httpx.HTTPError, TimeoutError) as error:
        print(f"{name} stays: {error}")
        return False
    print(f"{name} is clean")
    return True


def main() -> int:
    with connect() as sdrs:
        # A resource is tried once, however often it failed. Groups come before what is in them.
        resources: dict[str, list[dict[str, Any]]] = {}
        for task in sdrs.failed_tasks():
            resources.setdefault(task["resource_id"], []).append(task)
        results = [clean(sdrs, tasks) for tasks in resources.values()]
    print(f"{sum(results)} of {len(results)} resources are clean")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
