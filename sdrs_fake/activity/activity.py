"""Activity: steps drawn from a seed, each of which asks a fake for one operation."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from sdrs_fake.activity.actions import Action, actions
from sdrs_fake.fake_project import FakeProject
from sdrs_fake.faults.fault import Fault
from sdrs_fake.faults.faults import Faults
from sdrs_fake.messages import Request, Response
from sdrs_fake.operations.table import ROWS
from sdrs_fake.seeding.randomness import one_of
from sdrs_fake.seeding.spec import parse_number

AGENT = "sdrs-fake-activity"
"""The User-Agent of its requests, by which the journal tells them from others."""

FAILING = 0.25
"""The share of the jobs that are made to fail."""

MENDING = 0.5
"""The share of the steps that look after what has failed, where anything has."""

DELETING = 0.15
"""The share of the other steps that delete something, where anything can be deleted."""


class Client(Protocol):
    """Sends a request, as FakeSdrs.request does."""

    def __call__(
        self,
        method: str,
        path: str,
        /,
        *,
        headers: dict[str, str],
        json: object,
    ) -> Response: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityStep:
    """What one step asked for, and what came of it. It prints as a line.

    `name` is that of the resource, where there is one. `status` is None where a fault broke the
    connection or the body, and `error_code` is that of a refusal. Two steps are equal whatever
    their `job_id`.
    """

    operation: str
    name: str
    is_retry: bool
    status: int | None
    error_code: str
    job_fails: bool
    job_id: str = field(compare=False)

    def __str__(self) -> str:
        what = f"{self.operation} {self.name}".rstrip()
        return f"{'retry of ' if self.is_retry else ''}{what}: {self._outcome()}"

    def _outcome(self) -> str:
        if self.status is None:
            return "no answer"
        if self.error_code:
            return f"refused with {self.status} {self.error_code}"
        if not self.name:  # a question
            return "answered"
        return "accepted, and its job fails" if self.job_fails else "accepted"


class _Failing:
    """The condition of an activity's fault: its next job is to fail. The fault shows its repr."""

    def __init__(self, agent: str, seed: int) -> None:
        self.next = False
        self._agent = agent
        self._seed = seed

    def __call__(self, request: Request) -> bool:
        return self.next and request.headers.get("user-agent") == self._agent

    def __repr__(self) -> str:
        return f"activity(seed={self._seed})"


class Activity(Iterator[ActivityStep]):
    """An iterator without end: each step asks a project for an operation that is allowed then.

    A job in four is made to fail, by a fault of `faults.fail_job` that is for these requests
    alone. Of the steps after a failure half try the same again, or delete what was not created.
    """

    def __init__(self, project: FakeProject, faults: Faults, send: Client, seed: object) -> None:
        self._seed = parse_number("seed", seed)
        self._source = Random(self._seed)  # noqa: S311 a draw, no secret
        self._project = project
        self._faults = faults
        self._send = send
        self._fault: Fault | None = None
        self._agent = f"{AGENT}/{self._seed} {id(self):x}"
        self._failing = _Failing(self._agent, self._seed)

    def __repr__(self) -> str:
        return f"<Activity: seed {self._seed}>"

    def __next__(self) -> ActivityStep:
        action = self._drawn()
        self._failing.next = self._source.random() < FAILING
        fault = self._armed_fault()
        before = fault.fired
        response, content = self._answer(action)
        return ActivityStep(
            operation=action.operation,
            name=action.name,
            is_retry=action.is_retry,
            status=response.status if response else None,
            error_code=response.error_code if response else "",
            job_fails=fault.fired > before,
            job_id=content.get("job_id", ""),
        )

    def _drawn(self) -> Action:
        project = self._project
        resources = project.protected_instances, project.replication_pairs, project.drills
        found = list(actions(project.protection_groups, *resources, self._source))
        pool = self._pool(found)
        # First the operation, so that the many pairs of a group do not crowd out the group.
        operation = one_of(self._source, sorted({each.operation for each in pool}))
        return one_of(self._source, [each for each in pool if each.operation == operation])

    def _pool(self, found: list[Action]) -> list[Action]:
        """The actions to draw from; where every resource is busy, questions about the jobs."""
        mending = [each for each in found if each.mends]
        if mending and self._source.random() < MENDING:
            return mending
        deleting = [each for each in found if each.deletes and not each.mends]
        if deleting and self._source.random() < DELETING:
            return deleting
        others = [each for each in found if not (each.deletes or each.mends)]
        return others or deleting or mending or self._questions()

    def _questions(self) -> list[Action]:
        pending = self._project.jobs.pending
        jobs = [Action("ShowJobStatus", "", {"job_id": job.job_id}) for job in pending]
        return jobs or [Action("ListProtectionGroups", "", {})]

    def _armed_fault(self) -> Fault:
        """The fault by which jobs fail; another one once somebody has cleared all faults."""
        if self._fault is None or not self._fault.armed:
            self._fault = self._faults.fail_job(times=None, when=self._failing, optional=True)
        return self._fault

    def _answer(self, action: Action) -> tuple[Response | None, dict[str, Any]]:
        """The response and its content; None where no usable one came."""
        row = ROWS[action.operation]
        path = row.path.format(project_id=self._project.project_id, **action.ids)
        headers = {"User-Agent": self._agent}
        try:
            response = self._send(row.method, path, headers=headers, json=action.body)
        except ConnectionError:  # a network fault, or the fake is offline
            return None, {}
        try:
            return response, response.json or {}
        except ValueError:  # a network fault damaged the body
            return None, {}
