"""Scenario files that state resources, and the steps that failed or did not."""

import json
from itertools import product

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding import assert_consistent, library
from tests.seeding.cases import AS_OF, made, own

GROUP = {
    "name": "pg",
    "status": "protected",
    "protected_instances": ["db", "web"],
    "replication_pairs": [{"name": "data", "attached_to": "db"}, {"name": "log"}],
    "drills": ["drill"],
}


def step(operation, resource, ago="PT1H", **fields):
    return {"operation": operation, "resource": resource, "ago": ago, **fields}


def file_of(*steps, group=GROUP, **fields):
    return own(groups=[group], steps=list(steps), **fields)


def statuses(data):
    values = *data.groups, *data.protected_instances, *data.replication_pairs, *data.drills
    return {each.name: str(each.status) for each in values if "Pair-" not in each.name}


def test_what_a_group_states_is_in_it_and_nothing_else():
    data = made(file_of())

    assert statuses(data) == {
        **dict.fromkeys(["pg", "db", "web", "data", "log"], "protected"),
        "drill": "available",
    }
    assert len(data.replication_pairs) == 2 + 2  # and those of the system disks
    by_name = {each.name: each for each in (*data.protected_instances, *data.replication_pairs)}
    assert by_name["data"].instance_id == by_name["db"].id
    assert by_name["log"].instance_id is None
    assert_consistent(data)


@pytest.mark.parametrize(
    ("steps", "changes"),
    [
        ([step("StopProtectionGroup", "pg")], dict.fromkeys(["pg", "db", "web"], "error-stopping")),
        ([step("ResizeProtectedInstance", "db")], {"db": "error-resizing"}),
        ([step("ResizeProtectedInstance", ["db", "web"])], {"db": "error-resizing"}),
        ([step("CreateReplication", "new", group="pg")], {"new": "error"}),
        ([step("AttachProtectedInstanceReplication", "log")], {"log": "error-attaching"}),
        ([step("DetachProtectedInstanceReplication", "data")], {"data": "error-detaching"}),
        ([step("DeleteReplication", "log")], {"log": "error-deleting"}),
        ([step("DeleteReplication", "log", failed=False)], {"log": None}),
        ([step("DeleteProtectedInstance", "web", failed=False)], {"web": None}),
        ([step("CreateProtectionGroup", "other")], {"other": "error"}),
        (
            [
                step("StartFailoverProtectionGroup", "pg", "PT3H"),
                step("StartFailoverProtectionGroup", "pg", "PT2H", failed=False),
                step("StartProtectionGroup", "pg", "PT1H"),
            ],
            dict.fromkeys(["pg", "db", "web", "data", "log"], "error-reprotecting"),
        ),
        (
            [
                step("DetachProtectedInstanceReplication", "data", "PT3H", failed=False),
                step(
                    "AttachProtectedInstanceReplication",
                    "data",
                    "PT2H",
                    instance="web",
                    failed=False,
                ),
                step("DetachProtectedInstanceReplication", "data", "PT1H"),
            ],
            {"data": "error-detaching"},
        ),
        (
            [
                step("CreateProtectionGroup", "other", "PT3H", failed=False),
                step("CreateProtectedInstance", "app", "PT2H", group="other", failed=False),
                step("CreateReplication", "disk", "PT1H", group="other", failed=False),
                step("AttachProtectedInstanceReplication", "disk", "PT30M", instance="app"),
            ],
            {"other": "available", "app": "available", "disk": "error-attaching"},
        ),
    ],
)
def test_steps_leave_the_resources_as_the_service_does(steps, changes):
    data = made(file_of(*steps))
    found = statuses(data)

    assert {name: found.get(name) for name in changes} == changes
    failed = [each for each in steps if each.get("failed", True)]
    names = sum(1 if isinstance(each["resource"], str) else 2 for each in failed)
    assert len(data.failure_jobs) == names == data.spec.scenario.failures
    assert len(data.groups) == data.spec.scenario.groups
    assert_consistent(data)


@pytest.mark.parametrize(
    ("number", "last"), [(1, "vdb"), (25, "vdz"), (26, "vdaa"), (30, "vdae"), (702, "vdaaa")]
)
def test_pairs_have_devices_as_linux_names_them(number, last):
    stated = [{"name": f"disk-{each}", "attached_to": "db"} for each in range(number)]
    group = {"name": "pg", "protected_instances": ["db"], "replication_pairs": stated}
    (instance,) = made(file_of(group=group)).protected_instances

    devices = [each.device for each in instance.attachment]
    assert (devices[0], devices[-1]) == ("/dev/vda", f"/dev/{last}")
    assert len(set(devices)) == number + 1


def test_a_failed_switch_leaves_the_production_site_and_one_that_worked_changes_it():
    steps = [
        step("StartReverseProtectionGroup", "pg", "PT3H"),
        step("StartReverseProtectionGroup", "pg", "PT2H", failed=False),
    ]

    assert made(file_of(steps[0])).groups[0].priority_station == "source"
    assert made(file_of(*steps)).groups[0].priority_station == "target"


def test_a_step_fails_with_its_code_and_at_its_time():
    (job,) = made(file_of(step("StopProtectionGroup", "pg", error_code="EVS.2002"))).failure_jobs

    assert job.error_code == "EVS.2002"
    assert job.fail_reason == "SdrsStopProtectionGroupNoCGTask-fail:internal error!"
    assert (AS_OF - job.begin_time).total_seconds() == 3600


def test_what_a_step_makes_is_made_one_second_after_the_other():
    steps = [
        step("CreateProtectedInstance", ["a", "b", "c"], "PT2M", group="pg", failed=False),
        step("DeleteProtectedInstance", "c", "PT98S"),
    ]
    data = made(file_of(*steps))

    made_by_step = [each for each in data.protected_instances if each.name in {"a", "b", "c"}]
    assert [(AS_OF - each.created_at).total_seconds() for each in made_by_step] == [120, 119, 118]
    of_disks = {each.created_at for each in data.replication_pairs if each.instance_id}
    assert {each.created_at for each in made_by_step} < of_disks
    assert_consistent(data)


def test_a_pair_is_attached_to_the_instance_that_a_step_names():
    steps = [
        step("DetachProtectedInstanceReplication", "data", "PT2H", failed=False),
        step("AttachProtectedInstanceReplication", "data", instance="web", failed=False),
    ]
    data = made(file_of(*steps, waves=[{"count": 30, "to": "P1D"}]))

    (pair,) = [each for each in data.replication_pairs if each.name == "data"]
    (web,) = [each for each in data.protected_instances if each.name == "web"]
    assert pair.instance_id == web.id
    assert pair.id in {each.replication for each in web.attachment}
    assert_consistent(data)


def test_a_name_can_be_used_again_when_what_had_it_was_deleted():
    steps = [
        step("CreateReplication", "disk", "PT5H", group="pg"),
        step("DeleteReplication", "disk", "PT4H", failed=False),
        step("CreateReplication", "disk", "PT3H", group="pg", failed=False),
        step("ExpandReplication", "disk", "PT2H"),
    ]
    data = made(file_of(*steps))

    assert [job.resource_name for job in data.failure_jobs] == ["disk", "disk"]
    assert len({job.resource_id for job in data.failure_jobs}) == 2
    assert statuses(data)["disk"] == "error-extending"
    assert_consistent(data)


def test_a_step_may_begin_30_seconds_before_as_of():
    steps = [step("ResizeProtectedInstance", ["db", "web"], "PT31S")]

    ages = [AS_OF - job.begin_time for job in made(file_of(*steps)).failure_jobs]
    assert [age.total_seconds() for age in ages] == [30, 31]


def test_waves_come_before_the_steps_of_their_groups():
    waves = [{"count": 40, "from": "P20D", "to": "PT1H"}]
    data = made(file_of(step("StopProtectionGroup", "pg"), waves=waves))

    assert data.failure_jobs[0].failure_status == "stopFail"
    assert statuses(data)["pg"] == "error-stopping"
    assert_consistent(data)


def test_a_fake_is_seeded_with_it_and_goes_on_from_there(sdrs):
    data = sdrs.seed(scenario=file_of(step("StopProtectionGroup", "pg")), as_of=AS_OF)
    path = f"/v1/{sdrs.project_id}/server-groups/{data.groups[0].id}/action"
    answer = sdrs.request("POST", path, json={"stop-server-group": {}})

    assert answer.status == 200
    assert [str(group.status) for group in sdrs.protection_groups] == ["available"]
    assert {str(each.status) for each in sdrs.protected_instances} == {"available"}


def drawn_of_a_bare_group(kind):
    return [each.name for each in getattr(made(own(groups=["pg"])), kind)]


@pytest.mark.parametrize(
    ("operation", "kind", "known"),
    [
        ("ExpandReplication", "replication_pairs", "among replications that the file names"),
        (
            "ResizeProtectedInstance",
            "protected_instances",
            "among protected_instances that the file",
        ),
    ],
)
def test_a_drawn_name_is_none_that_a_step_can_name(operation, kind, known):
    for name in drawn_of_a_bare_group(kind):
        with pytest.raises(ParameterError) as caught:
            made(own(groups=["pg"], steps=[step(operation, name)]))

        assert caught.value.reason.startswith(f"steps[0].resource: {name!r} should be {known}")


def test_a_name_of_the_file_is_new_even_where_it_is_drawn_too():
    (name, *_) = drawn_of_a_bare_group("protected_instances")
    data = made(own(groups=["pg"], steps=[step("CreateProtectedInstance", name, group="pg")]))

    assert [job.resource_name for job in data.failure_jobs] == [name]
    assert_consistent(data)


def test_a_stated_name_is_not_taken_by_what_is_drawn_for_a_later_group():
    systems, roles = ("erp", "crm", "oa", "mes", "wms", "scm"), ("db", "app", "web")
    names = [f"{a}-{b}-{n:02}" for a, b, n in product(systems, roles, range(1, 33))]
    stated = {"name": "pg", "protected_instances": names}
    steps = [step("ResizeProtectedInstance", names)]
    data = made(own(groups=[stated, "b", "c", "d"], steps=steps))

    assert {each.name for each in data.protected_instances[len(names) :]} & set(names)
    assert {job.server_group_id for job in data.failure_jobs} == {data.groups[0].id}


@pytest.mark.parametrize("name", library.names())
def test_the_calls_that_are_printed_give_the_same_resources(name):
    with FakeSdrs() as one, FakeSdrs() as other:
        one.seed(scenario=name)
        eval(str(one.seed_history[0]), {"sdrs": other})

        assert other.export_data() == one.export_data()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (file_of({}), "steps[0].operation: missing"),
        (file_of(5), "steps[0]: 5 should be an object"),
        (
            file_of(step("AddProtectedInstanceNic", "db")),
            "steps[0].operation: 'AddProtectedInstanceN",
        ),
        (
            file_of(step("StopProtectionGroup", [])),
            "steps[0].resource: [] should be a name or a list of names",
        ),
        (file_of(step("StopProtectionGroup", "p")), "steps[0].resource: 'p' should be one of pg"),
        (file_of(step("StopProtectionGroup", "db")), "steps[0].resource: 'db' should be one of pg"),
        (file_of(step("DeleteReplication", "db")), "steps[0].resource: 'db' should be one of "),
        (
            file_of(step("StopProtectionGroup", "pg", "now")),
            "steps[0].ago: 'now' should be how long",
        ),
        (
            file_of(step("StopProtectionGroup", "pg", failed=1)),
            "steps[0].failed: 1 should be a valid",
        ),
        (
            file_of(step("StopProtectionGroup", "pg", until=1)),
            "steps[0].until: no such field; there are operation, resource, ago, failed, ",
        ),
        (
            file_of(step("StopProtectionGroup", "pg", error_code="EVS.1064")),
            "steps[0].error_code: 'EVS.1064' should be one of EVS.2002, EVS.2023, SDRS.0011, ",
        ),
        (
            file_of(step("StartProtectionGroup", "pg", error_code="EVS.2002")),
            "steps[0].error_code: 'EVS.2002' should be one of EVS.2023, EVS.2024, SDRS.0011, ",
        ),
        (
            file_of(step("StopProtectionGroup", "pg", failed=False, error_code="EVS.2002")),
            "steps[0].error_code: 'EVS.2002' should not be given with failed false",
        ),
        (
            file_of(step("StartProtectionGroup", "pg")),
            "steps[0].operation: 'pg' is protected, which StartProtectionGroup does not allow",
        ),
        (
            file_of(
                step("StopProtectionGroup", "pg", "PT2H", failed=False),
                step("StartFailoverProtectionGroup", "pg"),
            ),
            "steps[1].operation: 'pg' is available, which StartFailoverProtectionGroup does not",
        ),
        (
            file_of(step("StopProtectionGroup", "pg"), step("CreateReplication", "a", group="pg")),
            "steps[1].operation: 'a' is in a group that is error-stopping, which CreateReplication",
        ),
        (
            file_of(step("StartFailoverProtectionGroup", "pg"), group={"name": "pg", "drills": []}),
            "steps[0].operation: 'pg' is available, which StartFailoverProtectionGroup does not",
        ),
        (
            file_of(step("StartProtectionGroup", "pg"), group={"name": "pg", "drills": []}),
            "steps[0].operation: 'pg' should have a replication pair",
        ),
        (
            file_of(
                step("StartReverseProtectionGroup", "pg", "PT2H", failed=False),
                step("ExpandReplication", "data"),
            ),
            "steps[1].operation: 'data' should have the source as its production site",
        ),
        (
            file_of(step("DeleteReplication", "data")),
            "steps[0].operation: 'data' should not be attached",
        ),
        (
            file_of(step("DeleteProtectionGroup", "pg")),
            "steps[0].operation: 'pg' should have nothing in it",
        ),
        (
            file_of(step("AttachProtectedInstanceReplication", "data")),
            "steps[0].operation: 'data' should not be attached",
        ),
        (
            file_of(step("DetachProtectedInstanceReplication", "data", instance="web")),
            "steps[0].operation: 'data' should be attached to that instance",
        ),
        (
            file_of(step("AttachProtectedInstanceReplication", "log", instance="pg")),
            "steps[0].instance: 'pg' should name an instance",
        ),
        (
            file_of(step("CreateReplication", "a")),
            "steps[0].group: missing, where CreateReplication ",
        ),
        (
            file_of(step("CreateReplication", "a", group="db")),
            "steps[0].group: 'db' should be the name of the group that it is made in",
        ),
        *(
            (
                file_of(step(operation, name, **{key: value})),
                f"steps[0].{key}: {value!r} should not be given with {operation}",
            )
            for operation, name, key, value in [
                ("StopProtectionGroup", "pg", "group", "other"),
                ("StopProtectionGroup", "pg", "instance", "db"),
                ("CreateProtectionGroup", "new", "group", "pg"),
                ("DeleteReplication", "log", "group", "pg"),
                ("ExpandReplication", "data", "instance", "db"),
            ]
        ),
        (
            file_of(step("CreateReplication", "data", group="pg")),
            "steps[0].resource: 'data' should be a new name",
        ),
        (
            file_of(step("StopProtectionGroup", "pg"), step("StopProtectionGroup", "pg", "PT2H")),
            "steps[1].ago: PT2H should not be longer ago than PT1H, when the step before begins on",
        ),
        (
            file_of(
                step("DeleteReplication", ["log", "spare"], "PT2M", failed=False),
                step("DeleteProtectionGroup", "pg", "PT2M"),
                group={"name": "pg", "replication_pairs": [{"name": "log"}, {"name": "spare"}]},
            ),
            "steps[1].ago: PT2M should not be longer ago than PT1M59S, when the step before begin",
        ),
        (
            file_of(step("StopProtectionGroup", "pg", "PT29S")),
            "steps[0].ago: PT29S should be PT30S or longer, to be over by as_of",
        ),
        (
            file_of(step("ResizeProtectedInstance", ["db", "web"], "PT30S")),
            "steps[0].ago: PT30S should be PT31S or longer, to be over by as_of",
        ),
        (
            file_of(
                step("StopProtectionGroup", "pg"),
                step("StopProtectionGroup", "pg", "PT59M41S", failed=False),
            ),
            "steps[1].ago: PT59M41S should be PT59M40S or shorter, since the step before can",
        ),
        (
            file_of(step("ResizeProtectedInstance", ["db", "db"])),
            "steps[0].resource[1]: 'db' should be given only once",
        ),
        (
            file_of(
                step("ResizeProtectedInstance", "db"),
                step("StopProtectionGroup", "pg"),
            ),
            "steps[1].ago: PT1H should be PT59M40S or shorter, since the step before can",
        ),
        (
            file_of(
                step("DeleteReplication", "log", failed=False),
                step("DeleteProtectionGroup", "pg"),
                group={"name": "pg", "replication_pairs": [{"name": "log"}]},
            ),
            "steps[1].ago: PT1H should be PT59M40S or shorter, since the step before can",
        ),
        (
            file_of(step("StopProtectionGroup", "pg"), waves=[{"count": 1}]),
            "waves[0].to: should be as long ago as the first step in 'pg', or longer",
        ),
        *(
            (
                file_of(about, group={**GROUP, "status": "error"}),
                "groups[0].status: 'error' should be available or protected where steps are about",
            )
            for about in [
                step("StopProtectionGroup", "pg"),
                step("DeleteReplication", "log"),
                step("CreateReplication", "new", group="pg"),
            ]
        ),
        (
            own(groups=[{**GROUP, "replication_pairs": [{"name": "a", "attached_to": "b"}]}]),
            "groups[0].replication_pairs[0].attached_to: 'b' should be one of the protected_inst",
        ),
        (
            own(groups=[{**GROUP, "replication_pairs": ["a"]}]),
            "groups[0].replication_pairs[0]: 'a' should be an object",
        ),
        *(
            (
                own(groups=["a", {"status": "protected", **empty}]),
                "groups[1].status: 'protected' should go with an instance or a pair in the group",
            )
            for empty in [
                {"protected_instances": []},
                {"replication_pairs": [], "drills": ["drill"]},
                {"id": "b"},
            ]
        ),
        (
            own(groups=[{**GROUP, "drills": ["db"]}]),
            "groups[0].drills[0]: 'db' should be given only once",
        ),
        (
            own(groups=[{"name": "pg", "drills": []}], waves=[{"count": 1}]),
            "groups[0].replication_pairs: should have one with attached_to, since a wave is about",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(content, reason):
    with pytest.raises(ParameterError) as caught:
        made(content)

    assert caught.value.name == "scenario"
    assert caught.value.reason.startswith(reason)


def test_what_is_wrong_in_a_file_is_named_with_it(tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(file_of(step("StartProtectionGroup", "pg"))))

    with pytest.raises(ParameterError, match=rf"^scenario: {file}: steps\[0\]\.operation: 'pg' is"):
        made(file)
