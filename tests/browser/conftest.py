"""A headless Chromium for the tests of pages."""

import pytest
from selenium import webdriver

_FLAGS = (
    "--headless",
    "--no-sandbox",  # which Chromium needs to run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """The one browser of the run, with a profile of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService("/usr/bin/chromedriver")  # Selenium would look for others
    with webdriver.Chrome(options, service) as driver:
        driver.set_script_timeout(10)
        yield driver


@pytest.fixture
def browser(chromium):
    """The browser with an empty page and an empty console, which a test that fails shows.

    `browser.get_log("browser")` gives the messages of the console, each of them once.
    """
    chromium.get("about:blank")
    chromium.get_log("browser")
    yield chromium
    for entry in chromium.get_log("browser"):
        print(entry["level"], entry["message"])  # noqa: T201 pytest shows it
