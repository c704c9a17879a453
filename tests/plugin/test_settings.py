"""Defaults of a run: command line and ini file, their precedence, and what the header shows."""

import json
import re

import pytest

SCENARIO = {"scenario": 2, "name": "mine", "title": "Mine", "groups": 2, "waves": [{"count": 5}]}
SEEDED = """
    import pytest
    MARK
    def test_mine(sdrs):
        specs = [(each.scenario and each.scenario.name or each.failures, each.seed)
                 for each in sdrs.seed_history]
        print("seeded:", specs)
"""


@pytest.fixture
def scenario_file(pytester):
    return pytester.makefile(".json", mine=json.dumps(SCENARIO))


@pytest.mark.parametrize(
    ("argument", "marker", "options", "seeds"),
    [
        ("", "", [], [0, 0]),
        ("", "", ["-osdrs_seed=1"], [1, 1]),
        ("", "", ["-osdrs_seed=1", "--sdrs-seed=2"], [2, 2]),
        ("", ", seed=3", ["-osdrs_seed=1", "--sdrs-seed=2"], [3, 3]),
        ("seed=4", ", seed=3", ["-osdrs_seed=1", "--sdrs-seed=2"], [3, 4]),
    ],
)
def test_a_call_wins_over_the_marker_this_over_the_command_line_and_this_over_the_ini_file(
    run, argument, marker, options, seeds
):
    run(
        f"""
        import pytest
        @pytest.mark.sdrs(failures=3{marker})
        def test_mine(sdrs):
            sdrs.seed({argument})
            assert [each.seed for each in sdrs.seed_history] == {seeds}
        """,
        *options,
    ).assert_outcomes(passed=1)


def test_defaults_apply_to_every_fake(run):
    run(
        """
        def test_one(sdrs):
            assert (len(sdrs.failure_jobs), len(sdrs.protection_groups)) == (7, 2)
            path = "/v1/p/task-center/failure-jobs?limit=0"
            assert sdrs.request("GET", path, credentials=None).status == 400
            assert sdrs.seed_history[0].as_of.year == 2019
        def test_two(sdrs_factory):
            assert len(sdrs_factory().failure_jobs) == 7
        """,
        "--sdrs-failures=7",
        "--sdrs-as-of=2019-04-01T12:00:00Z",
        sdrs_groups="2",
        sdrs_behavior="limit_zero=error, count=page",
        sdrs_auth="off",
    ).assert_outcomes(passed=2)


def test_defaults_of_jobs_and_quotas_apply_too_and_a_nearer_zero_wins(run):
    run(
        """
        import pytest
        def seen(sdrs):
            data = {"name": "g", "source_availability_zone": "a", "target_availability_zone": "b"}
            data |= {"domain_id": "d", "source_vpc_id": "v"}
            base = f"/v1/{sdrs.project_id}"
            created = sdrs.request("POST", f"{base}/server-groups", json={"server_group": data})
            job = f"{base}/jobs/{created.json['job_id']}"
            statuses = [sdrs.request("GET", job).json["status"] for _ in range(4)]
            sdrs.clock.advance(seconds=1.5)
            quotas = sdrs.request("GET", f"{base}/sdrs/quotas").json["quotas"]["resources"]
            statuses.append(sdrs.request("GET", job).json["status"])
            return statuses.count("RUNNING"), [each["quota"] for each in quotas]
        def test_defaults(sdrs, sdrs_factory):
            assert seen(sdrs) == seen(sdrs_factory()) == (4, [5, -1])
        @pytest.mark.sdrs(job_duration=0, quotas={"replications": 7})
        def test_marker(sdrs):
            assert seen(sdrs) == (2, [50, 7])
        def test_factory(sdrs_factory):
            assert seen(sdrs_factory(job_duration=0, job_polls=0)) == (0, [5, -1])
        """,
        "--sdrs-job-duration=1.5",
        sdrs_job_polls="2",
        sdrs_quotas="server_groups=5, replications=-1",
    ).assert_outcomes(passed=3)


def test_a_frozen_test_is_seeded_until_its_own_time_unless_a_marker_as_near_says_otherwise(run):
    run(
        """
        import pytest
        FROZEN, OTHER = "2019-04-01T12:00:00Z", "2019-02-01T00:00:00Z"
        def as_of(sdrs):
            assert sdrs.failure_jobs[0].begin_time < sdrs.clock.now()
            return sdrs.seed_history[0].as_of.isoformat()[:10]
        @pytest.mark.sdrs(frozen_at=FROZEN)
        def test_frozen(sdrs):
            assert as_of(sdrs) == "2019-04-01"
        @pytest.mark.sdrs(frozen_at=FROZEN, as_of=OTHER)
        def test_both(sdrs):
            assert as_of(sdrs) == "2019-02-01"
        @pytest.mark.sdrs(frozen_at=FROZEN)
        class TestWide:
            def test_frozen(self, sdrs):
                assert as_of(sdrs) == "2019-04-01"
            @pytest.mark.sdrs(as_of=OTHER)
            def test_nearer(self, sdrs):
                assert as_of(sdrs) == "2019-02-01"
        @pytest.mark.sdrs(as_of=OTHER)
        class TestWider:
            @pytest.mark.sdrs(frozen_at=FROZEN)
            def test_nearer(self, sdrs):
                assert as_of(sdrs) == "2019-04-01"
        def test_default(sdrs):
            assert as_of(sdrs) == "2026-06-01"
        """,
        sdrs_failures="5",
        sdrs_as_of="2026-06-01T00:00:00Z",
    ).assert_outcomes(passed=6)


def test_the_origins_of_pages_are_a_default_and_a_nearer_list_wins(run):
    run(
        """
        import pytest
        def allowed(sdrs):
            response = sdrs.request("GET", "/", headers={"Origin": "http://b:1"})
            return response.headers.get("Access-Control-Allow-Origin")
        def test_defaults(sdrs, sdrs_factory):
            assert allowed(sdrs) == allowed(sdrs_factory()) == "http://b:1"
        @pytest.mark.sdrs(cors="*")
        def test_marker(sdrs):
            assert allowed(sdrs) == "*"
        def test_factory(sdrs_factory):
            assert allowed(sdrs_factory(cors=[])) is None
        """,
        sdrs_cors="http://a, http://b:1",
    ).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("failures", "x"), ("groups", "-1"), ("seed", "soon"), ("as_of", "now")),
        *(("behavior", "count"), ("auth", "none"), ("scenario", "noise")),
        *(("job_duration", "soon"), ("job_polls", "-1"), ("quotas", "server_groups")),
        ("cors", "localhost"),
    ],
)
def test_a_default_that_is_wrong_is_one_usage_error_that_names_where_it_is_given(run, name, value):
    source = "def test_mine(sdrs): pass"
    on_line = run(source, f"--sdrs-{name.replace('_', '-')}={value}")
    in_ini = run(source, **{f"sdrs_{name}": value})

    assert (on_line.ret, in_ini.ret) == (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.USAGE_ERROR)
    assert f"ERROR: command line: {name}: '{value}' " in on_line.stderr.str()
    assert f"ERROR: ini file: {name}: '{value}' " in in_ini.stderr.str()
    assert "Traceback" not in on_line.stderr.str()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--sdrs-scenario=nothing.json", "scenario: *nothing.json *"),
        ("--sdrs-failures=5 --sdrs-scenario=noisy-group", "failures: 5 should not be given with *"),
        ("--sdrs-failures=5 --sdrs-groups=0 -n1", "groups: 0 should be at least 1 *"),
    ],
)
def test_defaults_that_no_test_could_use_are_one_usage_error(run, line, message):
    result = run("def test_mine(): pass", *line.split())

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: command line: {message}"])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("failures = 5", "failures=5"),
        ("failures = '5'", "failures=5"),
        ("failures = 0", "failures=0"),
        ("seed = 7", "seed=7"),
        ("as_of = 2026-06-01T00:00:00Z", "as-of=2026-06-01 00:00:00+00:00"),
    ],
)
@pytest.mark.parametrize("file", ["pyproject", "pytest"])
def test_a_number_or_a_time_of_toml_is_a_default_too(pytester, file, value, shown):
    table = {"pyproject": "tool.pytest", "pytest": "pytest"}[file]
    pytester.makefile(".toml", **{file: f"[{table}]\nsdrs_{value}"})
    pytester.makepyfile("def test_mine(sdrs): pass")

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)
    assert f"--sdrs-{shown}" in result.stdout.str()


def test_a_wrong_number_of_toml_is_a_usage_error(pytester):
    pytester.makepyprojecttoml("[tool.pytest]\nsdrs_failures = -1")

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.stderr.fnmatch_lines(["ERROR: ini file: failures: '-1' should be an integer *"])


@pytest.mark.parametrize(
    ("mark", "line", "place"),
    [
        ("failures=5", "--sdrs-groups=0", "command line"),
        ("groups=0", "--sdrs-failures=5", "@pytest.mark.sdrs"),
    ],
)
def test_values_that_are_wrong_only_together_are_blamed_on_their_place(run, mark, line, place):
    result = run(SEEDED.replace("MARK", f"@pytest.mark.sdrs({mark})"), line)

    result.assert_outcomes(errors=1)
    assert f"\n{place}: groups: 0 should be at least 1" in result.stdout.str()


# Random seeds


def test_a_random_seed_is_drawn_once_and_shown(run):
    result = run(
        """
        def test_one(sdrs_failure_jobs, sdrs):
            print("seed:", sdrs.seed_history[0].seed)
        def test_two(sdrs_factory):
            print("seed:", sdrs_factory(failures=3).seed_history[0].seed)
        """,
        "-s",
        "--sdrs-seed=random",
    )

    text = result.stdout.str()
    (drawn,) = re.findall(r"^sdrs: --sdrs-seed=(\d+) \(seed drawn at random\)$", text, re.MULTILINE)
    assert re.findall(r"\bseed: (\d+)", text) == [drawn, drawn]


def test_a_seed_on_the_command_line_replaces_a_random_one_of_the_ini_file(run):
    result = run(SEEDED.replace("MARK", ""), "-s", "--sdrs-seed=4", sdrs_seed="random")

    result.assert_outcomes(passed=1)
    assert "sdrs: --sdrs-seed=4\n" in result.stdout.str()


def test_under_xdist_all_workers_use_the_seed_that_the_controller_drew(run, pytester):
    result = run(
        """
        import pathlib, pytest
        @pytest.mark.parametrize("number", range(6))
        def test_mine(sdrs_failure_jobs, sdrs, number, worker_id):
            seed = sdrs.seed_history[0].seed
            pathlib.Path(f"seed-{worker_id}-{number}").write_text(str(seed))
        """,
        "-n2",
        "--sdrs-seed=random",
    )

    result.assert_outcomes(passed=6)
    (drawn,) = re.findall(r"sdrs: --sdrs-seed=(\d+) \(seed drawn", result.stdout.str())
    assert {file.read_text() for file in pytester.path.glob("seed-*")} == {drawn}


# Scenarios


def test_marker_and_factory_take_a_scenario(run):
    run(f"""
        import pytest
        @pytest.mark.sdrs(scenario="noisy-group", seed=3, frozen_at="2026-06-01T00:00:00Z")
        def test_marker(sdrs, sdrs_failure_jobs):
            assert len(sdrs_failure_jobs) == 201
            sdrs.seed()
            sdrs.seed(failures=3)
            assert [bool(each.scenario) for each in sdrs.seed_history] == [True, True, False]
        def test_factory(sdrs_factory):
            assert len(sdrs_factory(scenario={SCENARIO}).failure_jobs) == 5
    """).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("mark", "line", "ini", "seeded"),
    [
        ("", "--sdrs-scenario=noisy-group --sdrs-seed=4", {}, ("noisy-group", 4)),
        (
            "",
            "--sdrs-scenario=noisy-group",
            {"sdrs_failures": "5", "sdrs_seed": "4"},
            ("noisy-group", 4),
        ),
        ("", "--sdrs-failures=6", {"sdrs_scenario": "noisy-group"}, (6, 0)),
        ("failures=6", "--sdrs-scenario=noisy-group --sdrs-seed=4", {}, (6, 4)),
        ("scenario='noisy-group'", "--sdrs-failures=6 --sdrs-groups=2", {}, ("noisy-group", 0)),
    ],
)
def test_a_nearer_scenario_replaces_numbers_and_nearer_numbers_a_scenario(
    run, mark, line, ini, seeded
):
    result = run(SEEDED.replace("MARK", f"@pytest.mark.sdrs({mark})"), "-s", *line.split(), **ini)

    result.assert_outcomes(passed=1)
    assert f"seeded: {[seeded]}" in result.stdout.str()


def test_a_nearer_marker_replaces_the_scenario_of_its_module(run):
    run("""
        import pytest
        pytestmark = pytest.mark.sdrs(scenario="noisy-group", seed=3)
        @pytest.mark.sdrs(failures=6)
        def test_mine(sdrs):
            (spec,) = sdrs.seed_history
            assert (spec.scenario, spec.failures, spec.seed) == (None, 6, 3)
    """).assert_outcomes(passed=1)


@pytest.mark.parametrize("where", ["line", "marker", "path", "factory", "ini"])
def test_a_path_does_not_depend_on_the_working_directory_of_a_test(
    run, pytester, scenario_file, where
):
    pytester.mkdir("elsewhere")
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


def test_a_path_in_the_ini_file_is_relative_to_its_folder(pytester, monkeypatch, scenario_file):
    pytester.makeini("[pytest]\nsdrs_scenario = ./mine.json")
    below = pytester.mkdir("below")
    (below / "test_below.py").write_text("def test_mine(sdrs): assert len(sdrs.failure_jobs) == 5")
    monkeypatch.chdir(below)

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_a_file_is_read_once_in_a_run(run, scenario_file):
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


@pytest.mark.parametrize(("name", "failures"), [("noisy-group", 201), ("./noisy-group", 5)])
def test_a_name_means_the_packages_scenario_and_a_path_the_file(run, pytester, name, failures):
    (pytester.path / "noisy-group").write_text(json.dumps(SCENARIO))
    source = f"def test_mine(sdrs): assert len(sdrs.failure_jobs) == {failures}"

    run(source, f"--sdrs-scenario={name}").assert_outcomes(passed=1)
    run(source, sdrs_scenario=name).assert_outcomes(passed=1)


# The header


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("--sdrs-failures=4 --sdrs-seed=5", "sdrs.seed(failures=4, groups=3, seed=5)"),
        (
            "--sdrs-groups=4 --sdrs-as-of=2026-06-01T00:00:00Z",
            'sdrs.seed(failures=24, groups=4, seed=0, as_of="2026-06-01T00:00:00.000Z")',
        ),
        ("--sdrs-scenario=noisy-group", 'sdrs.seed(scenario="noisy-group", seed=0)'),
    ],
)
def test_the_header_shows_the_command_line_and_the_call_that_seed_like_the_defaults(
    run, line, call
):
    lines = run("def test_mine(): pass", *line.split()).stdout.lines

    shown = lines.index(f"sdrs: {line}")
    assert lines[shown + 1] == f"sdrs: {call}"


@pytest.mark.parametrize(
    ("line", "ini"),
    [
        (["--sdrs-seed=5"], {}),
        (["--sdrs-groups=0"], {"sdrs_failures": "5"}),  # a marker may give other groups
    ],
)
def test_the_header_shows_no_call_where_nothing_is_seeded_or_defaults_do_not_go_together(
    run, line, ini
):
    result = run("def test_mine(): pass", *line, **ini)

    result.assert_outcomes(passed=1)
    assert "sdrs: --sdrs-" in result.stdout.str()
    assert "sdrs: sdrs.seed(" not in result.stdout.str()


def test_the_header_shows_the_ini_file_too_but_not_what_the_command_line_replaces(run):
    result = run(
        "def test_mine(): pass", "--sdrs-scenario=noisy-group", sdrs_failures="4", sdrs_auth="off"
    )

    assert "sdrs: --sdrs-auth=off --sdrs-scenario=noisy-group\n" in result.stdout.str()


def test_without_defaults_the_header_shows_nothing(run):
    run("def test_mine(): pass").stdout.no_fnmatch_line("sdrs: *")


def test_the_marker_and_the_options_are_explained(pytester):
    pytester.runpytest_inprocess("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.sdrs(failures=, groups=, seed=, as_of=, *"]
    )
    pytester.runpytest_inprocess("--help").stdout.fnmatch_lines(
        [
            "fake SDRS (precedence: call in the test, marker, command line, ini file):",
            "*--sdrs-failures=FAILURES*",
            "*--sdrs-as-of=AS_OF*",
            "*--sdrs-auth=AUTH*",
            "*--sdrs-api-coverage*",
            "*sdrs_behavior (string):*",
        ]
    )
