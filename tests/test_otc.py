"""Open Telekom Cloud's client, otcextensions on openstacksdk, unmodified, over loopback: it logs in first."""

import threading
import warnings
from contextlib import ExitStack, closing

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the clients' own imports
    import openstack
    from keystoneauth1.exceptions import Forbidden
    from openstack.exceptions import SDKException
    from otcextensions import sdk

from sdrs_fake import FakeSdrs

pytestmark = [  # what the clients say of themselves
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

BY_NAME = {"username": "anna", "password": "right", "user_domain_name": "acme"}


@pytest.fixture
def strict():
    with FakeSdrs(auth="strict") as fake:
        fake.auth.add_user("anna", "right")
        fake.add_failure_job(job_id="own", resource_id="g")
        fake.add_failure_job(job_id="inside", server_group_id="g")
        yield fake


@pytest.fixture
def connect():
    """Connects as a program would, and closes after the test."""
    with ExitStack() as stack:

        def connected(fake, kind="password", path="/v3", region="eu-de", **auth):
            connection = openstack.connect(
                load_yaml_config=False,
                load_envvars=False,
                auth_type=kind,
                auth={"auth_url": fake.url + path, **auth},
                region_name=region,
            )
            stack.enter_context(closing(connection))
            stack.callback(connection.session.session.close)
            sdk.load(connection)
            return connection

        yield connected


def failed(connection, **query):
    return [task.job_id for task in connection.sdrs.failed_tasks(**query)]


def operations(fake):
    return [(entry.call.operation, entry.reply.status) for entry in fake.journal]


@pytest.mark.parametrize("auth", ["present", "strict"])
@pytest.mark.parametrize("path", ["/v3", "/v3/"])
def test_it_discovers_logs_in_and_lists(connect, auth, path):
    with FakeSdrs(auth=auth) as fake:
        fake.auth.add_user("anna", "right")
        fake.add_failure_job(job_id="own")

        connection = connect(fake, path=path, project_id=fake.project_id, **BY_NAME)

        assert failed(connection) == ["own"]
        assert operations(fake) == [("KeystoneShowVersion", 200), ("KeystoneCreateToken", 201), ("ListFailureJobs", 200)]


@pytest.mark.parametrize("region", ["eu-de", "eu-nl", "cn-north-4"])
def test_without_discovery_by_the_name_of_a_project(strict, connect, region):
    connection = connect(strict, "v3password", region=region, project_name=f"{region}_mine", project_domain_name="acme", **BY_NAME)

    assert set(failed(connection, server_group_id="g")) == {"inside", "own"}
    assert operations(strict)[0] == ("KeystoneCreateToken", 201)


def test_a_token_gives_another(strict, connect):
    connection = connect(strict, "v3token", token=strict.auth.issue_token(), project_id=strict.project_id)

    assert failed(connection) == ["own"]


def test_after_a_token_has_expired_it_logs_in_again(strict, connect):
    connection = connect(strict, project_id=strict.project_id, **BY_NAME)
    failed(connection)
    strict.journal.clear()

    strict.auth.expire_tokens()
    assert failed(connection) == ["own"]
    assert operations(strict) == [("ListFailureJobs", 401), ("KeystoneCreateToken", 201), ("ListFailureJobs", 200)]

    strict.clock.advance(days=2)
    assert failed(connection) == ["own"]


def test_another_project_is_403(strict, connect):
    connection = connect(strict, project_id=strict.project_id, **BY_NAME)

    with pytest.raises(Forbidden):
        connection.session.get(f"{strict.url}/v1/other/task-center/failure-jobs")


def test_a_wrong_password_is_refused_and_nothing_hangs(strict, connect):
    raised = []

    def program():
        try:
            failed(connect(strict, project_id=strict.project_id, **{**BY_NAME, "password": "wrong"}))
        except SDKException as error:
            raised.append(str(error))

    thread = threading.Thread(target=program, daemon=True)
    thread.start()
    thread.join(20)

    assert (thread.is_alive(), raised) == (False, ["The request you have made requires authentication. (HTTP 401)"])
