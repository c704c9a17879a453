"""A program of yours: it counts the failed tasks of a group by failure status."""

import json
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit


def failures_by_status(
    endpoint: str, project_id: str, group_id: str, page_size: int = 50
) -> Counter[str]:
    """Read the list page by page, until a page is empty."""
    url = urlsplit(endpoint)
    counted = Counter[str]()
    offset = 0
    with closing(HTTPConnection(url.netloc)) as connection:
        while True:
            path = f"{url.path}/v1/{project_id}/task-center/failure-jobs"
            connection.request(
                "GET",
                f"{path}?server_group_id={group_id}&limit={page_size}&offset={offset}",
                headers={"X-Auth-Token": "token"},
            )
            jobs = json.load(connection.getresponse())["failure_jobs"]
            if not jobs:
                return counted
            counted.update(job["failure_status"] for job in jobs)
            offset += len(jobs)
