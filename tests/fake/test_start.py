"""Back to what a fake was started with: `reset(to="start")`, and the same over HTTP."""

import pytest

from sdrs_fake import FakeSdrs, ParameterError

RESET = ("POST", "/_fake/reset")


def change(fake):
    """Empty a fake, and fill it with something else."""
    fake.reset()
    fake.project("other").add_failure_job()
    fake.jobs.hold()


@pytest.fixture
def saved(tmp_path):
    """A file that a fake was saved to."""
    FakeSdrs(failures=3).save(tmp_path / "fake.json")
    return tmp_path / "fake.json"


MADE = {
    "empty": lambda saved: FakeSdrs(),
    "seeded": lambda saved: FakeSdrs(failures=5, groups=2),
    "from a file": FakeSdrs.from_file,
    "a fork": lambda saved: FakeSdrs(failures=5).fork(),
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_a_fake_goes_back_to_what_it_was_made_with(make, saved):
    fake = make(saved)
    before = fake.export_data()
    for _ in range(2):
        change(fake)
        assert fake.export_data() != before

        fake.reset(to="start")

        assert fake.export_data() == before


@pytest.mark.parametrize(
    "listen", [lambda sdrs: sdrs.listen(), lambda sdrs: sdrs.url, lambda sdrs: sdrs.environment()]
)
def test_a_served_fake_goes_back_to_what_it_held_when_it_began_to_listen(sdrs, listen):
    group = sdrs.add_protection_group()
    listen(sdrs)
    before = sdrs.export_data()
    sdrs.delete_protection_group(group.id)
    assert sdrs.url

    sdrs.reset(to="start")

    assert sdrs.export_data() == before


def test_what_ran_and_was_deferred_at_the_start_is_there_again(sdrs):
    path = f"/v1/{sdrs.project_id}/server-groups"
    group, other = sdrs.add_protection_group(), sdrs.add_protection_group()
    sdrs.jobs.hold()
    sdrs.request("DELETE", f"{path}/{group.id}")
    with sdrs.faults.defer(delay=60):
        sdrs.request("DELETE", f"{path}/{other.id}")
    assert sdrs.url
    sdrs.jobs.release()
    sdrs.clock.advance(seconds=60)
    assert sdrs.protection_groups == ()

    sdrs.reset(to="start")

    assert len(sdrs.jobs.pending) == 2  # the deferred request is due, and its job is held too
    assert [each.status for each in sdrs.protection_groups] == ["deleting", "deleting"]


def test_a_fork_goes_back_alone(sdrs):
    sdrs.add_protection_group()
    assert sdrs.url
    twin = sdrs.fork()
    sdrs.reset()
    twin.reset()

    twin.reset(to="start")
    twin.jobs.hold()
    path = f"/v1/{twin.project_id}/server-groups"
    twin.request("DELETE", f"{path}/{twin.protection_groups[0].id}")

    assert [each.status for each in twin.protection_groups] == ["deleting"]
    assert sdrs.protection_groups == ()


def test_over_http_it_is_the_same(sdrs):
    sdrs.add_failure_job()
    assert sdrs.url
    sdrs.add_failure_job()

    assert sdrs.request(*RESET, json={"to": "start"}).status == 204
    assert len(sdrs.failure_jobs) == 1
    assert sdrs.request(*RESET, json={}).status == 204
    assert len(sdrs.failure_jobs) == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"to": "begin"}, "to: 'begin' should be 'start', or left out"),
        ({"to": ["start"]}, "to: ['start'] should be 'start', or left out"),
        ({"back": "start"}, "back: no such field"),
        ([], "the body should be a JSON object, not []"),
    ],
)
def test_any_other_body_is_refused(sdrs, body, message):
    sdrs.add_failure_job()
    response = sdrs.request(*RESET, json=body)

    assert (response.status, len(sdrs.failure_jobs)) == (400, 1)
    assert response.json["error"]["message"].startswith(message)


def test_any_other_argument_is_refused(sdrs):
    with pytest.raises(
        ParameterError, match=r"^to: 'empty' should be 'start', or left out"
    ) as caught:
        sdrs.reset(to="empty")

    assert caught.value.name == "to"
