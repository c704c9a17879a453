"""An interrupt at any moment: it arrives as it is, and what was half done is undone."""

import sys

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs

AS_OF = "2026-06-01T00:00:00Z"


STEPS = (
    "fake_project.py",
    "project.py",
    "store.py",
    "backend.py",
    "failure_jobs.py",
    "groups.py",
    "data.py",
    "credentials.py",
)
"""The modules that change a fake's data, or make its JSON."""


OPERATION_STEPS = (
    *("project.py", "store.py", "backend.py", "groups.py", "instances.py", "pairs.py"),
    *("transaction.py", "running_jobs.py", "outcomes.py", "project_jobs.py", "quotas.py"),
)


def interrupted(call, moment, steps):
    """Whether a call is over before the moment, a number of lines of the package, at which
    KeyboardInterrupt is raised in it.
    """
    passed = 0

    def trace(frame, event, _):
        nonlocal passed
        if event == "line" and frame.f_code.co_filename.endswith(steps):
            passed += 1
            if passed == moment:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def moments(prepare, call, steps=STEPS):
    """What `prepare` made, after each interrupt of `call` with it, and at last without one."""
    moment, going_on = 0, True
    while going_on:
        moment += 1
        made = prepare()
        going_on = interrupted(lambda: call(made), moment, steps)  # noqa: B023 called at once
        yield made
    assert moment > 2


@pytest.mark.parametrize("kind", ["failure_jobs", "protection_groups"])
def test_one_that_comes_while_json_is_made_stays_an_interrupt(kind):
    def fresh():
        with FakeSdrs(failures=1, as_of=AS_OF) as fake:
            return getattr(fake, kind)[0]

    jsons = {moment.wire_json for moment in moments(fresh, lambda each: each.wire_json)}

    assert len(jsons) == 1


def state(fake):
    answers = [
        fake.request("GET", f"/v1/{fake.project_id}/{path}").body
        for path in ("server-groups", "task-center/failure-jobs?server_group_id=new")
    ]
    return fake.export_data(), answers, len(fake.seed_history), fake.auth


CHANGES = {
    "add_failure_job": lambda fake: fake.add_failure_job(server_group_id="new"),
    "add_failure_job of a group": lambda fake: fake.add_failure_job(
        server_group_id="old", resource_id="old", resource_name="renamed"
    ),
    "add_job": lambda fake: fake.add_job(),
    "add_protection_group": lambda fake: fake.add_protection_group(id="new"),
    "import_failure_jobs": lambda fake: fake.import_failure_jobs({"failure_jobs": [ROW]}, "new"),
    "import_data": lambda fake: fake.import_data({"projects": [DATA, OTHER_DATA]}),
    "seed": lambda fake: fake.seed(failures=2, groups=2, as_of=AS_OF),
    "delete": lambda fake: fake.request(
        "DELETE", f"/v1/{fake.project_id}/task-center/failure-jobs/{JOB_ID}"
    ),
}
JOB_ID = "ff8081816856c2f1016856d8d7a80001"
ROW = {
    "job_status": "FAIL",
    "resource_id": "new",
    "resource_name": "n",
    "resource_type": "server_groups",
    "failure_status": "createFail",
    "job_id": "1",
    "job_type": "createProtectionGroupNoCG",
    "begin_time": AS_OF,
    "error_code": "SDRS.0013",
    "fail_reason": "x",
}
OTHER_DATA = {"project_id": "other", "failure_jobs": [{}]}
DATA = {
    "protection_groups": [{"id": "new", "created_at": AS_OF}],
    "failure_jobs": [{"server_group_id": "new"}],
    "keys": [{"access_key": "A", "secret_key": "S"}],
    "users": [{"name": "U", "password": "P"}],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("begun", [True, False])
def test_one_that_comes_in_a_change_leaves_all_of_it_or_nothing(change, begun):
    def fresh():
        fake = FakeSdrs()
        if begun:
            fake.add_protection_group(id="old", created_at=AS_OF)
            fake.add_failure_job(server_group_id="old", job_id=JOB_ID)
            state(fake)  # views of it are kept
        return fake

    def seen(fake):
        data, answers, history, auth = state(fake)
        sizes = [[(kind, len(rows)) for kind, rows in each.items()] for each in data["projects"]]
        return sizes, [answer[:40] for answer in answers], history, repr(auth)

    nothing = seen(fresh())
    states = [seen(fake) for fake in moments(fresh, change)]

    assert [each for each in states if each not in (nothing, states[-1])] == []


def post(fake, path, body):
    assert fake.request("POST", f"/v1/{fake.project_id}/{path}", json=body).status == 200


NEW_PAIR = {"replication": {"server_group_id": "g", "volume_id": "v", "name": "data"}}
DETACH = "protected-instances/i/detachreplication/p"
OPERATIONS = {
    "a pair is made": lambda fake: post(fake, "replications", NEW_PAIR),
    "a group starts": lambda fake: post(fake, "server-groups/g/action", {"start-server-group": {}}),
    "a pair is detached": lambda fake: fake.request("DELETE", f"/v1/{fake.project_id}/{DETACH}"),
    "an instance is deleted": lambda fake: fake.request(
        "DELETE", f"/v1/{fake.project_id}/protected-instances/i"
    ),
}


@freeze_time(AS_OF)
@pytest.mark.parametrize("operate", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("ending", [False, True], ids=["begin", "end"])
def test_one_that_comes_in_an_operation_or_at_the_end_of_its_job_leaves_all_or_nothing(
    operate, ending
):
    fake = FakeSdrs(job_duration=60)
    fake.add_protection_group(id="g")
    fake.add_protected_instance(id="i", server_group_id="g")
    at = {"device": "/dev/vdb", "protected_instance": "i"}
    fake.add_replication_pair(id="p", server_group_id="g", attachment=[at])
    if ending:
        operate(fake)

    def seen(fake):
        data = fake.export_data()
        for project in data["projects"]:
            del project["counters"]  # numbers that were taken may stay unused
        return data

    def call(fake):
        return fake.jobs.finish() if ending else operate(fake)

    nothing = seen(fake)
    states = [seen(each) for each in moments(fake.fork, call, OPERATION_STEPS)]

    assert nothing != states[-1]
    assert [each for each in states if each not in (nothing, states[-1])] == []
