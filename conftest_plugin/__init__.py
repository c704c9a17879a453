"""The pytest plugin: fixtures with a fake SDRS, isolated and seeded.

Nothing but pytest is imported here until a fixture is used. PYTEST_DONT_REWRITE
"""

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest_plugin.following import Following
    from conftest_plugin.making import FakeFactory, Workshop
    from conftest_plugin.values import Defaults
    from sdrs_fake import FailureJob, FakeSdrs

MARKER = (
    "sdrs(jobs=, groups=, seed=, anchor=, reading=, auth=, frozen_at=, scenario=, state=): how the"
    " fake of this test is made and seeded; a function's arguments win over its class's, these over"
    " its module's; sdrs_factory is not touched by it"
)
_FOLLOWING = pytest.StashKey[Any]()
"""What is followed: on a test the fake of `sdrs`, on the run those of `sdrs_factory`."""
_READ = pytest.StashKey["Defaults"]()
_RANDOM_SEED = pytest.StashKey[int]()
_COVERAGE = "sdrs_coverage"
_FIXTURES = ("sdrs_env", "sdrs_intercept", "sdrs_jobs", "sdrs_url", "sdrs")
_DEFAULTS = {
    "jobs": (
        "how many failed jobs a fake is seeded with; without it a fake starts empty (24 where only"
        " groups are given)"
    ),
    "groups": "how many protection groups a fake is seeded with (3 where only jobs are given)",
    "seed": (
        "the seed of the data, 0 by itself; 'random' draws one for the run and shows it in the"
        " header"
    ),
    "anchor": (
        "the time that seeded jobs lie before, such as 2019-04-01T12:00:00Z; by itself the time"
        " it is"
    ),
    "reading": (
        "how ambiguous clauses of the reference are read, such as 'count=page, limit_zero=refused'"
    ),
    "auth": (
        "who gets in: present (a credential has to be there, any will do), strict (one that the"
        " fake knows) or off"
    ),
    "scenario": (
        "a scenario that a fake is seeded with, in the place of jobs and groups: a name of"
        " `sdrs-fake scenarios`, or a file"
    ),
    "state": (
        "the token of data that a fake is seeded with, in the place of all the others, as a header"
        " or a failed test's report shows it"
    ),
}


_SEEDING = ("jobs", "groups", "scenario", "state")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup(
        "sdrs",
        "fake SDRS (what a test says wins over its marker, the marker over these, these over the"
        " ini file)",
    )
    for name, text in _DEFAULTS.items():
        group.addoption(f"--sdrs-{name}", dest=f"sdrs_{name}", metavar=name.upper(), help=text)
        parser.addini(f"sdrs_{name}", f"default of --sdrs-{name}")
    group.addoption(
        "--sdrs-coverage",
        action="store_true",
        help="at the end, show what of the API the tests asked of their fakes, and what never",
    )
    parser.addini(
        "sdrs_block_real_cloud",
        "a test that reaches for a host of the real cloud fails (true or false)",
        type="bool",
        default=False,
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    if _said(config, "seed") == "random":
        drawn = getattr(config, "workerinput", {}).get(
            "sdrs_seed"
        )  # an xdist worker is told its controller's
        config.stash[_RANDOM_SEED] = (
            int.from_bytes(os.urandom(4), "big") if drawn is None else drawn
        )
    if config.getoption("sdrs_coverage"):
        from conftest_plugin.coverage_hooks import CoverageHooks

        config.pluginmanager.register(CoverageHooks(), _COVERAGE)
    if config.getini("sdrs_block_real_cloud"):
        from conftest_plugin.tripwire import Tripwire

        config.pluginmanager.register(Tripwire(), "sdrs_tripwire")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker the seed that was drawn."""
    node.workerinput["sdrs_seed"] = node.config.stash.get(_RANDOM_SEED, None)


def pytest_report_header(config: pytest.Config) -> list[str]:
    said = {name: value for name, value in _settings(config).items() if value is not None}
    drawn = " (drawn at random)" if _RANDOM_SEED in config.stash and "seed" in said else ""
    lines = (
        [f"sdrs: {', '.join(f'{name}={value}' for name, value in said.items())}{drawn}"]
        if said
        else []
    )
    if not said.keys().isdisjoint(_SEEDING):
        lines += [f"sdrs state: {token}" for token in _defaults(config).planned()]
    return lines


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    result = yield
    if _FOLLOWING not in item.stash and any(mark.name == "sdrs" for mark in item.own_markers):
        names = ", ".join(_FIXTURES)
        item.warn(
            pytest.PytestWarning(
                f"{item.nodeid} is marked sdrs but uses none of the fixtures {names}; the mark does"
                " nothing"
            )
        )
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)  # what others make of a report is known then
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    followings = [
        stash[_FOLLOWING] for stash in (item.stash, item.config.stash) if _FOLLOWING in stash
    ]
    for following in followings:
        following.unfinished |= not report.passed
    concerned = {
        following: fakes
        for following in followings
        if (fakes := [*following.fakes(getattr(item, "fixturenames", ()))])
    }
    if report.failed and concerned:
        from conftest_plugin.report import told

        fakes = [each for fakes in concerned.values() for each in fakes]
        unmeant = frozenset.intersection(*(following.unmeant for following in concerned))
        settings = {
            name: value
            for name, value in _defaults(item.config).said.items()
            if name not in unmeant
        }
        report.sections.append(("sdrs", told(fakes, _as_typed(item), settings)))
    if report.when == "teardown":
        for following in followings:
            following.end()  # else every test's fakes would live as long as the run
    return report


@pytest.fixture
def sdrs(request: pytest.FixtureRequest) -> Iterator["FakeSdrs"]:
    """A fake SDRS of this test's own: `sdrs_fake.FakeSdrs`, closed after the test.

    It is empty, unless `@pytest.mark.sdrs(jobs=...)`, `--sdrs-jobs` or `sdrs_jobs` in the ini file
    seeds it.
    """
    from conftest_plugin.following import Following

    following = request.node.stash[_FOLLOWING] = Following()
    marks = [
        mark
        for node in request.node.listchain()
        for mark in node.own_markers
        if mark.name == "sdrs"
    ]
    with _workshop(request.config, following).fake_for(marks) as fake:
        yield fake


@pytest.fixture
def sdrs_jobs(sdrs: "FakeSdrs") -> "tuple[FailureJob, ...]":
    """The failed jobs of `sdrs`, newest first; if it is still empty, it is seeded first."""
    if not sdrs.failure_jobs and not sdrs.datasets:
        sdrs.seed()
    return sdrs.failure_jobs


@pytest.fixture
def sdrs_url(sdrs: "FakeSdrs") -> str:
    """Where `sdrs` listens, `http://127.0.0.1:PORT`, without a slash at its end."""
    return sdrs.url


@pytest.fixture
def sdrs_intercept(sdrs: "FakeSdrs") -> Iterator["FakeSdrs"]:
    """`sdrs`, and for the test what `requests` asks of the cloud's SDRS and IAM, in any region,
    reaches it: no setting, no socket.
    """
    with sdrs.intercept():
        yield sdrs


@pytest.fixture
def sdrs_env(
    sdrs: "FakeSdrs", tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The variables that point SDKs, OpenStack's clients and Terraform at `sdrs`, set for the test.

    Every other `HUAWEICLOUD_SDK_*`, `OS_*` and `HW_*` is taken away, and HOME is an empty folder.
    """
    from conftest_plugin.surroundings import surrounded

    with surrounded(sdrs, tmp_path_factory.mktemp("home")) as variables:
        yield variables


@pytest.fixture(scope="session")
def sdrs_factory(request: pytest.FixtureRequest) -> Iterator["FakeFactory"]:
    """Makes more fakes, `sdrs_factory(jobs=40, seed=7, auth="off")`, and closes them at the end of
    the run.

    It takes what the marker takes but `frozen_at`, and `project_id`.
    """
    from conftest_plugin.following import Following

    following = request.config.stash[_FOLLOWING] = Following("of sdrs_factory: ")
    request.config.pluginmanager.register(following)
    with _workshop(request.config, following).factory() as factory:
        yield factory


def _as_typed(item: pytest.Item) -> str:
    """The id of a test for a command line where pytest was started, which ids need not be relative
    to.
    """
    path, start = item.path, item.config.invocation_params.dir
    return "::".join(
        [
            str(path.relative_to(start) if path.is_relative_to(start) else path),
            *item.nodeid.split("::")[1:],
        ]
    )


def _workshop(config: pytest.Config, following: "Following") -> "Workshop":
    from conftest_plugin.making import Workshop

    counting = config.pluginmanager.get_plugin(_COVERAGE)
    return Workshop(_defaults(config), following, counting.coverage.watch if counting else None)


def _defaults(config: pytest.Config) -> "Defaults":
    """What the run says, of which files are read once, whatever tests do to them and to the working
    directory.
    """
    from conftest_plugin.values import Defaults

    if _READ not in config.stash:
        config.stash[_READ] = Defaults(_settings(config), config.invocation_params.dir)
    return config.stash[_READ]


def _said(config: pytest.Config, name: str) -> str | None:
    """What the command line says of a default, or else the ini file."""
    return config.getoption(f"sdrs_{name}") or config.getini(f"sdrs_{name}") or None


def _settings(config: pytest.Config) -> dict[str, Any]:
    line, ini = (
        {name: value for name in _DEFAULTS if (value := get(f"sdrs_{name}"))}
        for get in (config.getoption, config.getini)
    )
    for level in (line, ini):
        if level.get("seed") == "random":
            level["seed"] = config.stash.get(_RANDOM_SEED, None)
    if "scenario" in ini and config.inipath:
        from sdrs_fake.seeding.library import beside

        ini["scenario"] = str(beside(ini["scenario"], config.inipath.parent))
    said = {**ini, **line}
    if line and ini:
        from conftest_plugin.levels import over

        with contextlib.suppress(
            TypeError, ValueError
        ):  # what is wrong is told to each test that uses it
            said = over(line, ini)
    return {name: said.get(name) for name in _DEFAULTS}
