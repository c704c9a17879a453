"""GET .../active-domains and GET .../sdrs/quotas"""

import json

import pytest


def test_the_active_active_domain_is_that_of_the_groups(sdrs, fixture):
    group = sdrs.add_protection_group()
    sample = fixture("examples/list_active_active_domains")
    zones = {
        "local_replication_cluster": group.source_availability_zone,
        "remote_replication_cluster": group.target_availability_zone,
    }
    sample["domains"][0].update({name: {"availability_zone": zone} for name, zone in zones.items()})

    answer = sdrs.request("GET", f"/v1/{sdrs.project_id}/active-domains").json

    assert json.dumps(answer) == json.dumps(sample)
    (domain,) = sample["domains"]
    assert (group.domain_id, group.domain_name) == (domain["id"], domain["name"])


GROUP = {
    "name": "g",
    "source_availability_zone": "cn-north-1a",
    "target_availability_zone": "cn-north-1b",
    "domain_id": "d",
    "source_vpc_id": "v",
}


def post(sdrs, path, body):
    return sdrs.request("POST", f"/v1/{sdrs.project_id}/{path}", json=body)


def new_group(sdrs):
    return post(sdrs, "server-groups", {"server_group": GROUP})


def new_pair(sdrs, number, group_id="g"):
    body = {"server_group_id": group_id, "volume_id": f"v{number}", "name": "data"}
    return post(sdrs, "replications", {"replication": body})


def new_instance(sdrs, group_id="g"):
    body = {"server_group_id": group_id, "server_id": "s", "name": "web"}
    return post(sdrs, "protected-instances", {"protected_instance": body})


def quotas(sdrs):
    """What is used and what is allowed, of groups and of pairs."""
    rows = sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas").json["quotas"]["resources"]
    return [(row["used"], row["quota"]) for row in rows]


def refusal_of(response):
    return response.status, response.json["error"]["code"]


def test_quotas_are_the_documented_ones_in_the_form_of_the_sample(sdrs, fixture):
    for _ in range(10):
        new_group(sdrs)
    group = sdrs.protection_groups[0]
    new_pair(sdrs, 1, group.id)

    answer = sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas").json

    assert json.dumps(answer) == json.dumps(fixture("examples/show_quota"))


PUT_IN = {
    "a group": (lambda sdrs: sdrs.add_protection_group(), (1, 0)),
    "a pair and its group": (lambda sdrs: sdrs.add_replication_pair(), (1, 1)),
    "an instance and its group": (lambda sdrs: sdrs.add_protected_instance(), (1, 0)),
    "a failed pair and its group": (
        lambda sdrs: sdrs.add_failure_job(resource_type="replications", server_group_id="x"),
        (1, 1),
    ),
    "a failed group": (lambda sdrs: sdrs.add_failure_job(resource_type="server_groups"), (1, 0)),
    "a seeded dataset": (lambda sdrs: sdrs.seed(failures=0, groups=60), (60, 210)),
    "an import": (
        lambda sdrs: sdrs.import_data(
            {"protection_groups": [{"id": "x"}], "replications": [{"server_group_id": "x"}] * 2}
        ),
        (1, 2),
    ),
    "an imported failed job": (
        lambda sdrs: sdrs.import_data({"failure_jobs": [{"server_group_id": "x"}]}),
        (1, 0),
    ),
    "a captured answer": (lambda sdrs: sdrs.import_failure_jobs({"failure_jobs": []}, "x"), (1, 0)),
}


@pytest.mark.parametrize(("put", "used"), PUT_IN.values(), ids=PUT_IN)
def test_what_python_or_an_import_puts_in_raises_the_quota_by_as_much(sdrs, put, used):
    put(sdrs)

    groups, pairs = used
    assert quotas(sdrs) == [(groups, 50 + groups), (pairs, 100 + pairs)]


def test_what_is_put_in_twice_raises_the_quota_once(sdrs):
    for _ in range(2):
        sdrs.add_failure_job(resource_type="replications", resource_id="r", server_group_id="x")

    assert quotas(sdrs) == [(1, 51), (1, 101)]


@pytest.mark.sdrs(quotas={"server_groups": 1})
def test_a_group_beyond_the_quota_is_refused(sdrs):
    assert new_group(sdrs).status == 200
    assert refusal_of(new_group(sdrs)) == (400, "SDRS.0305")
    assert quotas(sdrs)[0] == (1, 1)
    sdrs.add_protection_group()
    assert refusal_of(new_group(sdrs)) == (400, "SDRS.0305")


@pytest.mark.sdrs(quotas="replications=1")
def test_a_pair_beyond_the_quota_is_refused_and_so_is_an_instance_whose_pair_would_be(sdrs):
    sdrs.add_protection_group(id="g")
    assert new_pair(sdrs, 1).status == 200

    assert refusal_of(new_pair(sdrs, 2)) == (400, "SDRS.0306")
    assert refusal_of(new_instance(sdrs)) == (400, "SDRS.0306")
    assert (quotas(sdrs)[1], sdrs.protected_instances) == ((1, 1), ())


@pytest.mark.sdrs(quotas={"server_groups": 1})
def test_a_group_that_is_deleted_makes_room(sdrs):
    new_group(sdrs)
    (group,) = sdrs.protection_groups
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/server-groups/{group.id}")

    assert new_group(sdrs).status == 200


@pytest.mark.sdrs(quotas={"server_groups": 2})
def test_a_group_in_error_or_in_the_making_counts_as_used(sdrs):
    sdrs.add_protection_group(status="error")
    sdrs.jobs.hold()
    new_group(sdrs)

    assert quotas(sdrs)[0] == (2, 3)


@pytest.mark.sdrs(quotas={"server_groups": -1, "replications": 0})
def test_minus_one_is_no_limit_and_0_allows_none(sdrs):
    sdrs.add_protection_group(id="g")
    for _ in range(60):
        assert new_group(sdrs).status == 200

    assert refusal_of(new_pair(sdrs, 1)) == (400, "SDRS.0306")
    assert quotas(sdrs) == [(61, -1), (0, 0)]


@pytest.mark.sdrs(quotas={"server_groups": 1})
def test_each_project_has_the_quota_of_its_own(sdrs):
    new_group(sdrs)

    body = {"server_group": GROUP}
    assert sdrs.request("POST", "/v1/other/server-groups", json=body).status == 200
    assert sdrs.request("POST", "/v1/other/server-groups", json=body).status == 400
    assert refusal_of(new_group(sdrs.fork())) == (400, "SDRS.0305")


@pytest.mark.sdrs(quotas={"replications": 1})
def test_an_instance_in_creation_keeps_the_place_of_its_pair(sdrs):
    sdrs.add_protection_group(id="g")
    sdrs.jobs.hold()
    new_instance(sdrs)
    batch = {"server_group_id": "g", "name_prefix": "web", "servers": [{"server_id": "t"}]}

    refused = [
        new_instance(sdrs),
        post(sdrs, "protected-instances/batch", {"protected_instances": batch}),
        new_pair(sdrs, 1),
    ]
    assert {refusal_of(response) for response in refused} == {(400, "SDRS.0306")}
    sdrs.jobs.finish()
    assert quotas(sdrs)[1] == (1, 1)
