"""POST .../action with reverse-server-group or failover-server-group: the sites change places."""

import pytest

from tests.operations.cases import GROUP, add_what_it_needs, begin, code_of, send

REVERSE, FAILOVER = "StartReverseProtectionGroup", "StartFailoverProtectionGroup"


def to(station):
    return {"reverse-server-group": {"priority_station": station}}


def stations(sdrs):
    resources = *sdrs.protection_groups, *sdrs.protected_instances, *sdrs.replication_pairs
    return {each.priority_station for each in resources}


@pytest.mark.parametrize("operation", [REVERSE, FAILOVER])
def test_the_production_site_of_all_in_the_group_changes_when_the_job_is_over(sdrs, operation):
    add_what_it_needs(sdrs, operation)
    sdrs.add_protected_instance(status="error-resizing")
    sdrs.jobs.hold()
    begin(sdrs, operation)
    meanwhile = stations(sdrs)

    sdrs.jobs.finish()

    assert (meanwhile, stations(sdrs)) == ({"source"}, {"target"})


@pytest.mark.parametrize("operation", [REVERSE, FAILOVER])
def test_the_groups_zone_is_then_that_of_the_other_site(sdrs, operation):
    add_what_it_needs(sdrs, operation)
    begin(sdrs, operation)

    path = f"/v1/{sdrs.project_id}/server-groups"
    zones = ("cn-north-1a", "cn-north-1b")
    found = [sdrs.request("GET", path, {"availability_zone": zone}).json["count"] for zone in zones]
    assert found == [0, 1]


def test_a_group_is_reversed_there_and_back(sdrs):
    add_what_it_needs(sdrs, REVERSE)
    begin(sdrs, REVERSE, to("target"))

    begin(sdrs, REVERSE, to("source"))

    (group,) = sdrs.protection_groups
    assert (group.status, stations(sdrs)) == ("protected", {"source"})


def test_after_a_failover_it_is_reprotected_and_reversed_back(sdrs):
    add_what_it_needs(sdrs, FAILOVER)
    codes = []

    for operation, body in [
        (FAILOVER, ...),
        (FAILOVER, ...),
        (REVERSE, to("source")),
        ("StartProtectionGroup", ...),
        (REVERSE, to("source")),
    ]:
        codes.append(code_of(send(sdrs, operation, body)))

    assert codes == [200, "SDRS.1002", "SDRS.1002", 200, 200]
    assert (sdrs.protection_groups[0].status, stations(sdrs)) == ("protected", {"source"})


@pytest.mark.parametrize("station", ["source", "", "Target", "left", 5, True, ["target"]])
def test_a_site_that_is_none_or_is_in_use_is_sdrs_0216(sdrs, station):
    add_what_it_needs(sdrs, REVERSE)

    assert code_of(send(sdrs, REVERSE, to(station))) == "SDRS.0216"
    assert stations(sdrs) == {"source"}


@pytest.mark.parametrize(
    "body", [to(None), {"reverse-server-group": {}}, {"reverse-server-group": {"station": "x"}}]
)
def test_without_a_site_it_is_sdrs_0201(sdrs, body):
    add_what_it_needs(sdrs, REVERSE)

    assert code_of(send(sdrs, REVERSE, body)) == "SDRS.0201"


def test_a_group_with_a_pair_that_is_synchronizing_is_not_reversed(sdrs):
    add_what_it_needs(sdrs, REVERSE)
    sdrs.add_replication_pair(replication_status="copying")

    assert code_of(send(sdrs, REVERSE)) == "SDRS.1830"


def test_a_status_is_looked_at_before_the_site(sdrs):
    sdrs.add_protection_group(id=GROUP)

    assert code_of(send(sdrs, REVERSE, to("source"))) == "SDRS.1002"
