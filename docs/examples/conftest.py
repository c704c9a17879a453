"""What the tests of failed_tasks.py, cleaner.py and switch_over.py share."""

import pytest


@pytest.fixture
def fake(sdrs, sdrs_env, monkeypatch):
    """`sdrs`, which the programs find by their variables; their waits pass on its clock."""
    monkeypatch.setattr("cloud.sleep", lambda seconds: sdrs.clock.advance(seconds=seconds))
    return sdrs
