"""What several modules of these tests share."""

import datetime as dt

from sdrs_fake.seeding import scenario

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
NAMES = [
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
    return scenario(given, seed, as_of=as_of, batch=batch)


def pairs(jobs):
    return {(job.resource_type, str(job.failure_status)) for job in jobs}
