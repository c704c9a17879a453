"""A step in the file of a scenario: an operation on a resource, which failed or did not."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.fields import Identifier
from sdrs_fake.domain.transitions import transitions_of
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.seeding.episodes import OF_ATTACHMENTS
from sdrs_fake.seeding.failure_catalog import WAYS, pair_of
from sdrs_fake.seeding.randomness import LATEST
from sdrs_fake.seeding.wave import Ago, AtLeastOne, Code, Part, check_unique, duration_text

_APART = 1000
"""Milliseconds between the same operation on two resources."""

Operation = Literal[
    "CreateProtectionGroup",
    "DeleteProtectionGroup",
    "StartProtectionGroup",
    "StopProtectionGroup",
    "StartReverseProtectionGroup",
    "StartFailoverProtectionGroup",
    "CreateProtectedInstance",
    "DeleteProtectedInstance",
    "ResizeProtectedInstance",
    "CreateReplication",
    "DeleteReplication",
    "AttachProtectedInstanceReplication",
    "DetachProtectedInstanceReplication",
    "ExpandReplication",
    "CreateDisasterRecoveryDrill",
    "DeleteDisasterRecoveryDrill",
]


def _listed(value: object) -> object:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("should be a name or a list of names")
    return value


def _name_or_names(schema: dict[str, Any]) -> None:
    names = {name: schema.pop(name) for name in ("type", "items", "minItems")}
    schema["anyOf"] = [{"type": "string", "minLength": 1}, names]


class ScenarioStep(Part):
    """An operation on a resource, or on several one after the other."""

    operation: Operation
    resources: Annotated[list[Identifier], AtLeastOne, BeforeValidator(_listed)] = Field(
        alias="resource", json_schema_extra=_name_or_names
    )
    ago: Ago
    failed: bool = Field(default=True, strict=True)
    error_code: Code | None = None
    group: Identifier | None = None
    instance: Identifier | None = None

    @model_validator(mode="after")
    def _check(self) -> "ScenarioStep":
        self._check_keys()
        self._check_code()
        check_unique("resource[{}]", self.resources)
        if self.ages[-1] < LATEST:
            least = duration_text(LATEST + self.ago - self.ages[-1])
            reason = f"{duration_text(self.ago)} should be {least} or longer, to be over by as_of"
            raise ParameterError("ago", reason)
        return self

    def _check_keys(self) -> None:
        """Refuse keys that do not belong to the operation, and a group that is missing."""
        row = transitions_of(self.operation)[0]
        in_group = self.makes and row.resource_type is not ResourceType.SERVER_GROUPS
        for name, value, belongs in (
            ("group", self.group, in_group),
            ("instance", self.instance, row.running in OF_ATTACHMENTS),
        ):
            if value is not None and not belongs:
                reason = f"{shown(value)} should not be given with {self.operation}"
                raise ParameterError(name, reason)
        if in_group and self.group is None:
            raise ParameterError("group", f"missing, where {self.operation} makes something")

    def _check_code(self) -> None:
        if self.error_code is None:
            return
        if not self.failed:
            raise ParameterError(
                "error_code", f"{shown(self.error_code)} should not be given with failed false"
            )
        rows = transitions_of(self.operation)
        known = sorted({way.error_code for row in rows for way in WAYS[pair_of(row)]})
        if self.error_code not in known:
            raise ParameterError(
                "error_code", f"{shown(self.error_code)} should be one of {', '.join(known)}"
            )

    @property
    def ages(self) -> list[int]:
        """How many milliseconds before `as_of` it begins on each of its resources."""
        return [self.ago - place * _APART for place in range(len(self.resources))]

    @property
    def makes(self) -> bool:
        """Whether its resource is made by it."""
        return transitions_of(self.operation)[0].allowed is None
