"""Protection groups, as far as failed jobs need them: an id, a name, and when it came to be."""

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from sdrs_fake.domain.fields import Identifier


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class ProtectionGroup:
    """A protection group that failed jobs can belong to."""

    id: Identifier
    name: str

    @property
    def key(self) -> str:
        return self.id
