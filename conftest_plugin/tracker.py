"""Track which fakes belong to a test: those made for it, and their forks. PYTEST_DONT_REWRITE"""

from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple
from weakref import ref

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.faults.faults import Faults


class TrackedFake(NamedTuple):
    """A fake and its faults, which outlive a fork that nobody holds.

    `fixtures` are the fixtures that made it for more than one test; none where it is a test's own.
    """

    label: str
    fake: Callable[[], FakeSdrs | None]
    faults: Faults
    fixtures: frozenset[str]


class Tracker:
    """The fakes of one test, or those that `sdrs_factory` made in a run."""

    def __init__(self, label: str = "") -> None:
        self._label = label
        self._tracked: list[TrackedFake] = []
        self._set_up: list[pytest.FixtureDef[Any]] = []
        self.unfinished = False
        """Whether the test failed or skipped itself; its faults need not have fired then."""

    def add(self, fake: FakeSdrs) -> None:
        self._track(self._label, lambda: fake, fake)
        fake.on_fork(lambda fork: self._track("a fork: ", ref(fork), fork))

    def fakes(self, fixtures: Collection[str]) -> Iterator[tuple[str, FakeSdrs]]:
        """The fakes that a test with these fixtures uses, each with its label."""
        for tracked in self._tracked:
            fake = tracked.fake()
            if fake and (not tracked.fixtures or not tracked.fixtures.isdisjoint(fixtures)):
                yield tracked.label, fake

    def assert_all_fired(self) -> None:
        """Fail for faults of the test's own fakes that never fired, unless it is unfinished."""
        if self.unfinished:
            return
        failures = []
        for tracked in self._tracked:
            try:
                if not tracked.fixtures:
                    tracked.faults.assert_all_fired()
            except AssertionError as error:
                failures.append(f"{tracked.label}{error}")
        if failures:
            raise pytest.fail.Exception("\n".join(failures), pytrace=False)

    def end_test(self) -> None:
        """Let go of the test's own fakes."""
        self._tracked = [each for each in self._tracked if each.fixtures and each.fake()]
        self.unfinished = False

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Any:
        self._set_up.append(fixturedef)
        try:
            return (yield)
        finally:
            self._set_up.pop()

    # Outermost: the teardown of a fixture may still send the request that a fault waits for.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Any:
        result = yield
        self.assert_all_fired()
        return result

    def _track(self, label: str, holder: Callable[[], FakeSdrs | None], fake: FakeSdrs) -> None:
        fixtures: frozenset[str] = frozenset()
        if self._set_up and self._set_up[-1].scope != "function":
            fixtures = frozenset(fixture.argname for fixture in self._set_up)
        self._tracked.append(TrackedFake(label, holder, fake.faults, fixtures))
