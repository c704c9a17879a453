"""The variables that point unmodified programs at the fake."""

import json
import os
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import pytest
import requests
from werkzeug.wrappers import Request, Response

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the SDK's own imports
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsClient
    from huaweicloudsdksdrs.v1.region.sdrs_region import SdrsRegion

from sdrs_fake import FakeSdrs
from sdrs_fake.transports.conversation import Conversation
from sdrs_fake.transports.interception import intercepting
from sdrs_fake.wsgi.iam import DOMAIN
from sdrs_fake.wsgi.wire import max_body

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


def counted(**given):
    """What a client counts that is told nothing but its region, and `given`."""
    builder = SdrsClient.new_builder().with_region(SdrsRegion.value_of("cn-north-4"))
    for name, value in given.items():
        builder = getattr(builder, name)(value)
    client = builder.build()
    with closing(client.get_http_client()._session):
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
        "HW_DOMAIN_ID": DOMAIN["id"],
        "HW_DOMAIN_NAME": "sdrs-fake",
        "SKIP_CHECK_WEBSITE_TYPE": "true",
        "SKIP_CHECK_UPGRADE": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "HOME": "/home/nobody",
    }


def test_home_is_left_alone_unless_one_is_given(sdrs, tmp_path):
    assert "HOME" not in sdrs.environment()
    assert sdrs.environment(home=tmp_path)["HOME"] == str(tmp_path)


@pytest.mark.parametrize("region", ["", "cn north", "cn_north_4", "-", None, 4])
def test_what_is_no_region_is_refused(sdrs, region):
    with pytest.raises(
        ValueError, match=r"region: .* should be the id of a region, such as cn-north-4"
    ):
        sdrs.environment(region)


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
    environ = {
        **outside,
        "HTTP_PROXY": PROXY,
        "http_proxy": PROXY,
        **sdrs.environment("eu-west-101", home=tmp_path),
    }

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "eu-west-101"],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "1"
    ((call, _),) = sdrs.journal
    assert f"Access={sdrs.access_key}, " in call.headers["authorization"]


# The fixture


def test_an_sdk_client_told_nothing_but_its_region_finds_the_fake(sdrs, sdrs_env):
    sdrs.add_failure_job()

    assert counted() == 1


def test_the_fixture_sets_what_it_gives(sdrs, sdrs_env):
    assert (
        {name: os.environ[name] for name in sdrs_env}
        == sdrs_env
        == sdrs.environment(home=os.environ["HOME"])
    )
    assert list(Path.home().iterdir()) == []


def test_both_sides_of_the_fixture(pytester, monkeypatch):
    before = {
        "HUAWEICLOUD_SDK_CREDENTIALS_FILE": "/real",
        "HUAWEICLOUD_SDK_REGION_SDRS_EU_WEST_101": "https://real",
        "HUAWEICLOUD_SDK_AK": "real",
        "OS_CLOUD": "real",
        "OS_TOKEN": "real",
        "HW_AUTH_TOKEN": "real",
        "XDG_CONFIG_HOME": "/real",
        "HOME": "/real",
        "NO_PROXY": "example.com",
        "http_proxy": PROXY,
    }
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    pytester.makepyfile(f"""
        import os, pytest, urllib.request
        BEFORE = {before!r}
        def now():
            return {{name: os.environ.get(name) for name in BEFORE}}
        @pytest.mark.sdrs(jobs=4, auth="off")
        def test_within(sdrs, sdrs_env, monkeypatch):
            monkeypatch.undo()
            assert "real" not in str(now())
            assert os.listdir(os.environ["HOME"]) == []
            assert os.environ["NO_PROXY"] == "example.com,127.0.0.1,localhost"
            assert os.environ["http_proxy"] == "{PROXY}"
            with urllib.request.urlopen(sdrs.url + "/v1/p/task-center/failure-jobs") as answer:
                assert answer.status == 200
        def test_after():
            assert now() == BEFORE
    """)

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_the_interception_of_a_test_ends_with_it(pytester):
    pytester.makepyfile("""
        import pytest, requests, urllib3
        before = urllib3.HTTPConnectionPool.urlopen
        @pytest.mark.sdrs(jobs=4, groups=2)
        def test_within(sdrs, sdrs_intercept):
            assert sdrs_intercept is sdrs
            url = f"https://sdrs.eu-west-101.myhuaweicloud.com/v1/{sdrs.project_id}/task-center/failure-jobs"
            assert requests.get(url, headers={"X-Auth-Token": "any"}).status_code == 200
            assert sdrs.listening_at is None
        @pytest.mark.sdrs(jobs=4)
        def test_alone(sdrs_intercept):
            assert len(sdrs_intercept.failure_jobs) == 4
        def test_after():
            assert urllib3.HTTPConnectionPool.urlopen is before
    """)

    pytester.runpytest_inprocess("-p", "no:cacheprovider", "-W", "error").assert_outcomes(passed=3)


def test_the_new_fixtures_are_explained(pytester):
    pytester.runpytest_inprocess("--fixtures").stdout.fnmatch_lines_random(
        [
            "sdrs_intercept -- *",
            "    `sdrs`, and for the test what `requests` asks of the cloud's SDRS and IAM, *",
            "sdrs_env -- *",
            (
                "    The variables that point SDKs, OpenStack's clients and Terraform at `sdrs`,"
                " set for the test."
            ),
        ]
    )


# An access key of its own


def test_each_fake_has_an_access_key_of_its_own():
    one, two = FakeSdrs(), FakeSdrs()

    assert one.access_key != two.access_key
    assert one.secret_key != two.secret_key
    assert (one.access_key, one.secret_key) == (one.access_key, one.secret_key)
    assert [len(one.access_key), len(one.secret_key)] == [20, 40]


def test_keys_are_the_same_in_every_run():
    program = (
        "from sdrs_fake import FakeSdrs; print([(fake.access_key, fake.secret_key) for fake in"
        " (FakeSdrs(), FakeSdrs())])"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]

    assert runs[0] == runs[1]


def identity_service(sdrs):
    """The service, and before it the one answer of IAM that the SDK asks for."""

    @Request.application
    def app(request):
        if request.path == "/v3/projects":
            return Response(
                json.dumps({"projects": [{"id": sdrs.project_id}]}), content_type="application/json"
            )
        return Response.from_app(sdrs.wsgi, request.environ)

    return Conversation(app, sdrs._app.refuse, max_body=max_body)


def test_the_sdk_does_not_take_one_fakes_project_for_anothers():
    counts = []
    for number in (1, 2):
        with FakeSdrs(project_id=f"project-{number}") as fake, intercepting(identity_service(fake)):
            for _ in range(number):
                fake.add_failure_job()
            counts.append(
                counted(with_credentials=BasicCredentials(fake.access_key, fake.secret_key))
            )

    assert counts == [1, 2]


def test_two_fakes_are_told_apart_by_their_environments(monkeypatch, tmp_path):
    counts = []
    with FakeSdrs(project_id="one") as one, FakeSdrs(project_id="two") as two:
        two.add_failure_job()
        for fake in (one, two, one):
            with monkeypatch.context() as patch:
                for name, value in fake.environment(home=tmp_path).items():
                    patch.setenv(name, value)
                counts.append(counted())

    assert counts == [0, 1, 0]


def test_the_variables_of_openstack_name_the_list(sdrs, sdrs_env):
    sdrs.add_failure_job()
    url = os.environ["OS_SDRS_ENDPOINT_OVERRIDE"] + "/task-center/failure-jobs"

    assert requests.get(url, headers={"X-Auth-Token": "any"}, timeout=10).json()["count"] == 1
