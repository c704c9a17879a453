"""Behavior: the choices where the API reference is ambiguous or silent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from sdrs_fake.domain.fields import pairs_of, parameter_error
from sdrs_fake.errors import ParameterError, shown


def _number_from_text(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


class Behavior(BaseModel):
    """One choice for each open question; the first value of each is the default.

    The codes in brackets name the ambiguity in docs/fidelity.md.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    count: Literal["total", "page"] = "total"
    """`count` is the number of all jobs that match, or of those on the page [A4]."""

    limit_zero: Literal["empty", "error"] = "empty"
    """`limit=0` gives no rows, or 400 SDRS.0221 [A1]."""

    resource_name: Literal["exact", "contains"] = "exact"
    """The filter `resource_name` takes the whole name, or any part of it [A8]."""

    group_scope: Literal["all", "members"] = "all"
    """A group's list has the group's own failures too, or only those of its members [A5]."""

    scope_without_group: Literal["group_level", "widened_by_filter", "everywhere"] = "group_level"
    """Without `server_group_id`: only failures of groups; all where another filter is given;
    always all [A6]."""

    unknown_group: Literal["empty", "error"] = "empty"
    """The list of an unknown group is empty, or 400 SDRS.1013 [A11]."""

    failure_job_id: Literal["both", "job_id", "resource_id"] = "both"
    """What DELETE of one failed job takes: a job_id and else a resource_id, or one of them [A7]."""

    unknown_failure_job: Literal["error", "ignored"] = "error"
    """DELETE of an unknown failed job: 404 SDRS.0408, or 204 [A11]."""

    unknown_job: Literal["not_found", "server_error", "bad_request"] = "not_found"
    """GET of an unknown job: SDRS.0408 with status 404; with 500 as the table of error codes has
    it; or with 400 as sibling services answer [A11]."""

    wrong_method: Annotated[Literal[405, 404], BeforeValidator(_number_from_text)] = 405
    """A known path with a wrong method: 405 of the service, or 404 APIGW.0101 of the gateway
    [A21]."""

    error_key: Literal["error", "named"] = "error"
    """The outer key of an error: `error`, or `badrequest` for 400 and `itemNotFound` for 404
    [A23]."""

    if not TYPE_CHECKING:  # pragma: no branch; a checker knows the keywords from the fields

        def __init__(self, /, **choices: object) -> None:
            try:
                super().__init__(**choices)
            except ValidationError as error:
                raise parameter_error(error, type(self).model_fields) from None

    @classmethod
    def parse(cls, value: object) -> "Behavior":
        """A Behavior from itself, from a mapping, or from `count=page, limit_zero=error`."""
        if isinstance(value, Behavior):
            return value
        if isinstance(value, str):
            value = pairs_of("behavior", value, "count=page")
        if not isinstance(value, Mapping):
            raise ParameterError(
                "behavior",
                f"{shown(value)} should be a Behavior, a mapping, or such as 'count=page'",
            )
        try:
            return cls(**{str(name): choice for name, choice in value.items()})
        except ParameterError as error:
            raise error.within("behavior.") from None
