"""Any sequence of operations, legal or not, with jobs that are held and that fail, against a naive
model.
"""

import json
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.transitions import RUNNING, is_stable, last_stable

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
STATES = json.loads((FIXTURES / "states.json").read_text(encoding="utf-8"))
KINDS = {
    "group": "protection_group",
    "instance": "protected_instance",
    "pair": "replication_pair",
    "drill": "dr_drill",
}
ALLOWED = {
    kind: {row["status"]: {each.partition(":")[0] for each in row["allowed"]} for row in rows}
    for kind, rows in ((kind, STATES[key]["statuses"]) for kind, key in KINDS.items())
}
ACTIONS = {"Start": "start", "Stop": "stop", "StartReverse": "reverse", "StartFailover": "failover"}
ROWS = {(row["operation_id"], row.get("variant", "")): row for row in STATES["operations"]}
PATHS = {
    "group": "server-groups",
    "instance": "protected-instances",
    "pair": "replications",
    "drill": "disaster-recovery-drills",
}
NEW = {
    "instance": ("CreateProtectedInstance", "protected_instance", "server_id"),
    "pair": ("CreateReplication", "replication", "volume_id"),
    "drill": ("CreateDisasterRecoveryDrill", "disaster_recovery_drill", "drill_vpc_id"),
}
"""Of each kind that is made in a group the operation, the wrapper of its body, and a field that
differs.
"""
PLACES = st.integers(0, 9)


class Model:
    """What there is, by id: its kind, group, status, and attachment; and the jobs that run."""

    def __init__(self):
        self.things, self.jobs = {}, {}

    def pick(self, kind, place):
        ids = [id_ for id_, thing in self.things.items() if thing["kind"] == kind]
        return ids[place % len(ids)] if ids else "none"

    def allows(self, operation, *ids):
        """Whether the status of each resource is one that the reference lists."""
        things = [self.things.get(id_) for id_ in ids]
        return all(each and operation in ALLOWED[each["kind"]][each["status"]] for each in things)

    def inside(self, group):
        return [id_ for id_, thing in self.things.items() if thing["group"] == group]

    def followers(self, group, status=None):
        status = status or self.things[group]["status"]
        followers = [id_ for id_ in self.inside(group) if self.things[id_]["kind"] != "drill"]
        return [id_ for id_ in followers if self.things[id_]["status"] == status]

    def add(self, id_, kind, group, status="creating", attached=()):
        self.things[id_] = {"kind": kind, "group": group, "status": status, "attached": attached}

    def begin(self, job_id, row, id_, followers=(), fails=False):
        thing = self.things[id_]
        group = self.things[thing["group"] or id_]
        self.jobs[job_id] = [row, id_, followers, thing["status"], group["status"], fails]
        for each in (id_, *followers):
            self.things[each]["status"] = row["transitional"]

    def end(self, job_id):
        row, id_, followers, previous, group_status, fails = self.jobs.pop(job_id)
        if id_ not in self.things:
            return
        if fails and row["error"]:
            for each in (id_, *followers):
                self.things[each]["status"] = row["error"]
            return
        thing = self.things[id_]
        group = self.things[thing["group"] or id_]
        success = row["success"]
        if success == ["removed"]:
            self.remove(id_)
        elif success == ["previous"] and previous.startswith("error"):
            thing["status"] = group["status"] if is_stable(group["status"]) else "available"
        elif success == ["previous"]:
            kept = group["status"] == group_status
            thing["status"] = previous if kept else last_stable(group["status"])
        elif len(success) > 1:
            thing["status"] = last_stable(group["status"])
        else:
            late = self.followers(id_, previous)
            for each in (id_, *(each for each in followers if each in self.things), *late):
                self.things[each]["status"] = success[0]
        if row["transitional"] == "detaching":
            thing["attached"] = ()

    def remove(self, id_):
        """Remove a resource; with an instance goes the pair of its system disk."""
        del self.things[id_]
        for other, thing in list(self.things.items()):
            if thing["attached"][:1] == (id_,):
                is_system = thing["attached"][1] == "/dev/vda"
                thing["attached"] = ()
                if is_system:
                    del self.things[other]


class Service(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.sdrs, self.model, self.held, self.number = FakeSdrs(), Model(), False, 0
        self.armed = False
        # The jobs that were begun, those of them that failed, and those of these with a row.
        self.asked, self.failed, self.listed = [], [], []

    def ask(self, method, path, body, is_legal, operation):
        """Send a request, which begins a job if it is legal and else is refused."""
        path = f"/v1/{self.sdrs.project_id}/{path}"
        before = self.state()
        response = self.sdrs.request(method, path, json=body)
        if not is_legal:
            assert response.status == 400, (operation, response)
            assert response.json["error"]["code"].startswith("SDRS.")
            assert self.state() == before
            return None
        assert response.status == 200, (operation, response)
        self.asked.append(response.json["job_id"])
        return response.json["job_id"]

    def begin(self, job_id, operation, id_, followers=(), variant=""):
        if job_id:
            self.model.begin(job_id, ROWS[operation, variant], id_, followers, self.armed)
            self.armed = False
            self.end_what_is_due()

    def end_what_is_due(self):
        if not self.held:
            self.end(list(self.model.jobs))

    def end(self, job_ids):
        for job_id in job_ids:
            row, id_, *_, fails = self.model.jobs[job_id]
            self.model.end(job_id)
            self.failed += [job_id] if fails else []
            if fails and row["error"]:
                self.listed.append(job_id)
            elif row["operation_id"] == "CreateProtectedInstance":
                self.adopt_system_pair(id_)

    def adopt_system_pair(self, instance):
        """The id of the pair that an instance is made with is known only now."""
        (pair,) = [
            pair.id
            for pair in self.sdrs.replication_pairs
            if pair.attachment and pair.attachment[0] == ("/dev/vda", instance)
        ]
        thing = self.model.things[instance]
        self.model.add(pair, "pair", thing["group"], thing["status"], (instance, "/dev/vda"))

    def state(self):
        sdrs = self.sdrs
        members = sdrs.protected_instances, sdrs.replication_pairs, sdrs.drills
        return sdrs.protection_groups, *members

    # Operations

    @rule()
    def create_group(self):
        zones = dict.fromkeys(("source_availability_zone", "target_availability_zone"), "z")
        body = {"name": "g", "domain_id": "d", "source_vpc_id": "v", **zones}
        if len(self.sdrs.protection_groups) == 3:  # more would only be other ones
            return
        job = self.ask("POST", "server-groups", {"server_group": body}, True, "create")
        new = self.sdrs.protection_groups[-1].id
        self.model.add(new, "group", None)
        self.begin(job, "CreateProtectionGroup", new)

    @rule(kind=st.sampled_from(sorted(NEW)), place=PLACES)
    def create_in_a_group(self, kind, place):
        group = self.model.pick("group", place)
        self.number += 1
        operation, wrapper, field = NEW[kind]
        body = {"server_group_id": group, field: f"{self.number}", "name": "n"}
        legal = self.model.allows(operation, group)
        job = self.ask("POST", PATHS[kind], {wrapper: body}, legal, operation)
        if job:
            known = self.model.things
            made = [each.id for each in self.state()[list(KINDS).index(kind)]]
            new = next(each for each in made if each not in known)
            self.model.add(new, kind, group)
            self.begin(job, operation, new)

    @rule(place=PLACES, action=st.sampled_from(sorted(ACTIONS)))
    def act_on_a_group(self, place, action):
        group, operation = self.model.pick("group", place), f"{action}ProtectionGroup"
        legal = self.model.allows(operation, group)
        followers = self.model.followers(group) if legal else []
        reprotects = legal and self.model.things[group]["status"] == "failed-over"
        if legal and action != "Stop" and not reprotects:
            legal = "pair" in {self.model.things[each]["kind"] for each in followers}
        here = {each.id: each.priority_station for each in self.sdrs.protection_groups}.get(group)
        there = {"priority_station": "target" if here == "source" else "source"}
        body = {f"{ACTIONS[action]}-server-group": there if "Reverse" in action else {}}
        job = self.ask("POST", f"server-groups/{group}/action", body, legal, operation)
        variant = {"Start": "reprotect" if reprotects else "enable"}.get(action, "")
        self.begin(job, operation, group, followers, variant)

    @rule(kind=st.sampled_from(sorted(KINDS)), place=PLACES)
    def delete(self, kind, place):
        id_ = self.model.pick(kind, place)
        thing = self.model.things.get(id_)
        operation, body = {
            "group": ("DeleteProtectionGroup", None),
            "instance": ("DeleteProtectedInstance", {}),
            "pair": ("DeleteReplication", {"replication": {}}),
            "drill": ("DeleteDisasterRecoveryDrill", None),
        }[kind]
        if kind == "group":
            legal = thing and thing["status"] not in RUNNING and not self.model.inside(id_)
        else:
            legal = self.model.allows(operation, id_)
        if legal and kind == "pair":
            legal = self.model.allows(operation, thing["group"]) and not thing["attached"]
        job = self.ask("DELETE", f"{PATHS[kind]}/{id_}", body, legal, operation)
        self.begin(job, operation, id_)

    @rule(instance=PLACES, pair=PLACES, device=st.sampled_from(["/dev/vdb", "/dev/sdc"]))
    def attach(self, instance, pair, device):
        operation = "AttachProtectedInstanceReplication"
        instance, pair = self.model.pick("instance", instance), self.model.pick("pair", pair)
        legal = self.model.allows(operation, instance, pair)
        if legal:
            thing, group = self.model.things[pair], self.model.things[instance]["group"]
            used = {each["attached"] for each in self.model.things.values()}
            legal = self.model.allows(operation, group) and thing["group"] == group
            legal = legal and not thing["attached"] and (instance, device) not in used
        body = {"replicationAttachment": {"replication_id": pair, "device": device}}
        path = f"protected-instances/{instance}/attachreplication"
        if job := self.ask("POST", path, body, legal, operation):
            self.model.things[pair]["attached"] = (instance, device)
            self.begin(job, operation, pair)

    @rule(instance=PLACES, pair=PLACES)
    def detach(self, instance, pair):
        operation = "DetachProtectedInstanceReplication"
        instance, pair = self.model.pick("instance", instance), self.model.pick("pair", pair)
        thing = self.model.things.get(pair)
        legal = self.model.allows(operation, instance, pair)
        legal = legal and thing["attached"][:1] == (instance,)
        legal = legal and self.model.allows(operation, thing["group"])
        path = f"protected-instances/{instance}/detachreplication/{pair}"
        self.begin(self.ask("DELETE", path, None, legal, operation), operation, pair)

    @rule(instance=PLACES, resizes=st.booleans())
    def change_hardware(self, instance, resizes):
        operation = "ResizeProtectedInstance" if resizes else "AddProtectedInstanceNic"
        id_ = self.model.pick("instance", instance)
        self.number += 1
        legal = self.model.allows(operation, id_)
        legal = legal and self.model.allows(operation, self.model.things[id_]["group"])
        if resizes:
            attached = {each["attached"] for each in self.model.things.values()}
            legal = legal and (id_, "/dev/vda") in attached
            word, body = "resize", {"resize": {"flavorRef": f"{self.number}"}}
        else:
            word, body = "nic", {"subnet_id": "s"}
        path = f"protected-instances/{id_}/{word}"
        self.begin(self.ask("POST", path, body, legal, operation), operation, id_)

    # Jobs

    @rule()
    def let_the_next_job_fail(self):
        if not self.armed:
            self.sdrs.faults.fail_job()
            self.armed = True

    @rule(place=PLACES)
    def fail(self, place):
        pending = list(self.model.jobs)
        if pending:
            job_id = pending[place % len(pending)]
            self.sdrs.jobs.fail(job_id)
            self.model.jobs[job_id][-1] = True
            self.end([job_id])

    @rule()
    def hold(self):
        self.sdrs.jobs.hold()
        self.held = True

    @rule(place=PLACES, every=st.booleans())
    def finish(self, place, every):
        pending = list(self.model.jobs)
        chosen = pending if every or not pending else [pending[place % len(pending)]]
        if pending:
            self.sdrs.jobs.finish(None if every else chosen[0])
        self.end(chosen)

    @rule()
    def release(self):
        self.sdrs.jobs.release()
        self.held = False
        self.end_what_is_due()

    @rule(kind=st.sampled_from(sorted(KINDS)), place=PLACES)
    def add_a_row(self, kind, place):
        """What is there is not touched by a row that Python adds."""
        id_ = self.model.pick(kind, place)
        kinds = {
            "group": "server_groups",
            "instance": "protected_instances",
            "drill": "disaster_recovery_drills",
        }
        if thing := self.model.things.get(id_):
            self.sdrs.add_failure_job(
                resource_id=id_,
                resource_type=kinds.get(kind, "replications"),
                server_group_id=thing["group"] or id_,
            )

    # Invariants

    @invariant()
    def there_is_what_the_model_has(self):
        resources = [each for kind in self.state() for each in kind]
        expected = {id_: thing["status"] for id_, thing in self.model.things.items()}
        assert {each.id: each.status for each in resources} == expected
        assert [job.job_id for job in self.sdrs.jobs.pending] == list(self.model.jobs)

    @invariant()
    def nothing_is_in_a_running_status_without_a_job(self):
        if not self.model.jobs:
            assert not {each.status for kind in self.state() for each in kind} & RUNNING

    @invariant()
    def the_numbers_of_a_group_are_those_of_its_resources(self):
        groups, *members = self.state()
        for group in groups:
            inside = [sum(each.server_group_id == group.id for each in kind) for kind in members]
            numbers = [group.protected_instance_num, group.replication_num]
            assert [*numbers, group.disaster_recovery_drill_num] == inside

    @invariant()
    def the_attachments_of_instances_and_pairs_agree(self):
        _, instances, pairs, _ = self.state()
        of_instances = {(e.id, a.replication, a.device) for e in instances for a in e.attachment}
        of_pairs = {(a.protected_instance, e.id, a.device) for e in pairs for a in e.attachment}
        things = self.model.things.items()
        of_model = {
            (thing["attached"][0], id_, thing["attached"][1])
            for id_, thing in things
            if thing["attached"]
        }
        assert of_instances == of_pairs == of_model

    @invariant()
    def each_job_that_failed_has_one_row(self):
        rows = [row.job_id for row in self.sdrs.failure_jobs]
        assert sorted(set(rows) & set(self.asked)) == sorted(self.listed)
        assert len(rows) == len(set(rows))

    @invariant()
    def every_job_can_be_asked_for(self):
        rows = [row.job_id for row in self.sdrs.failure_jobs]
        for job_id in (*rows[:3], *self.asked[-3:]):
            job = self.sdrs.request("GET", f"/v1/{self.sdrs.project_id}/jobs/{job_id}").json
            running = "RUNNING" if job_id in self.model.jobs else "SUCCESS"
            failed = job_id in rows or job_id in self.failed
            assert job["status"] == ("FAIL" if failed else running)


def test_it_holds_what_the_model_holds():
    run_state_machine_as_test(Service, settings=settings(max_examples=60, stateful_step_count=40))
