"""State tokens: a line that names what a project was seeded with, and makes it again."""

import datetime as dt
import json
import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdrs_fake import FakeSdrs
from sdrs_fake.seeding import StateToken, library, sowing
from sdrs_fake.seeding.tokens import TokenPart

ANCHOR = dt.datetime(2026, 6, 1, 12, 30, 0, 123000, tzinfo=dt.UTC)
OWN = {"scenario": 1, "name": "mine", "title": "Mine", "groups": 2, "waves": [{"jobs": 5}]}
NAMES = [name for name in library.names() if name != "ten-thousand-jobs"]

milliseconds = st.integers(31 * 86_400_000, 253_402_300_799_999)
anchors = milliseconds.map(
    lambda number: dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=number)
)
counted = st.fixed_dictionaries({"jobs": st.integers(0, 10**8), "groups": st.integers(0, 10**6)})
named = st.fixed_dictionaries(
    {
        "scenario": st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True),
        "digest": st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
    }
)
parts = st.builds(
    lambda kind, **more: TokenPart(**kind, **more),
    counted | named,
    seed=st.integers(0, 2**4096 - 1) | st.integers(0, 99),
    anchor=st.none() | anchors,
    part=st.integers(0, 0xFFFF),
)
tokens = st.lists(parts, min_size=1, max_size=4).map(lambda made: StateToken(tuple(made)))


def held(sdrs):
    return sdrs.failure_jobs, sdrs.export_data()["projects"]


# As text


@given(tokens)
def test_a_token_that_is_written_and_read_is_the_same(token):
    assert StateToken.parse(str(token)) == token


@given(tokens)
def test_a_shell_leaves_it_alone(token):
    assert re.fullmatch(r"[a-zA-Z0-9.+-]+", str(token))
    assert shlex.quote(str(token).replace("+", "")) == str(token).replace(
        "+", ""
    )  # a plus sign means nothing to a shell either


@pytest.mark.parametrize(
    "text",
    [
        "sdrs1.j24.g3.s0",
        "sdrs1.j24.g3.s7.a20260601T000000123Z",
        "sdrs1.j0.g0.s0.p65535",
        "sdrs1.regional-switchover.x0a1b2c3d.s0.a20260601T000000123Z",
        "sdrs1.j24.x0a1b2c3d.s0",
        "sdrs1.j24.g3.s0.a20260601T000000123Z+noisy-group.x0a1b2c3d.s7.a20260601T000000123Z.p1",
    ],
)
def test_these_are_tokens(text):
    assert str(StateToken.parse(text)) == text
    assert StateToken.parse(StateToken.parse(text)) == StateToken.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        *(
            (text, f"state: {text!r} should be a token such as sdrs1.j24")
            for text in ["", "x", "sdrs1", "sdrs.j1", "Sdrs1.j1.g1.s0", "sdrs01.j1.g1.s0"]
        ),
        (None, "state: None should be a token such as "),
        (5, "state: 5 should be a token such as "),
        *(
            (
                f"sdrs1.{text}",
                f"state: {text!r} should be jJOBS.gGROUPS or NAME.xDIGEST, then .sSEED",
            )
            for text in [
                *(
                    "",
                    "j1.g1",
                    "j1.s0",
                    "j01.g1.s0",
                    "j1.g1.s0.",
                    "j1.g1.s-1",
                    "j1.g1.s٣",
                    "j1.g1.s0.p0",
                    "j1.g1.s0.p1.a20260601T000000000Z",
                ),
                *(
                    "noisy-group.s0",
                    "noisy-group.x1.s0",
                    "Noisy.x0a1b2c3d.s0",
                    "j1.g1.s0.a2026-06-01",
                    "j1.g1.s0 ",
                    "j1.g1.s" + "9" * 1301,
                ),
            ]
        ),
        ("sdrs1.j1.g1.s0+", "state: '' should be jJOBS"),
        ("sdrs1.j1.g1.s0+sdrs1.j1.g1.s0", "state: 'sdrs1.j1.g1.s0' should be jJOBS"),
        (
            "sdrs1.j1.g1.s0.a20261301T000000000Z",
            "state: a20261301T000000000Z should be a moment, aYYYYMMDDTHHMMSSmmmZ in UTC, such as",
        ),
        (
            "sdrs2.anything",
            (
                "state: 'sdrs2.anything' is of version 2, but this release of sdrs-fake makes"
                " version 1; install the release"
            ),
        ),
    ],
)
def test_what_is_no_token_of_this_version_is_refused(text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message[:100])}"):
        StateToken.parse(text)


# The same data again


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={"seed": st.integers(0, 2**70), "anchor": anchors}
            | {"scenario": st.sampled_from(["noisy-group", "storage-outage"])},
        )
        | st.fixed_dictionaries(
            {"jobs": st.integers(0, 50), "groups": st.integers(1, 4), "anchor": anchors}
        ),
        min_size=1,
        max_size=3,
    )
)
def test_anybody_makes_the_same_data_of_it(seeds):
    one, two = FakeSdrs(), FakeSdrs()
    for arguments in seeds:
        last = one.seed(**arguments)

    again = two.seed(state=one.state)

    assert held(two) == held(one)
    assert (two.datasets, two.state, again) == (one.datasets, one.state, last)


@pytest.mark.parametrize("name", library.names())
def test_every_scenario_comes_again_by_its_token(sdrs, name):
    sdrs.seed(scenario=name, anchor=ANCHOR)
    with FakeSdrs() as other:
        other.seed(state=StateToken.parse(sdrs.state))

        assert re.fullmatch(rf"sdrs1\.{name}\.x[0-9a-f]{{8}}\.s0\.a20260601T123000123Z", sdrs.state)
        assert held(other) == held(sdrs)


def test_parts_come_again_with_their_numbers(sdrs):
    for _ in range(3):
        sdrs.seed(jobs=5, anchor=ANCHOR)
    last = sdrs.state.split("+")[2]
    with FakeSdrs() as other:
        data = other.seed(state=f"sdrs1.{last}")
        more = other.seed(jobs=5, anchor=ANCHOR)

    assert last == "j5.g3.s0.a20260601T123000123Z.p2"
    assert (data.parameters, more.parameters.part) == (sdrs.datasets[2], 3)


def test_without_an_anchor_it_is_made_for_now(sdrs):
    data = sdrs.seed(state="sdrs1.j5.g1.s0")

    assert dt.timedelta(0) <= sdrs.clock.now() - data.parameters.anchor < dt.timedelta(minutes=1)


def test_a_token_can_be_given_an_anchor_where_it_has_none():
    token = StateToken.parse("sdrs1.j5.g1.s0+j5.g1.s0.a20250101T000000000Z.p1").anchored(ANCHOR)

    assert str(token) == "sdrs1.j5.g1.s0.a20260601T123000123Z+j5.g1.s0.a20250101T000000000Z.p1"


@pytest.mark.parametrize(
    ("more", "token"),
    [
        ({"jobs": 5, "groups": 1}, "sdrs1.j5.g1.s7"),
        (
            {"scenario": "empty-project", "anchor": "2026-06-01T12:30:00.1239Z"},
            "sdrs1.empty-project.x2b585bff.s7.a20260601T123000123Z",
        ),
    ],
)
def test_what_is_going_to_be_seeded_has_a_token_too(more, token):
    assert (
        str(
            sowing.planned(
                **{"jobs": 24, "groups": 3, "seed": 7, "anchor": None, "scenario": None, **more}
            )
        )
        == token
    )


# A scenario of one's own


def test_ones_own_scenario_needs_its_file_again(sdrs, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(OWN))
    sdrs.seed(scenario=file, anchor=ANCHOR)
    with FakeSdrs() as other:
        with pytest.raises(
            ValueError,
            match=(
                r"state: 'mine' is no scenario of this package; give it too, the one with content"
                r" [0-9a-f]{8}: scenario=FILE, "
            ),
        ):
            other.seed(state=sdrs.state)
        other.seed(state=sdrs.state, scenario=file)

        assert held(other) == held(sdrs)


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        (
            {**OWN, "groups": 3},
            (
                "state: mine was another when the token was made: its content was [0-9a-f]{8}, that"
                " of the given one is "
            ),
        ),
        (
            {**OWN, "name": "other"},
            (
                "scenario: 'other' should not be given, since the state 'sdrs1.mine.x.*' does not"
                " name it"
            ),
        ),
        ("noisy-group", "scenario: 'noisy-group' should not be given, since the state "),
        ("none", "scenario: 'none' should be one of "),
    ],
)
def test_another_file_is_refused(sdrs, scenario, message):
    sdrs.seed(scenario=OWN)
    with FakeSdrs() as other, pytest.raises(ValueError, match=message):
        other.seed(state=sdrs.state, scenario=scenario)


def test_a_file_that_is_called_as_one_of_the_package_is_told_apart(sdrs):
    own = {**OWN, "name": "noisy-group"}
    sdrs.seed(scenario=own, anchor=ANCHOR)
    with FakeSdrs() as other:
        with pytest.raises(
            ValueError,
            match=(
                r"state: noisy-group was another when the token was made: .* give its file, if it"
                r" was one of your own"
            ),
        ):
            other.seed(state=sdrs.state)
        other.seed(state=sdrs.state, scenario=own)

        assert held(other) == held(sdrs)


@pytest.mark.parametrize("first", ["own", "package"])
def test_a_file_and_one_of_the_package_that_are_called_the_same_come_again_together(sdrs, first):
    own = {**OWN, "name": "noisy-group"}
    for each in (own, "noisy-group") if first == "own" else ("noisy-group", own):
        sdrs.seed(scenario=each, anchor=ANCHOR)
    with FakeSdrs() as other:
        other.seed(state=sdrs.state, scenario=own)

        assert held(other) == held(sdrs)


def test_a_file_that_no_part_needs_is_refused_though_it_is_called_as_one(sdrs):
    sdrs.seed(scenario="noisy-group")
    with pytest.raises(
        ValueError,
        match=(
            r"^state: noisy-group was another when the token was made: its content was d0cfb9b3,"
            r" that of "
        ),
    ):
        FakeSdrs().seed(state=sdrs.state, scenario={**OWN, "name": "noisy-group"})


def test_no_file_is_opened_for_a_name(sdrs, tmp_path, monkeypatch):
    sdrs.seed(scenario="noisy-group", anchor=ANCHOR)
    for name in ("noisy-group", "mine"):
        (tmp_path / name).write_text(json.dumps({**OWN, "name": name}))
    monkeypatch.chdir(tmp_path)
    with FakeSdrs() as other:
        other.seed(state=sdrs.state)
        assert held(other) == held(sdrs)
    with pytest.raises(ValueError, match=r"state: 'mine' is no scenario of this package"):
        FakeSdrs().seed(state="sdrs1.mine.x00000000.s0")


# By hand


def test_a_token_can_be_put_together_by_hand():
    token = StateToken(
        [
            TokenPart(0, 5, 1, anchor="2026-06-01T14:30:00.1239+02:00"),
            TokenPart(1, scenario="a", digest="0" * 8, part=2),
        ]
    )

    assert str(token) == "sdrs1.j5.g1.s0.a20260601T123000123Z+a.x00000000.s1.p2"
    assert StateToken.parse(str(token)) == token


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([5], "state: parts: 5 should be a TokenPart"),
        ([(0, 5, 1)], "state: parts: (0, 5, 1) should be a TokenPart"),
        ([TokenPart(0)], "state: jobs: None should be a whole number"),
        ([TokenPart(0, 5)], "state: groups: None should be a whole number"),
        ([TokenPart("0", 5, 1)], "state: seed: '0' should be a whole number"),
        ([TokenPart(-1, 5, 1)], "state: seed: -1 should be 0 or more"),
        ([TokenPart(0, 5, True)], "state: groups: True should be a whole number"),
        ([TokenPart(0, 5, 1, part=65536)], "state: part: 65536 should be from 0 to 65,535"),
        (
            [TokenPart(0, 5, 1, anchor="now")],
            "state: anchor: 'now' should be a datetime with a time zone",
        ),
        (
            [TokenPart(0, 5, 1, digest="0a1b2c3d")],
            "state: digest: '0a1b2c3d' should not be given without a scenario",
        ),
        ([TokenPart(0, 5, 1, "a", "0" * 8)], "state: jobs: 5 should not be given with a scenario"),
        (
            [TokenPart(0, scenario="A", digest="0" * 8)],
            "state: scenario: 'A' should be a name such as noisy-group",
        ),
        (
            [TokenPart(0, scenario=5, digest="0" * 8)],
            "state: scenario: 5 should be a name such as noisy-group",
        ),
        ([TokenPart(0, scenario="a")], "state: digest: '' should be eight digits such as 0a1b2c3d"),
    ],
)
def test_a_token_that_cannot_be_is_refused_also_when_it_is_put_together_by_hand(parts, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        StateToken(tuple(parts))


@pytest.mark.parametrize("version", [9, 0, "1", True, None])
def test_a_token_is_of_this_version(version):
    with pytest.raises(
        ValueError,
        match=f"^state: version: {version!r} should be 1, which this release of sdrs-fake makes$",
    ):
        StateToken((TokenPart(0, 5, 1),), version)


@pytest.mark.parametrize("state", [StateToken(()), FakeSdrs().state])
def test_the_state_of_a_project_that_was_not_seeded_makes_no_data(sdrs, state):
    with pytest.raises(ValueError, match=r"^state: '' should be a token such as sdrs1"):
        sdrs.seed(state=state)

    assert str(StateToken(())) == ""


# Refusals


@pytest.mark.parametrize("more", [{"jobs": 1}, {"groups": 1}, {"seed": 1}, {"anchor": ANCHOR}])
def test_a_state_is_given_alone(sdrs, more):
    (name,) = more
    with pytest.raises(
        ValueError, match=f"^{name}: .* should not be given with state, which says it already$"
    ):
        sdrs.seed(state="sdrs1.j1.g1.s0", **more)


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("sdrs1.j5.g0.s0", "state: groups: 0 should be at least 1 where there are jobs"),
        ("sdrs1.j5.g1.s0.p99999", "state: part: 99999 should be from 0 to 65,535"),
        (
            "sdrs1.j5.g1.s0.a19700101T000000000Z",
            "^state: anchor: 1970-01-01T00:00:00.000Z should be at least 30 days after",
        ),
        (
            "sdrs1.j5.g1.s0+j5.g1.s0",
            (
                "state: '[0-9a-f-]+' is in two datasets of the token; what is made of one seed"
                " twice should be two parts"
            ),
        ),
        ("sdrs1.j0.g1.s0+j0.g1.s0", "state: '[0-9a-f-]{36}' is in two datasets of the token"),
    ],
)
def test_a_state_that_cannot_be_is_refused_and_nothing_of_it_is_kept(sdrs, token, message):
    with pytest.raises(ValueError, match=message):
        sdrs.seed(state=token)

    assert (sdrs.project_ids, sdrs.state) == (set(), "")


@pytest.mark.parametrize(
    "lost",
    [
        lambda sdrs: None,
        lambda sdrs: sdrs.request(
            "DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/batch"
        ),
    ],
)
def test_a_project_that_has_it_already_takes_it_no_second_time(sdrs, lost):
    sdrs.seed(anchor=ANCHOR)
    lost(sdrs)
    before = sdrs.export_data()
    with pytest.raises(ValueError, match="is in the project already"):
        sdrs.seed(state=sdrs.state)

    assert sdrs.export_data() == before


# What it says


def test_a_project_that_was_not_seeded_has_none(sdrs):
    sdrs.add_failure_job()

    assert sdrs.state == ""


@pytest.mark.parametrize(
    ("happened", "token"),
    [
        (lambda sdrs: sdrs, "sdrs1.j5.g1.s0.a20260601T123000123Z"),
        (lambda sdrs: sdrs.add_failure_job() and sdrs, "sdrs1.j5.g1.s0.a20260601T123000123Z"),
        (
            lambda sdrs: (
                sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/batch")
                and sdrs
            ),
            "sdrs1.j5.g1.s0.a20260601T123000123Z",
        ),
        (
            lambda sdrs: sdrs.load_data({"failure_jobs": [{}]}) and sdrs,
            "sdrs1.j5.g1.s0.a20260601T123000123Z",
        ),
        (lambda sdrs: sdrs.fork(), "sdrs1.j5.g1.s0.a20260601T123000123Z"),
        (lambda sdrs: sdrs.project("other"), ""),
        (lambda sdrs: sdrs.reset() or sdrs, ""),
        (lambda sdrs: FakeSdrs.load(sdrs.snapshot(sdrs.file) or sdrs.file), ""),
    ],
    ids=[
        "seeded",
        "added",
        "deleted",
        "loaded",
        "forked",
        "another project",
        "emptied",
        "out of a file",
    ],
)
def test_it_says_what_a_project_was_seeded_with_whatever_happened_since(
    sdrs, tmp_path, happened, token
):
    sdrs.file = tmp_path / "fake.json"
    sdrs.seed(jobs=5, groups=1, anchor=ANCHOR)

    assert happened(sdrs).state == token


def test_a_fork_goes_its_own_way(sdrs):
    sdrs.seed(jobs=5, groups=1, anchor=ANCHOR)
    twin = sdrs.fork()
    twin.seed(jobs=5, groups=1, anchor=ANCHOR)

    assert (sdrs.state.count("+"), twin.state.count("+")) == (0, 1)
