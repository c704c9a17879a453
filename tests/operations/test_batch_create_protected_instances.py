"""POST /v1/{project_id}/protected-instances/batch"""

import pytest

from sdrs_fake import FakeSdrs
from tests.cases import show_job
from tests.operations.instance_cases import created, ended, post, refused, show, state

GROUP = "523ab8ad-3759-4933-9436-4cf4ebb20867"  # of the sample
TYPE = "batchCreateProtectedInstances"
SUB_TYPE = "createProtectedInstanceNoCG"


@pytest.fixture
def group(sdrs):
    return sdrs.add_protection_group(id=GROUP)


def body(server_ids, **fields):
    rows = [{"server_id": each} for each in server_ids]
    fields = {"name_prefix": "web", "server_group_id": GROUP, "servers": rows, **fields}
    given = {name: value for name, value in fields.items() if value is not ...}
    return {"protected_instances": given}


def create(sdrs, server_ids=("s1", "s2"), **fields):
    return post(sdrs, "/protected-instances/batch", body(server_ids, **fields))


def sub_jobs(job):
    return job["entities"]["sub_jobs"]


def test_the_documented_request_creates_an_instance_for_each_server(sdrs, group, fixture):
    request = fixture("examples/batch_create_protected_instances.request")
    response = post(sdrs, "/protected-instances/batch", request)

    assert (response.status, list(response.json)) == (202, ["job_id"])
    sent = request["protected_instances"]
    instances = sdrs.protected_instances
    assert [each.source_server for each in instances] == [
        each["server_id"] for each in sent["servers"]
    ]
    for number, each in enumerate(instances, start=1):
        shown = show(sdrs, each.id)
        assert shown["name"] == f"{sent['name_prefix']}-000{number}"
        assert (shown["description"], shown["tags"]) == (sent["description"], sent["tags"])
        assert (shown["server_group_id"], shown["status"]) == (GROUP, "available")
    assert [each.dr_flavor for each in instances] == ["c3.medium.2", None]


def test_each_instance_has_a_server_a_primary_nic_and_a_system_pair_of_its_own(sdrs, group):
    create(sdrs, primary_subnet_id="subnet")

    one, two = sdrs.protected_instances
    assert len({one.source_server, one.target_server, two.source_server, two.target_server}) == 4
    nics = [*one.nics, *two.nics]
    assert [(nic.subnet_id, nic.is_primary) for nic in nics] == [("subnet", True)] * 2
    assert len({nic.id for nic in nics}) == 2
    pairs = {pair.id: pair.instance_id for pair in sdrs.replication_pairs}
    assert pairs == {each.attachment[0].replication: each.id for each in (one, two)}
    (group,) = sdrs.protection_groups
    assert (group.protected_instance_num, group.replication_num) == (2, 2)


def test_one_job_has_a_sub_job_for_each_instance(sdrs, group):
    job = ended(sdrs, create(sdrs))

    assert (job["job_type"], job["status"], job["error_code"]) == (TYPE, "SUCCESS", None)
    parts = [(each["job_type"], each["status"], each["entities"]) for each in sub_jobs(job)]
    assert parts == [
        (
            SUB_TYPE,
            "SUCCESS",
            {"protected_instance_id": each.id, "native_server_id": each.target_server},
        )
        for each in sdrs.protected_instances
    ]
    assert {each["end_time"] for each in sub_jobs(job)} == {job["end_time"]}
    assert len({job["job_id"], *(each["job_id"] for each in sub_jobs(job))}) == 3


def test_a_sub_job_can_be_asked_for(sdrs, group):
    job = ended(sdrs, create(sdrs))

    for each in sub_jobs(job):
        assert show_job(sdrs, each["job_id"]).json == each


def test_while_it_is_held_all_of_it_runs(sdrs, group):
    sdrs.jobs.hold()
    job = ended(sdrs, create(sdrs))

    assert (job["status"], job["end_time"]) == ("RUNNING", "")
    assert {(each["status"], each["end_time"]) for each in sub_jobs(job)} == {("RUNNING", "")}
    running = [each["entities"]["protected_instance_id"] for each in sub_jobs(job)]
    assert running == [each.id for each in sdrs.protected_instances]
    assert {each.status for each in sdrs.protected_instances} == {"creating"}
    assert sdrs.replication_pairs == ()

    sdrs.jobs.finish(job["job_id"])

    assert {each.status for each in sdrs.protected_instances} == {"available"}
    assert (len(sdrs.replication_pairs), sdrs.jobs.pending) == (2, ())


def test_a_batch_says_running_as_often_as_it_is_to():
    sdrs = FakeSdrs(job_polls=2)
    sdrs.add_protection_group(id=GROUP)
    response = create(sdrs)

    seen = [ended(sdrs, response) for _ in range(4)]

    assert [each["status"] for each in seen] == ["RUNNING", "RUNNING", "SUCCESS", "SUCCESS"]
    assert [each["status"] for each in sub_jobs(seen[2])] == ["SUCCESS", "SUCCESS"]


@pytest.mark.parametrize("status", ["available", "protected"])
def test_the_instances_end_in_the_status_of_the_group(sdrs, status):
    sdrs.add_protection_group(id=GROUP, status=status, priority_station="target")
    create(sdrs)

    for each in (*sdrs.protected_instances, *sdrs.replication_pairs):
        assert (each.status, each.priority_station) == (status, "target")


def test_they_are_as_their_group_where_that_was_enabled_meanwhile(sdrs, group):
    created(sdrs, GROUP)
    sdrs.jobs.hold()
    batch = create(sdrs)
    enabled = post(sdrs, f"/server-groups/{GROUP}/action", {"start-server-group": {}})
    for response in (enabled, batch):
        sdrs.jobs.finish(response.json["job_id"])

    things = (*sdrs.protected_instances, *sdrs.replication_pairs)
    assert [str(each.status) for each in things] == ["protected"] * 6


def test_a_running_batch_goes_on_in_a_file_and_in_a_fork(sdrs, group, tmp_path):
    sdrs.jobs.hold()
    job = ended(sdrs, create(sdrs))
    sdrs.save(tmp_path / "sdrs.json")
    others = [FakeSdrs.from_file(tmp_path / "sdrs.json"), sdrs.fork()]

    for other in others:
        assert show_job(other, job["job_id"]).json == job
        other.jobs.finish(job["job_id"])
        over = show_job(other, job["job_id"]).json
        assert [each["status"] for each in (over, *sub_jobs(over))] == ["SUCCESS"] * 3
        names = [(each.name, str(each.status)) for each in other.protected_instances]
        assert names == [("web-0001", "available"), ("web-0002", "available")]
        assert len(other.replication_pairs) == 2
    assert {each.status for each in sdrs.protected_instances} == {"creating"}


def test_an_id_of_a_batch_is_not_given_again_after_a_file(sdrs, group, tmp_path):
    sdrs.clock.set("2030-01-01T00:00:00Z")
    create(sdrs)
    sdrs.save(tmp_path / "sdrs.json")
    other = FakeSdrs.from_file(tmp_path / "sdrs.json")
    other.clock.set("2030-01-01T00:00:00Z")
    for number in range(3):
        create(other, [f"more-{number}-{each}" for each in range(5)])

    jobs = [each for job in other.jobs for each in (job, *job.entities["sub_jobs"])]
    instances = other.protected_instances
    assert len({each.job_id for each in jobs}) == len(jobs) == 21
    assert len({nic.id for each in instances for nic in each.nics}) == len(instances) == 17
    assert len({each.target_server for each in instances}) == 17
    disks = [disk for pair in other.replication_pairs for disk in pair.volume_ids.split(",")]
    assert len(set(disks)) == len(disks) == 34


# Refusals


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name_prefix": ...}, "SDRS.0201"),
        ({"name_prefix": None}, "SDRS.0201"),
        ({"name_prefix": ""}, "SDRS.0202"),
        ({"name_prefix": "w" * 60}, "SDRS.0202"),
        ({"name_prefix": "云" * 20}, "SDRS.0202"),
        ({"name_prefix": "a b"}, "SDRS.0202"),
        ({"description": "<"}, "SDRS.0212"),
        ({"description": "d" * 65}, "SDRS.0212"),
        ({"server_group_id": ...}, "SDRS.0201"),
        ({"server_group_id": ""}, "SDRS.0207"),
        ({"server_group_id": "unheard-of"}, "SDRS.1013"),
        ({"cluster_id": 1}, "SDRS.0218"),
        ({"servers": ...}, "SDRS.0201"),
        ({"servers": []}, "SDRS.0201"),
        ({"servers": "s1"}, "SDRS.0201"),
        ({"servers": [{}]}, "SDRS.0201"),
        ({"servers": [{"server_id": ""}]}, "SDRS.1360"),
        ({"servers": [{"server_id": "s1"}, {"server_id": 7}]}, "SDRS.1360"),
        ({"servers": [{"server_id": "s1"}] * 2}, "SDRS.1361"),
        ({"servers": [{"server_id": f"s{number}"} for number in range(6)]}, "SDRS.1362"),
        ({"tenancy": "mine"}, "SDRS.0228"),
        ({"tenancy": "dedicated", "dedicated_host_id": ""}, "SDRS.0227"),
        ({"dedicated_host_id": "host"}, "SDRS.1371"),
        ({"tenancy": "shared", "dedicated_host_id": "host"}, "SDRS.1371"),
        ({"tags": [{"key": "k", "value": "v"}] * 2}, "SDRS.2209"),
        ({"tags": [{"key": f"k{number}", "value": ""} for number in range(11)]}, "SDRS.2203"),
    ],
)
def test_a_wrong_field_is_refused_with_its_code(sdrs, group, fields, code):
    before = state(sdrs)

    assert refused(create(sdrs, **fields)) == (400, code)
    assert state(sdrs) == before


@pytest.mark.parametrize("name_prefix", ["w" * 59, "云" * 19])
def test_a_prefix_may_have_59_bytes(sdrs, group, name_prefix):
    assert create(sdrs, name_prefix=name_prefix).status == 202
    assert sdrs.protected_instances[1].name == f"{name_prefix}-0002"


def test_five_servers_are_taken(sdrs, group):
    assert create(sdrs, [f"s{number}" for number in range(5)]).status == 202
    assert len(sdrs.protected_instances) == 5


@pytest.mark.parametrize("content", [None, [], {}, {"protected_instances": []}, "text"])
def test_a_body_without_the_object_is_0201(sdrs, content):
    assert refused(post(sdrs, "/protected-instances/batch", content)) == (400, "SDRS.0201")


def test_one_server_in_use_refuses_the_whole_batch(sdrs, group):
    created(sdrs, GROUP, server_id="s2")
    before = state(sdrs)

    assert refused(create(sdrs, ["s1", "s2", "s3"])) == (400, "SDRS.1305")
    assert state(sdrs) == before


@pytest.mark.parametrize("status", ["failed-over", "error-starting", "stopping", "error"])
def test_the_group_has_to_be_available_or_protected(sdrs, status):
    sdrs.add_protection_group(id=GROUP, status=status)

    assert refused(create(sdrs)) == (400, "SDRS.1024")
    assert sdrs.protected_instances == ()


def test_the_quota_of_pairs_has_to_hold_all_system_pairs():
    sdrs = FakeSdrs(quotas={"replications": 3})
    sdrs.add_protection_group(id=GROUP)
    create(sdrs, ["s1"])
    before = state(sdrs)

    assert refused(create(sdrs, ["s2", "s3", "s4"])) == (400, "SDRS.0306")
    assert state(sdrs) == before
    assert create(sdrs, ["s2", "s3"]).status == 202


def test_answers_about_a_sub_job_count_for_its_job():
    sdrs = FakeSdrs(job_polls=2)
    sdrs.add_protection_group(id=GROUP)
    create(sdrs)
    (job,) = sdrs.jobs.pending
    sub_id = job.parts[0].job_id

    statuses = [show_job(sdrs, sub_id).json["status"] for _ in range(3)]

    assert statuses == ["RUNNING", "RUNNING", "SUCCESS"]
