"""Make the fakes of the fixtures from their settings. PYTEST_DONT_REWRITE"""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from conftest_plugin.settings import (
    FACTORY_ARGUMENTS,
    MARKER_ARGUMENTS,
    NOT_GIVEN,
    RunSettings,
    Settings,
    parse_from,
)
from conftest_plugin.tracker import Tracker
from sdrs_fake import DEFAULT_PROJECT_ID, FakeSdrs
from sdrs_fake.errors import ParameterError, shown

if TYPE_CHECKING:
    from sdrs_fake.fake_factory import FakeFactory

MARKER = "@pytest.mark.sdrs: "
Tick = Callable[[dt.timedelta], object]


class Factory:
    """Makes the fakes of a test run with its settings, and hands each to a tracker."""

    def __init__(self, run: RunSettings, watch: Callable[[FakeSdrs], object] | None = None) -> None:
        self._run = run
        self._watch = watch

    @contextlib.contextmanager
    def for_test(self, marks: Sequence[pytest.Mark], tracker: Tracker) -> Iterator[FakeSdrs]:
        """Make the fake of one test from its markers, the nearest last, and close it."""
        try:
            near = self._marked(marks)
        except ParameterError as error:
            raise _without_traceback(error) from None
        with _frozen(near.frozen_at) if near.frozen_at else contextlib.nullcontext() as tick:
            try:
                fake = self._make(near, MARKER, tracker)
            except ParameterError as error:
                raise _without_traceback(error) from None
            if tick:
                fake.clock.move_with(tick)
            with fake:
                yield fake
        # Now that the fake is closed: a bug of its server is the error that counts.
        tracker.raise_bugs()
        tracker.assert_all_fired()

    @contextlib.contextmanager
    def for_run(self, tracker: Tracker) -> Iterator["FakeFactory"]:
        """Give a function that makes fakes, and close them in the end."""
        with contextlib.ExitStack() as stack:

            def make(*, project_id: str = DEFAULT_PROJECT_ID, **given: Any) -> FakeSdrs:
                near = Settings.parse(given, self._run.folder, FACTORY_ARGUMENTS)
                return stack.enter_context(self._make(near, "", tracker, project_id))

            yield make

    def _marked(self, marks: Sequence[pytest.Mark]) -> Settings:
        settings = NOT_GIVEN
        for mark in marks:
            if mark.args:
                reason = f"should be given by name: {', '.join(MARKER_ARGUMENTS)}"
                raise ParameterError(f"{MARKER}{shown(mark.args[0])}", reason)
            settings = parse_from(MARKER, mark.kwargs, self._run.folder).merge(settings)
        return settings

    def _make(
        self, near: Settings, place: str, tracker: Tracker, project_id: str = DEFAULT_PROJECT_ID
    ) -> FakeSdrs:
        settings = self._run.complete(near, place)
        fake = FakeSdrs(project_id, **settings.arguments)
        tracker.add(fake)
        if self._watch:
            self._watch(fake)
        return fake


@contextlib.contextmanager
def _frozen(frozen_at: dt.datetime) -> Iterator[Tick]:
    """Freeze the time of the process, except for the clocks of asyncio and pytest's durations."""
    from freezegun import freeze_time

    # Annotations hold the class of datetimes that is there when they are made: the real one.
    import_module("sdrs_fake.seeding.datasets")
    # A phase of a test that begins before the freeze would seem to last until the frozen time.
    with freeze_time(frozen_at, ignore=["_pytest.timing"], real_asyncio=True) as frozen:
        yield frozen.tick


def _without_traceback(error: ParameterError) -> BaseException:
    """A failure with the message alone: the lines of the plugin would only hide it."""
    return pytest.fail.Exception(str(error), pytrace=False)
