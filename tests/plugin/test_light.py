"""The plugin is light: unused, it loads nothing but itself, and it needs no other plugin."""

import pytest


@pytest.mark.parametrize("arguments", [[], ["--fixtures"], ["--markers"], ["--collect-only"]])
def test_installed_but_unused_it_loads_nothing_heavy(pytester, arguments):
    pytester.makeconftest("""
        import sys
        def pytest_unconfigure():
            heavy = {"sdrs_fake", "werkzeug", "pydantic", "freezegun"}
            names = sorted(
                name for name in sys.modules
                if name in heavy or name.startswith("conftest_plugin.")
            )
            sys.stderr.write(f"loaded: {names}\\n")
    """)
    pytester.makepyfile("def test_mine(): pass")

    result = pytester.runpytest_subprocess(
        "-p", "no:faker", "-p", "no:hypothesispytest", *arguments
    )

    assert result.ret == 0
    result.stderr.fnmatch_lines(["loaded: []"])


def test_importing_it_imports_no_other_module(pytester):
    program = (
        "import pytest, sys; before = set(sys.modules); import conftest_plugin;"
        " print(sorted(set(sys.modules) - before))"
    )

    lines = pytester.runpython_c(program).stdout.lines
    assert [line for line in lines if line][-1] == "['conftest_plugin']"


def test_it_can_be_left_out(pytester):
    pytester.makepyfile("def test_mine(sdrs): pass")

    result = pytester.runpytest_subprocess("-p", "no:sdrs_fake")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'sdrs' not found*"])


def test_it_can_be_loaded_by_name_where_plugins_are_not_loaded_by_default(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile("def test_mine(sdrs_failure_jobs): assert len(sdrs_failure_jobs) == 24")

    pytester.runpytest_subprocess("-p", "conftest_plugin").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("arguments", "conftest"),
    [
        (["-p", "conftest_plugin"], ""),
        (["-p", "sdrs_fake"], ""),
        (["-p", "conftest_plugin", "-n1"], ""),
        ([], "pytest_plugins = ['conftest_plugin']"),
    ],
)
def test_it_can_be_loaded_by_name_where_plugins_are_loaded_by_default_too(
    pytester, arguments, conftest
):
    pytester.makeconftest(conftest)
    pytester.makepyfile("def test_mine(sdrs_failure_jobs): assert len(sdrs_failure_jobs) == 24")

    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=1)


def test_it_works_without_fakers_own_plugin_and_with_warnings_as_errors(pytester):
    pytester.makepyfile("""
        import pytest
        def test_one(sdrs, sdrs_url):
            sdrs.seed()
        @pytest.mark.sdrs(frozen_at="2019-04-01T12:00:00Z", failures=3)
        def test_two(sdrs):
            pass
    """)

    pytester.runpytest_subprocess("-p", "no:faker", "-W", "error").assert_outcomes(passed=2)
