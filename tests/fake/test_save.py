"""A fake in a file, and back."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from sdrs_fake import Behavior, FakeSdrs
from tests.cases import refusal


@pytest.fixture
def file(tmp_path):
    """A file that a fake was saved to."""
    FakeSdrs().save(tmp_path / "fake.json")
    return tmp_path / "fake.json"


def test_a_fake_comes_back_as_it_was(tmp_path):
    quotas = {"server_groups": 7, "replications": -1}
    fake = FakeSdrs(
        "mine", Behavior(count="page"), "off", job_duration=1.5, job_polls=2, quotas=quotas
    )
    fake.seed()
    fake.project("other").add_failure_job(fail_reason="磁盘 is error!")
    file = tmp_path / "fake.json"

    fake.save(file)
    back = FakeSdrs.from_file(str(file))

    assert (back.project_id, back.behavior, back.auth.mode) == ("mine", fake.behavior, "off")
    content = json.loads(file.read_text(encoding="utf-8"))
    assert (content["job_duration"], content["job_polls"], content["quotas"]) == (1.5, 2, quotas)
    shown = [each.request("GET", "/v1/x/sdrs/quotas").json for each in (fake, back)]
    assert [each["quota"] for each in shown[1]["quotas"]["resources"]] == [7, -1]
    assert shown[0] == shown[1]
    assert back.export_data() == fake.export_data()
    assert back.failure_jobs == fake.failure_jobs
    assert back.seed().failure_jobs[0].job_id not in {job.job_id for job in fake.failure_jobs}
    assert list(tmp_path.iterdir()) == [file]


def test_what_was_saved_can_also_be_imported(sdrs, tmp_path):
    with FakeSdrs("mine", auth="off", failures=3) as fake:
        fake.save(tmp_path / "fake.json")

        assert sdrs.import_data(tmp_path / "fake.json")["failure_jobs"] == 3
        assert sdrs.project("mine").failure_jobs == fake.failure_jobs
    assert sdrs.auth.mode == "any"


@pytest.mark.parametrize(
    ("content", "failures"),
    [
        ("{}", 0),
        ('{"failure_jobs": [{}]}', 1),
        ('{"projects": [{"failure_jobs": [{}, {}]}]}', 2),
        ('{"count": 1, "failure_jobs": [{}]}', 1),
        ('{"job_id": "a"}\n{"job_id": "b"}\n', 2),
    ],
)
def test_a_file_with_data_alone_will_do(tmp_path, content, failures):
    (tmp_path / "data.json").write_text(content, encoding="utf-8")

    assert len(FakeSdrs.from_file(tmp_path / "data.json").failure_jobs) == failures


def test_what_cannot_be_written_leaves_what_was_there(tmp_path, file):
    with pytest.raises(OSError, match="directory"):
        FakeSdrs().save(tmp_path)

    assert list(tmp_path.iterdir()) == [file]
    assert FakeSdrs.from_file(file).failure_jobs == ()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"version": 2}, "version: 2 is newer than 1; read it with a newer sdrs-fake"),
        ({"auth": "none"}, "auth: 'none' should be one of any, strict, off"),
        ({"behavior": {"count": "x"}}, "behavior.count: 'x' should be 'total' or 'page'"),
        ({"shape": 1}, "shape: no such key; there are version, project_id, behavior, auth"),
        (
            {"projects": [{"failure_jobs": [{"failure_status": "x"}]}]},
            r"projects\[0\].failure_jobs\[0\].failure_status: 'x' should be 'createFail', ",
        ),
        ({"project_id": "a/b"}, "project_id: 'a/b' should be letters"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_its_place(file, changed, message):
    content = json.loads(file.read_text(encoding="utf-8")) | changed
    file.write_text(json.dumps(content), encoding="utf-8")

    with pytest.raises(ValueError, match=rf"fake\.json: {message}"):
        FakeSdrs.from_file(file)


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_an_empty_file_is_no_data(sdrs, file, content):
    file.write_text(content, encoding="utf-8")

    for take, name in ((FakeSdrs.from_file, "path"), (sdrs.import_data, "data")):
        assert refusal(take, file) == f"{name}: {file} should be JSON or JSON lines, but is blank"


def test_what_is_no_path_is_refused_by_its_name(sdrs):
    assert refusal(sdrs.save, 5) == "path: 5 should be the path of a file"


def test_no_file_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError, match="should be JSON text or a file that can be read"):
        FakeSdrs.from_file(tmp_path / "none.json")


def test_many_may_write_one_file_at_once_and_a_link_leads_on(sdrs, tmp_path):
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    link.symlink_to(target)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: sdrs.save(link), range(60)))

    assert link.is_symlink()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link.json", "real.json"]
    with FakeSdrs.from_file(target) as fake:
        assert fake.project_id == sdrs.project_id
