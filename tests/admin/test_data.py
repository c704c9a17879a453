"""A fake's data as JSON: imported whole or not at all, and exported."""

import datetime as dt
import json
import re
import time
from pathlib import Path

import pytest

from sdrs_fake import FakeSdrs
from tests.cases import refusal, show_job

DOCS = Path(__file__).parent.parent.parent / "docs"
GROUP = "decf224d-87fe-403a-8721-037a1a45c287"
RUNS = {
    "job_type": "stopProtectionGroupNoCG",
    "status": "RUNNING",
    "begin_time": "2026-06-01T00:00:00Z",
}
PLAN = {
    "resource_id": GROUP,
    "resource_name": "g",
    "server_group_id": GROUP,
    "end_time": "2026-06-01T00:00:00Z",
}


def answers(sdrs):
    """All that a client can see of a fake's state."""
    seen = {}
    for project in sdrs.export_data()["projects"]:
        base = f"/v1/{project['project_id']}"
        kinds = ["server-groups", "protected-instances", "replications"]
        paths = [f"{base}/{kind}" for kind in ("task-center/failure-jobs", *kinds)]
        for group in project["protection_groups"]:
            paths += [
                f"{base}/task-center/failure-jobs?server_group_id={group['id']}",
                f"{base}/server-groups/{group['id']}",
            ]
        kinds = ("failure_jobs", "deleted_failure_jobs", "jobs")
        paths += [f"{base}/jobs/{job['job_id']}" for kind in kinds for job in project[kind]]
        seen |= {path: sdrs.request("GET", path).body for path in paths}
    return seen


def state(sdrs):
    return (answers(sdrs), sdrs.project_ids, repr(sdrs.auth))


def refused(sdrs, data):
    """The message of a refusal that leaves the fake as it was."""
    before = state(sdrs)
    message = refusal(sdrs.import_data, data)
    assert state(sdrs) == before
    return message


@pytest.fixture
def full(sdrs, path):
    """A fake that holds some of everything, in two projects."""
    sdrs.seed(failures=30, groups=3)
    sdrs.add_protection_group(id="named", name="payments", updated_at="2020-01-01T00:00:00Z")
    row = json.loads(sdrs.add_failure_job(server_group_id="mentioned").wire_json)
    old = {**row, "job_id": "a", "resource_type": "protectedInstance"}
    sdrs.import_failure_jobs({"failure_jobs": [old]})
    ungrouped = {"server_group_id": None, "resource_type": "replications"}
    sdrs.add_failure_job(job_id="b", error_code="MY.1", fail_reason="磁盘", **ungrouped)
    gone = sdrs.add_failure_job(server_group_id="named", job_id="gone")
    sdrs.add_job(job_id="gone", entities={"protected_instance_id": gone.resource_id})
    assert sdrs.request("DELETE", f"{path}/gone").status == 204
    assert sdrs.request("DELETE", f"{path}/{sdrs.failure_jobs[0].job_id}").status == 204
    sdrs.add_job(job_type="createProtectionGroupNoCG", status="RUNNING")
    sdrs.add_job(job_id="parent", entities={"sub_jobs": [{"job_id": "child"}]}, error_code="x")
    sdrs.project("other").add_failure_job()
    return sdrs


# Export and load


def test_an_export_imported_into_a_new_fake_answers_the_same_byte_for_byte(full):
    with FakeSdrs() as twin:
        counts = twin.import_data(json.dumps(full.export_data()))

        assert answers(twin) == answers(full)
        assert twin.export_data() == full.export_data()
        assert (counts["deleted_failure_jobs"], counts["jobs"], counts["keys"]) == (2, 3, 0)


@pytest.fixture
def busy(sdrs):
    """A fake with resources of all kinds, in whose two projects jobs run, are held, or wait."""
    group = sdrs.add_protection_group(id="g")
    instance = sdrs.add_protected_instance(id="i", server_group_id=group.id, tags=[tag("a")])
    for name in ("/dev/vdc", "/dev/vdb"):
        sdrs.add_replication_pair(id=name[-1], server_group_id="g")
        attach(sdrs, instance, name[-1], name)
    sdrs.jobs.finish()
    sdrs.add_protection_group(id="new")
    for polled in (True, False):
        pair = sdrs.add_replication_pair(server_group_id="g")
        action = {"extend-replication": {"new_size": 50}}
        started = post(sdrs, f"replications/{pair.id}/action", action)
        if polled:
            show_job(sdrs, started["job_id"])
    sdrs.project("b").add_protection_group(id="other")
    sdrs.jobs.hold()
    post(sdrs, "server-groups/g/action", {"start-server-group": {}})
    post(sdrs, "protected-instances", {"protected_instance": NEW_INSTANCE})
    sdrs.request("DELETE", "/v1/b/server-groups/other")
    sdrs.faults.defer("UpdateProtectionGroupName", delay=1800)
    body = {"server_group": {"name": "later\u590d"}}
    assert sdrs.request("PUT", f"/v1/{sdrs.project_id}/server-groups/g", json=body).status == 202
    return sdrs


NEW_PAIR = {"server_group_id": "new", "volume_id": "v", "name": "data"}
NEW_INSTANCE = {"server_group_id": "new", "server_id": "s", "name": "web"}


def tag(key):
    return {"key": key, "value": "v"}


def post(sdrs, path, body):
    response = sdrs.request("POST", f"/v1/{sdrs.project_id}/{path}", json=body)
    assert response.status == 200, response.json
    return response.json


def attach(sdrs, instance, pair_id, device):
    body = {"replicationAttachment": {"replication_id": pair_id, "device": device}}
    post(sdrs, f"protected-instances/{instance.id}/attachreplication", body)


STEPS = {
    "polls": lambda sdrs: [show_job(sdrs, job.job_id) for job in sdrs.jobs for _ in range(2)],
    "the end of the hold": lambda sdrs: sdrs.jobs.release(),
    "finish": lambda sdrs: sdrs.jobs.finish(),
    "another operation": lambda sdrs: post(sdrs, "replications", {"replication": NEW_PAIR}),
}


@pytest.mark.sdrs(job_duration=3600, job_polls=2, frozen_at="2026-03-01T12:00:00Z")
@pytest.mark.parametrize("copy", ["import", "file", "fork"])
def test_what_runs_waits_or_is_held_goes_on_in_a_copy_as_in_the_original(busy, copy, tmp_path):
    file = tmp_path / "fake.json"
    if copy == "import":
        twin = FakeSdrs(job_duration=3600, job_polls=2)
        twin.import_data(json.dumps(busy.export_data()))
    elif copy == "file":
        busy.save(file)
        twin = FakeSdrs.from_file(file)
    else:
        twin = busy.fork()
    assert len(busy.export_data()["projects"][0]["deferred_requests"]) == 1
    for step in STEPS.values():
        for each in (busy, twin):
            step(each)
        busy.clock.advance(minutes=20)  # and with it the process, and every fake in it
        assert answers(twin) == answers(busy)
        assert twin.export_data() == busy.export_data()
    assert len(busy.jobs.pending) == 1
    assert busy.protection_groups[0].name == "later\u590d"


@pytest.mark.sdrs(job_duration=3600, job_polls=2, frozen_at="2026-03-01T12:00:00Z")
@pytest.mark.parametrize("into_the_fork", [True, False])
def test_a_fork_and_its_original_go_their_own_ways(busy, into_the_fork):
    twin = busy.fork()
    moved, left = (twin, busy) if into_the_fork else (busy, twin)
    before = left.export_data()
    for name in ("polls", "the end of the hold", "finish", "another operation"):
        STEPS[name](moved)
    moved.project("b").reset()

    assert left.export_data() == before != moved.export_data()


@pytest.mark.sdrs(job_duration=3600)
def test_a_reset_empties_all_families_and_ends_what_runs(busy):
    busy.project("b").reset()
    assert busy.project_ids == {busy.project_id}
    busy.reset()
    busy.clock.advance(days=1)

    assert busy.export_data() == {"version": 1, "projects": []}


def test_what_is_added_after_an_import_is_new(full):
    with FakeSdrs() as twin:
        twin.import_data(full.export_data())
        known = {job.resource_id for job in twin.failure_jobs}
        group = twin.add_protection_group()
        job = twin.add_failure_job(server_group_id="mentioned")

        assert group.id not in {each.id for each in full.protection_groups}
        assert job.resource_id not in known


def test_an_export_has_no_secrets(sdrs):
    sdrs.auth.add_user("anna", "a password")
    sdrs.add_failure_job()

    assert "password" not in json.dumps(sdrs.export_data())
    assert sdrs.secret_key not in json.dumps(sdrs.export_data())


def test_a_new_fake_exports_nothing(sdrs):
    assert sdrs.export_data() == {"version": 1, "projects": []}


# Minimal rows


def test_the_example_of_the_docs_is_imported(sdrs):
    page = (DOCS / "admin.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE)

    counts = sdrs.import_data(text)

    none = ["protected_instances", "replications", "disaster_recovery_drills"]
    none += ["resource_rpo_statistics", "deleted_failure_jobs", "deferred_requests"]
    kinds = ["protection_groups", "failure_jobs", "jobs", "keys", "users"]
    assert counts == {**dict.fromkeys(kinds, 1), **dict.fromkeys(none, 0)}
    (job,) = sdrs.failure_jobs
    assert (job.job_id, job.error_code) == ("my-own-id", "MY.0001")
    assert job.begin_time == dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    assert [group.name for group in sdrs.protection_groups] == ["payments"]


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        ({}, (0, 0, 0)),
        ({"projects": []}, (0, 0, 0)),
        ({"projects": [{"project_id": "nobody"}]}, (0, 0, 0)),
        ({"protection_groups": [{}]}, (1, 0, 0)),
        ({"protection_groups": [{"id": GROUP}]}, (1, 0, 0)),
        ({"protection_groups": [{"id": GROUP, "name": "n"}]}, (1, 0, 0)),
        ({"failure_jobs": [{}]}, (1, 1, 0)),
        ({"failure_jobs": [{"failure_status": "expandFail"}] * 2}, (1, 2, 0)),
        ({"failure_jobs": [{"error_code": "NOT.IN.ANY.TABLE"}]}, (1, 1, 0)),
        ({"deleted_failure_jobs": [{}]}, (1, 0, 0)),
        ({"jobs": [{}]}, (0, 0, 1)),
        ({"failure_jobs": [{"job_id": "x"}], "jobs": [{"job_id": "x"}]}, (1, 1, 1)),
    ],
)
def test_a_row_may_leave_out_any_field(sdrs, data, seen):
    sdrs.import_data(data)
    jobs = [job for project in sdrs.export_data()["projects"] for job in project["jobs"]]

    assert (len(sdrs.protection_groups), len(sdrs.failure_jobs), len(jobs)) == seen
    assert sdrs.project_ids == ({sdrs.project_id} if any(seen) else set())


def test_a_row_that_has_all_wire_fields_is_taken_as_it_is(sdrs, fixture):
    rows = fixture("list_failure_jobs")["failure_jobs"]

    sdrs.import_data({"count": 2, "failure_jobs": rows})

    assert {job.server_group_id for job in sdrs.failure_jobs} == {None}
    assert sdrs.protection_groups == ()


def test_data_of_several_projects_go_where_they_belong(sdrs):
    one = {"project_id": "a", "failure_jobs": [{}]}
    sdrs.import_data({"projects": [one, {"failure_jobs": [{}, {}]}, one]})

    assert [len(sdrs.project(name).failure_jobs) for name in ("a", sdrs.project_id)] == [2, 2]


def test_keys_and_users_are_of_the_project_they_stand_in():
    with FakeSdrs(auth="strict") as sdrs:
        keys = [{"access_key": "AK", "secret_key": "SK"}]
        users = [{"name": "anna", "password": "p"}]
        sdrs.import_data({"projects": [{"project_id": "a", "keys": keys, "users": users}]})

        sdrs.auth.add_key("AK", "SK", project_id="a")  # the same again is accepted
        sdrs.auth.add_user("anna", "p", project_id="a")
        assert sdrs.project_ids == set()


def test_what_is_imported_is_added_to_what_is_there(sdrs):
    before = sdrs.add_failure_job(resource_id="r", resource_name="web", server_group_id="g")
    sdrs.import_data({"failure_jobs": [{"resource_id": "r"}]})

    assert len(sdrs.failure_jobs) == 2
    for job in sdrs.failure_jobs:
        assert (job.resource_name, job.server_group_id) == (before.resource_name, "g")


@pytest.mark.usefixtures("untraced")
def test_ten_thousand_failed_jobs_are_imported_in_a_few_seconds_of_the_slowest_machine(sdrs):
    rows = [{"failure_status": "expandFail", "server_group_id": GROUP} for _ in range(10_000)]
    began = time.process_time()
    sdrs.import_data({"failure_jobs": rows})
    first = time.process_time() - began
    with FakeSdrs() as twin:
        data = sdrs.export_data()
        began = time.process_time()
        twin.import_data(data)

        assert max(first, time.process_time() - began) < 4  # of the processor
        assert len(twin.failure_jobs) == 10_000


# What is wrong is refused whole


@pytest.mark.parametrize("place", ["", "projects[1]."])
@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"project_id": "a/b"}, "project_id: 'a/b' should be letters, digits"),
        ({"project_id": None}, "project_id: None should be letters, digits"),
        ({"failures": []}, "failures: no such key; did you mean failure_jobs?"),
        ({"failure_jobs": {}}, "failure_jobs: {} should be a list of objects"),
        ({"failure_jobs": [{}, 1]}, "failure_jobs[1]: 1 should be an object"),
        ({"failure_jobs": [{1: 2}]}, "failure_jobs[0]: {1: 2} should be an object"),
        (
            {"failure_jobs": [{}, {"failure_status": "explodeFail"}]},
            "failure_jobs[1].failure_status: 'explodeFail' should be 'createFail', 'deleteFail'",
        ),
        (
            {"failure_jobs": [{"colour": "red"}]},
            "failure_jobs[0].colour: no such field; there are job_status, resource_id",
        ),
        (
            {"failure_jobs": [{"begin_time": "soon"}]},
            "failure_jobs[0].begin_time: 'soon' should be a datetime with a time zone",
        ),
        (
            {"failure_jobs": [{"job_id": "x"}, {"job_id": "x"}]},
            "failure_jobs[1].job_id: 'x' should be an id that no other job of the project has",
        ),
        (
            {"failure_jobs": [{"job_id": "there"}]},
            "failure_jobs[0].job_id: 'there' should be an id that no other job of the project has",
        ),
        (
            {"deleted_failure_jobs": [{"resource_type": "x"}]},
            "deleted_failure_jobs[0].resource_type: 'x' should be one of server_groups",
        ),
        (
            {"protection_groups": [{"id": "x", "name": 7}]},
            "protection_groups[0].name: 7 should be a valid string",
        ),
        (
            {"protection_groups": [{"id": "\ud800"}]},
            "protection_groups[0].id: '\\ud800' should be a valid string",
        ),
        (
            {"protection_groups": [{"id": "x"}, {"id": "x"}]},
            "protection_groups[1].id: 'x' should be an id that no other resource",
        ),
        (
            {"jobs": [{"entities": {"volume_id": "\ud800"}}]},
            "jobs[0].entities: {'volume_id': '\\ud800'} should be a string that UTF-8 can encode",
        ),
        (
            {"users": [{"name": "\ud800", "password": "p"}]},
            "users[0].name: '\\ud800' should be a string that UTF-8 can encode",
        ),
        (
            {"jobs": [{"status": "DONE"}]},
            "jobs[0].status: 'DONE' should be 'INIT', 'RUNNING', 'SUCCESS' or 'FAIL'",
        ),
        (
            {"jobs": [{"entities": {"sub_jobs": [{"status": "DONE"}]}}]},
            "jobs[0].entities.sub_jobs[0].status: 'DONE' should be 'INIT'",
        ),
        (
            {"jobs": [{"job_id": "x"}, {"job_id": "x"}]},
            "jobs[1].job_id: 'x' should be an id that no other job of the project has",
        ),
        (
            {"jobs": [{"job_type": "createProtectionGroupNoCG", "plan": {}}]},
            "jobs[0].plan: goes with a job that runs, not with one in SUCCESS",
        ),
        (
            {"jobs": [{**RUNS, "plan": 5}]},
            "jobs[0].plan: 5 should be an object",
        ),
        (
            {"jobs": [{**RUNS, "plan": {**PLAN, "error_code": "EVS.2024"}}]},
            "jobs[0].plan.error_code: goes with fail_reason",
        ),
        (
            {"jobs": [{**RUNS, "plan": {**PLAN, "error_code": "", "fail_reason": "r"}}]},
            "jobs[0].plan.error_code: '' should have at least 1 character",
        ),
        (
            {"protected_instances": [{"name": 7}]},
            "protected_instances[0].name: 7 should be a valid string",
        ),
        (
            {"replications": [{"attachment": [{"device": "/dev/vdb", "protected_instance": "i"}]}]},
            "replications[0].attachment[0].protected_instance: 'i' is no instance of the project",
        ),
        (
            {"deferred_requests": [{"operation": "ListFailureJobs"}]},
            "deferred_requests[0].operation: 'ListFailureJobs' should change something",
        ),
        (
            {"deferred_requests": [{"operation": "DeleteFailureJob", "due": "soon"}]},
            "deferred_requests[0].due: 'soon' should be a datetime with a time zone",
        ),
        (
            {"deferred_requests": [{"operation": "DeleteFailureJob", "due": "2026-01-01T00:00Z"}]},
            "deferred_requests[0].path_params: {} should be an object of failure_job_id",
        ),
        ({"counters": {"number": -1}}, "counters.number: -1 should be an integer, 0 or more"),
        ({"counters": {"created_at": "x"}}, "counters.created_at: 'x' should be a datetime"),
        (
            {"keys": [{"access_key": "AK", "secret_key": "SK"}, {"access_key": "AK"}]},
            "keys[1].secret_key: None should be a string that is not empty",
        ),
        (
            {"keys": [{"access_key": "a,b", "secret_key": "SK"}]},
            "keys[0].access_key: 'a,b' should be visible ASCII without a comma",
        ),
        (
            {"keys": [{"access_key": "AK", "key": "SK"}]},
            "keys[0].key: no such field; there are access_key, secret_key",
        ),
        (
            {"users": [{"name": "anna", "password": "p"}, {"name": "sdrs-fake", "password": "p"}]},
            "users[1].name: 'sdrs-fake' is registered already",
        ),
    ],
)
def test_what_is_wrong_anywhere_is_refused_whole_by_its_place(sdrs, section, words, place):
    sdrs.add_failure_job(job_id="there")
    right = {
        "protection_groups": [{"id": GROUP}],
        "keys": [{"access_key": "K", "secret_key": "S"}],
        "users": [{"name": "n", "password": "p"}],
    }
    data = {"projects": [right, section]} if place else {**right, **section}

    assert refused(sdrs, data).startswith(f"{place}{words}")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "data: None should be an object"),
        ([], "data: [] should be an object"),
        ("[1]", "data: [1] should be an object"),
        ({"projecs": []}, "projecs: no such key; did you mean projects?"),
        ({"jobs_held": 1}, "jobs_held: 1 should be True or False"),
        ({"job_polls": "x"}, "job_polls: 'x' should be an integer from 0 to "),
        ({"quotas": {"pairs": 1}}, "quotas.pairs: no such quota; "),
        ({"version": 2}, "version: 2 is newer than 1; read it with a newer sdrs-fake"),
        ({"version": "1"}, "version: '1' should be 1, or left out"),
        ("", "data: '' should be an object"),
        ("{", "data: should be JSON, but "),
        ({"projects": [], "failure_jobs": []}, "failure_jobs: no such key; there are version, "),
        ({"projects": {}}, "projects: {} should be a list of objects"),
        ({"projects": [3]}, "projects[0]: 3 should be an object"),
    ],
)
def test_what_is_no_data_is_refused(sdrs, data, words):
    assert refused(sdrs, data).startswith(words)


def test_every_wrong_field_has_a_line_with_its_place(sdrs):
    lines = refused(sdrs, {"failure_jobs": [{"failure_status": "x", "resource_type": "y"}]})

    places = [line.partition(":")[0] for line in lines.split("\n")]
    assert places == ["failure_jobs[0].resource_type", "failure_jobs[0].failure_status"]


def test_data_that_is_nested_without_end_is_refused(sdrs):
    endless = {}
    endless["x"] = endless
    nested = []
    for _ in range(100_000):
        nested = [nested]

    message = refused(sdrs, {"jobs": [{"entities": nested}]})
    assert message.startswith(("data: should not be nested", "jobs[0].entities"))
    assert refused(sdrs, {"jobs": [{"entities": endless}]})


# Files


def test_a_file_is_imported_by_its_path(sdrs, tmp_path):
    file = tmp_path / "data.json"
    file.write_text('\ufeff{"failure_jobs": [{}]}', encoding="utf-8")
    sdrs.import_data(file)
    sdrs.import_data(str(file).replace("//", "/"))

    assert len(sdrs.failure_jobs) == 2


def test_what_is_wrong_in_a_file_names_the_file_in_each_line(sdrs, tmp_path):
    file = tmp_path / "data.json"
    file.write_text('{"failure_jobs": [{"failure_status": "x", "resource_type": "y"}]}')

    one, two = refused(sdrs, file).split("\n")
    assert one.startswith(f"{file}: failure_jobs[0]")
    assert two.startswith(f"{file}: failure_jobs[0]")


def test_a_file_that_is_no_json_or_is_not_there_is_named(sdrs, tmp_path):
    file = tmp_path / "data.json"
    file.write_text("jobs", encoding="utf-8")

    assert refused(sdrs, file).startswith(f"data: {file} should be JSON, but ")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        sdrs.import_data(tmp_path / "nowhere")
