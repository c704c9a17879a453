"""SDK-HMAC-SHA256: what Python, Go and Node clients sign, and what is refused."""

import datetime as dt
import hashlib
import hmac
from dataclasses import replace
from urllib.parse import quote, urlencode

import pytest
from freezegun import freeze_time
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client
from werkzeug.wrappers import Response

from sdrs_fake import FakeSdrs
from sdrs_fake.auth.auth import Authenticator
from sdrs_fake.auth.credentials import Credentials
from sdrs_fake.domain.clock import Clock
from sdrs_fake.domain.refusals import ApiError
from sdrs_fake.transports.wsgi_call import build_environ, call_app

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DATE = "20260301T120000Z"


@pytest.fixture
def strict():
    return FakeSdrs(auth="strict")


def encoded(data):
    return quote(data, safe="-_.~")


def authorization(key, request, signed, digest=None):
    """The header of a client that signs a request with a key.

    The request is a dict of method, path, pairs, headers and body.
    """
    path = "/".join(map(encoded, request["path"].split("/")))
    path = path if path.endswith("/") else f"{path}/"
    pairs = sorted(request["pairs"])
    query = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)
    headers = "".join(f"{name}:{request['headers'][name].strip()}\n" for name in signed)
    digest = digest or hashlib.sha256(request["body"]).hexdigest()
    text = "\n".join([request["method"], path, query, headers, ";".join(signed), digest])
    hashed = hashlib.sha256(text.encode()).hexdigest()
    to_sign = f"SDK-HMAC-SHA256\n{request['headers']['x-sdk-date']}\n{hashed}"
    value = hmac.new(key[1].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"SDK-HMAC-SHA256 Access={key[0]}, SignedHeaders={';'.join(signed)}, Signature={value}"


def a_request(sdrs, **parts):
    path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
    headers = {"x-sdk-date": DATE}
    return {"method": "GET", "path": path, "pairs": [], "headers": headers, "body": b""} | parts


def send(sdrs, request, **extra):
    target = quote(request["path"], safe="/~")
    if request["pairs"]:
        target += "?" + urlencode(request["pairs"])
    headers = {**request["headers"], **extra}
    encoded_headers = [(name, text.encode().decode("latin-1")) for name, text in headers.items()]
    environ = build_environ(request["method"], target, encoded_headers, request["body"])
    status, _, body = call_app(sdrs.wsgi, environ)
    return int(status[:3]), body.decode()


def send_signed(sdrs, request, signed=("x-sdk-date",), key=None, digest=None, **extra):
    header = authorization(key or own(sdrs), request, signed, digest)
    return send(sdrs, request, Authorization=header, **extra)


def own(sdrs):
    return sdrs.access_key, sdrs.secret_key


CLIENTS = {
    "Python": {
        "content-type": "application/json",
        "host": "127.0.0.1:18080",
        "user-agent": "huaweicloud-usdk-python/3.0; 核心",
        "x-project-id": "p",
        "x-sdk-date": DATE,
    },
    "Go": {
        "accept": "application/json",
        "user-agent": "golangsdk/2.0.0",
        "x-language": "en-us",
        "x-sdk-date": DATE,
    },
    "Node": {"host": "127.0.0.1", "x-project-id": "p", "x-sdk-date": DATE},
}


@freeze_time(NOW)
@pytest.mark.parametrize("client", CLIENTS)
def test_each_client_signs_other_headers_and_is_accepted(strict, client):
    pairs = [("resource_name", "pg 00/中文+~"), ("limit", "5"), ("limit", "10")]
    body = b"{}" if client == "Node" else b""
    request = a_request(strict, headers=CLIENTS[client], pairs=pairs, body=body)

    assert send_signed(strict, request, sorted(CLIENTS[client]))[0] == 200


@freeze_time(NOW)
def test_headers_that_were_added_after_signing_do_no_harm(strict):
    assert send_signed(strict, a_request(strict), **{"X-Project-Id": "p"})[0] == 200


BODY_HASH = hashlib.sha256(b"body").hexdigest()
OTHER_HASH = hashlib.sha256(b"other").hexdigest()


@freeze_time(NOW)
@pytest.mark.parametrize(
    ("stated", "signed", "status"),
    [
        ("UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD", 200),
        ("UNSIGNED-PAYLOAD", BODY_HASH, 200),
        (BODY_HASH, BODY_HASH, 200),
        (OTHER_HASH, OTHER_HASH, 401),
        ("", "UNSIGNED-PAYLOAD", 401),
    ],
)
def test_a_body_can_be_declared_unsigned_but_not_to_be_another(strict, stated, signed, status):
    headers = {"x-sdk-content-sha256": stated, "x-sdk-date": DATE}
    request = a_request(strict, headers=headers, body=b"body")

    assert send_signed(strict, request, digest=signed)[0] == status


@freeze_time(NOW)
def test_a_client_below_a_prefix_signs_the_prefix_too(strict, path):
    client = Client(DispatcherMiddleware(Response(), {"/cloud": strict.wsgi}))
    request = a_request(strict, path=f"/cloud{path}")
    header = authorization(own(strict), request, ["x-sdk-date"])
    headers = {"X-Sdk-Date": DATE, "Authorization": header}

    assert client.get(f"/cloud{path}", headers=headers).status_code == 200


INVALID = "verify aksk signature fail"
BAD_DATE = f"{INVALID}, X-Sdk-Date should be signed, and such as 20260301T120000Z"


@freeze_time(NOW)
@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"key": ("{own}", "wrong")}, INVALID),
        ({"key": ("unknown", "x")}, "Get secretKey failed,ak:unknown,err:ak not exist"),
        *(
            ({"date": date}, f"signature expired, signature time:{date},server time:{DATE}")
            for date in ("20260301T114459Z", "20260301T121501Z")
        ),
        ({"date": "20260231T000000Z"}, BAD_DATE),
        ({"date": "yesterday"}, BAD_DATE),
        ({"signed": ["host"]}, BAD_DATE),
        (
            {"form": "SDK-HMAC-SHA256 Access=a"},
            f"{INVALID}, Authorization should be SDK-HMAC-SHA256 Access=..., Signed",
        ),
        (
            {"form": "SDK-HMAC-SM3 Access=a, SignedHeaders=b, Signature=c"},
            f"{INVALID}, Authorization should be SDK-HMAC",
        ),
        (
            {"signed": ["host", "x-sdk-date", "host"]},
            f"{INVALID}, Authorization should be SDK-HMAC",
        ),
        ({"form": "Basic eDp5"}, "x-auth-token not found"),
    ],
)
def test_a_wrong_signature_is_401_with_its_cause(strict, change, cause):
    key = tuple(part.format(own=strict.access_key) for part in change.get("key", own(strict)))
    request = a_request(strict, headers={"x-sdk-date": change.get("date", DATE), "host": "h"})
    header = change.get("form") or authorization(
        key, request, change.get("signed", ["host", "x-sdk-date"])
    )

    status, body = send(strict, request, Authorization=header)

    assert (status, '"APIGW.0301"' in body) == (401, True)
    assert f"Incorrect IAM authentication information: {cause}" in body


@freeze_time(NOW)
def test_a_key_is_not_locked_after_wrong_signatures(strict):
    request = a_request(strict)
    secrets = [*["wrong"] * 6, strict.secret_key]

    keys = [(strict.access_key, secret) for secret in secrets]
    statuses = [send_signed(strict, request, key=key)[0] for key in keys]

    assert statuses == [*[401] * 6, 200]


@freeze_time(NOW)
@pytest.mark.parametrize("date", ["20260301T114500Z", "20260301T121500Z"])
def test_a_signature_is_good_for_15_minutes(strict, date):
    assert send_signed(strict, a_request(strict, headers={"x-sdk-date": date}))[0] == 200


@freeze_time(NOW)
def test_the_age_of_a_signature_goes_by_the_systems_time_not_by_the_fakes(strict):
    strict.clock.advance(days=1)
    request = a_request(strict)
    header = authorization(own(strict), request, ["x-sdk-date"])

    assert send(strict, request, Authorization=header)[0] == 200
    with freeze_time(NOW + dt.timedelta(minutes=16)):
        assert send(strict, request, Authorization=header)[0] == 401


@freeze_time(NOW)
def test_a_key_is_good_for_its_project_alone(strict, path):
    strict.auth.add_key("theirs", "secret", project_id="other")
    for wanted, status in ((strict.project_id, 403), ("other", 200)):
        request = a_request(strict, path=f"/v1/{wanted}/task-center/failure-jobs")

        assert send_signed(strict, request, key=("theirs", "secret"))[0] == status


@freeze_time(NOW)
def test_a_token_is_checked_before_a_signature(strict):
    _, body = send_signed(strict, a_request(strict), **{"X-Auth-Token": "made up"})

    assert "decrypt token fail" in body


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
REQUESTS = st.fixed_dictionaries(
    {
        "method": st.just("GET"),
        "tail": st.lists(TEXT.filter(lambda text: "." not in text), max_size=3).map("/".join),
        "pairs": st.lists(st.tuples(TEXT, TEXT).filter(any), max_size=4),
        "headers": st.dictionaries(st.sampled_from(["accept", "host", "x-language", "x-a"]), TEXT),
        "body": st.binary(max_size=20),
    }
)


CREDENTIALS = Credentials("p", Clock())


def signed(drawn):
    headers = {**drawn["headers"], "x-sdk-date": DATE}
    request = {**drawn, "path": f"/v1/p/{drawn['tail']}", "headers": headers}
    key = (CREDENTIALS.own_key.access_key, CREDENTIALS.own_key.secret_key)
    return request, authorization(key, request, sorted(headers))


@freeze_time(NOW)
def is_admitted(request, header):
    """Whether a signature is valid, for any path, even one that is not routed."""
    reader = FakeSdrs()
    send(reader, request, Authorization=header)
    (record,) = reader.journal
    try:
        request = replace(record.request, path_params={"project_id": "p"})
        Authenticator("strict", CREDENTIALS).admit(request)
    except ApiError:
        return False
    return True


@given(drawn=REQUESTS)
def test_a_signature_over_any_path_query_headers_and_body_is_valid(drawn):
    assert is_admitted(*signed(drawn))


@given(
    drawn=REQUESTS,
    part=st.sampled_from(["method", "path", "pairs", "headers", "body", "header"]),
    data=st.data(),
)
def test_a_change_of_one_byte_of_what_is_signed_makes_it_invalid(drawn, part, data):
    request, header = signed(drawn)
    if part == "header":
        place = data.draw(st.integers(header.index("SignedHeaders"), len(header) - 1))
        header = header[:place] + ("f" if header[place] != "f" else "e") + header[place + 1 :]
    else:
        request = {**request, part: changed(request[part], data, first=part == "path")}

    assert not is_admitted(request, header)


def changed(value, data, *, first=0):
    """The value with one character replaced, at `first` or later."""
    if isinstance(value, bytes):
        assume(value)
        place = data.draw(st.integers(0, len(value) - 1))
        return value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
    if isinstance(value, dict):
        name = data.draw(st.sampled_from(sorted(value)))
        assume(value[name].strip())
        return {**value, name: changed(value[name].strip(), data)}
    if isinstance(value, list):
        assume(value and value[0][1])
        return [(value[0][0], changed(value[0][1], data)), *value[1:]]
    place = data.draw(st.integers(first, len(value) - 1))
    return value[:place] + ("Z" if value[place] != "Z" else "Y") + value[place + 1 :]
