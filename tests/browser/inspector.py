"""The inspector in a browser, as somebody sees and uses it."""

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

VIEWS = ("tasks", "groups", "jobs", "requests", "faults", "clock", "seed")


class Page:
    """The inspector of one fake. What is looked for may still be on its way."""

    def __init__(self, browser, sdrs, width=1440):
        self.browser = browser
        self.url = f"{sdrs.url}/_fake/"
        self.resize(width)
        # An earlier fake may have had the same port.
        origin = {"origin": sdrs.url, "storageTypes": "local_storage"}
        browser.execute_cdp_cmd("Storage.clearDataForOrigin", origin)

    def open(self, view="tasks", *, wait=True):
        self.browser.get("about:blank")
        self.browser.get(f"{self.url}#/{view}")
        if wait:
            self.wait(lambda: self.find(".view > *"))
        return self

    def go(self, view):
        """Another view of the page that is open."""
        self.run("location.hash = `#/${arguments[0]}`", view)
        self.wait(lambda: self.find(f'.view[data-key="{view}"] > *'))

    def resize(self, width, height=1000):
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def wait(self, condition, seconds=10):
        return WebDriverWait(self.browser, seconds, 0.03).until(lambda _: condition())

    def find(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        """The texts of all elements, read at once, since the page may change meanwhile."""
        script = (
            "return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText.trim())"
        )
        return self.run(script, selector)

    def rows(self, column=None):
        """The texts of a column of the list, by its heading; all texts of each row without one."""
        if column is None:
            return self.texts(".card > .table-frame > table > tbody > tr:not(.detail)")
        cells = f'.card > .table-frame > table > tbody > tr > td[data-label="{column}"]'
        return self.texts(cells)

    def shows(self, text):
        self.wait(lambda: text in self.run("return document.body.innerText"))

    def click(self, label, inside="main"):
        """Click the button with that text, or with that name for screen readers."""
        script = """
            const [label, inside] = arguments;
            const buttons = [...document.querySelectorAll(`${inside} button`)];
            const button = buttons.find((each) => !each.disabled &&
                (each.getAttribute("aria-label") ?? each.textContent) === label);
            button?.scrollIntoView({ block: "center" });
            button?.click();
            return Boolean(button);
        """
        self.wait(lambda: self.run(script, label, inside))

    def unfold(self, number=None):
        """Open the first rows, or all."""
        for opener in self.find("main .chevron")[:number]:
            if opener.get_attribute("aria-expanded") == "false":
                self.run("arguments[0].click()", opener)
                self.wait(lambda opener=opener: opener.get_attribute("aria-expanded") == "true")

    def buttons(self, inside="main"):
        """The names of the buttons that can be clicked."""
        return self.texts(f"{inside} button:not(:disabled)")

    def choose(self, label, value):
        """Choose an option by its value, in the select with that label."""
        path = f'//label[span[text()="{label}"]]//select'
        Select(self.browser.find_element(By.XPATH, path)).select_by_value(value)

    def write(self, name, text):
        (field,) = self.find(f'[name="{name}"]')
        field.clear()
        field.send_keys(text)
        return field

    def console(self):
        return [entry["message"] for entry in self.browser.get_log("browser")]
