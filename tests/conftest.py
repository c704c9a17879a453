"""What all tests share: a fresh fake, the reference as data, and a rule about skipping."""

import json
import os
import sys
from pathlib import Path

import httpcore
import pytest
from hypothesis import settings

import conftest_plugin.factory
import sdrs_fake.fake

pytest_plugins = ["pytester"]

IMPORTED = (conftest_plugin.factory, sdrs_fake.fake, httpcore)
"""Imported before any run of pytester's in this process, which forgets what it imports first;
`sdrs_fake` and httpx keep names of it.
"""

ROOT = Path(__file__).parent.parent

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory):
    """The SDK writes a file into HOME."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture
def untraced():
    """No tracing of coverage, which takes most of the time."""
    trace = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(trace)


@pytest.fixture
def path(sdrs):
    """The path of the list."""
    return f"/v1/{sdrs.project_id}/task-center/failure-jobs"


@pytest.fixture(scope="session")
def fixture():
    """`fixture("requests")`: a JSON file of fixtures/."""
    return lambda name: json.loads((ROOT / "fixtures" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """A test that was skipped did not pass."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and os.environ.get("CI"):
        reporter.write_line("skipped tests count as failed here", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
