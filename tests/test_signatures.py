"""SDK-HMAC-SHA256: what Python, Go and Node clients sign, each in its own way, and what is not
believed.
"""

import datetime as dt
import hashlib
import hmac
from urllib.parse import quote, urlencode

import pytest
from freezegun import freeze_time
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client
from werkzeug.wrappers import Response

from sdrs_fake import FakeSdrs
from sdrs_fake.domain.errors import ApiError
from sdrs_fake.transports.wsgi_call import called, environ_of

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DATE = "20260301T120000Z"


@pytest.fixture
def strict():
    return FakeSdrs(auth="strict")


def encoded(data):
    return quote(data, safe="-_.~")


def authorization(key, request, signed, digest=None):
    """The header that a client signs a request with: a dict of method, path, pairs, headers and
    body.
    """
    path = "/".join(map(encoded, request["path"].split("/")))
    query = "&".join(
        f"{encoded(name)}={encoded(value)}" for name, value in sorted(request["pairs"])
    )
    headers = "".join(f"{name}:{request['headers'][name].strip()}\n" for name in signed)
    digest = digest or hashlib.sha256(request["body"]).hexdigest()
    text = "\n".join(
        [
            request["method"],
            path + "/" * (not path.endswith("/")),
            query,
            headers,
            ";".join(signed),
            digest,
        ]
    )
    to_sign = f"SDK-HMAC-SHA256\n{request['headers']['x-sdk-date']}\n{hashlib.sha256(text.encode()).hexdigest()}"
    value = hmac.new(key[1].encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"SDK-HMAC-SHA256 Access={key[0]}, SignedHeaders={';'.join(signed)}, Signature={value}"


def a_request(sdrs, **parts):
    path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
    return {
        "method": "GET",
        "path": path,
        "pairs": [],
        "headers": {"x-sdk-date": DATE},
        "body": b"",
        **parts,
    }


def send(sdrs, request, **extra):
    target = quote(request["path"], safe="/~") + (
        "?" + urlencode(request["pairs"]) if request["pairs"] else ""
    )
    headers = [
        (name, value.encode().decode("latin-1"))
        for name, value in {**request["headers"], **extra}.items()
    ]
    status, _, body = called(
        sdrs.wsgi, environ_of(request["method"], target, headers, request["body"])
    )
    return int(status[:3]), body.decode()


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
def test_each_client_signs_other_headers_and_gets_in(strict, client):
    pairs = [("resource_name", "pg 00/中文+~"), ("limit", "5"), ("limit", "10")]
    request = a_request(
        strict, headers=CLIENTS[client], pairs=pairs, body=b"{}" if client == "Node" else b""
    )

    status, _ = send(
        strict, request, Authorization=authorization(own(strict), request, sorted(CLIENTS[client]))
    )

    assert status == 200


@freeze_time(NOW)
def test_headers_that_were_added_after_signing_do_no_harm(strict):
    request = a_request(strict)

    assert (
        send(
            strict,
            request,
            Authorization=authorization(own(strict), request, ["x-sdk-date"]),
            **{"X-Project-Id": "p"},
        )[0]
        == 200
    )


@freeze_time(NOW)
@pytest.mark.parametrize(
    ("stated", "signed", "status"),
    [
        ("UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD", 200),
        ("UNSIGNED-PAYLOAD", hashlib.sha256(b"body").hexdigest(), 200),
        (hashlib.sha256(b"body").hexdigest(), hashlib.sha256(b"body").hexdigest(), 200),
        (hashlib.sha256(b"other").hexdigest(), hashlib.sha256(b"other").hexdigest(), 401),
        ("", "UNSIGNED-PAYLOAD", 401),
    ],
)
def test_a_body_may_be_said_to_be_unsigned_but_not_to_be_another(strict, stated, signed, status):
    request = a_request(
        strict, headers={"x-sdk-content-sha256": stated, "x-sdk-date": DATE}, body=b"body"
    )

    assert (
        send(
            strict,
            request,
            Authorization=authorization(own(strict), request, ["x-sdk-date"], signed),
        )[0]
        == status
    )


@freeze_time(NOW)
def test_a_client_below_a_prefix_signs_the_prefix_too(strict, path):
    client = Client(DispatcherMiddleware(Response(), {"/cloud": strict.wsgi}))
    request = a_request(strict, path=f"/cloud{path}")
    headers = {
        "X-Sdk-Date": DATE,
        "Authorization": authorization(own(strict), request, ["x-sdk-date"]),
    }

    assert client.get(f"/cloud{path}", headers=headers).status_code == 200


@freeze_time(NOW)
@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"key": ("{own}", "wrong")}, "verify aksk signature fail"),
        ({"key": ("unknown", "x")}, "Get secretKey failed,ak:unknown,err:ak not exist"),
        (
            {"date": "20260301T114459Z"},
            "signature expired, signature time:20260301T114459Z,server time:20260301T120000Z",
        ),
        (
            {"date": "20260301T121501Z"},
            "signature expired, signature time:20260301T121501Z,server time:20260301T120000Z",
        ),
        (
            {"date": "20260231T000000Z"},
            "verify aksk signature fail, X-Sdk-Date should be signed, and such as 20260301T120000Z",
        ),
        (
            {"date": "yesterday"},
            "verify aksk signature fail, X-Sdk-Date should be signed, and such as 20260301T120000Z",
        ),
        (
            {"signed": ["host"]},
            "verify aksk signature fail, X-Sdk-Date should be signed, and such as 20260301T120000Z",
        ),
        (
            {"form": "SDK-HMAC-SHA256 Access=a"},
            (
                "verify aksk signature fail, Authorization should be SDK-HMAC-SHA256 Access=...,"
                " Signed"
            ),
        ),
        (
            {"form": "SDK-HMAC-SM3 Access=a, SignedHeaders=b, Signature=c"},
            "verify aksk signature fail, Authorization should be SDK-HMAC",
        ),
        ({"form": "Basic eDp5"}, "x-auth-token not found"),
    ],
)
def test_a_wrong_signature_is_401_and_says_why(strict, change, cause):
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

    answers = [
        send(
            strict,
            request,
            Authorization=authorization((strict.access_key, secret), request, ["x-sdk-date"]),
        )
        for secret in secrets
    ]

    assert [status for status, _ in answers] == [*[401] * 6, 200]


@freeze_time(NOW)
@pytest.mark.parametrize("date", ["20260301T114500Z", "20260301T121500Z"])
def test_a_signature_is_good_for_15_minutes(strict, date):
    request = a_request(strict, headers={"x-sdk-date": date})

    assert (
        send(strict, request, Authorization=authorization(own(strict), request, ["x-sdk-date"]))[0]
        == 200
    )


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
        answer = send(
            strict,
            request,
            Authorization=authorization(("theirs", "secret"), request, ["x-sdk-date"]),
        )

        assert answer[0] == status


@freeze_time(NOW)
def test_a_token_is_looked_at_before_a_signature(strict):
    request = a_request(strict)
    header = authorization(own(strict), request, ["x-sdk-date"])

    assert (
        "decrypt token fail"
        in send(strict, request, Authorization=header, **{"X-Auth-Token": "made up"})[1]
    )


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


def signed_by(sdrs, drawn):
    headers = {**drawn["headers"], "x-sdk-date": DATE}
    request = {**drawn, "path": f"/v1/{sdrs.project_id}/{drawn['tail']}", "headers": headers}
    return request, authorization(own(sdrs), request, sorted(headers))


def admitted(sdrs, request, header):
    """Does a signature hold? No route is needed for that, so any path will do."""
    send(sdrs, request, Authorization=header)
    call = list(sdrs.journal)[-1].call
    call.arguments = {"project_id": sdrs.project_id}
    try:
        sdrs.auth.admit(call)
    except ApiError:
        return False
    return True


@given(drawn=REQUESTS)
def test_a_signature_over_any_path_query_headers_and_body_holds(drawn):
    sdrs = FakeSdrs(auth="strict")
    with freeze_time(NOW):
        assert admitted(sdrs, *signed_by(sdrs, drawn))


@given(
    drawn=REQUESTS,
    part=st.sampled_from(["method", "path", "pairs", "headers", "body", "header"]),
    data=st.data(),
)
def test_a_change_of_one_byte_of_what_is_signed_makes_it_fail(drawn, part, data):
    sdrs = FakeSdrs(auth="strict")
    request, header = signed_by(sdrs, drawn)
    if part == "header":
        place = data.draw(st.integers(header.index("SignedHeaders"), len(header) - 1))
        header = header[:place] + ("f" if header[place] != "f" else "e") + header[place + 1 :]
    else:
        request = {**request, part: changed(request[part], data)}

    with freeze_time(NOW):
        assert not admitted(sdrs, request, header)


def changed(value, data):
    """The value with one character of it put in place of another."""
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
    place = data.draw(st.integers(1 if value.startswith("/") else 0, len(value) - 1))
    return value[:place] + ("Z" if value[place] != "Z" else "Y") + value[place + 1 :]
