"""SeedSpec: the options of seeding are parsed, merged, checked and printed in one place."""

import json

import pytest

from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding import SeedSpec, scenarios
from tests.seeding.cases import AS_OF, own

NOISY = scenarios()["noisy-group"]


def parse(**given):
    return SeedSpec.parse(given)


# Parsing


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"failures": "40"}, 40),
        ({"failures": 40}, 40),
        ({"groups": "0"}, 0),
        ({"seed": "0007"}, 7),
        ({"seed": str(2**4096 - 1)}, 2**4096 - 1),
        ({"as_of": "2026-06-01T08:00:00.0009+08:00"}, AS_OF),
        ({"as_of": AS_OF}, AS_OF),
        ({"scenario": "noisy-group"}, NOISY),
        ({"scenario": NOISY}, NOISY),
        ({"batch": 3}, 3),
    ],
)
def test_an_option_is_a_python_value_or_a_string(given, value):
    ((name, _),) = given.items()

    assert getattr(SeedSpec.parse(given), name) == value


def test_none_is_an_option_that_is_not_given():
    assert parse(failures=None, groups=None, seed=None, as_of=None, scenario=None) == SeedSpec()


@pytest.mark.parametrize("kind", ["str", "path"])
def test_a_relative_path_is_relative_to_the_folder(tmp_path, kind):
    (tmp_path / "mine.json").write_text(json.dumps(own()))
    given = "mine.json" if kind == "str" else (tmp_path / "mine.json").relative_to(tmp_path)

    spec = SeedSpec.parse({"scenario": given}, folder=tmp_path)

    assert spec.scenario.name == "mine"
    assert spec.options() == [f"--scenario={tmp_path / 'mine.json'}"]


@pytest.mark.parametrize(
    ("given", "name", "reason"),
    [
        ({"failures": "-1"}, "failures", "'-1' should be an integer from 0 to 100,000,000"),
        ({"failures": "٣"}, "failures", "'٣' should be an integer from 0 to 100,000,000"),
        ({"groups": "1e3"}, "groups", "'1e3' should be an integer from 0 to 1,000,000"),
        ({"seed": "9" * 5000}, "seed", "'9999"),
        ({"seed": str(2**4096)}, "seed", "'1044"),
        ({"as_of": "yesterday"}, "as_of", "'yesterday' should be a datetime with a time zone"),
        ({"scenario": "nothing"}, "scenario", "'nothing' should be one of disaster-drill-day, "),
        ({"scenario": 5}, "scenario", "5 should be a name, the path of a file, JSON text"),
        ({"scenario": "no/file.json"}, "scenario", "no/file.json should be a file: No such file"),
        ({"failures": 40, "scenario": NOISY}, "failures", "40 should not be given with scenario"),
        ({"groups": 0, "scenario": NOISY}, "groups", "0 should not be given with scenario"),
        ({"failures": 1, "groups": 0}, "groups", "0 should be at least 1 where there are failures"),
        ({"failurs": 1}, "failurs", "no such argument; did you mean failures?"),
        ({"part": 1}, "part", "no such argument; there are failures, groups, seed, as_of, scena"),
    ],
)
def test_a_wrong_option_is_refused_and_named(given, name, reason):
    with pytest.raises(ParameterError) as caught:
        SeedSpec.parse(given)

    assert caught.value.name == name
    assert caught.value.reason.startswith(reason)


# Merging


@pytest.mark.parametrize(
    ("near", "far", "merged"),
    [
        ({}, {"failures": 5, "seed": 7}, {"failures": 5, "seed": 7}),
        ({"seed": 0}, {"failures": 5, "seed": 7}, {"failures": 5, "seed": 0}),
        ({"failures": 1}, {"failures": 5, "groups": 2}, {"failures": 1, "groups": 2}),
        ({"scenario": NOISY}, {"failures": 5, "seed": 7}, {"scenario": NOISY, "seed": 7}),
        ({"failures": 1}, {"scenario": NOISY, "seed": 7}, {"failures": 1, "seed": 7}),
        ({"groups": 1}, {"scenario": NOISY, "as_of": AS_OF}, {"groups": 1, "as_of": AS_OF}),
        ({"seed": 1}, {"scenario": NOISY, "seed": 7}, {"scenario": NOISY, "seed": 1}),
    ],
)
def test_what_is_near_wins_and_drops_what_it_excludes(near, far, merged):
    assert SeedSpec(**near).merge(SeedSpec(**far)) == SeedSpec(**merged)


def test_defaults_fill_in_what_is_left_open():
    assert SeedSpec().completed(AS_OF) == SeedSpec(failures=24, groups=3, seed=0, as_of=AS_OF)
    assert parse(seed=7, groups=1).completed(AS_OF) == SeedSpec(
        failures=24, groups=1, seed=7, as_of=AS_OF
    )
    assert parse(scenario=NOISY).completed(AS_OF) == SeedSpec(scenario=NOISY, seed=0, as_of=AS_OF)


def test_defaults_are_checked_with_what_is_given():
    with pytest.raises(ParameterError, match=r"^groups: 0 should be at least 1"):
        parse(groups=0).completed(AS_OF)


@pytest.mark.parametrize(
    ("given", "seeds"),
    [
        ({}, False),
        ({"seed": 7, "as_of": AS_OF}, False),
        ({"failures": 0}, True),
        ({"groups": 1}, True),
        ({"scenario": NOISY}, True),
    ],
)
def test_failures_groups_and_scenario_ask_for_data(given, seeds):
    assert SeedSpec(**given).seeds is seeds


# Printing


@pytest.mark.parametrize(
    ("given", "call", "options"),
    [
        ({}, "sdrs.seed()", []),
        (
            {"failures": 40, "groups": 3, "seed": 7, "as_of": AS_OF},
            'sdrs.seed(failures=40, groups=3, seed=7, as_of="2026-06-01T00:00:00.000Z")',
            ["--failures=40", "--groups=3", "--seed=7", "--as-of=2026-06-01T00:00:00.000Z"],
        ),
        (
            {"scenario": NOISY, "seed": 7},
            'sdrs.seed(scenario="noisy-group", seed=7)',
            ["--scenario=noisy-group", "--seed=7"],
        ),
    ],
)
def test_it_prints_as_the_call_and_as_options_that_give_the_same(given, call, options):
    spec = SeedSpec(**given)

    assert (str(spec), spec.options()) == (call, options)
    assert spec.options("--sdrs-") == [option.replace("--", "--sdrs-", 1) for option in options]


def test_specs_are_values():
    assert len({parse(failures=1), parse(failures="1"), parse(scenario="noisy-group")}) == 2
