"""A program with the habits of Terraform's provider lives through all that SDRS has.

Its requests are those that the provider sends: POST, PUT and DELETE have to be answered with
exactly 200 where the provider takes nothing else; a job is asked for until it is over, and once
more; lists are read until a page is empty; after each step a plan reads everything back, and finds
nothing to change.
"""

import pytest

from sdrs_fake import FakeSdrs

GROUP = {
    "name": "group",
    "description": "of the program",
    "source_availability_zone": "cn-north-4a",
    "target_availability_zone": "cn-north-4b",
    "domain_id": "a-domain",
    "source_vpc_id": "a-vpc",
    "dr_type": "migration",
}
LISTS = {
    "/server-groups": "server_groups",
    "/protected-instances": "protected_instances",
    "/replications": "replications",
    "/disaster-recovery-drills": "disaster_recovery_drills",
    "/resource/rpo-statistics": "resource_rpo_statistics",
}


class Provider:
    """The requests of the provider, and what its plan expects to read."""

    def __init__(self, sdrs, token):
        self.session = sdrs.session(credentials=token)
        self.base = f"{sdrs.base_url}/v1/{sdrs.project_id}"
        self.state = {}

    def send(self, method, path, body=None, statuses=(200,)):
        response = self.session.request(method, f"{self.base}{path}", json=body)
        assert response.status_code in statuses, (method, path, response.text)
        return response.json() if response.content else None

    def run(self, method, path, body=None, statuses=(200,)):
        """Send what begins a job, and wait for it; return the job's entities."""
        path_of_job = f"/jobs/{self.send(method, path, body, statuses)['job_id']}"
        for _ in range(5):
            job = self.send("GET", path_of_job)
            assert job["status"] != "FAIL", (job["error_code"], job["fail_reason"])
            if job["status"] == "SUCCESS":
                return self.send("GET", path_of_job)["entities"]
        raise AssertionError(job)

    def create(self, path, wrapper, entity, **fields):
        """Create a resource and return its path."""
        made = self.run("POST", path, {wrapper: fields})
        place = f"{path}/{made[entity]}"
        self.state[place] = wrapper, self.read(place, wrapper)
        self.expect(place, **fields)
        return place

    def rename(self, place, name):
        wrapper, _ = self.state[place]
        self.send("PUT", place, {wrapper: {"name": name}})
        self.expect(place, name=name)

    def delete(self, place, body=None):
        """Delete a resource; return the codes of reading it and of deleting it again."""
        self.run("DELETE", place, body)
        del self.state[place]
        again = [self.send("GET", place, statuses=(400,))]
        again.append(self.send("DELETE", place, body, statuses=(400,)))
        return [each["error"]["code"] for each in again]

    def expect(self, place, **fields):
        """Know another value of some fields, of those that the resource shows."""
        wrapper, known = self.state[place]
        shown = {name: value for name, value in fields.items() if name in known}
        self.state[place] = wrapper, {**known, **shown}

    def read(self, place, wrapper):
        return self.send("GET", place)[wrapper]

    def read_all(self, path, **filters):
        """All rows of a list: pages from where the rows end, until one is empty."""
        rows, query = [], filters
        while True:
            response = self.session.get(f"{self.base}{path}", params=query)
            page = response.json()[LISTS[path]]
            if not page:
                return rows
            rows += page
            query = {**filters, "offset": len(rows)}

    def plan(self):
        """What differs from what is known, but for times and statuses."""
        changes = []
        for place, (wrapper, known) in self.state.items():
            seen = self.read(place, wrapper)
            changes += [
                (place, name, seen[name])
                for name, value in known.items()
                if name not in {"updated_at", "status"} and not name.endswith("_num")
                if seen[name] != value
            ]
        return changes


def logged_in(auth, polls):
    """A fake, and a provider that has logged in to it."""
    sdrs = FakeSdrs(auth=auth, job_polls=polls)
    sdrs.auth.add_user("terraform", "a-password", sdrs.project_id)
    user = {"name": "terraform", "password": "a-password", "domain": {"name": "terraform"}}
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = {"project": {"id": sdrs.project_id}}
    login = sdrs.session(credentials=None).post(
        f"{sdrs.base_url}/v3/auth/tokens", json={"auth": {"identity": identity, "scope": scope}}
    )
    return sdrs, Provider(sdrs, login.headers["X-Subject-Token"])


@pytest.fixture(params=[("any", 0), ("strict", 0), ("any", 1), ("strict", 1)], ids=str)
def both(request):
    """A fake and a provider: under each auth mode, with jobs that are over at once or are not."""
    sdrs, provider = logged_in(*request.param)
    with sdrs:
        yield sdrs, provider


@pytest.fixture
def polls(both, request):
    """How often each job says RUNNING."""
    return request.node.callspec.params["both"][1]


def identifier(place):
    return place.rsplit("/", 1)[1]


def create_all(provider):
    """The places of a group, a pair, an instance and a drill; a tag, an attachment and a NIC."""
    group = provider.create("/server-groups", "server_group", "server_group_id", **GROUP)
    in_group = {"server_group_id": identifier(group)}
    pair = provider.create(
        "/replications",
        "replication",
        "replication_pair_id",
        **in_group,
        volume_id="a-volume",
        name="pair",
        description="of the program",
    )
    instance = provider.create(
        "/protected-instances",
        "protected_instance",
        "protected_instance_id",
        **in_group,
        server_id="a-server",
        name="instance",
        description="of the program",
        primary_subnet_id="a-subnet",
        primary_ip_address="192.168.0.9",
    )
    assert provider.plan() == []
    set_tags(provider, instance, {"stage": "test", "owner": "me"})
    attach(provider, instance, pair)
    drill = provider.create(
        "/disaster-recovery-drills",
        "disaster_recovery_drill",
        "disaster_recovery_drill_id",
        **in_group,
        name="drill",
    )
    return group, pair, instance, drill


def set_tags(provider, instance, tags):
    """Give an instance these tags, after it has lost those that it has."""
    old = provider.send("GET", f"{instance}/tags")["tags"]
    new = [{"key": key, "value": value} for key, value in tags.items()]
    for action, rows in (("delete", old), ("create", new)):
        if rows:
            body = {"action": action, "tags": rows}
            provider.send("POST", f"{instance}/tags/action", body, (200, 204))
    assert provider.send("GET", f"{instance}/tags")["tags"] == new
    provider.expect(instance, tags=new)


def attach(provider, instance, pair):
    body = {"replication_id": identifier(pair), "device": "/dev/vdb"}
    provider.run("POST", f"{instance}/attachreplication", {"replicationAttachment": body})
    seen = provider.read(instance, "protected_instance")["attachment"]
    assert {"replication": identifier(pair), "device": "/dev/vdb"} in seen
    provider.expect(instance, attachment=seen)
    provider.expect(pair, attachment=provider.read(pair, "replication")["attachment"])


def add_nic(provider, instance):
    body = {
        "subnet_id": "a-subnet",
        "security_groups": [{"id": "a-group"}],
        "ip_address": "192.168.0.10",
    }
    entities = provider.run("POST", f"{instance}/nic", body, (200, 201, 202))
    return entities["nic_id"]


def resize(provider, instance, **flavors):
    provider.run("POST", f"{instance}/resize", {"resize": flavors}, (200, 201, 202))


def expand(provider, pair, size):
    body = {"extend-replication": {"new_size": size}}
    provider.run("POST", f"{pair}/action", body, (200, 201, 202))
    metadata = {**provider.state[pair][1]["record_metadata"], "volume_size": size}
    provider.expect(pair, record_metadata=metadata)


def enable(provider, group, *, protected):
    word = "start-server-group" if protected else "stop-server-group"
    provider.run("POST", f"{group}/action", {word: {}})
    seen = provider.read(group, "server_group")["status"]
    assert seen == ("protected" if protected else "available")


def test_it_creates_changes_and_destroys_everything(both):
    sdrs, provider = both
    group, pair, instance, drill = create_all(provider)
    nic = add_nic(provider, instance)
    assert provider.plan() == []

    for number, place in enumerate((group, pair, instance, drill)):
        provider.rename(place, f"renamed-{number}")
    set_tags(provider, instance, {"stage": "live"})
    resize(provider, instance, flavorRef="s3.large.2")
    resize(provider, instance, production_flavorRef="s3.small.1", dr_flavorRef="s3.small.2")
    expand(provider, pair, 20)
    enable(provider, group, protected=True)
    assert provider.plan() == []

    enable(provider, group, protected=False)
    provider.run("POST", f"{instance}/nic/delete", {"nic_id": nic}, (200, 201, 202))
    assert provider.delete(drill) == ["SDRS.1902", "SDRS.1913"]
    provider.run("DELETE", f"{instance}/detachreplication/{identifier(pair)}")
    options = {"delete_target_server": True, "delete_target_eip": True}
    assert provider.delete(instance, options) == ["SDRS.1320", "SDRS.1301"]
    options = {"server_group_id": identifier(group), "delete_target_volume": True}
    assert provider.delete(pair, {"replication": options}) == ["SDRS.1608", "SDRS.1608"]
    assert provider.delete(group) == ["SDRS.1013", "SDRS.1013"]
    assert [provider.read_all(path) for path in LISTS] == [[]] * 5
    assert sdrs.failure_jobs == ()


def test_the_shortest_bodies_of_deletions_do(both):
    _, provider = both
    group, pair, instance, drill = create_all(provider)
    provider.run("DELETE", f"{instance}/detachreplication/{identifier(pair)}")
    for place in (drill, instance):
        provider.delete(place, {})
    provider.delete(pair, {"replication": {"server_group_id": identifier(group)}})
    provider.delete(group)

    assert [provider.read_all(path) for path in LISTS] == [[]] * 5


def test_each_job_is_asked_for_until_it_is_over_and_once_more(both, polls):
    sdrs, provider = both
    create_all(provider)

    asked = [call.request.path_params["job_id"] for call in sdrs.journal.calls("ShowJobStatus")]
    assert len(sdrs.jobs) == 5
    assert {asked.count(each) for each in asked} == {polls + 2}


def test_what_it_reads_back_has_the_types_that_it_decodes(both):
    _, provider = both
    group, pair, instance, drill = create_all(provider)

    seen = provider.read(pair, "replication")
    assert seen["volume_ids"].split(",")[0] == "a-volume"
    assert len(seen["volume_ids"].split(",")) == 2
    kinds = [type(value) for value in seen["record_metadata"].values()]
    assert (kinds, type(seen["fault_level"])) == ([bool, bool, int, str], str)
    assert provider.read(instance, "protected_instance")["source_server"] == "a-server"
    assert provider.read(drill, "disaster_recovery_drill")["drill_vpc_id"] != GROUP["source_vpc_id"]
    assert {name: provider.read(group, "server_group")[name] for name in GROUP} == GROUP


def test_it_finds_everything_by_its_lists_and_by_tags(both):
    _, provider = both
    group, pair, instance, drill = create_all(provider)

    in_group = {"server_group_id": identifier(group)}
    assert [each["id"] for each in provider.read_all("/server-groups", name="group")] == [
        identifier(group)
    ]
    found = provider.read_all("/replications", name="pair", **in_group)
    assert [each["id"] for each in found] == [identifier(pair)]
    assert len(provider.read_all("/replications", **in_group)) == 2  # with the system disk's
    found = provider.read_all("/protected-instances", status="available", **in_group)
    assert [each["id"] for each in found] == [identifier(instance)]
    found = provider.read_all("/disaster-recovery-drills", name="drill", **in_group)
    assert [each["id"] for each in found] == [identifier(drill)]
    body = {"action": "filter\t", "offset": 0, "tags": [{"key": "owner", "values": ["me"]}]}
    answer = provider.send("POST", "/protected-instances/resource_instances/action", body)
    (resource,) = answer["resources"]
    assert (answer["total_count"], resource["resource_id"]) == (1, identifier(instance))
    assert isinstance(resource["resource_detail"]["created_at"], int)


def test_it_finds_statistics_between_two_times(both):
    sdrs, provider = both
    for minute in (3, 4, 5):
        sdrs.add_rpo_statistic(
            point_time=f"2024-01-02 03:0{minute}", created_at=f"2024-01-02T03:0{minute}:05Z"
        )

    window = {"start_time": "2024-01-02 03:03:00.000", "end_time": "2024-01-02 03:04:00.000"}
    found = provider.read_all("/resource/rpo-statistics", resource_type="replication", **window)

    assert [each["point_time"] for each in found] == ["2024-01-02 03:04", "2024-01-02 03:03"]
    assert found[0]["created_at"].startswith("2024-01-02 03:04:05")
