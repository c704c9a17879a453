"""The Faker provider, in somebody else's Faker."""

import datetime as dt
import re
from dataclasses import asdict

import pytest
from faker import Faker

from sdrs_fake import FailureStatus, FakeSdrs, ProtectionGroup, ResourceType
from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding import SdrsProvider, assert_consistent

AT = dt.datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=dt.UTC)
GROUP = ProtectionGroup(id="decf224d-87fe-403a-8721-037a1a45c287", name="erp")
METHODS = [
    "sdrs_job_id",
    "sdrs_resource_name",
    "sdrs_group_name",
    "sdrs_failure",
    "sdrs_failure_job",
]


def somebodys(*args, seed=1):
    fake = Faker(*args)
    fake.add_provider(SdrsProvider)
    fake.seed_instance(seed)
    return fake


@pytest.fixture
def fake():
    return somebodys("zh_CN")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("locale", [None, "zh_CN"])
def test_the_same_seed_gives_the_same_values(method, locale):
    def values():
        fake = somebodys(locale)
        return [getattr(fake, method)() for _ in range(20)]

    assert values() == values()


@pytest.mark.parametrize("method", METHODS)
def test_another_seed_gives_other_values(method):
    one, other = ([getattr(somebodys(seed=seed), method)() for _ in range(5)] for seed in (1, 2))

    assert one != other


def test_jobs_are_consistent(fake):
    jobs = [fake.sdrs_failure_job() for _ in range(500)]

    assert_consistent(jobs, as_of=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


def test_about_a_third_of_the_jobs_are_of_groups_themselves(fake):
    jobs = [fake.sdrs_failure_job() for _ in range(1000)]

    assert 0.28 < sum(job.resource_type == "server_groups" for job in jobs) / 1000 < 0.38


@pytest.mark.parametrize("status", FailureStatus)
@pytest.mark.parametrize("kind", ResourceType)
def test_a_failure_is_of_the_type_and_status_asked_for(fake, kind, status):
    assert fake.sdrs_failure(resource_type=kind).resource_type == kind
    assert fake.sdrs_failure(failure_status=status).failure_status is status
    assert fake.sdrs_failure_job(resource_type=str(kind)).resource_type == kind
    assert fake.sdrs_failure_job(failure_status=str(status)).failure_status is status


def test_a_type_and_a_status_can_be_asked_for_together(fake):
    failures = [fake.sdrs_failure("replications", "createFail") for _ in range(50)]

    assert {failure.job_type for failure in failures} == {"createReplicationPairNoCG"}
    assert {failure.error_code for failure in failures} >= {"SDRS.1606", "SDRS.1609"}


@pytest.mark.parametrize("kind", ResourceType)
def test_a_job_can_be_of_a_given_group_and_time(fake, kind):
    jobs = [fake.sdrs_failure_job(kind, group=GROUP, at=AT) for _ in range(20)]

    assert_consistent(jobs, [GROUP])
    assert {job.begin_time for job in jobs} == {AT}


@pytest.mark.parametrize("at", [AT, "2026-02-03T12:05:06.789+08:00"])
def test_a_job_id_holds_the_time(fake, at):
    times = {int(fake.sdrs_job_id(at=at)[16:28], 16) for _ in range(100)}

    assert {time - int(AT.timestamp() * 1000) for time in times} == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("server_groups", r"Protection-Group-[0-9a-f]{4}|[a-z]+-[a-z]+-pg-\d\d|\w+系统保护组-\d\d"),
        ("protected_instances", r"Protected-Instance-[0-9a-f]{4}|[a-z]+-[a-z]+-\d\d|\w+-\d\d"),
        ("replications", r"Replication-Pair-[0-9a-f]{4}|[a-z]+-[a-z]+-\d\d-[a-z]+|\w+-\d\d-\w+盘"),
        ("disaster_recovery_drills", r"DR-Drill-[0-9a-f]{4}|[a-z]+-drill-\d\d|\w+容灾演练-\d\d"),
    ],
)
def test_a_name_is_of_the_type_asked_for(fake, kind, form):
    assert all(re.fullmatch(form, fake.sdrs_resource_name(resource_type=kind)) for _ in range(100))


@pytest.mark.parametrize("method", ["sdrs_resource_name", "sdrs_group_name"])
def test_one_name_in_five_is_chinese(fake, method):
    names = [getattr(fake, method)() for _ in range(2000)]

    assert 0.16 < sum(not name.isascii() for name in names) / 2000 < 0.24


def test_unique_values_can_be_had(fake):
    assert len({fake.unique.sdrs_job_id() for _ in range(100)}) == 100


def test_a_job_goes_into_a_fake(fake):
    job = fake.sdrs_failure_job("server_groups")

    with FakeSdrs() as sdrs:
        assert sdrs.add_failure_job(**asdict(job)) == job


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        (
            "sdrs_resource_name",
            {"resource_type": "protectedInstance"},
            "resource_type: 'protectedInstance' should be one of server_groups, protected_instan",
        ),
        ("sdrs_failure_job", {"resource_type": 5}, "resource_type: 5 should be one of server_gr"),
        (
            "sdrs_failure",
            {"failure_status": "fail"},
            "failure_status: 'fail' should be one of createFail, deleteFail, startFail, ",
        ),
        (
            "sdrs_failure_job",
            {"resource_type": "disaster_recovery_drills", "failure_status": "resizeFail"},
            "failure_status: 'resizeFail' should be one of createFail, deleteFail$",
        ),
        (
            "sdrs_job_id",
            {"at": AT.replace(tzinfo=None)},
            "at: .* should be a datetime with a time zone",
        ),
        (
            "sdrs_failure_job",
            {"at": "1969-12-31T23:59:59Z"},
            "at: '1969-12-31T23:59:59Z' should be in 1970 or later",
        ),
        ("sdrs_failure_job", {"at": "now"}, "at: 'now' should be a datetime with a time zone"),
    ],
)
def test_a_wrong_argument_is_refused_with_the_choices(fake, method, arguments, message):
    with pytest.raises(ParameterError, match=message):
        getattr(fake, method)(**arguments)


def test_a_group_has_to_be_one(fake):
    with pytest.raises(ParameterError, match="group: 'erp' should be a ProtectionGroup"):
        fake.sdrs_failure_job(group="erp")
