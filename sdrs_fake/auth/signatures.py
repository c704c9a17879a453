"""SDK-HMAC-SHA256: verifying requests that official SDKs signed with an access key.

Clients differ in the headers that they sign, so the Authorization header decides what is signed;
only the date is mandatory. Everything is processed as the bytes that were sent.
"""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from sdrs_fake.auth.credentials import Credentials, Key
from sdrs_fake.domain.refusals import NOT_AUTHENTICATED, ApiError
from sdrs_fake.messages import Request

ALGORITHM = "SDK-HMAC-SHA256"
MAX_SIGNED_HEADERS = 1000
MAX_AGE = dt.timedelta(minutes=15)

_DATE_HEADER = "x-sdk-date"
_DATE_FORMAT = "%Y%m%dT%H%M%SZ"
_DATE = re.compile("[0-9]{8}T[0-9]{6}Z")
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Access=([^,\s]+), *SignedHeaders=([^,\s]*), *Signature=([0-9a-f]{{64}})"
)
_FORM = f"{ALGORITHM} Access=..., SignedHeaders=..., Signature=..."
_UNSIGNED_BODY = "UNSIGNED-PAYLOAD"
_INVALID = "verify aksk signature fail"


class Signature(NamedTuple):
    """The parts of an Authorization header."""

    access_key: str
    signed_headers: tuple[str, ...]
    value: str


def parse(authorization: str) -> Signature | None:
    """The signature in an Authorization header, if it has the documented form."""
    found = _AUTHORIZATION.fullmatch(authorization.strip())
    if found is None:
        return None
    names = tuple(found[2].split(";"))
    # Each name adds its header to what is hashed: one given often makes a request expensive.
    if len(names) > MAX_SIGNED_HEADERS or len(set(names)) < len(names):
        return None
    return Signature(found[1], names, found[3])


def verify(request: Request, credentials: Credentials) -> Key:
    """The key that a request is signed with, or the gateway's refusal of the signature."""
    signature = parse(request.headers["authorization"])
    if signature is None:
        raise _refused(f"{_INVALID}, Authorization should be {_FORM}")
    key = credentials.key(signature.access_key)
    if key is None:
        raise _refused(f"Get secretKey failed,ak:{signature.access_key:.120},err:ak not exist")
    _check_date(request, signature)
    if not _matches(request, signature, key.secret_key):
        raise _refused(_INVALID)
    return key


def _refused(cause: str) -> ApiError:
    return ApiError(NOT_AUTHENTICATED.because(cause))


def _check_date(request: Request, signature: Signature) -> None:
    signed_at = _signed_at(request, signature)
    if signed_at is None:
        raise _refused(f"{_INVALID}, X-Sdk-Date should be signed, and such as 20260301T120000Z")
    # Clients sign with the system's time, while the fake's may have been advanced.
    now = dt.datetime.now(dt.UTC)
    if abs(now - signed_at) > MAX_AGE:
        times = f"signature time:{signed_at:{_DATE_FORMAT}},server time:{now:{_DATE_FORMAT}}"
        raise _refused(f"signature expired, {times}")


def _signed_at(request: Request, signature: Signature) -> dt.datetime | None:
    """The date of the signature, if it can be read and is signed too."""
    date = request.headers.get(_DATE_HEADER, "")
    signed_headers = [name.lower() for name in signature.signed_headers]
    if not _DATE.fullmatch(date) or _DATE_HEADER not in signed_headers:
        return None
    try:
        return dt.datetime.strptime(date, _DATE_FORMAT).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _matches(request: Request, signature: Signature, secret_key: str) -> bool:
    """Whether the holder of the secret would have signed the request like that."""
    for digest in _body_digests(request):
        expected = _sign(request, signature.signed_headers, digest, secret_key)
        if hmac.compare_digest(expected, signature.value):
            return True
    return False


def _body_digests(request: Request) -> Iterator[str]:
    """What may stand for the body: its hash, or the header's word that it is not signed."""
    yield hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-sdk-content-sha256") == _UNSIGNED_BODY:
        yield _UNSIGNED_BODY


def _sign(request: Request, signed_headers: tuple[str, ...], digest: str, secret_key: str) -> str:
    canonical = hashlib.sha256(_canonical(request, signed_headers, digest)).hexdigest()
    text = f"{ALGORITHM}\n{request.headers.get(_DATE_HEADER, '')}\n{canonical}"
    return hmac.new(secret_key.encode(), _bytes(text), hashlib.sha256).hexdigest()


def _canonical(request: Request, signed_headers: tuple[str, ...], digest: str) -> bytes:
    """The canonical form of a request, which client and server sign."""
    path, _, query = _bytes(request.target).partition(b"?")
    headers = b"".join(
        b"%b:%b\n" % (_bytes(name), _trimmed(request.headers.get(name.lower(), "")))
        for name in signed_headers
    )
    lines = [
        _bytes(request.method),
        _bytes(_canonical_path(request.mount.encode() + unquote_to_bytes(path))),
        _bytes(_canonical_query(query)),
        headers,
        _bytes(";".join(signed_headers)),
        _bytes(digest),
    ]
    return b"\n".join(lines)


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _trimmed(value: str) -> bytes:
    # Clients trim the header as text, and Unicode knows more blanks than ASCII.
    text = _bytes(value).decode("utf-8", "surrogateescape")
    return text.strip().encode("utf-8", "surrogateescape")


def _canonical_path(path: bytes) -> str:
    encoded = "/".join(_encoded(segment) for segment in path.split(b"/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _canonical_query(query: bytes) -> str:
    pairs = sorted(_pairs(query))
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs)


def _pairs(query: bytes) -> Iterator[tuple[bytes, bytes]]:
    for part in query.replace(b"+", b" ").split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            yield unquote_to_bytes(name), unquote_to_bytes(value)


def _encoded(data: bytes) -> str:
    return quote(data, safe="-_.~")
