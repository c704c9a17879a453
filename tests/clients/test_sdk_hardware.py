"""The official SDK, sync and async: batches of instances, NICs and resizing."""

import pytest

from tests.sdk import (
    ClientRequestException,
    SdrsAsyncClient,
    SdrsClient,
    client_of,
    opened,
    v1,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:huaweicloudsdkcore")


@pytest.fixture(params=["sync", "async"])
def call(request, sdrs):
    """`call("show_job_status", job_id=...)`: any operation, by either client."""
    is_async = request.param == "async"
    builder = (SdrsAsyncClient if is_async else SdrsClient).new_builder()
    client = client_of(sdrs.project_id, sdrs.url, builder)

    def send(name, /, **fields):
        of_operation = getattr(v1, f"{name.title().replace('_', '')}Request")(**fields)
        if is_async:
            return getattr(client, f"{name}_async")(of_operation).result()
        return getattr(client, name)(of_operation)

    with opened(client):
        yield send


@pytest.fixture
def instance(sdrs):
    """The id of an instance with a pair at /dev/vda."""
    one = sdrs.add_protected_instance()
    attached = [{"protected_instance": one.id, "device": "/dev/vda"}]
    sdrs.add_replication_pair(attachment=attached)
    return one.id


def ended(call, response):
    """The job that was begun, which has ended well."""
    job = call("show_job_status", job_id=response.job_id)
    assert (job.status, job.error_code) == ("SUCCESS", None)
    return job


def add_nic(call, instance, **fields):
    body = v1.ProtectedInstanceAddNicRequestBody(subnet_id="net", **fields)
    return call("add_protected_instance_nic", protected_instance_id=instance, body=body)


def resize(call, instance, **flavors):
    body = v1.ResizeProtectedInstanceRequestBody(v1.ResizeProtectedInstanceRequestParams(**flavors))
    return call("resize_protected_instance", protected_instance_id=instance, body=body)


def test_it_creates_and_deletes_a_batch(sdrs, call):
    group = sdrs.add_protection_group()
    servers = [v1.ServerInfo(server_id=f"s{each}") for each in "12"]
    body = v1.BatchCreateProtectedInstancesRequestBody(
        v1.BatchCreateProtectedInstancesRequestParams(
            name_prefix="web", server_group_id=group.id, servers=servers
        )
    )

    response = call("batch_create_protected_instances", body=body)

    assert response.status_code == 202
    sub_jobs = ended(call, response).entities.sub_jobs
    ids = [each.entities.protected_instance_id for each in sub_jobs]
    assert [(each.id, each.name) for each in sdrs.protected_instances] == [
        (ids[0], "web-0001"),
        (ids[1], "web-0002"),
    ]

    rows = [v1.ResourceId(id=each) for each in ids]
    body = v1.BatchDeleteProtectedInstancesRequestBody(
        protected_instances=rows, delete_target_server=True
    )
    response = call("batch_delete_protected_instances", body=body)

    assert (response.status_code, len(ended(call, response).entities.sub_jobs)) == (202, 2)
    assert (sdrs.protected_instances, sdrs.replication_pairs) == ((), ())


def test_it_adds_and_deletes_a_nic(sdrs, call, instance):
    groups = [v1.SecurityGroupsParams(id="sg")]
    added = ended(call, add_nic(call, instance, ip_address="10.0.0.2", security_groups=groups))

    (nic,) = sdrs.protected_instances[0].nics
    assert (added.entities.nic_id, nic.ip_address) == (nic.id, "10.0.0.2")

    body = v1.ProtectedInstanceDeleteNicRequestBody(nic_id=nic.id)
    fields = {"protected_instance_id": instance, "body": body}
    ended(call, call("delete_protected_instance_nic", **fields))

    assert sdrs.protected_instances[0].nics == ()


def test_it_resizes(sdrs, call, instance):
    ended(call, resize(call, instance, production_flavor_ref="p", dr_flavor_ref="d"))

    (one,) = sdrs.protected_instances
    assert (one.production_flavor, one.dr_flavor) == ("p", "d")


def test_it_raises_what_is_refused(call, instance):
    ended(call, add_nic(call, instance, ip_address="10.0.0.2"))
    with pytest.raises(ClientRequestException) as of_nic:
        add_nic(call, instance, ip_address="10.0.0.2")
    with pytest.raises(ClientRequestException) as of_flavor:
        resize(call, instance, dr_dedicated_host_id="host")

    codes = [(each.value.status_code, each.value.error_code) for each in (of_nic, of_flavor)]
    assert codes == [(400, "SDRS.1334"), (400, "SDRS.0201")]
