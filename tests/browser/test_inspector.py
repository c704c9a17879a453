"""The inspector in a real browser: its views and their buttons, against the state of the fake."""

import datetime as dt

import pytest
from selenium.webdriver.common.keys import Keys

from sdrs_fake import FakeSdrs
from tests.browser.inspector import Page

OPERATIONS = {
    "all": {"DeleteAllServerGroupFailureJobs", "DeleteServerGroupFailureJobs"},
    "level": {"DeleteAllServerGroupFailureJobs"},
    "group": {"DeleteServerGroupFailureJobs"},
}


@pytest.fixture
def page(browser, sdrs):
    """The inspector of the test's fake; nothing may appear on the console."""
    page = Page(browser, sdrs)
    yield page
    assert page.console() == []


@pytest.fixture
def group(sdrs):
    """A protected group with an instance and a pair."""
    group = sdrs.add_protection_group(name="payments", status="protected")
    instance = sdrs.add_protected_instance(
        server_group_id=group.id, name="web-1", status="protected"
    )
    sdrs.add_replication_pair(
        server_group_id=group.id,
        name="data-1",
        status="protected",
        attachment=[{"protected_instance": instance.id, "device": "/dev/vdb"}],
    )
    sdrs.add_drill(server_group_id=group.id, name="drill-1")
    return group


def status_of(sdrs, group):
    return next(each.status for each in sdrs.protection_groups if each.id == group.id)


def called(sdrs):
    return [each.request.operation for each in sdrs.journal]


# Task center


def test_failed_tasks_are_shown_in_pages(sdrs, page):
    sdrs.seed(failures=120, groups=3, seed=1)
    names = [job.resource_name for job in sorted(sdrs.failure_jobs, key=lambda each: each.rank)]

    page.open()
    page.wait(lambda: len(page.rows()) == 50)
    assert page.rows("Resource") == names[::-1][:50]
    page.click("Next page")
    page.shows("51\u2013100 of 120")
    page.click("Next page")
    page.shows("101\u2013120 of 120")
    page.wait(lambda: page.rows("Resource") == names[::-1][100:])


def test_the_scopes_are_those_of_the_service(sdrs, page):
    sdrs.seed(failures=120, groups=3, seed=1)
    group = sdrs.protection_groups[0]
    page.open()
    for value, params in (("level", {}), (group.id, {"server_group_id": group.id})):
        path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
        expected = sdrs.request("GET", path, params=params).json

        page.choose("Scope", value)

        shown = [row["resource_name"] for row in expected["failure_jobs"]][:50]
        page.wait(lambda shown=shown: page.rows("Resource") == shown)
        page.shows(f"of {expected['count']}")


def test_failed_tasks_are_filtered(sdrs, page):
    sdrs.seed(failures=120, groups=3, seed=1)
    jobs = [job for job in sdrs.failure_jobs if job.kind == "replications"]
    wanted = jobs[0]

    page.open()
    page.choose("Type", "replications")
    page.shows(f"of {len(jobs)}")
    page.choose("What failed", str(wanted.failure_status))
    alike = [job for job in jobs if job.failure_status == wanted.failure_status]
    page.shows(f"of {len(alike)}")
    (field,) = page.find('input[type="search"]')
    field.send_keys(wanted.resource_name, Keys.ENTER)
    named = [job for job in alike if job.resource_name == wanted.resource_name]
    page.wait(lambda: page.rows("Resource") == [wanted.resource_name] * len(named))
    page.browser.refresh()
    page.wait(lambda: page.rows("Resource") == [wanted.resource_name] * len(named))


def test_a_row_opens_with_its_reason_its_job_and_its_resource(sdrs, group, page):
    failed = sdrs.add_failure_job(
        failure_status="expandFail", resource_name="disk-7", server_group_id=group.id
    )
    page.open()

    page.click("Details")

    page.wait(lambda: page.find("tr.detail"))
    (detail,) = page.texts("tr.detail")
    for text in (failed.fail_reason, failed.job_id, failed.job_type, failed.resource_id):
        assert text in detail
    assert "error-extending" in detail
    page.click("Details")
    page.wait(lambda: not page.find("tr.detail"))


def test_a_row_whose_resource_is_gone_says_so(sdrs, group, page):
    sdrs.add_failure_job(failure_status="startFail", server_group_id=group.id)
    sdrs.delete_protection_group(group.id)
    page.open()

    page.click("Details")

    page.shows("The resource is not there any more.")


def test_one_failed_task_is_deleted(sdrs, page):
    for name in ("a", "b"):
        sdrs.add_failure_job(resource_name=name)
    page.open()

    page.click("Delete a")

    page.wait(lambda: page.rows("Resource") == ["b"])
    assert [job.resource_name for job in sdrs.failure_jobs] == ["b"]
    assert called(sdrs) == ["DeleteFailureJob"]


@pytest.mark.parametrize(("scope", "left"), [("all", 0), ("level", 1), ("group", 1)])
def test_the_failed_tasks_of_a_scope_are_deleted(sdrs, group, page, scope, left):
    sdrs.add_failure_job(failure_status="expandFail", server_group_id=group.id)
    sdrs.add_failure_job(resource_name="elsewhere")
    page.open()
    if scope != "all":
        page.choose("Scope", {"level": "level", "group": group.id}[scope])
        page.shows("1\u20131 of 1")

    page.click("Delete all")
    page.click("Delete all", inside="dialog")

    page.wait(lambda: len(sdrs.failure_jobs) == left)
    assert set(called(sdrs)) == OPERATIONS[scope]
    page.shows("No failed tasks here.")


def test_a_deletion_can_be_called_off(sdrs, page):
    sdrs.add_failure_job()
    page.open()

    page.click("Delete all")
    page.click("Cancel", inside="dialog")

    page.wait(lambda: not page.find("dialog[open]"))
    assert len(sdrs.failure_jobs) == 1


# The picture


def test_the_picture_has_a_bar_for_each_day_and_type(sdrs, group, page):
    now = dt.datetime.now(dt.UTC)
    for back, number in ((0, 3), (9, 2)):
        for _ in range(number):
            begin_time = now - dt.timedelta(days=back)
            failed = {"failure_status": "expandFail", "begin_time": begin_time}
            sdrs.add_failure_job(server_group_id=group.id, **failed)
    sdrs.add_failure_job(resource_name="of-a-group")

    page.open()

    days = [f"{now - dt.timedelta(days=back):%Y-%m-%d}" for back in (9, 0)]
    page.wait(lambda: len(page.find("rect.bar")) == 3)
    titles = page.run(
        "return [...document.querySelectorAll('rect.bar')].map((e) => e.textContent).toSorted()"
    )
    assert titles == [
        f"{days[0]} · Replication pair: 2",
        f"{days[1]} · Protection group: 1",
        f"{days[1]} · Replication pair: 3",
    ]
    heights = page.run(
        "return [...document.querySelectorAll('rect.bar.replications')]"
        ".map((e) => Number(e.getAttribute('height')))"
    )
    assert heights[0] < heights[1]


def test_a_bar_filters_the_list_and_filters_no_more_when_clicked_again(sdrs, group, page):
    old = dt.datetime.now(dt.UTC) - dt.timedelta(days=5)
    failed = {"failure_status": "expandFail", "server_group_id": group.id}
    sdrs.add_failure_job(resource_name="old", begin_time=old, **failed)
    sdrs.add_failure_job(resource_name="new", **failed)
    page.open()
    page.wait(lambda: len(page.find("rect.bar")) == 2)

    page.find("rect.bar")[0].click()
    page.wait(lambda: page.rows("Resource") == ["old"])
    assert len(page.find("rect.bar.other")) == 1
    page.find("rect.bar:not(.other)")[0].click()
    page.wait(lambda: page.rows("Resource") == ["new", "old"])


def test_the_picture_is_a_table_too_which_filters(sdrs, page):
    sdrs.add_failure_job(resource_name="mine")
    page.open()
    page.find("summary")[0].click()
    today = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"

    assert len(page.find(".picture tbody tr")) == 30
    page.click(f"{today}, Protection group: 1")

    page.wait(lambda: "day=" in page.browser.current_url)
    page.wait(lambda: page.rows("Resource") == ["mine"])


# Groups


def test_groups_are_shown_with_their_instances_pairs_and_drills(sdrs, group, page):
    sdrs.add_failure_job(failure_status="expandFail", server_group_id=group.id)
    page.open("groups")

    page.wait(lambda: page.texts(".members td[data-label=Name]") == ["web-1"])
    for tab, name in (("Replication pairs (2)", "data-1"), ("DR drills (1)", "drill-1")):
        page.click(tab)
        page.wait(lambda name=name: name in page.texts(".members td[data-label=Name]"))
    assert page.rows("Failed") == ["1"]


@pytest.mark.parametrize(
    ("status", "button", "after"),
    [
        ("available", "Enable", "protected"),
        ("protected", "Disable", "available"),
        ("protected", "Switch over", "protected"),
        ("protected", "Fail over", "failed-over"),
        ("failed-over", "Reprotect", "protected"),
        ("error-starting", "Enable", "protected"),
    ],
)
def test_a_group_is_driven_by_its_buttons(sdrs, page, status, button, after):
    group = sdrs.add_protection_group(name="payments", status=status)
    for number in range(2):
        sdrs.add_protected_instance(server_group_id=group.id, name=f"i{number}", status=status)
    sdrs.add_replication_pair(server_group_id=group.id, status=status)
    page.open("groups")

    page.click(f"{button} payments")

    page.wait(lambda: len(sdrs.journal) == 1 and status_of(sdrs, group) == after)
    page.wait(lambda: page.texts("tr.open .pill.stable") == [after])


def test_a_switchover_turns_the_sites_round(sdrs, group, page):
    page.open("groups")
    page.shows("cn-north-1a → cn-north-1b")

    page.click("Switch over payments")

    page.shows("cn-north-1b → cn-north-1a")


def test_only_the_actions_that_the_status_allows_are_offered(sdrs, page):
    sdrs.add_protection_group(name="g", status="protected")
    page.open("groups")

    names = ["Disable", "Switch over", "Fail over"]
    page.wait(lambda: page.texts("tbody .buttons button") == names)


def test_a_group_whose_job_runs_is_running_and_one_whose_job_failed_is_in_error(browser):
    with FakeSdrs(job_duration=60) as sdrs:
        group = sdrs.add_protection_group(name="payments", status="protected")
        sdrs.add_protected_instance(server_group_id=group.id, status="protected")
        sdrs.add_replication_pair(server_group_id=group.id, status="protected")
        sdrs.faults.fail_job("StartFailoverProtectionGroup")
        page = Page(browser, sdrs).open("groups")

        page.click("Fail over payments")

        page.wait(lambda: page.texts("tr.open .pill.running") == ["failing-over"])
        sdrs.clock.advance(minutes=2)
        page.wait(lambda: page.texts("tr.open .pill.error") == ["error-failing-over"])
        assert page.rows("Failed") == ["1"]
        assert page.console() == []


# Jobs


@pytest.fixture
def jobs_page(sdrs, group, page):
    """The jobs, one of which is held."""
    sdrs.jobs.hold()
    body = {"stop-server-group": {}}
    path = f"/v1/{sdrs.project_id}/server-groups/{group.id}/action"
    assert sdrs.request("POST", path, json=body).status == 200
    page.open("jobs")
    page.wait(lambda: len(page.rows()) == 1)
    return page


def test_a_job_says_what_it_waits_for(sdrs, jobs_page):
    sdrs.add_job(status="RUNNING")

    jobs_page.wait(
        lambda: (
            sorted(jobs_page.rows("Waits for"))
            == ["held until released", "runs until you finish it"]
        )
    )


def test_a_job_that_waits_for_time_and_polls_counts_them_down(browser):
    with FakeSdrs(job_duration=3600, job_polls=5) as sdrs:
        group = sdrs.add_protection_group(name="payments")
        path = f"/v1/{sdrs.project_id}/replications"
        pair = {"server_group_id": group.id, "volume_id": "v", "name": "data"}
        job_id = sdrs.request("POST", path, json={"replication": pair}).json["job_id"]
        page = Page(browser, sdrs).open("jobs")

        page.shows("), 5 more polls")
        sdrs.request("GET", f"/v1/{sdrs.project_id}/jobs/{job_id}")
        page.shows("), 4 more polls")
        assert page.rows("Resource") == ["data"]
        for _ in range(3):
            sdrs.request("GET", f"/v1/{sdrs.project_id}/jobs/{job_id}")
        page.shows("), 1 more poll")


def test_a_job_is_finished(sdrs, group, jobs_page):
    jobs_page.click("Finish")

    jobs_page.shows("No job is running.")
    assert status_of(sdrs, group) == "available"


def test_all_jobs_are_finished(sdrs, jobs_page):
    jobs_page.click("Finish all")

    jobs_page.shows("No job is running.")
    assert sdrs.jobs.pending == ()


def test_a_job_is_let_fail(sdrs, group, jobs_page):
    jobs_page.click("Fail")
    jobs_page.wait(lambda: jobs_page.find("dialog[open]"))
    jobs_page.write("code", "EVS.2024")
    jobs_page.write("reason", "the disk is gone")
    jobs_page.click("Fail", inside="dialog")

    jobs_page.wait(lambda: status_of(sdrs, group) == "error-stopping")
    (failed,) = sdrs.failure_jobs
    assert (failed.error_code, failed.fail_reason) == ("EVS.2024", "the disk is gone")
    jobs_page.shows("No job is running.")


def test_new_jobs_are_held_and_released(sdrs, page):
    page.open("jobs")

    page.click("Hold new jobs")
    page.shows("New jobs are held")
    assert "held" in repr(sdrs.jobs)
    page.click("Release")
    page.wait(lambda: "Hold new jobs" in page.buttons())
    assert "held" not in repr(sdrs.jobs)


# Requests


def test_requests_appear_as_they_come(sdrs, page):
    page.open("requests")
    page.shows("No requests yet.")

    sdrs.request("GET", f"/v1/{sdrs.project_id}/server-groups/none")

    page.wait(lambda: page.rows("Operation") == ["ShowProtectionGroup"])
    assert page.rows("Status") == ["400"]
    assert page.rows("Refusal") == ["SDRS.1013 Protection group not found"]
    assert page.rows("Request") == ["GET …/server-groups/none"]


def test_a_request_shows_the_fault_that_it_met_and_opens_with_a_curl_line(sdrs, page):
    sdrs.faults.fail("ShowQuota", status=429)
    sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas")
    page.open("requests")
    page.wait(lambda: page.rows("Fault") == ["fail('ShowQuota', status=429)"])

    page.click("Details")

    page.wait(lambda: page.find("tr.detail"))
    curl, response = page.texts("tr.detail pre")
    assert curl.startswith("curl --noproxy '*' -sS")
    assert "APIGW.0308" in response


def test_the_curl_line_is_copied(sdrs, page):
    sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas")
    page.open("requests")
    page.click("Details")
    page.run("navigator.clipboard.writeText = async (text) => { window.copied = text; }")

    page.click("Copy")

    page.wait(lambda: page.run("return window.copied") == page.texts("tr.detail pre")[0])
    page.shows("Copied")


def test_requests_are_filtered_and_cleared(sdrs, page):
    for path in ("sdrs/quotas", "server-groups", "server-groups/none"):
        sdrs.request("GET", f"/v1/{sdrs.project_id}/{path}")
    page.open("requests")

    page.choose("Operation", "ShowQuota")
    page.wait(lambda: page.rows("Operation") == ["ShowQuota"])
    page.choose("Operation", "")
    page.find('input[type="checkbox"]')[0].click()
    page.wait(lambda: page.rows("Status") == ["400"])
    page.click("Clear")
    page.shows("No requests yet.")
    assert len(sdrs.journal) == 0


def test_requests_come_in_pages(sdrs, page):
    for number in range(120):
        sdrs.request("GET", f"/v1/{sdrs.project_id}/server-groups?offset={number}")
    page.open("requests")

    page.shows("1\u201350 of 120")
    page.click("Older requests")
    page.shows("51\u2013100 of 120")
    page.click("Older requests")
    page.shows("101\u2013120 of 120")
    page.click("Newer requests")
    page.shows("51\u2013100 of 120")
    page.click("Newest")
    page.shows("1\u201350 of 120")


def test_what_the_page_reads_is_no_request(sdrs, group, page):
    for view in ("tasks", "groups", "requests"):
        page.open(view)

    assert len(sdrs.journal) == 0


# Faults


@pytest.mark.parametrize(
    ("kind", "given", "description"),
    [
        ("fail", {"operation": "ShowQuota"}, "fail('ShowQuota', status=503)"),
        ("fail", {"latency": "1.5"}, "fail(status=503, latency=1.5)"),
        ("fail_job", {"code": "EVS.2024"}, "fail_job(code='EVS.2024')"),
        ("defer", {"delay": "5"}, "defer(delay=5)"),
        ("wrong_count", {"by": "3"}, "wrong_count(by=3)"),
        ("short_page", {}, "short_page()"),
        ("insert_between_pages", {}, "insert_between_pages()"),
        ("delete_between_pages", {}, "delete_between_pages()"),
    ],
)
def test_a_fault_is_armed_by_the_form(sdrs, page, kind, given, description):
    page.open("faults")
    page.choose("Kind", kind)
    for name, text in given.items():
        if name == "operation":
            page.choose("Operation", text)
        else:
            page.write(name, text)

    page.click("Arm")

    page.wait(lambda: len(list(sdrs.faults)) == 1)
    (fault,) = sdrs.faults
    assert fault.description == description
    page.wait(lambda: page.rows("Fault") == [fault.description])
    sdrs.faults.clear()


def test_a_fault_has_conditions_on_the_fields_of_its_operation(sdrs, page):
    page.open("faults")
    page.choose("Operation", "ListFailureJobs")
    page.click("Add a condition")
    page.wait(lambda: page.find(".condition"))
    name, comparison = page.find(".condition select")
    names = page.texts(".condition select:first-child option")
    assert {"limit", "offset", "server_group_id"} < set(names)
    page.run("arguments[0].value = 'offset'; arguments[0].onchange({target: arguments[0]})", name)
    comparison = page.find(".condition select")[1]
    page.run(
        "arguments[0].value = '__gt'; arguments[0].onchange({target: arguments[0]})", comparison
    )
    page.find(".condition input")[0].send_keys("10")

    page.click("Arm")

    page.wait(lambda: len(list(sdrs.faults)) == 1)
    (fault,) = sdrs.faults
    assert fault.description == "fail('ListFailureJobs', status=503, offset__gt=10)"
    sdrs.faults.clear()


def test_faults_are_counted_disarmed_and_forgotten(sdrs, page):
    fault = sdrs.faults.fail("ShowQuota", status=503)
    page.open("faults")
    sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas")
    page.wait(lambda: page.rows("Fired") == ["1"])

    page.click("Disarm 1")
    page.wait(lambda: page.rows("Status") == ["over"])
    assert not fault.armed
    page.click("Disarm and forget all")
    page.shows("No faults.")
    assert list(sdrs.faults) == []


# Clock


@pytest.mark.parametrize(
    ("button", "seconds"),
    [("+ 1 minute", 60), ("+ 1 hour", 3600), ("+ 1 day", 86400), ("+ 7 days", 604800)],
)
def test_the_clock_is_moved_on(sdrs, page, button, seconds):
    before = sdrs.clock.now()
    page.open("clock")

    page.click(button)

    page.wait(lambda: (sdrs.clock.now() - before).total_seconds() >= seconds)
    page.shows(f"{sdrs.clock.now():%Y-%m-%d %H:%M}")


def test_the_clock_is_advanced_by_seconds_and_set(sdrs, page):
    before = sdrs.clock.now()
    page.open("clock")

    page.write("seconds", "90").send_keys(Keys.ENTER)
    page.wait(lambda: (sdrs.clock.now() - before).total_seconds() >= 90)
    page.write("set", "2099-01-01T00:00:00Z").send_keys(Keys.ENTER)
    page.shows("2099-01-01 00:00:0")


def test_what_is_refused_is_said(browser, sdrs):
    page = Page(browser, sdrs).open("clock")

    page.write("set", "2001-01-01T00:00:00Z").send_keys(Keys.ENTER)

    page.wait(lambda: page.find(".toast.error"))
    assert "400 set: " in page.texts(".toast.error")[0]


# Data


def test_a_scenario_is_added(sdrs, page):
    page.open("seed")

    page.click("Add regional-switchover")

    page.wait(lambda: len(sdrs.failure_jobs) == 50)
    page.shows("Added. Failed tasks: 50, groups: 6")


def test_data_are_generated_after_the_fake_was_emptied(sdrs, page):
    sdrs.add_failure_job()
    page.open("seed")
    page.write("failures", "30")
    page.write("seed", "7")
    page.find('[name="replace"]')[0].click()

    page.click("Add")

    page.wait(lambda: len(sdrs.failure_jobs) == 30)
    assert "seed=7" in str(sdrs.seed_history[0])


def test_the_fake_is_reset_to_its_start(browser):
    with FakeSdrs(failures=3) as sdrs:
        page = Page(browser, sdrs).open("seed")
        page.click("Add storage-outage")
        page.wait(lambda: len(sdrs.failure_jobs) > 3)

        page.click("Reset to the start")

        page.wait(lambda: len(sdrs.failure_jobs) == 3)


def test_all_projects_are_emptied(sdrs, page):
    sdrs.project("other").add_failure_job()
    page.open("seed")

    page.click("Empty all projects")
    page.click("Empty all projects", inside="dialog")

    page.wait(lambda: sdrs.project_ids == frozenset())


def test_another_project_is_looked_at(sdrs, page):
    sdrs.add_failure_job(resource_name="mine")
    sdrs.project("other").add_failure_job(resource_name="theirs")
    page.open()
    page.wait(lambda: page.rows("Resource") == ["mine"])

    page.choose("Project", "other")

    page.wait(lambda: page.rows("Resource") == ["theirs"])
