"""A group, and requests about its DR drills."""

GROUP, DRILL, VPC = "g", "d", "v"


def send(sdrs, method, drill_id="", json=None, **params):
    """A request to the drills, or to one of them."""
    path = f"/v1/{sdrs.project_id}/disaster-recovery-drills"
    path = f"{path}/{drill_id}" if drill_id else path
    return sdrs.request(method, path, json=json, params=params)


def create(sdrs, **fields):
    """Create a drill of the group; `...` leaves a field out."""
    fields = {"server_group_id": GROUP, "name": "new", "drill_vpc_id": VPC, **fields}
    given = {name: value for name, value in fields.items() if value is not ...}
    return send(sdrs, "POST", json={"disaster_recovery_drill": given})


def show(sdrs, drill_id=DRILL):
    """A drill as it is answered."""
    return send(sdrs, "GET", drill_id).json["disaster_recovery_drill"]


def refused(response):
    """The status and the code of a refusal."""
    return response.status, response.json["error"]["code"]
