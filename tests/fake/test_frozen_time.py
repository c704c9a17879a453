"""What a fake hands out while the time of the process is frozen outlives the freeze."""

import datetime as dt
import subprocess
import sys

from freezegun import freeze_time

from sdrs_fake import FakeSdrs

IMPORTED_WHILE_FROZEN = """
import importlib, pkgutil, sys
from datetime import datetime
from freezegun import freeze_time

with freeze_time("2019-04-01T12:00:00Z"):
    import sdrs_fake
    for module in pkgutil.walk_packages(sdrs_fake.__path__, "sdrs_fake."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

for name, module in list(sys.modules.items()):
    if name.startswith("sdrs_fake"):
        for constant, value in vars(module).items():
            if isinstance(value, datetime) and type(value) is not datetime:
                print(f"{name}.{constant} is {value!r}")
with sdrs_fake.FakeSdrs() as sdrs:
    sdrs.seed()
    assert type(sdrs.clock.now()) is type(sdrs.failure_jobs[0].begin_time) is datetime
"""


def test_no_constant_is_a_frozen_datetime_where_the_package_is_imported_while_time_is_frozen():
    command = [sys.executable, "-c", IMPORTED_WHILE_FROZEN]

    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout) == (0, ""), run.stderr


def test_no_value_that_is_handed_out_is_a_frozen_datetime():
    with freeze_time("2019-04-01T12:00:00Z"), FakeSdrs() as sdrs:
        given = dt.datetime.now(dt.UTC)
        groups = [sdrs.add_protection_group(), sdrs.add_protection_group(created_at=given)]
        jobs = [sdrs.add_failure_job(), sdrs.add_failure_job(begin_time=given)]
        job = sdrs.add_job()
        data = sdrs.seed(failures=1, as_of=given)
        times = [
            sdrs.clock.now(),
            sdrs.clock.advance(minutes=1),
            sdrs.clock.set("2019-05-01T12:00:00Z"),
            sdrs.fork().clock.now(),
            *(group.created_at for group in groups),
            *(failure.begin_time for failure in jobs),
            *(job.begin_time, job.end_time),
            *(data.spec.as_of, data.failure_jobs[0].begin_time),
            sdrs.protection_groups[-1].created_at,
        ]

    assert [type(time) for time in times] == [dt.datetime] * len(times)
