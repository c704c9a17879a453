"""Set the environment variables of a fake for a test. PYTEST_DONT_REWRITE"""

import os
from pathlib import Path

import pytest

from sdrs_fake import FakeSdrs
from sdrs_fake.transports.environment import PREFIXES


def set_environment(fake: FakeSdrs, home: Path, patch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set the fake's variables, and remove all others that could lead to a cloud."""
    variables = fake.environment(home=home)
    for name in [name for name in os.environ if name.startswith(PREFIXES)]:
        patch.delenv(name)
    # OpenStack's clients would look there instead of in HOME.
    patch.delenv("XDG_CONFIG_HOME", raising=False)
    for name, value in variables.items():
        patch.setenv(name, value)
    return variables
