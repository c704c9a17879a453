"""Which fakes a test has to do with: those made for it, and forks of them. PYTEST_DONT_REWRITE"""

from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple
from weakref import ref

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.control.faults import Faults


class Followed(NamedTuple):
    """A fake and its faults, which outlive a fork that nobody holds; `makers` are the fixtures that
    made it for more than one test.
    """

    label: str
    fake: Callable[[], FakeSdrs | None]
    faults: Faults
    makers: frozenset[str]


class Following:
    """The fakes of a test, or those of `sdrs_factory`: of these a test's own are the ones that no
    wider fixture made.
    """

    def __init__(self, label: str = "") -> None:
        self._label = label
        self._all: list[Followed] = []
        self._under_way: list[pytest.FixtureDef[Any]] = []
        self.unmeant: frozenset[str] = frozenset()
        """The defaults of the run that the last fake had no use for."""
        self.unfinished = False
        """Has the test failed, or skipped itself? Nobody expects its faults to have fired then."""

    def add(self, fake: FakeSdrs) -> None:
        self._all.append(Followed(self._label, lambda: fake, fake.faults, self._makers()))
        fake.forked = self._fork

    def _fork(self, twin: FakeSdrs) -> None:
        self._all.append(Followed("a fork: ", ref(twin), twin.faults, self._makers()))

    def _makers(self) -> frozenset[str]:
        wider = self._under_way and self._under_way[-1].scope != "function"
        return frozenset(fixture.argname for fixture in self._under_way) if wider else frozenset()

    def fakes(self, fixtures: Collection[str]) -> Iterator[tuple[str, FakeSdrs]]:
        """The test's own fakes, and those that the fixtures which it uses made; with what each is
        called.
        """
        for label, followed, _, makers in self._all:
            fake = followed()
            if fake and (not makers or not makers.isdisjoint(fixtures)):
                yield label, fake

    def check_fired(self) -> None:
        """Fail for faults of the test's own fakes that never fired, unless it did not come to its
        end.
        """
        told = (
            []
            if self.unfinished
            else [text for each in self._all if not each.makers and (text := _unfired(each))]
        )
        if told:
            raise pytest.fail.Exception("\n".join(told), pytrace=False)

    def end(self) -> None:
        """The test is over."""
        self._all = [each for each in self._all if each.makers and each.fake()]
        self.unmeant = frozenset()
        self.unfinished = False

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Any:
        self._under_way.append(fixturedef)
        try:
            return (yield)
        finally:
            self._under_way.pop()

    @pytest.hookimpl(
        wrapper=True, tryfirst=True
    )  # after the teardown of all fixtures, which may call a fake too
    def pytest_runtest_teardown(self) -> Any:
        result = yield
        self.check_fired()
        return result


def _unfired(followed: Followed) -> str:
    try:
        followed.faults.check_fired()
    except AssertionError as error:
        return f"{followed.label}{error}"
    return ""
