"""assert_consistent finds each kind of inconsistency."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from sdrs_fake.seeding import assert_consistent, dataset
from tests.seeding.cases import AS_OF

MILLISECOND = dt.timedelta(milliseconds=1)
DATA = dataset(84, 3, as_of=AS_OF)
JOBS = DATA.failure_jobs

SHARED = next(
    job
    for place, job in enumerate(JOBS)
    if job.job_type == "expandReplicationPairNew"
    and any(job.resource_id == earlier.resource_id for earlier in JOBS[:place])
)
OWN = next(job for job in reversed(JOBS) if job.job_type == "startProtectionGroupNoCG")
ELSEWHERE = next(group for group in DATA.groups if group.id != SHARED.server_group_id)


def complaint(jobs, **known):
    with pytest.raises(AssertionError) as caught:
        assert_consistent(jobs, **known)
    return str(caught.value)


def sabotaged(job, **changes):
    return [replace(job, **changes) if each is job else each for each in JOBS]


def with_time(job_id, later):
    return f"{job_id[:16]}{int(job_id[16:28], 16) + later:012x}{job_id[28:]}"


@pytest.mark.parametrize(
    ("job", "changes", "words"),
    [
        *(
            (SHARED, change, f"{failure} is not expandReplicationPairNew")
            for change, failure in [
                ({"resource_type": "protected_instances"}, "expandFail of protected_instances"),
                ({"resource_type": "replicationPair"}, "expandFail of replicationPair"),
                ({"failure_status": "createFail"}, "createFail of replications"),
            ]
        ),
        (SHARED, {"job_type": "expandReplicationPair"}, "is not expandReplicationPair"),
        *(
            (SHARED, change, "is not what expandReplicationPairNew fails with")
            for change in [
                {"error_code": "SDRS.1014"},
                {"fail_reason": "volume is error!"},
                {"error_code": "EVS.2024", "fail_reason": "SdrsTask-fail:volume is error!"},
            ]
        ),
        (SHARED, {"job_id": "ff808082"}, "job_id is not ff808082 and 24 hex digits"),
        (SHARED, {"job_id": "00000000" + SHARED.job_id[8:]}, "job_id is not ff808082 and 24 hex"),
        (SHARED, {"job_id": SHARED.job_id.upper()}, "job_id is not ff808082 and 24 hex digits"),
        *(
            (SHARED, change, "job_id is not 1 to 4 ms later than begin_time")
            for change in [
                {"job_id": with_time(SHARED.job_id, 4)},
                {"job_id": with_time(SHARED.job_id, -4)},
                {"begin_time": SHARED.begin_time - 4 * MILLISECOND},
            ]
        ),
        (SHARED, {"job_id": JOBS[0].job_id}, "job_id is that of another job"),
        (SHARED, {"resource_name": "another"}, "resource_name of resource .* is 'another', but"),
        (SHARED, {"server_group_id": ELSEWHERE.id}, "server_group_id of resource .*, but"),
        (SHARED, {"server_group_id": None}, "server_group_id is missing"),
        (
            SHARED,
            {"resource_id": SHARED.server_group_id},
            "resource_id .* of replications does not go with server_group_id",
        ),
        (
            OWN,
            {"server_group_id": "another"},
            "resource_id .* of server_groups does not go with server_group_id another",
        ),
        (OWN, {"resource_id": "another"}, "resource_id another of server_groups does not go with"),
        (OWN, {"resource_name": "another"}, "resource_name of resource .* is 'another', but"),
    ],
)
def test_an_inconsistent_job_is_named_by_its_id(job, changes, words):
    found = complaint(sabotaged(job, **changes))

    assert re.search(f"(?m)^{changes.get('job_id', job.job_id)}: .*{words}", found)


def test_all_inconsistencies_are_listed():
    jobs = [replace(job, job_type="any") for job in JOBS]

    assert len(complaint(jobs).splitlines()) == 1 + 2 * len(jobs)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"groups": DATA.groups[:2]}, f"server_group_id {DATA.groups[2].id} is none of the groups"),
        (
            {"groups": [replace(group, name="another") for group in DATA.groups]},
            "is not the group's, 'another'",
        ),
        ({"as_of": JOBS[0].begin_time - MILLISECOND}, "is not within the 30 days before"),
        (
            {"as_of": JOBS[-1].begin_time + dt.timedelta(days=30) + MILLISECOND},
            "is not within the 30 days before",
        ),
    ],
)
def test_jobs_are_held_against_what_is_known_besides(known, words):
    assert words in complaint(JOBS, **known)


def test_jobs_are_held_against_groups_only_where_these_are_known():
    assert_consistent(JOBS)


def test_no_jobs_are_consistent():
    assert_consistent([], [], as_of=AS_OF)


@pytest.mark.parametrize("as_of", [AS_OF, AS_OF.isoformat(), "2026-06-01T02:00:00+02:00"])
def test_as_of_may_be_a_string(as_of):
    assert_consistent(JOBS, as_of=as_of)


def test_as_of_that_is_no_moment_is_refused():
    with pytest.raises(ValueError, match=r"^as_of: 'now' should be a datetime with a time zone"):
        assert_consistent(JOBS, as_of="now")
