"""Scenario files with waves and steps about the same resources: what comes of it is a history."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding import assert_consistent
from sdrs_fake.seeding.replay import replayed
from sdrs_fake.seeding.scenario_file import parse_file
from tests.seeding.cases import AS_OF, made, own

GROUP = {
    "name": "pg",
    "status": "protected",
    "protected_instances": ["a", "b"],
    "replication_pairs": [{"name": "p", "attached_to": "a"}, {"name": "q", "attached_to": "b"}],
    "drills": ["d"],
}
NAMES = {
    "ProtectionGroup": ["pg", "other", "new"],
    "ProtectedInstance": ["a", "b", "c"],
    "Replication": ["p", "q", "r"],
    "DisasterRecoveryDrill": ["d", "e"],
}
OPERATIONS = [
    *(f"{verb}{kind}" for verb in ("Create", "Delete") for kind in NAMES),
    *(f"{verb}ProtectionGroup" for verb in ("Start", "Stop", "StartReverse", "StartFailover")),
    *("ResizeProtectedInstance", "ExpandReplication"),
    *(f"{verb}ProtectedInstanceReplication" for verb in ("Attach", "Detach")),
]
WAVES = st.lists(
    st.fixed_dictionaries(
        {
            "count": st.integers(0, 20),
            "from": st.just("P20D"),
            "to": st.sampled_from(["P2D", "P1D"]),
        }
    ),
    max_size=2,
)


def step(operation, resource, ago="PT1H", **fields):
    return {"operation": operation, "resource": resource, "ago": ago, **fields}


def file_of(*steps, waves=(), groups=("other", GROUP)):
    return own(groups=list(groups), waves=list(waves), steps=list(steps))


def names_of(operation):
    kinds = [kind for kind in NAMES if operation.endswith(kind)]
    return NAMES[max(kinds, key=len)]


@st.composite
def files(draw):
    """A file with waves, and of random steps those that are allowed."""
    waves, steps = draw(WAVES), []
    for hours in range(23, 3, -1):
        operation = draw(st.sampled_from(OPERATIONS))
        name = draw(st.sampled_from(names_of(operation)))
        fields = {"failed": draw(st.booleans())}
        if operation.startswith("Create") and operation != "CreateProtectionGroup":
            fields["group"] = "pg"
        if operation.startswith("Attach") and draw(st.booleans()):
            fields["instance"] = draw(st.sampled_from(NAMES["ProtectedInstance"]))
        more = [*steps, step(operation, name, f"PT{hours}H", **fields)]
        try:
            parse_file(file_of(*more, waves=waves))
        except ParameterError:
            continue
        steps = more
    return file_of(*steps, waves=waves)


@given(file=files(), seed=st.integers(0, 2**80))
def test_whatever_a_file_tells_is_a_history_and_is_over_in_time(file, seed):
    data = made(file, seed)

    assert_consistent(data)
    assert replayed(data.steps(), timed=True)


@pytest.mark.parametrize(
    ("waves", "steps"),
    [
        pytest.param(
            [{"count": 12, "failures": {"protected_instances": ["resizeFail"]}, "to": "P1D"}],
            [step("CreateProtectedInstance", "c", group="pg", failed=False)],
            id="an instance that is made later",
        ),
        pytest.param(
            [{"count": 8, "failures": {"replications": ["attachFail"]}, "to": "P1D"}],
            [step("DeleteProtectedInstance", "b", failed=False)],
            id="an instance that is deleted later",
        ),
        pytest.param(
            [{"count": 8, "failures": {"protected_instances": ["resizeFail"]}, "to": "P1D"}],
            [
                step("DetachProtectedInstanceReplication", "p", "PT3H", failed=False),
                step("AttachProtectedInstanceReplication", "p", "PT2H", failed=False),
            ],
            id="an instance that is attached to later",
        ),
        pytest.param(
            [
                {
                    "count": 8,
                    "groups": ["pg"],
                    "failures": {
                        "replications": ["createFail"],
                        "disaster_recovery_drills": ["createFail"],
                    },
                    "to": "P1D",
                }
            ],
            [
                step("DeleteDisasterRecoveryDrill", "d", "PT5H", failed=False),
                step("DeleteProtectedInstance", ["a", "b"], "PT4H", failed=False),
                step("DeleteReplication", ["p", "q"], "PT3H", failed=False),
                step("StopProtectionGroup", "pg", "PT2H", failed=False),
                step("DeleteProtectionGroup", "pg", "PT1H", failed=False),
            ],
            id="a group that is deleted later",
        ),
    ],
)
def test_waves_leave_what_the_steps_after_them_need(waves, steps):
    for seed in range(30):
        data = made(file_of(*steps, waves=waves), seed)

        assert len(data.failure_jobs) == waves[0]["count"]
        assert_consistent(data)


def test_the_rows_of_a_group_that_a_step_deleted_stay():
    steps = [
        step("ExpandReplication", "p", "PT3H"),
        step("DeleteReplication", "p", "PT2H", failed=False),
        step("DeleteProtectionGroup", "pg", failed=False),
    ]
    group = {"name": "pg", "replication_pairs": [{"name": "p"}]}
    data = made(file_of(*steps, groups=["keep", group]))

    (job,) = data.failure_jobs
    assert [each.name for each in data.groups] == ["keep"]
    assert job.server_group_id != data.groups[0].id
    assert_consistent(data)


def test_a_step_waits_for_the_instance_of_a_pair():
    steps = [
        step("ResizeProtectedInstance", "a"),
        step("DetachProtectedInstanceReplication", "p", "PT59M59S"),
    ]

    with pytest.raises(ParameterError, match=r"steps\[1\]\.ago: PT59M59S should be PT59M40S or"):
        made(file_of(*steps))


def test_a_pair_and_its_instance_say_when_they_were_attached_last():
    steps = [
        step("DetachProtectedInstanceReplication", "p", "PT3H", failed=False),
        step("AttachProtectedInstanceReplication", "p", "PT2H", instance="b", failed=False),
    ]
    data = made(file_of(*steps, groups=[{**GROUP, "status": "available"}]))
    ages = {
        each.name: (AS_OF - each.updated_at).total_seconds() / 3600
        for each in (*data.protected_instances, *data.replication_pairs)
    }

    assert (ages["a"], ages["b"], ages["p"]) == (3, 2, 2)


def test_a_drill_keeps_its_server_for_an_instance_that_was_deleted_after_it():
    steps = [
        step("CreateDisasterRecoveryDrill", "e", "PT3H", group="pg", failed=False),
        step("DeleteProtectedInstance", "b", "PT2H", failed=False),
        step("CreateDisasterRecoveryDrill", "f", "PT1H", group="pg", failed=False),
    ]
    drills = {each.name: each for each in made(file_of(*steps, groups=[GROUP])).drills}

    assert {name: len(each.drill_servers) for name, each in drills.items()} == {
        "d": 2,
        "e": 2,
        "f": 1,
    }


def test_all_that_a_group_has_at_first_was_made_before_its_history_however_much_it_is():
    group = {
        "name": "pg",
        "protected_instances": [f"i{number}" for number in range(3000)],
        "replication_pairs": [{"name": f"p{number}"} for number in range(3000)],
    }
    data = made(file_of(step("ExpandReplication", "p2999", "P29D"), groups=[group]))

    assert_consistent(data)
    assert max(each.created_at for each in data.replication_pairs) < AS_OF.replace(month=5, day=2)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (
            file_of(
                step("DeleteProtectedInstance", "b", "PT2H", failed=False),
                step("AttachProtectedInstanceReplication", "q", instance="b"),
            ),
            "steps[1].instance: 'b' should name an instance that is there",
        ),
        (
            file_of(
                step("AttachProtectedInstanceReplication", "r"),
                groups=[{"name": "pg", "replication_pairs": [{"name": "r"}]}],
            ),
            "steps[0].operation: 'r' should go to an instance of its group",
        ),
        (file_of(step("ResizeProtectedInstance", 5)), "steps[0].resource: 5 should be a name or a"),
        (
            own(
                groups=[{"id": "g", "name": "pg", "drills": []}],
                steps=[step("DeleteProtectionGroup", "pg", failed=False)],
                failure_jobs=[
                    json.loads(
                        made(file_of(step("StopProtectionGroup", "pg"))).failure_jobs[0].wire_json
                    )
                    | {"resource_id": "g", "server_group_id": "g"}
                ],
            ),
            "failure_jobs[0].server_group_id: 'g' should be the id of a group that stays there",
        ),
    ],
)
def test_a_step_that_cannot_be_is_refused_with_its_place(file, reason):
    with pytest.raises(ParameterError) as caught:
        made(file)

    assert caught.value.reason.startswith(reason)


def test_a_scenario_is_the_same_after_it_was_sent_to_another_process():
    data = made(file_of(step("StopProtectionGroup", "pg"), waves=[{"count": 9, "to": "P1D"}]))
    copy = pickle.loads(pickle.dumps(data))

    assert copy == data
    assert copy.members() == data.members()
    assert_consistent(copy)
