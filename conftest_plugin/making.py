"""From what arguments, marker, command line and ini file say to a fake. PYTEST_DONT_REWRITE"""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from conftest_plugin.following import Following
from conftest_plugin.levels import check, over, unmeant
from conftest_plugin.values import Defaults, moment, read, seed_defaults
from sdrs_fake import DEFAULT_PROJECT_ID, FakeSdrs, Reading

if TYPE_CHECKING:
    from sdrs_fake.captured import Given
    from sdrs_fake.seeding import Scenario, StateToken


class FakeFactory(Protocol):
    """Makes a fake, as `sdrs_factory` gives it."""

    def __call__(  # noqa: PLR0913 the arguments of the marker
        self,
        *,
        project_id: str = DEFAULT_PROJECT_ID,
        jobs: int | None = None,
        groups: int | None = None,
        seed: int | None = None,
        anchor: dt.datetime | str | None = None,
        reading: Reading | Mapping[str, Any] | str | None = None,
        auth: str | None = None,
        scenario: "Given | Scenario | None" = None,
        state: "StateToken | str | None" = None,
    ) -> FakeSdrs: ...


Tick = Callable[[dt.timedelta], object]

MARK = "@pytest.mark.sdrs"
DEFAULTS = "a default of the command line (--sdrs-...) or of the ini file (sdrs_...)"
ARGUMENTS = (
    "jobs",
    "groups",
    "seed",
    "anchor",
    "reading",
    "auth",
    "frozen_at",
    "scenario",
    "state",
)


class Workshop:
    """Makes fakes with the defaults of a test run."""

    def __init__(
        self,
        defaults: Defaults,
        following: Following,
        watch: Callable[[FakeSdrs], object] | None = None,
    ) -> None:
        self._defaults = defaults
        self._following = following
        self._watch = watch

    @contextlib.contextmanager
    def fake_for(self, marks: Sequence[pytest.Mark]) -> Iterator[FakeSdrs]:
        """The fake of one test, as its marks say, the nearest last."""
        with _told_plainly(f"{MARK}: "):
            said = _merged(marks)
            frozen_at = moment("frozen_at", said.pop("frozen_at", None))
        with _frozen(frozen_at) as tick, contextlib.ExitStack() as stack:
            with _told_plainly(""):
                fake = stack.enter_context(self._made(said, MARK, tick=tick))
            yield fake
            self._following.check_fired()

    @contextlib.contextmanager
    def factory(self) -> Iterator[FakeFactory]:
        """A function that makes fakes, which are closed when this ends."""
        with contextlib.ExitStack() as stack:

            def make(*, project_id: str = DEFAULT_PROJECT_ID, **said: Any) -> FakeSdrs:
                _check_names(said, [name for name in ARGUMENTS if name != "frozen_at"])
                return stack.enter_context(self._made(said, "sdrs_factory", project_id))

            yield make

    def _made(
        self,
        said: Mapping[str, Any],
        whose: str,
        project_id: str = DEFAULT_PROJECT_ID,
        tick: Tick | None = None,
    ) -> FakeSdrs:
        """A fake with what was said and else with the defaults, seeded if either names jobs or
        groups, a scenario or a state.
        """
        with _blamed(lambda _: DEFAULTS):
            usual = self._defaults.values
        with _blamed(lambda name: whose if name in said or name not in usual else DEFAULTS):
            given = over(read(said, self._defaults.folder), usual)
            self._following.unmeant = unmeant(said, given, usual)
            fake = FakeSdrs(
                project_id,
                given.get("reading"),
                given.get("auth", "present"),
                seeding=seed_defaults(given),
            )
            self._following.add(fake)
            if self._watch:
                self._watch(fake)
            if tick:
                fake.clock.move_with(tick)
            if "state" in given:
                fake.seed(state=given["state"], scenario=given.get("scenario"))
            elif not given.keys().isdisjoint({"jobs", "groups", "scenario"}):
                fake.seed()
        return fake


def _merged(marks: Sequence[pytest.Mark]) -> dict[str, Any]:
    """What the marks say; where the last says nothing, the one before."""
    said: dict[str, Any] = {}
    for mark in marks:
        if mark.args:
            raise ValueError(f"{mark.args[0]!r} should have a name, one of {', '.join(ARGUMENTS)}")
        _check_names(mark.kwargs, ARGUMENTS)
        check(mark.kwargs)
        said = over(mark.kwargs, said)
    return said


def _check_names(said: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in said:
        if name not in known:
            raise TypeError(f"{name}: no such argument; there are {', '.join(known)}")


@contextlib.contextmanager
def _frozen(frozen_at: dt.datetime | None) -> Iterator[Tick | None]:
    """Freeze the process, but for the clocks that asyncio waits by; gives what moves its time
    on.
    """
    if frozen_at is None:
        yield None
        return
    from freezegun import freeze_time

    import_module(
        "sdrs_fake.seeding.datasets"
    )  # what holds dates has to be there before they are frozen ones
    with freeze_time(frozen_at, real_asyncio=True) as frozen:
        yield frozen.tick


@contextlib.contextmanager
def _blamed(whose: Callable[[str], str]) -> Iterator[None]:
    """Say whose the value is that is wrong; a refusal begins with its name."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise ValueError(f"{whose(str(error).partition(':')[0])}: {error}") from None


@contextlib.contextmanager
def _told_plainly(whose: str) -> Iterator[None]:
    """What is wrong in a mark or a default is said in a line; the plugin's own lines would only
    hide it.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        raise pytest.fail.Exception(f"{whose}{error}", pytrace=False) from None
