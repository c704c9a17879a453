"""Requests about protected instances and replication pairs, and what their tests share."""

from tests.cases import show_job

INSTANCES, PAIRS = "protected-instances", "replications"
ABSENT = object()
"""The value of a field that is left out of a body."""

WRONG_NAMES = [
    ("", "SDRS.0202"),
    ("a b", "SDRS.0202"),
    ("a<b", "SDRS.0202"),
    ("n" * 65, "SDRS.0202"),
    ("名" * 22, "SDRS.0202"),  # 66 bytes
    ("é", "SDRS.0202"),
    (5, "SDRS.0202"),
    (None, "SDRS.0201"),
    (ABSENT, "SDRS.0201"),
]
RIGHT_NAMES = ["a", "A-z_0.9", "n" * 64, "名" * 21]

WRONG_BODIES = [None, [], "text", {}, {"other": {"name": "n"}}]
"""What has none of the objects that a body is to have."""

WRONG_PAGES = [
    ({"limit": "1001"}, "SDRS.0221"),
    ({"limit": "-1"}, "SDRS.0221"),
    ({"limit": ""}, "SDRS.0221"),
    ({"offset": "-1"}, "SDRS.0222"),
    ({"offset": "x"}, "SDRS.0222"),
]


def ask(sdrs, method, path, body=None, **params):
    return sdrs.request(method, f"/v1/{sdrs.project_id}/{path}", json=body, params=params)


def outcome(response):
    """The code of a refusal; `accepted` where there is none."""
    if response.status == 200:
        return "accepted"
    assert response.status == 400
    return response.json["error"]["code"]


def job_of(sdrs, response):
    """The job that an answer names."""
    assert (response.status, list(response.json)) == (200, ["job_id"])
    return show_job(sdrs, response.json["job_id"]).json


def with_fields(fields, changes):
    return {name: value for name, value in {**fields, **changes}.items() if value is not ABSENT}


def instance(sdrs, instance_id):
    return ask(sdrs, "GET", f"{INSTANCES}/{instance_id}").json["protected_instance"]


def pair(sdrs, pair_id):
    return ask(sdrs, "GET", f"{PAIRS}/{pair_id}").json["replication"]


def listed(sdrs, kind, **params):
    """The ids of a page of a list."""
    rows = ask(sdrs, "GET", kind, **params).json[kind.replace("-", "_")]
    return [row["id"] for row in rows]


def attached(sdrs, instance_id, device="/dev/vdb", **fields):
    """A pair that is attached to an instance; it is added in Python."""
    attachment = [{"device": device, "protected_instance": instance_id}]
    return sdrs.add_replication_pair(attachment=attachment, **fields)


def rule_of(fixture, operation, subject):
    """The statuses that a rule of the reference allows, such as `group.status in {...}`."""
    (row,) = [each for each in fixture("states")["operations"] if each["operation_id"] == operation]
    return row[subject]
