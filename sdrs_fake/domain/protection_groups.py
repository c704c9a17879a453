"""Protection groups, as far as failed jobs need them: an id and a name."""

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from sdrs_fake.domain.fields import Identifier, Text


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class ProtectionGroup:
    """A protection group that failed jobs can belong to."""

    id: Identifier
    name: Text
