"""SDK-HMAC-SHA256: how the official SDKs sign a request with an access key and its secret.

What is signed differs from client to client, so it is taken from the header, and nothing but the
date
has to be among it. Everything is handled as the bytes that were sent.
"""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from sdrs_fake.exchange import Call

ALGORITHM = "SDK-HMAC-SHA256"

DATE = "x-sdk-date"
TIME = "%Y%m%dT%H%M%SZ"
MOST_APART = dt.timedelta(minutes=15)
UNSIGNED = "UNSIGNED-PAYLOAD"

_HEADER = re.compile(
    rf"{ALGORITHM} +Access=([^,\s]+), *SignedHeaders=([^,\s]*), *Signature=([0-9a-f]{{64}})"
)
_DATE = re.compile("[0-9]{8}T[0-9]{6}Z")


class Signature(NamedTuple):
    """What an Authorization header says."""

    access_key: str
    signed: tuple[str, ...]
    value: str


def read(authorization: str) -> Signature | None:
    """The signature in an Authorization header, if it has the documented form."""
    found = _HEADER.fullmatch(authorization.strip())
    return Signature(found[1], tuple(found[2].split(";")), found[3]) if found else None


def signed_at(call: Call, signature: Signature) -> dt.datetime | None:
    """When it was signed, as far as the date is readable and signed itself."""
    date = call.headers.get(DATE, "")
    if not _DATE.fullmatch(date) or DATE not in map(str.lower, signature.signed):
        return None
    try:
        return dt.datetime.strptime(date, TIME).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def fits(call: Call, signature: Signature, secret_key: str) -> bool:
    """Is it what the holder of the secret would have signed this call with?"""
    return any(
        hmac.compare_digest(
            sign(call, signature.signed, digest, secret_key), signature.value
        )  # in constant time
        for digest in _digests(call)
    )


def sign(call: Call, signed: tuple[str, ...], digest: str, secret_key: str) -> str:
    """The signature of a call over the headers named, and a digest of its body."""
    date = call.headers.get(DATE, "")
    text = f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical(call, signed, digest)).hexdigest()}"
    return hmac.new(secret_key.encode(), _bytes(text), hashlib.sha256).hexdigest()


def canonical(call: Call, signed: tuple[str, ...], digest: str) -> bytes:
    """The request in the one form that both sides can write it in."""
    path, _, query = _bytes(call.target).partition(b"?")
    headers = b"".join(
        b"%b:%b\n" % (_bytes(name), _trimmed(call.headers.get(name.lower(), ""))) for name in signed
    )
    first = [call.method, _path(call.mount.encode() + unquote_to_bytes(path)), _query(query)]
    return b"\n".join([*map(_bytes, first), headers, _bytes(";".join(signed)), _bytes(digest)])


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _trimmed(value: str) -> bytes:
    """A header without the blanks around it; clients cut them from text, of which the bytes are
    UTF-8.
    """
    return (
        _bytes(value).decode("utf-8", "surrogateescape").strip().encode("utf-8", "surrogateescape")
    )


def _path(path: bytes) -> str:
    encoded = "/".join(_encoded(segment) for segment in path.split(b"/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _query(query: bytes) -> str:
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(_pairs(query)))


def _pairs(query: bytes) -> Iterator[tuple[bytes, bytes]]:
    for part in query.replace(b"+", b" ").split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            yield unquote_to_bytes(name), unquote_to_bytes(value)


def _encoded(data: bytes) -> str:
    return quote(data, safe="-_.~")


def _digests(call: Call) -> Iterator[str]:
    """What may stand for the body: its hash, or a header that says it is not signed."""
    yield hashlib.sha256(call.body).hexdigest()
    if call.headers.get("x-sdk-content-sha256") == UNSIGNED:
        yield UNSIGNED
