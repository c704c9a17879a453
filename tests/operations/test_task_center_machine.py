"""Any sequence of adding, seeding, listing and deleting against a naive model."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sdrs_fake import Behavior, FakeSdrs, ResourceType

RESOURCES = st.sampled_from(
    [
        ("g1", ResourceType.SERVER_GROUPS, "g1"),
        ("i1", ResourceType.PROTECTED_INSTANCES, "g1"),
        ("r1", ResourceType.REPLICATIONS, "g1"),
        ("r2", ResourceType.REPLICATIONS, "g2"),
        ("d2", ResourceType.DISASTER_RECOVERY_DRILLS, "g2"),
    ]
)
"""Their ids, types and groups."""
CHOICES = st.fixed_dictionaries(
    {
        "failure_job_id": st.sampled_from(["both", "job_id", "resource_id"]),
        "unknown_failure_job": st.sampled_from(["error", "ignored"]),
        "group_scope": st.sampled_from(["all", "members"]),
        "scope_without_group": st.sampled_from(["group_level", "everywhere"]),
    }
)


class TaskCenter(RuleBasedStateMachine):
    """The model is a list of dicts, searched from end to end."""

    @initialize(choices=CHOICES)
    def begin(self, choices):
        self.choices = choices
        self.sdrs = FakeSdrs(behavior=Behavior(**choices))
        self.jobs = []
        self.gone = []
        self.seeded = set()
        self.added = 0

    @rule(resource=RESOURCES, names_group=st.booleans(), day=st.integers(1, 3))
    def add(self, resource, names_group, day):
        self.added += 1
        resource_id, kind, group = resource
        fields = {"resource_type": kind, "resource_id": resource_id}
        fields["server_group_id"] = group if names_group else None
        begin_time = f"2026-01-0{day}T00:00:00Z"
        job_id = f"{self.added:04}"
        self._remember(self.sdrs.add_failure_job(job_id=job_id, begin_time=begin_time, **fields))

    @rule(failures=st.integers(0, 5))
    def seed(self, failures):
        data = self.sdrs.seed(failures, 2, as_of="2026-06-01T00:00:00Z")
        self.seeded |= {(pair.id, ResourceType.REPLICATIONS) for pair in data.replication_pairs}
        for job in data.failure_jobs:
            self._remember(job)

    @rule(place=st.integers(0, 50), field=st.sampled_from(["job_id", "resource_id"]))
    def delete_one(self, place, field):
        name = self.jobs[place % len(self.jobs)][field] if self.jobs else "unheard-of"
        named = self._named(name)

        status = self._delete(f"/failure-jobs/{name}")

        assert status == (204 if named or self.choices["unknown_failure_job"] == "ignored" else 404)
        self._forget(named)

    @rule(group=st.sampled_from(["g1", "g2", "unheard-of"]))
    def delete_those_of_a_group(self, group):
        assert self._delete(f"/{group}/failure-jobs/batch") == 204
        self._forget(self._inside(group))

    @rule()
    def delete_all(self):
        assert self._delete("/failure-jobs/batch") == 204
        self._forget(self._level())

    @rule()
    def reset(self):
        self.sdrs.reset()
        self.jobs, self.gone, self.seeded = [], [], set()

    @invariant()
    def the_lists_are_those_of_the_model(self):
        assert self._listed() == self._ids(self._level())
        for group in ("g1", "g2"):
            assert self._listed(server_group_id=group) == self._ids(self._inside(group))
        assert [job.job_id for job in self.sdrs.failure_jobs] == self._ids(self.jobs)

    @invariant()
    def every_job_can_be_asked_for_also_when_its_failure_is_deleted(self):
        for job in (self.jobs + self.gone)[-5:]:
            answer = self._get(f"jobs/{job['job_id']}")
            assert (answer["status"], answer["job_type"]) == ("FAIL", job["job_type"])

    @invariant()
    def the_numbers_of_a_group_count_its_resources_and_each_was_seeded_or_failed(self):
        failed = {(job["resource_id"], job["type"]) for job in self.jobs + self.gone}
        pairs = self.sdrs.replication_pairs
        assert {(pair.id, ResourceType.REPLICATIONS) for pair in pairs} <= failed | self.seeded
        for group in self._get("server-groups")["server_groups"]:
            inside = [pair for pair in pairs if pair.server_group_id == group["id"]]
            assert group["replication_num"] == len(inside)

    def _remember(self, job):
        fields = {
            name: getattr(job, name) for name in ("job_id", "resource_id", "job_type", "begin_time")
        }
        self.jobs.append({**fields, "type": job.kind, "group": job.server_group_id})

    def _forget(self, jobs):
        self.gone += jobs
        self.jobs = [job for job in self.jobs if job not in jobs]

    def _level(self):
        everywhere = self.choices["scope_without_group"] == "everywhere"
        return [job for job in self.jobs if everywhere or job["type"] == ResourceType.SERVER_GROUPS]

    def _inside(self, group):
        own_too = self.choices["group_scope"] == "all"
        return [
            job
            for job in self.jobs
            if job["group"] == group and (own_too or job["type"] != ResourceType.SERVER_GROUPS)
        ]

    def _named(self, name):
        for field in ("job_id", "resource_id"):
            jobs = [job for job in self.jobs if job[field] == name]
            if jobs and self.choices["failure_job_id"] in {"both", field}:
                return jobs
        return []

    def _ids(self, jobs):
        jobs = sorted(jobs, key=lambda job: (job["begin_time"], job["job_id"]), reverse=True)
        return [job["job_id"] for job in jobs]

    def _listed(self, **query):
        jobs = self._get("task-center/failure-jobs", **query)["failure_jobs"]
        return [job["job_id"] for job in jobs]

    def _get(self, path, **query):
        return self.sdrs.request("GET", f"/v1/{self.sdrs.project_id}/{path}", params=query).json

    def _delete(self, path):
        return self.sdrs.request("DELETE", f"/v1/{self.sdrs.project_id}/task-center{path}").status


TaskCenter.TestCase.settings = settings(max_examples=40, stateful_step_count=25)
TestTaskCenter = TaskCenter.TestCase
