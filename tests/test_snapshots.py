"""A fake in a file, and back."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from sdrs_fake import FakeSdrs, Reading


def test_a_fake_comes_back_as_it_was(tmp_path):
    fake = FakeSdrs("mine", Reading(count="page"), "off")
    fake.seed()
    fake.project("other").add_failure_job(fail_reason="磁盘 is error!")
    file = tmp_path / "fake.json"

    fake.snapshot(file)
    back = FakeSdrs.load(str(file))

    assert (back.project_id, back.reading, back.auth.mode) == ("mine", fake.reading, "off")
    assert back.export_data() == fake.export_data()
    assert back.failure_jobs == fake.failure_jobs
    assert back.seed().jobs[0].job_id not in {job.job_id for job in fake.failure_jobs}
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path):
    file = tmp_path / "fake.json"
    FakeSdrs().snapshot(file)
    with pytest.raises(OSError, match="directory"):
        FakeSdrs().snapshot(tmp_path)

    assert list(tmp_path.iterdir()) == [file]
    assert FakeSdrs.load(file).failure_jobs == ()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"snapshot": 2}, r"snapshot: 2 should be 1"),
        ({"auth": "none"}, "auth: 'none' should be 'present', 'strict' or 'off'"),
        (
            {"colour": 1},
            "colour: no such field; there are snapshot, project_id, reading, auth, data",
        ),
        (
            {"data": {"failure_jobs": [{"failure_status": "x"}]}},
            r"failure_jobs\[0\].failure_status: 'x' should be 'createFail', ",
        ),
        ({"project_id": "a/b"}, "project_id: 'a/b' should be letters"),
    ],
)
def test_a_file_that_is_wrong_is_refused_and_says_where(tmp_path, changed, message):
    file = tmp_path / "fake.json"
    FakeSdrs().snapshot(file)
    file.write_text(
        json.dumps(json.loads(file.read_text(encoding="utf-8")) | changed), encoding="utf-8"
    )

    with pytest.raises(ValueError, match=message):
        FakeSdrs.load(file)


@pytest.mark.parametrize("content", ["[]", "{}", '{"failure_jobs": []}'])
def test_a_file_that_is_no_snapshot_is_refused(tmp_path, content):
    file = tmp_path / "fake.json"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(
        ValueError,
        match=(
            r"fake\.json should be a file that FakeSdrs\.snapshot wrote; for data alone there is"
            r" load_data"
        ),
    ):
        FakeSdrs.load(file)


def test_no_file_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError, match="should be JSON text or a file that can be read"):
        FakeSdrs.load(tmp_path / "none.json")


def test_many_may_write_one_file_at_once_and_a_link_leads_on(sdrs, tmp_path):
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    link.symlink_to(target)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: sdrs.snapshot(link), range(60)))

    assert link.is_symlink()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link.json", "real.json"]
    with FakeSdrs.load(target) as fake:
        assert fake.project_id == sdrs.project_id
