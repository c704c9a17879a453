"""The README's command lines, and the output that it shows, in both languages."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
READMES = {file.name: file.read_text(encoding="utf-8") for file in ROOT.glob("README*.md")}
COMMAND = re.compile(r"^```\n(python3 -m venv .*?)\n```", re.MULTILINE)
TEST = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
OUTPUT = re.compile(r"^```\n(E .*?)^```", re.DOTALL | re.MULTILINE)


def test_the_two_command_lines_are_there():
    demo, tests = COMMAND.findall(READMES["README.md"])

    assert shlex.split(demo)[-2:] == [".venv/bin/sdrs-fake", "demo"]
    assert shlex.split(tests)[-3:] == [".venv/bin/python", "-m", "pytest"]
    assert COMMAND.findall(READMES["README.zh.md"]) == [demo]


@pytest.mark.parametrize("readme", READMES)
def test_the_output_is_that_of_the_test_without_server_group_id(pytester, monkeypatch, readme):
    test = TEST.search(READMES[readme])[1]
    output = OUTPUT.search(READMES[readme])[1].splitlines()
    monkeypatch.setenv("HOME", str(pytester.path))
    monkeypatch.delenv("CI", raising=False)  # where pytest shows more
    wrong = test.replace(
        "ListFailureJobsRequest(server_group_id=group.id)", "ListFailureJobsRequest()"
    )
    (pytester.path / "test_report.py").write_text(wrong, encoding="utf-8")

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    assert wrong != test
    assert [line.rstrip() for line in output] in [
        [line.rstrip() for line in result.outlines[start:][: len(output)]]
        for start in range(len(result.outlines))
    ]
