"""POST /v1/{project_id}/protected-instances/delete"""

import pytest

from sdrs_fake import FakeSdrs
from tests.cases import show_job
from tests.operations.instance_cases import created, ended, post, refused, state

TYPE = "batchDeleteProtectedInstances"
SUB_TYPE = "deleteProtectedInstanceNoCG"
DELETABLE = [
    "available",
    "protected",
    "failed-over",
    "error",
    "error-starting",
    "error-stopping",
    "error-reversing",
    "error-failing-over",
    "error-deleting",
    "error-reprotecting",
    "error-resizing",
    "invalid",
    "fault",
]


@pytest.fixture
def group(sdrs):
    return sdrs.add_protection_group().id


@pytest.fixture
def two(sdrs, group):
    """The ids of two instances with their system pairs."""
    return [created(sdrs, group) for _ in range(2)]


def delete(sdrs, ids, **fields):
    rows = [{"id": each} for each in ids]
    return post(sdrs, "/protected-instances/delete", {"protected_instances": rows, **fields})


def statuses(sdrs):
    return [str(each.status) for each in sdrs.protected_instances]


def test_the_documented_request_deletes_all_that_it_names(sdrs, fixture):
    request = fixture("examples/batch_delete_protected_instances.request")
    for each in request["protected_instances"]:
        sdrs.add_protected_instance(**each)
    other = sdrs.add_protected_instance()

    response = post(sdrs, "/protected-instances/delete", request)

    assert (response.status, list(response.json)) == (202, ["job_id"])
    assert sdrs.protected_instances == (other,)


def test_the_system_pairs_go_with_their_instances_and_data_pairs_stay(sdrs, group, two):
    attached = [{"protected_instance": two[0], "device": "/dev/vdb"}]
    data = sdrs.add_replication_pair(server_group_id=group, attachment=attached)

    delete(sdrs, two)

    (pair,) = sdrs.replication_pairs
    assert (pair.id, pair.attachment) == (data.id, ())
    (left,) = sdrs.protection_groups
    assert (left.protected_instance_num, left.replication_num) == (0, 1)


def test_one_job_has_a_sub_job_for_each_instance(sdrs, two):
    job = ended(sdrs, delete(sdrs, two))

    parts = job["entities"]["sub_jobs"]
    assert (job["job_type"], job["status"]) == (TYPE, "SUCCESS")
    assert [(each["job_type"], each["status"], each["entities"]) for each in parts] == [
        (SUB_TYPE, "SUCCESS", {"protected_instance_id": each}) for each in two
    ]
    assert [show_job(sdrs, each["job_id"]).json for each in parts] == parts


def test_while_it_is_held_all_of_it_runs(sdrs, two):
    sdrs.jobs.hold()
    job = ended(sdrs, delete(sdrs, two))

    assert [each["status"] for each in (job, *job["entities"]["sub_jobs"])] == ["RUNNING"] * 3
    assert (statuses(sdrs), len(sdrs.replication_pairs)) == (["deleting"] * 2, 2)

    sdrs.jobs.release()

    assert (sdrs.protected_instances, sdrs.replication_pairs) == ((), ())


def test_a_batch_says_running_as_often_as_it_is_to():
    sdrs = FakeSdrs(job_polls=1)
    response = delete(sdrs, [sdrs.add_protected_instance().id for _ in range(2)])

    seen = [ended(sdrs, response)["status"] for _ in range(3)]

    assert (seen, sdrs.protected_instances) == (["RUNNING", "SUCCESS", "SUCCESS"], ())


def test_a_running_batch_goes_on_in_a_file_and_in_a_fork(sdrs, two, tmp_path):
    sdrs.jobs.hold()
    job = ended(sdrs, delete(sdrs, two))
    sdrs.save(tmp_path / "sdrs.json")

    for other in (FakeSdrs.from_file(tmp_path / "sdrs.json"), sdrs.fork()):
        assert show_job(other, job["job_id"]).json == job
        other.jobs.finish(job["job_id"])
        assert (other.protected_instances, other.replication_pairs) == ((), ())
    assert statuses(sdrs) == ["deleting"] * 2


@pytest.mark.parametrize("status", DELETABLE)
def test_each_documented_status_allows_it(sdrs, group, status):
    one = sdrs.add_protected_instance(status=status)

    assert delete(sdrs, [one.id]).status == 202
    assert sdrs.protected_instances == ()


def test_a_pair_that_the_deleted_share_is_left_attached_to_nothing(sdrs, group, two):
    attached = [{"protected_instance": each, "device": "/dev/vdb"} for each in two]
    metadata = {"multiattach": True, "volume_size": 10}
    shared = sdrs.add_replication_pair(
        server_group_id=group, attachment=attached, record_metadata=metadata
    )

    assert refused(delete(sdrs, two[:1])) == (400, "SDRS.1409")
    assert delete(sdrs, two).status == 202
    assert [(pair.id, pair.attachment) for pair in sdrs.replication_pairs] == [(shared.id, ())]


# Refusals


@pytest.mark.parametrize(
    "content",
    [
        None,
        {},
        {"protected_instances": None},
        {"protected_instances": []},
        {"protected_instances": {"id": "one"}},
        {"protected_instances": [{}]},
        {"protected_instances": [{"id": None}]},
        {"protected_instances": ["one"]},
    ],
)
def test_a_body_without_ids_is_0201(sdrs, content):
    assert refused(post(sdrs, "/protected-instances/delete", content)) == (400, "SDRS.0201")


@pytest.mark.parametrize(
    ("ids", "fields", "code"),
    [
        ([""], {}, "SDRS.0208"),
        ([7], {}, "SDRS.0208"),
        (["unheard-of"], {}, "SDRS.1320"),
        (["one", "unheard-of"], {}, "SDRS.1320"),
        (["one", "one"], {}, "SDRS.1363"),
        (["one", "elsewhere"], {}, "SDRS.1364"),
        ([f"id-{number}" for number in range(21)], {}, "SDRS.0226"),
        (["one"], {"delete_target_server": "yes"}, "SDRS.0201"),
        (["one", "busy"], {}, "SDRS.1301"),
    ],
)
def test_a_wrong_list_is_refused_as_a_whole(sdrs, group, ids, fields, code):
    sdrs.add_protected_instance(id="one", server_group_id=group)
    sdrs.add_protected_instance(id="busy", server_group_id=group, status="resizing")
    sdrs.add_protected_instance(id="elsewhere", server_group_id="another")
    before = state(sdrs)

    assert refused(delete(sdrs, ids, **fields)) == (400, code)
    assert state(sdrs) == before


def test_twenty_instances_are_taken(sdrs):
    ids = [sdrs.add_protected_instance().id for _ in range(20)]

    assert delete(sdrs, ids).status == 202
    assert sdrs.protected_instances == ()


@pytest.mark.parametrize(
    ("field", "code"), [("delete_target_server", "SDRS.1330"), ("delete_target_eip", "SDRS.1338")]
)
def test_what_the_production_site_uses_is_not_deleted(sdrs, field, code):
    sdrs.add_protection_group(priority_station="target")
    one = sdrs.add_protected_instance()

    assert refused(delete(sdrs, [one.id], **{field: True})) == (400, code)
    assert sdrs.protected_instances == (one,)
    assert delete(sdrs, [one.id], **{field: False}).status == 202


@pytest.mark.parametrize("field", ["delete_target_server", "delete_target_eip"])
def test_the_dr_servers_can_be_deleted_too(sdrs, two, field):
    assert delete(sdrs, two, **{field: True}).status == 202
