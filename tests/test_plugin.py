"""The pytest plugin, as other people's suites use it."""

import json
import re

import pytest

from sdrs_fake.seeding import library

LIST = "f'/v1/{sdrs.project_id}/task-center/failure-jobs'"


@pytest.fixture
def run(pytester):
    """Run a test file with the plugin, in process, and give the result."""

    def run(source, *arguments, **ini):
        pytester.makeini(
            "[pytest]\n" + "\n".join(f"{name} = {value}" for name, value in ini.items())
        )
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess(
            "-p", "no:cacheprovider", "-p", "no:randomly", *arguments
        )

    return run


def section(result):
    """The report section of the failed test."""
    text = result.stdout.str()
    return text[text.index("- sdrs -") :].split("\n", 1)[1].split("\n===", 1)[0]


# Fixtures


def test_a_stranger_gets_a_fake_full_of_failed_jobs(run):
    run("""
        def test_mine(sdrs):
            sdrs.seed(jobs=40, groups=3)
            assert len(sdrs.failure_jobs) == 40
            assert sdrs.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs").json["count"] > 0
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
            assert not [thread for thread in threading.enumerate() if thread.name.startswith("sdrs-fake")]
    """).assert_outcomes(passed=2)


def test_all_fixtures_of_a_test_are_of_one_fake(run):
    run("""
        def test_mine(sdrs_jobs, sdrs_url, sdrs):
            assert sdrs_jobs == sdrs.failure_jobs
            assert sdrs_url == sdrs.url
    """).assert_outcomes(passed=1)


def test_sdrs_jobs_seeds_a_fake_that_is_empty_and_no_other(run):
    run("""
        import pytest
        def test_empty(sdrs_jobs):
            assert len(sdrs_jobs) == 24
        @pytest.mark.sdrs(jobs=5)
        def test_seeded(sdrs_jobs):
            assert len(sdrs_jobs) == 5
    """).assert_outcomes(passed=2)


def test_the_factory_makes_fakes_for_the_whole_run_and_closes_them(run):
    run("""
        import pytest
        kept = []
        @pytest.fixture(scope="session", autouse=True)
        def after():
            yield
            assert kept[0].listening_at is None
        def test_mine(sdrs_factory, after):
            one, two = sdrs_factory(jobs=3, seed=1, auth="off", project_id="mine"), sdrs_factory()
            kept.append(one)
            assert (len(one.failure_jobs), one.project_id, len(two.failure_jobs)) == (3, "mine", 0)
            assert one.url != two.url
        def test_still(sdrs_factory):
            assert kept[0].url
    """).assert_outcomes(passed=2)


def test_the_factory_refuses_what_it_does_not_know(run):
    run("""
        import pytest
        def test_mine(sdrs_factory):
            with pytest.raises(TypeError, match="frozen_at: no such argument; there are jobs, groups, seed, anchor, reading, auth"):
                sdrs_factory(frozen_at="2019-04-01T12:00:00Z")
            with pytest.raises(ValueError, match="sdrs_factory: auth: 'none' should be one of present, strict, off"):
                sdrs_factory(auth="none")
    """).assert_outcomes(passed=1)


# Marker


def test_the_marker_makes_and_seeds_the_fake(run):
    run("""
        import pytest
        @pytest.mark.sdrs(jobs=200, groups=4, seed=7, anchor="2019-04-01T12:00:00Z", reading={"count": "page"}, auth="off")
        def test_mine(sdrs):
            answer = sdrs.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs?limit=3", credentials=None)
            assert answer.json["count"] == 3
            assert (len(sdrs.failure_jobs), len(sdrs.protection_groups)) == (200, 4)
            assert max(job.begin_time for job in sdrs.failure_jobs).isoformat() < "2019-04-01T12"
            assert sdrs.datasets[0].seed == 7
    """).assert_outcomes(passed=1)


def test_a_functions_marker_wins_over_its_classs_and_this_over_its_modules(run):
    run("""
        import pytest
        pytestmark = pytest.mark.sdrs(jobs=5, groups=2, seed=1)
        def said(sdrs):
            (dataset,) = sdrs.datasets
            return dataset.jobs, dataset.groups, dataset.seed
        def test_module(sdrs):
            assert said(sdrs) == (5, 2, 1)
        @pytest.mark.sdrs(groups=3)
        class TestClass:
            def test_class(self, sdrs):
                assert said(sdrs) == (5, 3, 1)
            @pytest.mark.sdrs(jobs=6)
            def test_function(self, sdrs):
                assert said(sdrs) == (6, 3, 1)
    """).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            "job=3",
            (
                "@pytest.mark.sdrs: job: no such argument; there are jobs, groups, seed, anchor,"
                " reading, auth, frozen_at"
            ),
        ),
        (
            "3",
            (
                "@pytest.mark.sdrs: 3 should have a name, one of jobs, groups, seed, anchor,"
                " reading, auth, frozen_at"
            ),
        ),
        ("jobs='many'", "@pytest.mark.sdrs: jobs: 'many' should be a whole number"),
        ("jobs=-1", "@pytest.mark.sdrs: jobs: -1 should be"),
        ("jobs=2.5", "@pytest.mark.sdrs: jobs: 2.5 should be a whole number"),
        ("jobs=5, groups=0", "@pytest.mark.sdrs: groups: 0 should be at least 1"),
        ("seed='any'", "@pytest.mark.sdrs: seed: 'any' should be a whole number"),
        ("anchor='now'", "@pytest.mark.sdrs: anchor: 'now' should be a datetime with a time zone"),
        (
            "frozen_at='2019-04-01'",
            "@pytest.mark.sdrs: frozen_at: '2019-04-01' should be a datetime with a time zone",
        ),
        (
            "reading={'counts': 'page'}",
            "@pytest.mark.sdrs: reading.counts: no such field; there are count, limit_zero, ",
        ),
        (
            "reading='count=half'",
            "@pytest.mark.sdrs: reading.count: 'half' should be 'total' or 'page'",
        ),
        ("reading='count'", "@pytest.mark.sdrs: reading: 'count' should be like count=page"),
        ("reading=5", "@pytest.mark.sdrs: reading: 5 should be"),
        ("auth='none'", "@pytest.mark.sdrs: auth: 'none' should be one of present, strict, off"),
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
    assert message in result.stdout.str()
    assert "Traceback" not in result.stdout.str()
    assert "During handling" not in result.stdout.str()


def test_a_marker_on_a_test_without_a_fake_warns(run):
    result = run(
        """
        import pytest
        @pytest.mark.sdrs(jobs=5)
        def test_mine():
            pass
        @pytest.mark.sdrs(jobs=5)
        class TestSome:
            def test_with(self, sdrs):
                pass
            def test_without(self):
                pass
        """,
        "-Wdefault",
    )

    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(["*test_mine is marked sdrs but uses none of the fixtures *sdrs*"])


def test_a_marker_that_reaches_only_the_factory_warns(run):
    result = run(
        """
        import pytest
        @pytest.mark.sdrs(jobs=5)
        def test_mine(sdrs_factory):
            assert sdrs_factory().failure_jobs == ()
        """,
        "-Wdefault",
    )

    result.assert_outcomes(passed=1, warnings=1)


def test_a_fixture_that_is_asked_for_late_counts(run):
    run("""
        import pytest
        @pytest.mark.sdrs(jobs=5)
        def test_mine(request):
            assert len(request.getfixturevalue("sdrs").failure_jobs) == 5
    """).assert_outcomes(passed=1)


def test_a_derived_class_and_a_parameter_are_nearer_than_a_base_class_and_a_function(run):
    run("""
        import pytest
        @pytest.mark.sdrs(jobs=5)
        class Base:
            def test_jobs(self, sdrs):
                assert len(sdrs.failure_jobs) == self.jobs
        @pytest.mark.sdrs(jobs=6)
        class TestDerived(Base):
            jobs = 6
        @pytest.mark.sdrs(jobs=7)
        @pytest.mark.parametrize("jobs", [7, pytest.param(8, marks=pytest.mark.sdrs(jobs=8))])
        def test_parameters(sdrs, jobs):
            assert len(sdrs.failure_jobs) == jobs
    """).assert_outcomes(passed=3)


def test_sdrs_jobs_leaves_alone_what_was_seeded_with_none(run):
    run("""
        import pytest
        @pytest.mark.sdrs(jobs=0, groups=2)
        def test_mine(sdrs_jobs, sdrs):
            assert (sdrs_jobs, len(sdrs.protection_groups)) == ((), 2)
    """).assert_outcomes(passed=1)


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


# Defaults


def seed_of(*, argument="", marker=""):
    return f"""
        import pytest
        @pytest.mark.sdrs(jobs=3{marker})
        def test_mine(sdrs):
            sdrs.seed({argument})
            print("seeds:", [dataset.seed for dataset in sdrs.datasets])
    """


@pytest.mark.parametrize(
    ("given", "arguments", "ini", "seeds"),
    [
        ({}, [], {}, [0, 0]),
        ({}, [], {"sdrs_seed": "1"}, [1, 1]),
        ({}, ["--sdrs-seed=2"], {"sdrs_seed": "1"}, [2, 2]),
        ({"marker": ", seed=3"}, ["--sdrs-seed=2"], {"sdrs_seed": "1"}, [3, 3]),
        (
            {"marker": ", seed=3", "argument": "seed=4"},
            ["--sdrs-seed=2"],
            {"sdrs_seed": "1"},
            [3, 4],
        ),
    ],
)
def test_an_argument_wins_over_the_marker_this_over_the_command_line_and_this_over_the_ini_file(
    run, given, arguments, ini, seeds
):
    result = run(seed_of(**given), "-s", *arguments, **ini)

    result.stdout.fnmatch_lines([f"*seeds: {str(seeds).replace('[', '[[]')}*"])


def test_defaults_seed_every_fake(run):
    run(
        """
        def test_one(sdrs):
            assert (len(sdrs.failure_jobs), len(sdrs.protection_groups)) == (7, 2)
            assert sdrs.request("GET", "/v1/p/task-center/failure-jobs?limit=0", credentials=None).status == 400
        def test_two(sdrs_factory):
            assert len(sdrs_factory().failure_jobs) == 7
        """,
        "--sdrs-jobs=7",
        sdrs_groups="2",
        sdrs_reading="limit_zero=refused, count=page",
        sdrs_auth="off",
    ).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "option", ["jobs=x", "groups=-1", "seed=soon", "anchor=now", "reading=count", "auth=none"]
)
def test_a_default_that_is_wrong_is_named(run, option):
    result = run("def test_mine(sdrs_jobs): pass", f"--sdrs-{option}")

    result.assert_outcomes(errors=1)
    name, value = option.split("=")
    assert re.search(rf"a default of the command line .*: {name}: '?{value}", result.stdout.str())


def test_the_header_shows_the_defaults_only_if_there_are_any(run):
    run("def test_mine(): pass").stdout.no_fnmatch_line("sdrs: *")
    run("def test_mine(): pass", "--sdrs-seed=5", sdrs_jobs="4").stdout.fnmatch_lines(
        ["sdrs: jobs=4, seed=5"]
    )


def test_a_random_seed_is_drawn_once_and_shown(run):
    result = run(
        """
        def test_one(sdrs_jobs, sdrs):
            print("seed:", sdrs.datasets[0].seed)
        def test_two(sdrs_factory):
            print("seed:", sdrs_factory(jobs=3).datasets[0].seed)
        """,
        "-s",
        "--sdrs-seed=random",
    )

    (drawn,) = re.findall(
        r"^sdrs: seed=(\d+) \(drawn at random\)$", result.stdout.str(), re.MULTILINE
    )
    assert re.findall(r"seed: (\d+)", result.stdout.str()) == [drawn, drawn]


def test_under_xdist_all_workers_use_the_seed_that_the_controller_drew(run, pytester):
    result = run(
        """
        import pathlib, pytest
        @pytest.mark.parametrize("number", range(6))
        def test_mine(sdrs_jobs, sdrs, number, worker_id):
            pathlib.Path(f"seed-{worker_id}-{number}").write_text(str(sdrs.datasets[0].seed))
        """,
        "-n2",
        "--sdrs-seed=random",
    )

    result.assert_outcomes(passed=6)
    (drawn,) = re.findall(r"sdrs: seed=(\d+) \(drawn at random\)", result.stdout.str())
    assert {file.read_text() for file in pytester.path.glob("seed-*")} == {drawn}


# Scenarios and states


TOKEN = "sdrs1.j5.g2.s7.a20260601T000000000Z"
OWN = {"scenario": 1, "name": "mine", "title": "Mine", "groups": 2, "waves": [{"jobs": 5}]}
SEEDED = """
    import pytest
    MARK
    def test_mine(sdrs):
        print("parts:", [(each.scenario or each.jobs, each.seed, each.part) for each in sdrs.datasets])
"""


def test_a_scenario_is_told_to_marker_and_factory(run):
    run("""
        import pytest
        @pytest.mark.sdrs(scenario="noisy-group", seed=3, frozen_at="2026-06-01T00:00:00Z")
        def test_marker(sdrs, sdrs_jobs):
            assert (len(sdrs_jobs), sdrs.state[-32:]) == (201, ".xd0cfb9b3.s3.a20260601T000000000Z"[-32:])
            assert sdrs.seed().parameters.scenario == "noisy-group"
            assert sdrs.seed(jobs=3).parameters.jobs == 3
        def test_factory(sdrs_factory):
            one = sdrs_factory(scenario={"scenario": 1, "name": "mine", "title": "Mine", "groups": 2, "waves": [{"jobs": 5}]})
            two = sdrs_factory(state=one.state, scenario={"scenario": 1, "name": "mine", "title": "M", "groups": 2, "waves": [{"jobs": 5}]})
            assert two.failure_jobs == one.failure_jobs
            assert len(one.failure_jobs) == 5
    """).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("mark", "line", "ini", "parts"),
    [
        ("", "--sdrs-scenario=noisy-group", {}, [("noisy-group", 0, 0)]),
        ("", "--sdrs-scenario=noisy-group --sdrs-seed=4", {}, [("noisy-group", 4, 0)]),
        (
            "",
            "--sdrs-scenario=noisy-group",
            {"sdrs_jobs": "5", "sdrs_seed": "4"},
            [("noisy-group", 4, 0)],
        ),
        ("", "--sdrs-jobs=6", {"sdrs_scenario": "noisy-group"}, [(6, 0, 0)]),
        ("jobs=6", "--sdrs-scenario=noisy-group --sdrs-seed=4", {}, [(6, 4, 0)]),
        ("scenario='noisy-group'", "--sdrs-jobs=6 --sdrs-groups=2", {}, [("noisy-group", 0, 0)]),
        ("", f"--sdrs-state={TOKEN}+j6.g1.s1.p4", {}, [(5, 7, 0), (6, 1, 4)]),
        ("", f"--sdrs-state={TOKEN}", {"sdrs_jobs": "9", "sdrs_seed": "random"}, [(5, 7, 0)]),
        ("", "--sdrs-seed=4 --sdrs-jobs=3", {"sdrs_state": TOKEN}, [(3, 4, 0)]),
        (
            f"state={TOKEN!r}",
            "--sdrs-jobs=9 --sdrs-seed=4 --sdrs-anchor=2019-04-01T12:00:00Z",
            {},
            [(5, 7, 0)],
        ),
        ("jobs=6", f"--sdrs-state={TOKEN}", {}, [(6, 0, 0)]),
        ("seed=6", f"--sdrs-state={TOKEN}", {}, [(5, 6, 0)]),
        (
            "",
            "--sdrs-seed=3",
            {"sdrs_state": f"{TOKEN}+noisy-group.xd0cfb9b3.s1.p4"},
            [(5, 3, 0), ("noisy-group", 3, 4)],
        ),
        ("", "--sdrs-anchor=2019-04-01T12:00:00Z", {"sdrs_state": TOKEN}, [(5, 7, 0)]),
        (
            "seed=6, anchor='2019-04-01T12:00:00Z'",
            "--sdrs-seed=3",
            {"sdrs_state": TOKEN},
            [(5, 6, 0)],
        ),
        ("seed=6, jobs=4", f"--sdrs-state={TOKEN}", {}, [(4, 6, 0)]),
    ],
)
def test_what_is_said_nearer_wins_and_what_does_not_fit_it_is_not_meant(
    run, mark, line, ini, parts
):
    result = run(SEEDED.replace("MARK", f"@pytest.mark.sdrs({mark})"), "-s", *line.split(), **ini)

    result.assert_outcomes(passed=1)
    assert f"parts: {parts}" in result.stdout.str()


UNANCHORED = TOKEN.partition(".a")[0]


@pytest.mark.parametrize(
    ("mark", "line", "ini", "anchor"),
    [
        ("", "--sdrs-anchor=2019-04-01T12:00:00Z", {"sdrs_state": TOKEN}, "2019-04-01"),
        ("", "--sdrs-anchor=2019-04-01T12:00:00Z", {"sdrs_state": UNANCHORED}, "2019-04-01"),
        ("", f"--sdrs-state={UNANCHORED}", {"sdrs_anchor": "2019-04-01T12:00:00Z"}, "2019-04-01"),
        ("", f"--sdrs-state={TOKEN}", {"sdrs_anchor": "2019-04-01T12:00:00Z"}, "2026-06-01"),
        (f"state={UNANCHORED!r}", "--sdrs-anchor=2019-04-01T12:00:00Z", {}, "2019-04-01"),
        (f"state={TOKEN!r}", "--sdrs-anchor=2019-04-01T12:00:00Z", {}, "2026-06-01"),
        (
            "anchor='2018-04-01T12:00:00Z'",
            "--sdrs-anchor=2019-04-01T12:00:00Z",
            {"sdrs_state": TOKEN},
            "2018-04-01",
        ),
        ("seed=2", f"--sdrs-state={TOKEN}", {}, "2026-06-01"),
    ],
)
def test_a_nearer_anchor_is_that_of_a_state_and_any_fits_one_that_has_none(
    run, mark, line, ini, anchor
):
    source = (
        SEEDED.replace("MARK", f"@pytest.mark.sdrs({mark})")
        + "        print('anchor:', sdrs.seed().parameters.anchor.date())\n"
    )
    source += (
        "        assert len(sdrs.datasets) == 2 and sdrs.datasets[0].anchor =="
        " sdrs.datasets[1].anchor\n"
    )
    result = run(source, "-s", *line.split(), **ini)

    result.assert_outcomes(passed=1)
    assert f"anchor: {anchor}" in result.stdout.str()


@pytest.mark.parametrize(
    ("mark", "line", "ini", "message"),
    [
        ("seed=-1", f"--sdrs-state={TOKEN}", {}, "@pytest.mark.sdrs: seed: -1 should be 0 or more"),
        (
            "seed='x'",
            f"--sdrs-state={TOKEN}",
            {},
            "@pytest.mark.sdrs: seed: 'x' should be a whole number",
        ),
        (
            "",
            "--sdrs-seed=x",
            {"sdrs_state": TOKEN},
            "a default of the command line (--sdrs-...) or of the ini file (sdrs_...): seed: 'x' ",
        ),
        (
            "",
            "--sdrs-anchor=x",
            {"sdrs_state": TOKEN},
            "or of the ini file (sdrs_...): anchor: 'x' should be a datetime",
        ),
        (
            "",
            "--sdrs-seed=5",
            {"sdrs_state": "x"},
            "or of the ini file (sdrs_...): state: 'x' should be a token",
        ),
        (
            "",
            f"--sdrs-state={TOKEN} --sdrs-seed=5",
            {},
            "or of the ini file (sdrs_...): seed: '5' should not be given with state",
        ),
    ],
)
def test_what_is_wrong_near_a_state_is_said(run, mark, line, ini, message):
    result = run(SEEDED.replace("MARK", f"@pytest.mark.sdrs({mark})"), *line.split(), **ini)

    result.assert_outcomes(errors=1)
    assert message in result.stdout.str()


def test_a_seed_that_is_drawn_is_that_of_a_state_too(run):
    result = run(SEEDED.replace("MARK", ""), "-s", "--sdrs-seed=random", sdrs_state=TOKEN)

    (seed,) = re.findall(
        r"^sdrs state: sdrs1\.j5\.g2\.s(\d+)\.a20260601T000000000Z$",
        result.stdout.str(),
        re.MULTILINE,
    )
    assert f"parts: [(5, {seed}, 0)]" in result.stdout.str()
    assert seed != "7"


@pytest.mark.parametrize("name", ["mine", "noisy-group"])
def test_a_state_takes_the_file_of_its_scenario_from_farther_away(run, pytester, name):
    content = {**OWN, "name": name}
    pytester.makefile(".json", mine=json.dumps(content))
    token = f"sdrs1.{name}.x{library.find(content).digest}.s4"
    source = f"""
        import pytest
        @pytest.mark.sdrs(state="{token}")
        def test_marker(sdrs):
            assert [(each.scenario, each.jobs, each.seed) for each in sdrs.datasets] == [({name!r}, 5, 4)]
            assert sdrs.seed().parameters.jobs == 5
        def test_factory(sdrs_factory):
            assert len(sdrs_factory(state="{token}").failure_jobs) == 5
        @pytest.mark.sdrs(state="{TOKEN}")
        def test_another(sdrs):
            assert [each.scenario for each in sdrs.datasets] == [None]
    """

    run(source, "--sdrs-scenario=mine.json").assert_outcomes(passed=3)
    run(source, sdrs_scenario="mine.json").assert_outcomes(passed=3)
    run(
        SEEDED.replace("MARK", ""), f"--sdrs-state={token}", sdrs_scenario="mine.json"
    ).assert_outcomes(passed=1)


def test_a_far_scenario_that_is_wrong_is_told_where_a_state_needs_one(run):
    result = run(
        SEEDED.replace("MARK", ""),
        "--sdrs-state=sdrs1.mine.x00000000.s0",
        sdrs_scenario="none.json",
    )

    result.assert_outcomes(errors=1)
    assert "none.json should be JSON text or a file that can be read" in result.stdout.str()
    run(
        SEEDED.replace("MARK", ""), f"--sdrs-state={TOKEN}", sdrs_scenario="none.json"
    ).assert_outcomes(passed=1)


def test_under_a_state_of_several_scenarios_more_is_seeded_as_the_first_was(run, pytester):
    pytester.makefile(".json", mine=json.dumps(OWN))
    token = f"sdrs1.noisy-group.xd0cfb9b3.s3+mine.x{library.find(OWN).digest}.s4.p1"
    source = (
        "def test_mine(sdrs): assert (sdrs.seed().parameters.scenario, sdrs.datasets[2].seed) =="
        " ('noisy-group', 3)"
    )

    run(source, f"--sdrs-state={token}", "--sdrs-scenario=mine.json").assert_outcomes(passed=1)


@pytest.mark.parametrize("where", ["line", "marker", "path", "factory", "ini"])
def test_a_path_does_not_follow_the_working_directory_of_a_test(run, pytester, where):
    pytester.mkdir("elsewhere")
    pytester.makefile(".json", mine=json.dumps(OWN))
    mark = {
        "marker": "@pytest.mark.sdrs(scenario='mine.json')",
        "path": "@pytest.mark.sdrs(scenario=Path('mine.json'))",
    }.get(where, "")
    fake = "sdrs_factory(scenario='mine.json')" if where == "factory" else "sdrs"
    source = f"""
        import pytest
        from pathlib import Path
        @pytest.fixture(autouse=True)
        def elsewhere(monkeypatch, request):
            monkeypatch.chdir(request.config.rootpath / "elsewhere")
        {mark}
        def test_mine(sdrs, sdrs_factory):
            assert len({fake}.failure_jobs) == 5
    """
    line = ["--sdrs-scenario=mine.json"] if where == "line" else []
    ini = {"sdrs_scenario": "mine.json"} if where == "ini" else {}

    run(source, *line, **ini).assert_outcomes(passed=1)


def test_a_path_in_the_ini_file_is_one_from_its_folder(run, pytester, monkeypatch):
    pytester.makefile(".json", mine=json.dumps(OWN))
    pytester.makeini("[pytest]\nsdrs_scenario = ./mine.json")
    below = pytester.mkdir("below")
    (below / "test_below.py").write_text("def test_mine(sdrs): assert len(sdrs.failure_jobs) == 5")
    monkeypatch.chdir(below)

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_a_file_is_read_once_in_a_run(run, pytester):
    pytester.makefile(".json", mine=json.dumps(OWN))
    run(
        """
        from pathlib import Path
        def test_one(sdrs):
            assert len(sdrs.failure_jobs) == 5
            Path("mine.json").unlink()
        def test_two(sdrs, sdrs_factory):
            assert len(sdrs.failure_jobs) == len(sdrs_factory().failure_jobs) == 5
        """,
        "--sdrs-scenario=mine.json",
    ).assert_outcomes(passed=2)


@pytest.mark.parametrize("name", ["noisy-group", "./noisy-group"])
def test_a_name_means_the_packages_and_a_path_the_file_beside(run, pytester, name):
    (pytester.path / "noisy-group").write_text(json.dumps(OWN))

    expected = 201 if name == "noisy-group" else 5
    run(
        f"def test_mine(sdrs): assert len(sdrs.failure_jobs) == {expected}",
        f"--sdrs-scenario={name}",
    ).assert_outcomes(passed=1)
    run(
        f"def test_mine(sdrs): assert len(sdrs.failure_jobs) == {expected}", sdrs_scenario=name
    ).assert_outcomes(passed=1)


def test_a_nearer_marker_takes_away_what_does_not_fit_it(run):
    run("""
        import pytest
        pytestmark = pytest.mark.sdrs(scenario="noisy-group", seed=3)
        @pytest.mark.sdrs(jobs=6)
        def test_mine(sdrs):
            assert [(each.scenario, each.jobs, each.seed) for each in sdrs.datasets] == [(None, 6, 3)]
    """).assert_outcomes(passed=1)


def test_under_a_state_more_is_seeded_as_its_first_dataset_was(run):
    run(
        """
        def test_mine(sdrs):
            more = sdrs.seed().parameters
            assert (more.jobs, more.groups, more.seed, more.part, more.anchor) == (5, 2, 7, 1, sdrs.datasets[0].anchor)
        """,
        f"--sdrs-state={TOKEN}",
    ).assert_outcomes(passed=1)


def test_a_state_of_ones_own_scenario_takes_its_file(run, pytester):
    pytester.makefile(".json", mine=json.dumps(OWN))
    token = re.search(
        r"^sdrs state: (\S+)$", run("", "--sdrs-scenario=mine.json").stdout.str(), re.MULTILINE
    )[1]

    result = run(
        SEEDED.replace("MARK", ""), "-s", f"--sdrs-state={token}.p2", "--sdrs-scenario=mine.json"
    )

    assert "parts: [('mine', 0, 2)]" in result.stdout.str()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            "scenario='noise'",
            "@pytest.mark.sdrs: scenario: 'noise' should be one of documented-sample, ",
        ),
        ("scenario='noise.json'", "/noise.json should be JSON text or a file that can be read"),
        (
            "scenario='noisy-group', jobs=5",
            "@pytest.mark.sdrs: jobs: 5 should not be given with scenario, which says it already",
        ),
        (
            "state='sdrs1.j5.g1.s0', seed=5",
            "@pytest.mark.sdrs: seed: 5 should not be given with state, which says it already",
        ),
        ("state='x'", "@pytest.mark.sdrs: state: 'x' should be a token such as sdrs1."),
        ("state='sdrs1.j5.g0.s0'", "@pytest.mark.sdrs: state: groups: 0 should be at least 1"),
        (
            "state='sdrs1.mine.x0a1b2c3d.s0'",
            "@pytest.mark.sdrs: state: 'mine' is no scenario of this package; give it too",
        ),
    ],
)
def test_a_wrong_scenario_or_state_fails_its_test(run, arguments, message):
    result = run(SEEDED.replace("MARK", f"@pytest.mark.sdrs({arguments})"))

    result.assert_outcomes(errors=1)
    assert message in result.stdout.str()


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("--sdrs-jobs=4 --sdrs-seed=5", "sdrs1.j4.g3.s5"),
        (
            "--sdrs-groups=4 --sdrs-anchor=2026-06-01T00:00:00Z",
            "sdrs1.j24.g4.s0.a20260601T000000000Z",
        ),
        ("--sdrs-scenario=noisy-group", "sdrs1.noisy-group.xd0cfb9b3.s0"),
        (f"--sdrs-state={TOKEN}", TOKEN),
    ],
)
def test_the_header_shows_the_state_of_what_the_defaults_seed(run, line, state):
    run("def test_mine(): pass", *line.split()).stdout.fnmatch_lines(
        ["sdrs: *", f"sdrs state: {state}"]
    )


@pytest.mark.parametrize(
    "line",
    [
        "--sdrs-seed=5",
        "--sdrs-jobs=x",
        "--sdrs-scenario=nothing",
        "--sdrs-state=x",
        "--sdrs-jobs=5 --sdrs-scenario=noisy-group",
    ],
)
def test_the_header_shows_no_state_where_nothing_is_seeded_or_a_default_is_wrong(run, line):
    result = run("def test_mine(): pass", *line.split())

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("sdrs state: *")


@pytest.mark.parametrize(
    ("mark", "line"),
    [
        ("", "--sdrs-scenario=noisy-group"),
        ("", "--sdrs-scenario=mine.json"),
        ("", "--sdrs-state=sdrs1.j5.g1.s3"),
        ("@pytest.mark.sdrs(jobs=3)", f"--sdrs-state={TOKEN}"),
        ("@pytest.mark.sdrs(jobs=5, groups=2)", f"--sdrs-state={TOKEN}"),
        ("@pytest.mark.sdrs(seed=3)", f"--sdrs-state={TOKEN}"),
        ("@pytest.mark.sdrs(seed=3)", f"--sdrs-state={UNANCHORED}"),
        ("@pytest.mark.sdrs(anchor='2019-04-01T12:00:00Z')", f"--sdrs-state={TOKEN}"),
        (f"@pytest.mark.sdrs(state='{UNANCHORED}')", f"--sdrs-state={TOKEN}"),
        (
            f"@pytest.mark.sdrs(state='sdrs1.mine.x{library.find(OWN).digest}.s4')",
            "--sdrs-scenario=mine.json",
        ),
        (
            f"@pytest.mark.sdrs(state='sdrs1.mine.x{library.find(OWN).digest}.s4')",
            f"--sdrs-state=sdrs1.mine.x{library.find(OWN).digest}.s3 --sdrs-scenario=mine.json",
        ),
    ],
)
def test_the_command_shown_gives_a_scenario_or_a_state_again(run, pytester, mark, line):
    pytester.makefile(".json", mine=json.dumps(OWN))
    source = (
        SEEDED.replace("MARK", mark)
        + "        print('first:', sdrs.failure_jobs[0].wire_json)\n        assert 0\n"
    )
    once = run(source, *line.split())
    command = re.search(r"again with the same data: pytest (.*)", once.stdout.str())[1]

    again = run(source, *command.split()[1:])

    first, shown = re.compile("first: .*"), re.compile("seeded with .*")
    assert first.search(once.stdout.str())[0] == first.search(again.stdout.str())[0]
    assert shown.search(section(once))[0] == shown.search(section(again))[0]


# Time


def test_a_frozen_test_has_its_time_in_fake_and_program_alike(run):
    run("""
        import datetime as dt, pytest
        @pytest.mark.sdrs(frozen_at="2019-04-01T14:00:00+02:00", jobs=3)
        def test_frozen(sdrs):
            noon = dt.datetime(2019, 4, 1, 12, tzinfo=dt.timezone.utc)
            assert dt.datetime.now(dt.timezone.utc) == sdrs.clock.now() == noon
            assert sdrs.add_failure_job().begin_time == noon
            assert sdrs.datasets[0].anchor == noon
            assert sdrs.clock.advance(minutes=5) == dt.datetime.now(dt.timezone.utc) == noon + dt.timedelta(minutes=5)
        def test_not_frozen(sdrs):
            assert dt.datetime.now(dt.timezone.utc).year > 2019
            assert {type(job.begin_time) for job in sdrs.seed().jobs} == {dt.datetime}
    """).assert_outcomes(passed=2)


def test_a_frozen_async_program_does_not_hang(run):
    run("""
        import asyncio, contextlib, http.client, pytest
        @pytest.mark.sdrs(frozen_at="2019-04-01T12:00:00Z", auth="off")
        def test_frozen(sdrs):
            async def program():
                await asyncio.sleep(0.01)
                return await asyncio.wait_for(asyncio.to_thread(ask), 5)
            def ask():
                with contextlib.closing(http.client.HTTPConnection(sdrs.url.removeprefix("http://"))) as connection:
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


# What a failed test is told


def test_a_failed_test_shows_data_requests_oddities_and_how_to_see_it_again(run):
    result = run("""
        import pytest
        @pytest.mark.sdrs(jobs=20, groups=2, seed=7, anchor="2019-04-01T12:00:00Z")
        def test_mine(sdrs):
            path = "/task-center/failure-jobs"
            for number in range(6):
                sdrs.request("GET", f"/v1/{sdrs.project_id}{path}", query={"limit": number})
            sdrs.request("GET", f"/v1/{sdrs.project_id}{path}?marker=x", credentials="a-secret")
            sdrs.request("GET", f"/v1/another{path}", json={"it's": 1}, credentials=None)
            assert 0
    """)

    lines = section(result).splitlines()
    assert lines[0].startswith(
        "<FakeSdrs project_id='a4a5d4098fb4474fa22cd05f897d6b99' failure_jobs=20"
    )
    assert (
        lines[1] == "seeded with jobs=20, groups=2, seed=7, anchor=2019-04-01T12:00:00.000Z,"
        " state=sdrs1.j20.g2.s7.a20190401T120000000Z"
    )
    assert lines[2] == "the last 5 of 8 requests:"
    path = "/v1/a4a5d4098fb4474fa22cd05f897d6b99/task-center/failure-jobs"
    assert (
        lines[9]
        == f"""  curl --noproxy '*' -sS -H 'X-Auth-Token: any' "$SDRS_URL"'{path}?marker=x'  # no parameter of ListFailureJobs: marker"""
    )
    assert lines[10].startswith('  -> 200 {"count":')
    assert lines[11] == (
        """  curl --noproxy '*' -sS -X GET -H 'Content-Type: application/json' --data-raw '{"it'"'"'s": 1}' """
        '"$SDRS_URL"/v1/another/task-center/failure-jobs'
    )
    assert lines[12].startswith('  -> 401 {"error_code":"APIGW.0301",')
    assert (
        lines[13] == "project ids asked for that hold no data: another (the fake's own is"
        " a4a5d4098fb4474fa22cd05f897d6b99)"
    )
    assert lines[14] == "unknown parameters, which change nothing: marker"
    assert re.fullmatch(
        r"again with the same data: pytest \S+::test_mine --sdrs-anchor=2019-04-01T12:00:00.000Z",
        lines[15],
    )
    assert "a-secret" not in section(result)


def test_the_command_shown_gives_the_same_data(run):
    source = """
        def test_mine(sdrs_jobs):
            print("first:", sdrs_jobs[0].wire_json)
            assert 0
    """
    once = run(source, "--sdrs-seed=random")
    command = re.search(r"again with the same data: pytest (.*)", once.stdout.str())[1]

    again = run(source, *command.split()[1:])

    first = re.compile("first: .*")
    assert first.search(once.stdout.str())[0] == first.search(again.stdout.str())[0]


@pytest.mark.parametrize("fixtures", ["sdrs", "sdrs, sdrs_factory"])
def test_a_fake_of_the_factory_takes_no_state_from_the_command_that_is_shown(run, fixtures):
    more = "sdrs_factory(jobs=1), " if "," in fixtures else ""
    source = (
        f"def test_one(sdrs_factory): sdrs_factory(jobs=1)\ndef test_two({fixtures}): {more}1 / 0"
    )

    assert (
        section(run(source, f"--sdrs-state={TOKEN}"))
        .splitlines()[-1]
        .endswith(f" --sdrs-state={TOKEN}")
    )


def test_a_part_has_the_number_that_its_token_has(run):
    lines = section(
        run("def test_mine(sdrs): sdrs.seed(jobs=5), sdrs.seed(jobs=5), 1 / 0")
    ).splitlines()

    assert re.search(r"Z, state=sdrs1\.j5\.g3\.s0\.a\w+$", lines[1])
    assert re.search(r", part 1, state=sdrs1\.j5\.g3\.s0\.a\w+\.p1$", lines[2])


def test_a_failed_test_with_a_socket_shows_lines_for_it(run):
    result = run("""
        import contextlib, http.client
        def test_mine(sdrs_url):
            with contextlib.closing(http.client.HTTPConnection(sdrs_url.removeprefix("http://"))) as connection:
                connection.request("GET", "/v1/p/task-center/failure-jobs")
                assert connection.getresponse().read() == b"jobs"
    """)

    assert re.search(
        r"curl --noproxy '\*' -sS http://127\.0\.0\.1:\d+/v1/p/task-center/failure-jobs\n",
        section(result),
    )


def test_a_passed_test_and_one_without_a_fake_show_nothing(run):
    result = run("""
        def test_passed(sdrs):
            pass
        def test_failed():
            assert 0
    """)

    assert "- sdrs -" not in result.stdout.str()


BROKEN = """
        import contextlib, http.client, pytest
        from sdrs_fake.operations import failure_jobs
        @pytest.fixture
        def broken(monkeypatch):
            monkeypatch.setattr(failure_jobs, "cut", lambda *_: 1 / 0)
        def test_mine(broken, sdrs):
            with contextlib.closing(http.client.HTTPConnection(sdrs.url.removeprefix("http://"))) as connection:
                connection.request("GET", "/v1/p/task-center/failure-jobs", headers={"X-Auth-Token": "t"})
                connection.getresponse().read()
            %s
"""


def test_the_request_that_the_fake_failed_on_is_shown(run):
    text = section(run(BROKEN % "raise LookupError('my own')"))

    assert "the last 1 of 1 requests:" in text
    assert "  -> 500 the fake itself failed" in text


def test_a_long_or_binary_body_is_not_printed_into_the_terminal(run):
    text = section(
        run("""
        def test_mine(sdrs):
            sdrs.request("PUT", "/nowhere", json="x" * 2000)
            sdrs.request("PUT", "/\x1b[31m", json="@/etc/passwd\x1b[31m")
            sdrs.request("GET", "/nowhere", headers={"Authorization": "Basic eDp5"}, credentials=None)
            assert 0
    """)
    )

    assert "--data-raw ... " in text
    assert "# its body of 2002 bytes is not shown" in text
    assert "\x1b" not in text
    assert "--data-binary" not in text
    assert "curl --noproxy '*' -sS \"$SDRS_URL\"/nowhere\n" in text


def test_a_wrong_default_is_blamed_where_the_marker_did_not_say_it(run):
    result = run(
        """
        import pytest
        @pytest.mark.sdrs(jobs=5)
        def test_mine(sdrs):
            pass
        """,
        "--sdrs-groups=0",
    )

    assert re.search(
        r"^a default of the command line .*: groups: 0 should be at least 1",
        result.stdout.str(),
        re.MULTILINE,
    )


def test_a_bug_inside_the_server_is_an_error_at_teardown(run):
    result = run(BROKEN % "pass")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_mine*", "*ZeroDivisionError*"])


def test_a_bug_inside_the_server_does_not_mask_the_tests_own_failure(run):
    result = run(BROKEN % "raise LookupError('my own')")

    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*LookupError: my own*"])


# Being light


@pytest.mark.parametrize("arguments", [[], ["--fixtures"], ["--markers"], ["--collect-only"]])
def test_installed_but_unused_it_loads_nothing_heavy(pytester, arguments):
    pytester.makeconftest("""
        import sys
        def pytest_unconfigure():
            heavy = {"sdrs_fake", "werkzeug", "pydantic", "freezegun", "conftest_plugin.making", "conftest_plugin.report"}
            sys.stderr.write(f"loaded: {sorted(heavy & set(sys.modules))}\\n")
    """)
    pytester.makepyfile("def test_mine(): pass")

    result = pytester.runpytest_subprocess(
        "-p", "no:faker", "-p", "no:hypothesispytest", *arguments
    )

    assert result.ret == 0
    result.stderr.fnmatch_lines(["loaded: []"])


def test_loading_it_brings_no_other_module(pytester):
    program = (
        "import pytest, sys; before = set(sys.modules); import conftest_plugin;"
        " print(sorted(set(sys.modules) - before))"
    )

    assert (
        pytester.runpython_c(program).stdout.str().strip().splitlines()[-1] == "['conftest_plugin']"
    )


def test_it_can_be_left_out(pytester):
    pytester.makepyfile("def test_mine(sdrs): pass")

    result = pytester.runpytest_subprocess("-p", "no:sdrs_fake")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'sdrs' not found*"])


def test_it_can_be_asked_for_by_name_where_plugins_are_not_loaded_by_themselves(
    pytester, monkeypatch
):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile("def test_mine(sdrs_jobs): assert len(sdrs_jobs) == 24")

    pytester.runpytest_subprocess("-p", "conftest_plugin").assert_outcomes(passed=1)


def test_it_works_without_fakers_own_plugin_and_with_warnings_as_errors(pytester):
    pytester.makepyfile("""
        import pytest
        def test_one(sdrs, sdrs_url):
            sdrs.seed()
        @pytest.mark.sdrs(frozen_at="2019-04-01T12:00:00Z", jobs=3)
        def test_two(sdrs):
            pass
    """)

    pytester.runpytest_subprocess("-p", "no:faker", "-W", "error").assert_outcomes(passed=2)


def test_every_fixture_is_explained(pytester):
    result = pytester.runpytest_inprocess("--fixtures")

    result.stdout.fnmatch_lines_random(
        [
            "sdrs -- *",
            "    A fake SDRS of this test's own: `sdrs_fake.FakeSdrs`, closed after the test.",
            "sdrs_jobs -- *",
            (
                "    The failed jobs of `sdrs`, newest first; if it is still empty, it is seeded"
                " first."
            ),
            "sdrs_url -- *",
            "    Where `sdrs` listens, `http://127.0.0.1:PORT`, without a slash at its end.",
            "sdrs_factory [[]session scope] -- *",
        ]
    )


def test_the_marker_and_the_options_are_explained(pytester):
    pytester.runpytest_inprocess("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.sdrs(jobs=, groups=, seed=, anchor=, *"]
    )
    pytester.runpytest_inprocess("--help").stdout.fnmatch_lines(
        [
            "fake SDRS (what a test says wins over its marker, *",
            "*--sdrs-jobs=JOBS*",
            "*--sdrs-auth=AUTH*",
            "*sdrs_reading (string):*",
        ]
    )


def test_a_failed_test_shows_what_an_id_named(run):
    result = run("""
        def test_mine(sdrs):
            job = sdrs.add_failure_job(resource_id="r")
            sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/r")
            assert 0
    """)

    assert (
        "  -> 204 the failure_job_id was a resource_id; deleted: 1" in section(result).splitlines()
    )


# Faults


def test_a_fault_that_never_fired_is_an_error_at_teardown(run):
    result = run("""
        def test_mine(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
        def test_optional(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503, optional=True)
        def test_fired(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
            assert sdrs.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs").status == 503
    """)

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(
        ["*fail('ListFailureJobs', status=503): matched 0 calls, fired 0 times"]
    )


def test_a_fault_that_never_fired_does_not_mask_the_tests_own_failure(run):
    result = run("""
        def test_mine(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
            assert 1 == 2
    """)

    result.assert_outcomes(failed=1)
    assert "never fired" not in result.stdout.str()
    assert "fault fail('ListFailureJobs', status=503): matched 0 calls, fired 0 times" in section(
        result
    )


@pytest.mark.parametrize(
    "end", ["pytest.skip('no network')", "pytest.xfail('some day')", "raise unittest.SkipTest"]
)
def test_a_test_that_skips_itself_is_not_asked_for_its_faults(run, end):
    result = run(f"""
        import pytest, unittest
        def test_mine(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
            {end}
    """)

    assert not result.parseoutcomes().keys() & {"errors", "failed"}


def test_a_test_that_a_later_fixture_skips_is_not_asked_for_its_faults(run):
    run("""
        import pytest
        @pytest.fixture
        def network(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
            pytest.skip("there is none")
        def test_mine(network):
            pass
    """).assert_outcomes(skipped=1)


# More fakes than one


FACTORY = """
    import pytest
    @pytest.fixture(scope="session")
    def cloud(sdrs_factory):
        return sdrs_factory(jobs=4, seed=4)
    @pytest.fixture(scope="module")
    def others(sdrs_factory):
        return sdrs_factory(jobs=5, seed=5), sdrs_factory(jobs=6, seed=6).fork()
    @pytest.fixture
    def own(sdrs_factory):
        return sdrs_factory(jobs=7, seed=7)
    def test_before(cloud, others, own):
        pass
    def test_mine({fixtures}):
        {body}
        assert 0
"""


@pytest.mark.parametrize(
    ("fixtures", "body", "shown"),
    [
        ("sdrs_factory", "pass", []),
        ("sdrs_factory", "sdrs_factory(jobs=1)", ["of sdrs_factory: j1"]),
        (
            "sdrs_factory",
            "sdrs_factory(jobs=1), sdrs_factory(jobs=2)",
            ["of sdrs_factory: j1", "of sdrs_factory: j2"],
        ),
        (
            "sdrs, sdrs_factory",
            "sdrs.seed(jobs=1), sdrs_factory(jobs=2)",
            ["j1", "of sdrs_factory: j2"],
        ),
        ("own", "pass", ["of sdrs_factory: j7"]),
        ("cloud", "pass", ["of sdrs_factory: j4"]),
        ("cloud", "twin = cloud.fork()", ["of sdrs_factory: j4", "a fork: j4"]),
        ("cloud", "cloud.fork()", ["of sdrs_factory: j4"]),
        ("others", "pass", ["of sdrs_factory: j5", "of sdrs_factory: j6", "a fork: j6"]),
        ("sdrs", "sdrs.seed(jobs=1); twin = sdrs.fork().fork()", ["j1", "a fork: j1"]),
    ],
)
def test_a_failed_test_shows_each_fake_that_it_uses(run, fixtures, body, shown):
    text = run(FACTORY.format(fixtures=fixtures, body=body)).stdout.str()

    assert [
        label + jobs
        for label, jobs in re.findall(
            r"^(.*)<FakeSdrs .*\nseeded with .*state=sdrs1\.(j\d)", text, re.MULTILINE
        )
    ] == shown
    assert text.count("again with the same data: pytest ") == bool(shown)


def test_of_many_fakes_the_first_are_shown(run):
    text = section(
        run(
            "def test_mine(sdrs_factory):\n    fakes = [sdrs_factory(jobs=1) for _ in range(7)]\n  "
            "  assert 0"
        )
    )

    assert text.count("<FakeSdrs") == 5
    assert "and 2 more fakes\nagain with the same data: " in text


ARMED = """
    import pytest
    def arm(fake):
        fake.faults.fail("ListFailureJobs", status=503)
        return fake
    @pytest.fixture(scope="session")
    def cloud(sdrs_factory):
        return arm(sdrs_factory())
    @pytest.fixture(scope="session")
    def twin(sdrs_factory):
        return arm(sdrs_factory().fork())
    @pytest.fixture(scope="session")
    def bare(sdrs_factory):
        return sdrs_factory()
    @pytest.fixture
    def own(sdrs_factory):
        return arm(sdrs_factory())
    def test_mine({fixtures}):
        {body}
    def test_innocent(sdrs, sdrs_factory):
        pass
"""
FIRE = "sdrs.request('GET', f'/v1/{sdrs.project_id}/task-center/failure-jobs')"


@pytest.mark.parametrize(
    ("fixtures", "body", "error"),
    [
        ("sdrs_factory", "arm(sdrs_factory())", "of sdrs_factory: "),
        ("own", "pass", "of sdrs_factory: "),
        ("own", FIRE.replace("sdrs", "own"), None),
        ("own", "pytest.skip('no network')", None),
        ("cloud", "pass", None),
        ("twin", "pass", None),
        ("bare", "arm(bare)", None),
        ("bare", "arm(bare.fork())", "a fork: "),
        ("sdrs", "arm(sdrs.fork())", "a fork: "),
        ("sdrs", "arm(sdrs.fork().fork())", "a fork: "),
        ("sdrs", "arm(sdrs.fork()).faults.clear()", None),
        ("sdrs", "sdrs = arm(sdrs.fork()); " + FIRE, None),
        ("sdrs", "arm(sdrs.fork()); pytest.skip('no network')", None),
    ],
)
def test_faults_of_all_fakes_of_a_test_are_asked_for_at_its_teardown(run, fixtures, body, error):
    result = run(ARMED.format(fixtures=fixtures, body=body))

    skipped = int("skip" in body)
    result.assert_outcomes(passed=2 - skipped, skipped=skipped, errors=int(error is not None))
    if error is not None:
        result.stdout.fnmatch_lines(
            [
                "*ERROR at teardown of test_mine*",
                f"{error}faults that never fired (optional=True allows that):",
            ]
        )


def test_a_failed_test_is_not_asked_for_faults_of_other_fakes(run):
    result = run(ARMED.format(fixtures="own, sdrs", body="arm(sdrs.fork()); assert 0"))

    result.assert_outcomes(passed=1, failed=1)
    assert "fault fail('ListFailureJobs', status=503): matched 0 calls, fired 0 times" in section(
        result
    )


def test_the_last_test_of_a_run_is_asked_too_and_the_factory_goes_with_it(run):
    result = run("def test_mine(sdrs_factory):\n    sdrs_factory().faults.fail(status=503)")

    result.assert_outcomes(passed=1, errors=1)
    assert "<FakeSdrs" in section(result)


def test_a_fork_is_not_kept_for_its_faults(run):
    run("""
        import gc, weakref
        def test_mine(sdrs, sdrs_factory):
            for fake in (sdrs, sdrs_factory()):
                seen = weakref.ref(fake.fork())
                gc.collect()
                assert seen() is None
    """).assert_outcomes(passed=1)


# Started elsewhere

UNFIRED = """
    def test_mine(sdrs):
        sdrs.faults.fail("ListFailureJobs", status=503)
    def test_failed(sdrs):
        sdrs.seed(jobs=3)
        assert 0
"""


@pytest.mark.parametrize(
    ("start", "arguments", "shown"),
    [
        (".", [], "tests/unit/test_it.py"),
        ("tests", [], "unit/test_it.py"),
        ("tests/unit", [], "test_it.py"),
        ("tests", ["-n1"], "unit/test_it.py"),
        ("tests", ["--rootdir=."], "unit/test_it.py"),
        ("tests", ["--rootdir=unit"], "unit/test_it.py"),
        (".", ["--rootdir=tests", "tests"], "tests/unit/test_it.py"),
        ("elsewhere", ["../tests"], "{path}/tests/unit/test_it.py"),
    ],
)
def test_errors_and_reports_are_the_same_wherever_pytest_is_started(
    pytester, monkeypatch, start, arguments, shown
):
    pytester.makeini("[pytest]")
    pytester.mkdir("elsewhere")
    pytester.mkdir("tests")
    pytester.mkdir("tests/unit")
    pytester.makepyfile(**{"tests/unit/test_it": UNFIRED})
    monkeypatch.chdir(pytester.path / start)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)

    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_mine*", "*never fired*"])
    assert (
        f"again with the same data: pytest {shown.format(path=pytester.path)}::test_failed "
        in result.stdout.str()
    )
