"""DR drills and RPO statistics with the official SDK and with otcextensions, unmodified."""

import warnings
from contextlib import closing

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the client's own imports
    import openstack
    from openstack.exceptions import BadRequestException
    from otcextensions import sdk

from tests.sdk import ClientRequestException, SdrsAsyncClient, SdrsClient, client_of, opened, v1

pytestmark = [  # what the clients say of themselves
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]


@pytest.fixture(params=[SdrsClient, SdrsAsyncClient])
def call(request, sdrs):
    """`call("list_rpo_statistics", limit=5)`, by either client."""
    client = client_of(sdrs.project_id, sdrs.url, request.param.new_builder())

    def send(name, /, **fields):
        given = getattr(v1, f"{name.title().replace('_', '')}Request")(**fields)
        if request.param is SdrsClient:
            return getattr(client, name)(given)
        return getattr(client, f"{name}_async")(given).result()

    with opened(client):
        yield send


@pytest.fixture
def client(sdrs):
    """The proxy of otcextensions."""
    variables = sdrs.environment()
    names = "auth_url username password user_domain_name project_name project_domain_name"
    connection = openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        auth_type="password",
        auth={name: variables[f"OS_{name.upper()}"] for name in names.split()},
        region_name=variables["OS_REGION_NAME"],
    )
    with closing(connection), closing(connection.session.session):
        sdk.load(connection)
        yield connection.sdrs


def test_the_sdk_runs_a_drill_from_its_creation_to_its_deletion(sdrs, call):
    group = sdrs.add_protection_group()
    instance = sdrs.add_protected_instance()
    new = v1.CreateDisasterRecoveryDrillRequestParams(server_group_id=group.id, name="new")
    body = v1.CreateDisasterRecoveryDrillRequestBody(new)

    begun = call("create_disaster_recovery_drill", body=body)
    (drill,) = call(
        "list_disaster_recovery_drills", server_group_id=group.id
    ).disaster_recovery_drills
    name = v1.UpdateDisasterRecoveryDrillNameRequestParams("renamed")
    renamed = call(
        "update_disaster_recovery_drill_name",
        disaster_recovery_drill_id=drill.id,
        body=v1.UpdateDisasterRecoveryDrillNameRequestBody(name),
    )
    shown = call("show_disaster_recovery_drill", disaster_recovery_drill_id=drill.id)
    ended = call("delete_disaster_recovery_drill", disaster_recovery_drill_id=drill.id)

    assert [server.protected_instance for server in drill.drill_servers] == [instance.id]
    assert (drill.name, drill.status, bool(drill.drill_vpc_id)) == ("new", "available", True)
    assert renamed.disaster_recovery_drill == shown.disaster_recovery_drill
    assert shown.disaster_recovery_drill.name == "renamed"
    jobs = [call("show_job_status", job_id=each.job_id) for each in (begun, ended)]
    assert [job.status for job in jobs] == ["SUCCESS", "SUCCESS"]
    assert sdrs.drills == ()


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("show_disaster_recovery_drill", "SDRS.1902"),
        ("delete_disaster_recovery_drill", "SDRS.1913"),
    ],
)
def test_the_sdk_raises_for_a_drill_that_is_gone(call, operation, code):
    with pytest.raises(ClientRequestException) as caught:
        call(operation, disaster_recovery_drill_id="gone")

    assert (caught.value.status_code, caught.value.error_code) == (400, code)


def test_the_sdk_lists_rpo_statistics_of_a_window(sdrs, call, fixture):
    sample = fixture("examples/list_rpo_statistics")["resource_rpo_statistics"]
    for row in sample:
        sdrs.add_rpo_statistic(**row)

    answer = call(
        "list_rpo_statistics",
        start_time="2019-01-21 01:15:00.000",
        end_time="2019-01-21 01:20:00.000",
        resource_type="replication",
    )

    (row,) = answer.resource_rpo_statistics
    assert (answer.count, row.to_dict()) == (1, sample[0])


def test_otcextensions_runs_a_drill_from_its_creation_to_its_deletion(sdrs, client):
    group = sdrs.add_protection_group()
    instance = sdrs.add_protected_instance()

    begun = client.create_dr_drill(server_group_id=group.id, name="new")
    drill = client.find_dr_drill("new")
    client.update_dr_drill(drill.id, "renamed")
    shown = client.get_dr_drill(drill.id)
    client.delete_dr_drill(drill.id)

    assert client.get_job(begun.job_id).status == "SUCCESS"
    assert [each["protected_instance"] for each in drill.drill_servers] == [instance.id]
    assert (shown.name, shown.status, shown.server_group_id) == ("renamed", "available", group.id)
    assert list(client.dr_drills()) == []


def test_otcextensions_raises_for_a_drill_that_is_gone(client):
    with pytest.raises(BadRequestException):
        client.get_dr_drill("gone")
