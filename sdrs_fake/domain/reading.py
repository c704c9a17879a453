"""Reading: how clauses of the reference that are ambiguous or silent are read."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from sdrs_fake.domain.fields import explain


def _number_from_text(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(
            f"reading: {text.strip()!r} should be like count=page, several of them with commas"
            " between"
        )
    return name.strip(), value.strip()


class Reading(BaseModel):
    """One choice per open question; the first of each is the default.

    The letters in brackets name the ambiguity in docs/fidelity.md.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    count: Literal["total", "page"] = "total"
    """`count` is the number of all jobs that match, or of those on the page [A4]."""

    limit_zero: Literal["empty", "refused"] = "empty"
    """`limit=0` gives no rows, or 400 SDRS.0221 [A1]."""

    resource_name: Literal["exact", "contains"] = "exact"
    """The filter `resource_name` takes the whole name, or any part of it [A8]."""

    group_scope: Literal["all", "inside"] = "all"
    """A group's list has the group's own failures too, or only those inside it [A5]."""

    scope_without_group: Literal["group_level", "widened_by_filter", "everywhere"] = "group_level"
    """Without `server_group_id`: only failures of groups; all once another filter is there; all
    always [A6].
    """

    unknown_group: Literal["empty", "refused"] = "empty"
    """The list of a group nobody declared is empty, or 400 SDRS.1013 [A11]."""

    failure_job_id: Literal["both", "job_id", "resource_id"] = "both"
    """What a DELETE of one failed job names: a job_id and else a resource_id, or one of them only
    [A7].
    """

    unknown_failure_job: Literal["refused", "ignored"] = "refused"
    """DELETE of a failed job that is not there: 404 SDRS.0408, or 204 [A11]."""

    unknown_job: Literal["refused", "server_error"] = "refused"
    """GET of a job that is not there: 404 SDRS.0408, or 500 SDRS.0408 as the table has it [A11]."""

    wrong_method: Annotated[Literal[405, 404], BeforeValidator(_number_from_text)] = 405
    """A known path with a wrong method: 405 by the service, or 404 APIGW.0101 by the gateway
    [A21].
    """

    error_key: Literal["error", "named"] = "error"
    """The outer key of an error: always `error`, or `badrequest` for 400 and `itemNotFound` for 404
    [A23].
    """

    @classmethod
    def of(cls, value: object) -> "Reading":
        """A reading from itself, from a mapping, or from a text such as `count=page,
        limit_zero=refused`.

        ValueError naming the field and its choices.
        """
        if isinstance(value, Reading):
            return value
        if not isinstance(value, str | Mapping):
            raise ValueError(
                f"reading: {value!r} should be a Reading, a mapping, or a text such as count=page"
            )  # noqa: TRY004 one kind for all
        if isinstance(value, str):
            value = dict(_pair(part) for part in value.split(",") if part.strip())
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise ValueError(explain(error, cls.model_fields, "reading.")) from None
