"""Failed jobs in any number: batches that Dask shares out, a file for each."""

import json
from pathlib import Path

import dask
import dask.bag

from sdrs_fake.seeding import stream

SPEC = {"failures": 250, "groups": 3, "seed": 7, "as_of": "2026-06-01T00:00:00Z"}


def lines_of(batch):
    """The failed jobs of one batch as JSON lines; none of their ids is in another batch."""
    return [job.wire_json.decode() for job in stream(**SPEC, batch=batch)]


def write(folder, batches):
    """Write each batch into a file of its own, and return the names of the files."""
    numbers = dask.bag.from_sequence(range(batches), npartitions=batches)
    return numbers.map(lines_of).flatten().to_textfiles(f"{folder}/failed-jobs-*.jsonl")


def test_batches_make_one_large_data_set(tmp_path):
    with dask.config.set(scheduler="threads"):  # on a cluster, its own
        files = write(tmp_path, batches=4)

    lines = [line for file in files for line in Path(file).read_text(encoding="utf-8").splitlines()]
    jobs = [json.loads(line) for line in lines]
    assert len({job["job_id"] for job in jobs}) == len(jobs) == 1000
