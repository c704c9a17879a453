"""The checker of coherence catches what it is there for."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from sdrs_fake.seeding import check_coherent, dataset

ANCHOR = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
MILLISECOND = dt.timedelta(milliseconds=1)
DATA = dataset(84, 3, anchor=ANCHOR)

SHARED = next(
    job
    for place, job in enumerate(DATA.jobs)
    if job.job_type == "expandReplicationPairNew"
    and any(job.resource_id == earlier.resource_id for earlier in DATA.jobs[:place])
)
OWN = next(job for job in reversed(DATA.jobs) if job.job_type == "startProtectionGroupNoCG")
ELSEWHERE = next(group for group in DATA.groups if group.id != SHARED.server_group_id)


def complaint(jobs, **known):
    with pytest.raises(AssertionError) as caught:
        check_coherent(jobs, **known)
    return str(caught.value)


def sabotaged(job, **changes):
    return [replace(job, **changes) if each is job else each for each in DATA.jobs]


def with_time(job_id, later):
    return f"{job_id[:16]}{int(job_id[16:28], 16) + later:012x}{job_id[28:]}"


@pytest.mark.parametrize(
    ("job", "changes", "words"),
    [
        (
            SHARED,
            {"resource_type": "protected_instances"},
            "expandFail of protected_instances is not expandReplicationPairNew",
        ),
        (
            SHARED,
            {"resource_type": "replicationPair"},
            "expandFail of replicationPair is not expandReplicationPairNew",
        ),
        (
            SHARED,
            {"failure_status": "createFail"},
            "createFail of replications is not expandReplicationPairNew",
        ),
        (
            SHARED,
            {"job_type": "expandReplicationPair"},
            "expandFail of replications is not expandReplicationPair",
        ),
        (
            SHARED,
            {"error_code": "SDRS.1014"},
            "SDRS.1014 .* is not what expandReplicationPairNew says",
        ),
        (
            SHARED,
            {"fail_reason": "volume is error!"},
            "'volume is error!' is not what expandReplicationPairNew says",
        ),
        (
            SHARED,
            {
                "error_code": "EVS.2024",
                "fail_reason": "SdrsGenerateNativeServerParamsTask-fail:volume is error!",
            },
            "is not what expandReplicationPairNew says",
        ),
        (SHARED, {"job_id": "ff808082"}, "job_id is not ff808082 and 24 hex digits"),
        (
            SHARED,
            {"job_id": "00000000" + SHARED.job_id[8:]},
            "job_id is not ff808082 and 24 hex digits",
        ),
        (SHARED, {"job_id": SHARED.job_id.upper()}, "job_id is not ff808082 and 24 hex digits"),
        (
            SHARED,
            {"job_id": with_time(SHARED.job_id, 4)},
            "job_id is not 1 to 4 ms later than begin_time",
        ),
        (
            SHARED,
            {"job_id": with_time(SHARED.job_id, -4)},
            "job_id is not 1 to 4 ms later than begin_time",
        ),
        (
            SHARED,
            {"begin_time": SHARED.begin_time - 4 * MILLISECOND},
            "job_id is not 1 to 4 ms later than begin_time",
        ),
        (SHARED, {"job_id": DATA.jobs[0].job_id}, "job_id is that of another job"),
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
def test_an_incoherent_job_is_told_by_its_id(job, changes, words):
    found = complaint(sabotaged(job, **changes))

    assert re.search(f"(?m)^{changes.get('job_id', job.job_id)}: .*{words}", found)


def test_all_incoherences_are_listed():
    jobs = [replace(job, job_type="any") for job in DATA.jobs]

    assert len(complaint(jobs).splitlines()) == 1 + 2 * len(jobs)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"groups": DATA.groups[:2]}, f"server_group_id {DATA.groups[2].id} is none of the groups"),
        (
            {"groups": [replace(group, name="another") for group in DATA.groups]},
            "is not the group's, 'another'",
        ),
        ({"anchor": DATA.jobs[0].begin_time - MILLISECOND}, "is not within the 30 days before"),
        (
            {"anchor": DATA.jobs[-1].begin_time + dt.timedelta(days=30) + MILLISECOND},
            "is not within the 30 days before",
        ),
    ],
)
def test_jobs_are_held_against_what_is_known_besides(known, words):
    assert words in complaint(DATA.jobs, **known)


def test_jobs_are_held_against_groups_only_where_these_are_known():
    check_coherent(DATA.jobs)


def test_no_jobs_are_coherent():
    check_coherent([], [], anchor=ANCHOR)


@pytest.mark.parametrize("anchor", [ANCHOR, ANCHOR.isoformat(), "2026-06-01T02:00:00+02:00"])
def test_an_anchor_may_be_a_text(anchor):
    check_coherent(DATA.jobs, anchor=anchor)


def test_an_anchor_that_is_no_moment_is_refused():
    with pytest.raises(ValueError, match=r"^anchor: 'now' should be a datetime with a time zone"):
        check_coherent(DATA.jobs, anchor="now")
