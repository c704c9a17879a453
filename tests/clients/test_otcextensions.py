"""Open Telekom Cloud's client, otcextensions on openstacksdk, unmodified, over loopback."""

import json
import os
import subprocess
import sys
import threading
import warnings
from contextlib import ExitStack, closing

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the clients' own imports
    import openstack
    from keystoneauth1.exceptions import Forbidden
    from openstack.exceptions import (
        BadRequestException,
        HttpException,
        NotFoundException,
        SDKException,
    )
    from otcextensions import sdk

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.error_codes import BY_STATUS

pytestmark = [  # what the clients say of themselves
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

LOGIN = ("username", "password", "user_domain_name", "project_name", "project_domain_name")
"""What the environment of a fake has for the login of its own user."""
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
    return [(record.request.operation, record.response.status) for record in fake.journal]


@pytest.mark.parametrize("auth", ["any", "strict"])
@pytest.mark.parametrize("path", ["/v3", "/v3/"])
def test_it_discovers_logs_in_and_lists(connect, auth, path):
    with FakeSdrs(auth=auth) as fake:
        fake.auth.add_user("anna", "right")
        fake.add_failure_job(job_id="own")

        connection = connect(fake, path=path, project_id=fake.project_id, **BY_NAME)

        assert failed(connection) == ["own"]
        assert operations(fake) == [
            ("KeystoneShowVersion", 200),
            ("KeystoneCreateToken", 201),
            ("ListFailureJobs", 200),
        ]


@pytest.mark.parametrize("region", ["eu-de", "eu-nl", "cn-north-4"])
def test_without_discovery_by_the_name_of_a_project(strict, connect, region):
    connection = connect(
        strict,
        "v3password",
        region=region,
        project_name=f"{region}_mine",
        project_domain_name="acme",
        **BY_NAME,
    )

    assert set(failed(connection, server_group_id="g")) == {"inside", "own"}
    assert operations(strict)[0] == ("KeystoneCreateToken", 201)


def test_a_token_gives_another(strict, connect):
    connection = connect(
        strict, "v3token", token=strict.auth.issue_token(), project_id=strict.project_id
    )

    assert failed(connection) == ["own"]


def test_after_a_token_has_expired_it_logs_in_again(strict, connect):
    connection = connect(strict, project_id=strict.project_id, **BY_NAME)
    failed(connection)
    strict.journal.clear()

    strict.auth.expire_tokens()
    assert failed(connection) == ["own"]
    assert operations(strict) == [
        ("ListFailureJobs", 401),
        ("KeystoneCreateToken", 201),
        ("ListFailureJobs", 200),
    ]

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
            wrong = {**BY_NAME, "password": "wrong"}
            failed(connect(strict, project_id=strict.project_id, **wrong))
        except SDKException as error:
            raised.append(str(error))

    thread = threading.Thread(target=program, daemon=True)
    thread.start()
    thread.join(20)

    assert not thread.is_alive()
    assert raised == ["The request you have made requires authentication. (HTTP 401)"]


# Every served operation that the client has


@pytest.fixture(params=["any", "strict"])
def program(request, connect):
    """A fake, lenient or strict, and a program logged in as the fake's own user."""
    with FakeSdrs(auth=request.param) as fake:
        variables = fake.environment()
        login = {name: variables[f"OS_{name.upper()}"] for name in LOGIN}
        connection = connect(fake, region=variables["OS_REGION_NAME"], **login)
        yield fake, connection.sdrs


def left(fake):
    return [job.job_id for job in fake.failure_jobs]


def test_it_lists_failed_tasks_of_both_levels(program):
    fake, client = program
    fake.add_failure_job(
        job_id="own", resource_id="g", resource_name="pg 00", fail_reason="磁盘 is error!"
    )
    fake.add_failure_job(job_id="inside", resource_type="replications", server_group_id="g")

    (own,) = client.failed_tasks()
    both = {task.job_id: task for task in client.failed_tasks(server_group_id="g")}

    assert (own.job_id, own.resource_id) == ("own", "g")
    assert (own.resource_name, own.fail_reason) == ("pg 00", "磁盘 is error!")
    types = {name: task.resource_type for name, task in both.items()}
    assert types == {"own": "server_groups", "inside": "replications"}
    (named,) = client.failed_tasks(server_group_id="g", resource_name="pg 00")
    assert named.job_id == "own"


def test_it_deletes_one_failed_task_by_either_id(program):
    fake, client = program
    one = fake.add_failure_job()
    two = fake.add_failure_job(resource_type="replications", server_group_id="g")
    fake.add_failure_job(job_id="kept")

    client.delete_failed_task(one.job_id, ignore_missing=False)
    client.delete_failed_task(two.resource_id, ignore_missing=False)

    assert left(fake) == ["kept"]


def test_it_deletes_all_failed_tasks_of_the_group_level(program):
    fake, client = program
    fake.add_failure_job(job_id="own", resource_id="g")
    fake.add_failure_job(job_id="inside", server_group_id="g")

    assert client.delete_all_failed_tasks().status_code == 204
    assert left(fake) == ["inside"]


@pytest.mark.parametrize("given", ["its id", "itself"])
def test_it_deletes_the_failed_tasks_of_a_group(program, given):
    fake, client = program
    group = fake.add_protection_group()
    fake.add_failure_job(job_id="inside", server_group_id=group.id)
    fake.add_failure_job(job_id="elsewhere", server_group_id="another")

    answer = client.delete_protection_group_tasks(
        group.id if given == "its id" else client.get_protection_group(group.id)
    )

    assert answer.status_code == 204
    assert left(fake) == ["elsewhere"]


def test_it_gets_a_job(program):
    fake, client = program
    failed = fake.add_failure_job(job_type="createReplicationPairNoCG", server_group_id="g")

    job = client.get_job(failed.job_id)

    assert (job.status, job.job_type, job.error_code) == ("FAIL", failed.job_type, "SDRS.1606")
    assert (job.job_id, job.end_time > job.begin_time) == (failed.job_id, True)


def test_it_lists_gets_and_finds_protection_groups(program):
    fake, client = program
    one = fake.add_protection_group(name="one")
    two = fake.add_protection_group(name="two")

    names = {group.id: group.name for group in client.protection_groups()}
    assert names == {one.id: "one", two.id: "two"}
    assert [group.id for group in client.protection_groups(name="two")] == [two.id]
    assert client.get_protection_group(one.id).name == "one"
    assert client.find_protection_group("two").id == two.id
    assert client.find_protection_group(one.id).name == "one"


def test_it_reads_domains_and_quotas(program):
    fake, client = program
    group = fake.add_protection_group()

    (answer,) = client.get_domains()
    (quota,) = client.quotas()

    assert [domain["id"] for domain in answer.domains] == [group.domain_id]
    used = {row.type: row.used for row in quota.resources}
    assert used == {"server_groups": 1, "replications": 0}


REFUSALS = {
    "SDRS.1013": (BadRequestException, lambda client: client.get_protection_group("none")),
    "SDRS.0408": (NotFoundException, lambda client: client.get_job("none")),
    "SDRS.0221": (BadRequestException, lambda client: list(client.failed_tasks(limit=1001))),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_is_an_error_of_the_client(program, code):
    _, client = program
    error, ask = REFUSALS[code]

    with pytest.raises(error) as caught:
        ask(client)

    assert caught.value.response.json()["error"]["code"] == code


def test_by_default_it_ignores_a_failed_task_that_is_not_there(program):
    fake, client = program
    fake.add_failure_job(job_id="kept")

    assert client.delete_failed_task("none") is None
    with pytest.raises(NotFoundException):
        client.delete_failed_task("none", ignore_missing=False)
    assert left(fake) == ["kept"]


# Its own functional tests


@pytest.mark.parametrize("auth", ["any", "strict"])
def test_its_own_functional_tests_pass(tmp_path, auth):
    with FakeSdrs(auth=auth) as fake:
        fake.seed()
        variables = fake.environment()
        cloud = {
            "auth": {name: variables[f"OS_{name.upper()}"] for name in ("auth_url", *LOGIN)},
            "region_name": variables["OS_REGION_NAME"],
            "identity_api_version": "3",
        }
        file = tmp_path / "clouds.yaml"  # JSON is YAML
        file.write_text(json.dumps({"clouds": {"fake": cloud}}), encoding="utf-8")
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs"),
                "otcextensions.tests.functional.sdk.sdrs.v1",
            ],
            cwd=tmp_path,
            env={
                **_without_clouds(),
                "OS_CLIENT_CONFIG_FILE": str(file),
                "OS_CLOUD": "fake",
                "HOME": str(tmp_path),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

        asked = {operation for operation, status in operations(fake) if status == 200}

    assert (ran.returncode, "7 passed" in ran.stdout) == (0, True), ran.stdout + ran.stderr
    lists = {"ListProtectionGroups", "ListProtectedInstances", "ListReplications"}
    others = {"ListActiveActiveDomains", "ListDisasterRecoveryDrills", "ShowQuota"}
    assert asked >= lists | others


def _without_clouds():
    """The environment of the subprocess: of no cloud, no pytest, and not this project's path."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OS_", "PYTEST", "COV", "PYTHONPATH"))
    }


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 406, 407, 408, 409, 500, 501, 502, 503, 504]
)
def test_it_raises_every_abnormal_status_that_is_armed(connect, sdrs, status):
    connection = connect(sdrs, project_id=sdrs.project_id, **BY_NAME)
    sdrs.faults.fail("ListFailureJobs", status=status)

    with pytest.raises(HttpException) as caught:
        failed(connection)

    row = BY_STATUS[status]
    assert caught.value.status_code == status
    message = "ListFailureJobs is not implemented" if status == 501 else row.message
    assert (row.code if row.gateway else message) in str(caught.value)
