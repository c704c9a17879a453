"""Beside pytest-asyncio and pytest-rerunfailures, in the project that installs the wheel."""

import pytest

runs = []


@pytest.mark.asyncio
async def test_a_coroutine_asks_a_fake(sdrs):
    sdrs.add_failure_job()
    async with sdrs.httpx_async_client() as client:
        answer = await client.get(f"/v1/{sdrs.project_id}/task-center/failure-jobs")
    assert answer.json()["count"] == 1


@pytest.mark.flaky(reruns=1)
def test_a_test_that_is_run_again_has_a_new_fake(sdrs):
    assert sdrs.failure_jobs == ()
    sdrs.add_failure_job()
    runs.append(sdrs)
    assert len(runs) == 2
