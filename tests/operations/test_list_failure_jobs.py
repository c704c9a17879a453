"""GET /v1/{project_id}/task-center/failure-jobs"""

import re

import pytest

from sdrs_fake import Behavior, FailureStatus, FakeSdrs, ParameterError, ResourceType

GROUP = "decf224d-87fe-403a-8721-037a1a45c287"
MAX_OFFSET = 2147483647


def ask(sdrs, **query):
    return sdrs.request("GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs", params=query)


def listed(sdrs, **query):
    return [job["job_id"] for job in ask(sdrs, **query).json["failure_jobs"]]


def code(response):
    return response.json["error"]["code"]


@pytest.fixture
def mixed(sdrs):
    """A group's own failure, one inside it, one inside another group."""
    sdrs.add_failure_job(job_id="own", resource_type="server_groups", resource_id=GROUP)
    sdrs.add_failure_job(job_id="inside", resource_type="replications", server_group_id=GROUP)
    sdrs.add_failure_job(
        job_id="elsewhere", resource_type="replications", server_group_id="another"
    )
    return sdrs


# Scope


def test_without_a_group_only_failures_of_groups_are_listed(mixed):
    assert listed(mixed) == ["own"]


def test_with_a_group_all_its_failures_are_listed_its_own_included(mixed):
    assert set(listed(mixed, server_group_id=GROUP)) == {"own", "inside"}


@pytest.mark.parametrize(
    "query",
    [
        {"resource_type": "replications"},
        {"failure_status": "createFail", "resource_type": "replications"},
    ],
)
def test_a_filter_without_a_group_does_not_look_inside_groups(mixed, query):
    assert listed(mixed, **query) == []


def test_a_group_that_nobody_declared_has_an_empty_list(mixed):
    response = ask(mixed, server_group_id="unheard-of")

    assert (response.status, response.json) == (200, {"count": 0, "failure_jobs": []})


def test_a_job_without_a_group_is_in_no_groups_list(sdrs):
    sdrs.add_failure_job(
        job_id="lone", resource_type="server_groups", resource_id=GROUP, server_group_id=None
    )

    assert listed(sdrs) == ["lone"]
    assert listed(sdrs, server_group_id=GROUP) == []


def test_another_project_has_nothing_of_this_one(mixed):
    response = mixed.request("GET", "/v1/another-project/task-center/failure-jobs")

    assert response.json == {"count": 0, "failure_jobs": []}


# Filters


@pytest.mark.parametrize(
    ("field", "kept", "dropped"),
    [
        ("resource_name", "web", "web-2"),
        ("resource_name", "web", "Web"),
        ("resource_name", "复制对 1/2", "复制对"),
        ("resource_type", "replications", "protected_instances"),
        ("resource_type", "replications", "protectedInstance"),
        ("resource_type", "protected_instances", "replicationPair"),
        ("failure_status", "expandFail", "createFail"),
    ],
)
def test_a_filter_keeps_only_its_exact_value(sdrs, field, kept, dropped):
    sdrs.add_failure_job(job_id="a", server_group_id=GROUP, **{field: kept})
    sdrs.add_failure_job(job_id="b", server_group_id=GROUP, **{field: dropped})

    assert listed(sdrs, server_group_id=GROUP, **{field: kept}) == ["a"]


@pytest.mark.parametrize("status", FailureStatus)
def test_each_documented_status_is_a_filter(sdrs, status):
    for each in FailureStatus:
        sdrs.add_failure_job(job_id=each, failure_status=each, server_group_id=GROUP)

    assert listed(sdrs, server_group_id=GROUP, failure_status=status) == [status]


@pytest.mark.parametrize("kind", ResourceType)
def test_each_documented_type_is_a_filter(sdrs, kind):
    for each in ResourceType:
        sdrs.add_failure_job(job_id=each, resource_type=each, server_group_id=GROUP)

    assert listed(sdrs, server_group_id=GROUP, resource_type=kind) == [kind]


@pytest.mark.parametrize(
    ("spelling", "kind"),
    [
        ("protectionGroup", "server_groups"),
        ("protectedInstance", "protected_instances"),
        ("replicationPair", "replications"),
        ("disasterRecoveryDrill", "disaster_recovery_drills"),
    ],
)
def test_a_type_spelled_as_in_2019_is_answered_as_given_and_matched_by_todays_filter(
    sdrs, spelling, kind
):
    sdrs.add_failure_job(resource_type=spelling, server_group_id=GROUP)

    rows = ask(sdrs, server_group_id=GROUP, resource_type=kind).json["failure_jobs"]

    assert [row["resource_type"] for row in rows] == [spelling]


def test_filters_are_combined_with_and(sdrs):
    sdrs.add_failure_job(job_id="both", resource_name="web", failure_status="startFail")
    sdrs.add_failure_job(job_id="name", resource_name="web", failure_status="stopFail")
    sdrs.add_failure_job(job_id="status", resource_name="db", failure_status="startFail")

    assert listed(sdrs, resource_name="web", failure_status="startFail") == ["both"]


@pytest.mark.parametrize(
    "field", ["failure_status", "resource_type", "resource_name", "server_group_id"]
)
def test_an_empty_filter_counts_as_not_given(mixed, field):
    assert listed(mixed, **{field: ""}) == ["own"]


@pytest.mark.parametrize("field", ["failure_status", "resource_type"])
@pytest.mark.parametrize(
    "value",
    ["createFail,stopFail", "CreateFail", "SERVER_GROUPS", "protectedInstance", " createFail"],
)
def test_a_value_outside_an_enum_is_refused(sdrs, field, value):
    response = ask(sdrs, **{field: value})

    assert (response.status, code(response)) == (400, "SDRS.0201")


def test_unknown_parameters_change_nothing(mixed):
    assert ask(mixed, marker="own", sort_key="name", Limit="0").body == ask(mixed).body


def test_of_a_repeated_parameter_the_first_counts(mixed, path):
    query = f"server_group_id={GROUP}&server_group_id=another&limit=7&limit=x"

    response = mixed.request("GET", path, params=query)

    assert response.json["count"] == 2


# Order


def test_times_within_a_millisecond_are_a_tie(sdrs):
    sdrs.add_failure_job(job_id="a", begin_time="2026-01-01T00:00:00.000999Z")
    sdrs.add_failure_job(job_id="b", begin_time="2026-01-01T00:00:00.000001Z")

    assert listed(sdrs) == ["b", "a"]


def test_the_newest_comes_first_and_ties_go_by_id_descending(sdrs):
    for job_id, day in [("a", 2), ("c", 1), ("b", 2), ("d", 3)]:
        sdrs.add_failure_job(job_id=job_id, begin_time=f"2026-01-0{day}T00:00:00Z")

    assert listed(sdrs) == ["d", "b", "a", "c"]
    assert [job.job_id for job in sdrs.failure_jobs] == ["d", "b", "a", "c"]


# Page


@pytest.mark.parametrize("value", [None, "1", "1000", "0007", "0" * 5000 + "7"])
def test_a_limit_from_1_to_1000_is_taken(sdrs, value):
    sdrs.add_failure_job(job_id="only")

    assert listed(sdrs, limit=value) == ["only"]


def test_limit_0_gives_no_rows_and_the_full_count(sdrs):
    sdrs.add_failure_job()

    assert ask(sdrs, limit=0).json == {"count": 1, "failure_jobs": []}


def test_the_default_limit_is_1000(sdrs):
    for number in range(1001):
        sdrs.add_failure_job(job_id=str(number))

    answer = ask(sdrs).json

    assert (answer["count"], len(answer["failure_jobs"])) == (1001, 1000)


@pytest.mark.parametrize("value", [None, "0", "0000", "0" * 5000])
def test_an_absent_or_zero_offset_is_the_start(sdrs, value):
    sdrs.add_failure_job(job_id="only")

    assert listed(sdrs, offset=value) == ["only"]


@pytest.mark.parametrize("value", ["1", "0007", "1000", "1001", str(MAX_OFFSET)])
def test_an_offset_past_the_end_gives_an_empty_page(sdrs, value):
    sdrs.add_failure_job()

    response = ask(sdrs, offset=value)
    assert (response.status, response.json) == (200, {"count": 1, "failure_jobs": []})


NO_NUMBER = [
    *("", "-1", "-0", "+1", " 1", "1 ", "1.0", "1e2", "1_0", "0x1", "ten", "null", "1,2"),
    *("\N{FULLWIDTH DIGIT ONE}", "٣", "²", "\n1", "1\n"),
]


@pytest.mark.parametrize("value", [*NO_NUMBER, "1001", str(MAX_OFFSET + 1), "9" * 30, "9" * 5000])
def test_any_other_limit_is_refused(sdrs, value):
    response = ask(sdrs, limit=value)

    assert (response.status, code(response)) == (400, "SDRS.0221")


@pytest.mark.parametrize("value", [*NO_NUMBER, str(MAX_OFFSET + 1), "9" * 30, "9" * 5000])
def test_any_other_offset_is_refused(sdrs, value):
    response = ask(sdrs, offset=value)

    assert (response.status, code(response)) == (400, "SDRS.0222")


def test_count_is_what_matched_not_what_the_page_holds(sdrs):
    sdrs.add_failure_job()
    sdrs.add_failure_job()

    assert ask(sdrs, limit=1).json["count"] == 2


# Answer


def test_the_answer_has_count_first_and_ten_fields_a_job_in_the_samples_order(sdrs, fixture):
    sdrs.add_failure_job()
    sample = fixture("list_failure_jobs")

    answer = ask(sdrs).json

    assert list(answer) == list(sample)
    assert list(answer["failure_jobs"][0]) == list(sample["failure_jobs"][0])


def test_a_write_is_seen_by_the_next_list(sdrs):
    before = ask(sdrs).json["count"]
    sdrs.add_failure_job()

    assert (before, ask(sdrs).json["count"]) == (0, 1)


# Behavior: the other side of each ambiguity


def behavior(**choice):
    return FakeSdrs(behavior=Behavior(**choice))


def test_behavior_count_page_counts_the_rows_of_the_page():
    sdrs = behavior(count="page")
    for _ in range(3):
        sdrs.add_failure_job()

    assert [ask(sdrs, limit=2, offset=offset).json["count"] for offset in (0, 2, 4)] == [2, 1, 0]


def test_behavior_limit_zero_error():
    response = ask(behavior(limit_zero="error"), limit=0)

    assert (response.status, code(response)) == (400, "SDRS.0221")


def test_behavior_resource_name_contains():
    sdrs = behavior(resource_name="contains")
    for name in ("web-1", "my-web", "Web", "db"):
        sdrs.add_failure_job(job_id=name, resource_name=name)

    assert set(listed(sdrs, resource_name="web")) == {"web-1", "my-web"}


def test_behavior_group_scope_members_leaves_the_groups_own_failures_out():
    sdrs = behavior(group_scope="members")
    sdrs.add_failure_job(job_id="own", resource_type="protectionGroup", resource_id=GROUP)
    sdrs.add_failure_job(job_id="inside", server_group_id=GROUP)

    assert listed(sdrs, server_group_id=GROUP) == ["inside"]


@pytest.mark.parametrize(
    ("choice", "query", "expected"),
    [
        ("widened_by_filter", {}, {"own"}),
        ("widened_by_filter", {"limit": 5, "resource_name": ""}, {"own"}),
        ("widened_by_filter", {"failure_status": "createFail"}, {"own", "inside"}),
        ("widened_by_filter", {"resource_type": "replications"}, {"inside"}),
        ("widened_by_filter", {"resource_name": "pair"}, {"inside"}),
        ("everywhere", {}, {"own", "inside"}),
        ("everywhere", {"resource_type": "server_groups"}, {"own"}),
    ],
)
def test_behavior_scope_without_group(choice, query, expected):
    sdrs = behavior(scope_without_group=choice)
    sdrs.add_failure_job(job_id="own", resource_type="server_groups")
    member = {"resource_type": "replications", "resource_name": "pair", "server_group_id": "g"}
    sdrs.add_failure_job(job_id="inside", failure_status="createFail", **member)

    assert set(listed(sdrs, **query)) == expected


def test_behavior_unknown_group_error():
    sdrs = behavior(unknown_group="error")
    sdrs.add_protection_group(id="declared")
    sdrs.add_failure_job(server_group_id="mentioned")

    response = ask(sdrs, server_group_id="unheard-of")

    assert (response.status, code(response)) == (400, "SDRS.1013")
    for group in ("declared", "mentioned"):
        assert ask(sdrs, server_group_id=group).status == 200


def test_behavior_wrong_method_404_is_the_gateways_answer(path):
    response = behavior(wrong_method=404).request("PUT", path)

    assert (response.status, response.json["error_code"]) == (404, "APIGW.0101")
    assert response.json["error_msg"] == "The API does not exist."
    assert "Allow" not in response.headers


def test_behavior_error_key_named(path):
    sdrs = behavior(error_key="named")

    assert list(ask(sdrs, limit="x").json) == ["badrequest"]
    assert list(sdrs.request("PUT", path).json) == ["error"]
    assert list(sdrs.request("GET", "/nowhere").json) == ["error_code", "error_msg", "request_id"]
    assert list(sdrs.request("GET", f"/v1/{sdrs.project_id}/jobs/none").json) == ["itemNotFound"]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"count": "half"}, "count: 'half' should be 'total' or 'page'"),
        ({"counts": "page"}, "counts: no such field; did you mean count?"),
        ({"wrong_method": 418}, "wrong_method: 418 should be 405 or 404"),
    ],
)
def test_a_behavior_that_does_not_exist_is_refused_naming_the_choices(choice, message):
    with pytest.raises(ParameterError) as caught:
        Behavior(**choice)

    assert (str(caught.value), caught.value.name) == (message, *choice)


def test_a_behavior_takes_numbers_as_text_too():
    assert Behavior(wrong_method="404") == Behavior(wrong_method=404)


@pytest.mark.parametrize(
    "value",
    [
        Behavior(count="page", wrong_method=404),
        {"count": "page", "wrong_method": 404},
        "count=page, wrong_method=404",
        "count = page,wrong_method=404,",
    ],
)
def test_a_behavior_is_read_from_a_mapping_and_from_text(value):
    assert Behavior.parse(value) == Behavior(count="page", wrong_method=404)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (5, "behavior: 5 should be a Behavior, a mapping, or such as 'count=page'"),
        ("count", "behavior: 'count' should be such as count=page"),
        ("count=half", "behavior.count: 'half' should be 'total' or 'page'"),
        ({"counts": "page"}, "behavior.counts: no such field; did you mean count?"),
    ],
)
def test_what_is_no_behavior_is_refused(value, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        Behavior.parse(value)
