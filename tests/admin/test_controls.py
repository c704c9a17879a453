"""Faults, journal and clock over HTTP, for programs in other languages."""

import json

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.seeding import scenarios
from tests.seeding.cases import own

LIST = "ListFailureJobs"


@pytest.fixture
def ask(sdrs):
    """A control route's status and content."""

    def ask(method, path, body=None):
        response = sdrs.request(method, f"/_fake/{path}", json=body, headers={"Host": "localhost"})
        return response.status, response.json

    return ask


@pytest.fixture
def statuses(sdrs, path):
    return lambda calls=1, **query: [
        sdrs.request("GET", path, params=query).status for _ in range(calls)
    ]


def message(answer):
    return answer[1]["error"]["message"]


# Faults


def test_a_fault_is_armed_fires_and_is_disarmed(ask, statuses):
    options = {"after": 1, "offset__gt": 5, "optional": True}
    status, fault = ask("POST", "faults", {"operation": LIST, "code": "SDRS.0013", **options})
    description = f"fail('{LIST}', code='SDRS.0013', offset__gt=5)"
    state = {"armed": True, "matched": 0, "fired": 0, "optional": True}
    assert (status, fault) == (201, {"number": 1, "description": description, **state})

    assert statuses(3, offset=6) == [200, 500, 500]
    assert ask("DELETE", "faults/1") == (204, None)
    assert statuses(offset=6) == [200]

    shown = {**fault, "armed": False, "matched": 3, "fired": 2}
    assert ask("GET", "faults") == (200, {"faults": [shown]})
    assert ask("DELETE", "faults") == (204, None)
    assert ask("GET", "faults") == (200, {"faults": []})


@pytest.mark.parametrize(
    ("given", "description"),
    [
        ({"kind": "defer", "delay": 5}, "defer(delay=5)"),
        ({"kind": "fail_job"}, "fail_job()"),
        (
            {"kind": "fail_job", "operation": "CreateReplication", "code": "EVS.2024"},
            "fail_job('CreateReplication', code='EVS.2024')",
        ),
        ({"kind": "insert_between_pages"}, "insert_between_pages()"),
        ({"kind": "delete_between_pages", "times": 2}, "delete_between_pages()"),
        ({"kind": "wrong_count", "by": -1}, "wrong_count(by=-1)"),
        ({"kind": "short_page", "limit__ge": 10}, "short_page(limit__ge=10)"),
        ({"latency": 1.5, "status": 504}, "fail(status=504, latency=1.5)"),
        ({"network": "truncate"}, "fail(network='truncate')"),
    ],
)
def test_everything_that_python_arms_is_armed(sdrs, ask, given, description):
    status, fault = ask("POST", "faults", given)

    assert (status, fault["description"]) == (201, description)
    sdrs.faults.clear()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "the body should be a JSON object, not []"),
        ({"kind": "any"}, "kind: 'any' should be one of fail, fail_job, defer, insert_between_"),
        ({"kind": ["fail"]}, "kind: ['fail'] should be one of fail, "),
        ({}, "status: None should be one of 400, "),
        ({"status": 503, "when": "always"}, "when: a condition is a function, which only Python"),
        ({"status": 503, "optional": "no"}, "optional: 'no' should be True or False"),
        ({"latency": 1, "sleep": 1}, "sleep: 1 should be True or False"),
        ({"status": [], "code": "SDRS.0013"}, "status: [] does not go with SDRS.0013"),
        ({"status": 503, "operation": 5}, "operation: 5 is not documented"),
        ({"status": 503, "operation": [LIST]}, "operation: ['ListFailureJobs'] is not documented"),
        ({"kind": "defer", "wire": "disconnect"}, "wire: no such argument"),
        ({"status": 503, "offset__gt": None}, "offset__gt: None should be an integer, 0 or more"),
        ({"kind": "fail_job", "operation": LIST}, "operation: 'ListFailureJobs' should start a j"),
        ({"kind": "fail_job", "code": "X.1"}, "reason: should be given with 'X.1', which is no"),
    ],
)
def test_a_fault_that_could_never_fire_is_refused(sdrs, ask, body, words):
    answer = ask("POST", "faults", body)

    assert answer[0] == 400
    assert message(answer).startswith(words)
    assert list(sdrs.faults) == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("DELETE", "faults/1", 404), ("GET", "faults/1", 405), ("DELETE", "faults/x", 404)],
)
def test_a_fault_that_there_is_not_cannot_be_disarmed(ask, method, path, status):
    assert ask(method, path)[0] == status


def test_a_length_that_is_no_number_is_no_length(sdrs):
    headers = {"Host": "localhost", "Content-Length": "abc"}

    assert sdrs.request("POST", "/_fake/faults", json={}, headers=headers).status == 400


# Jobs


def deletion(sdrs, project_id):
    """The id of a job of a project."""
    group = sdrs.project(project_id).add_protection_group()
    return sdrs.request("DELETE", f"/v1/{project_id}/server-groups/{group.id}").json["job_id"]


def listed(answer):
    status, content = answer
    assert status == 200
    return content["held"], [(job["project_id"], job["job_id"]) for job in content["jobs"]]


def test_jobs_are_held_listed_finished_and_released(sdrs, ask):
    assert ask("POST", "jobs", {"hold": True}) == (200, {"held": True, "jobs": []})
    ids = {}
    for name in "abc":
        sdrs.clock.advance(seconds=1)  # two projects may give one id in the same millisecond
        ids[name] = deletion(sdrs, name)
    others = [(name, ids[name]) for name in "bc"]

    assert listed(ask("GET", "jobs")) == (True, [("a", ids["a"]), *others])
    assert listed(ask("GET", "jobs?project_id=b")) == (True, [("b", ids["b"])])
    assert listed(ask("POST", "jobs", {"finish": ids["a"]})) == (True, others)
    release_b = {"release": True, "project_id": "b"}
    assert listed(ask("POST", "jobs", release_b)) == (True, [])
    assert listed(ask("GET", "jobs")) == (True, [("c", ids["c"])])
    assert listed(ask("POST", "jobs", {"release": True})) == (False, [])


def test_what_is_finished_can_be_narrowed_to_a_project(sdrs, ask):
    sdrs.jobs.hold()
    deletion(sdrs, "a"), deletion(sdrs, "b")

    assert listed(ask("POST", "jobs", {"finish": True, "project_id": "a"})) == (True, [])
    assert [len(sdrs.project(name).jobs.pending) for name in "ab"] == [0, 1]
    assert listed(ask("POST", "jobs", {"finish": True})) == (True, [])


@pytest.mark.parametrize(
    ("given", "code", "reason"),
    [
        ({}, "SDRS.1016", "Failed to delete the protection group"),
        ({"code": "EVS.2024", "reason": "no volume"}, "EVS.2024", "no volume"),
    ],
)
def test_a_job_fails_while_others_run(sdrs, ask, given, code, reason):
    sdrs.jobs.hold()
    failing = deletion(sdrs, "a")
    sdrs.clock.advance(seconds=1)
    other = deletion(sdrs, "b")

    assert listed(ask("POST", "jobs", {"fail": failing, **given})) == (True, [("b", other)])
    (row,) = sdrs.project("a").failure_jobs
    assert (row.job_id, row.error_code, row.fail_reason) == (failing, code, reason)


def test_a_job_that_fails_can_be_narrowed_to_a_project(sdrs, ask):
    sdrs.jobs.hold()
    job_id = deletion(sdrs, "a")

    answer = ask("POST", "jobs", {"fail": job_id, "project_id": "b"})

    assert (answer[0], len(sdrs.project("a").jobs.pending)) == (400, 1)


def test_a_pending_job_is_shown_with_its_plan(sdrs, ask):
    sdrs.jobs.hold()
    job_id = deletion(sdrs, "a")
    added = sdrs.add_job(status="RUNNING")

    rows = {job["job_id"]: job for job in ask("GET", "jobs")[1]["jobs"]}

    assert (rows[job_id]["status"], rows[job_id]["plan"]["held"]) == ("RUNNING", True)
    assert rows[job_id]["plan"]["previous"] == "available"
    assert rows[added.job_id]["plan"] is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "the body should be a JSON object, not []"),
        ({}, "the body should have one of hold, finish, fail, release"),
        ({"project_id": "a"}, "the body should have one of hold, finish, fail, release"),
        ({"hold": True, "finish": True}, "the body should have one of hold, finish, fail, release"),
        ({"hold": False}, "hold: False should be true"),
        ({"release": 1}, "release: 1 should be true"),
        ({"finish": None}, "finish: None should be true or the id of a job"),
        ({"finish": "x"}, "job_id: 'x' is no job that runs"),
        ({"finish": "here", "project_id": "b"}, "job_id: 'here' is no job that runs"),
        ({"finish": True, "project_id": "a/b"}, "project_id: 'a/b' should "),
        ({"fail": True}, "fail: True should be the id of a job"),
        ({"fail": "x"}, "job_id: 'x' is no job of an operation that runs"),
        ({"fail": "here"}, "job_id: 'here' is no job of an operation that runs"),
        ({"code": "EVS.2024"}, "the body should have one of hold, finish, fail, release"),
        ({"finish": "here", "code": "EVS.2024"}, "code: goes with fail only"),
        ({"finish": True, "reason": "r"}, "reason: goes with fail only"),
        ({"stop": True}, "stop: no such field; there are hold, finish, fail, release, code, "),
    ],
)
def test_what_cannot_be_done_with_jobs_is_refused(sdrs, ask, body, words):
    sdrs.add_job(job_id="here", status="RUNNING")
    answer = ask("POST", "jobs", body)

    assert answer[0] == 400
    assert message(answer).startswith(words)
    assert [job.job_id for job in sdrs.jobs.pending] == ["here"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("project_id=", "project_id: '' should "),
        ("job_id=x", "job_id: no such parameter; there is only project_id"),
    ],
)
def test_a_list_of_jobs_that_there_is_not_is_refused(ask, query, words):
    answer = ask("GET", f"jobs?{query}")

    assert (answer[0], message(answer).startswith(words)) == (400, True)


# The journal


def test_calls_are_shown_as_they_were(sdrs, ask, path):
    sdrs.faults.fail(LIST, network="garbage", latency=2, limit=1)
    sdrs.request("GET", path, params={"marker": "x", "limit": 1})
    sdrs.request("DELETE", f"{path}/none", json={"a": "ü"})

    _, content = ask("GET", "journal")

    first, second = content["requests"]
    assert (content["dropped"], first["operation"], first["unknown_params"]) == (
        0,
        LIST,
        ["marker"],
    )
    assert first["params"] == {"marker": "x", "limit": "1"}
    assert (first["network_fault"], first["response"][:6]) == ("sent, 2 s late", "<html>")
    assert (second["body"], second["status"]) == ('{"a": "\\u00fc"}', 404)
    assert second["path_params"]["failure_job_id"] == "none"
    assert second["curl"].startswith("curl ")


@pytest.mark.parametrize(
    ("query", "shown"),
    [("last=1", 1), ("last=0", 0), ("last=99", 3), (f"operation={LIST}", 2)],
)
def test_calls_are_chosen(sdrs, ask, statuses, query, shown):
    statuses(2)
    sdrs.request("GET", "/v1")

    assert len(ask("GET", f"journal?{query}")[1]["requests"]) == shown


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("last=x", "last: 'x' should be an integer"),
        ("last=", "last: '' should"),
        ("first=1", "first: no such parameter; there are operation, last"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(ask, query, words):
    answer = ask("GET", f"journal?{query}")

    assert answer[0] == 400
    assert message(answer).startswith(words)


def test_a_call_is_asserted(ask, statuses):
    statuses(limit=5, offset=10)

    fields = {"operation": LIST, "offset": 10, "resource_name": None}
    assert ask("POST", "journal/assert-called", fields)[1]["params"]["limit"] == "5"
    answer = ask("POST", "journal/assert-called", {"operation": LIST, "offset": 100})
    assert answer[0] == 409
    assert message(answer).splitlines()[0::2] == [
        "ListFailureJobs, offset=100: not called; the nearest of 1 request",
        "    offset was '10', not '100'",
    ]
    assert ask("DELETE", "journal") == (204, None)
    assert ask("GET", "journal") == (200, {"dropped": 0, "requests": []})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"limit": 5}, "operation: None should be the name of an operation"),
        ({"operation": "ListJobs"}, "operation: 'ListJobs' is not documented"),
        ({"operation": LIST, "ofset": 5}, "ofset: no such"),
    ],
)
def test_an_assertion_that_cannot_hold_is_refused(ask, body, words):
    answer = ask("POST", "journal/assert-called", body)

    assert answer[0] == 400
    assert message(answer).startswith(words)


# The clock


def test_the_clock_is_read_set_and_advanced(sdrs, ask):
    assert ask("GET", "clock")[1]["now"][:10] == f"{sdrs.clock.now():%Y-%m-%d}"
    set_to = ask("POST", "clock", {"set": "2099-01-01T00:00:00Z"})[1]["now"]
    assert set_to.startswith("2099-01-01T00:00:0")
    advanced = ask("POST", "clock", {"days": 1, "minutes": 0.5})[1]["now"]
    assert advanced.startswith("2099-01-02T00:00:3")
    assert sdrs.clock.now().year == 2099


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "the body should have set, or days, hours, minutes or seconds"),
        ({"weeks": 1}, "weeks: no such field; there are set, days, "),
        ({"set": "2099-01-01T00:00:00Z", "days": 1}, "set: goes with nothing else"),
        ({"set": "2001-01-01T00:00:00Z"}, "set: '2001-01-01T00:00:00Z' should be in the future"),
        ({"set": 5}, "set: 5 "),
        ({"days": "x"}, "days: 'x' should be a number"),
        ({"days": -1}, "advance: -1 day, 0:00:00 should not be negative"),
        ({"days": 1e300}, "advance: days=1e+300, "),
        (
            {"days": 3_000_000},
            "advance: days=3000000, hours=0, minutes=0, seconds=0 ends after the year 9900",
        ),
        (
            {"seconds": json.loads("NaN")},
            "advance: days=0, hours=0, minutes=0, seconds=nan ends after",
        ),
    ],
)
def test_time_that_cannot_be_is_refused_and_the_clock_goes_on(ask, body, words):
    answer = ask("POST", "clock", body)

    assert answer[0] == 400
    assert message(answer).startswith(words)
    assert ask("GET", "clock")[0] == 200


# Scenarios


def test_no_request_opens_a_file_of_this_machine(sdrs, ask, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = ask("GET", "scenarios")
    for name in ("noisy-group", "mine"):
        (tmp_path / name).write_text("garbage")

    assert ask("GET", "scenarios") == before
    assert ask("POST", "scenarios", {"scenario": "noisy-group"})[1]["failure_jobs"] == 201
    refused = message(ask("POST", "scenarios", {"scenario": "mine"}))
    assert refused.startswith("scenario: 'mine' should be one of disaster-drill-day, ")


def test_scenarios_are_listed(ask):
    content = ask("GET", "scenarios")[1]["scenarios"]

    assert [each["name"] for each in content] == list(scenarios())
    assert content[0].keys() == {"name", "title", "description", "failures", "groups"}


@pytest.mark.parametrize(
    "body",
    [
        {"scenario": "storage-outage", "seed": 3},
        {"scenario": own(groups=["a"], waves=[{"count": 4}])},
        {"failures": 5, "groups": 1},
        {},
    ],
)
def test_a_project_is_seeded_as_in_python(sdrs, ask, body):
    as_of = "2026-06-01T00:00:00Z"
    status, content = ask("POST", "scenarios", {**body, "as_of": as_of, "project_id": "p"})

    with FakeSdrs() as other:
        data = other.seed(**body, as_of=as_of)
        assert other.failure_jobs == sdrs.project("p").failure_jobs
        counts = {"failure_jobs": len(data.failure_jobs), "protection_groups": len(data.groups)}
        assert (status, content) == (
            201,
            {"project_id": "p", "seed_call": str(data.spec), **counts},
        )
    assert len(sdrs.failure_jobs) == 0


def test_without_a_project_the_fakes_own_is_seeded(sdrs, ask):
    assert ask("POST", "scenarios", {"failures": 3})[1]["project_id"] == sdrs.project_id
    assert len(sdrs.failure_jobs) == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {"scenario": "/etc/passwd"},
            "scenario: '/etc/passwd' should be one of disaster-drill-day",
        ),
        ({"scenario": '{"scenario": 2}'}, "scenario: '{"),
        ({"scenario": {"scenario": 2}}, "scenario: name: missing"),
        ({"scenario": 5}, "scenario: 5 should be one of disaster-drill-day, "),
        ({"scenario": [1]}, "scenario: [1] should be one of disaster-drill-day, "),
        ({"failures": 1, "scenario": "noisy-group"}, "failures: 1 should not be given with scen"),
        ({"failures": "x"}, "failures: 'x' should be an integer from 0 to 100,000,000"),
        ({"project_id": "a/b"}, "project_id: 'a/b' should "),
        ({"project_id": 5}, "project_id: 5 should "),
        ({"part": 5}, "part: no such field; there are failures, groups, "),
    ],
)
def test_what_cannot_be_seeded_is_refused(sdrs, ask, body, words):
    answer = ask("POST", "scenarios", body)

    assert (answer[0], sdrs.project_ids) == (400, frozenset())
    assert message(answer).startswith(words)
