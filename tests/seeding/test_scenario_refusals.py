"""A scenario's file that is wrong is refused by place, value and what would be right."""

import json
from pathlib import Path

import pytest

from sdrs_fake.errors import ParameterError
from tests.seeding.cases import JOB, made, own

DURATIONS = ["P31D", "P1M", "P1Y", "P", "PT", "P1DT", "-P1D", "3 hours", "", 3, None, "PT1.5H"]
WAVE = {"count": 0}


def failing(*statuses, **more):
    """A scenario with a wave of such failures of replication pairs."""
    return own(waves=[{**WAVE, "failures": {"replications": list(statuses)}, **more}])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("noisy-groups", "'noisy-groups' should be one of disaster-drill-day, "),
        ("", "'' should be one of disaster-drill-day, "),
        (5, "5 should be a name, the path of a file, JSON text or a dict"),
        ("[]", '[] should be an object such as {"scenario": 2, "name": "mine", '),
        ("{", "should be JSON, but "),
        ({"name": "mine", "title": "Mine"}, "scenario: missing"),
        (own(scenario=1), "scenario: 1 should be 2, the version of this format"),
        (own(scenario="2"), "scenario: '2' should be 2, the version of this format"),
        (own(scenario=True), "scenario: True should be 2, the version of this format"),
        (own(scenario=2.0), "scenario: 2.0 should be 2, the version of this format"),
        (own(scenario=3, w=1), "scenario: 3 is a newer format than 2; a newer sdrs-fake is needed"),
        (own(name="My own"), "name: 'My own' should match pattern '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'"),
        (own(name="x" * 65), "name: 'xxxxx"),
        (own(title=1), "title: 1 should be a valid string"),
        (own(title=""), "title: '' should have at least 1 character"),
        (
            own(title="\ud800"),
            "title: '\\ud800' should be a valid string, unable to parse raw data",
        ),
        (own(wave=[]), "wave: no such field; did you mean waves?"),
        (own(more=[]), "more: no such field; there are $schema, scenario, name, title, "),
        (own(groups="a"), "groups: 'a' should be a list of groups, each a name or an object, or "),
        (own(groups=-1), "groups: -1 should be a list of groups"),
        (own(groups=True), "groups: True should be a list of groups"),
        (own(groups=10_001), "groups: 10001 should be a list of groups"),
        (own(groups=[3]), "groups[0]: 3 should be an object"),
        (own(groups=[""]), "groups[0].name: '' should have at least 1 character"),
        (own(groups=["a", {"id": 5}]), "groups[1].id: 5 should be a valid string"),
        (own(groups=["a", {"nam": "b"}]), "groups[1].nam: no such field; did you mean name?"),
        (own(groups=[{"status": "sad"}]), "groups[0].status: 'sad' should be 'creating', "),
        (own(groups=["a", "b", "a"]), "groups[2].name: 'a' should be given only once"),
        (own(groups=[{"id": "a"}] * 2), "groups[1].id: 'a' should be given only once"),
        (own(waves={}), "waves: {} should be a valid list"),
        (own(waves=[5]), "waves[0]: 5 should be an object"),
        (own(waves=[{}]), "waves[0].count: missing"),
        (own(waves=[{"count": "5"}]), "waves[0].count: '5' should be a valid integer"),
        (own(waves=[{"count": True}]), "waves[0].count: True should be a valid integer"),
        (own(waves=[{"count": 5.0}]), "waves[0].count: 5.0 should be a valid integer"),
        (own(waves=[{"count": -1}]), "waves[0].count: -1 should be greater than or equal to 0"),
        (own(waves=[{"count": 10**8 + 1}]), "waves[0].count: 100000001 should be less than or"),
        (
            own(groups=1, waves=[{"count": 1}, {"count": 10**8}]),
            "waves: 100000001 jobs in all should be at most 100,000,000",
        ),
        (own(waves=[{"count": 5}]), "waves[0].count: 5 should be 0 where there are no groups"),
        (
            own(waves=[{**WAVE, "during": "P1D"}]),
            "waves[0].during: no such field; there are count, groups, failures, error_codes, ",
        ),
        (
            own(groups=["a", "b"], waves=[{**WAVE, "groups": ["c"]}]),
            "waves[0].groups[0]: 'c' should be one of a, b",
        ),
        (
            own(groups=2, waves=[{**WAVE, "groups": ["c"]}]),
            "waves[0].groups[0]: 'c' should be one of the names under groups, where there are none",
        ),
        (
            own(groups=["a", "b"], waves=[{**WAVE, "groups": ["a", "b", "a"]}]),
            "waves[0].groups[2]: 'a' should be given only once",
        ),
        *(
            (own(waves=[{**WAVE, name: []}]), f"waves[0].{name}: [] should have at least 1 item")
            for name in ("groups", "error_codes")
        ),
        (
            own(waves=[{**WAVE, "failures": {}}]),
            "waves[0].failures: {} should name one type of resource or more",
        ),
        (
            failing(),
            "waves[0].failures.replications: [] should have at least 1 item",
        ),
        (
            own(waves=[{**WAVE, "failures": {"disks": ["createFail"]}}]),
            "waves[0].failures.disks: no such field; there are server_groups, ",
        ),
        (
            failing("createFail", "startFail"),
            "waves[0].failures.replications[1]: 'startFail' should be 'createFail', 'deleteFail', ",
        ),
        (
            failing("attachFail", "expandFail", error_codes=["EVS.1064"]),
            "waves[0].error_codes: ['EVS.1064'] should have a code of each of the failures",
        ),
        (
            failing("attachFail", error_codes=["EVS.2024", "EVS.1"]),
            "waves[0].error_codes[1]: 'EVS.1' should be one of EVS.2024, Ecs.0205, SDRS.1821",
        ),
        *(
            (
                own(waves=[{**WAVE, "from": value}]),
                f"waves[0].from: {value!r} should be how long before as_of, at most 30 days",
            )
            for value in [*DURATIONS, "P٣D", "PT2592001S"]
        ),
        (own(waves=[{**WAVE, "to": "now"}]), "waves[0].to: 'now' should be how long before as_of"),
        (
            own(waves=[{**WAVE, "from": "PT1H", "to": "PT61M"}]),
            "waves[0].from: should be as long ago as to, or longer",
        ),
        (own(failure_jobs=[1]), "failure_jobs[0]: 1 should be a dictionary or an instance of "),
        (
            own(failure_jobs=[JOB, {**JOB, "failure_status": "x"}]),
            "failure_jobs[1].failure_status: 'x' should be 'createFail', ",
        ),
        (
            own(failure_jobs=[{**JOB, "more": 1}]),
            "failure_jobs[0].more: no such field; there are job_status, ",
        ),
        (own(failure_jobs=[JOB, JOB]), "failure_jobs[1].job_id: 'j' should be given only once"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_place_value_and_choices(content, reason):
    with pytest.raises(ParameterError) as caught:
        made(content)

    assert caught.value.name == "scenario"
    assert caught.value.reason.startswith(reason)


def test_every_wrong_value_is_a_problem_of_its_own():
    with pytest.raises(ParameterError) as caught:
        made({"groups": 1, "waves": [{"count": -1}]})

    assert str(caught.value).splitlines() == [
        "scenario: scenario: missing",
        "scenario: name: missing",
        "scenario: title: missing",
        "scenario: waves[0].count: -1 should be greater than or equal to 0",
    ]


def test_a_wrong_file_is_named(tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(own(groups=["a"], waves=[{"count": 5, "groups": ["b"]}])))
    reason = r"waves\[0\]\.groups\[0\]: 'b' should be one of a"
    with pytest.raises(ValueError, match=f"^scenario: {file}: {reason}$"):
        made(file)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\xff", b"garbage", b"[]", b"5"),
        *(b"{" * 100_000, b'{"a":' * 900 + b"1" + b"}" * 900),
    ],
)
def test_a_file_of_garbage_is_refused_and_named(tmp_path, content):
    file = tmp_path / "mine.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=f"^scenario: {file}"):
        made(file)


@pytest.mark.parametrize("path", ["a\x00.json", Path("a\x00b")])
def test_a_path_that_no_system_takes_is_refused(path):
    reason = "should be JSON text or a file that can be read: .*embedded null"
    with pytest.raises(ValueError, match=rf"^scenario: 'a\\x00.*' {reason}"):
        made(path)


def test_no_file_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^\[Errno 2\] scenario: .*none\.json should"):
        made(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "seed: -1 should be an integer"),
        ({"batch": 65536}, "batch: 65536 should be an integer from 0 to 65,535"),
        ({"as_of": "now"}, "as_of: 'now' should be a datetime with a time zone"),
    ],
)
def test_a_wrong_option_is_refused_and_named(options, message):
    with pytest.raises(ParameterError, match=message):
        made("noisy-group", **options)
