"""A fork: another fake with the same state, independent from there on."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdrs_fake import Behavior, FakeSdrs, ParameterError

GROUP = {
    "name": "g",
    "source_availability_zone": "cn-north-1a",
    "target_availability_zone": "cn-north-1b",
    "domain_id": "d",
    "source_vpc_id": "v",
}
WRITES = {
    "a job is added": lambda fake: fake.add_failure_job(),
    "a group is added": lambda fake: fake.add_protection_group(),
    "another kind of job is added": lambda fake: fake.add_job(),
    "it is seeded": lambda fake: fake.seed(failures=21),
    "failed jobs are deleted": lambda fake: fake.request(
        "DELETE", f"/v1/{fake.project_id}/task-center/failure-jobs/batch"
    ),
    "a job begins": lambda fake: fake.request(
        "POST", f"/v1/{fake.project_id}/server-groups", json={"server_group": GROUP}
    ),
    "jobs are held": lambda fake: fake.jobs.hold(),
    "it is emptied": lambda fake: fake.reset(),
    "another project is written to": lambda fake: fake.project("other").add_failure_job(),
}


def state(fake):
    """All that can be seen of a fake's data."""
    paths = ["task-center/failure-jobs", "server-groups", "sdrs/quotas"]
    answers = [
        fake.request("GET", f"/v1/{project}/{path}").body
        for project in (fake.project_id, "other")
        for path in paths
    ]
    return fake.export_data(), answers


def sizes(fake):
    """How many of each kind there are in each project."""
    return [[len(part) for part in project.values()] for project in fake.export_data()["projects"]]


@pytest.fixture
def full():
    fake = FakeSdrs()
    fake.seed()
    fake.project("other").add_failure_job()
    return fake


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("into_the_fork", [True, False])
def test_what_happens_to_one_does_not_happen_to_the_other(full, write, listed, into_the_fork):
    if listed:
        state(full)
    twin = full.fork()
    written, left = (twin, full) if into_the_fork else (full, twin)
    before = state(left)

    write(written)

    assert state(left) == before != state(written)


@given(st.lists(st.tuples(st.sampled_from(list(WRITES)), st.booleans()), max_size=6))
def test_whatever_happens_each_is_as_if_the_other_were_not_there(writes):
    as_of = "2026-06-01T00:00:00Z"
    one, alone, twin_alone = FakeSdrs(), FakeSdrs(), FakeSdrs()
    for fake in (one, alone, twin_alone):
        fake.seed(as_of=as_of)
    twin = one.fork()
    pairs = {False: (one, alone), True: (twin, twin_alone)}
    for name, forked in writes:
        for fake in pairs[forked]:
            WRITES[name](fake)

    for fake, reference in pairs.values():
        assert sizes(fake) == sizes(reference)


def test_it_has_the_settings_time_and_credentials_of_the_other(path):
    fake = FakeSdrs("mine", Behavior(count="page"), "strict")
    fake.auth.add_key("AK", "SK")
    token = fake.auth.issue_token()
    fake.clock.advance(hours=3)
    twin = fake.fork()
    twin.auth.add_key("AK2", "SK2")
    twin.clock.advance(hours=30)

    listed = "/v1/mine/task-center/failure-jobs"
    assert (twin.project_id, twin.behavior, twin.auth.mode) == ("mine", fake.behavior, "strict")
    assert twin.clock.now() - fake.clock.now() > dt.timedelta(hours=29)
    assert fake.request("GET", listed, credentials=token).status == 200
    assert twin.request("GET", listed, credentials=token).status == 401
    assert twin.access_key != fake.access_key
    for access_key in ("AK", fake.access_key):
        with pytest.raises(ParameterError, match="registered already"):
            twin.auth.add_key(access_key, "another secret")
    fake.auth.add_key("AK2", "another secret")


def test_it_has_a_journal_and_a_url_of_its_own_and_no_faults(full, path):
    full.faults.fail(status=503, optional=True)
    with full, full.fork() as twin:
        assert full.url != twin.url
        assert twin.request("GET", path).status == 200
        assert (len(full.journal), len(twin.journal)) == (0, 1)


def test_a_fork_of_a_fork_is_independent_too(full):
    middle = full.fork()
    last = middle.fork()
    last.add_failure_job()
    middle.reset()

    assert [len(fake.failure_jobs) for fake in (full, middle, last)] == [24, 0, 25]


@pytest.mark.sdrs(frozen_at="2026-01-01T00:00:00Z")
def test_a_fork_moves_the_frozen_time_of_the_process_too(sdrs):
    with sdrs.fork() as twin:
        twin.clock.advance(hours=1)

        assert twin.clock.now() == sdrs.clock.now() == dt.datetime(2026, 1, 1, 1, tzinfo=dt.UTC)


def test_a_callback_on_forks_is_called_on_their_forks_too(full):
    forks = []
    full.on_fork(forks.append)

    twin = full.fork()
    again = twin.fork()

    assert forks == [twin, again]


def test_a_fork_is_seeded_by_the_same_defaults_in_python_and_over_http():
    with FakeSdrs(failures=5, groups=2, seed=7, as_of="2026-06-01T00:00:00Z") as fake:
        twin, again = fake.fork(), fake.fork()

    twin.seed()
    status = again.request(
        "POST", "/_fake/scenarios", json={}, headers={"Host": "localhost"}
    ).status

    assert (status, again.failure_jobs) == (201, twin.failure_jobs)
    assert str(again.seed_history[1]) == str(twin.seed_history[1])
