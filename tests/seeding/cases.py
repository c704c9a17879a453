"""What several modules of these tests share."""

import datetime as dt
from dataclasses import replace

from sdrs_fake.seeding import dataset, scenario

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
NAMES = [
    "disaster-drill-day",
    "documented-sample",
    "empty-project",
    "noisy-group",
    "regional-switchover",
    "storage-outage",
    "ten-thousand-jobs",
]
JOB = {
    "job_status": "FAIL",
    "resource_id": "r",
    "resource_name": "web",
    "resource_type": "replications",
    "failure_status": "createFail",
    "job_id": "j",
    "job_type": "createReplicationPairNoCG",
    "begin_time": "2026-06-01T00:00:00.000Z",
    "error_code": "EVS.2024",
    "fail_reason": "x",
}


def own(**fields):
    """A scenario of a user's own."""
    return {"scenario": 2, "name": "mine", "title": "Mine", **fields}


def made(given, seed=0, as_of=AS_OF, batch=0):
    """The data of a scenario."""
    return scenario(given, seed, as_of=as_of, batch=batch)


def drawn(failures=24, groups=3, seed=0, as_of=AS_OF, batch=0):
    """A dataset."""
    return dataset(failures, groups, seed, as_of=as_of, batch=batch)


def timeless(data):
    """The failed jobs without what follows from as_of."""
    return [replace(job, job_id="any", begin_time=AS_OF) for job in data.failure_jobs]


def canonical(data):
    """A dataset as the service would answer it."""
    groups = [job.server_group_id or "" for job in data.failure_jobs]
    values = *resources(data), *data.failure_jobs
    return "\n".join([*(each.wire_json.decode() for each in values), *groups])


def resources(data):
    """The groups of a dataset and all that is in them."""
    return *data.groups, *data.protected_instances, *data.replication_pairs, *data.drills


def outlines(data):
    """The resources without what follows from as_of."""
    return [(each.id, each.name, each.status) for each in resources(data)]


def assert_nothing_failed_before_its_creation(jobs):
    """No job, newest first, is of a resource that failed to be created later."""
    created = set()
    for job in jobs:
        assert job.resource_id not in created
        if job.failure_status == "createFail" and job.resource_type != "server_groups":
            created.add(job.resource_id)


def pairs(jobs):
    return {(job.resource_type, str(job.failure_status)) for job in jobs}
