"""RequestMatcher: which requests a fault matches."""

from collections.abc import Collection
from dataclasses import dataclass

from sdrs_fake.messages import Request
from sdrs_fake.operations.field_matchers import Condition


@dataclass(frozen=True, slots=True)
class RequestMatcher:
    """Requests of these operations, or of any where it is None, that meet every condition."""

    operations: Collection[str] | None
    conditions: tuple[Condition, ...]

    def matches(self, request: Request) -> bool:
        if self.operations is not None and request.operation not in self.operations:
            return False
        return all(condition(request) for condition in self.conditions)
