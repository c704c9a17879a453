"""An interrupt at any moment of a request about tags: what was half done is undone."""

from sdrs_fake import FakeSdrs
from tests.fake.test_interrupts import moments
from tests.operations.tagging import rows, send, tags_of

STEPS = ("tags.py", "tag_query.py", "project.py", "store.py")
OLD, NEW = {"a": "1", "b": "2"}, {"a": "3", "b": "2", "c": "4"}


def prepared():
    """A fake whose tags were asked for, and are to be asked for again."""
    fake = FakeSdrs()
    fake.add_protected_instance(id="other", tags=rows({"d": "5"}))
    instance = fake.add_protected_instance(id="i", tags=rows(OLD))
    send(fake, "GET", "tags")
    return fake, instance


def add(made):
    fake, instance = made
    body = {"action": "create", "tags": rows(NEW)}
    return send(fake, "POST", f"{instance.id}/tags/action", body)


def of_project(fake):
    return {row["key"]: row["values"] for row in send(fake, "GET", "tags").json["tags"]}


def test_a_write_adds_all_tags_or_none():
    seen = []
    for fake, instance in moments(prepared, add, STEPS):
        tags = tags_of(fake, instance)
        assert of_project(fake) == {key: [value] for key, value in {**tags, "d": "5"}.items()}
        seen.append(tags)

    assert [each for each in seen if each not in (OLD, NEW)] == []
    assert (seen[0], seen[-1]) == (OLD, NEW)


def test_a_query_leaves_no_half_of_an_index_behind():
    def changed():
        made = prepared()
        add(made)
        return made

    for fake, _ in moments(changed, lambda made: send(made[0], "GET", "tags"), STEPS):
        assert of_project(fake) == {"a": ["3"], "b": ["2"], "c": ["4"], "d": ["5"]}
