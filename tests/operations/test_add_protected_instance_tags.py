"""POST /v1/{project_id}/protected-instances/{protected_instance_id}/tags"""

import datetime as dt

import pytest

from sdrs_fake.domain.instances import InstanceStatus
from tests.operations.tagging import LONGEST, NO_BODIES, NOT_ALLOWED, code, send, tagged, tags_of

KEY = {"key": "k"}
TAG = {"key": "k", "value": "v"}


def add(sdrs, instance, tag):
    return send(sdrs, "POST", f"{instance.id}/tags", {"tag": tag})


def test_the_documented_request_adds_its_tag_and_answers_nothing(sdrs, fixture):
    instance = tagged(sdrs, old="1")

    response = send(
        sdrs,
        "POST",
        f"{instance.id}/tags",
        fixture("examples/add_protected_instance_tags.request"),
    )

    assert (response.status, response.body) == (204, b"")
    assert tags_of(sdrs, instance) == {"old": "1", "DEV": "DEV1"}


def test_a_key_that_is_there_gets_the_new_value_and_keeps_its_place(sdrs):
    instance = tagged(sdrs, a="1", b="2")

    assert add(sdrs, instance, {"key": "a", "value": "3"}).status == 204
    assert list(tags_of(sdrs, instance).items()) == [("a", "3"), ("b", "2")]


def test_it_is_idempotent_and_only_a_change_moves_updated_at(sdrs):
    instance = sdrs.add_protected_instance(updated_at="2019-05-30 01:40:00.74")

    add(sdrs, instance, TAG)
    (first,) = sdrs.protected_instances
    sdrs.clock.advance(hours=1)
    assert add(sdrs, instance, TAG).status == 204

    (second,) = sdrs.protected_instances
    assert first.updated_at - instance.updated_at > dt.timedelta(days=1)
    assert second.updated_at == first.updated_at


@pytest.mark.parametrize(
    "tag",
    [
        LONGEST,
        {"key": "k" * 36, "value": ""},
        {"key": "\u6807\u7b7e" * 18, "value": "\U0001f600" * 43},
        {"key": " k ", "value": " "},
        {"key": "._-:()'\"@#?\x7f", "value": "._-:()'\"@#?\x7f"},
        {**TAG, "colour": "red"},
    ],
    ids=["longest", "empty value", "other scripts", "blanks", "signs", "unknown field"],
)
def test_a_tag_may_be(sdrs, tag):
    instance = tagged(sdrs)

    assert add(sdrs, instance, tag).status == 204
    assert tags_of(sdrs, instance) == {tag["key"]: tag["value"]}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (None, "SDRS.0201"),
        ([TAG], "SDRS.0201"),
        ("k=v", "SDRS.0201"),
        ({"value": "v"}, "SDRS.0201"),
        ({"key": None, "value": "v"}, "SDRS.0201"),
        ({"key": 1, "value": "v"}, "SDRS.2204"),
        ({"key": ["k"], "value": "v"}, "SDRS.2204"),
        ({"key": "k" * 37, "value": "v"}, "SDRS.2204"),
        ({"key": "", "value": "v"}, "SDRS.2205"),
        ({"key": " \t\u3000", "value": "v"}, "SDRS.2205"),
        (KEY, "SDRS.0201"),
        ({**KEY, "value": None}, "SDRS.2208"),
        ({**KEY, "value": 1}, "SDRS.2207"),
        ({**KEY, "value": ["v"]}, "SDRS.2207"),
        ({**KEY, "value": "v" * 44}, "SDRS.2207"),
    ],
)
def test_a_wrong_tag_is_refused_with_its_code_and_nothing_changes(sdrs, tag, expected):
    instance = tagged(sdrs, old="1")

    assert code(add(sdrs, instance, tag)) == (400, expected)
    assert sdrs.protected_instances == (instance,)


def test_some_characters_are_in_no_key_and_in_no_value(sdrs):
    instance = tagged(sdrs)
    keys = {code(add(sdrs, instance, {"key": f"k{each}", "value": ""})) for each in NOT_ALLOWED}
    values = {code(add(sdrs, instance, {**KEY, "value": f"v{each}"})) for each in NOT_ALLOWED}

    assert (keys, values) == ({(400, "SDRS.2204")}, {(400, "SDRS.2207")})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"tag": {"key": "\\ud800", "value": ""}}', "SDRS.2204"),
        (b'{"tag": {"key": "k", "value": "\\ud800"}}', "SDRS.2207"),
    ],
)
def test_half_a_character_is_refused(sdrs, body, expected):
    assert code(send(sdrs, "POST", f"{tagged(sdrs).id}/tags", body)) == (400, expected)


@pytest.mark.parametrize("body", NO_BODIES)
def test_what_is_no_body_is_sdrs_0201(sdrs, body):
    assert code(send(sdrs, "POST", f"{tagged(sdrs).id}/tags", body)) == (400, "SDRS.0201")


def test_an_instance_has_ten_tags_at_most(sdrs):
    instance = tagged(sdrs, **{f"k{number}": "" for number in range(10)})

    assert code(add(sdrs, instance, {"key": "k10", "value": ""})) == (400, "SDRS.2203")
    assert add(sdrs, instance, {"key": "k9", "value": "new"}).status == 204
    assert len(tags_of(sdrs, instance)) == 10


def test_an_instance_that_is_not_there_is_sdrs_1320(sdrs):
    assert code(send(sdrs, "POST", "gone/tags", {"tag": TAG})) == (400, "SDRS.1320")


@pytest.mark.parametrize("status", InstanceStatus)
def test_every_status_allows_it(sdrs, status):
    instance = sdrs.add_protected_instance(status=status)

    assert add(sdrs, instance, TAG).status == 204


def test_a_tag_stays_that_is_added_while_the_instance_is_made(sdrs):
    group = sdrs.add_protection_group()
    sdrs.jobs.hold()
    new = {"server_group_id": group.id, "server_id": "s", "name": "n", "tags": [TAG]}
    sdrs.request(
        "POST", f"/v1/{sdrs.project_id}/protected-instances", json={"protected_instance": new}
    )
    (instance,) = sdrs.protected_instances

    add(sdrs, instance, {"key": "added", "value": "1"})
    sdrs.jobs.finish()

    assert tags_of(sdrs, instance) == {"k": "v", "added": "1"}
    assert [each.status for each in sdrs.protected_instances] == ["available"]


@pytest.mark.parametrize("code_of_status", ["SDRS.2221", "SDRS.2222"])
def test_the_refusals_of_a_status_can_be_armed(sdrs, code_of_status):
    instance = tagged(sdrs)
    sdrs.faults.fail("AddProtectedInstanceTags", code=code_of_status)

    assert code(add(sdrs, instance, TAG)) == (400, code_of_status)
