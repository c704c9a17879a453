"""`--sdrs-coverage`: collect in every process of a run, sum up, and show. PYTEST_DONT_REWRITE"""

from typing import Any

import pytest

from conftest_plugin.coverage import Coverage
from conftest_plugin.coverage_table import counted, table


class CoverageHooks:
    """What pytest and xdist call in a run with the option."""

    def __init__(self) -> None:
        self.coverage = Coverage()
        self._lost = 0
        self._ran = False

    @pytest.hookimpl
    def pytest_runtest_logreport(self) -> None:
        self._ran = True

    @pytest.hookimpl
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """An xdist worker tells its controller what it has counted."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["sdrs_coverage"] = self.coverage.portable()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        output = getattr(node, "workeroutput", {}).get("sdrs_coverage")
        if output is None:
            self._lost += 1  # it crashed
        else:
            self.coverage.merge(output)

    @pytest.hookimpl
    def pytest_terminal_summary(
        self, terminalreporter: "pytest.TerminalReporter", config: pytest.Config
    ) -> None:
        """The table, unless no test ran, such as where they were only collected."""
        if not self._ran:
            return
        terminalreporter.write_sep("=", "SDRS API coverage")
        for line in table(self.coverage.counts, config.get_terminal_writer().fullwidth):
            terminalreporter.write_line(line)
        if self._lost:
            terminalreporter.write_line(
                f"not counted: what {counted(self._lost, 'crashed worker')} asked"
            )
