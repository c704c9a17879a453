"""Set the environment variables of a fake for a test. PYTEST_DONT_REWRITE"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.transports.environment import PREFIXES


@contextmanager
def environment_of(fake: FakeSdrs, home: Path) -> Iterator[dict[str, str]]:
    """Set the fake's variables, and remove all others that could lead to a cloud."""
    variables = fake.environment(home=home)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(PREFIXES)]:
            patch.delenv(name)
        # OpenStack's clients would look there instead of in HOME.
        patch.delenv("XDG_CONFIG_HOME", raising=False)
        for name, value in variables.items():
            patch.setenv(name, value)
        yield variables
