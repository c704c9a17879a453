"""The variables that point unmodified programs at the fake."""

import os
import subprocess
import sys

import pytest
import requests

from sdrs_fake import FakeSdrs
from sdrs_fake.errors import ParameterError
from tests.sdk import BasicCredentials, ListFailureJobsRequest, SdrsClient, SdrsRegion, opened

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")

PROXY = "http://127.0.0.1:9"
PROGRAM = """
import sys, warnings
warnings.simplefilter("ignore")
from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsClient
from huaweicloudsdksdrs.v1.region.sdrs_region import SdrsRegion
client = SdrsClient.new_builder().with_region(SdrsRegion.value_of(sys.argv[1])).build()
print(client.list_failure_jobs(ListFailureJobsRequest()).count)
"""
"""As its author wrote it for the cloud."""


def count(**given):
    """The count that an SDK client gets that has only its region, and what is `given`."""
    builder = SdrsClient.new_builder().with_region(SdrsRegion.value_of("cn-north-4"))
    for name, value in given.items():
        builder = getattr(builder, name)(value)
    with opened(builder.build()) as client:
        return client.list_failure_jobs(ListFailureJobsRequest()).count


def test_every_program_finds_what_it_reads(sdrs):
    url = sdrs.url

    assert sdrs.environment("eu-west-101", home="/home/nobody") == {
        "HUAWEICLOUD_SDK_AK": sdrs.access_key,
        "HUAWEICLOUD_SDK_SK": sdrs.secret_key,
        "HUAWEICLOUD_SDK_PROJECT_ID": sdrs.project_id,
        "HUAWEICLOUD_SDK_REGION_SDRS_EU_WEST_101": url,
        "HUAWEICLOUD_SDK_IAM_ENDPOINT": url,
        "OS_AUTH_URL": f"{url}/v3",
        "OS_IDENTITY_API_VERSION": "3",
        "OS_USERNAME": "sdrs-fake",
        "OS_PASSWORD": "sdrs-fake-password",
        "OS_USER_DOMAIN_NAME": "sdrs-fake",
        "OS_PROJECT_DOMAIN_NAME": "sdrs-fake",
        "OS_PROJECT_ID": sdrs.project_id,
        "OS_PROJECT_NAME": "eu-west-101",
        "OS_REGION_NAME": "eu-west-101",
        "OS_SDRS_ENDPOINT_OVERRIDE": f"{url}/v1/{sdrs.project_id}",
        "HW_AUTH_URL": f"{url}/v3",
        "HW_REGION_NAME": "eu-west-101",
        "HW_ACCESS_KEY": sdrs.access_key,
        "HW_SECRET_KEY": sdrs.secret_key,
        "HW_PROJECT_ID": sdrs.project_id,
        "HW_DOMAIN_ID": sdrs.request("GET", "/v3/auth/domains").json["domains"][0]["id"],
        "HW_DOMAIN_NAME": "sdrs-fake",
        "TF_VAR_sdrs_url": url,
        "SKIP_CHECK_WEBSITE_TYPE": "true",
        "SKIP_CHECK_UPGRADE": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "HOME": "/home/nobody",
    }


def test_home_is_left_alone_unless_one_is_given(sdrs, tmp_path):
    assert "HOME" not in sdrs.environment()
    assert sdrs.environment(home=tmp_path)["HOME"] == str(tmp_path)


def test_a_wrong_home_is_refused(sdrs):
    with pytest.raises(ParameterError, match=r"^home: 5 should be the path of a folder, or None$"):
        sdrs.environment(home=5)


@pytest.mark.parametrize("region", ["", "cn north", "cn_north_4", "-", None, 4])
def test_a_wrong_region_is_refused(sdrs, region):
    with pytest.raises(ParameterError, match="should be the id of a region") as caught:
        sdrs.environment(region)

    assert caught.value.name == "region"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": "example.com, .internal,"}, "example.com,.internal,127.0.0.1,localhost"),
        ({"no_proxy": "a", "NO_PROXY": "b,a"}, "a,b,127.0.0.1,localhost"),
        ({"NO_PROXY": "localhost,127.0.0.1"}, "localhost,127.0.0.1"),
        ({"NO_PROXY": "*"}, "*"),
    ],
)
def test_no_proxy_is_kept_and_covers_the_fake(sdrs, monkeypatch, before, after):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in before.items():
        monkeypatch.setenv(name, value)

    variables = sdrs.environment()

    assert (variables["NO_PROXY"], variables["no_proxy"]) == (after, after)


def test_a_program_of_another_process_reaches_the_fake_past_a_proxy(sdrs, tmp_path):
    sdrs.add_failure_job()
    outside = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
    proxied = {**outside, "HTTP_PROXY": PROXY, "http_proxy": PROXY}

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "eu-west-101"],
        env={**proxied, **sdrs.environment("eu-west-101", home=tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "1"
    authorization = sdrs.journal.last.request.headers["authorization"]
    assert f"Access={sdrs.access_key}, " in authorization


def test_an_sdk_client_that_has_only_its_region_reaches_the_fake(sdrs, sdrs_env):
    sdrs.add_failure_job()

    assert count() == 1


# Access keys


def test_keys_are_the_same_in_every_run():
    program = """
from sdrs_fake import FakeSdrs
print([(fake.access_key, fake.secret_key) for fake in (FakeSdrs(), FakeSdrs())])
"""
    command = [sys.executable, "-c", program]
    one, two = (subprocess.run(command, capture_output=True, check=True) for _ in range(2))

    assert one.stdout == two.stdout


def test_the_sdk_does_not_take_one_fakes_project_for_anothers():
    counts = []
    for number in (1, 2):
        with FakeSdrs(project_id=f"project-{number}") as fake, fake.intercept():
            for _ in range(number):
                fake.add_failure_job()
            credentials = BasicCredentials(fake.access_key, fake.secret_key)
            counts.append(count(with_credentials=credentials))

    assert counts == [1, 2]


def test_two_fakes_are_kept_apart_by_their_environments(monkeypatch, tmp_path):
    counts = []
    with FakeSdrs(project_id="one") as one, FakeSdrs(project_id="two") as two:
        two.add_failure_job()
        for fake in (one, two, one):
            with monkeypatch.context() as patch:
                for name, value in fake.environment(home=tmp_path).items():
                    patch.setenv(name, value)
                counts.append(count())

    assert counts == [0, 1, 0]


def test_the_variables_of_openstack_name_the_list(sdrs, sdrs_env):
    sdrs.add_failure_job()
    url = os.environ["OS_SDRS_ENDPOINT_OVERRIDE"] + "/task-center/failure-jobs"

    assert requests.get(url, headers={"X-Auth-Token": "any"}, timeout=10).json()["count"] == 1
