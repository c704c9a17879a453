"""docs/examples run, the pages show them as they are, and all links lead somewhere."""

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
EXAMPLE = re.compile(
    r"^`docs/(examples/\S+\.py)`:\n\n```python\n(.*?)^```", re.DOTALL | re.MULTILINE
)
SHOWN = [
    pytest.param(file, code, id=f"{page}-{file}")
    for page, text in TEXTS.items()
    for file, code in EXAMPLE.findall(text)
]
LINKS = [
    pytest.param(page, link, id=f"{page}-{link}")
    for page, text in TEXTS.items()
    for link in re.findall(r"\]\(([^):]+)\)", text)
]


def test_the_examples_run_as_a_project_of_their_own(pytester):
    shutil.copytree(DOCS / "examples", pytester.path, dirs_exist_ok=True)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error")

    result.assert_outcomes(passed=66)


@pytest.mark.parametrize(("file", "code"), SHOWN)
def test_a_page_shows_an_example_as_it_is(file, code):
    assert (DOCS / file).read_text(encoding="utf-8") == code


def test_every_example_is_shown():
    shown = {file for text in TEXTS.values() for file, _ in EXAMPLE.findall(text)}

    assert shown == {f"examples/{file.name}" for file in (DOCS / "examples").glob("*.py")}


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_a_link_leads_somewhere(page, link):
    file, _, heading = link.partition("#")
    target = (ROOT / page).parent / file if file else ROOT / page

    assert target.exists()
    assert not heading or heading in anchors(target.read_text(encoding="utf-8"))


def anchors(text):
    """The anchors of a page's headings, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
