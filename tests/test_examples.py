"""docs/: the examples run, the pages show them as they are, and their links lead somewhere."""

import re
import shutil
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
PAGES = sorted(DOCS.glob("*.md"))
SHOWN = [
    (page.name, file, code)
    for page in PAGES
    for file, code in re.findall(
        r"^`docs/(examples/\S+\.py)`:\n\n```python\n(.*?)^```",
        page.read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
]


def test_the_examples_run_as_a_project_of_their_own(pytester):
    shutil.copytree(DOCS / "examples", pytester.path, dirs_exist_ok=True)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error")

    result.assert_outcomes(passed=14)


@pytest.mark.parametrize(
    ("page", "file", "code"), SHOWN, ids=[f"{page}-{file}" for page, file, _ in SHOWN]
)
def test_a_page_shows_an_example_as_it_is(page, file, code):
    assert (DOCS / file).read_text(encoding="utf-8") == code


def test_every_example_is_shown():
    assert {file for _, file, _ in SHOWN} == {
        f"examples/{file.name}" for file in (DOCS / "examples").glob("*.py")
    }


@pytest.mark.parametrize(
    ("page", "link"),
    [
        (page.name, link)
        for page in PAGES
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    ],
)
def test_a_link_leads_somewhere(page, link):
    assert (DOCS / link).exists()
