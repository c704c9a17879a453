"""The pytest plugin: options, hooks, and fixtures with an isolated, seeded fake of SDRS.

Nothing but pytest is imported until a fixture is used. PYTEST_DONT_REWRITE
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest_plugin.factory import Factory
    from conftest_plugin.settings import RunSettings
    from conftest_plugin.tracker import Tracker
    from sdrs_fake import FailureJob, FakeSdrs
    from sdrs_fake.fake_factory import FakeFactory

MARKER = (
    "sdrs(failures=, groups=, seed=, as_of=, behavior=, auth=, frozen_at=, scenario=,"
    " job_duration=, job_polls=, quotas=, cors=): how the fake of this test is made and seeded. A"
    " function's marker wins over its class's, and that over its module's; sdrs_factory does"
    " not read it."
)
_OPTIONS = {
    "failures": "number of failed jobs that each fake is seeded with (24 if only groups are given)",
    "groups": "number of protection groups that each fake is seeded with (3 if not given)",
    "seed": "seed of the data (default 0); 'random' draws one for the run, shown in the header",
    "as_of": "time before which all seeded jobs begin, such as 2019-04-01T12:00:00Z (default: now)",
    "behavior": "choices where the reference is ambiguous, such as 'count=page, limit_zero=error'",
    "auth": "any (default: a request needs a credential, any value is accepted), strict or off",
    "job_duration": "seconds that a job takes, or realistic (default 0: over when looked at)",
    "job_polls": "number of answers about a job that say that it runs (default 0)",
    "quotas": "how many groups and pairs can be made, such as 'server_groups=5, replications=-1'",
    "cors": "origins whose pages may call each fake, such as 'http://localhost:5173'; * is any",
    "scenario": "scenario that each fake is seeded with: one of `sdrs-fake scenarios`, or a file",
}
_FIXTURES = ("sdrs_env", "sdrs_intercept", "sdrs_failure_jobs", "sdrs_url", "sdrs")
_API_COVERAGE = "sdrs_api_coverage"
_TRACKER: pytest.StashKey["Tracker"] = pytest.StashKey()
"""On a test the tracker of its `sdrs`, on the config that of `sdrs_factory`."""
_SET_UP = pytest.StashKey[list[pytest.FixtureDef[Any]]]()
_SETTINGS = pytest.StashKey["RunSettings"]()
_FACTORY = pytest.StashKey["Factory"]()
_RANDOM_SEED = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    # Loaded by its module's name (`-p conftest_plugin`) and as an entry point, it is loaded once.
    for name in ("sdrs_fake", "conftest_plugin"):
        if not pluginmanager.has_plugin(name):
            pluginmanager.set_blocked(name)
    title = "fake SDRS (precedence: call in the test, marker, command line, ini file)"
    group = parser.getgroup("sdrs", title)
    for name, text in _OPTIONS.items():
        option = f"--sdrs-{name.replace('_', '-')}"
        group.addoption(option, dest=f"sdrs_{name}", metavar=name.upper(), help=text)
        parser.addini(f"sdrs_{name}", f"default of {option}")
    group.addoption(
        "--sdrs-api-coverage",
        action="store_true",
        help="at the end, show which parts of the API the tests requested from their fakes",
    )
    parser.addini(
        "sdrs_block_real_cloud",
        "fail a test that looks up a host of the real cloud (true or false)",
        type="bool",
        default=False,
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    if (config.getoption("sdrs_seed") or _ini_value(config, "sdrs_seed")) == "random":
        # Workers of xdist use the seed that their controller drew.
        drawn = getattr(config, "workerinput", {}).get("sdrs_seed")
        config.stash[_RANDOM_SEED] = (
            int.from_bytes(os.urandom(4), "big") if drawn is None else drawn
        )
    if config.getoption("sdrs_api_coverage"):
        from conftest_plugin.api_coverage import ApiCoverage

        config.pluginmanager.register(ApiCoverage(), _API_COVERAGE)
    try:
        blocks_real_cloud = config.getini("sdrs_block_real_cloud")
    except (TypeError, ValueError, pytest.UsageError) as error:
        text = f"ini file: sdrs_block_real_cloud: {error}; it should be true or false"
        raise pytest.UsageError(text) from None
    if blocks_real_cloud:
        from conftest_plugin.real_cloud import RealCloudGuard

        config.pluginmanager.register(RealCloudGuard(), "sdrs_real_cloud")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send the seed that was drawn to a worker of xdist."""
    node.workerinput["sdrs_seed"] = node.config.stash.get(_RANDOM_SEED, None)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse wrong defaults of the run once, instead of in each test."""
    if any(_given(session.config)):
        from sdrs_fake.errors import ParameterError

        try:
            _ = _run_settings(session.config).settings
        except ParameterError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_report_header(config: pytest.Config) -> list[str]:
    if not any(_given(config)):
        return []
    settings = _run_settings(config)
    drawn = " (seed drawn at random)" if _RANDOM_SEED in config.stash else ""
    lines = [settings.options() + drawn, settings.seed_call()]
    return [f"sdrs: {line}" for line in lines if line]


# Always, since `sdrs_factory` may be asked for while a fixture is being set up.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Any:
    set_up = request.config.stash.setdefault(_SET_UP, [])
    set_up.append(fixturedef)
    try:
        return (yield)
    finally:
        set_up.pop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    try:
        return (yield)
    finally:
        if _TRACKER not in item.stash and any(mark.name == "sdrs" for mark in item.own_markers):
            fixtures = ", ".join(_FIXTURES)
            text = f"{item.nodeid} is marked sdrs but uses none of the fixtures {fixtures}"
            item.warn(pytest.PytestWarning(f"{text}; the marker has no effect"))


# Outermost: what other plugins make of the outcome is known then.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    trackers = [stash[_TRACKER] for stash in (item.stash, item.config.stash) if _TRACKER in stash]
    for tracker in trackers:
        tracker.unfinished |= not report.passed
    if report.failed:
        fakes = [each for tracker in trackers for each in tracker.fakes(item)]
        if fakes:
            from conftest_plugin.report import report_section
            from conftest_plugin.settings import typed_nodeid

            section = report_section(fakes, typed_nodeid(item), _run_settings(item.config))
            report.sections.append(("sdrs", section))
    if report.when == "teardown":
        for tracker in trackers:
            tracker.end_test()
    return report


@pytest.fixture
def sdrs(request: pytest.FixtureRequest) -> Iterator["FakeSdrs"]:
    """A fake SDRS of this test's own: `sdrs_fake.FakeSdrs`, closed after the test.

    It is empty, unless `@pytest.mark.sdrs(failures=...)`, `--sdrs-failures` or `sdrs_failures` in
    the ini file seeds it.
    """
    from conftest_plugin.tracker import Tracker

    tracker = request.node.stash[_TRACKER] = Tracker()
    marks: list[pytest.Mark] = []
    for node in request.node.listchain():
        marks += [mark for mark in node.own_markers if mark.name == "sdrs"]
    with _factory(request.config).for_test(marks, tracker) as fake:
        yield fake


@pytest.fixture
def sdrs_failure_jobs(sdrs: "FakeSdrs") -> "tuple[FailureJob, ...]":
    """The failed jobs of `sdrs`, newest first. If it is still empty, it is seeded first."""
    if not sdrs.failure_jobs and not sdrs.seed_history:
        sdrs.seed()
    return sdrs.failure_jobs


@pytest.fixture
def sdrs_url(sdrs: "FakeSdrs") -> str:
    """The URL of `sdrs`, `http://127.0.0.1:PORT`, without a slash at its end."""
    return sdrs.url


@pytest.fixture
def sdrs_intercept(sdrs: "FakeSdrs") -> Iterator["FakeSdrs"]:
    """`sdrs`, which answers what `requests` and httpx send to the cloud's SDRS and IAM.

    The program needs no setting, and no socket is opened.
    """
    with sdrs.intercept():
        yield sdrs


@pytest.fixture
def sdrs_env(
    sdrs: "FakeSdrs", tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The variables that point SDKs, OpenStack's clients and Terraform at `sdrs`, set for the test.

    Every other `HUAWEICLOUD_SDK_*`, `OS_*` and `HW_*` is removed, and HOME is an empty folder.
    """
    from conftest_plugin.env import set_environment

    # With a patch of its own, what the test's `monkeypatch` saved in between would stay behind.
    return set_environment(sdrs, tmp_path_factory.mktemp("home"), monkeypatch)


@pytest.fixture(scope="session")
def sdrs_factory(request: pytest.FixtureRequest) -> Iterator["FakeFactory"]:
    """Makes more fakes, `sdrs_factory(failures=40, seed=7, auth="off")`, closed after the run.

    It takes `project_id` and the arguments of the marker except `frozen_at`.
    """
    from conftest_plugin.tracker import Tracker

    set_up = request.config.stash[_SET_UP]
    tracker = request.config.stash[_TRACKER] = Tracker("of sdrs_factory: ", set_up)
    request.config.pluginmanager.register(tracker)
    with _factory(request.config).for_run(tracker) as make:
        yield make


def _factory(config: pytest.Config) -> "Factory":
    if _FACTORY not in config.stash:
        from conftest_plugin.factory import Factory

        coverage = config.pluginmanager.get_plugin(_API_COVERAGE)
        config.stash[_FACTORY] = Factory(
            _run_settings(config), coverage.watch if coverage else None
        )
    return config.stash[_FACTORY]


def _run_settings(config: pytest.Config) -> "RunSettings":
    """The settings of the run, read once, whatever a test does to files and the directory."""
    from conftest_plugin.settings import RunSettings

    if _SETTINGS not in config.stash:
        line, ini = _given(config)
        ini_folder = config.inipath.parent if config.inipath else config.rootpath
        folder = config.invocation_params.dir
        config.stash[_SETTINGS] = RunSettings(line, ini, folder, ini_folder)
    return config.stash[_SETTINGS]


def _given(config: pytest.Config) -> tuple[dict[str, str], dict[str, str]]:
    return _given_by(config, config.getoption), _given_by(config, partial(_ini_value, config))


def _given_by(config: pytest.Config, get: Callable[[str], Any]) -> dict[str, str]:
    values = {name: get(f"sdrs_{name}") for name in _OPTIONS}
    given = {name: str(value) for name, value in values.items() if value}
    if given.get("seed") == "random":
        # None is drawn where the ini file says random but the command line does not.
        given["seed"] = str(config.stash.get(_RANDOM_SEED, 0))
    return given


def _ini_value(config: pytest.Config, name: str) -> str:
    try:
        return str(config.getini(name))
    except (TypeError, pytest.UsageError):  # pytest takes no number of TOML for a string
        from conftest_plugin.settings import toml_value

        return toml_value(config, name)
