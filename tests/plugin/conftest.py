"""What the tests of the plugin share: running a suite that uses it."""

import pytest


@pytest.fixture
def run(pytester):
    """Run a test file with the plugin, in process, and return the result."""

    def run(source, *arguments, **ini):
        lines = [f"{name} = {value}" for name, value in ini.items()]
        pytester.makeini("\n".join(["[pytest]", *lines]))
        pytester.makepyfile(test_program=source)
        options = ("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)
        return pytester.runpytest_inprocess(*options)

    return run


@pytest.fixture
def section():
    """The report section about the fakes of the first failed test of a result."""

    def section(result):
        text = result.stdout.str()
        return text[text.index("- sdrs -") :].split("\n", 1)[1].split("\n===", 1)[0]

    return section
