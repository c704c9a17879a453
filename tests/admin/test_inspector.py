"""What the inspector asks a fake for: its files, the changes, failed jobs and recorded requests."""

import json
import re

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.operations.table import TABLE

LOCAL = {"Host": "127.0.0.1"}
MARK = {"X-Fake-Inspector": "1", "X-Auth-Token": "any"}
TYPES = ["server_groups", "protected_instances", "replications", "disaster_recovery_drills"]


@pytest.fixture
def ask(sdrs):
    """The content of a control route."""

    def ask(path, **params):
        return sdrs.request("GET", f"/_fake/{path}", params=params, headers=LOCAL).json

    return ask


@pytest.fixture
def base(sdrs):
    return f"/v1/{sdrs.project_id}"


# The files


def test_the_page_comes_with_all_that_it_names_and_nothing_from_elsewhere(sdrs):
    page = sdrs.request("GET", "/_fake/", headers=LOCAL)
    names = re.findall(rb'(?:src|href)="([^"]+)"', page.body)

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert len(names) > 10
    for name in names:
        file = sdrs.request("GET", f"/_fake/{name.decode()}", headers=LOCAL)
        assert (file.status, bool(file.body)) == (200, True)
        for imported in re.findall(rb'from "\./([^"]+)"', file.body):
            assert f"inspector/{imported.decode()}".encode() in names


@pytest.mark.parametrize("path", ["", "inspector/main.js", "inspector/inspector.css"])
def test_each_file_forbids_scripts_and_styles_inside_the_page(sdrs, path):
    headers = sdrs.request("GET", f"/_fake/{path}", headers=LOCAL).headers
    policy = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))

    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["..", "none.js", "%2e%2e%2finspector.py", "..%2froutes.py"])
def test_no_other_file_is_served(sdrs, name):
    assert sdrs.request("GET", f"/_fake/inspector/{name}", headers=LOCAL).status == 404


def test_the_page_has_at_most_60_kb_of_javascript(sdrs):
    page = sdrs.request("GET", "/_fake/", headers=LOCAL).body.decode()
    names = re.findall(r"inspector/\w+\.js", page)
    files = [sdrs.request("GET", f"/_fake/{name}", headers=LOCAL).body for name in names]

    assert len(files) == 13
    assert sum(map(len, files)) <= 60_000


def test_each_word_of_the_page_is_there_in_both_languages(sdrs):
    words = json.loads(sdrs.request("GET", "/_fake/inspector/words.json", headers=LOCAL).body)

    for table in (words["words"], words["types"], words["failures"]):
        assert all(len(pair) == 2 and all(pair) for pair in table.values())
    assert set(TYPES) < set(words["types"])
    assert set(words["scenarios"]) >= {
        each["name"]
        for each in sdrs.request("GET", "/_fake/scenarios", headers=LOCAL).json["scenarios"]
    }


def test_no_two_views_have_the_same_name(sdrs):
    words = json.loads(sdrs.request("GET", "/_fake/inspector/words.json", headers=LOCAL).body)
    views = ("tasks", "groups", "jobs", "requests", "faults", "clock", "seed")

    for names in zip(*(words["words"][view] for view in views), strict=True):
        assert not [one for one in names for other in names if one != other and one in other]


def test_each_word_that_the_page_names_is_there(sdrs):
    words = json.loads(sdrs.request("GET", "/_fake/inspector/words.json", headers=LOCAL).body)
    page = sdrs.request("GET", "/_fake/", headers=LOCAL).body.decode()
    files = re.findall(r"inspector/\w+\.js", page)
    scripts = "".join(
        sdrs.request("GET", f"/_fake/{name}", headers=LOCAL).body.decode() for name in files
    )

    named = set(re.findall(r'\b(?:t|column|part)\(\s*"(\w+)"', scripts))
    assert named - set(words["words"]) == set()


# Who may use it


@pytest.mark.parametrize(
    "path", ["", "inspector/main.js", "changes", "token", "failure-jobs", "requests"]
)
@pytest.mark.parametrize("name", ["Host", "Origin"])
def test_without_a_token_the_page_is_for_this_machine(sdrs, path, name):
    elsewhere = {**LOCAL, name: "http://elsewhere.example" if name == "Origin" else "elsewhere"}

    assert sdrs.request("GET", f"/_fake/{path}", headers=elsewhere).status == 403


@pytest.mark.parametrize(
    ("path", "status"), [("", 200), ("inspector/main.js", 200), ("changes", 403), ("token", 403)]
)
def test_with_a_token_the_files_alone_need_none(path, status):
    fake = FakeSdrs(admin_token="sesame")

    assert fake.request("GET", f"/_fake/{path}").status == status


@pytest.mark.parametrize(("token", "shown"), [(None, b"no"), ("sesame", b"yes")])
def test_the_page_says_whether_it_needs_a_token(token, shown):
    page = FakeSdrs(admin_token=token).request("GET", "/_fake/", headers=LOCAL).body

    assert b'data-token="%b"' % shown in page


@pytest.mark.parametrize("mode", ["any", "strict", "off"])
def test_the_token_is_good_in_every_mode(mode):
    fake = FakeSdrs(auth=mode)
    token = fake.request("GET", "/_fake/token", headers=LOCAL).json["token"]
    path = "/v1/another/task-center/failure-jobs"

    assert fake.request("GET", path, headers={"X-Auth-Token": token}).status == 200


# What the page reads from the service


def test_what_the_page_reads_meets_no_fault_and_is_not_recorded(sdrs, base):
    fault = sdrs.faults.fail("ListProtectionGroups", status=503, optional=True)

    answer = sdrs.request("GET", f"{base}/server-groups", headers={**LOCAL, **MARK})

    assert (answer.status, answer.json["count"]) == (200, 0)
    assert (len(sdrs.journal), fault.matched) == (0, 0)
    assert answer.headers["X-Request-Id"].startswith("f")


def test_what_the_page_does_meets_faults_and_is_recorded(sdrs, base):
    sdrs.faults.fail("DeleteAllServerGroupFailureJobs", status=503)

    path = f"{base}/task-center/failure-jobs/batch"
    answer = sdrs.request("DELETE", path, headers={**LOCAL, **MARK})

    assert (answer.status, len(sdrs.journal)) == (503, 1)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/server-groups/none", 400), ("/nothing", 404), ("/task-center/failure-jobs?limit=x", 400)],
)
def test_what_the_page_reads_is_refused_as_it_is_for_others(sdrs, base, path, status):
    asked, marked = [
        sdrs.request("GET", f"{base}{path}", headers={**LOCAL, **each}) for each in ({}, MARK)
    ]

    assert (asked.status, marked.status) == (status, status)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_marked_read_leaves_no_trace_by_either_method(sdrs, base, method):
    fault = sdrs.faults.fail("ListProtectionGroups", status=503, optional=True)

    answer = sdrs.request(method, f"{base}/server-groups", headers={**LOCAL, **MARK})

    assert (answer.status, len(sdrs.journal), fault.matched) == (200, 0, 0)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_marked_read_is_held_to_the_sizes_of_others(sdrs, base, method):
    large = "x" * (2 << 20)

    asked, marked = [
        sdrs.request(method, f"{base}/server-groups", headers={**LOCAL, **each}, json=large)
        for each in ({}, MARK)
    ]

    assert (asked.status, marked.status) == (413, 413)


def test_the_mark_takes_the_right_to_the_admin_api(base):
    fake = FakeSdrs(admin_token="sesame")
    path = f"/v1/{fake.project_id}/server-groups"

    answers = [
        fake.request("GET", path, headers={**MARK, **more})
        for more in ({}, {"X-Fake-Admin-Token": "sesame"})
    ]

    assert [answer.status for answer in answers] == [403, 200]


def test_the_mark_is_no_credential():
    fake = FakeSdrs(auth="strict")
    headers = {**LOCAL, "X-Fake-Inspector": "1", "X-Auth-Token": "wrong"}

    answer = fake.request("GET", f"/v1/{fake.project_id}/server-groups", headers=headers)

    assert answer.status == 401


# Changes


def _arm(sdrs):
    sdrs.faults.fail("ShowQuota", status=503, optional=True)


def _hold(sdrs):
    sdrs.jobs.hold()


def _begin(sdrs):
    headers = {"X-Auth-Token": "any"}
    body = {"server_group": {"name": "g", "source_availability_zone": "cn-north-1a"}}
    zone = {"target_availability_zone": "cn-north-1b", "domain_id": "d", "source_vpc_id": "v"}
    body["server_group"] |= zone
    path = f"/v1/{sdrs.project_id}/server-groups"
    assert sdrs.request("POST", path, json=body, headers=headers).status == 200


@pytest.mark.parametrize(
    ("do", "marks"),
    [
        (lambda sdrs: None, set()),
        (lambda sdrs: sdrs.add_failure_job(), {"state"}),
        (lambda sdrs: sdrs.add_protection_group(), {"state"}),
        (lambda sdrs: sdrs.add_job(status="RUNNING"), {"state"}),
        (lambda sdrs: sdrs.project("other").add_failure_job(), {"state"}),
        (lambda sdrs: sdrs.delete_failure_job(next(iter(sdrs.failure_jobs)).job_id), {"state"}),
        (lambda sdrs: sdrs.request("POST", "/_fake/reset", headers=LOCAL), {"state"}),
        (_hold, {"state"}),
        (_begin, {"state", "journal"}),
        (lambda sdrs: sdrs.request("GET", "/v1/p/nothing"), {"journal"}),
        (_arm, {"faults"}),
    ],
)
def test_a_mark_changes_with_what_it_stands_for(sdrs, ask, do, marks):
    sdrs.add_failure_job()
    before = ask("changes")

    do(sdrs)

    after = ask("changes")
    assert {name for name in ("state", "journal", "faults") if before[name] != after[name]} == marks


def test_each_fake_has_a_mark_of_its_own_and_keeps_it(sdrs, ask):
    marks = [
        fake.request("GET", "/_fake/changes", headers=LOCAL).json for fake in (sdrs, FakeSdrs())
    ]
    sdrs.add_failure_job()
    sdrs.reset()

    assert marks[0]["state"] == marks[1]["state"]
    assert marks[0]["fake"] != marks[1]["fake"]
    assert ask("changes")["fake"] == marks[0]["fake"]


def test_a_job_that_time_ends_is_a_change():
    fake = FakeSdrs(job_duration=60)
    _begin(fake)
    first = fake.request("GET", "/_fake/changes", headers=LOCAL).json

    fake.clock.advance(minutes=2)

    second = fake.request("GET", "/_fake/changes", headers=LOCAL).json
    assert (first["running_jobs"], second["running_jobs"]) == (
        {fake.project_id: 1},
        {fake.project_id: 0},
    )
    assert first["state"] != second["state"]


def test_polls_of_a_job_are_a_change():
    fake = FakeSdrs(job_polls=3)
    _begin(fake)
    (job,) = fake.jobs.pending
    marks = []
    for _ in range(2):
        marks.append(fake.request("GET", "/_fake/changes", headers=LOCAL).json["state"])
        fake.request("GET", f"/v1/{fake.project_id}/jobs/{job.job_id}")

    assert len(set(marks)) == 2


def test_the_journal_is_another_one_after_it_was_cleared_and_filled_again(sdrs, ask):
    marks = set()
    for _ in range(3):
        sdrs.request("GET", "/v1/p/nothing")
        marks.add(ask("changes")["journal"])
        sdrs.journal.clear()
        marks.add(ask("changes")["journal"])

    assert len(marks) == 6


def test_asking_for_changes_is_no_request_in_the_journal(sdrs, ask):
    assert ask("changes")["requests"] == 0
    assert len(sdrs.journal) == 0


# The API table


def test_the_operations_are_those_of_the_api_table(ask):
    content = ask("operations")

    assert [each["id"] for each in content["operations"]] == [row.id for row in TABLE]
    starting = {each["id"] for each in content["operations"] if each["starts_job"]}
    assert {"CreateReplication", "StartProtectionGroup"} < starting
    assert "ListFailureJobs" not in starting
    reprotect = {
        "action": "start-server-group",
        "running": "reprotecting",
        "allowed": ["error-reprotecting", "failed-over"],
    }
    assert reprotect in content["group_actions"]
    assert len(content["group_actions"]) == 5


# Failed jobs


def test_failed_jobs_are_listed_whatever_their_groups(sdrs, ask):
    sdrs.seed(failures=40, groups=4, seed=1)
    expected = sorted(sdrs.failure_jobs, key=lambda job: job.rank, reverse=True)

    page = ask("failure-jobs", limit=10, offset=5)

    assert page["count"] == 40
    assert [job["job_id"] for job in page["failure_jobs"]] == [
        each.job_id for each in expected[5:15]
    ]
    assert [job["server_group_id"] for job in page["failure_jobs"]] == [
        each.server_group_id for each in expected[5:15]
    ]


@pytest.mark.parametrize(
    ("field", "value_of"),
    [
        ("resource_type", lambda job: str(job.kind)),
        ("failure_status", lambda job: str(job.failure_status)),
        ("resource_name", lambda job: job.resource_name),
        ("server_group_id", lambda job: job.server_group_id),
        ("day", lambda job: f"{job.begin_time:%Y-%m-%d}"),
    ],
)
def test_failed_jobs_are_filtered(sdrs, ask, field, value_of):
    sdrs.seed(failures=200, groups=4, seed=1)
    jobs = list(sdrs.failure_jobs)
    value = value_of(jobs[0])
    expected = {job.job_id for job in jobs if value_of(job) == value}

    page = ask("failure-jobs", **{field: value})

    assert {job["job_id"] for job in page["failure_jobs"]} == expected
    assert 0 < page["count"] == len(expected) < 200


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("failure-jobs", {"limit": "x"}, "limit"),
        ("failure-jobs", {"resource_type": "disks"}, "Invalid request parameters"),
        ("failure-jobs", {"colour": "red"}, "colour"),
        ("failure-jobs", {"project_id": ""}, "project_id: '' should"),
        ("failure-jobs", {"day": "2026-99-99"}, "day: '2026-99-99' should be a date such as"),
        ("failure-jobs", {"day": "20260601"}, "day: '20260601' should be a date such as"),
        ("requests", {"refused": "1"}, "refused: '1' should be true or false"),
        ("requests", {"operation": "Nope"}, "operation: 'Nope' is not documented"),
        ("requests", {"limit": "x"}, "limit: 'x' should be an integer"),
    ],
)
def test_wrong_parameters_are_refused(sdrs, path, params, message):
    answer = sdrs.request("GET", f"/_fake/{path}", params=params, headers=LOCAL)

    assert answer.status == 400
    assert message in answer.json["error"]["message"]


def test_failed_jobs_are_counted_by_day_type_and_group(sdrs, ask):
    sdrs.clock.set("2099-06-30T12:00:00Z")
    group = sdrs.add_protection_group()
    for day, number in (("2099-06-30", 2), ("2099-06-01", 1), ("2099-05-31", 4)):
        for _ in range(number):
            begin_time = f"{day}T08:00:00Z"
            failed = {"failure_status": "expandFail", "begin_time": begin_time}
            sdrs.add_failure_job(server_group_id=group.id, **failed)

    content = ask("failure-jobs/count")

    assert (content["count"], content["groups"]) == (7, {group.id: 7})
    assert [day["day"] for day in content["days"]][:: len(content["days"]) - 1] == [
        "2099-06-01",
        "2099-06-30",
    ]
    numbers = {day["day"]: day["replications"] for day in content["days"] if day["replications"]}
    assert numbers == {"2099-06-01": 1, "2099-06-30": 2}
    assert list(content["days"][0]) == ["day", *TYPES]


def test_the_days_end_at_the_newest_failed_job_where_all_are_older(sdrs, ask):
    sdrs.add_failure_job(begin_time="2019-01-10T08:00:00Z")

    days = ask("failure-jobs/count")["days"]

    assert (len(days), days[-1]["day"], days[-1]["server_groups"]) == (30, "2019-01-10", 1)


def test_a_failed_job_is_shown_with_its_job_and_its_resource(sdrs, ask):
    group = sdrs.add_protection_group(name="payments")
    failed = sdrs.add_failure_job(failure_status="startFail", server_group_id=group.id)

    content = ask(f"failure-jobs/{failed.job_id}")

    assert content["failure_job"]["server_group_id"] == group.id
    assert (content["job"]["job_id"], content["job"]["status"]) == (failed.job_id, "FAIL")
    assert content["resource"]["name"] == "payments"


def test_a_failed_job_without_its_resource_is_shown(sdrs, ask):
    group = sdrs.add_protection_group()
    failed = sdrs.add_failure_job(failure_status="startFail", server_group_id=group.id)
    sdrs.delete_protection_group(group.id)

    assert ask(f"failure-jobs/{failed.job_id}")["resource"] is None


def test_an_unknown_failed_job_is_404(sdrs):
    assert sdrs.request("GET", "/_fake/failure-jobs/none", headers=LOCAL).status == 404


# Requests


def test_requests_come_in_pages_newest_first(sdrs, ask, base):
    for number in range(7):
        sdrs.request("GET", f"{base}/task-center/failure-jobs?limit={number}")

    first = ask("requests", limit=3)
    second = ask("requests", limit=3, before=first["requests"][-1]["number"])

    def limits(page):
        return [row["target"][-1] for row in page["requests"]]

    assert (limits(first), first["count"], first["newer"], first["older"]) == (list("654"), 7, 0, 4)
    assert (limits(second), second["newer"], second["older"]) == (list("321"), 3, 1)


def test_a_row_says_how_a_request_was_refused_and_which_fault_it_met(sdrs, ask, base):
    sdrs.faults.fail("ShowQuota", status=429)
    sdrs.faults.fail("ListReplications", network="garbage")
    for path in ("/sdrs/quotas", "/server-groups/none", "/nothing", "/replications"):
        sdrs.request("GET", f"{base}{path}")
    sdrs.request("GET", "/v3/nothing")

    rows = ask("requests")["requests"]

    fields = [[row[name] for name in ("operation", "status", "code", "fault")] for row in rows]
    assert fields[1:] == [
        ["ListReplications", 200, "", "fail('ListReplications', network='garbage')"],
        ["", 404, "APIGW.0101", ""],
        ["ShowProtectionGroup", 400, "SDRS.1013", ""],
        ["ShowQuota", 429, "APIGW.0308", "fail('ShowQuota', status=429)"],
    ]
    assert (rows[0]["code"], bool(rows[0]["message"])) == ("404", True)
    assert rows[3]["message"] == "Protection group not found"


def test_requests_are_filtered_by_operation_and_by_refusal(sdrs, ask, base):
    for path in ("/sdrs/quotas", "/server-groups/none", "/server-groups"):
        sdrs.request("GET", f"{base}{path}")

    assert [row["operation"] for row in ask("requests", operation="ShowQuota")["requests"]] == [
        "ShowQuota"
    ]
    assert [row["status"] for row in ask("requests", refused="true")["requests"]] == [400]


def test_a_request_is_shown_in_full(sdrs, ask, base):
    sdrs.request("POST", f"{base}/server-groups", json={"server_group": {"name": "x"}})
    (row,) = ask("requests")["requests"]

    full = ask(f"requests/{row['number']}")

    assert full["body"] == '{"server_group": {"name": "x"}}'
    assert "--data-raw" in full["curl"]
    assert full["status"] == 400


@pytest.mark.parametrize(("path", "status"), [("requests/99", 404), ("requests/x", 400)])
def test_a_request_that_is_not_there_is_refused(sdrs, path, status):
    assert sdrs.request("GET", f"/_fake/{path}", headers=LOCAL).status == status


def test_numbers_of_requests_go_on_after_the_journal_was_cleared(sdrs, ask):
    sdrs.request("GET", "/v1/p/nothing")
    sdrs.journal.clear()
    sdrs.request("GET", "/v1/p/nothing")

    assert [row["number"] for row in ask("requests")["requests"]] == [2]


def test_no_page_of_another_origin_can_use_the_mark():
    fake = FakeSdrs(cors="*")
    headers = {**LOCAL, **MARK, "Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}

    answer = fake.request("GET", f"/v1/{fake.project_id}/server-groups", headers=headers)

    assert answer.status == 403
