"""TagQuery: the query of ListProtectedInstancesByTags, with the refusals of its parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sdrs_fake.domain import refusals
from sdrs_fake.domain.fields import plain_digits
from sdrs_fake.domain.instances import ProtectedInstance
from sdrs_fake.domain.refusals import ApiError, Refusal, require
from sdrs_fake.domain.tags import Wanted, checked_key
from sdrs_fake.operations.bodies import ListProtectedInstancesByTags

MAX_KEYS = 10
MAX_VALUES = 10
MAX_LIMIT = 1000
_MAX_NUMBER = 2**31 - 1
_LONGEST_KEY = 127
_LONGEST_VALUE = 255
_LISTS = ("tags", "tags_any", "not_tags", "not_tags_any")


@dataclass(frozen=True, slots=True)
class TagQuery:
    """What is asked for: the four lists of tags, a part of a name, and a page or the count."""

    lists: Mapping[str, Sequence[Wanted]]
    name: str
    counts: bool
    limit: int = MAX_LIMIT
    offset: int = 0

    @classmethod
    def of(cls, body: ListProtectedInstancesByTags) -> "TagQuery":
        """Read a body, or refuse what is wrong in it."""
        counts = body.action == "count"
        paged = body.limit is not None or body.offset is not None
        require(not (counts and paged), refusals.PAGE_WITH_COUNT)
        limit = _number(body.limit, MAX_LIMIT, refusals.INVALID_TAG_LIMIT)
        require(1 <= limit <= MAX_LIMIT, refusals.INVALID_TAG_LIMIT)
        offset = _number(body.offset, 0, refusals.INVALID_OFFSET)
        lists = {name: _wanted(getattr(body, name) or []) for name in _LISTS}
        return cls(lists, _name(body.matches), counts, limit, offset)

    def select(self, instances: Iterable[ProtectedInstance]) -> list[ProtectedInstance]:
        """The instances whose names contain what is asked for, in any case."""
        if not self.name:
            return list(instances)
        return [each for each in instances if self.name in each.name.lower()]


def _number(value: str | int | None, default: int, refusal: Refusal) -> int:
    """A number, or the digits of one."""
    if value is None:
        return default
    try:
        number: Any = plain_digits(value)
    except ValueError:
        raise ApiError(refusal) from None
    require(0 <= number <= _MAX_NUMBER, refusal)
    return int(number)


def _wanted(rows: Sequence[object]) -> list[Wanted]:
    require(len(rows) <= MAX_KEYS, refusals.TOO_MANY_TAG_VALUES)
    wanted = [Wanted(_key(row), _values(row)) for row in rows]
    keys = {each.key for each in wanted}
    require(len(keys) == len(wanted), refusals.DUPLICATE_TAG_KEYS)
    return wanted


def _key(row: object) -> str:
    key = checked_key(row).strip()
    require(len(key) <= _LONGEST_KEY, refusals.INVALID_TAG_KEY)
    return key


def _values(row: Any) -> tuple[str, ...]:
    values = row.get("values")
    is_list = isinstance(values, list) and all(isinstance(each, str) for each in values)
    require(is_list, refusals.INVALID_PARAMETERS, "values: should be a list of strings")
    trimmed = tuple(each.strip() for each in values)
    require(len(trimmed) <= MAX_VALUES, refusals.TOO_MANY_TAG_VALUES)
    require(len(set(trimmed)) == len(trimmed), refusals.DUPLICATE_TAG_VALUES)
    require(all(len(each) <= _LONGEST_VALUE for each in trimmed), refusals.INVALID_TAG_VALUE)
    require("*" not in trimmed, refusals.INVALID_PARAMETERS, "values: '*' is not allowed")
    return trimmed


def _name(matches: Sequence[object] | None) -> str:
    """The part of a name that is asked for, in lower case; empty for any name."""
    if matches is None:
        return ""
    require(matches, refusals.NO_MATCHES)
    are_objects = all(isinstance(each, Mapping) for each in matches)
    require(are_objects, refusals.INVALID_PARAMETERS, "matches: each should be an object")
    rows: list[Any] = list(matches)
    for row in rows:
        require(row.get("key"), refusals.BLANK_MATCH_KEY)
        require(row["key"] == "resource_name", refusals.INVALID_MATCH_KEY)
    require(len(rows) == 1, refusals.DUPLICATE_MATCH_KEYS)
    value = rows[0].get("value")
    require(value is not None, refusals.NULL_MATCH_VALUE)
    is_right = isinstance(value, str) and len(value) <= _LONGEST_VALUE
    require(is_right, refusals.INVALID_MATCH_VALUE)
    return str(value).lower()
