"""Behind a2wsgi, as an ASGI application."""

import asyncio

import httpx
from a2wsgi import WSGIMiddleware


def test_the_fake_is_an_asgi_application(sdrs):
    sdrs.add_failure_job()

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(WSGIMiddleware(sdrs.wsgi))
        async with httpx.AsyncClient(transport=transport, base_url="http://cloud") as client:
            return await client.get(
                f"/v1/{sdrs.project_id}/task-center/failure-jobs", headers={"X-Auth-Token": "token"}
            )

    assert asyncio.run(ask()).json()["count"] == 1
