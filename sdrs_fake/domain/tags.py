"""Tags of instances: their rules, and the queries that find instances by them."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import compress
from operator import not_
from typing import NamedTuple

from sdrs_fake.domain import refusals
from sdrs_fake.domain.instances import ProtectedInstance, Tag
from sdrs_fake.domain.refusals import require

MAX_TAGS = 10
MAX_KEY = 36
MAX_VALUE = 43
_NO_OBJECT = "tags: each should be an object"
_ALLOWED = re.compile(r"[^\x00-\x1f*<>\\=,|/\ud800-\udfff]*")  # nor half a character


def checked_tags(rows: Iterable[object]) -> tuple[Tag, ...]:
    """The tags of a request; each wrong one is refused with the code of its own."""
    tags = tuple(checked_tag(row) for row in rows)
    require(len({tag.key for tag in tags}) == len(tags), refusals.DUPLICATE_TAG_KEYS)
    return tags


def checked_tag(row: object) -> Tag:
    """One tag of a request."""
    require(isinstance(row, Mapping), refusals.INVALID_PARAMETERS, _NO_OBJECT)
    key, value = checked_key(row), row.get("value")  # type: ignore[attr-defined]
    require(len(key) <= MAX_KEY and _ALLOWED.fullmatch(key), refusals.INVALID_TAG_KEY)
    has_value = "value" in row  # type: ignore[operator]
    require(has_value, refusals.INVALID_PARAMETERS, "value of a tag: missing")
    require(value is not None, refusals.NULL_TAG_VALUE)
    is_right = isinstance(value, str) and len(value) <= MAX_VALUE and _ALLOWED.fullmatch(value)
    require(is_right, refusals.INVALID_TAG_VALUE)
    return Tag(key, str(value))


def checked_key(row: object) -> str:
    """The key of a row, which is a string that is not blank."""
    require(isinstance(row, Mapping), refusals.INVALID_PARAMETERS, _NO_OBJECT)
    key = row.get("key")  # type: ignore[attr-defined]
    require(key is not None, refusals.INVALID_PARAMETERS, "key of a tag: missing")
    require(isinstance(key, str), refusals.INVALID_TAG_KEY)
    require(key.strip(), refusals.BLANK_TAG_KEY)
    return str(key)


def with_tags(tags: Sequence[Tag], new: Iterable[Tag]) -> tuple[Tag, ...]:
    """The tags with others added; a key that is there gets the new value."""
    values = {**dict(tags), **dict(new)}
    require(len(values) <= MAX_TAGS, refusals.TOO_MANY_TAGS)
    return tuple(Tag(key, value) for key, value in values.items())


class Wanted(NamedTuple):
    """A key and the values of which one is wanted; none for any value."""

    key: str
    values: tuple[str, ...]


class TagIndex:
    """The tags of instances by their keys: the value that each instance has."""

    def __init__(self) -> None:
        self._tags: dict[str, tuple[Tag, ...]] = {}
        """The tags that were read, by the ids of their instances."""
        self._values: defaultdict[str, dict[str, str]] = defaultdict(dict)
        """Of each key the values by the ids of the instances."""

    def update(self, instances: Collection[ProtectedInstance]) -> None:
        """Follow what was written: read the instances whose tags are others than before."""
        # A copy of an instance with other fields has the same tuple of tags.
        known = self._tags
        changed = [each for each in instances if known.get(each.id) is not each.tags]
        for each in changed:
            self._forget(each.id)
            known[each.id] = each.tags
            for key, value in each.tags:
                self._values[key][each.id] = value
        if len(known) > len(instances):
            for gone in known.keys() - {each.id for each in instances}:
                self._forget(gone)

    def _forget(self, instance_id: str) -> None:
        for key, _ in self._tags.pop(instance_id, ()):
            self._values[key].pop(instance_id, None)
            if not self._values[key]:
                del self._values[key]

    @property
    def values(self) -> dict[str, list[str]]:
        """The values of each key, both in order."""
        return {key: sorted(set(ids.values())) for key, ids in sorted(self._values.items())}

    def find(
        self,
        ids: Iterable[str],
        *,
        tags: Sequence[Wanted],
        tags_any: Sequence[Wanted],
        not_tags: Sequence[Wanted],
        not_tags_any: Sequence[Wanted],
    ) -> list[str]:
        """Those of the ids whose instances have all `tags` and one of `tags_any`, and have neither
        all `not_tags` together nor any of `not_tags_any`.
        """
        test_of = cache(self._test)  # the lists often name the same
        found = _having(ids, map(test_of, tags))
        found = _lacking(found, map(test_of, not_tags_any))
        if tags_any:
            others = set(_lacking(found, map(test_of, tags_any)))
            found = [each for each in found if each not in others]
        if not_tags:
            others = set(_having(found, map(test_of, not_tags)))
            found = [each for each in found if each not in others]
        return found

    def _test(self, wanted: Wanted) -> "_Test":
        values = self._values.get(wanted.key, {})
        if not wanted.values:
            return partial(map, values.__contains__)
        is_wanted = _wanted_values(values.values(), wanted.values).__contains__
        return lambda ids: map(is_wanted, map(values.get, ids))


_Test = Callable[[Iterable[str]], Iterable[bool]]
"""Says of each id whether its instance has a tag that is wanted."""


# By functions that are written in C: there are many ids.
def _having(ids: Iterable[str], tests: Iterable[_Test]) -> list[str]:
    found = list(ids)
    for test in tests:
        found = list(compress(found, test(found)))
    return found


def _lacking(ids: Iterable[str], tests: Iterable[_Test]) -> list[str]:
    found = list(ids)
    for test in tests:
        found = list(compress(found, map(not_, test(found))))
    return found


def _wanted_values(values: Iterable[str], wanted: Sequence[str]) -> set[str]:
    """Those of the values that are wanted; `*part` stands for all that contain the part."""
    parts = [each[1:] for each in wanted if each[:1] == "*"]
    exact = {each for each in wanted if each[:1] != "*"}
    if not parts:
        return exact
    found = set(values)
    others = list(found - exact if exact else found)
    for part in parts:
        others = [each for each in others if part not in each]
    found.difference_update(others)
    return found
