"""Faults and the journal match requests by the fields of their bodies."""

import pytest

from sdrs_fake import ParameterError

PAIR = {"server_group_id": "g", "volume_id": "v1", "name": "pair"}
GROUP = {
    "name": "x",
    "source_availability_zone": "a",
    "target_availability_zone": "b",
    "domain_id": "d",
    "source_vpc_id": "v",
}

SERVERS = {"servers": [{"server_id": "s"}, {"server_id": "t", "flavorRef": "f"}, 5]}

CASES = [
    ("CreateReplication", {"replication": PAIR}, {"volume_id": "v1"}, True),
    ("CreateReplication", {"replication": PAIR}, {"volume_id": "v1", "name": "pair"}, True),
    ("CreateReplication", {"replication": PAIR}, {"volume_id": "v2"}, False),
    ("CreateReplication", {"replication": PAIR}, {"description": None}, True),
    ("CreateReplication", {"replication": {**PAIR, "description": None}}, {"name": "pair"}, True),
    ("CreateReplication", {"replication": PAIR}, {"name": None}, False),
    ("CreateReplication", {"replication": 5}, {"name": None}, True),
    ("CreateReplication", [PAIR], {"name": "pair"}, False),
    ("CreateReplication", {"other": {"name": "x"}, "replication": PAIR}, {"name": "x"}, False),
    ("CreateProtectionGroup", {"server_group": GROUP}, {"name": "x", "dr_type": None}, True),
    ("ExpandReplication", {"extend-replication": {"new_size": 20}}, {"new_size": 20}, True),
    ("ExpandReplication", {"extend-replication": {"new_size": "20"}}, {"new_size": 20}, False),
    ("ExpandReplication", {"extend-replication": {"new_size": True}}, {"new_size": 1}, False),
    ("ExpandReplication", {"extend-replication": {"new_size": 0}}, {"new_size": None}, False),
    ("DeleteProtectedInstance", {"delete_target_eip": True}, {"delete_target_eip": True}, True),
    ("DeleteProtectedInstance", {"delete_target_eip": 1}, {"delete_target_eip": True}, False),
    ("DeleteProtectedInstance", {"delete_target_eip": False}, {"delete_target_eip": None}, False),
    ("DeleteProtectedInstance", None, {"delete_target_eip": None}, True),
    ("BatchCreateProtectedInstances", {"protected_instances": SERVERS}, {"server_id": "t"}, True),
    ("BatchCreateProtectedInstances", {"protected_instances": SERVERS}, {"server_id": "u"}, False),
    ("BatchCreateProtectedInstances", {"protected_instances": SERVERS}, {"flavorRef": "f"}, True),
    ("BatchCreateProtectedInstances", {"protected_instances": SERVERS}, {"flavorRef": None}, False),
    ("BatchDeleteProtectedInstances", {"protected_instances": [{"id": "i"}]}, {"id": "i"}, True),
    ("BatchDeleteProtectedInstances", {"protected_instances": []}, {"id": None}, True),
]

ROUTES = {
    "BatchCreateProtectedInstances": ("POST", "protected-instances/batch"),
    "BatchDeleteProtectedInstances": ("POST", "protected-instances/delete"),
    "CreateProtectionGroup": ("POST", "server-groups"),
    "CreateReplication": ("POST", "replications"),
    "ExpandReplication": ("POST", "replications/r/action"),
    "DeleteProtectedInstance": ("DELETE", "protected-instances/i"),
}


@pytest.fixture
def send(sdrs):
    """Send a body to an operation."""

    def sending(operation, body, params=None):
        method, path = ROUTES[operation]
        return sdrs.request(method, f"/v1/{sdrs.project_id}/{path}", params, json=body)

    return sending


@pytest.mark.parametrize("case", CASES)
def test_a_fault_matches_by_fields_of_the_body(sdrs, send, case):
    operation, body, fields, found = case
    fault = sdrs.faults.fail(operation, status=503, optional=True, **fields)

    assert (send(operation, body).status == 503, bool(fault.fired)) == (found, found)


@pytest.mark.parametrize("case", CASES)
def test_the_journal_finds_by_the_same_fields(sdrs, send, case):
    operation, body, fields, found = case
    send(operation, body)

    if found:
        sdrs.journal.assert_called_once(operation, **fields)
    else:
        sdrs.journal.assert_not_called(operation, **fields)


def test_without_an_operation_a_fault_matches_any_that_has_the_field(sdrs, send):
    fault = sdrs.faults.fail(status=503, name="x")

    assert send("CreateReplication", {"replication": PAIR}).status == 400
    assert send("CreateProtectionGroup", {"server_group": GROUP}).status == 503
    path = f"/v1/{sdrs.project_id}/server-groups"
    assert sdrs.request("GET", path, params={"name": "x"}).status == 503
    assert fault.fired == 2


def test_a_query_parameter_of_the_same_name_does_not_hide_a_field_of_the_body(sdrs, send):
    send("CreateReplication", {"replication": PAIR}, params={"name": "other"})

    sdrs.journal.assert_called("CreateReplication", name="pair")


def test_the_nearest_request_shows_what_its_body_had(sdrs, send):
    send("ExpandReplication", {"extend-replication": {"new_size": 10}})

    with pytest.raises(AssertionError) as caught:
        sdrs.journal.assert_called("ExpandReplication", new_size=20)

    assert str(caught.value).splitlines()[-1] == "    new_size was 10, not 20"


def test_the_nearest_request_shows_what_all_objects_of_a_list_had(sdrs, send):
    send("BatchCreateProtectedInstances", {"protected_instances": SERVERS})

    with pytest.raises(AssertionError, match=r"server_id was \['s', 't'\], not 'u'$"):
        sdrs.journal.assert_called("BatchCreateProtectedInstances", server_id="u")


def test_an_unknown_field_of_the_objects_of_a_list_is_noted_once(sdrs, send):
    servers = [{"server_id": "s"}, *[{"server_id": "t", "flavor": "f"}] * 50]
    send("BatchCreateProtectedInstances", {"protected_instances": {"servers": servers}})

    request = sdrs.journal.last.request
    assert request.unknown_fields == ("protected_instances.servers[].flavor",)


def test_a_request_whose_body_is_no_longer_kept_does_not_count(sdrs, send):
    send("CreateReplication", {"replication": PAIR})
    for _ in range(6):
        send("CreateProtectionGroup", {"server_group": "a" * 900_000})

    sdrs.journal.assert_called("CreateReplication")
    sdrs.journal.assert_not_called("CreateReplication", name="pair")
    sdrs.journal.assert_not_called("CreateReplication", description=None)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"volum_id": "v1"}, "volum_id: no such {}; did you mean volume_id?"),
        ({"replication": "r"}, "replication: no such {}; "),
        (
            {"volume_id": ["v1"]},
            "volume_id: ['v1'] should be a string, an integer, True or False, or None where it",
        ),
        ({"volume_id": ""}, "volume_id: '' should be None, which means absent or empty"),
        ({"volume_id": 1.5}, "volume_id: 1.5 should be a string, an integer, True or False, or"),
    ],
)
def test_a_field_that_no_body_could_have_is_refused(sdrs, fields, message):
    for what, call in (
        ("argument", lambda: sdrs.faults.fail("CreateReplication", status=503, **fields)),
        ("field", lambda: sdrs.journal.assert_not_called("CreateReplication", **fields)),
    ):
        with pytest.raises(ParameterError) as caught:
            call()
        assert str(caught.value).startswith(message.format(what))


def test_over_http_a_fault_takes_them_too(sdrs, send):
    fault = {"operation": "ExpandReplication", "status": 503, "new_size": 20}
    assert sdrs.request("POST", "/_fake/faults", json=fault).status < 300

    assert send("ExpandReplication", {"extend-replication": {"new_size": 20}}).status == 503
