"""What is refused when a fault is armed, and how faults describe themselves."""

import pytest

from sdrs_fake.errors import ParameterError

LIST = "ListFailureJobs"
GOOD = {"operation": LIST, "status": 503}
INTEGER = "should be an integer"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "status: None should be one of 400, 401, "),
        ({"status": 418}, "status: 418 should be one of 400, 401, "),
        ({"code": "SDRS.0014x"}, "code: 'SDRS.0014x' is not documented; did you mean SDRS.0014?"),
        (
            {**GOOD, "operation": "ListFailedJobs"},
            "operation: 'ListFailedJobs' is not documented; did you mean ListFailureJobs?",
        ),
        ({**GOOD, "operation": 5}, "operation: 5 is not documented; an operation id is, for ex"),
        ({"code": ["SDRS.0013"]}, "code: ['SDRS.0013'] is not documented"),
        ({"status": 503, "self": 1}, "self: no such argument; "),
        ({"staus": 503}, "staus: no such argument; did you mean status?"),
        ({**GOOD, "tmes": 1}, "tmes: no such argument; did you mean times?"),
        ({"opertion": LIST, "status": 503}, "opertion: no such argument; did you mean operation?"),
        ({**GOOD, "ofset": 1}, "ofset: no such argument; did you mean offset?"),
        ({**GOOD, "ofset__gt": 1}, "ofset__gt: no such argument; did you mean offset__gt?"),
        ({**GOOD, "offset__over": 1}, "offset__over: no such argument; did you mean offset"),
        (
            {**GOOD, "resource_name__gt": 5},
            "resource_name__gt: no such argument; did you mean resource_name?",
        ),
        (
            {"operation": "ListApiVersions", "status": 503, "limit": 1},
            (
                "limit: no such argument; there are operation, status, code, network, latency,"
                " sleep, retry_after, times, after, every, when, optional"
            ),
        ),
        ({"status": 503, "colour": 1}, "colour: no such argument; there are operation, status, "),
        (
            {"network": "disconect"},
            (
                "network: 'disconect' should be one of disconnect, truncate, garbage,"
                " wrong_content_type, slow_body; did you mean disconnect?"
            ),
        ),
        ({"network": "slow_body"}, "latency: None should be the seconds that the second half "),
        ({"status": 503, "sleep": True}, "sleep: True needs a latency, the seconds to wait"),
        ({"latency": 0}, "latency: 0 should be seconds from 0.001 to 31,622,400"),
        ({"latency": "5"}, "latency: '5' should be seconds from 0.001 to "),
        ({"latency": float("nan")}, "latency: nan should be seconds from 0.001 to "),
        ({"latency": True}, "latency: True should be seconds from 0.001 to "),
        ({"latency": 1, "sleep": "no"}, "sleep: 'no' should be True or False"),
        ({"status": 500, "retry_after": 5}, "retry_after: 5 goes with status 429 and 503 only"),
        (
            {"network": "disconnect", "retry_after": 5},
            "retry_after: 5 goes with status 429 and 503 only",
        ),
        ({"status": 429, "retry_after": -5}, "retry_after: -5 should be seconds from 0.001 to "),
        (
            {"status": 503, "project_id": None},
            "project_id: None should be a string, since no path is without this id",
        ),
        ({**GOOD, "offset__gt": "x"}, f"offset__gt: 'x' {INTEGER}, 0 or more"),
        ({**GOOD, "limit": True}, f"limit: True {INTEGER}, 0 or more"),
        ({**GOOD, "limit": [1]}, f"limit: [1] {INTEGER}, 0 or more"),
        (
            {**GOOD, "server_group_id": 5},
            "server_group_id: 5 should be a string, or None where it is absent",
        ),
        ({**GOOD, "server_group_id": ""}, "server_group_id: '' should be None, which means"),
        ({**GOOD, "offset__lt": 0}, "offset__lt: no number is offset__lt=0"),
        (
            {**GOOD, "offset__gt": 10, "offset__lt": 5},
            "offset__lt: no number is offset__gt=10, offset__lt=5",
        ),
        ({**GOOD, "limit": 5, "limit__gt": 10}, "limit__gt: no number is limit=5, limit__gt=10"),
        ({**GOOD, "offset__gt": 2**70}, "offset__gt: no number is offset__gt="),
        ({**GOOD, "when": 5}, "when: 5 should be a function of a Request"),
        ({**GOOD, "optional": "no"}, "optional: 'no' should be True or False"),
        ({**GOOD, "times": 0}, f"times: 0 {INTEGER}, 1 or more"),
        ({**GOOD, "times": True}, f"times: True {INTEGER}, 1 or more"),
        ({**GOOD, "after": -1}, f"after: -1 {INTEGER}, 0 or more"),
        ({**GOOD, "every": None}, f"every: None {INTEGER}, 1 or more"),
    ],
)
def test_a_fault_that_could_never_fire_is_refused_by_its_arguments_name(sdrs, arguments, message):
    with pytest.raises(ParameterError) as caught:
        sdrs.faults.fail(**arguments)

    assert str(caught.value).startswith(message)
    assert caught.value.name == message.partition(":")[0]
    assert list(sdrs.faults) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"operation": LIST},
            "operation: 'ListFailureJobs' should change something; these do: CreateProtectionGr",
        ),
        (
            {"operation": "ListProtectedInstancesByTags"},
            "operation: 'ListProtectedInstancesByTags' should change something; ",
        ),
        ({"operation": "Nothing"}, "operation: 'Nothing' is not documented; an operation id is, "),
        ({"delay": 0}, "delay: 0 should be seconds from 0.001 to "),
        ({"dely": 5}, "dely: no such argument; did you mean delay?"),
        ({"status": 503}, "status: no such argument; did you mean "),
        ({"every": 0}, f"every: 0 {INTEGER}, 1 or more"),
    ],
)
def test_what_cannot_be_deferred_is_refused(sdrs, arguments, message):
    with pytest.raises(ParameterError) as caught:
        sdrs.faults.defer(**arguments)

    assert str(caught.value).startswith(message)
    assert list(sdrs.faults) == []


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("short_page", {"limit": 1}, "limit: limit=1 should leave a number from 2 to 1,000"),
        ("short_page", {"limit": "1"}, "limit: limit='1' should leave a number from 2 to 1,000"),
        (
            "short_page",
            {"limit__lt": 2},
            "limit__lt: limit__lt=2 should leave a number from 2 to 1,000",
        ),
        ("short_page", {"limit": 1001}, "limit: limit=1001 should leave a number from 2 to 1,000"),
        ("short_page", {"limit": "x"}, "limit: limit='x' should leave a number from 2 to 1,000"),
        (
            "wrong_count",
            {"offset__le": 0},
            "offset__le: offset__le=0 should leave a number from 1 to 2,147,483,647",
        ),
        (
            "insert_between_pages",
            {"offset": 0},
            "offset: offset=0 should leave a number from 1 to 2,147,483,647",
        ),
        (
            "delete_between_pages",
            {"offset": None},
            "offset: offset=None should leave a number from 1 to 2,147,483,647",
        ),
        (
            "delete_between_pages",
            {"resource_type": "replication"},
            "resource_type: 'replication' should be 'server_groups', ",
        ),
    ],
)
def test_a_paging_fault_that_no_page_could_meet_is_refused(sdrs, kind, fields, message):
    with pytest.raises(ParameterError) as caught:
        getattr(sdrs.faults, kind)(**fields)

    assert str(caught.value).startswith(message)
    assert list(sdrs.faults) == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("short_page", {"limit": 2}),
        ("short_page", {"limit": f"{'0' * 30}2"}),
        ("short_page", {"limit": None, "offset": None}),
        ("short_page", {"limit__gt": 1, "limit__le": 2}),
        ("insert_between_pages", {"offset": "1", "limit": 0}),
        ("wrong_count", {"offset__lt": 2, "failure_status": "stopFail"}),
    ],
)
def test_a_paging_fault_that_a_page_can_meet_is_armed(sdrs, kind, fields):
    assert getattr(sdrs.faults, kind)(**fields, optional=True).armed


@pytest.mark.parametrize(
    ("operation", "fields", "message"),
    [
        ("CreateReplication", {"name": 5}, "name: 5 should be a valid string"),
        ("CreateReplication", {"name": "!"}, "name: '!' should be 1 to 64 bytes of letters, "),
        (None, {"name": 5}, "name: 5 should be a valid string"),
        (
            "AddProtectedInstanceNic",
            {"ip_address": "x"},
            "ip_address: 'x' should be an IPv4 address such as 192.168.0.2",
        ),
        (
            "CreateReplication",
            {"description": "\ud800"},
            "description: '\\ud800' should be text that UTF-8 can encode",
        ),
        ("ExpandReplication", {"new_size": "20"}, "new_size: '20' should be a valid integer"),
        (
            "DeleteProtectedInstance",
            {"delete_target_server": 1},
            "delete_target_server: 1 should be a valid boolean",
        ),
        (None, {"server_group_id": 5}, "server_group_id: 5 should be a string"),
        ("Foo", {}, "operation: 'Foo' is not documented; an operation id is, for example, Create"),
        (
            "StartProtectionGroups",
            {},
            "operation: 'StartProtectionGroups' is not documented; did you mean StartProtectionG",
        ),
        ("ShowReplication", {}, "operation: 'ShowReplication' should start a job; these do: "),
    ],
)
def test_a_job_that_no_request_could_start_is_refused(sdrs, operation, fields, message):
    with pytest.raises(ParameterError) as caught:
        sdrs.faults.fail_job(operation, **fields)

    assert str(caught.value).startswith(message)
    assert list(sdrs.faults) == []


@pytest.mark.parametrize(
    ("operation", "fields"),
    [
        ("CreateReplication", {"name": "pair", "description": None}),
        ("ExpandReplication", {"new_size": 20, "replication_id": "p"}),
        ("DeleteProtectedInstance", {"delete_target_server": True}),
        (None, {"server_group_id": "g"}),
    ],
)
def test_a_job_that_a_request_can_start_is_armed(sdrs, operation, fields):
    assert sdrs.faults.fail_job(operation, **fields, optional=True).armed


def test_a_fault_that_fires_before_the_request_is_read_takes_a_value_of_any_type(sdrs):
    assert sdrs.faults.fail("CreateReplication", status=503, name=5, optional=True).armed


def test_a_fault_describes_the_call_that_armed_it_and_how_often_it_fired(sdrs, path):
    fault = sdrs.faults.fail(LIST, code="SDRS.0013", times=3, limit__gt=5, offset=None)
    sdrs.faults.fail(status=504, latency=1.5, sleep=True, optional=True)
    for _ in range(2):
        sdrs.request("GET", path)

    assert (
        fault.description == "fail('ListFailureJobs', code='SDRS.0013', limit__gt=5, offset=None)"
    )
    assert str(fault) == f"{fault.description}: matched 2 requests, fired 2 of 3 times"
    assert [repr(each) for each in sdrs.faults] == [
        f"<Fault {fault}>",
        "<Fault fail(status=504, latency=1.5, sleep=True): matched 0 requests, fired 0 times>",
    ]
    assert repr(sdrs.faults) == "<Faults: 2 armed, 1 fired>"


def test_only_what_a_test_uses_is_public(sdrs):
    fault = sdrs.faults.fail(status=503, optional=True)

    assert [name for name in dir(sdrs.faults) if name[0] != "_"] == [
        *("assert_all_fired", "clear", "defer", "delete_between_pages", "fail", "fail_job"),
        *("insert_between_pages", "short_page", "wrong_count"),
    ]
    assert [name for name in dir(fault) if name[0] != "_"] == [
        *("armed", "description", "disarm", "fired", "matched", "number", "optional")
    ]
