"""TagIndex beside a filter that looks at every instance."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from sdrs_fake.domain.instances import ProtectedInstance, Tag
from sdrs_fake.domain.tags import TagIndex, Wanted

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LISTS = ("tags", "tags_any", "not_tags", "not_tags_any")

# Few keys and short values, so that most queries find something.
KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.text("12", max_size=2)
TAGS = st.dictionaries(KEYS, VALUES)
PROJECTS = st.dictionaries(st.sampled_from("xyz"), TAGS)
WANTED = st.builds(
    Wanted,
    KEYS,
    st.lists(VALUES | VALUES.map("*{}".format).filter(lambda each: each != "*"), max_size=3).map(
        tuple
    ),
)
QUERIES = st.fixed_dictionaries({name: st.lists(WANTED, max_size=3) for name in LISTS})


def instances(project):
    return [
        ProtectedInstance(
            id=id_,
            name=id_,
            server_group_id="g",
            source_server="s",
            target_server="t",
            created_at=NOON,
            updated_at=NOON,
            tags=tuple(Tag(*each) for each in tags.items()),
        )
        for id_, tags in project.items()
    ]


def has(tags, wanted):
    """Whether an instance with these tags has the one that is wanted."""
    value = tags.get(wanted.key)
    if value is None or not wanted.values:
        return value is not None
    return any(each == value or (each[0:1] == "*" and each[1:] in value) for each in wanted.values)


def matches(tags, query):
    having = {name: [has(tags, wanted) for wanted in query[name]] for name in LISTS}
    return (
        all(having["tags"])
        and (any(having["tags_any"]) or not having["tags_any"])
        and not (having["not_tags"] and all(having["not_tags"]))
        and not any(having["not_tags_any"])
    )


@given(st.lists(PROJECTS, min_size=1, max_size=3), QUERIES)
def test_it_finds_what_a_look_at_every_instance_finds_after_any_writes(projects, query):
    index = TagIndex()
    for project in projects:
        index.update(instances(project))

        found = index.find(list(project), **query)

        assert found == [each for each, tags in project.items() if matches(tags, query)]


@given(st.lists(PROJECTS, min_size=1, max_size=3))
def test_it_knows_the_values_of_each_key_after_any_writes(projects):
    index = TagIndex()
    for project in projects:
        index.update(instances(project))

    tags = [each for one in projects[-1].values() for each in one.items()]
    keys = sorted({key for key, _ in tags})
    expected = {key: sorted({value for other, value in tags if other == key}) for key in keys}
    assert list(index.values.items()) == list(expected.items())
