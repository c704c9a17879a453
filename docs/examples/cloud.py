"""A small client of SDRS for scripts: it logs in, waits out a 429, and follows jobs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

import httpx

TRIES = 5
PAGE = 100
POLL_SECONDS, PATIENCE_SECONDS = 10, 1800
TASKS = "/task-center/failure-jobs"


class SdrsError(Exception):
    """The service refused a request, or a job failed."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


@contextmanager
def connect() -> Iterator["Sdrs"]:
    """Log in by the variables that OpenStack's clients read."""
    env = os.environ
    domain = {"name": env["OS_USER_DOMAIN_NAME"]}
    user = {"name": env["OS_USERNAME"], "password": env["OS_PASSWORD"], "domain": domain}
    identity = {"methods": ["password"], "password": {"user": user}}
    login = {"identity": identity, "scope": {"project": {"id": env["OS_PROJECT_ID"]}}}
    with httpx.Client(base_url=env["OS_SDRS_ENDPOINT_OVERRIDE"], timeout=60) as http:
        answer = http.post(f"{env['OS_AUTH_URL']}/auth/tokens", json={"auth": login})
        answer.raise_for_status()
        http.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
        yield Sdrs(http)


class Sdrs:
    """Requests to one project; `http` has its URL and a token."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def request(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """Send a request, again after a 429, and return the body of its answer."""
        for _ in range(TRIES):
            answer = self._http.request(method, path, json=body, params=params)
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            sleep(int(answer.headers.get("Retry-After", POLL_SECONDS)))
        if answer.is_client_error:
            raise refusal(answer)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def rows(self, path: str, key: str, **filters: str) -> Iterator[dict[str, Any]]:
        """All rows of a list; `key` is the name of its pages."""
        offset = 0
        while page := self.request("GET", path, limit=PAGE, offset=offset, **filters)[key]:
            yield from page
            offset += len(page)

    def failed_tasks(self) -> list[dict[str, Any]]:
        """The failed tasks of groups themselves, then those in each group."""
        # Without a group the list has the group level alone. The dict drops what comes twice.
        tasks = {
            task["job_id"]: task | {"group_id": task["resource_id"], "group": task["resource_name"]}
            for task in self.rows(TASKS, "failure_jobs")
        }
        for group in self.rows("/server-groups", "server_groups"):
            for task in self.rows(TASKS, "failure_jobs", server_group_id=group["id"]):
                tasks[task["job_id"]] = task | {"group_id": group["id"], "group": group["name"]}
        return list(tasks.values())

    def run(self, method: str, path: str, body: Any = None) -> None:
        """Start the job of an operation, and follow it to its end."""
        job_id = self.request(method, path, body)["job_id"]
        for waited in range(0, PATIENCE_SECONDS, POLL_SECONDS):
            try:
                job = self.request("GET", f"/jobs/{job_id}")
            except httpx.HTTPError as error:  # of the question: the job goes on
                print(f"  after {waited} s: no answer, {error}")
            else:
                print(f"  after {waited} s: {job['job_type']} {job['status']}")
                if job["status"] == "FAIL":
                    raise SdrsError(job["error_code"], job["fail_reason"])
                if job["status"] == "SUCCESS":
                    return
            sleep(POLL_SECONDS)
        raise TimeoutError(f"job {job_id} is not over after {PATIENCE_SECONDS} s")


def refusal(answer: httpx.Response) -> SdrsError:
    """The code and message of a refusal, in the form of the service or of its gateway."""
    body = answer.json()
    if "error_code" in body:
        return SdrsError(body["error_code"], body["error_msg"])
    (error,) = body.values()
    return SdrsError(error["code"], error["message"])
