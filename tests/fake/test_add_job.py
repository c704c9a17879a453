"""Jobs that a test adds to a fake."""

import datetime as dt
import json

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs, Job
from sdrs_fake.domain.failure_jobs import SPELLINGS_OF_2019
from sdrs_fake.domain.job_types import ENTITIES
from tests.cases import added_job, refusal, show_job

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize("name", ["show_job_status", "show_job_status.2"])
def test_the_documented_samples_come_back_value_for_value_in_their_order(sdrs, fixture, name):
    sample = fixture(f"examples/{name}")

    body = show_job(sdrs, sdrs.add_job(**sample).job_id).body

    assert body.decode() == json.dumps(sample, separators=(",", ":"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {},
            {
                "status": "SUCCESS",
                "job_type": "createProtectionGroupNoCG",
                "error_code": None,
                "fail_reason": None,
            },
        ),
        (
            {"status": "FAIL"},
            {"error_code": "SDRS.1014", "fail_reason": "Failed to create the protection group"},
        ),
        ({"status": "INIT"}, {"end_time": "", "error_code": None, "fail_reason": None}),
        ({"status": "RUNNING", "job_type": "expandReplicationPairNew"}, {"end_time": ""}),
        ({"error_code": "SDRS.1821"}, {"status": "FAIL", "job_type": "attachReplicationPairNew"}),
        (
            {"fail_reason": "Failed to delete the DR drill"},
            {"status": "FAIL", "job_type": "deleteDisasterRecoveryDrill"},
        ),
        ({"error_code": None}, {"status": "SUCCESS"}),
        ({"job_type": "addNicNew", "status": "FAIL"}, {"error_code": "SDRS.1312"}),
        ({"job_type": "createReplicationPair", "status": "FAIL"}, {"error_code": "SDRS.1606"}),
        (
            {"job_type": "createReplicationPairNoCG", "error_code": "SDRS.1609"},
            {"fail_reason": "Replication pair creation failure"},
        ),
        (
            {"job_type": "someNewJob", "status": "FAIL"},
            {"error_code": "SDRS.0013", "fail_reason": "Internal error", "entities": {}},
        ),
        (
            {"entities": {"disaster_recovery_drill_id": "d"}},
            {"job_type": "createDisasterRecoveryDrill"},
        ),
        ({"entities": {"native_server_id": "s"}, "status": "FAIL"}, {"error_code": "SDRS.1350"}),
        ({"entities": {"something": "new"}}, {"job_type": "createProtectionGroupNoCG"}),
        (
            {"entities": {"sub_jobs": []}},
            {"job_type": "startProtectionGroupNoCG", "entities": {"sub_jobs": []}},
        ),
        (
            {"job_id": "ff808082686f229a0168707beaab014e"},
            {"begin_time": "2019-01-21T12:56:35.754Z"},
        ),
    ],
)
def test_a_job_is_completed_to_one_that_fits(sdrs, given, expected):
    assert added_job(sdrs, **given).items() >= expected.items()


@pytest.mark.parametrize(("job_type", "keys"), ENTITIES.items())
def test_a_job_has_the_entities_of_its_type(sdrs, job_type, keys):
    assert tuple(added_job(sdrs, job_type=job_type)["entities"]) == keys


def test_a_job_of_a_pair_names_two_volumes_in_one_text(sdrs):
    entities = added_job(sdrs, job_type="createReplicationPairNoCG")["entities"]

    assert len(set(entities["volume_ids"].split(","))) == 2


def test_a_job_of_a_group_is_of_the_first_group_by_default(sdrs):
    group = sdrs.add_protection_group()

    assert added_job(sdrs)["entities"] == {"server_group_id": group.id}


@freeze_time(NOON)
def test_a_job_begins_now_its_id_holds_the_time_and_it_takes_a_while():
    one, two = (fake.add_job() for fake in (FakeSdrs(), FakeSdrs()))

    assert one == two
    assert one.begin_time == NOON < one.end_time
    assert int(one.job_id[16:28], 16) - 1 == NOON.timestamp() * 1000


def test_sub_jobs_are_as_the_job_they_belong_to(sdrs):
    job = added_job(
        sdrs,
        job_type="stopProtectionGroupNoCG",
        status="FAIL",
        entities={"server_group_id": "g", "sub_jobs": [{}, {"job_id": "b"}]},
    )

    one, two = job["entities"]["sub_jobs"]
    expected = {
        "job_type": "stopProtectionGroupRepNoCG",
        "status": "FAIL",
        "begin_time": job["begin_time"],
        "end_time": job["end_time"],
        "error_code": "SDRS.1028",
        "entities": {"server_group_id": "g"},
    }
    assert one.items() >= expected.items()
    assert two["job_id"] == "b"
    assert one["job_id"] not in {job["job_id"], "b"}


def test_a_sub_job_that_goes_its_own_way_has_an_end_of_its_own(sdrs):
    sub_jobs = [{"status": "RUNNING"}, {"status": "SUCCESS"}]
    job = added_job(sdrs, status="RUNNING", entities={"sub_jobs": sub_jobs})

    ends = [each["end_time"] for each in job["entities"]["sub_jobs"]]

    assert ends[0] == ""
    assert ends[1] > job["begin_time"]


def test_a_sub_job_may_be_a_job(sdrs):
    sub_job = FakeSdrs().add_job(job_id="sub", status="RUNNING")

    job = added_job(sdrs, status="RUNNING", entities={"sub_jobs": [sub_job]})

    assert job["entities"]["sub_jobs"][0]["job_id"] == "sub"


def test_the_job_of_a_failed_job_may_be_added_with_more_fields(sdrs):
    failed = sdrs.add_failure_job(
        failure_status="stopFail", resource_type="server_groups", server_group_id="g"
    )

    job = added_job(sdrs, job_id=failed.job_id, entities={"server_group_id": "g", "sub_jobs": [{}]})

    assert (job["status"], job["error_code"]) == ("FAIL", "SDRS.1028")
    assert len(job["entities"]["sub_jobs"]) == 1
    assert [each.job_id for each in sdrs.failure_jobs] == [failed.job_id]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "DONE"}, "status: 'DONE' should be 'INIT', 'RUNNING', 'SUCCESS' or 'FAIL'"),
        ({"job_id": ""}, "job_id: '' should have at least 1 character"),
        ({"job_id": 5}, "job_id: 5 should be a valid string"),
        (
            {"begin_time": "yesterday"},
            "begin_time: 'yesterday' should be a datetime with a time zone",
        ),
        (
            {"end_time": "2019-01-01"},
            "end_time: '2019-01-01' should be a datetime with a time zone",
        ),
        (
            {"begin_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-01T00:00:00Z"},
            (
                "end_time: '2026-01-01T00:00:00Z' should not be earlier than begin_time,"
                " 2026-01-02T00:00:00.000Z"
            ),
        ),
        (
            {"status": "FAIL", "error_code": None},
            "error_code: None should be a string for a job that failed",
        ),
        ({"entities": 5}, "entities: 5 should be a valid dictionary"),
        ({"entities": {"nic_id": 5}}, "entities: {'nic_id': 5} should be a string under 'nic_id'"),
        ({"entities": {"sub_jobs": 5}}, "entities.sub_jobs: 5 should be a list of jobs"),
        ({"entities": {"sub_jobs": [5]}}, "entities.sub_jobs: [5] should be a list of jobs"),
        (
            {"entities": {"sub_jobs": [{}, {"status": "DONE"}]}},
            "entities.sub_jobs[1].status: 'DONE' should be 'INIT'",
        ),
        (
            {"entities": {"sub_jobs": [{"entities": {"sub_jobs": []}}]}},
            "should have sub_jobs that have none themselves",
        ),
        (
            {"job_type": "attachReplicationPairNew", "entities": {"sub_jobs": []}},
            "should be a string under 'sub_jobs'",
        ),
        ({"statuses": "x"}, "statuses: no such field; did you mean status?"),
        (
            {"job_id": "taken"},
            "job_id: 'taken' should be an id that no other job of the project has",
        ),
        (
            {"job_id": "failed", "status": "SUCCESS"},
            "status: 'SUCCESS' should be 'FAIL', since 'failed' is a failed job",
        ),
    ],
)
def test_a_wrong_job_is_refused_and_nothing_is_added(sdrs, fields, words):
    sdrs.add_job(job_id="taken")
    sdrs.add_failure_job(job_id="failed")

    assert words in refusal(sdrs.add_job, **fields)
    assert show_job(sdrs, "taken").json["status"] == "SUCCESS"


def test_a_failed_job_with_the_id_of_a_job_is_refused(sdrs):
    sdrs.add_job(job_id="taken")

    message = refusal(sdrs.add_failure_job, job_id="taken")

    assert message.startswith("job_id: 'taken' should be an id that no other")


def test_a_job_is_a_value(sdrs):
    job = sdrs.add_job()

    assert isinstance(job, Job)
    assert len({job, job}) == 1
    with pytest.raises(AttributeError):
        job.status = "FAIL"


def test_the_spellings_of_2019_have_an_entity_each(sdrs):
    keys = [
        list(show_job(sdrs, sdrs.add_failure_job(resource_type=each).job_id).json["entities"])
        for each in SPELLINGS_OF_2019
    ]

    assert keys == [
        ["server_group_id"],
        ["protected_instance_id"],
        ["replication_pair_id"],
        ["disaster_recovery_drill_id"],
    ]


def test_the_entities_are_the_documented_ones(fixture):
    documented = {
        row["job_type"]: {key for entity in row["entities"] for key in entity["key"].split(" / ")}
        for row in fixture("job_types")["job_types"]
        if row["job_type"]
    }
    # Only a struct of one client has the first; the second is as in other operations of a group.
    documented["createProtectedInstanceNoCG"].remove("sub_jobs")
    documented["stopProtectionGroupNoCG"].add("server_group_id")

    assert {job_type: set(keys) for job_type, keys in ENTITIES.items()} == documented


BATCH = "batchCreateProtectedInstances"


def test_the_sub_jobs_of_an_added_batch_can_be_asked_for(sdrs):
    sdrs.add_job(job_type=BATCH, entities={"sub_jobs": [{"job_id": "sub"}]})

    assert show_job(sdrs, "sub").json["job_id"] == "sub"


def test_a_batch_without_sub_jobs_is_shown_and_copied_as_it_is(sdrs):
    job_id = sdrs.add_job(job_type=BATCH).job_id
    twin = FakeSdrs()
    twin.import_data(sdrs.export_data())

    assert show_job(sdrs, job_id).json["entities"] == {}
    assert twin.export_data() == sdrs.export_data()


@pytest.mark.parametrize(
    ("sub_ids", "place"),
    [
        (["taken"], "entities.sub_jobs[0].job_id: 'taken'"),
        (["taken sub"], "entities.sub_jobs[0].job_id: 'taken sub'"),
        (["batch"], "entities.sub_jobs[0].job_id: 'batch'"),
        (["s", "s"], "entities.sub_jobs[1].job_id: 's'"),
    ],
)
def test_a_sub_job_of_a_batch_has_an_id_of_its_own(sdrs, sub_ids, place):
    sdrs.add_job(job_id="taken")
    sdrs.add_job(job_type=BATCH, entities={"sub_jobs": [{"job_id": "taken sub"}]})

    entities = {"sub_jobs": [{"job_id": each} for each in sub_ids]}
    message = refusal(sdrs.add_job, job_id="batch", job_type=BATCH, entities=entities)

    assert message == f"{place} should be an id that no other job of the project has"


def test_no_failed_job_takes_the_id_of_a_sub_job(sdrs):
    sdrs.add_job(job_type=BATCH, entities={"sub_jobs": [{"job_id": "sub"}]})

    assert "'sub' should be an id that no other job" in refusal(sdrs.add_failure_job, job_id="sub")
