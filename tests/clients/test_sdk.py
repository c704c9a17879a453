"""The official SDK, huaweicloudsdksdrs, unmodified, over loopback and intercepted."""

import threading
from contextlib import nullcontext
from functools import partial

import pytest

from sdrs_fake import Behavior, FakeSdrs
from tests.sdk import (
    ClientRequestException,
    SdrsAsyncClient,
    SdrsClient,
    ServerResponseException,
    client_of,
    opened,
    v1,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")

GROUP = "decf224d-87fe-403a-8721-037a1a45c287"


@pytest.fixture(params=["sync", "async"])
def kind(request):
    """Which client of the two."""
    return request.param


@pytest.fixture(params=["over the socket", "intercepted"])
def transport(request):
    """The fake's own address, or a hard-coded region that is intercepted."""
    return request.param


@pytest.fixture
def call(kind, transport, sdrs):
    """`call("list_failure_jobs", limit=5)`: any operation, by either client and transport."""
    builder = {"sync": SdrsClient, "async": SdrsAsyncClient}[kind].new_builder()
    url = None if transport == "intercepted" else sdrs.url
    client = client_of(sdrs.project_id, url, builder)

    def send(name, /, **fields):
        request = getattr(v1, f"{name.title().replace('_', '')}Request")(**fields)
        if kind == "sync":
            return getattr(client, name)(request)
        return getattr(client, f"{name}_async")(request).result()

    with opened(client), nullcontext() if url else sdrs.intercept():
        yield send
        assert (sdrs.listening_at is None) is (transport == "intercepted")


@pytest.fixture
def list_failure_jobs(call):
    return partial(call, "list_failure_jobs")


def ids(answer):
    return [job.job_id for job in answer.failure_jobs]


def test_it_lists_both_levels(sdrs, list_failure_jobs):
    sdrs.add_failure_job(job_id="own", resource_id=GROUP, resource_type="server_groups")
    sdrs.add_failure_job(
        job_id="member",
        resource_type="replications",
        failure_status="expandFail",
        server_group_id=GROUP,
    )

    assert ids(list_failure_jobs()) == ["own"]
    assert set(ids(list_failure_jobs(server_group_id=GROUP, limit=50))) == {"own", "member"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("failure_status", "attachFail"),
        ("resource_type", "replications"),
        ("resource_name", "pg 00/中文"),
    ],
)
def test_it_lists_what_matches_a_filter(sdrs, list_failure_jobs, field, value):
    sdrs.add_failure_job(server_group_id=GROUP)
    wanted = sdrs.add_failure_job(server_group_id=GROUP, **{field: value})

    assert ids(list_failure_jobs(server_group_id=GROUP, **{field: value})) == [wanted.job_id]


def test_it_pages_to_the_end(sdrs, list_failure_jobs):
    for number in range(7):
        sdrs.add_failure_job(job_id=str(number), begin_time=f"2026-01-01T00:00:0{number}Z")
    seen = []

    while page := ids(list_failure_jobs(limit=3, offset=len(seen))):
        seen += page

    assert seen == list("6543210")


def test_its_model_has_the_ten_fields(sdrs, list_failure_jobs, fixture):
    (sample, _) = fixture("list_failure_jobs")["failure_jobs"]
    sdrs.import_failure_jobs({"failure_jobs": [sample]}, GROUP)

    (job,) = list_failure_jobs(server_group_id=GROUP).failure_jobs

    assert job.to_dict() == sample
    assert set(job.openapi_types) == set(sample)


@pytest.mark.parametrize(
    ("query", "status", "code", "message"),
    [
        ({"limit": 1001}, 400, "SDRS.0221", "limit value must be greater than 0 or less than 1000"),
        ({"failure_status": "explodeFail"}, 400, "SDRS.0201", "Invalid request parameters"),
        ({"limit": "a" * 9000}, 414, "APIGW.0201", "Request URI too large."),
    ],
)
def test_it_raises_what_is_refused(list_failure_jobs, query, status, code, message):
    with pytest.raises(ClientRequestException) as caught:
        list_failure_jobs(**query)

    error = caught.value
    assert (error.status_code, error.error_code, error.error_msg) == (status, code, message)
    assert len(error.request_id) == 32


@pytest.mark.parametrize("transport", ["over the socket"])
def test_twenty_calls_take_one_connection(sdrs, list_failure_jobs):
    for _ in range(20):
        list_failure_jobs()

    name = f"sdrs-fake:{sdrs.url.rpartition(':')[2]}"
    threads = [thread for thread in threading.enumerate() if thread.name == name]
    assert len(threads) == 2  # one accepts, one serves the connection


# The other served operations


def test_it_deletes_one_failed_job_by_either_id(sdrs, call):
    one = sdrs.add_failure_job()
    two = sdrs.add_failure_job(resource_type="replications")

    answers = [
        call("delete_failure_job", failure_job_id=name) for name in (one.job_id, two.resource_id)
    ]

    assert ([answer.status_code for answer in answers], sdrs.failure_jobs) == ([204, 204], ())


def test_it_raises_for_a_failed_job_that_is_not_there(call):
    with pytest.raises(ClientRequestException) as caught:
        call("delete_failure_job", failure_job_id="unheard-of")

    error = caught.value
    assert (error.status_code, error.error_code, error.error_msg) == (404, "SDRS.0408", "Null job")


def test_it_deletes_those_of_a_group_and_those_of_the_group_level(sdrs, call):
    sdrs.add_failure_job(resource_id=GROUP, resource_type="server_groups")
    inside = sdrs.add_failure_job(server_group_id="another")
    sdrs.add_failure_job(server_group_id=GROUP, resource_type="replications")

    call("delete_all_server_group_failure_jobs")
    call("delete_server_group_failure_jobs", server_group_id=GROUP)

    assert sdrs.failure_jobs == (inside,)


def test_it_shows_the_job_of_a_failed_job(sdrs, call):
    failed = sdrs.add_failure_job(job_type="createReplicationPairNoCG", server_group_id=GROUP)

    job = call("show_job_status", job_id=failed.job_id)

    assert (job.status, job.job_type, job.error_code) == ("FAIL", failed.job_type, "SDRS.1606")
    assert job.entities.replication_pair_id == failed.resource_id
    assert job.end_time > job.begin_time


def test_it_shows_a_job_with_its_sub_jobs(sdrs, call, fixture):
    sample = fixture("examples/show_job_status.2")
    sdrs.add_job(**sample)

    job = call("show_job_status", job_id=sample["job_id"])

    expected = (sample["job_id"], "SUCCESS", sample["end_time"], None)
    assert (job.job_id, job.status, job.end_time, job.error_code) == expected
    groups = {each.entities.server_group_id for each in job.entities.sub_jobs}
    assert (len(job.entities.sub_jobs), groups) == (2, {"1fd6903c-48f9-4772-8974-112dfbd74427"})


@pytest.mark.parametrize(
    ("choice", "error", "status"),
    [
        ({}, ClientRequestException, 404),
        ({"unknown_job": "server_error"}, ServerResponseException, 500),
    ],
)
def test_it_raises_for_a_job_that_is_not_there(choice, error, status):
    with FakeSdrs(behavior=Behavior(**choice)) as sdrs:
        client = client_of(sdrs.project_id, sdrs.url)
        with opened(client), pytest.raises(error) as caught:
            client.show_job_status(v1.ShowJobStatusRequest(job_id="unheard-of"))

    assert (caught.value.status_code, caught.value.error_code) == (status, "SDRS.0408")


def test_it_lists_and_shows_protection_groups(sdrs, call, fixture):
    for group in fixture("examples/list_protection_groups")["server_groups"]:
        fields = {name: value for name, value in group.items() if not name.endswith("_num")}
        sdrs.add_protection_group(**fields)

    answer = call("list_protection_groups", name="lwx", status="available", limit=10)
    group = call("show_protection_group", server_group_id=answer.server_groups[0].id).server_group

    assert (answer.count, group) == (1, answer.server_groups[0])
    assert (group.created_at, group.dr_type) == ("2019-05-22 08:16:54.413", "migration")


def test_it_raises_for_a_group_that_is_not_there(call):
    with pytest.raises(ClientRequestException) as caught:
        call("show_protection_group", server_group_id="unheard-of")

    assert (caught.value.status_code, caught.value.error_code) == (400, "SDRS.1013")


def test_it_reads_domains_quotas_and_versions(sdrs, call, transport):
    group = sdrs.add_protection_group()

    (domain,) = call("list_active_active_domains").domains
    quotas = {each.type: (each.used, each.quota) for each in call("show_quota").quotas.resources}
    (version,) = call("list_api_versions").versions

    assert domain.id == group.domain_id
    zone = domain.local_replication_cluster.availability_zone
    assert zone == group.source_availability_zone
    assert quotas == {"server_groups": (1, 51), "replications": (0, 100)}
    address = (
        "https://sdrs.cn-north-4.myhuaweicloud.com" if transport == "intercepted" else sdrs.url
    )
    assert version.links[0].href == f"{address}/v1"
    assert call("show_specified_api_version", api_version="v1").version.status == "CURRENT"


def test_what_is_not_implemented_is_an_error_of_the_server_that_names_it(call, sdrs):
    sdrs.faults.fail("ListDisasterRecoveryDrills", status=501)

    with pytest.raises(ServerResponseException) as caught:
        call("list_disaster_recovery_drills")

    assert (caught.value.status_code, caught.value.error_code) == (501, "501")
    assert caught.value.error_msg == "ListDisasterRecoveryDrills is not implemented"
