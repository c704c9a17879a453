"""Who gets in."""

from typing import Literal, get_args

from sdrs_fake.domain.errors import NOT_AUTHENTICATED, ApiError
from sdrs_fake.exchange import Call

AuthMode = Literal["present", "off"]

SIGNATURES = ("SDK-HMAC-SHA256", "SDK-HMAC-SM3", "SDK-ECDSA-P256-SHA256", "SDK-SM2-SM3", "V11-HMAC-SHA256")
"""The algorithms that the official SDKs can sign with."""


class Auth:
    """`present`: a request has to bring a credential, any will do; `off`: nothing is asked for."""

    def __init__(self, mode: AuthMode) -> None:
        if mode not in get_args(AuthMode):
            raise ValueError(f"auth: {mode!r} should be one of {', '.join(get_args(AuthMode))}")
        self.mode = mode

    def admit(self, call: Call) -> None:
        """Refuse a call that brings no credential."""
        if self.mode == "present" and not has_credential(call):
            raise ApiError(NOT_AUTHENTICATED.because("x-auth-token not found"))


def has_credential(call: Call) -> bool:
    """Is there a token, or a signature by AK/SK?"""
    if call.headers.get("x-auth-token"):
        return True
    algorithm, _, signed = call.headers.get("authorization", "").partition(" ")
    return algorithm in SIGNATURES and bool(signed)
