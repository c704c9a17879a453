"""Copies of frozen values with other values."""

import datetime as dt
from itertools import repeat

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.store import all_changed, changed


@pytest.mark.parametrize("add", ["add_protection_group", "add_protected_instance"])
def test_a_copy_differs_in_what_was_given_alone_and_makes_its_own_json(add):
    resource = getattr(FakeSdrs(), add)()
    before = resource.wire_json
    later = resource.updated_at + dt.timedelta(days=1)

    copy = changed(resource, name="other", updated_at=later)

    assert (copy.name, copy.updated_at) == ("other", later)
    assert changed(copy, name=resource.name, updated_at=resource.updated_at) == resource
    assert b'"other"' in copy.wire_json
    assert resource.wire_json == before


def test_a_copy_refuses_a_field_that_does_not_exist():
    with pytest.raises(KeyError, match="nam"):
        changed(FakeSdrs().add_protection_group(), nam="other")


@pytest.mark.parametrize("count", [0, 1, 3, 20])
def test_many_copies_are_those_that_would_be_made_one_by_one(count):
    sdrs = FakeSdrs()
    pairs = [sdrs.add_replication_pair() for _ in range(count)]
    before = [pair.wire_json for pair in pairs]
    numbers = range(1, count + 1)

    copies = all_changed(pairs, name=repeat("other"), progress=numbers)

    assert copies == [
        changed(pair, name="other", progress=number)
        for pair, number in zip(pairs, numbers, strict=True)
    ]
    assert [pair.wire_json for pair in pairs] == before
    assert not {copy.wire_json for copy in copies} & {*before}
