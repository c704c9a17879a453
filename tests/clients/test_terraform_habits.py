"""What Terraform's provider sends and needs, seen on the wire: groups, instances, pairs, jobs.

The requests are written as it sends them: bodies end in a newline, and a GET or DELETE may carry
a content type without a body.
"""

import json

import pytest

from sdrs_fake import FakeSdrs

HEADERS = {
    "User-Agent": "terraform-provider-iac golangsdk/2.0.0",
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "X-Project-Id": "p",
    "Authorization": "SDK-HMAC-SHA256 Access=a, SignedHeaders=accept;x-sdk-date, Signature=s",
    "X-Sdk-Date": "20261126T120000Z",
}
JSON = {"Content-Type": "application/json"}
WITHOUT_A_BODY = {**JSON, "X-Language": "en-us"}

NEW_GROUP = {
    "name": "group",
    "description": "made by Terraform",
    "source_availability_zone": "a",
    "target_availability_zone": "b",
    "domain_id": "523ad2f0-5a1c-4b1f-8a39-1b3f0cd2a1b7",
    "source_vpc_id": "7f1bbdd2-94d0-4dfb-b1d5-3b6ca3b2d9e5",
    "dr_type": "migration",
}
DISK, SERVER = "1c5a-any-disk", "9d0f-any-server"


class Terraform:
    """A provider of one run. Each step returns its answer."""

    def __init__(self, fake):
        self._fake, self._session = fake, fake.session(credentials=None)

    def send(self, method, path, body=None, **params):
        url = f"{self._fake.base_url}/v1/p{path}"
        headers, data = {**HEADERS, **WITHOUT_A_BODY}, None
        if body is not None:
            headers, data = {**HEADERS, **JSON}, json.dumps(body) + "\n"
        return self._session.request(method, url, params, data, headers)

    def run(self, method, path, body=None):
        """Ask for something that takes a job; return the entities of the job."""
        answer = self.send(method, path, body)
        assert answer.status_code == 200, answer.text
        job = self.job(answer.json()["job_id"])
        assert job["status"] == "SUCCESS"
        return job["entities"]

    def job(self, job_id):
        return self.send("GET", f"/jobs/{job_id}").json()

    def create_group(self, **fields):
        body = {"server_group": {**NEW_GROUP, **fields}}
        return self.run("POST", "/server-groups", body)["server_group_id"]

    def create_pair(self, group_id, **fields):
        body = {"server_group_id": group_id, "volume_id": DISK, "name": "pair", **fields}
        return self.run("POST", "/replications", {"replication": body})["replication_pair_id"]

    def create_instance(self, group_id, **fields):
        body = {"server_group_id": group_id, "server_id": SERVER, "name": "instance", **fields}
        entities = self.run("POST", "/protected-instances", {"protected_instance": body})
        return entities["protected_instance_id"]


@pytest.fixture
def fake():
    with FakeSdrs("p") as fake:
        yield fake


@pytest.fixture
def terraform(fake):
    return Terraform(fake)


@pytest.fixture
def ids(terraform):
    """The ids of a group, an instance and a pair, with which the paths below are filled."""
    group_id = terraform.create_group()
    instance_id, pair_id = terraform.create_instance(group_id), terraform.create_pair(group_id)
    return {"group": group_id, "instance": instance_id, "pair": pair_id}


# Status codes and requests

ATTACHMENT = {"replication_id": "{pair}", "device": "/dev/vdb"}
ATTACH = (
    "POST",
    "/protected-instances/{instance}/attachreplication",
    {"replicationAttachment": ATTACHMENT},
)
PAIR_TO_DELETE = {"server_group_id": "{group}", "delete_target_volume": True}
INSTANCE_TO_DELETE = {"delete_target_server": True, "delete_target_eip": True}

ACCEPTED = [
    ("POST", "/server-groups", {"server_group": NEW_GROUP}),
    ("POST", "/server-groups/{group}/action", {"start-server-group": {}}),
    ("POST", "/replications/{pair}/action", {"extend-replication": {"new_size": 20}}),
    ATTACH,
    ("DELETE", "/replications/{pair}", {"replication": {"server_group_id": "{group}"}}),
    ("DELETE", "/replications/{pair}", {"replication": PAIR_TO_DELETE}),
    ("DELETE", "/protected-instances/{instance}", {}),
    ("DELETE", "/protected-instances/{instance}", INSTANCE_TO_DELETE),
]
RENAMED = [
    ("/server-groups/{group}", "server_group"),
    ("/replications/{pair}", "replication"),
    ("/protected-instances/{instance}", "protected_instance"),
]


def filled(value, ids):
    """A path or body with the ids in the places of their names."""
    if isinstance(value, dict):
        return {name: filled(inner, ids) for name, inner in value.items()}
    return value.format(**ids) if isinstance(value, str) else value


@pytest.mark.parametrize(("method", "path", "body"), ACCEPTED)
def test_what_takes_a_job_is_answered_with_exactly_200_and_its_id(
    terraform, ids, method, path, body
):
    answer = terraform.send(method, filled(path, ids), filled(body, ids))

    assert (answer.status_code, list(answer.json())) == (200, ["job_id"])
    assert terraform.job(answer.json()["job_id"])["status"] == "SUCCESS"


def test_stopping_detaching_and_deleting_a_group_are_exactly_200_too(terraform, ids):
    terraform.run("POST", filled(ATTACH[1], ids), filled(ATTACH[2], ids))
    at_instance = f"/protected-instances/{ids['instance']}"
    group = f"/server-groups/{ids['group']}"
    terraform.run("POST", f"{group}/action", {"start-server-group": {}})

    for method, path, body in (
        ("POST", f"{group}/action", {"stop-server-group": {}}),
        ("DELETE", f"{at_instance}/detachreplication/{ids['pair']}", None),
        ("DELETE", at_instance, {}),
        ("DELETE", f"/replications/{ids['pair']}", {"replication": {}}),
        ("DELETE", group, None),
    ):
        terraform.run(method, path, body)

    assert terraform.send("GET", group).status_code == 400


@pytest.mark.parametrize(("path", "wrapper"), RENAMED)
def test_a_rename_is_exactly_200(terraform, ids, path, wrapper):
    answer = terraform.send("PUT", filled(path, ids), {wrapper: {"name": "renamed"}})

    assert answer.status_code == 200
    assert terraform.send("GET", filled(path, ids)).json()[wrapper]["name"] == "renamed"


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "a description"},
        {"cluster_id": "any-cluster"},
        {"primary_subnet_id": "any-subnet"},
        {"primary_subnet_id": "any-subnet", "primary_ip_address": "192.168.0.5"},
    ],
)
def test_ids_of_other_services_are_accepted_as_they_come(terraform, ids, fields):
    terraform.create_instance(ids["group"], server_id="not-even-a-uuid", **fields)


# Jobs


def test_a_job_is_the_same_when_it_is_read_again_after_success(terraform):
    answer = terraform.send("POST", "/server-groups", {"server_group": NEW_GROUP})
    job_id = answer.json()["job_id"]

    assert terraform.job(job_id) == terraform.job(job_id)


def test_a_job_that_is_not_over_is_asked_again(fake, terraform):
    fake.jobs.hold()
    answer = terraform.send("POST", "/server-groups", {"server_group": NEW_GROUP})
    job_id = answer.json()["job_id"]

    before = [terraform.job(job_id)["status"] for _ in range(2)]
    fake.jobs.finish(job_id)

    assert not {"FAIL", "SUCCESS"} & set(before)
    assert terraform.job(job_id)["status"] == "SUCCESS"


def test_a_job_that_failed_shows_a_code_and_a_reason(fake, terraform):
    failed = fake.add_failure_job(job_type="createReplicationPairNoCG", server_group_id="g")

    job = terraform.job(failed.job_id)

    assert job["status"] == "FAIL"
    assert (type(job["error_code"]), type(job["fail_reason"])) == (str, str)


def test_entities_of_the_jobs_of_a_pair_are_strings_alone(fake, terraform, ids):
    terraform.run("POST", filled(ATTACH[1], ids), filled(ATTACH[2], ids))
    pair, instance = f"/replications/{ids['pair']}", f"/protected-instances/{ids['instance']}"
    terraform.run("POST", f"{pair}/action", {"extend-replication": {"new_size": 20}})
    terraform.run("DELETE", f"{instance}/detachreplication/{ids['pair']}")
    terraform.run("DELETE", pair, {"replication": {"server_group_id": ids["group"]}})

    jobs = [terraform.job(job.job_id) for job in fake.jobs if "ReplicationPair" in job.job_type]

    assert len(jobs) == 5
    assert {type(value) for job in jobs for value in job["entities"].values()} == {str}


# Reads that keep a plan empty


def test_a_group_echoes_what_it_was_made_of(terraform, ids):
    group = terraform.send("GET", f"/server-groups/{ids['group']}").json()["server_group"]

    assert group.items() >= NEW_GROUP.items()


@pytest.mark.parametrize("given", [{}, {"description": "a description"}])
def test_a_pair_echoes_what_it_was_made_of(terraform, given):
    group_id = terraform.create_group()
    pair_id = terraform.create_pair(group_id, **given)

    pair = terraform.send("GET", f"/replications/{pair_id}").json()["replication"]

    assert (pair["server_group_id"], pair["name"]) == (group_id, "pair")
    assert pair["description"] == given.get("description")


def test_volume_ids_are_two_with_the_disk_that_was_sent_first(terraform, ids):
    pair = terraform.send("GET", f"/replications/{ids['pair']}").json()["replication"]

    source, target = pair["volume_ids"].split(",")
    assert (source, bool(target)) == (DISK, True)


def test_the_types_of_a_pairs_fields_are_those_that_go_decodes(terraform, ids):
    pair = terraform.send("GET", f"/replications/{ids['pair']}").json()["replication"]

    types = {name: type(value) for name, value in pair["record_metadata"].items()}
    assert types == {"multiattach": bool, "bootable": bool, "volume_size": int, "volume_type": str}
    assert pair["fault_level"] is None or isinstance(pair["fault_level"], str)


def test_an_instance_echoes_what_it_was_made_of(terraform, ids):
    answer = terraform.send("GET", f"/protected-instances/{ids['instance']}")

    instance = answer.json()["protected_instance"]
    assert (instance["source_server"], instance["server_group_id"]) == (SERVER, ids["group"])
    assert (instance["description"], bool(instance["target_server"])) == (None, True)


def test_an_attachment_shows_at_once(fake, terraform, ids):
    fake.jobs.hold()
    terraform.send("POST", filled(ATTACH[1], ids), filled(ATTACH[2], ids))

    answer = terraform.send("GET", f"/protected-instances/{ids['instance']}")

    shown = answer.json()["protected_instance"]["attachment"]
    assert {"replication": ids["pair"], "device": "/dev/vdb"} in shown


def test_an_enabled_group_is_protected_and_a_stopped_one_available(terraform, ids):
    statuses = []

    for action in ("start-server-group", "stop-server-group"):
        terraform.run("POST", f"/server-groups/{ids['group']}/action", {action: {}})
        answer = terraform.send("GET", f"/server-groups/{ids['group']}")
        statuses.append(answer.json()["server_group"]["status"])

    assert statuses == ["protected", "available"]


# Gone objects

GONE = [
    ("GET", "/server-groups/gone", None, "SDRS.1013"),
    ("DELETE", "/server-groups/gone", None, "SDRS.1013"),
    ("GET", "/protected-instances/gone", None, "SDRS.1320"),
    ("DELETE", "/protected-instances/gone", {}, "SDRS.1301"),
    ("GET", "/replications/gone", None, "SDRS.1608"),
    ("DELETE", "/replications/gone", {"replication": {"server_group_id": "g"}}, "SDRS.1608"),
]


@pytest.mark.parametrize(("method", "path", "body", "code"), GONE)
def test_a_gone_object_is_400_with_its_code(terraform, method, path, body, code):
    answer = terraform.send(method, path, body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


# Lists

LISTS = [
    ("/server-groups", "server_groups"),
    ("/protected-instances", "protected_instances"),
    ("/replications", "replications"),
]


@pytest.mark.parametrize(("path", "name"), LISTS)
def test_a_list_is_asked_for_until_a_page_is_empty(fake, terraform, path, name):
    group_id = terraform.create_group(name="group-2")
    terraform.create_instance(group_id)
    total = terraform.send("GET", path).json()["count"]
    sizes, seen, params = [], 0, {}

    while not sizes or sizes[-1]:
        answer = terraform.send("GET", path, **params)
        assert answer.headers["Content-Type"].startswith("application/json")
        sizes.append(len(answer.json()[name]))
        seen += sizes[-1]
        params = {"offset": seen}

    assert sizes == [total, 0]


@pytest.mark.parametrize("listed", LISTS)
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "available"}, True),
        ({"status": "protected"}, False),
        ({"availability_zone": "a"}, True),
        ({"availability_zone": "b"}, False),
        ({"name": "nothing is called so"}, False),
        ({"server_group_id": "{group}"}, True),
    ],
)
def test_a_list_takes_its_filters(terraform, ids, listed, query, found):
    path, name = listed
    answer = terraform.send("GET", path, **filled(query, ids))

    assert (answer.status_code, bool(answer.json()[name])) == (200, found)
