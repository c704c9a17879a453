"""Ids that the fake gives."""

from uuid import UUID, uuid5

import pytest

from sdrs_fake.domain import ids


@pytest.mark.parametrize("number", range(20))
def test_an_id_is_a_uuid_of_version_5(number):
    name = f"project/server_groups/{number}"

    assert ids.new_id("project", "server_groups", number) == str(uuid5(ids._NAMESPACE, name))
    assert UUID(ids.new_id("project", "server_groups", number)).version == 5
