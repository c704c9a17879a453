"""POST /v1/{project_id}/protected-instances/{protected_instance_id}/nic"""

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.operations.hardware import MAX_NICS
from tests.cases import show_job
from tests.operations.instance_cases import created, ended, nics, post, refused, show, state


@pytest.fixture
def group(sdrs):
    return sdrs.add_protection_group().id


@pytest.fixture
def instance(sdrs, group):
    """The id of an instance with a primary NIC."""
    return created(sdrs, group, primary_subnet_id="net", primary_ip_address="10.0.0.1")


def add(sdrs, instance_id, **body):
    return post(sdrs, f"/protected-instances/{instance_id}/nic", {"subnet_id": "net", **body})


def test_the_documented_request_adds_a_nic(sdrs, instance, fixture):
    request = fixture("examples/add_protected_instance_nic.request")
    response = post(sdrs, f"/protected-instances/{instance}/nic", request)

    assert (response.status, list(response.json)) == (200, ["job_id"])
    (primary, nic) = nics(sdrs, instance)
    assert (primary.ip_address, primary.is_primary) == ("10.0.0.1", True)
    assert nic[1:] == (request["subnet_id"], request["ip_address"], False)
    job = ended(sdrs, response)
    assert (job["job_type"], job["status"]) == ("addNicNew", "SUCCESS")
    assert job["entities"] == {"nic_id": nic.id, "protected_instance_id": instance}


@pytest.mark.parametrize("more", [{}, {"ip_address": None}, {"security_groups": None}])
def test_only_the_subnet_is_needed(sdrs, instance, more):
    assert add(sdrs, instance, **more).status == 200
    assert nics(sdrs, instance)[1][1:] == ("net", "", False)


@pytest.mark.parametrize("status", ["available", "protected"])
def test_the_instance_is_busy_until_the_job_is_over_and_then_as_it_was(sdrs, status):
    one = sdrs.add_protected_instance(status=status)
    sdrs.jobs.hold()
    job = ended(sdrs, add(sdrs, one.id))

    assert (job["status"], show(sdrs, one.id)["status"]) == ("RUNNING", "nic-creating")
    assert job["entities"]["nic_id"] == nics(sdrs, one.id)[0].id

    sdrs.jobs.finish()

    assert show(sdrs, one.id)["status"] == status


def test_a_job_says_running_as_often_as_it_is_to():
    sdrs = FakeSdrs(job_polls=2)
    one = sdrs.add_protected_instance().id
    response = add(sdrs, one)

    seen = [(ended(sdrs, response)["status"], show(sdrs, one)["status"]) for _ in range(3)]

    assert seen == [
        ("RUNNING", "nic-creating"),
        ("RUNNING", "available"),
        ("SUCCESS", "available"),
    ]


def test_it_is_as_its_group_where_that_was_enabled_meanwhile(sdrs, group, instance):
    sdrs.jobs.hold()
    added = add(sdrs, instance).json["job_id"]
    enabled = post(sdrs, f"/server-groups/{group}/action", {"start-server-group": {}})
    statuses = [show(sdrs, instance)["status"]]
    for job_id in (enabled.json["job_id"], added):
        sdrs.jobs.finish(job_id)
        statuses.append(show(sdrs, instance)["status"])

    assert statuses == ["nic-creating", "nic-creating", "protected"]


def test_nics_are_shown_nowhere(sdrs, instance):
    before = show(sdrs, instance)
    sdrs.clock.advance(seconds=1)
    added = ended(sdrs, add(sdrs, instance, ip_address="10.0.0.2"))["entities"]["nic_id"]
    after = show(sdrs, instance)

    assert {name for name in before if before[name] != after[name]} == {"updated_at"}
    base = f"/v1/{sdrs.project_id}"
    body = {"action": "filter"}
    answers = [
        sdrs.request("GET", f"{base}/protected-instances").body,
        post(sdrs, "/protected-instances/resource_instances/action", body).body,
    ]
    for secret in (added, nics(sdrs, instance)[0].id, "10.0.0.2"):
        assert not any(secret.encode() in answer for answer in answers)


def test_a_running_job_goes_on_in_a_file_and_in_a_fork(sdrs, instance, tmp_path):
    sdrs.jobs.hold()
    job = ended(sdrs, add(sdrs, instance, ip_address="10.0.0.2"))
    sdrs.save(tmp_path / "sdrs.json")

    for other in (FakeSdrs.from_file(tmp_path / "sdrs.json"), sdrs.fork()):
        assert show_job(other, job["job_id"]).json == job
        other.jobs.finish(job["job_id"])
        assert show(other, instance)["status"] == "available"
        assert nics(other, instance) == nics(sdrs, instance)
    assert show(sdrs, instance)["status"] == "nic-creating"


def test_what_is_made_after_a_file_has_ids_of_its_own(sdrs, group, tmp_path):
    for _ in range(3):
        one = created(sdrs, group)
        add(sdrs, one)
    sdrs.save(tmp_path / "sdrs.json")
    other = FakeSdrs.from_file(tmp_path / "sdrs.json")
    for _ in range(3):
        one = created(other, group)
        add(other, one)
        add(other, one)

    ids = [nic.id for each in other.protected_instances for nic in each.nics]
    ids += [each.target_server for each in other.protected_instances]
    ids += [disk for pair in other.replication_pairs for disk in pair.volume_ids.split(",")]
    assert (len(ids), len(set(ids))) == (33, 33)


def test_an_instance_has_at_most_12_nics_with_the_primary_one(sdrs, instance):
    for _ in range(MAX_NICS - 1):
        assert add(sdrs, instance).status == 200
    before = state(sdrs)

    assert (MAX_NICS, refused(add(sdrs, instance))) == (12, (400, "SDRS.1340"))
    assert state(sdrs) == before


def test_the_primary_nic_counts_also_where_the_fake_knows_of_none(sdrs):
    one = sdrs.add_protected_instance()
    statuses = [add(sdrs, one.id).status for _ in range(MAX_NICS)]

    assert statuses == [200] * 11 + [400]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"subnet_id": None}, "SDRS.0201"),
        ({"subnet_id": ""}, "SDRS.0201"),
        ({"subnet_id": 1}, "SDRS.0201"),
        ({"security_groups": {}}, "SDRS.0201"),
        ({"security_groups": [{}]}, "SDRS.0201"),
        ({"security_groups": [{"id": ""}]}, "SDRS.0201"),
        ({"ip_address": ""}, "SDRS.0219"),
        ({"ip_address": "10.0.0"}, "SDRS.0219"),
        ({"ip_address": "10.0.0.256"}, "SDRS.0219"),
        ({"ip_address": "fe80::1"}, "SDRS.0219"),
        ({"ip_address": 10}, "SDRS.0219"),
        ({"ip_address": "10.0.0.1"}, "SDRS.1334"),
    ],
)
def test_a_wrong_field_is_refused_with_its_code(sdrs, instance, body, code):
    before = state(sdrs)

    assert refused(add(sdrs, instance, **body)) == (400, code)
    assert state(sdrs) == before


@pytest.mark.parametrize("content", [None, [], {}, {"nic": {"subnet_id": "net"}}])
def test_a_body_without_a_subnet_is_0201(sdrs, instance, content):
    response = post(sdrs, f"/protected-instances/{instance}/nic", content)

    assert refused(response) == (400, "SDRS.0201")


def test_an_address_is_taken_once_in_a_subnet_of_the_project(sdrs, group, instance):
    other = created(sdrs, group)

    assert refused(add(sdrs, other, ip_address="10.0.0.1")) == (400, "SDRS.1334")
    assert add(sdrs, other, subnet_id="another", ip_address="10.0.0.1").status == 200
    elsewhere = sdrs.project("other")
    theirs = elsewhere.add_protected_instance()
    path = f"/v1/other/protected-instances/{theirs.id}/nic"
    body = {"subnet_id": "net", "ip_address": "10.0.0.1"}
    assert sdrs.request("POST", path, json=body).status == 200


def test_the_address_of_a_nic_that_is_being_made_is_taken(sdrs, group, instance):
    other = created(sdrs, group)
    sdrs.jobs.hold()
    add(sdrs, instance, ip_address="10.0.0.2")

    assert refused(add(sdrs, other, ip_address="10.0.0.2")) == (400, "SDRS.1334")


def test_an_unknown_instance_is_1320(sdrs):
    assert refused(add(sdrs, "unheard-of")) == (400, "SDRS.1320")


@pytest.mark.parametrize(
    ("group_status", "status", "code"),
    [
        ("failed-over", "failed-over", "SDRS.1024"),
        ("error-stopping", "available", "SDRS.1024"),
        ("stopping", "stopping", "SDRS.1024"),
        ("available", "error", "SDRS.1327"),
        ("available", "creating", "SDRS.1327"),
        ("protected", "nic-deleting", "SDRS.1327"),
        ("protected", "error-resizing", "SDRS.1327"),
    ],
)
def test_group_and_instance_have_to_be_available_or_protected(sdrs, group_status, status, code):
    sdrs.add_protection_group(status=group_status)
    one = sdrs.add_protected_instance(status=status)
    before = state(sdrs)

    assert refused(add(sdrs, one.id)) == (400, code)
    assert state(sdrs) == before


# The primary NIC of a new instance


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"primary_ip_address": "10.0.0.9"}, "SDRS.1380"),
        ({"primary_subnet_id": "net", "primary_ip_address": "10.0.0.1"}, "SDRS.1334"),
        ({"primary_subnet_id": "net", "primary_ip_address": "10.0.0.x"}, "SDRS.0219"),
    ],
)
def test_a_new_instance_needs_a_subnet_and_a_free_address(sdrs, group, instance, fields, code):
    body = {"server_group_id": group, "server_id": "new", "name": "new", **fields}
    before = state(sdrs)

    response = post(sdrs, "/protected-instances", {"protected_instance": body})

    assert refused(response) == (400, code)
    assert state(sdrs) == before
