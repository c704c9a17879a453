"""What the tests of batches, NICs and resizing share: requests, and an instance to work on."""

from tests.cases import show_job


def post(sdrs, path, body):
    """POST below the project."""
    return sdrs.request("POST", f"/v1/{sdrs.project_id}{path}", json=body)


def show(sdrs, instance_id):
    """The instance as it is answered."""
    path = f"/v1/{sdrs.project_id}/protected-instances/{instance_id}"
    return sdrs.request("GET", path).json["protected_instance"]


def refused(response):
    """The status and the code of a refusal."""
    return response.status, response.json["error"]["code"]


def ended(sdrs, response):
    """The job that an operation began, as it is answered."""
    return show_job(sdrs, response.json["job_id"]).json


def created(sdrs, group_id, **fields):
    """The id of an instance that is created by a request, with the pair of its system disk."""
    number = len(sdrs.protected_instances)
    body = {"server_group_id": group_id, "server_id": f"server-{number}", "name": "web", **fields}
    response = post(sdrs, "/protected-instances", {"protected_instance": body})
    return ended(sdrs, response)["entities"]["protected_instance_id"]


def nics(sdrs, instance_id):
    """The NICs of an instance, which no answer shows."""
    return next(each.nics for each in sdrs.protected_instances if each.id == instance_id)


def state(sdrs):
    """All that a refused write must not change."""
    kinds = sdrs.protection_groups, sdrs.protected_instances, sdrs.replication_pairs
    return *kinds, tuple(sdrs.jobs), sdrs.failure_jobs
