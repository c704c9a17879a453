"""The README's command lines, and the output that it shows."""

import re
import shlex
from pathlib import Path

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```\n(python3 -m venv .*?)\n```", README, re.MULTILINE)
TEST = re.search(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)[1]
OUTPUT = re.search(r"^```\n(E .*?)^```", README, re.DOTALL | re.MULTILINE)[1]


def test_the_two_command_lines_are_there():
    demo, tests = COMMANDS

    assert shlex.split(demo)[-2:] == [".venv/bin/sdrs-fake", "demo"]
    assert shlex.split(tests)[-3:] == [".venv/bin/python", "-m", "pytest"]


def test_the_output_is_that_of_the_test_without_server_group_id(pytester, monkeypatch):
    monkeypatch.setenv("HOME", str(pytester.path))
    monkeypatch.delenv("CI", raising=False)  # where pytest shows more
    wrong = TEST.replace(
        "ListFailureJobsRequest(server_group_id=group.id)", "ListFailureJobsRequest()"
    )
    (pytester.path / "test_report.py").write_text(wrong, encoding="utf-8")

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    assert wrong != TEST
    assert [line.rstrip() for line in OUTPUT.splitlines()] in [
        [line.rstrip() for line in result.outlines[start:][: len(OUTPUT.splitlines())]]
        for start in range(len(result.outlines))
    ]
