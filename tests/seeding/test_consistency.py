"""assert_consistent finds each kind of inconsistency."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding import assert_consistent, dataset
from sdrs_fake.seeding.failure_catalog import WAYS
from tests.seeding.cases import AS_OF, made, own

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


# Failures of one resource


def follow(*pairs):
    """Failed jobs of one resource, a day after the other."""
    kind = pairs[0][0]
    first = next(job for job in JOBS if job.resource_type == kind)
    jobs = []
    for day, (_, status) in enumerate(pairs):
        way = WAYS[kind, status][0]
        begin_time = AS_OF - dt.timedelta(days=20 - day)
        milliseconds = int(begin_time.timestamp() * 1000) + 1
        job_id = f"ff8080828ed18524{milliseconds:012x}{day:04x}"
        jobs.append(replace(first, **way._asdict(), begin_time=begin_time, job_id=job_id))
    return jobs


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("server_groups", ["createFail", "deleteFail", "deleteFail"]),
        ("server_groups", ["startFail", "stopFail", "reverseFail", "failoverFail", "deleteFail"]),
        ("protected_instances", ["resizeFail", "resizeFail", "deleteFail"]),
        ("replications", ["attachFail", "detachFail", "expandFail", "attachFail", "deleteFail"]),
        ("disaster_recovery_drills", ["createFail", "deleteFail"]),
    ],
)
def test_failures_that_the_transitions_allow_one_after_the_other_are_consistent(kind, statuses):
    assert_consistent(follow(*((kind, each) for each in statuses)))


@pytest.mark.parametrize(
    ("kind", "earlier", "later"),
    [
        ("server_groups", "createFail", "startFail"),
        ("server_groups", "deleteFail", "startFail"),
        ("server_groups", "startFail", "createFail"),
        ("protected_instances", "createFail", "resizeFail"),
        ("protected_instances", "deleteFail", "resizeFail"),
        ("replications", "createFail", "attachFail"),
        ("replications", "deleteFail", "detachFail"),
        ("replications", "createFail", "createFail"),
        ("disaster_recovery_drills", "deleteFail", "createFail"),
    ],
)
def test_failures_that_no_transitions_lead_from_one_to_the_other_are_found(kind, earlier, later):
    first, second = jobs = follow((kind, earlier), (kind, later))

    problem = f"{later} of resource {first.resource_id} cannot follow {earlier} in {first.job_id}"
    assert complaint(reversed(jobs)).splitlines()[1:] == [f"{second.job_id}: {problem}"]


@pytest.mark.parametrize(
    ("jobs", "groups", "reason"),
    [
        ([*JOBS, 5], None, f"jobs[{len(JOBS)}]: 5 should be a FailureJob"),
        (JOBS, ["g"], "groups[0]: 'g' should be a ProtectionGroup"),
    ],
)
def test_what_is_no_failed_job_or_group_is_refused(jobs, groups, reason):
    with pytest.raises(ParameterError) as caught:
        assert_consistent(jobs, groups)

    assert str(caught.value) == reason


# A whole dataset


def wrong(resources, **changes):
    first, *others = resources
    return (replace(first, **changes), *others)


@pytest.mark.parametrize(
    ("part", "changes", "words"),
    [
        ("groups", {"status": "deleting"}, r"is deleting at \w+ station, but its steps leave \w+"),
        ("groups", {"replication_num": 99}, r"replication_num of .* is 99, not \d+"),
        ("groups", {"id": "another"}, "another is .* station, but its steps leave not there"),
        ("groups", {"name": "another"}, "name of .* is 'another', but its steps leave '"),
        ("groups", {"created_at": AS_OF}, r"created_at of .* is 2026-06-01.*, not 202\d-"),
        ("groups", {"updated_at": AS_OF + MILLISECOND}, r"updated_at of .* is .*, not 202\d-"),
        ("groups", {"updated_at": DATA.groups[0].created_at - MILLISECOND}, "updated_at of .* is"),
        ("failure_jobs", {"resource_name": "another"}, "failure_jobs are not those of the steps"),
    ],
)
def test_a_dataset_that_is_not_what_its_steps_leave_is_found(part, changes, words):
    data = replace(DATA, **{part: wrong(getattr(DATA, part), **changes)})

    assert re.search(words, complaint(data))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (
            {"failure_jobs": JOBS[::-1]},
            "failure_jobs are not in order, the newest first",
        ),
        (
            {"groups": (*DATA.groups, DATA.groups[0])},
            f"{DATA.groups[0].id} is there twice",
        ),
    ],
)
def test_order_and_number_of_what_a_dataset_has_are_held_against_its_steps(part, words):
    assert words in complaint(replace(DATA, **part))


def test_a_dataset_is_held_against_groups_that_are_given_also_against_none():
    assert "is none of the groups" in complaint(DATA, groups=())


@pytest.mark.parametrize(
    ("part", "changes", "words"),
    [
        ("protected_instances", {"attachment": ()}, "is in the attachment of one of them only"),
        ("protected_instances", {"name": "another"}, "is 'another', but its steps leave '"),
        ("replication_pairs", {"name": "another"}, "is 'another', but its steps leave '"),
        ("replication_pairs", {"failure_detail": "EVS.1"}, "is 'EVS.1', but its steps leave None"),
        ("drills", {"name": "another"}, "is 'another', but its steps leave '"),
    ],
)
def test_what_is_wrong_in_each_resource_of_a_dataset_is_found(monkeypatch, part, changes, words):
    monkeypatch.setattr(type(DATA), part, wrong(getattr(DATA, part), **changes))

    assert words in complaint(DATA)


def test_the_code_of_a_pair_that_could_not_be_created_is_that_of_its_job(monkeypatch):
    steps = [
        {"operation": "CreateReplication", "resource": "a", "group": "pg", "ago": "PT1H"},
    ]
    data = made(own(groups=["pg"], steps=steps))
    (pair,) = [each for each in data.replication_pairs if each.name == "a"]
    assert pair.failure_detail == data.failure_jobs[0].error_code
    monkeypatch.setattr(type(data), "replication_pairs", wrong([pair], failure_detail=None))

    assert f"is None, but its steps leave {pair.failure_detail}" in complaint(data)


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("protected_instances", {"status": "nic-creating"}),
        ("replication_pairs", {"priority_station": "target"}),
        ("replication_pairs", {"priority_station": "source"}),
        ("replication_pairs", {"attachment": ()}),
        ("drills", {"server_group_id": "another"}),
    ],
)
def test_what_is_in_the_groups_of_a_dataset_is_held_against_its_steps(monkeypatch, part, changes):
    parts = {name: getattr(DATA, name) for name in ("protected_instances", "replication_pairs")}
    parts["drills"] = DATA.drills
    assert parts[part]
    sabotaged = wrong(parts[part], **changes)
    if sabotaged == parts[part]:
        return
    monkeypatch.setattr(type(DATA), part, sabotaged)

    assert "but its steps leave" in complaint(DATA)


def test_a_whole_dataset_is_consistent():
    assert_consistent(DATA)
