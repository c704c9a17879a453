"""How a job fails that is made to fail: by its job type, a code and a reason."""

from collections.abc import Iterable, Mapping

from sdrs_fake.domain.error_codes import refusal_of
from sdrs_fake.domain.fields import is_encodable
from sdrs_fake.domain.job_types import JOB_TYPES, NIC_JOB_TYPES
from sdrs_fake.domain.plans import Failure
from sdrs_fake.domain.transitions import Transition
from sdrs_fake.errors import ParameterError, shown
from sdrs_fake.seeding.failure_catalog import reason_of

_USUAL = {row.job_type: Failure(row.error_code, row.fail_reason) for row in NIC_JOB_TYPES}
for _row in reversed(JOB_TYPES):  # of two codes the first is the usual one
    _USUAL[_row.job_type] = Failure(_row.error_code, _row.fail_reason)
_SINGLE = {
    "batchCreateProtectedInstances": "createProtectedInstanceNoCG",
    "batchDeleteProtectedInstances": "deleteProtectedInstanceNoCG",
}


def job_failures(
    rows: Iterable[Transition], code: object = None, reason: object = None
) -> Mapping[str, Failure]:
    """The failure of each job type.

    Without a code it is the usual one of the job type; a code of another service has a reason in
    the catalog of failures, or needs one. ParameterError for what is wrong.
    """
    code = _text("code", code, "a code such as EVS.2024")
    reason = _text("reason", reason, "a string that is not empty")
    return {row.job_type: _failure(row, code, reason) for row in rows}


def _text(name: str, value: object, wanted: str) -> str | None:
    if value is None or (isinstance(value, str) and value and is_encodable(value)):
        return value
    raise ParameterError(name, f"{shown(value)} should be {wanted}")


def _failure(row: Transition, code: str | None, reason: str | None) -> Failure:
    job_type = _SINGLE.get(row.job_type, row.job_type)
    usual = _USUAL[job_type]
    if code is None:
        return usual if reason is None else usual._replace(fail_reason=reason)
    return Failure(code, reason or _reason(job_type, code))


def _reason(job_type: str, code: str) -> str:
    found = reason_of(job_type, code)
    if found:
        return found
    if not code.startswith(("SDRS.", "APIGW.")):
        raise ParameterError(
            "reason", f"should be given with {shown(code)}, which is no code of SDRS"
        )
    return refusal_of(None, code).message
