"""Refusals: the error responses that rules give, and the exception that carries one.

Codes and messages are those of the error-code tables. A refusal of the `gateway` has the body of
the API gateway, the others that of the service. One whose code is its status has no documented
code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error response: HTTP status, code, message, and which of the two bodies it has."""

    status: int
    code: str
    message: str
    gateway: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)

    def because(self, detail: str) -> "Refusal":
        """The same refusal with a cause after its message, as the gateway words it."""
        return replace(self, message=f"{self.message.rstrip('.')}: {detail}")

    def with_message(self, message: str) -> "Refusal":
        """The same refusal with another message, where no documented code fixes it."""
        return replace(self, message=message)

    def with_headers(self, **headers: str) -> "Refusal":
        return replace(self, headers={**self.headers, **headers})


class ApiError(Exception):
    """A request was refused. It is the only exception that is caught while a request is handled."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal

    def __str__(self) -> str:
        return f"{self.refusal.status} {self.refusal.code}: {self.refusal.message}"


def require(condition: object, refusal: Refusal) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise ApiError(refusal)


def not_implemented(operation: str) -> Refusal:
    """501 with a message that names the operation."""
    return NOT_IMPLEMENTED.with_message(f"{operation} is not implemented")


def found(value: Value | None, refusal: Refusal) -> Value:
    """The value, or the refusal where there is none."""
    if value is None:
        raise ApiError(refusal)
    return value


def _codeless(status: HTTPStatus) -> Refusal:
    return Refusal(status.value, str(status.value), status.phrase)


def _gateway(status: int, code: str, message: str, **headers: str) -> Refusal:
    return Refusal(status, code, message, gateway=True, headers=headers)


# The rules of the service
INVALID_PARAMETERS = Refusal(400, "SDRS.0201", "Invalid request parameters")
INCORRECT_STATUS = Refusal(400, "SDRS.0209", "Incorrect status")
INVALID_LIMIT = Refusal(400, "SDRS.0221", "limit value must be greater than 0 or less than 1000")
INVALID_OFFSET = Refusal(
    400, "SDRS.0222", "offset value cannot be negative, and must be an integer"
)
GROUP_NOT_FOUND = Refusal(400, "SDRS.1013", "Protection group not found")
NULL_JOB = Refusal(404, "SDRS.0408", "Null job")
NULL_JOB_500 = Refusal(500, "SDRS.0408", "Null job")
NULL_JOB_400 = Refusal(400, "SDRS.0408", "Null job")
METHOD_NOT_ALLOWED = _codeless(HTTPStatus.METHOD_NOT_ALLOWED)
NOT_ACCEPTABLE = _codeless(HTTPStatus.NOT_ACCEPTABLE)
PROXY_AUTHENTICATION_REQUIRED = _codeless(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
REQUEST_TIMEOUT = _codeless(HTTPStatus.REQUEST_TIMEOUT)
CONFLICT = _codeless(HTTPStatus.CONFLICT)
INTERNAL_ERROR = Refusal(500, "SDRS.0013", "Internal error")
NOT_IMPLEMENTED = _codeless(HTTPStatus.NOT_IMPLEMENTED)
SERVICE_UNAVAILABLE = _codeless(HTTPStatus.SERVICE_UNAVAILABLE)

# The gateway in front of it
BAD_REQUEST = _gateway(400, "APIGW.0602", "Bad request.")
NOT_AUTHENTICATED = _gateway(401, "APIGW.0301", "Incorrect IAM authentication information.")
NOT_AUTHORIZED = _gateway(403, "APIGW.0302", "The IAM user is not authorized to access the API.")
PATH_NOT_FOUND = _gateway(
    404, "APIGW.0101", "The API does not exist or has not been published in the environment."
)
METHOD_NOT_FOUND = _gateway(404, "APIGW.0101", "The API does not exist.")
BODY_TOO_LARGE = _gateway(413, "APIGW.0201", "Request entity too large.")
URI_TOO_LARGE = _gateway(414, "APIGW.0201", "Request URI too large.")
THROTTLED = _gateway(
    429, "APIGW.0308", "The throttling threshold has been reached.", **{"Retry-After": "1"}
)
HEADERS_TOO_LARGE = _gateway(494, "APIGW.0201", "Request headers too large.")
BACKEND_UNAVAILABLE = _gateway(502, "APIGW.0201", "Backend unavailable.")
BACKEND_TIMEOUT = _gateway(504, "APIGW.0201", "Backend timeout.")

REFUSALS = tuple(value for value in list(vars().values()) if isinstance(value, Refusal))
"""Every refusal, in the order above."""
