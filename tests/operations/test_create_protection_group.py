"""POST /v1/{project_id}/server-groups"""

import datetime as dt
import json

import pytest
from freezegun import freeze_time

from tests.cases import show_job

SAMPLE = {
    "name": "testname",
    "source_availability_zone": "cn-north-1a",
    "target_availability_zone": "cn-north-1b",
    "domain_id": "fb4bb8e3-a574-4437-a156-78c916aeea4d",
    "source_vpc_id": "046852ef-c49d-409b-8389-546aaaa5701f",
}


def create(sdrs, json=None, **fields):
    """Send the sample with other fields; `...` leaves a field out."""
    body = {name: value for name, value in {**SAMPLE, **fields}.items() if value is not ...}
    path = f"/v1/{sdrs.project_id}/server-groups"
    return sdrs.request("POST", path, json={"server_group": body} if json is None else json)


def refusal(sdrs, json=None, **fields):
    response = create(sdrs, json, **fields)
    return response.status, response.json["error"]["code"]


def created(sdrs, **fields):
    """The group as it is answered once its job is over."""
    job = show_job(sdrs, create(sdrs, **fields).json["job_id"]).json
    path = f"/v1/{sdrs.project_id}/server-groups/{job['entities']['server_group_id']}"
    return sdrs.request("GET", path).json["server_group"]


@pytest.mark.parametrize("number", ["", ".2"])
def test_the_documented_request_makes_a_group_of_what_it_says(sdrs, fixture, number):
    request = fixture(f"examples/create_protection_group.request{number}")

    response = create(sdrs, request)

    assert (response.status, list(response.json)) == (200, ["job_id"])
    (group,) = sdrs.protection_groups
    given = request["server_group"]
    assert {name: getattr(group, name) for name in given} == given


def test_the_job_is_as_in_the_sample(sdrs, fixture):
    sample = fixture("examples/show_job_status")
    job = show_job(sdrs, create(sdrs).json["job_id"])
    (group,) = sdrs.protection_groups

    own = {name: job.json[name] for name in ("job_id", "begin_time", "end_time")}
    expected = {**sample, **own, "entities": {"server_group_id": group.id}}
    assert job.body.decode() == json.dumps(expected, separators=(",", ":"))


def test_a_new_group_is_as_in_the_sample(sdrs, fixture):
    sample = fixture("examples/show_protection_group")["server_group"]
    own = dict.fromkeys(["id", "name", "created_at", "updated_at"])

    group = created(sdrs)

    assert group | own == sample | own
    assert group["target_vpc_id"] == SAMPLE["source_vpc_id"]


def test_a_group_is_creating_until_its_job_is_over(sdrs):
    sdrs.jobs.hold()
    create(sdrs)
    statuses = [sdrs.protection_groups[0].status]

    sdrs.jobs.finish()

    assert [*statuses, sdrs.protection_groups[0].status] == ["creating", "available"]


def test_a_group_whose_domain_is_another_is_named_after_its_id(sdrs):
    assert created(sdrs, domain_id="mine")["domain_name"] == "mine"


@pytest.mark.parametrize(
    "name", ["a", "A-z_0.9", "复制组", "复" * 21 + "a", "x" * 64], ids=lambda name: name[:8]
)
def test_a_name_has_up_to_64_bytes_of_letters_digits_and_chinese(sdrs, name):
    assert created(sdrs, name=name)["name"] == name


@pytest.mark.parametrize(
    "name",
    ["", "x" * 65, "复" * 22, "a b", "a/b", "é", "a\n", "<a>", 5, True, ["a"], "\ud800"],
    ids=ascii,
)
def test_any_other_name_is_sdrs_0202(sdrs, name):
    assert refusal(sdrs, name=name) == (400, "SDRS.0202")


@pytest.mark.parametrize("description", ["", "any words, 中文!", "x" * 64, None, ...], ids=ascii)
def test_a_description_has_up_to_64_bytes(sdrs, description):
    expected = None if description is ... else description

    assert created(sdrs, description=description)["description"] == expected


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("description", "x" * 65, "SDRS.0212"),
        ("description", "复" * 22, "SDRS.0212"),
        ("description", "a<b", "SDRS.0212"),
        ("description", 5, "SDRS.0212"),
        ("source_availability_zone", "", "SDRS.0203"),
        ("source_availability_zone", 5, "SDRS.0203"),
        ("target_availability_zone", ["a"], "SDRS.0203"),
        ("source_vpc_id", "", "SDRS.0204"),
        ("domain_id", 1, "SDRS.0205"),
        ("dr_type", "replication", "SDRS.0217"),
        ("dr_type", True, "SDRS.0217"),
    ],
)
def test_a_wrong_field_has_a_code_of_its_own(sdrs, field, value, code):
    assert refusal(sdrs, **{field: value}) == (400, code)
    assert sdrs.protection_groups == ()


@pytest.mark.parametrize("value", [..., None], ids=["missing", "null"])
@pytest.mark.parametrize("field", SAMPLE)
def test_a_required_field_that_is_missing_or_null_is_sdrs_0201(sdrs, field, value):
    assert refusal(sdrs, **{field: value}) == (400, "SDRS.0201")


def test_null_in_an_optional_field_counts_as_absent(sdrs):
    assert created(sdrs, dr_type=None, description=None)["dr_type"] == "migration"


@pytest.mark.parametrize(
    "body",
    [{}, [], "server_group", 5, {"server_group": None}, {"server_group": []}, {"group": SAMPLE}],
    ids=ascii,
)
def test_another_body_is_sdrs_0201(sdrs, body):
    assert refusal(sdrs, body) == (400, "SDRS.0201")


@pytest.mark.parametrize("body", [b"", b"{", b"name=a", b'{"server_group":NaN}', b"\xff"])
def test_a_body_that_is_no_json_is_sdrs_0201(sdrs, body):
    url = f"{sdrs.base_url}/v1/{sdrs.project_id}/server-groups"
    response = sdrs.session().post(url, data=body)

    assert (response.status_code, response.json()["error"]["code"]) == (400, "SDRS.0201")


def test_unknown_fields_are_ignored_and_noted_in_the_journal(sdrs):
    created(sdrs, colour="red", source_vpc={"id": 5})

    record = sdrs.journal.calls("CreateProtectionGroup")[0]
    assert record.request.unknown_fields == ("server_group.colour", "server_group.source_vpc")
    remark = "no field of CreateProtectionGroup: server_group.colour, server_group.source_vpc"
    assert remark in record.curl()
    (listed, *_) = sdrs.request("GET", "/_fake/journal").json["requests"]
    assert listed["unknown_fields"] == ["server_group.colour", "server_group.source_vpc"]


# The quota


def test_what_the_quota_has_no_room_for_is_sdrs_0305(sdrs, fixture):
    for _ in range(50):
        create(sdrs)

    response = create(sdrs)

    assert (response.status, response.json) == (400, fixture("errors/group_quota"))
    assert len(sdrs.protection_groups) == 50


def test_what_python_adds_takes_nothing_of_the_quota(sdrs):
    for _ in range(49):
        create(sdrs)
    sdrs.add_protection_group()

    assert create(sdrs).status == 200
    assert refusal(sdrs) == (400, "SDRS.0305")


def test_a_group_that_is_deleted_makes_room(sdrs):
    for _ in range(50):
        create(sdrs)
    group = sdrs.protection_groups[0]
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/server-groups/{group.id}")

    assert create(sdrs).status == 200


@freeze_time(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
def test_groups_of_one_moment_are_listed_in_the_order_they_were_made(sdrs):
    for name in "abc":
        create(sdrs, name=name)

    groups = sdrs.request("GET", f"/v1/{sdrs.project_id}/server-groups").json["server_groups"]
    assert [group["name"] for group in groups] == ["c", "b", "a"]
