"""POST /v1/{project_id}/protected-instances/{protected_instance_id}/nic/delete"""

import pytest

from sdrs_fake import FakeSdrs
from tests.cases import show_job
from tests.operations.instance_cases import created, ended, nics, post, refused, show, state


@pytest.fixture
def group(sdrs):
    return sdrs.add_protection_group().id


@pytest.fixture
def instance(sdrs, group):
    """The id of an instance with a primary and another NIC."""
    one = created(sdrs, group)
    body = {"subnet_id": "net", "ip_address": "10.0.0.2"}
    post(sdrs, f"/protected-instances/{one}/nic", body)
    return one


def delete(sdrs, instance_id, nic_id):
    path = f"/protected-instances/{instance_id}/nic/delete"
    return post(sdrs, path, {"nic_id": nic_id})


def test_the_documented_request_deletes_a_nic(sdrs, fixture):
    request = fixture("examples/delete_protected_instance_nic.request")
    one = sdrs.add_protected_instance(nics=[{"id": request["nic_id"]}])

    response = post(sdrs, f"/protected-instances/{one.id}/nic/delete", request)

    assert (response.status, list(response.json)) == (200, ["job_id"])
    job = ended(sdrs, response)
    assert (job["job_type"], job["status"], job["entities"]) == ("deleteNicNew", "SUCCESS", {})
    assert (nics(sdrs, one.id), show(sdrs, one.id)["status"]) == ((), "available")


def test_the_nic_is_there_until_the_job_is_over(sdrs, instance):
    primary, nic = nics(sdrs, instance)
    sdrs.jobs.hold()
    job = ended(sdrs, delete(sdrs, instance, nic.id))

    assert (job["status"], show(sdrs, instance)["status"]) == ("RUNNING", "nic-deleting")
    assert nics(sdrs, instance) == (primary, nic)

    sdrs.jobs.finish()

    assert show(sdrs, instance)["status"] == "available"
    assert nics(sdrs, instance) == (primary,)


def test_a_protected_instance_is_protected_afterwards(sdrs):
    one = sdrs.add_protected_instance(status="protected", nics=[{"id": "nic"}])
    delete(sdrs, one.id, "nic")

    assert show(sdrs, one.id)["status"] == "protected"


def test_a_running_job_goes_on_in_a_file_and_in_a_fork(sdrs, instance, tmp_path):
    primary, nic = nics(sdrs, instance)
    sdrs.jobs.hold()
    job = ended(sdrs, delete(sdrs, instance, nic.id))
    sdrs.save(tmp_path / "sdrs.json")

    for other in (FakeSdrs.from_file(tmp_path / "sdrs.json"), sdrs.fork()):
        assert show_job(other, job["job_id"]).json == job
        other.jobs.finish(job["job_id"])
        assert nics(other, instance) == (primary,)
    assert nics(sdrs, instance) == (primary, nic)


def test_the_address_of_a_deleted_nic_is_free_again(sdrs, instance):
    delete(sdrs, instance, nics(sdrs, instance)[1].id)

    body = {"subnet_id": "net", "ip_address": "10.0.0.2"}
    assert post(sdrs, f"/protected-instances/{instance}/nic", body).status == 200


@pytest.mark.parametrize(
    ("nic_id", "code"),
    [
        (None, "SDRS.0201"),
        ("", "SDRS.0223"),
        (7, "SDRS.0223"),
        ([], "SDRS.0223"),
        ("unheard-of", "SDRS.1310"),
    ],
)
def test_a_wrong_id_is_refused_with_its_code(sdrs, instance, nic_id, code):
    before = state(sdrs)

    assert refused(delete(sdrs, instance, nic_id)) == (400, code)
    assert state(sdrs) == before


def test_a_body_without_an_id_is_0201(sdrs, instance):
    for content in (None, [], {}):
        response = post(sdrs, f"/protected-instances/{instance}/nic/delete", content)

        assert refused(response) == (400, "SDRS.0201")


def test_the_primary_nic_cannot_be_deleted(sdrs, instance):
    assert refused(delete(sdrs, instance, nics(sdrs, instance)[0].id)) == (400, "SDRS.1311")


def test_a_nic_that_is_gone_or_of_another_instance_is_1310(sdrs, group, instance):
    nic = nics(sdrs, instance)[1]

    assert refused(delete(sdrs, created(sdrs, group), nic.id)) == (400, "SDRS.1310")
    assert delete(sdrs, instance, nic.id).status == 200
    assert refused(delete(sdrs, instance, nic.id)) == (400, "SDRS.1310")


def test_an_unknown_instance_is_1320(sdrs):
    assert refused(delete(sdrs, "unheard-of", "nic")) == (400, "SDRS.1320")


@pytest.mark.parametrize(
    ("group_status", "status", "code"),
    [
        ("failed-over", "failed-over", "SDRS.1024"),
        ("error-reversing", "protected", "SDRS.1024"),
        ("available", "nic-creating", "SDRS.1327"),
        ("protected", "error-stopping", "SDRS.1327"),
        ("available", "invalid", "SDRS.1327"),
    ],
)
def test_group_and_instance_have_to_be_available_or_protected(sdrs, group_status, status, code):
    sdrs.add_protection_group(status=group_status)
    one = sdrs.add_protected_instance(status=status, nics=[{"id": "nic"}])
    before = state(sdrs)

    assert refused(delete(sdrs, one.id, "nic")) == (400, code)
    assert state(sdrs) == before
