"""What tests with the official SDK need."""

import os

import pytest


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """The SDK writes a file into HOME."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "HOME", str(tmp_path_factory.mktemp("home")))
        yield
