"""Track which fakes belong to a test: those made for it, and their forks. PYTEST_DONT_REWRITE"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from weakref import ref

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.faults.faults import Faults
from sdrs_fake.transports.listener import raise_all

_OVER: Any = object()
"""Stands among the fixtures of a fake for one whose value is no longer used."""


class TrackedFake(NamedTuple):
    """A fake and its faults, which outlive a fork that nobody holds.

    `fixtures` are the fixtures that made it for more than one test, or asked for one that did;
    none where it is a test's own.
    """

    label: str
    fake: Callable[[], FakeSdrs | None]
    faults: Faults
    fixtures: set[pytest.FixtureDef[Any]]


class Tracker:
    """The fakes of one test, or those that `sdrs_factory` made in a run."""

    def __init__(self, label: str = "", set_up: Sequence[pytest.FixtureDef[Any]] = ()) -> None:
        self._label = label
        self._tracked: list[TrackedFake] = []
        self._set_up = set_up
        """The fixtures that are being set up now, the innermost last."""
        self.unfinished = False
        """Whether the test failed or skipped itself; its faults need not have fired then."""

    def add(self, fake: FakeSdrs) -> None:
        self._track(self._label, lambda: fake, fake)
        fake.on_fork(lambda fork: self._track("a fork: ", ref(fork), fork))

    def fakes(self, item: pytest.Item) -> Iterator[tuple[str, FakeSdrs]]:
        """The fakes that a test uses, each with its label."""
        fixtures = active_fixtures(getattr(item, "_request", None)).values()
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

    def raise_bugs(self) -> None:
        """Raise what the servers of the fakes failed with: the test that just ran has met it."""
        bugs: list[Exception] = []
        for tracked in self._tracked:
            fake = tracked.fake()
            if fake:
                bugs += fake._listener.take_exceptions()  # noqa: SLF001 no user needs it
        raise_all(bugs)

    def end_test(self) -> None:
        """Let go of the test's own fakes."""
        self._tracked = [each for each in self._tracked if each.fixtures and each.fake()]
        self.unfinished = False

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Any:
        if fixturedef.scope == "function":
            return (yield)
        for tracked in self._tracked:
            if fixturedef in tracked.fixtures:  # its value for another parameter or class is over
                tracked.fixtures.remove(fixturedef)
                tracked.fixtures.add(_OVER)
        before = active_fixtures(request).copy()
        try:
            return (yield)
        finally:
            # Those that it asked for by `getfixturevalue`, and the one that it overrides.
            asked = set(active_fixtures(request).values()) - set(before.values())
            asked.update(each for name, each in before.items() if name == fixturedef.argname)
            for tracked in self._tracked:
                if not asked.isdisjoint(tracked.fixtures):
                    tracked.fixtures.add(fixturedef)

    # Outermost: the teardown of a fixture may still send the request that a fault waits for.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Any:
        try:
            result = yield
        finally:
            self.raise_bugs()  # whatever else failed: it would be raised for a later test
        self.assert_all_fired()
        return result

    def _track(self, label: str, holder: Callable[[], FakeSdrs | None], fake: FakeSdrs) -> None:
        fixtures: set[Any] = set()
        if self._set_up and self._set_up[-1].scope != "function":
            fixtures.update(each for each in self._set_up if each.scope != "function")
        self._tracked.append(TrackedFake(label, holder, fake.faults, fixtures))


def active_fixtures(request: Any) -> dict[str, pytest.FixtureDef[Any]]:
    """The fixtures that a test has asked for so far, in any way, by name.

    pytest itself tells only their names, and two fixtures may have the same.
    """
    active: dict[str, pytest.FixtureDef[Any]] = getattr(request, "_fixture_defs", {})
    return active
