"""POST /v1/{project_id}/protected-instances/{protected_instance_id}/resize"""

import pytest

from sdrs_fake import FakeSdrs
from tests.cases import show_job
from tests.operations.instance_cases import created, ended, post, refused, show, state

REQUESTS = [
    ("resize_protected_instance.request", ("e2.small", "e2.small")),
    ("resize_protected_instance.request.2", ("s3.small.1", "s3.large.2")),
    ("resize_protected_instance.request.3", ("e2.small", None)),
    ("resize_protected_instance.request.4", (None, "e2.small")),
    ("resize_protected_instance.request.5", ("e2.small", None)),
    ("resize_protected_instance.request.6", (None, "e2.small")),
]


@pytest.fixture
def group(sdrs):
    return sdrs.add_protection_group().id


@pytest.fixture
def instance(sdrs, group):
    """The id of an instance with its system pair."""
    return created(sdrs, group)


def resize(sdrs, instance_id, **flavors):
    return post(sdrs, f"/protected-instances/{instance_id}/resize", {"resize": flavors})


def flavors(sdrs, instance_id):
    """The flavors at the two sites, which no answer shows."""
    (one,) = [each for each in sdrs.protected_instances if each.id == instance_id]
    return one.production_flavor, one.dr_flavor


def with_system_pair(sdrs, **fields):
    """The id of an instance that is added with a pair at /dev/vda."""
    one = sdrs.add_protected_instance(**fields)
    attached = [{"protected_instance": one.id, "device": "/dev/vda"}]
    sdrs.add_replication_pair(attachment=attached)
    return one.id


@pytest.mark.parametrize(("name", "expected"), REQUESTS)
def test_each_documented_request_resizes(sdrs, instance, fixture, name, expected):
    request = fixture(f"examples/{name}")
    response = post(sdrs, f"/protected-instances/{instance}/resize", request)

    assert (response.status, list(response.json)) == (200, ["job_id"])
    job = ended(sdrs, response)
    assert (job["job_type"], job["status"]) == ("resizeProtectedInstanceNew", "SUCCESS")
    assert job["entities"] == {"protected_instance_id": instance}
    assert flavors(sdrs, instance) == expected
    assert show(sdrs, instance)["status"] == "available"


def test_the_flavor_of_both_sites_hides_the_two_others(sdrs, instance):
    both = {"production_flavorRef": "p", "dr_flavorRef": "d"}
    resize(sdrs, instance, flavorRef="b", **both)

    assert flavors(sdrs, instance) == ("b", "b")


def test_the_flavor_of_a_new_instance_is_that_of_its_dr_server(sdrs, group):
    one = created(sdrs, group, flavorRef="c3.medium.2")

    assert refused(resize(sdrs, one, dr_flavorRef="c3.medium.2")) == (400, "SDRS.1341")
    assert resize(sdrs, one, production_flavorRef="c3.medium.2").status == 200


@pytest.mark.parametrize("status", ["available", "protected"])
def test_it_is_resizing_until_the_job_is_over_and_then_as_it_was(sdrs, status):
    one = with_system_pair(sdrs, status=status)
    sdrs.jobs.hold()
    job = ended(sdrs, resize(sdrs, one, flavorRef="b"))

    assert (job["status"], show(sdrs, one)["status"]) == ("RUNNING", "resizing")
    assert flavors(sdrs, one) == (None, None)

    sdrs.jobs.finish()

    assert show(sdrs, one)["status"] == status
    assert flavors(sdrs, one) == ("b", "b")


@pytest.mark.parametrize("group_status", ["available", "protected"])
def test_resizing_again_leads_out_of_error_resizing(sdrs, group_status):
    sdrs.add_protection_group(status=group_status)
    one = with_system_pair(sdrs, status="error-resizing")
    resize(sdrs, one, flavorRef="b")

    assert show(sdrs, one)["status"] == group_status


def test_a_running_job_goes_on_in_a_file_and_in_a_fork(sdrs, instance, tmp_path):
    sdrs.jobs.hold()
    job = ended(sdrs, resize(sdrs, instance, production_flavorRef="p"))
    sdrs.save(tmp_path / "sdrs.json")

    for other in (FakeSdrs.from_file(tmp_path / "sdrs.json"), sdrs.fork()):
        assert show_job(other, job["job_id"]).json == job
        other.jobs.finish(job["job_id"])
        assert flavors(other, instance) == ("p", None)
        other.save(tmp_path / "again.json")
        assert flavors(FakeSdrs.from_file(tmp_path / "again.json"), instance) == ("p", None)
    assert flavors(sdrs, instance) == (None, None)


# Refusals


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"production_dedicated_host_id": "host"},
        {"production_dedicated_host_id": "host", "dr_dedicated_host_id": "host"},
        {"flavorRef": None},
        {"flavorRef": ""},
        {"flavorRef": 1},
        {"dr_flavorRef": ["b"]},
        {"flavorRef": "b", "dr_dedicated_host_id": ""},
    ],
)
def test_without_a_flavor_it_is_0201(sdrs, instance, body):
    before = state(sdrs)

    assert refused(resize(sdrs, instance, **body)) == (400, "SDRS.0201")
    assert state(sdrs) == before


@pytest.mark.parametrize("content", [None, [], {}, {"resize": None}, {"flavorRef": "b"}])
def test_a_body_without_the_object_is_0201(sdrs, instance, content):
    response = post(sdrs, f"/protected-instances/{instance}/resize", content)

    assert refused(response) == (400, "SDRS.0201")


@pytest.mark.parametrize(
    "body",
    [
        {"flavorRef": "p"},
        {"flavorRef": "d"},
        {"production_flavorRef": "p"},
        {"dr_flavorRef": "d"},
        {"production_flavorRef": "new", "dr_flavorRef": "d"},
    ],
)
def test_the_flavor_that_a_site_has_is_1341(sdrs, instance, body):
    resize(sdrs, instance, production_flavorRef="p", dr_flavorRef="d")

    assert refused(resize(sdrs, instance, **body)) == (400, "SDRS.1341")
    assert flavors(sdrs, instance) == ("p", "d")


def test_an_instance_without_its_system_pair_is_1377(sdrs, group):
    one = sdrs.add_protected_instance()
    attached = [{"protected_instance": one.id, "device": "/dev/vdb"}]
    sdrs.add_replication_pair(attachment=attached)

    assert refused(resize(sdrs, one.id, flavorRef="b")) == (400, "SDRS.1377")


def test_an_unknown_instance_is_1320(sdrs):
    assert refused(resize(sdrs, "unheard-of", flavorRef="b")) == (400, "SDRS.1320")


@pytest.mark.parametrize(
    ("group_status", "status", "code"),
    [
        ("failed-over", "failed-over", "SDRS.1024"),
        ("error-starting", "available", "SDRS.1024"),
        ("available", "error-stopping", "SDRS.1314"),
        ("available", "resizing", "SDRS.1314"),
        ("protected", "fault", "SDRS.1314"),
    ],
)
def test_group_and_instance_have_to_allow_it(sdrs, group_status, status, code):
    sdrs.add_protection_group(status=group_status)
    one = with_system_pair(sdrs, status=status)
    before = state(sdrs)

    assert refused(resize(sdrs, one, flavorRef="b")) == (400, code)
    assert state(sdrs) == before
