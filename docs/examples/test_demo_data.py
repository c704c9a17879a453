"""Demo data: a whole dataset, a stream, and single values for your own Faker."""

import json
import subprocess
import sys

from faker import Faker

from sdrs_fake.seeding import SdrsProvider, check_coherent, dataset, stream

PROGRAM = [sys.executable, "-m", "sdrs_fake"]  # or just "sdrs-fake", where it is on the PATH


def test_a_dataset_is_the_same_wherever_it_is_made():
    data = dataset(jobs=200, groups=4, seed=7, anchor="2026-06-01T00:00:00Z")

    check_coherent(data.jobs, data.groups)
    assert data == dataset(jobs=200, groups=4, seed=7, anchor="2026-06-01T00:00:00Z")


def test_a_stream_takes_no_room():
    rows = stream(jobs=1_000_000, groups=10, anchor="2026-06-01T00:00:00Z")

    assert next(rows).failure_status


def test_a_program_writes_a_file(tmp_path):
    file = tmp_path / "jobs.json"
    subprocess.run(
        [*PROGRAM, "generate", "--jobs", "50", "--format", "json", "--output", str(file)],
        check=True,
    )

    assert json.loads(file.read_text(encoding="utf-8"))["count"] == 50


def test_a_file_is_loaded_into_a_fake(sdrs, tmp_path):
    file = tmp_path / "jobs.json"
    subprocess.run(
        [*PROGRAM, "generate", "--format", "json", "--server-group", "--output", str(file)],
        check=True,
    )

    assert len(sdrs.load_failure_jobs(file)) == len(sdrs.failure_jobs) == 24


def test_your_own_faker_knows_the_service():
    fake = Faker("zh_CN")
    fake.add_provider(SdrsProvider)
    fake.seed_instance(7)

    job = fake.sdrs_failure_job(resource_type="replications")

    assert (job.resource_type, len(job.job_id)) == ("replications", 32)
