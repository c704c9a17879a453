"""The README and the how-to pages do what they say."""

import gc
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MY_REPORT = """
import http.client, json
def my_report(endpoint, project):
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"))
    connection.request("GET", f"/v1/{project}/task-center/failure-jobs", headers={"X-Auth-Token": "t"})
    count = json.loads(connection.getresponse().read())["count"]
    connection.close()
    return f"{count} failed tasks of protection groups"
"""
DOORS = (ROOT / "docs" / "doors.md").read_text(encoding="utf-8")
FAULTS = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
SCENARIOS = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(
    r"^```python\n(.*?)^```", README + DOORS + FAULTS + SCENARIOS, re.DOTALL | re.MULTILINE
)
COMMANDS = re.findall(r"^```\n(python3 -m venv .*?)\n```", README, re.MULTILINE)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.splitlines()[0])
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:huaweicloudsdkcore",
    "ignore::ResourceWarning",  # a program need not close the SDK's client
    "ignore::pytest.PytestUnraisableExceptionWarning",
)
def test_a_snippet_runs(snippet, tmp_path, monkeypatch, pytester):
    monkeypatch.setenv("HOME", str(tmp_path))

    if "def test_" in snippet:
        (tmp_path / "test_snippet.py").write_text(MY_REPORT + snippet, encoding="utf-8")
        pytester.runpytest_subprocess(tmp_path).assert_outcomes(passed=1)
    else:
        exec(compile(snippet, "README.md", "exec"), {"__name__": "readme"})
        gc.collect()


def test_there_are_snippets_of_every_use():
    words = ["SdrsClient", "sdrs.request(", "DispatcherMiddleware", "load_failure_jobs", "Reading("]
    words += ["session()", "httpx_client()", "httpx_async_client(", "intercept()", "environment("]

    assert [word for word in words if not any(word in snippet for snippet in SNIPPETS)] == []


def test_the_two_command_lines_are_there():
    demo, tests = COMMANDS

    assert shlex.split(demo)[-2:] == [".venv/bin/sdrs-fake", "demo"]
    assert shlex.split(tests)[-3:] == [".venv/bin/python", "-m", "pytest"]


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_a_link_leads_somewhere(link):
    assert (ROOT / link).exists()
