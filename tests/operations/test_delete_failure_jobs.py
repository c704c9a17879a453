"""DELETE of failed jobs: one, those of the group level, those of a group."""

import pytest

from sdrs_fake import Behavior, FakeSdrs

GROUP = "decf224d-87fe-403a-8721-037a1a45c287"
PLACES = {
    "one": "/failure-jobs/{}",
    "group level": "/failure-jobs/batch",
    "group": "/{}/failure-jobs/batch",
}


def delete(sdrs, what, name=""):
    return sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center{PLACES[what].format(name)}")


def left(sdrs):
    return {job.job_id for job in sdrs.failure_jobs}


def filled(**behavior):
    """A group's own failure, two of one instance inside it, one inside another group."""
    sdrs = FakeSdrs(behavior=Behavior(**behavior))
    sdrs.add_failure_job(job_id="own", resource_type="server_groups", resource_id=GROUP)
    for job_id in ("first", "second"):
        sdrs.add_failure_job(job_id=job_id, resource_id="instance", server_group_id=GROUP)
    sdrs.add_failure_job(job_id="elsewhere", resource_id="pair", server_group_id="another")
    return sdrs


ALL = {"own", "first", "second", "elsewhere"}


@pytest.mark.parametrize(
    ("what", "name", "gone"),
    [
        ("one", "first", {"first"}),
        ("one", "instance", {"first", "second"}),
        ("one", GROUP, {"own"}),
        ("group level", "", {"own"}),
        ("group", GROUP, {"own", "first", "second"}),
        ("group", "another", {"elsewhere"}),
        ("group", "unheard-of", set()),
    ],
)
def test_what_was_named_is_deleted_and_nothing_else(what, name, gone):
    sdrs = filled()

    response = delete(sdrs, what, name)

    assert (response.status, response.body, left(sdrs)) == (204, b"", ALL - gone)
    assert "Content-Type" not in response.headers
    assert len(response.headers["X-Request-Id"]) == 32


def test_a_list_that_was_asked_for_before_shows_what_is_left():
    sdrs = filled()
    path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
    before = sdrs.request("GET", path, params={"server_group_id": GROUP}).json["count"]
    delete(sdrs, "one", "first")

    after = sdrs.request("GET", path, params={"server_group_id": GROUP}).json

    assert (before, after["count"]) == (3, 2)
    assert {job["job_id"] for job in after["failure_jobs"]} == {"own", "second"}


@pytest.mark.parametrize(("what", "name"), [("group level", ""), ("group", GROUP)])
def test_a_batch_delete_succeeds_with_nothing_to_delete(sdrs, what, name):
    assert [delete(sdrs, what, name).status for _ in range(2)] == [204, 204]
    assert sdrs.project_ids == frozenset()


def test_a_job_id_wins_over_a_resource_id():
    sdrs = filled()
    sdrs.add_failure_job(job_id="instance", server_group_id="another")

    delete(sdrs, "one", "instance")

    assert left(sdrs) == ALL


def test_batch_wins_over_an_id():
    sdrs = filled()
    sdrs.add_failure_job(job_id="batch", server_group_id="another")

    delete(sdrs, "one", "batch")

    assert left(sdrs) == {*ALL, "batch"} - {"own"}


def test_an_unknown_failed_job_is_404_sdrs_0408():
    sdrs = filled()

    response = delete(sdrs, "one", "unheard-of")

    expected = {"error": {"message": "Null job", "code": "SDRS.0408"}}
    assert (response.status, response.json) == (404, expected)
    assert left(sdrs) == ALL


def test_a_second_delete_of_the_same_id_is_404():
    sdrs = filled()

    assert [delete(sdrs, "one", "first").status for _ in range(2)] == [204, 404]


def test_another_project_loses_nothing():
    sdrs = filled()

    for place in PLACES.values():
        sdrs.request("DELETE", f"/v1/another/task-center{place.format(GROUP)}")

    assert left(sdrs) == ALL


# Behavior: the other sides


@pytest.mark.parametrize(
    ("choice", "name", "status", "gone"),
    [
        ("job_id", "first", 204, {"first"}),
        ("job_id", "instance", 404, set()),
        ("resource_id", "first", 404, set()),
        ("resource_id", "instance", 204, {"first", "second"}),
    ],
)
def test_behavior_failure_job_id(choice, name, status, gone):
    sdrs = filled(failure_job_id=choice)

    assert (delete(sdrs, "one", name).status, left(sdrs)) == (status, ALL - gone)


def test_behavior_unknown_failure_job_ignored():
    sdrs = filled(unknown_failure_job="ignored")

    response = delete(sdrs, "one", "unheard-of")

    assert (response.status, response.body, left(sdrs)) == (204, b"", ALL)


def test_behavior_unknown_group_error_holds_for_the_delete_too():
    sdrs = filled(unknown_group="error")

    response = delete(sdrs, "group", "unheard-of")

    assert (response.status, response.json["error"]["code"]) == (400, "SDRS.1013")
    assert delete(sdrs, "group", "another").status == 204


@pytest.mark.parametrize(
    ("choice", "what", "gone"),
    [
        ({"group_scope": "members"}, "group", {"first", "second"}),
        ({"scope_without_group": "everywhere"}, "group level", ALL),
        ({"scope_without_group": "widened_by_filter"}, "group level", {"own"}),
    ],
)
def test_a_batch_delete_takes_what_the_list_shows_in_any_behavior(choice, what, gone):
    sdrs = filled(**choice)

    delete(sdrs, what, GROUP)

    assert left(sdrs) == ALL - gone


# What stays


def test_a_group_is_there_after_its_failures_are_deleted():
    sdrs = filled()
    delete(sdrs, "group", GROUP)

    assert GROUP in {group.id for group in sdrs.protection_groups}


def test_a_resource_is_known_after_its_failures_are_deleted(sdrs):
    known = {"resource_type": "replications", "resource_name": "disk", "server_group_id": "g"}
    sdrs.add_failure_job(resource_id="r", **known)
    delete(sdrs, "one", "r")

    again = sdrs.add_failure_job(resource_id="r")

    assert {name: getattr(again, name) for name in known} == known


def test_a_deleted_id_can_be_given_again():
    sdrs = filled()
    delete(sdrs, "one", "first")

    sdrs.add_failure_job(job_id="first", resource_name="again")

    assert left(sdrs) == ALL
    assert delete(sdrs, "one", "first").status == 204


@pytest.mark.parametrize(
    ("what", "name", "note"),
    [
        ("one", "first", "the failure_job_id was a job_id; deleted: 1"),
        ("one", "instance", "the failure_job_id was a resource_id; deleted: 2"),
        ("group level", "", "deleted: 1"),
        ("group", GROUP, "deleted: 3"),
    ],
)
def test_the_journal_shows_what_an_id_named(what, name, note):
    sdrs = filled()
    delete(sdrs, what, name)

    (record,) = sdrs.journal
    assert (record.response.note, record.response.body) == (note, b"")


def test_the_documented_request_lines_are_answered(sdrs, fixture):
    sdrs.import_failure_jobs(fixture("list_failure_jobs"), GROUP)
    lines = {line["operation"]: line["url"] for line in fixture("requests")["requests"]}

    for operation, count in [
        ("DeleteFailureJob", 1),
        ("DeleteServerGroupFailureJobs", 0),
        ("DeleteAllServerGroupFailureJobs", 0),
    ]:
        url = lines[operation].format(Endpoint="sdrs.test", project_id=sdrs.project_id)
        assert sdrs.request("DELETE", url.removeprefix("https://sdrs.test")).status == 204
        assert len(sdrs.failure_jobs) == count


def test_an_id_with_a_slash_is_named_by_its_encoded_form(sdrs):
    sdrs.add_failure_job(job_id="a/b")
    path = f"/v1/{sdrs.project_id}"

    assert sdrs.request("GET", f"{path}/jobs/a%2Fb").json["job_id"] == "a/b"
    assert sdrs.request("DELETE", f"{path}/task-center/failure-jobs/a%2fb").status == 204
    assert sdrs.failure_jobs == ()


def test_an_encoded_slash_parts_nothing(sdrs):
    sdrs.add_failure_job()

    target = f"/v1/{sdrs.project_id}/task-center/failure-jobs%2Fbatch"
    assert sdrs.request("DELETE", target).status == 404
    assert len(sdrs.failure_jobs) == 1
