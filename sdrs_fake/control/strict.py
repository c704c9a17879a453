"""What a credential is worth where it is looked at closely: the project it is good for, or the
gateway's refusal.
"""

import datetime as dt

from sdrs_fake.control import signatures
from sdrs_fake.control.credentials import Credentials, Key
from sdrs_fake.domain.errors import NOT_AUTHENTICATED, ApiError, require
from sdrs_fake.domain.fields import wire_time
from sdrs_fake.exchange import Call

_BAD_SIGNATURE = "verify aksk signature fail"
_FORM = f"{signatures.ALGORITHM} Access=..., SignedHeaders=..., Signature=..."


def project_of_token(value: str, known: Credentials, now: dt.datetime) -> str | None:
    """The project that a token of this fake is scoped to, if to any."""
    token = known.token(value)
    if token is None:
        raise ApiError(NOT_AUTHENTICATED.because("decrypt token fail"))
    require(
        now < token.expires_at,
        NOT_AUTHENTICATED.because(f"token expires, expires_at: {wire_time(token.expires_at)}"),
    )
    return token.project_id


def project_of_signature(call: Call, known: Credentials) -> str:
    """The project of the key that a call was signed with, lately and unchanged since."""
    signature = signatures.read(call.headers["authorization"])
    if signature is None:
        raise ApiError(
            NOT_AUTHENTICATED.because(f"{_BAD_SIGNATURE}, Authorization should be {_FORM}")
        )
    key = known.key(signature.access_key)
    if key is None:
        raise ApiError(
            NOT_AUTHENTICATED.because(
                f"Get secretKey failed,ak:{signature.access_key},err:ak not exist"
            )
        )
    _check(call, signature, key)
    return key.project_id


def _check(call: Call, signature: signatures.Signature, key: Key) -> None:
    when = signatures.signed_at(call, signature)
    if when is None:
        raise ApiError(
            NOT_AUTHENTICATED.because(
                f"{_BAD_SIGNATURE}, X-Sdk-Date should be signed, and such as 20260301T120000Z"
            )
        )
    now = dt.datetime.now(dt.UTC)  # the system's, which clients sign by; the fake's may be ahead
    times = f"signature time:{when:{signatures.TIME}},server time:{now:{signatures.TIME}}"
    require(
        abs(now - when) <= signatures.MOST_APART,
        NOT_AUTHENTICATED.because(f"signature expired, {times}"),
    )
    require(
        signatures.fits(call, signature, key.secret_key), NOT_AUTHENTICATED.because(_BAD_SIGNATURE)
    )
