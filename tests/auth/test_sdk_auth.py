"""The official SDK, huaweicloudsdksdrs, unmodified, against a fake that checks signatures."""

from contextlib import ExitStack

import pytest

from sdrs_fake import FakeSdrs
from tests.sdk import (
    BasicCredentials,
    ClientRequestException,
    ListFailureJobsRequest,
    Region,
    SdkException,
    SdrsAsyncClient,
    SdrsClient,
    opened,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")


@pytest.fixture
def strict():
    with FakeSdrs(auth="strict") as fake:
        yield fake


@pytest.fixture
def build():
    """Builds clients, and closes their connections after the test."""
    with ExitStack() as stack:

        def new_client(credentials, *, url=None, region=None, kind=SdrsClient, headers=None):
            builder = kind.new_builder().with_credentials(credentials)
            client = (builder.with_endpoint(url) if url else builder.with_region(region)).build()
            client.preset_headers = headers or {}
            return stack.enter_context(opened(client))

        yield new_client


def count(client, **query):
    return client.list_failure_jobs(ListFailureJobsRequest(**query)).count


def refusal(client):
    with pytest.raises(ClientRequestException) as caught:
        count(client)
    return caught.value.status_code, caught.value.error_code, caught.value.error_msg


def test_the_right_key_is_accepted(strict, build):
    strict.add_failure_job(resource_name="pg 00/中文+~")
    credentials = BasicCredentials(strict.access_key, strict.secret_key, strict.project_id)

    assert count(build(credentials, url=strict.url), resource_name="pg 00/中文+~", limit=5) == 1
    client = build(credentials, url=strict.url, kind=SdrsAsyncClient)
    assert client.list_failure_jobs_async(ListFailureJobsRequest()).result().count == 1


@pytest.mark.parametrize(
    ("access_key", "secret_key", "cause"),
    [
        (None, "wrong", "verify aksk signature fail"),
        ("unknown", "any", "Get secretKey failed,ak:unknown,err:ak not exist"),
    ],
)
def test_a_wrong_secret_and_an_unknown_key_are_401(strict, build, access_key, secret_key, cause):
    credentials = BasicCredentials(access_key or strict.access_key, secret_key, strict.project_id)

    status, code, message = refusal(build(credentials, url=strict.url))

    assert (status, code) == (401, "APIGW.0301")
    assert message == f"Incorrect IAM authentication information: {cause}"


def test_an_expired_date_is_401(strict, build):
    credentials = BasicCredentials(strict.access_key, strict.secret_key, strict.project_id)

    headers = {"X-Sdk-Date": "20200101T000000Z"}
    status, code, message = refusal(build(credentials, url=strict.url, headers=headers))

    assert (status, code) == (401, "APIGW.0301")
    assert "signature expired, signature time:20200101T000000Z,server time:20" in message


def test_the_key_of_another_project_is_403(strict, build):
    strict.auth.add_key("theirs", "secret", project_id="other")

    wrong = build(BasicCredentials("theirs", "secret", strict.project_id), url=strict.url)
    right = build(BasicCredentials("theirs", "secret", "other"), url=strict.url)
    assert refusal(wrong)[:2] == (403, "APIGW.0302")
    assert count(right) == 0


def test_a_token_in_its_preset_headers_is_accepted(strict, build):
    headers = {"Authorization": "none", "X-Auth-Token": strict.auth.issue_token()}
    credentials = BasicCredentials("any", "any", strict.project_id)

    assert count(build(credentials, url=strict.url, headers=headers)) == 0


def looking_up(fake, access_key=None, secret_key=None):
    """Credentials without a project id, which the SDK then asks IAM for."""
    credentials = BasicCredentials(access_key or fake.access_key, secret_key or fake.secret_key)
    return credentials.with_iam_endpoint(fake.url)


def test_it_finds_its_project_through_iam(strict, build):
    strict.add_failure_job()

    assert count(build(looking_up(strict), region=Region("cn-north-4", strict.url))) == 1
    first, second = (record.request for record in strict.journal)
    assert (first.operation, second.operation) == ("KeystoneListProjects", "ListFailureJobs")
    assert first.params == {"name": "cn-north-4"}


def test_a_wrong_key_finds_no_project(strict, build):
    region = Region("cn-north-4", strict.url)

    with pytest.raises(SdkException, match="verify aksk signature fail"):
        build(looking_up(strict, strict.access_key, "wrong"), region=region)


@pytest.mark.parametrize("auth", ["strict", "any"])
def test_two_fakes_in_one_process_are_found_by_their_own_keys(build, auth):
    with FakeSdrs("first", auth=auth) as first, FakeSdrs("second", auth=auth) as second:
        first.add_failure_job()

        for fake, jobs in ((first, 1), (second, 0)):
            client = build(looking_up(fake), region=Region("cn-north-4", fake.url))
            assert count(client) == jobs
            path_params = list(fake.journal)[-1].request.path_params
            assert path_params["project_id"] == fake.project_id
