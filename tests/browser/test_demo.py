"""The demo of docs/demo.md, step by step. With SDRS_FAKE_IMAGES set it renews the page's images."""

import base64
import os
import re
from pathlib import Path

import pytest

from sdrs_fake import FakeSdrs
from tests.browser.inspector import Page

DOCS = Path(__file__).parent.parent.parent / "docs"
TEXT = (DOCS / "demo.md").read_text(encoding="utf-8")


@pytest.fixture
def picture(browser, tmp_path):
    """Take a picture of what the browser shows, under a name that the page has."""

    def picture(name):
        assert f"(images/{name})" in TEXT
        folder = DOCS / "images" if os.environ.get("SDRS_FAKE_IMAGES") else tmp_path
        content = base64.b64decode(
            browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
        )
        (folder / name).write_bytes(content)

    return picture


def test_the_demo_can_be_followed(browser, picture):
    with FakeSdrs(scenario="regional-switchover", job_duration=8) as sdrs:
        page = Page(browser, sdrs)
        page.resize(1280, 800)

        page.open()
        page.wait(lambda: len(page.find("rect.bar")) > 5 and len(page.rows()) == 50)
        page.wait(lambda: len(page.texts(".toolbar select option")) > 20)  # the groups are there
        picture("inspector-tasks.png")

        page.find("rect.bar.replications")[-1].click()
        page.wait(lambda: set(page.rows("What failed")) == {"Detach"})
        page.click("Details")
        page.wait(lambda: page.find("tr.detail"))

        page.go("groups")
        page.click("Fail over erp-prod-pg-01")
        page.wait(lambda: "failing-over" in page.rows("Status"))

        page.go("faults")
        page.choose("Kind", "fail_job")
        page.choose("Operation", "StartFailoverProtectionGroup")
        page.write("code", "EVS.2024")
        page.click("Arm")
        page.wait(lambda: page.rows("Status") == ["armed"])

        page.go("groups")
        page.click("Fail over order-core-pg-01")
        page.wait(lambda: page.rows("Status").count("failing-over") == 2)
        page.wait(lambda: not page.find(".toast"))
        picture("inspector-groups.png")

        page.go("jobs")
        page.wait(lambda: page.rows("Will end as") == ["EVS.2024", "SUCCESS"])
        page.click("Finish all")
        page.shows("No job is running.")

        page.go("tasks")
        page.wait(lambda: page.rows("Resource")[0] == "order-core-pg-01")
        assert page.rows("Error code")[0] == "EVS.2024"

        page.go("requests")
        actions = ["StartFailoverProtectionGroup"] * 2
        page.wait(lambda: page.rows("Operation") == actions)
        assert page.rows("Fault")[0].startswith("fail_job('StartFailoverProtectionGroup'")

        page.go("seed")
        page.click("Reset to the start")
        page.shows("Reset")
        assert page.console() == []


def test_the_images_of_the_page_are_there_and_small():
    names = re.findall(r"\(images/([\w.-]+)\)", TEXT)

    assert len(names) == 2
    for name in names:
        assert 10_000 < (DOCS / "images" / name).stat().st_size < 200_000
