"""The few calls of IAM that SDKs make before they talk to SDRS."""

import datetime as dt
import json

import pytest
from freezegun import freeze_time
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client
from werkzeug.wrappers import Response

from sdrs_fake import FakeSdrs

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
TOKENS = "/v3/auth/tokens"
PROJECT = {"project": {"id": "p"}}


@pytest.fixture
def strict():
    fake = FakeSdrs("p", auth="strict")
    fake.auth.add_user("anna", "right")
    return fake


def by_password(name="anna", password="right", scope=None, user=None):
    user = user or {"name": name, "domain": {"name": "acme"}}
    return {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {**user, "password": password}},
            },
            "scope": scope,
        }
    }


def by_token(token, scope=None):
    return {"auth": {"identity": {"methods": ["token"], "token": {"id": token}}, "scope": scope}}


def log_in(sdrs, body, **request):
    return sdrs.request("POST", TOKENS, json=body, credentials=None, **request)


def keystone(reply):
    error = reply.json["error"]
    return reply.status, error["code"], error["title"], error["message"]


@pytest.mark.parametrize("auth", ["present", "strict", "off"])
@pytest.mark.parametrize("path", ["/v3", "/v3/"])
def test_the_version_is_told_to_everybody(auth, path):
    reply = FakeSdrs(auth=auth).request(
        "GET", path, credentials=None, headers={"Host": "iam.test:81"}
    )

    assert reply.status == 200
    assert reply.json["version"]["links"] == [{"rel": "self", "href": "http://iam.test:81/v3/"}]
    assert (reply.json["version"]["id"], reply.json["version"]["status"]) == ("v3.6", "stable")


@freeze_time(NOON)
@pytest.mark.parametrize("auth", ["present", "off"])
def test_any_user_gets_a_token_for_24_hours_of_the_fakes_time(auth):
    sdrs = FakeSdrs(auth=auth)
    sdrs.clock.advance(hours=1)

    reply = log_in(sdrs, by_password("whoever", "whatever", PROJECT))

    token = reply.json["token"]
    assert reply.status == 201
    assert reply.headers["X-Subject-Token"]
    assert (token["issued_at"], token["expires_at"]) == (
        "2026-03-01T13:00:00.000000Z",
        "2026-03-02T13:00:00.000000Z",
    )
    assert (token["methods"], token["user"]["name"], token["user"]["domain"]["name"]) == (
        ["password"],
        "whoever",
        "acme",
    )
    assert (
        token["project"]["id"],
        token["project"]["domain"]["name"],
        token["roles"][0]["name"],
    ) == ("p", "acme", "te_admin")


def test_strict_knows_registered_users_by_name_or_id(strict):
    strict.auth.add_user("bob", "right", project_id="b")
    first = log_in(strict, by_password("bob"))
    user_id = first.json["token"]["user"]["id"]

    again = log_in(
        strict, by_password(user={"id": user_id}, scope={"project": {"name": "cn-north-4"}})
    )

    assert [first.status, again.status] == [201, 201]
    assert (again.json["token"]["user"]["name"], again.json["token"]["project"]["id"]) == (
        "bob",
        "b",
    )


@pytest.mark.parametrize(
    "body",
    [
        by_password("nobody"),
        by_password(password="wrong"),
        by_password(user={"id": "anna-id"}),
        by_token("made up"),
    ],
    ids=["unknown user", "wrong password", "unknown id", "unknown token"],
)
def test_strict_refuses_whom_it_does_not_know(strict, body):
    assert keystone(log_in(strict, body)) == (
        401,
        401,
        "Unauthorized",
        "The request you have made requires authentication.",
    )


def test_strict_gives_no_token_for_a_project_of_others(strict):
    status, _, _, message = keystone(
        log_in(strict, by_password(scope={"project": {"id": "other"}}))
    )

    assert status == 401
    assert message.endswith("has no access to project other")


@pytest.mark.parametrize(
    "scope", [{"project": {"id": "p"}}, {"project": {"name": "eu-de", "domain": {"id": "d"}}}]
)
def test_a_token_scoped_to_a_project_gets_into_it(strict, scope):
    token = log_in(strict, by_password(scope=scope)).headers["X-Subject-Token"]

    assert strict.request("GET", "/v1/p/task-center/failure-jobs", credentials=token).status == 200


@pytest.mark.parametrize("scope", [None, {}, "unscoped", {"domain": {"name": "acme"}}])
def test_a_token_without_a_project_gets_into_none(strict, scope):
    reply = log_in(strict, by_password(scope=scope))
    answer = strict.request(
        "GET", "/v1/p/task-center/failure-jobs", credentials=reply.headers["X-Subject-Token"]
    )

    assert reply.status == 201
    assert "project" not in reply.json["token"]
    assert reply.json["token"].get("domain", {}).get("name") == (
        "acme" if isinstance(scope, dict) and scope else None
    )
    assert [service["type"] for service in reply.json["token"]["catalog"]] == ["identity"]
    assert (answer.status, answer.json["error_msg"].partition(": ")[2]) == (
        403,
        "the credential is of no project, the path of project p",
    )


@freeze_time(NOON)
def test_a_token_is_good_for_another_that_lives_as_long(strict):
    first = log_in(strict, by_password())
    strict.clock.advance(hours=1)

    second = log_in(strict, by_token(first.headers["X-Subject-Token"], PROJECT))

    assert (second.status, second.json["token"]["user"]["name"]) == (201, "anna")
    assert second.json["token"]["expires_at"] == first.json["token"]["expires_at"]
    assert second.json["token"]["issued_at"] == "2026-03-01T13:00:00.000000Z"


def test_an_expired_token_gives_no_other_unless_any_will_do(strict):
    for sdrs, status in ((strict, 401), (FakeSdrs(), 201)):
        token = sdrs.auth.issue_token()
        sdrs.auth.expire_tokens()

        assert log_in(sdrs, by_token(token)).status == status


@pytest.mark.parametrize("sdrs", [FakeSdrs(), FakeSdrs(auth="strict")], ids=["present", "strict"])
def test_the_fakes_own_token_gives_another(sdrs):
    reply = log_in(sdrs, by_token(sdrs.auth.own_token, {"project": {"name": "cn-north-4"}}))

    assert (reply.status, reply.json["token"]["project"]["id"]) == (201, sdrs.project_id)


@pytest.mark.parametrize(
    ("host", "project", "region"),
    [
        ("127.0.0.1:8000", {"id": "p"}, "cn-north-4"),
        ("127.0.0.1:8000", {"id": "p"}, "eu-de"),
        ("127.0.0.1:8000", {"name": "la-south-2"}, "la-south-2"),
        ("127.0.0.1:8000", {"name": "la-north-2_mine"}, "la-north-2"),
        ("iam.tr-west-1.myhuaweicloud.com", {"id": "p"}, "tr-west-1"),
    ],
)
def test_the_catalog_has_sdrs_in_the_region_that_a_client_is_in(host, project, region):
    reply = log_in(FakeSdrs("p"), by_password(scope={"project": project}), headers={"Host": host})

    (sdrs,) = [service for service in reply.json["token"]["catalog"] if service["type"] == "sdrs"]
    (endpoint,) = [endpoint for endpoint in sdrs["endpoints"] if endpoint["region"] == region]
    assert (endpoint["interface"], endpoint["region_id"], endpoint["url"]) == (
        "public",
        region,
        f"http://{host}/v1/p",
    )


def test_below_a_prefix_the_catalog_has_it_too(strict):
    client = Client(DispatcherMiddleware(Response(), {"/cloud": strict.wsgi}))

    answer = client.post(
        f"/cloud{TOKENS}", json=by_password(scope=PROJECT), base_url="https://host.test/"
    )

    assert {
        e["url"] for service in answer.json["token"]["catalog"] for e in service["endpoints"]
    } == {
        "https://host.test/cloud/v3",
        "https://host.test/cloud/v1/p",
    }


USER = {"name": "u", "password": "p", "domain": {"id": "d"}}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The request body should be a JSON object: "),
        (b"{", "The request body should be a JSON object: "),
        (b"[" * 100_000, "The request body should be a JSON object: "),
        (b"[]", "The request body should be a JSON object: "),
        ({}, "Expecting to find auth in the request body."),
        ({"auth": {}}, "Expecting to find identity in auth."),
        ({"auth": []}, "Invalid input for auth: "),
        ({"auth": {"identity": {}}}, "Expecting to find methods in auth.identity."),
        ({"auth": {"identity": {"methods": []}}}, "Invalid input for auth.identity.methods: "),
        (
            {"auth": {"identity": {"methods": ["password"]}}},
            "Expecting to find password in auth.identity.",
        ),
        (
            {"auth": {"identity": {"methods": ["token"]}}},
            "Expecting to find token in auth.identity.",
        ),
        (by_token(""), "Invalid input for auth.identity.token.id: "),
        (by_token(5), "Invalid input for auth.identity.token.id: "),
        (
            {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "u"}}}}},
            "Expecting to find password in auth.identity.password.user.",
        ),
        (
            by_password(user={"name": "u"}),
            "Expecting to find domain in auth.identity.password.user.",
        ),
        (
            by_password(user={"domain": {"id": "d"}}),
            "Expecting to find id or name in auth.identity.password.user.",
        ),
        (
            by_password(scope={"project": {"domain": {"id": "d"}}}),
            "Expecting to find id or name in auth.scope.project.",
        ),
        (
            by_password(scope={"project": {"id": "p"}, "domain": {"id": "d"}}),
            "Expecting to find either project or domain in auth.scope.",
        ),
        (
            by_password(scope={"region": "x"}),
            "Expecting to find either project or domain in auth.scope.",
        ),
        (
            b'{"auth": {"identity": {"methods": ["token"], "token": {"id": "\\ud800"}}}}',
            "The request body should be a JSON object: ",
        ),
    ],
)
def test_a_malformed_login_is_400_and_says_what_is_missing(strict, body, message):
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()

    answer = Client(strict.wsgi).post(TOKENS, data=sent)

    status, code, title, said = (
        answer.status_code,
        *(answer.json["error"][name] for name in ("code", "title", "message")),
    )
    assert (status, code, title) == (400, 400, "Bad Request")
    assert said.startswith(message)


def test_a_method_that_is_not_there_is_401(strict):
    body = {"auth": {"identity": {"methods": ["totp"]}}}

    assert (
        keystone(log_in(strict, body))[3]
        == "Attempted to authenticate with an unsupported method; there are password, token."
    )


def test_only_the_first_method_counts(strict):
    body = by_token("made up")
    body["auth"]["identity"]["password"] = {"user": {**USER}}

    assert log_in(strict, body).status == 401


def test_a_login_over_1_mib_is_413(strict):
    assert log_in(strict, {"auth": "a" * (1 << 20)}).status == 413


@pytest.mark.parametrize("path", ["/v3/nowhere", "/v3/projects/p", "/v3//projects"])
def test_an_unknown_path_of_iam_is_404_in_keystones_form(strict, path):
    assert keystone(strict.request("GET", path)) == (
        404,
        404,
        "Not Found",
        "The resource could not be found.",
    )


def test_other_paths_that_begin_alike_are_not_iams(strict):
    assert (
        strict.request("GET", "/v3.0/OS-CREDENTIAL/securitytokens").json["error_code"]
        == "APIGW.0101"
    )


def test_a_wrong_method_is_405_in_keystones_form(strict):
    reply = strict.request("DELETE", TOKENS)

    assert (keystone(reply)[:3], reply.headers["Allow"]) == (
        (405, 405, "Method Not Allowed"),
        "POST",
    )
    assert strict.request("HEAD", "/v3").status == 200


@pytest.mark.parametrize("name", ["cn-north-4", "eu-de", None])
def test_exactly_one_project_is_found_by_any_name(strict, name):
    reply = strict.request("GET", "/v3/projects", query={"name": name})

    (project,) = reply.json["projects"]
    assert (project["id"], project["name"], project["enabled"]) == ("p", name or "cn-north-4", True)
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json["links"]["next"] is None


def test_the_project_found_is_that_of_who_asks(strict):
    strict.auth.add_user("bob", "right", project_id="b")
    tokens = [
        strict.auth.issue_token(project_id="b"),
        log_in(strict, by_password("bob")).headers["X-Subject-Token"],
    ]

    found = [
        strict.request("GET", "/v3/projects", credentials=token).json["projects"][0]["id"]
        for token in tokens
    ]

    assert found == ["b", "b"]


@pytest.mark.parametrize(
    ("auth", "credentials", "status"),
    [
        ("off", None, 200),
        ("present", None, 401),
        ("present", "any", 200),
        ("strict", None, 401),
        ("strict", "any", 401),
    ],
)
@pytest.mark.parametrize("path", ["/v3/projects", "/v3/auth/domains", "/v3/users"])
def test_looking_something_up_takes_a_credential_as_the_service_does(
    auth, credentials, status, path
):
    reply = FakeSdrs(auth=auth).request("GET", path, credentials=credentials)

    assert reply.status == status
    assert status == 200 or keystone(reply)[:3] == (401, 401, "Unauthorized")


def test_a_key_that_is_known_finds_its_project_where_any_will_do():
    sdrs = FakeSdrs()
    sdrs.auth.add_key("theirs", "secret", project_id="other")
    signed = f"SDK-HMAC-SHA256 Access=theirs, SignedHeaders=x-sdk-date, Signature={'0' * 64}"

    reply = sdrs.request("GET", "/v3/projects", credentials=None, headers={"Authorization": signed})

    assert reply.json["projects"][0]["id"] == "other"


def test_the_domain_is_found_by_any_name(strict):
    (usual,) = strict.request("GET", "/v3/auth/domains").json["domains"]
    (named,) = strict.request("GET", "/v3/auth/domains", query={"name": "acme"}).json["domains"]

    assert (usual["name"], named["name"], named["enabled"]) == ("sdrs-fake", "acme", True)
    assert usual["id"] == named["id"]


@pytest.mark.parametrize(
    ("auth", "name", "found"),
    [("present", "bob", ["bob"]), ("strict", "bob", []), ("strict", "anna", ["anna"])],
)
def test_users_are_found_by_name(auth, name, found):
    sdrs = FakeSdrs(auth=auth)
    sdrs.auth.add_user("anna", "right")

    assert [
        user["name"]
        for user in sdrs.request("GET", "/v3/users", query={"name": name}).json["users"]
    ] == found


def test_calls_of_iam_are_in_the_journal_without_passwords_in_their_lines(strict):
    log_in(strict, by_password(password='se"cret'))
    log_in(strict, by_token("se-cret"))
    lines = [entry.curl("http://h") for entry in strict.journal]

    assert [entry.call.operation for entry in strict.journal] == ["KeystoneCreateToken"] * 2
    assert "cret" not in "".join(lines)
    assert '"password": "..."' in lines[0]


def test_an_id_is_not_a_name(strict):
    strict.auth.add_user("bob", "right")

    assert log_in(strict, by_password(user={"id": "bob"})).status == 401


def test_a_project_that_no_path_can_hold_is_no_scope():
    sdrs = FakeSdrs()
    identity = {
        "methods": ["password"],
        "password": {"user": {"name": "bob", "password": "pw", "domain": {"id": "d"}}},
    }

    reply = sdrs.request(
        "POST",
        "/v3/auth/tokens",
        json={"auth": {"identity": identity, "scope": {"project": {"id": "a/b"}}}},
    )

    assert (reply.status, reply.json["error"]["code"]) == (400, 400)
    assert "project_id: 'a/b' should be letters" in reply.json["error"]["message"]
