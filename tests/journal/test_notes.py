"""The note of the journal on a refusal: what the documented answer does not say."""

import pytest

from tests.operations.cases import GROUP, INSTANCE, add_what_it_needs, code_of, send

ACTIONS = "start-server-group, stop-server-group, failover-server-group, reverse-server-group"
GROUPS, LIST, RPO = "server-groups", "task-center/failure-jobs", "resource/rpo-statistics"
LONG = "x" * 2000


def note_of(sdrs, method, path, **more):
    """The note on a request below the project, which is refused."""
    assert sdrs.request(method, f"/v1/{sdrs.project_id}/{path}", **more).status >= 400
    return sdrs.journal.last.response.note


@pytest.mark.parametrize(
    ("path", "note"),
    [
        (
            f"{LIST}?resource_type=replication",
            (
                "resource_type: 'replication' should be 'server_groups', 'protected_instances',"
                " 'replications' or 'disaster_recovery_drills'"
            ),
        ),
        (f"{LIST}?failure_status=failed", "failure_status: 'failed' should be 'createFail', "),
        (f"{LIST}?limit=1001", "limit: 1001 should be less than or equal to 1000"),
        (f"{LIST}?limit=", "limit: '' should be an integer in plain digits"),
        (f"{LIST}?offset=-1", "offset: '-1' should be an integer in plain digits"),
        (f"{LIST}?offset=2147483648", "offset: 2147483648 should be less than or equal to 2147"),
        (f"{LIST}?offset=99999999999", "offset: '99999999999' should have 10 digits at most"),
        (f"{LIST}?limit=x&offset=x", "limit: 'x' should be an integer in plain digits"),
        (f"{LIST}?failure_status={LONG}", "failure_status: 'xxxxx"),
        (f"{GROUPS}?query_type=zz", "query_type: 'zz' should be 'status_abnormal', "),
        (f"{GROUPS}?status=zz", "status: 'zz' should be 'creating', "),
        ("protected-instances?status=zz", "status: 'zz' should be 'creating', "),
        ("replications?query_type=zz", "query_type: 'zz' should be 'status_abnormal'"),
        ("disaster-recovery-drills?status=zz", "status: 'zz' should be 'creating', "),
        (f"{RPO}?resource_type=replications", "resource_type: 'replications' should be 'replica"),
        (f"{RPO}?start_time=1", "start_time: '1' should be yyyy-MM-dd HH:mm:ss.SSS"),
    ],
)
def test_a_refused_parameter_is_named_with_what_would_be_right(sdrs, path, note):
    found = note_of(sdrs, "GET", path)

    assert found.startswith(note)
    assert len(found) < 500


@pytest.mark.sdrs(behavior={"limit_zero": "error"})
def test_a_limit_of_zero_that_is_refused_is_named(sdrs):
    assert note_of(sdrs, "GET", f"{LIST}?limit=0") == "limit: 0 should be 1 or more"


@pytest.mark.parametrize("body", [{}, {"start": {}}, [], None, "deep"], ids=ascii)
@pytest.mark.parametrize(
    ("path", "actions"),
    [
        (f"{GROUPS}/{GROUP}/action", ACTIONS),
        (f"protected-instances/{INSTANCE}/tags/action", "create, delete"),
    ],
)
def test_a_body_that_names_no_action_gets_the_actions_of_its_route(sdrs, path, actions, body):
    assert note_of(sdrs, "POST", path, json=body) == f"the body should name one of {actions}"


def test_a_body_that_names_two_actions_gets_the_actions_of_its_route(sdrs):
    body = {"start-server-group": {}, "stop-server-group": {}}

    note = note_of(sdrs, "POST", f"{GROUPS}/{GROUP}/action", json=body)

    assert note == f"the body should name one of {ACTIONS}"


@pytest.mark.parametrize(
    ("operation", "statuses", "note"),
    [
        (
            "StartProtectionGroup",
            {"group": "protected"},
            (
                "the status of g is protected; it should be one of available, error-reprotecting,"
                " error-starting, failed-over"
            ),
        ),
        (
            "StartReverseProtectionGroup",
            {"group": "available"},
            "the status of g is available; it should be one of error-reversing, protected",
        ),
        (
            "StopProtectionGroup",
            {"group": "available"},
            "the status of g is available; it should be one of error-stopping, protected",
        ),
        (
            "StartProtectionGroup",
            {"pair": "error-attaching"},
            "the group has no replication pair that is available",
        ),
        (
            "CreateReplication",
            {"group": "failed-over"},
            "the status of g is failed-over; it should be one of available, protected",
        ),
        (
            "AttachProtectedInstanceReplication",
            {"instance": "fault"},
            "the status of i is fault; it should be one of available, protected",
        ),
        (
            "ExpandReplication",
            {"pair": "fault"},
            "the status of p is fault; it should be one of available, error-extending, protected",
        ),
        (
            "DeleteDisasterRecoveryDrill",
            {"drill": "creating"},
            "the status of d is creating; it should be one of available, error, error-deleting",
        ),
    ],
)
def test_a_refused_status_is_named_with_those_that_are_allowed(sdrs, operation, statuses, note):
    add_what_it_needs(sdrs, operation, **statuses)

    assert code_of(send(sdrs, operation)) != 200
    assert sdrs.journal.last.response.note == note


def test_a_group_that_lacks_pairs_is_told_so(sdrs):
    sdrs.add_protection_group(id=GROUP)

    assert code_of(send(sdrs, "StartProtectionGroup")) == "SDRS.1002"
    note = "the group has no replication pair that is available"
    assert sdrs.journal.last.response.note == note


@pytest.mark.parametrize(
    ("operation", "note"),
    [
        ("DeleteProtectedInstance", "there is no such protected instance"),
        ("DeleteDisasterRecoveryDrill", "there is no such DR drill"),
    ],
)
def test_what_is_not_there_is_told_where_the_code_speaks_of_its_status(sdrs, operation, note):
    assert code_of(send(sdrs, operation)) in {"SDRS.1301", "SDRS.1913"}
    assert sdrs.journal.last.response.note == note


@pytest.mark.parametrize(
    ("operation", "body", "note"),
    [
        (
            "ExpandReplication",
            {"extend-replication": {"new_size": 5}},
            "new_size: 5 should be above 10",
        ),
        ("ResizeProtectedInstance", {"resize": {}}, "resize: should have a flavor"),
        (
            "BatchAddTags",
            {"action": "create", "tags": ["k"]},
            "tags: each should be an object",
        ),
        (
            "BatchAddTags",
            {"action": "create", "tags": [{"key": "k"}]},
            "value of a tag: missing",
        ),
        (
            "BatchDeleteTags",
            {"action": "delete", "tags": [{"value": "v"}]},
            "key of a tag: missing",
        ),
        (
            "ListProtectedInstancesByTags",
            {"action": "filter", "tags": [{"key": "k", "values": "v"}]},
            "values: should be a list of strings",
        ),
        (
            "ListProtectedInstancesByTags",
            {"action": "filter", "tags": [{"key": "k", "values": ["*"]}]},
            "values: '*' is not allowed",
        ),
        (
            "ListProtectedInstancesByTags",
            {"action": "filter", "matches": ["x"]},
            "matches: each should be an object",
        ),
    ],
)
def test_what_a_body_gets_wrong_beyond_its_types_is_named(sdrs, operation, body, note):
    add_what_it_needs(sdrs, operation)

    assert code_of(send(sdrs, operation, body)) == "SDRS.0201"
    assert sdrs.journal.last.response.note == note
