"""Demo data: datasets, streams, files, and single values of your own Faker."""

import json
import subprocess
import sys

from faker import Faker

from sdrs_fake.seeding import SdrsProvider, assert_consistent, dataset, stream

PROGRAM = [sys.executable, "-m", "sdrs_fake"]  # or "sdrs-fake", where it is on the PATH


def test_a_dataset_is_the_same_everywhere():
    data = dataset(failures=200, groups=4, seed=7, as_of="2026-06-01T00:00:00Z")

    assert_consistent(data.failure_jobs, data.groups)
    assert data == dataset(failures=200, groups=4, seed=7, as_of="2026-06-01T00:00:00Z")


def test_a_stream_does_not_hold_its_rows():
    rows = stream(failures=1_000_000, groups=10, as_of="2026-06-01T00:00:00Z")

    assert next(rows).failure_status


def test_generate_writes_a_file(tmp_path):
    file = tmp_path / "jobs.json"
    subprocess.run(
        [*PROGRAM, "generate", "--failures", "50", "--format", "json", "--output", str(file)],
        check=True,
    )

    assert json.loads(file.read_text(encoding="utf-8"))["count"] == 50


def test_a_generated_file_is_imported(sdrs, tmp_path):
    file = tmp_path / "jobs.json"
    subprocess.run(
        [*PROGRAM, "generate", "--format", "json", "--with-group", "--output", str(file)],
        check=True,
    )

    assert len(sdrs.import_failure_jobs(file)) == len(sdrs.failure_jobs) == 24


def test_your_own_faker_has_values_of_sdrs():
    fake = Faker("zh_CN")
    fake.add_provider(SdrsProvider)
    fake.seed_instance(7)

    job = fake.sdrs_failure_job(resource_type="replications")

    assert (job.resource_type, len(job.job_id)) == ("replications", 32)
