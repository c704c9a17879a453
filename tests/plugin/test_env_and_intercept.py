"""The fixtures `sdrs_env` and `sdrs_intercept`: what they set, and that it ends with the test."""

import os
from pathlib import Path


def test_the_fixture_sets_what_it_gives(sdrs, sdrs_env):
    assert sdrs_env == sdrs.environment(home=os.environ["HOME"])
    assert sdrs_env.items() <= os.environ.items()
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
        "http_proxy": "http://127.0.0.1:9",
    }
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    pytester.makepyfile(f"""
        import os, pytest, urllib.request
        BEFORE = {before!r}
        def now():
            return {{name: os.environ.get(name) for name in BEFORE}}
        @pytest.mark.sdrs(failures=4, auth="off")
        def test_within(monkeypatch, sdrs, sdrs_env):
            for name in sdrs_env.keys() & BEFORE.keys():
                monkeypatch.setenv(name, sdrs_env[name])  # set up before, and changed after
            monkeypatch.setenv("OS_CLOUD", "the test's own")
            assert "real" not in str(now())
            assert os.listdir(os.environ["HOME"]) == []
            assert os.environ["NO_PROXY"] == "example.com,127.0.0.1,localhost"
            assert os.environ["http_proxy"] == "http://127.0.0.1:9"
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
        @pytest.mark.sdrs(failures=4, groups=2)
        def test_within(sdrs, sdrs_intercept):
            assert sdrs_intercept is sdrs
            url = f"https://sdrs.eu-west-101.myhuaweicloud.com/v1/{sdrs.project_id}/task-center/failure-jobs"
            assert requests.get(url, headers={"X-Auth-Token": "any"}).status_code == 200
            assert sdrs.listening_at is None
        @pytest.mark.sdrs(failures=4)
        def test_alone(sdrs_intercept):
            assert len(sdrs_intercept.failure_jobs) == 4
        def test_after():
            assert urllib3.HTTPConnectionPool.urlopen is before
    """)

    pytester.runpytest_inprocess("-p", "no:cacheprovider", "-W", "error").assert_outcomes(passed=3)
