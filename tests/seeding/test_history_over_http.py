"""The steps of a dataset, taken over HTTP one after the other, leave the same resources."""

from collections import Counter

import pytest

from sdrs_fake import FakeSdrs
from tests.operations.cases import REQUESTS
from tests.seeding.cases import drawn, made, resources

STATIONS = {"source": "target", "target": "source"}


class Program:
    """A program that does what the steps of a history say; `ids` are those that it got."""

    def __init__(self, sdrs):
        self.sdrs = sdrs
        self.ids = {}
        self.disks = 0

    def take(self, step):
        if step.failure_job:
            fields = {"code": step.failure_job.error_code, "reason": step.failure_job.fail_reason}
            self.sdrs.faults.fail_job(step.operation, **fields)
        before = self.known()
        method, path, body = self.request(step)
        answer = self.sdrs.request(method, f"/v1/{self.sdrs.project_id}/{path}", json=body)
        assert answer.status == 200, (step, answer.body)
        if step.row.allowed is None:
            self.note(step, self.known() - before)

    def known(self):
        sdrs = self.sdrs
        lists = sdrs.protection_groups, sdrs.protected_instances, sdrs.replication_pairs
        return {each.id for each in (*sum(lists, ()), *sdrs.drills)}

    def note(self, step, new):
        """Note the id of what a step made, and of the pair that came with an instance."""
        pairs = {each.id for each in self.sdrs.replication_pairs}
        if step.operation == "CreateProtectedInstance" and new & pairs:
            (self.ids[step.other_id],) = new & pairs
            new -= pairs
        (self.ids[step.resource_id],) = new

    def request(self, step):
        method, path, body = REQUESTS[step.operation]
        own = self.ids.get(step.resource_id, "")
        group, other = self.ids.get(step.server_group_id), self.ids.get(step.other_id)
        names = {"server_group_id": group, "name": step.resource_name}
        if step.operation == "CreateProtectionGroup":
            return method, path, {"server_group": {**body["server_group"], "name": names["name"]}}
        if step.operation.startswith("Create"):
            ((key, fields),) = body.items()
            self.disks += 1
            more = {name: f"{value}{self.disks}" for name, value in fields.items()}
            return method, path, {key: {**more, **names}}
        if step.operation == "StartReverseProtectionGroup":
            (station,) = (g.priority_station for g in self.sdrs.protection_groups if g.id == own)
            body = {"reverse-server-group": {"priority_station": STATIONS[station]}}
        if step.operation == "AttachProtectedInstanceReplication":
            return (
                method,
                f"protected-instances/{other}/attachreplication",
                self.attached(own, other),
            )
        if step.operation == "DetachProtectedInstanceReplication":
            return method, f"protected-instances/{other}/detachreplication/{own}", None
        if step.operation == "DeleteReplication":
            body = {"replication": {"server_group_id": group}}
        if step.operation == "ExpandReplication":
            body = {"extend-replication": {"new_size": 100 + 10 * self.disks}}
            self.disks += 1
        if step.operation == "ResizeProtectedInstance":
            self.disks += 1
            body = {"resize": {"flavorRef": f"flavor-{self.disks}"}}
        start, _, rest = path.partition("/")
        return method, "/".join([start, own, *rest.split("/")[1:]]), body

    def attached(self, pair_id, instance_id):
        (instance,) = (i for i in self.sdrs.protected_instances if i.id == instance_id)
        taken = {each.device[-1] for each in instance.attachment}
        letter = next(each for each in "bcdefgh" if each not in taken)
        fields = {"replication_id": pair_id, "device": f"/dev/vd{letter}"}
        return {"replicationAttachment": fields}


def shape(resource, ids):
    """What is the same whatever the ids are."""
    attachment = getattr(resource, "attachment", ())
    instances = [getattr(each, "protected_instance", "") for each in attachment]
    servers = [each.protected_instance for each in getattr(resource, "drill_servers", ())]
    numbers = "protected_instance_num", "replication_num", "disaster_recovery_drill_num"
    return (
        ids.get(resource.id, resource.id),
        str(resource.status),
        getattr(resource, "priority_station", None),
        [ids.get(each, each) for each in instances],
        sorted(ids.get(each, each) for each in servers),
        [getattr(resource, name, None) for name in numbers],
    )


def row_of(job, ids):
    group = ids.get(job.server_group_id, job.server_group_id)
    fields = job.resource_type, str(job.failure_status), job.job_type, job.error_code
    return group, *fields, job.fail_reason, job.resource_name


@pytest.mark.parametrize(
    "make",
    [
        *(lambda seed=seed: drawn(60, 3, seed) for seed in range(6)),
        lambda: made("regional-switchover"),
        lambda: made("disaster-drill-day"),
    ],
)
def test_the_service_leaves_what_the_dataset_has(make):
    data = make()
    with FakeSdrs(quotas={"server_groups": -1, "replications": -1}) as sdrs:
        program = Program(sdrs)
        for step in data.steps():
            program.take(step)
        ids = {new: old for old, new in program.ids.items()}
        left = *sdrs.protection_groups, *sdrs.protected_instances, *sdrs.replication_pairs

        assert sorted(shape(each, ids) for each in (*left, *sdrs.drills)) == sorted(
            shape(each, {}) for each in resources(data)
        )
        assert Counter(row_of(job, ids) for job in sdrs.failure_jobs) == Counter(
            row_of(job, {}) for job in data.failure_jobs
        )
