"""The fixtures and the marker, as other people's suites use them."""

from xml.etree import ElementTree as ET

import pytest

# Fixtures


def test_the_fixture_gives_a_fake_to_seed_and_to_call(run):
    run("""
        def test_mine(sdrs):
            sdrs.seed(failures=40, groups=3)
            assert len(sdrs.failure_jobs) == 40
            path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
            assert sdrs.request("GET", path).json["count"] > 0
    """).assert_outcomes(passed=1)


def test_each_test_has_a_fake_of_its_own_that_is_closed_after_it(run):
    run("""
        import threading
        seen = []
        def test_one(sdrs):
            assert sdrs.failure_jobs == ()
            sdrs.add_failure_job()
            seen.append((sdrs, sdrs.url))
        def test_two(sdrs):
            assert sdrs.failure_jobs == ()
            assert sdrs is not seen[0][0]
            assert seen[0][0].listening_at is None
            names = [thread.name for thread in threading.enumerate()]
            assert not [name for name in names if name.startswith("sdrs-fake")]
    """).assert_outcomes(passed=2)


def test_a_fake_is_let_go_after_its_test(run):
    run("""
        import gc, weakref
        seen = []
        def test_one(sdrs):
            seen.append(weakref.ref(sdrs))
        def test_two():
            gc.collect()
            assert seen[0]() is None
    """).assert_outcomes(passed=2)


def test_all_fixtures_of_a_test_are_of_one_fake(run):
    run("""
        def test_mine(sdrs_failure_jobs, sdrs_url, sdrs):
            assert sdrs_failure_jobs == sdrs.failure_jobs
            assert sdrs_url == sdrs.url
    """).assert_outcomes(passed=1)


def test_sdrs_failure_jobs_seeds_a_fake_that_is_empty_and_no_other(run):
    run("""
        import pytest
        def test_empty(sdrs_failure_jobs):
            assert len(sdrs_failure_jobs) == 24
        @pytest.mark.sdrs(failures=5)
        def test_seeded(sdrs_failure_jobs):
            assert len(sdrs_failure_jobs) == 5
        @pytest.mark.sdrs(failures=0, groups=2)
        def test_seeded_with_no_failures(sdrs_failure_jobs, sdrs):
            assert (sdrs_failure_jobs, len(sdrs.protection_groups)) == ((), 2)
    """).assert_outcomes(passed=3)


def test_the_factory_makes_fakes_for_the_whole_run_and_closes_them(run):
    run("""
        import pytest
        kept = []
        @pytest.fixture(scope="session", autouse=True)
        def after():
            yield
            assert kept[0].listening_at is None
        def test_mine(sdrs_factory, after):
            one = sdrs_factory(failures=3, seed=1, auth="off", project_id="mine")
            two = sdrs_factory()
            kept.append(one)
            assert (len(one.failure_jobs), one.project_id, len(two.failure_jobs)) == (3, "mine", 0)
            assert one.url != two.url
        def test_still(sdrs_factory):
            assert kept[0].url
    """).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("arguments", "name", "reason"),
    [
        ("frozen_at='2019-04-01T12:00:00Z'", "frozen_at", "no such argument; there are failures, "),
        ("failurs=3", "failurs", "no such argument; did you mean failures?"),
        ("auth='none'", "auth", "'none' should be one of any, strict, off"),
        ("failures=5, groups=0", "groups", "0 should be at least 1"),
        ("scenario='noisy-group', failures=5", "failures", "5 should not be given with scenario"),
    ],
)
def test_the_factory_refuses_wrong_arguments_by_name(run, arguments, name, reason):
    run(f"""
        import pytest
        from sdrs_fake.errors import ParameterError
        def test_mine(sdrs_factory):
            with pytest.raises(ParameterError) as refused:
                sdrs_factory({arguments})
            assert refused.value.name == {name!r}
            assert refused.value.reason.startswith({reason!r})
    """).assert_outcomes(passed=1)


def test_every_fixture_is_explained(pytester):
    pytester.runpytest_inprocess("--fixtures").stdout.fnmatch_lines_random(
        [
            "sdrs -- *",
            "    A fake SDRS of this test's own: `sdrs_fake.FakeSdrs`, closed after the test.",
            "sdrs_failure_jobs -- *",
            "    The failed jobs of `sdrs`, newest first. If it is still empty, it is seeded *",
            "sdrs_url -- *",
            "    The URL of `sdrs`, `http://127.0.0.1:PORT`, without a slash at its end.",
            "sdrs_intercept -- *",
            "sdrs_env -- *",
            "sdrs_factory [[]session scope] -- *",
        ]
    )


# The marker


def test_the_marker_makes_and_seeds_the_fake(run):
    run("""
        import pytest
        @pytest.mark.sdrs(
            failures=200, groups=4, seed=7, as_of="2019-04-01T12:00:00Z",
            behavior={"count": "page"}, auth="off",
        )
        def test_mine(sdrs):
            path = f"/v1/{sdrs.project_id}/task-center/failure-jobs?limit=3"
            assert sdrs.request("GET", path, credentials=None).json["count"] == 3
            assert (len(sdrs.failure_jobs), len(sdrs.protection_groups)) == (200, 4)
            newest = max(job.begin_time for job in sdrs.failure_jobs)
            assert newest.isoformat() < "2019-04-01T12"
            assert sdrs.seed_history[0].seed == 7
    """).assert_outcomes(passed=1)


def test_a_functions_marker_wins_over_its_classs_and_this_over_its_modules(run):
    run("""
        import pytest
        pytestmark = pytest.mark.sdrs(failures=5, groups=2, seed=1)
        def given(sdrs):
            (spec,) = sdrs.seed_history
            return spec.failures, spec.groups, spec.seed
        def test_module(sdrs):
            assert given(sdrs) == (5, 2, 1)
        @pytest.mark.sdrs(groups=3)
        class TestClass:
            def test_class(self, sdrs):
                assert given(sdrs) == (5, 3, 1)
            @pytest.mark.sdrs(failures=6)
            def test_function(self, sdrs):
                assert given(sdrs) == (6, 3, 1)
    """).assert_outcomes(passed=3)


def test_a_derived_class_and_a_parameter_are_nearer_than_a_base_class_and_a_function(run):
    run("""
        import pytest
        @pytest.mark.sdrs(failures=5)
        class Base:
            def test_number(self, sdrs):
                assert len(sdrs.failure_jobs) == self.number
        @pytest.mark.sdrs(failures=6)
        class TestDerived(Base):
            number = 6
        @pytest.mark.sdrs(failures=7)
        @pytest.mark.parametrize("number", [7, pytest.param(8, marks=pytest.mark.sdrs(failures=8))])
        def test_parameters(sdrs, number):
            assert len(sdrs.failure_jobs) == number
    """).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("failurs=3", "failurs: no such argument; did you mean failures?"),
        (
            "shape=3",
            "shape: no such argument; there are failures, groups, seed, as_of, behavior, ",
        ),
        ("3", "3: should be given by name: failures, groups, seed, as_of, behavior, auth, "),
        ("failures='many'", "failures: 'many' should be an integer from 0 to 100,000,000"),
        ("failures=-1", "failures: -1 should be an integer from 0 to 100,000,000"),
        ("failures=2.5", "failures: 2.5 should be an integer"),
        ("failures=5, groups=0", "groups: 0 should be at least 1"),
        ("seed='any'", "seed: 'any' should be an integer"),
        ("as_of='now'", "as_of: 'now' should be a datetime with a time zone"),
        ("frozen_at='2019-04-01'", "frozen_at: '2019-04-01' should be a datetime with a time zone"),
        ("behavior={'counts': 'page'}", "behavior.counts: no such field; "),
        ("behavior='count=half'", "behavior.count: 'half' should be 'total' or 'page'"),
        ("behavior='count'", "behavior: 'count' should be "),
        ("behavior=5", "behavior: 5 should be"),
        ("auth='none'", "auth: 'none' should be one of any, strict, off"),
        ("job_duration='soon'", "job_duration: 'soon' should be seconds from 0 to 31,622,400"),
        ("job_polls=1.5", "job_polls: 1.5 should be an integer from 0 to 1,000,000"),
        ("quotas={'pairs': 1}", "quotas.pairs: no such quota; there are server_groups, "),
        (
            "cors='a.example/'",
            "cors: 'a.example/' should be an origin as browsers send it, such as",
        ),
        ("scenario='noise'", "scenario: 'noise' should be one of disaster-drill-day, "),
        ("scenario='noise.json'", "noise.json"),
        ("scenario='noisy-group', failures=5", "failures: 5 should not be given with scenario"),
    ],
)
def test_a_marker_that_is_wrong_fails_its_test_alone(run, arguments, message):
    result = run(f"""
        import pytest
        @pytest.mark.sdrs({arguments})
        def test_wrong(sdrs):
            pass
        def test_right(sdrs):
            pass
    """)

    result.assert_outcomes(errors=1, passed=1)
    text = result.stdout.str()
    assert "@pytest.mark.sdrs: " in text
    assert message in text
    assert "Traceback" not in text
    assert "During handling" not in text


def test_a_marker_on_a_test_without_a_fake_or_only_with_the_factory_warns(run):
    result = run(
        """
        import pytest
        @pytest.mark.sdrs(failures=5)
        def test_mine():
            pass
        @pytest.mark.sdrs(failures=5)
        def test_factory(sdrs_factory):
            assert sdrs_factory().failure_jobs == ()
        @pytest.mark.sdrs(failures=5)
        class TestSome:
            def test_with(self, sdrs):
                pass
            def test_without(self):
                pass
        """,
        "-Wdefault",
    )

    result.assert_outcomes(passed=4, warnings=2)
    result.stdout.fnmatch_lines(["*test_mine is marked sdrs but uses none of the fixtures *sdrs*"])


def test_a_marker_without_a_fixture_warns_where_the_test_fails_too(run):
    result = run(
        """
        import pytest
        @pytest.mark.sdrs(failures=5)
        def test_mine():
            assert False
        """,
        "-Wdefault",
    )

    result.assert_outcomes(failed=1, warnings=1)
    result.stdout.fnmatch_lines(["*test_mine is marked sdrs *; the marker has no effect"])


def test_a_fixture_that_is_requested_late_counts(run):
    run("""
        import pytest
        @pytest.mark.sdrs(failures=5)
        def test_mine(request):
            assert len(request.getfixturevalue("sdrs").failure_jobs) == 5
    """).assert_outcomes(passed=1)


# Time


def test_a_frozen_test_has_the_same_time_in_fake_and_program(run):
    run("""
        import datetime as dt, pytest
        @pytest.mark.sdrs(frozen_at="2019-04-01T14:00:00+02:00", failures=3)
        def test_frozen(sdrs):
            noon = dt.datetime(2019, 4, 1, 12, tzinfo=dt.timezone.utc)
            assert dt.datetime.now(dt.timezone.utc) == sdrs.clock.now() == noon
            assert sdrs.add_failure_job().begin_time == noon
            assert sdrs.seed_history[0].as_of == noon
            later = noon + dt.timedelta(minutes=5)
            assert sdrs.clock.advance(minutes=5) == dt.datetime.now(dt.timezone.utc) == later
        def test_not_frozen(sdrs):
            assert dt.datetime.now(dt.timezone.utc).year > 2019
            assert {type(job.begin_time) for job in sdrs.seed().failure_jobs} == {dt.datetime}
    """).assert_outcomes(passed=2)


def test_a_frozen_async_program_does_not_hang(run):
    run("""
        import asyncio, contextlib, http.client, pytest
        @pytest.mark.sdrs(frozen_at="2019-04-01T12:00:00Z", auth="off")
        def test_frozen(sdrs):
            async def program():
                await asyncio.sleep(0.01)
                return await asyncio.wait_for(asyncio.to_thread(get), 5)
            def get():
                host = sdrs.url.removeprefix("http://")
                with contextlib.closing(http.client.HTTPConnection(host)) as connection:
                    connection.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs")
                    return connection.getresponse().status
            assert asyncio.run(program()) == 200
    """).assert_outcomes(passed=1)


def test_a_test_that_froze_time_before_the_first_fake_gets_one_all_the_same(pytester):
    pytester.makepyfile("""
        import freezegun, pytest
        @pytest.fixture
        def frozen():
            with freezegun.freeze_time("2019-04-01T12:00:00Z"):
                yield
        def test_mine(frozen, sdrs):
            assert sdrs.add_failure_job().begin_time.year == 2019
            sdrs.seed()
            assert all(job.wire_json for job in sdrs.failure_jobs)
    """)

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_frozen_test_leaves_the_durations_of_the_run_alone(run, pytester):
    result = run(
        """
        import pytest
        @pytest.fixture
        def earlier(sdrs):
            yield
        @pytest.mark.sdrs(frozen_at="2019-04-01T12:00:00Z")
        def test_mine(earlier, sdrs):
            sdrs.clock.advance(days=400)
        """,
        "--junitxml=report.xml",
    )

    reports = result.reprec.getreports("pytest_runtest_logreport")
    assert len(reports) == 3
    assert all(0 <= report.duration < 60 for report in reports)
    assert all(report.start > 1_700_000_000 for report in reports)
    case = ET.parse(pytester.path / "report.xml").find(".//testcase")
    assert 0 <= float(case.get("time")) < 60


def test_the_clock_moves_inside_a_freeze_that_is_nested_in_the_markers_and_after_both(run):
    run("""
        import datetime as dt, pytest
        from freezegun import freeze_time
        minute = dt.timedelta(minutes=1)
        kept = []
        @pytest.mark.sdrs(frozen_at="2019-04-01T12:00:00Z")
        def test_nested(sdrs):
            noon = sdrs.clock.now()
            for nested in ("2019-04-01T12:00:00Z", "2018-01-01", "2026-01-01"):
                with freeze_time(nested):
                    before = sdrs.clock.now()
                    assert sdrs.clock.advance(minutes=1) - before == minute
                    assert sdrs.clock.set(before + 2 * minute) - before == 2 * minute
            assert dt.datetime.now(dt.timezone.utc) == noon
            assert sdrs.clock.now() == noon + 6 * minute
            kept.append(sdrs.fork())
        def test_after():
            before = kept[0].clock.now()
            assert kept[0].clock.advance(minutes=1) - before >= minute
    """).assert_outcomes(passed=2)
