"""The environment of a test that may know only its fake. PYTEST_DONT_REWRITE"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.transports.environment import PREFIXES


@contextmanager
def surrounded(fake: FakeSdrs, home: Path) -> Iterator[dict[str, str]]:
    """Set the fake's variables, take away what else could lead to a cloud, and put all back
    afterwards.
    """
    variables = fake.environment(home=home)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(PREFIXES)]:
            patch.delenv(name)
        patch.delenv(
            "XDG_CONFIG_HOME", raising=False
        )  # else OpenStack's clients look there instead of in HOME
        for name, value in variables.items():
            patch.setenv(name, value)
        yield variables
