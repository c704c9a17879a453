"""GET .../active-domains and GET .../sdrs/quotas"""

import json


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


def test_quotas_are_the_documented_ones_and_count_what_is_there(sdrs, fixture):
    for number in range(10):
        sdrs.add_protection_group(replication_num=number == 5)

    answer = sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas").json

    assert json.dumps(answer) == json.dumps(fixture("examples/show_quota"))


def test_a_quota_is_never_less_than_what_is_used(sdrs):
    sdrs.seed(failures=0, groups=60)

    quotas = sdrs.request("GET", f"/v1/{sdrs.project_id}/sdrs/quotas").json["quotas"]
    groups, _ = quotas["resources"]

    assert (groups["used"], groups["quota"]) == (60, 60)
