"""What a test adds to a fake: failed jobs, groups, projects."""

import datetime as dt
import json
import threading

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from sdrs_fake import DEFAULT_PROJECT_ID, Behavior, FailureStatus, FakeSdrs, ResourceType
from sdrs_fake.domain.ids import new_job_id
from sdrs_fake.domain.job_types import JOB_TYPES, JobType
from tests.cases import refusal

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


# Defaults follow from what is given


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("server_groups", "createFail", "createProtectionGroupNoCG", "SDRS.1014")),
        (
            {"server_group_id": "g"},
            ("protected_instances", "createFail", "createProtectedInstanceNoCG", "SDRS.1350"),
        ),
        (
            {"resource_type": "replications"},
            ("replications", "createFail", "createReplicationPairNoCG", "SDRS.1606"),
        ),
        (
            {"resource_type": "replicationPair"},
            ("replicationPair", "createFail", "createReplicationPairNoCG", "SDRS.1606"),
        ),
        (
            {"failure_status": "resizeFail"},
            ("protected_instances", "resizeFail", "resizeProtectedInstanceNew", "SDRS.1329"),
        ),
        (
            {"failure_status": "failoverFail"},
            ("server_groups", "failoverFail", "failoverProtectionGroupNoCG", "SDRS.1030"),
        ),
        (
            {"job_type": "deleteDisasterRecoveryDrill"},
            ("disaster_recovery_drills", "deleteFail", "deleteDisasterRecoveryDrill", "SDRS.1923"),
        ),
        (
            {"error_code": "SDRS.1820"},
            ("replications", "expandFail", "expandReplicationPairNew", "SDRS.1820"),
        ),
        (
            {"job_type": "createProtectedInstance"},
            ("protected_instances", "createFail", "createProtectedInstance", "SDRS.1350"),
        ),
        (
            {"resource_type": "protected_instances", "failure_status": "attachFail"},
            ("protected_instances", "attachFail", "attachReplicationPairNew", "SDRS.1821"),
        ),
        (
            {
                "resource_type": "replications",
                "fail_reason": "Failed to delete the replication pair",
            },
            ("replications", "deleteFail", "deleteReplicationPairNoCG", "SDRS.1607"),
        ),
    ],
)
def test_a_failure_is_completed_to_a_documented_one(sdrs, given, expected):
    job = sdrs.add_failure_job(**given)

    assert (job.resource_type, job.failure_status, job.job_type, job.error_code) == expected


@pytest.mark.parametrize("row", JOB_TYPES)
def test_a_type_and_a_status_are_enough_for_a_documented_failure(sdrs, row):
    job = sdrs.add_failure_job(resource_type=row.resource_type, failure_status=row.failure_status)

    found = (job.job_type, job.resource_type, job.failure_status, job.error_code, job.fail_reason)
    assert found in JOB_TYPES


def test_what_is_given_is_kept(sdrs, path):
    given = {
        "resource_id": "any id / of any form",
        "resource_name": "",
        "resource_type": "server_groups",
        "failure_status": "reverseFail",
        "job_id": "1",
        "job_type": "someNewJob",
        "begin_time": "1969-12-31T23:59:59.999Z",
        "error_code": "EVS.2024",
        "fail_reason": '磁盘 "1"\n😀 is error!',
        "server_group_id": "any id / of any form",
    }

    sdrs.add_failure_job(**given)
    (row,) = sdrs.request("GET", path).json["failure_jobs"]

    assert {**row, "server_group_id": given["resource_id"]} == {"job_status": "FAIL", **given}


def test_a_failure_of_a_group_belongs_to_that_group(sdrs):
    by_resource = sdrs.add_failure_job(resource_type="server_groups", resource_id="a")
    by_group = sdrs.add_failure_job(resource_type="protectionGroup", server_group_id="b")

    assert (by_resource.server_group_id, by_group.resource_id) == ("a", "b")


def test_a_failure_of_a_declared_group_has_its_name(sdrs):
    group = sdrs.add_protection_group(name="payments")

    job = sdrs.add_failure_job(resource_type="server_groups", resource_id=group.id)
    assert job.resource_name == "payments"


def test_a_failure_inside_a_group_goes_into_the_first_group_by_default(sdrs):
    first = sdrs.add_protection_group()
    sdrs.add_protection_group()

    assert sdrs.add_failure_job(resource_type="replications").server_group_id == first.id


def test_failures_without_any_group_share_a_new_one(sdrs):
    one, two = (sdrs.add_failure_job(resource_type="replications") for _ in range(2))

    assert one.server_group_id == two.server_group_id == sdrs.protection_groups[0].id


def test_a_resource_that_failed_before_keeps_its_name_type_and_group(sdrs):
    sdrs.add_protection_group()
    known = {"resource_type": "replications", "resource_name": "payments-disk"}
    sdrs.add_failure_job(resource_id="r", server_group_id="g", **known)
    sdrs.add_failure_job(resource_id="other")

    again = [
        sdrs.add_failure_job(resource_id="r"),
        sdrs.add_failure_job(resource_id="r", failure_status="expandFail"),
    ]
    new = sdrs.add_failure_job(resource_id="s")

    for job in again:
        assert (job.resource_name, job.resource_type) == ("payments-disk", "replications")
        assert job.server_group_id == "g"
    assert again[1].job_type == "expandReplicationPairNew"
    assert new.resource_name == sdrs.add_failure_job(resource_id="s").resource_name


@given(st.sets(st.sampled_from(JobType._fields)), st.sampled_from(JOB_TYPES), st.booleans())
def test_what_is_left_out_never_contradicts_what_is_given(names, row, inside):
    given = {name: getattr(row, name) for name in names}

    job = FakeSdrs().add_failure_job(**given, **({"server_group_id": "g"} if inside else {}))

    found = {name: getattr(job, name) for name in JobType._fields}
    assert found.items() >= given.items()
    assert any(each._asdict() == found for each in JOB_TYPES)


def test_a_group_is_named_after_a_failure_of_its_own_unless_it_has_a_name(sdrs):
    sdrs.add_failure_job(server_group_id="g")
    sdrs.add_failure_job(resource_type="server_groups", resource_id="g", resource_name="payments")
    sdrs.add_failure_job(resource_type="server_groups", resource_id="g", resource_name="another")

    assert [(group.id, group.name) for group in sdrs.protection_groups] == [("g", "payments")]
    job = sdrs.add_failure_job(resource_type="server_groups", resource_id="g")
    assert job.resource_name == "payments"


CONTRADICTIONS = [
    (
        {"resource_id": "i", "resource_type": "replications"},
        "resource_type: 'replications' should be 'protected_instances', of which 'i' is one",
    ),
    (
        {"resource_id": "i", "resource_type": "protectionGroup", "server_group_id": "i"},
        "resource_type: 'protectionGroup' should be 'protected_instances', of which 'i' is one",
    ),
    (
        {"resource_id": "g", "resource_type": "protected_instances"},
        "resource_type: 'protected_instances' should be 'server_groups', of which 'g' is one",
    ),
    (
        {"resource_id": "i", "server_group_id": "h"},
        "server_group_id: 'h' should be 'g', the group of 'i'",
    ),
    (
        {"resource_id": "h", "resource_type": "server_groups", "server_group_id": "g"},
        "server_group_id: 'g' should be 'h', the group itself",
    ),
    (
        {"resource_id": "x", "resource_type": "replications", "server_group_id": "x"},
        "server_group_id: 'x' should be the id of a protection group, but is one of replications",
    ),
    (
        {"resource_type": "replications", "server_group_id": "i"},
        (
            "server_group_id: 'i' should be the id of a protection group, but is one of"
            " protected_instances"
        ),
    ),
]


@pytest.mark.parametrize(("fields", "message"), CONTRADICTIONS)
def test_a_failed_job_that_contradicts_what_is_there_is_refused(sdrs, fields, message):
    for group_id in ("g", "h"):
        sdrs.add_protection_group(id=group_id)
    sdrs.add_protected_instance(id="i", server_group_id="g")
    row = json.loads(FakeSdrs().add_failure_job(resource_type="protected_instances").wire_json)

    assert refusal(sdrs.add_failure_job, **fields) == message
    for load, data in ((sdrs.import_data, fields), (sdrs.import_failure_jobs, {**row, **fields})):
        assert refusal(load, {"failure_jobs": [data]}) == f"failure_jobs[0].{message}"
    assert (sdrs.failure_jobs, len(sdrs.protection_groups)) == ((), 2)


@pytest.mark.parametrize("order", [("g", "h"), ("h", "g")])
def test_a_failure_of_a_group_may_stand_in_the_answer_of_any_group(sdrs, order):
    rows = [
        json.loads(FakeSdrs().add_failure_job(resource_type="server_groups").wire_json)
        | {"resource_id": "h", "job_id": f"j-{group_id}"}
        for group_id in order
    ]
    for group_id, row in zip(order, rows, strict=True):
        sdrs.import_failure_jobs({"failure_jobs": [row]}, server_group_id=group_id)

    assert {job.job_id for job in sdrs.failure_jobs} == {"j-g", "j-h"}


def test_a_failed_job_in_the_spelling_of_2019_agrees_with_what_is_there(sdrs):
    sdrs.add_protected_instance(id="i", server_group_id="g")

    job = sdrs.add_failure_job(resource_id="i", resource_type="protectedInstance")

    assert (job.resource_type, job.server_group_id) == ("protectedInstance", "g")


def test_a_generated_group_id_that_is_taken_is_passed_over():
    one, two = FakeSdrs(), FakeSdrs()
    ids = [one.add_protection_group().id for _ in range(2)]
    two.add_protection_group(id=ids[0])

    assert two.add_protection_group().id == ids[1]
    assert two.add_failure_job().resource_id not in ids


def test_ids_are_32_digits_also_after_the_counter_has_gone_round():
    seen = {new_job_id(NOON, number) for number in range(65530, 65545)}

    assert len(seen) == 15
    assert {len(job_id) for job_id in seen} == {32}


def test_one_resource_has_one_name(sdrs):
    one, two, other = (sdrs.add_failure_job(resource_id=resource) for resource in ("a", "a", "b"))

    assert one.resource_name == two.resource_name != other.resource_name


@freeze_time(NOON)
def test_a_job_begins_now_and_its_id_holds_the_time(sdrs):
    job = sdrs.add_failure_job()

    assert job.begin_time == NOON
    assert int(job.job_id[16:28], 16) - 1 == NOON.timestamp() * 1000


def test_a_time_follows_from_an_id_of_the_service(sdrs):
    job = sdrs.add_failure_job(job_id="ff808082686f229a0168707beaab014e")

    assert job.begin_time == dt.datetime(2019, 1, 21, 12, 56, 35, 754000, tzinfo=dt.UTC)


def test_an_id_that_points_to_the_future_gives_no_begin_time(sdrs):
    job = sdrs.add_failure_job(job_id="ff808082686f229a" + "f" * 16)

    assert job.begin_time <= dt.datetime.now(dt.UTC)


def test_an_id_that_follows_from_a_time_of_before_1970_is_an_id_all_the_same(sdrs):
    assert len(sdrs.add_failure_job(begin_time="1960-01-01T00:00:00Z").job_id) == 32


@freeze_time(NOON)
@pytest.mark.parametrize(
    ("add", "numbers"), [("add_failure_job", range(40, 80)), ("add_job", range(1, 10))]
)
def test_a_generated_id_that_is_taken_is_passed_over(sdrs, add, numbers):
    add = getattr(sdrs, add)
    taken = {add(job_id=new_job_id(NOON, number)).job_id for number in numbers}

    assert add().job_id not in taken


@freeze_time(NOON)
def test_the_same_calls_give_the_same_jobs():
    one, two = (
        [fake.add_failure_job(), fake.add_failure_job(server_group_id="g")]
        for fake in (FakeSdrs(), FakeSdrs())
    )

    assert one == two


# Times


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        ("2019-01-21T12:56:35.754Z", "2019-01-21T12:56:35.754Z"),
        ("2019-01-21T14:56:35.754+02:00", "2019-01-21T12:56:35.754Z"),
        ("2019-01-21T12:56:35Z", "2019-01-21T12:56:35.000Z"),
        (dt.datetime(2019, 1, 21, 12, 56, 35, 754999, dt.UTC), "2019-01-21T12:56:35.754Z"),
        (
            dt.datetime(2019, 1, 21, 14, 56, 35, 0, dt.timezone(dt.timedelta(hours=2))),
            "2019-01-21T12:56:35.000Z",
        ),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
    ],
)
def test_a_time_is_answered_in_utc_with_milliseconds(sdrs, given, wire):
    assert f'"begin_time":"{wire}"'.encode() in sdrs.add_failure_job(begin_time=given).wire_json


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2019-01-21T12:56:35.754",
        "2019-01-21",
        1548075395,
        None,
        dt.datetime(2019, 1, 21),  # noqa: DTZ001 no zone is the case
        dt.date(2019, 1, 21),
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_time_without_a_zone_is_refused(sdrs, value):
    message = refusal(sdrs.add_failure_job, begin_time=value)

    assert message.startswith(f"begin_time: {value!r}")
    assert "2019-01-21T12:56:35.754Z" in message


# Refusals name the field, the value and the choices


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"failure_status": "explodeFail"}, ["failure_status: 'explodeFail'", *FailureStatus]),
        (
            {"resource_type": "volumes"},
            ["resource_type: 'volumes'", *ResourceType, "protectedInstance"],
        ),
        ({"job_status": "SUCCESS"}, ["job_status: 'SUCCESS'", "'FAIL'"]),
        ({"job_id": ""}, ["job_id: ''", "at least 1 character"]),
        ({"resource_id": ""}, ["resource_id: ''", "at least 1 character"]),
        ({"server_group_id": ""}, ["server_group_id: ''", "at least 1 character"]),
        ({"resource_name": None}, ["resource_name: None", "string"]),
        ({"fail_reason": 5}, ["fail_reason: 5", "string"]),
        ({"fail_reason": "\ud800"}, ["fail_reason:", "unicode"]),
        ({"reason": "x"}, ["reason: no such field", "fail_reason"]),
        ({"failure_status": "x", "job_id": ""}, ["failure_status: 'x'", "job_id: ''"]),
    ],
)
def test_a_wrong_field_is_refused_and_nothing_is_added(sdrs, fields, words):
    message = refusal(sdrs.add_failure_job, **fields)

    assert [word for word in words if word not in message] == []
    assert (sdrs.failure_jobs, sdrs.protection_groups) == ((), ())


def test_a_second_job_with_the_same_id_is_refused(sdrs):
    sdrs.add_failure_job(job_id="one", server_group_id="g")

    message = refusal(sdrs.add_failure_job, job_id="one", server_group_id="h")
    assert message.startswith("job_id: 'one' should be an id that no other job")
    assert [group.id for group in sdrs.protection_groups] == ["g"]


# Groups


def test_a_group_has_an_id_and_a_name_by_default(sdrs):
    one, two = sdrs.add_protection_group(), sdrs.add_protection_group()

    assert one.name.startswith("Protection-Group-")
    assert one.id != two.id


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id": ""}, "id: '' should have at least 1 character"),
        ({"name": 5}, "name: 5 should be a valid string"),
        ({"names": "x"}, "names: no such field; did you mean name?"),
        ({"id": "taken"}, "id: 'taken' should be an id that no other resource of the project"),
    ],
)
def test_a_wrong_group_is_refused(sdrs, fields, words):
    sdrs.add_protection_group(id="taken")

    assert words in refusal(sdrs.add_protection_group, **fields)
    assert len(sdrs.protection_groups) == 1


def test_a_group_that_a_job_names_exists_from_then_on(sdrs):
    sdrs.add_failure_job(resource_type="server_groups", resource_id="a", resource_name="payments")
    sdrs.add_failure_job(server_group_id="b")

    one, two = sdrs.protection_groups
    assert (one.id, one.name, two.id) == ("a", "payments", "b")


# Projects and fakes


def test_a_project_is_a_view_of_its_own_state(sdrs):
    tenant = sdrs.project("tenant")
    tenant.add_failure_job(job_id="theirs")
    sdrs.add_failure_job(job_id="ours")

    seen = sdrs.request("GET", "/v1/tenant/task-center/failure-jobs").json["failure_jobs"]

    assert [job["job_id"] for job in seen] == ["theirs"]
    assert [job.job_id for job in sdrs.failure_jobs] == ["ours"]


def test_the_same_job_id_can_be_in_two_projects(sdrs):
    sdrs.add_failure_job(job_id="same")

    assert sdrs.project("tenant").add_failure_job(job_id="same").job_id == "same"


def test_reset_empties_one_project_or_all(sdrs):
    tenant = sdrs.project("tenant")
    for state in (sdrs, tenant):
        state.add_failure_job()

    tenant.reset()
    assert (len(sdrs.failure_jobs), len(tenant.failure_jobs)) == (1, 0)
    tenant.add_failure_job()
    sdrs.reset()
    assert (len(sdrs.failure_jobs), len(tenant.failure_jobs)) == (0, 0)


@pytest.mark.parametrize("project_id", ["", "a/b", "a?b", "a%41", "..", "项目", None, 5])
def test_a_project_id_that_no_path_can_hold_is_refused(sdrs, project_id):
    expected = f"project_id: {project_id!r} should be letters, digits, '-', '_' and '.'"
    assert expected in refusal(sdrs.project, project_id)


def test_two_fakes_share_nothing():
    with FakeSdrs() as one, FakeSdrs() as two:
        one.add_failure_job()

        assert (len(one.failure_jobs), len(two.failure_jobs)) == (1, 0)
        assert one.url != two.url


def test_the_repr_of_a_fake_shows_what_it_holds(sdrs):
    sdrs.add_failure_job()

    assert repr(sdrs) == f"<FakeSdrs project_id='{DEFAULT_PROJECT_ID}' failure_jobs=1 (no socket)>"
    assert sdrs.url in repr(sdrs)


def test_a_wrong_behavior_or_auth_is_refused():
    assert "behavior: 'page' should be such as count=page" in refusal(FakeSdrs, behavior="page")
    assert "auth: 'none' should be one of any, strict, off" in refusal(FakeSdrs, auth="none")


@pytest.mark.parametrize("behavior", [{"count": "page"}, "count=page", Behavior(count="page")])
def test_a_behavior_may_be_a_value_a_mapping_or_a_string(behavior):
    assert FakeSdrs(behavior=behavior).behavior == Behavior(count="page")


def test_a_fake_seeds_itself_and_keeps_what_it_was_given_as_defaults():
    with FakeSdrs(failures=5, groups=1, seed=7, as_of="2026-06-01T00:00:00Z") as sdrs:
        again = sdrs.seed(failures=3)

    assert str(sdrs.seed_history[0]) == (
        'sdrs.seed(failures=5, groups=1, seed=7, as_of="2026-06-01T00:00:00.000Z")'
    )
    assert (again.spec.groups, again.spec.seed, again.spec.batch) == (1, 7, 1)


def test_failure_jobs_cannot_be_changed_behind_the_fakes_back(sdrs):
    job = sdrs.add_failure_job()

    with pytest.raises(AttributeError):
        job.job_id = "other"
    assert isinstance(sdrs.failure_jobs, tuple)


@pytest.mark.parametrize(
    "use",
    [
        lambda sdrs: sdrs.add_failure_job(),
        lambda sdrs: sdrs.add_protection_group(),
        lambda sdrs: sdrs.add_job(),
        lambda sdrs: sdrs.import_failure_jobs({"failure_jobs": []}),
        lambda sdrs: sdrs.seed(),
        lambda sdrs: sdrs.failure_jobs,
        lambda sdrs: sdrs.protection_groups,
        lambda sdrs: sdrs.seed_history,
        lambda sdrs: sdrs.project_ids,
        lambda sdrs: sdrs.reset(),
        lambda sdrs: sdrs.project("p").reset(),
        lambda sdrs: sdrs.request("GET", "/v1/p/task-center/failure-jobs"),
    ],
)
def test_whatever_touches_the_state_waits_for_its_turn(sdrs, use):
    thread = threading.Thread(target=use, args=(sdrs,))

    with sdrs._backend.lock:
        thread.start()
        thread.join(0.02)
        assert thread.is_alive()
    thread.join(10)
    assert not thread.is_alive()


def test_sixteen_threads_lose_nothing(sdrs, path):
    def work(name):
        for number in range(25):
            sdrs.add_failure_job(job_id=f"{name}-{number}")
            assert sdrs.request("GET", path).status == 200
            sdrs.add_failure_job()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sdrs.request("GET", path, params={"limit": 1}).json["count"] == 16 * 50
    assert len({job.job_id for job in sdrs.failure_jobs}) == 16 * 50


def test_a_resource_keeps_the_name_that_its_first_failure_gave_it(sdrs):
    sdrs.add_failure_job(resource_id="r", resource_name="new", begin_time="2026-02-01T00:00:00Z")
    sdrs.add_failure_job(resource_id="r", resource_name="old", begin_time="2026-01-01T00:00:00Z")
    first = sdrs.add_failure_job(resource_id="r", begin_time="2026-01-02T00:00:00Z")
    sdrs.add_failure_job(
        job_id="newest", resource_id="r", resource_name="newest", begin_time="2026-03-01T00:00:00Z"
    )
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/newest")

    again = sdrs.add_failure_job(resource_id="r")
    assert (first.resource_name, again.resource_name) == ("new", "new")


@pytest.mark.parametrize(
    "write",
    [
        lambda project: project.add_failure_job(failure_status="x"),
        lambda project: project.add_job(status="x"),
        lambda project: project.add_protection_group(id=""),
        lambda project: project.import_failure_jobs({"failure_jobs": [{}]}),
        lambda project: project.seed(failures=5, groups=0),
    ],
)
def test_a_refused_write_does_not_make_the_project(sdrs, write):
    refusal(write, sdrs.project("typo"))

    assert sdrs.project_ids == set()
