"""Every Python block of the README and the pages runs."""

import gc
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").glob("**/*.md"))]
EXAMPLE = re.compile(r"^`docs/examples/\S+`:\n\n```python\n.*?^```", re.DOTALL | re.MULTILINE)
"""A file of docs/examples as a page shows it; test_examples.py runs those."""


def snippets():
    """The code of each block by the name of its page and its number."""
    found = {}
    for page in PAGES:
        text = EXAMPLE.sub("", page.read_text(encoding="utf-8"))
        blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        name = re.sub(r"\W", "_", str(page.relative_to(ROOT).with_suffix("")))
        found |= {f"{name}_{number}": code for number, code in enumerate(blocks, 1)}
    return found


TESTS = {name: code for name, code in snippets().items() if "def test_" in code}
PROGRAMS = {name: code for name, code in snippets().items() if name not in TESTS}


def test_the_snippets_that_are_tests_pass(pytester, monkeypatch):
    monkeypatch.setenv("HOME", str(pytester.path))
    for name, code in TESTS.items():
        (pytester.path / f"test_{name}.py").write_text(code, encoding="utf-8")

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes().keys() <= {"passed", "warnings"}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:huaweicloudsdkcore",
    "ignore::ResourceWarning",  # a program need not close the SDK's client
    "ignore::pytest.PytestUnraisableExceptionWarning",
)
def test_a_snippet_runs(name, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    exec(compile(PROGRAMS[name], name, "exec"), {"__name__": "snippet"})

    gc.collect()


def test_every_client_has_a_snippet():
    words = ["SdrsClient", "sdrs.request(", "DispatcherMiddleware", "import_failure_jobs"]
    words += ["session()", "httpx_client()", "httpx_async_client(", "intercept()", "environment("]
    code = "".join(page.read_text(encoding="utf-8") for page in PAGES)

    assert [word for word in words if word not in code] == []
