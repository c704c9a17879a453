"""Faults and the journal match requests about tags by the fields of their bodies."""

import pytest

from tests.operations.tagging import rows, send, tagged

FIND = "ListProtectedInstancesByTags"


def batch(sdrs, instance, action):
    body = {"action": action, "tags": rows({"k": "v"})}
    return send(sdrs, "POST", f"{instance.id}/tags/action", body).status


@pytest.mark.parametrize(
    ("operation", "action", "statuses"),
    [
        ("BatchAddTags", "create", [503, 204]),
        ("BatchDeleteTags", "delete", [204, 503]),
        (None, "create", [503, 204]),
        (None, "delete", [204, 503]),
    ],
)
def test_the_action_tells_the_two_batches_apart(sdrs, operation, action, statuses):
    instance = tagged(sdrs)
    sdrs.faults.fail(operation, status=503, action=action)

    assert [batch(sdrs, instance, each) for each in ("create", "delete")] == statuses


def test_the_journal_knows_the_action_of_a_batch_and_of_a_query(sdrs):
    instance = tagged(sdrs)
    batch(sdrs, instance, "delete")
    send(sdrs, "POST", "resource_instances/action", {"action": "count"})

    its = {"protected_instance_id": instance.id}
    sdrs.journal.assert_called_once("BatchDeleteTags", action="delete", **its)
    sdrs.journal.assert_not_called("BatchAddTags", action="delete")
    sdrs.journal.assert_called_once(FIND, action="count")


def test_a_key_in_a_path_is_a_field(sdrs):
    instance = tagged(sdrs, k="v")
    sdrs.faults.fail("DeleteProtectedInstanceTag", code="SDRS.2222", key="k")

    assert send(sdrs, "DELETE", f"{instance.id}/tags/k").status == 400


@pytest.mark.parametrize(
    ("page", "fields", "met"),
    [
        ({"limit": 5}, {"limit": 5}, True),
        ({"limit": "5"}, {"limit": 5}, True),
        ({"limit": 5}, {"limit": 6}, False),
        ({}, {"limit": 1000, "offset": 0}, True),
        ({"offset": "100"}, {"offset": 0}, False),
        ({"offset": 100}, {"offset__ge": 100, "offset__lt": 101}, True),
        ({"offset": True}, {"offset": 1}, False),
        ({"offset": [1]}, {"offset": 1}, False),
        ({"offset": None}, {"offset": 0}, True),
        ({"limit": "5"}, {"limit": "5"}, True),
        ({"limit": 5}, {"limit": None}, False),
    ],
)
def test_a_page_in_a_body_is_matched_as_one_in_a_query(sdrs, page, fields, met):
    fault = sdrs.faults.fail(FIND, status=503, optional=True, **fields)

    response = send(sdrs, "POST", "resource_instances/action", {"action": "filter", **page})

    assert (response.status == 503, fault.fired) == (met, int(met))
    if met:
        sdrs.journal.assert_called_once(FIND, **fields)
    else:
        sdrs.journal.assert_not_called(FIND, **fields)
