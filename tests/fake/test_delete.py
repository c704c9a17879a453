"""What Python takes away again, and what it cannot add."""

import pytest

from sdrs_fake import FakeSdrs, ParameterError
from sdrs_fake.domain.job_types import POSSIBLE


def listed(sdrs, path, **params):
    rows = sdrs.request("GET", path, params=params).json["failure_jobs"]
    return [row["job_id"] for row in rows]


def test_a_deleted_failed_job_is_no_longer_listed_and_its_job_stays(sdrs, path):
    group = sdrs.add_protection_group()
    kept, gone = (sdrs.add_failure_job(server_group_id=group.id) for _ in range(2))

    sdrs.delete_failure_job(gone.job_id)

    assert listed(sdrs, path, server_group_id=group.id) == [kept.job_id]
    job = sdrs.request("GET", f"/v1/{sdrs.project_id}/jobs/{gone.job_id}").json
    assert job["status"] == "FAIL"


def test_a_deleted_group_is_gone_and_its_rows_stay(sdrs, path):
    group, other = sdrs.add_protection_group(), sdrs.add_protection_group()
    job = sdrs.add_failure_job(server_group_id=group.id)
    assert sdrs.protection_groups

    sdrs.delete_protection_group(group.id)

    assert [each.id for each in sdrs.protection_groups] == [other.id]
    groups = f"/v1/{sdrs.project_id}/server-groups"
    assert sdrs.request("GET", groups).json["count"] == 1
    assert sdrs.request("GET", f"{groups}/{group.id}").status == 400
    assert listed(sdrs, path, server_group_id=group.id) == [job.job_id]
    assert len(sdrs.fork().protection_groups) == 1


def saved(sdrs, tmp_path):
    sdrs.save(tmp_path / "fake.json")
    return FakeSdrs.from_file(tmp_path / "fake.json")


def imported(sdrs, _):
    twin = FakeSdrs()
    twin.import_data(sdrs.export_data())
    return twin


@pytest.mark.parametrize("again", [saved, imported, lambda sdrs, _: sdrs.fork()])
def test_a_deleted_group_stays_gone_in_a_copy_of_the_fake(sdrs, path, tmp_path, again):
    job, old = (sdrs.add_failure_job(server_group_id="gone") for _ in range(2))
    sdrs.delete_failure_job(old.job_id)
    sdrs.delete_protection_group("gone")
    other = sdrs.add_failure_job(server_group_id="other")

    with again(sdrs, tmp_path) as twin:
        assert [group.id for group in twin.protection_groups] == ["other"]
        assert listed(twin, path, server_group_id="gone") == [job.job_id]
        assert listed(twin, path, server_group_id="other") == [other.job_id]
        assert twin.export_data() == sdrs.export_data()


@pytest.mark.parametrize("gone", ["gone", [5], [["gone"]], {"id": "gone"}])
def test_deleted_groups_of_imported_data_are_a_list_of_ids(sdrs, gone):
    with pytest.raises(ParameterError, match="should be a list of ids"):
        sdrs.import_data({"failure_jobs": [{}], "deleted_protection_groups": gone})

    assert sdrs.project_ids == set()


def test_an_import_deletes_no_group_that_is_there(sdrs):
    sdrs.add_protection_group(id="here")

    row = {"server_group_id": "here"}
    sdrs.import_data({"failure_jobs": [row], "deleted_protection_groups": ["here"]})

    assert [group.id for group in sdrs.protection_groups] == ["here"]


def test_a_new_default_group_is_not_the_one_that_was_deleted(sdrs):
    first = sdrs.add_failure_job(resource_type="replications")
    sdrs.delete_protection_group(first.server_group_id)

    second = sdrs.add_failure_job(resource_type="replications")

    assert second.server_group_id != first.server_group_id


@pytest.mark.parametrize("unknown", ["nothing", "", None, 5])
def test_an_unknown_id_is_refused_and_does_not_make_the_project(unknown):
    with FakeSdrs() as sdrs:
        with pytest.raises(ValueError, match=f"^job_id: {unknown!r} is no failed job"):
            sdrs.delete_failure_job(unknown)
        with pytest.raises(ParameterError, match=f"^id: {unknown!r} is no protection group"):
            sdrs.delete_protection_group(unknown)

        assert sdrs.project_ids == set()


def test_a_failed_job_is_deleted_once(sdrs):
    job = sdrs.add_failure_job()
    sdrs.delete_failure_job(job.job_id)

    with pytest.raises(ParameterError, match="is no failed job of the project"):
        sdrs.delete_failure_job(job.job_id)
    with pytest.raises(ParameterError, match="is no failed job of the project"):
        sdrs.project("other").delete_failure_job(job.job_id)


@pytest.mark.parametrize(
    "fields",
    [
        {"resource_type": "replications", "failure_status": "startFail"},
        {"resource_type": "replicationPair", "failure_status": "resizeFail"},
        {"resource_type": "server_groups", "failure_status": "attachFail"},
        {"resource_type": "replications", "job_type": "startProtectionGroupNoCG"},
        {"resource_id": "pair", "failure_status": "failoverFail"},
    ],
)
def test_a_status_that_the_type_of_resource_cannot_have_is_refused(sdrs, fields):
    sdrs.add_failure_job(resource_id="pair", resource_type="replications")

    with pytest.raises(ParameterError, match=r"should be one that .* can have: ") as caught:
        sdrs.add_failure_job(**fields)

    assert caught.value.name == "failure_status"
    assert len(sdrs.failure_jobs) == 1


@pytest.mark.parametrize("pair", sorted(POSSIBLE))
def test_every_possible_pair_of_type_and_status_is_taken(sdrs, pair):
    job = sdrs.add_failure_job(resource_type=pair[0], failure_status=pair[1])

    assert (job.resource_type, job.failure_status) == pair


def test_imported_rows_are_taken_as_they_come(sdrs):
    row = {"resource_type": "replications", "failure_status": "startFail"}

    assert sdrs.import_data({"failure_jobs": [row]})["failure_jobs"] == 1
