"""The official SDK, huaweicloudsdksdrs, unmodified, over loopback."""

import os
import warnings
from contextlib import closing

import pytest
import requests

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the SDK's own imports
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
    from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsAsyncClient, SdrsClient

from sdrs_fake import FakeSdrs

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")

GROUP = "decf224d-87fe-403a-8721-037a1a45c287"


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """The SDK writes a file into HOME."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(params=["sync", "async"])
def list_failure_jobs(request, sdrs):
    """The list, by either client."""
    kind = {"sync": SdrsClient, "async": SdrsAsyncClient}[request.param]
    credentials = BasicCredentials("an-access-key", "a-secret-key", sdrs.project_id)
    client = kind.new_builder().with_credentials(credentials).with_endpoint(sdrs.url).build()

    def call(**query):
        asked = ListFailureJobsRequest(**query)
        return client.list_failure_jobs(asked) if request.param == "sync" else client.list_failure_jobs_async(asked).result()

    with closing(client.get_http_client()._session):
        yield call


def ids(answer):
    return [job.job_id for job in answer.failure_jobs]


def test_it_lists_both_levels(sdrs, list_failure_jobs):
    sdrs.add_failure_job(job_id="own", resource_id=GROUP, resource_type="server_groups")
    sdrs.add_failure_job(job_id="inside", resource_type="replications", failure_status="expandFail", server_group_id=GROUP)

    assert ids(list_failure_jobs()) == ["own"]
    assert set(ids(list_failure_jobs(server_group_id=GROUP, limit=50))) == {"own", "inside"}


@pytest.mark.parametrize(
    ("field", "value"), [("failure_status", "attachFail"), ("resource_type", "replications"), ("resource_name", "pg 00/中文")]
)
def test_it_filters(sdrs, list_failure_jobs, field, value):
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
    sdrs.load_failure_jobs({"failure_jobs": [sample]}, GROUP)

    (job,) = list_failure_jobs(server_group_id=GROUP).failure_jobs

    assert job.to_dict() == sample
    assert set(job.openapi_types) == set(sample)


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ({"limit": 1001}, "SDRS.0221", "limit value must be greater than 0 or less than 1000"),
        ({"limit": "abc"}, "SDRS.0221", "limit value must be greater than 0 or less than 1000"),
        ({"offset": -1}, "SDRS.0222", "offset value cannot be negative, and must be an integer"),
        ({"failure_status": "explodeFail"}, "SDRS.0201", "Invalid request parameters"),
        ({"resource_type": "protectedInstance"}, "SDRS.0201", "Invalid request parameters"),
    ],
)
def test_it_raises_what_is_refused(list_failure_jobs, query, code, message):
    with pytest.raises(ClientRequestException) as caught:
        list_failure_jobs(**query)

    error = caught.value
    assert (error.status_code, error.error_code, error.error_msg) == (400, code, message)
    assert len(error.request_id) == 32


def test_its_request_without_its_signature_is_401(sdrs, path):
    answer = requests.get(sdrs.url + path, headers={"X-Project-Id": sdrs.project_id, "X-Sdk-Date": "20261121T203007Z"}, timeout=10)

    assert (answer.status_code, answer.json()["error_code"]) == (401, "APIGW.0301")


def test_a_token_in_its_preset_headers_gets_in(sdrs):
    sdrs.add_failure_job()
    client = SdrsClient.new_builder().with_credentials(BasicCredentials("ak", "sk", sdrs.project_id)).with_endpoint(sdrs.url).build()
    client.preset_headers = {"Authorization": "none", "X-Auth-Token": "any"}

    with closing(client.get_http_client()._session):
        assert client.list_failure_jobs(ListFailureJobsRequest()).count == 1


def test_twenty_calls_take_one_connection(sdrs, list_failure_jobs):
    for _ in range(20):
        list_failure_jobs()

    assert len(sdrs._server._connections) == 1


def test_clients_of_two_fakes_do_not_mix():
    counts = []
    with FakeSdrs() as one, FakeSdrs() as two:
        one.add_failure_job()
        for fake in (one, two):
            client = (
                SdrsClient.new_builder().with_credentials(BasicCredentials("ak", "sk", fake.project_id)).with_endpoint(fake.url).build()
            )
            with closing(client.get_http_client()._session):
                counts.append(client.list_failure_jobs(ListFailureJobsRequest()).count)

    assert counts == [1, 0]
