"""IAM: the operations that SDKs call before SDRS."""

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
    user = {**(user or {"name": name, "domain": {"name": "acme"}}), "password": password}
    identity = {"methods": ["password"], "password": {"user": user}}
    return {"auth": {"identity": identity, "scope": scope}}


def by_token(token, scope=None):
    identity = {"methods": ["token"], "token": {"id": token}}
    return {"auth": {"identity": identity, "scope": scope}}


def log_in(sdrs, body, **request):
    return sdrs.request("POST", TOKENS, json=body, credentials=None, **request)


def keystone(response):
    error = response.json["error"]
    return response.status, error["code"], error["title"], error["message"]


@pytest.mark.parametrize("auth", ["any", "strict", "off"])
@pytest.mark.parametrize("path", ["/v3", "/v3/"])
def test_the_version_needs_no_credential(auth, path):
    headers = {"Host": "iam.test:81"}
    response = FakeSdrs(auth=auth).request("GET", path, credentials=None, headers=headers)

    version = response.json["version"]
    assert response.status == 200
    assert version["links"] == [{"rel": "self", "href": "http://iam.test:81/v3/"}]
    assert (version["id"], version["status"]) == ("v3.6", "stable")


@freeze_time(NOON)
@pytest.mark.parametrize("auth", ["any", "off"])
def test_any_user_gets_a_token_for_24_hours_of_the_fakes_time(auth):
    sdrs = FakeSdrs(auth=auth)
    sdrs.clock.advance(hours=1)

    response = log_in(sdrs, by_password("whoever", "whatever", PROJECT))

    token = response.json["token"]
    assert response.status == 201
    assert response.headers["X-Subject-Token"]
    assert token["issued_at"] == "2026-03-01T13:00:00.000000Z"
    assert token["expires_at"] == "2026-03-02T13:00:00.000000Z"
    assert (token["methods"], token["roles"][0]["name"]) == (["password"], "te_admin")
    assert (token["user"]["name"], token["user"]["domain"]["name"]) == ("whoever", "acme")
    assert (token["project"]["id"], token["project"]["domain"]["name"]) == ("p", "acme")


def test_strict_finds_registered_users_by_name_or_id(strict):
    strict.auth.add_user("bob", "right", project_id="b")
    first = log_in(strict, by_password("bob"))
    user_id = first.json["token"]["user"]["id"]

    scope = {"project": {"name": "cn-north-4"}}
    again = log_in(strict, by_password(user={"id": user_id}, scope=scope))

    token = again.json["token"]
    assert [first.status, again.status] == [201, 201]
    assert (token["user"]["name"], token["project"]["id"]) == ("bob", "b")


@pytest.mark.parametrize(
    "body",
    [
        by_password("nobody"),
        by_password(password="wrong"),
        by_password(user={"id": "anna"}),
        by_token("made up"),
    ],
    ids=["unknown user", "wrong password", "a name as the id", "unknown token"],
)
def test_strict_refuses_users_and_tokens_that_are_not_registered(strict, body):
    message = "The request you have made requires authentication."
    assert keystone(log_in(strict, body)) == (401, 401, "Unauthorized", message)


def test_strict_gives_no_token_for_a_project_of_others(strict):
    response = log_in(strict, by_password(scope={"project": {"id": "other"}}))

    status, _, _, message = keystone(response)
    assert status == 401
    assert message.endswith("has no access to project other")


@pytest.mark.parametrize(
    "scope", [{"project": {"id": "p"}}, {"project": {"name": "eu-de", "domain": {"id": "d"}}}]
)
def test_a_token_scoped_to_a_project_is_accepted_there(strict, scope):
    token = log_in(strict, by_password(scope=scope)).headers["X-Subject-Token"]

    assert strict.request("GET", "/v1/p/task-center/failure-jobs", credentials=token).status == 200


@pytest.mark.parametrize("scope", [None, {}, "unscoped", {"domain": {"name": "acme"}}])
def test_a_token_without_a_project_is_refused_in_every_project(strict, scope):
    response = log_in(strict, by_password(scope=scope))
    value = response.headers["X-Subject-Token"]
    answer = strict.request("GET", "/v1/p/task-center/failure-jobs", credentials=value)

    token = response.json["token"]
    assert response.status == 201
    assert "project" not in token
    assert ("domain" in token) == (scope == {"domain": {"name": "acme"}})
    assert [service["type"] for service in token["catalog"]] == ["identity"]
    cause = ": the credential is of no project, the path of project p"
    assert (answer.status, answer.json["error_msg"].endswith(cause)) == (403, True)


@freeze_time(NOON)
def test_a_token_is_good_for_another_that_lives_as_long(strict):
    first = log_in(strict, by_password())
    strict.clock.advance(hours=1)

    second = log_in(strict, by_token(first.headers["X-Subject-Token"], PROJECT))

    assert (second.status, second.json["token"]["user"]["name"]) == (201, "anna")
    assert second.json["token"]["expires_at"] == first.json["token"]["expires_at"]
    assert second.json["token"]["issued_at"] == "2026-03-01T13:00:00.000000Z"


def test_strict_gives_no_token_for_an_expired_one(strict):
    for sdrs, status in ((strict, 401), (FakeSdrs(), 201)):
        token = sdrs.auth.issue_token()
        sdrs.auth.expire_tokens()

        assert log_in(sdrs, by_token(token)).status == status


@pytest.mark.parametrize("sdrs", [FakeSdrs(), FakeSdrs(auth="strict")], ids=["any", "strict"])
def test_the_fakes_own_token_gives_another(sdrs):
    response = log_in(sdrs, by_token(sdrs.auth.own_token, {"project": {"name": "cn-north-4"}}))

    assert (response.status, response.json["token"]["project"]["id"]) == (201, sdrs.project_id)


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
    body = by_password(scope={"project": project})
    response = log_in(FakeSdrs("p"), body, headers={"Host": host})

    catalog = {service["type"]: service for service in response.json["token"]["catalog"]}
    endpoints = {endpoint["region"]: endpoint for endpoint in catalog["sdrs"]["endpoints"]}
    endpoint = endpoints[region]
    assert (endpoint["interface"], endpoint["region_id"]) == ("public", region)
    assert endpoint["url"] == f"http://{host}/v1/p"


def test_the_catalog_of_a_mounted_fake_has_the_prefix(strict):
    client = Client(DispatcherMiddleware(Response(), {"/cloud": strict.wsgi}))

    body = by_password(scope=PROJECT)
    answer = client.post(f"/cloud{TOKENS}", json=body, base_url="https://host.test/")

    identity, sdrs = answer.json["token"]["catalog"]
    assert identity["endpoints"][0]["url"] == "https://host.test/cloud/v3"
    assert sdrs["endpoints"][0]["url"] == "https://host.test/cloud/v1/p"


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
def test_a_malformed_login_is_400_and_names_what_is_missing(strict, body, message):
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()

    answer = Client(strict.wsgi).post(TOKENS, data=sent)

    error = answer.json["error"]
    assert (answer.status_code, error["code"], error["title"]) == (400, 400, "Bad Request")
    assert error["message"].startswith(message)


def test_an_unsupported_method_is_401(strict):
    body = {"auth": {"identity": {"methods": ["totp"]}}}

    message = "Attempted to authenticate with an unsupported method; there are password, token."
    assert keystone(log_in(strict, body)) == (401, 401, "Unauthorized", message)


def test_only_the_first_method_counts(strict):
    body = by_token("made up")
    body["auth"]["identity"] |= {"password": by_password()["auth"]["identity"]["password"]}

    assert log_in(strict, body).status == 401


def test_a_login_over_1_mib_is_413(strict):
    assert log_in(strict, {"auth": "a" * (1 << 20)}).status == 413


@pytest.mark.parametrize("path", ["/v3/nowhere", "/v3/projects/p", "/v3//projects"])
def test_an_unknown_path_of_iam_is_404_in_keystones_form(strict, path):
    message = "The resource could not be found."
    assert keystone(strict.request("GET", path)) == (404, 404, "Not Found", message)


def test_other_paths_that_begin_alike_are_not_iams(strict):
    response = strict.request("GET", "/v3.0/OS-CREDENTIAL/securitytokens")

    assert response.json["error_code"] == "APIGW.0101"


def test_a_wrong_method_is_405_in_keystones_form(strict):
    response = strict.request("DELETE", TOKENS)

    assert keystone(response)[:3] == (405, 405, "Method Not Allowed")
    assert response.headers["Allow"] == "POST"
    assert strict.request("HEAD", "/v3").status == 200


@pytest.mark.parametrize("name", ["cn-north-4", "eu-de", None])
def test_exactly_one_project_is_found_by_any_name(strict, name):
    response = strict.request("GET", "/v3/projects", params={"name": name})

    (project,) = response.json["projects"]
    assert (project["id"], project["name"], project["enabled"]) == ("p", name or "cn-north-4", True)
    assert response.headers["Content-Type"] == "application/json"
    assert response.json["links"]["next"] is None


@pytest.mark.parametrize("auth", ["any", "strict"])
def test_the_project_found_is_that_of_the_token_or_of_its_user(auth):
    sdrs = FakeSdrs("p", auth=auth)
    sdrs.auth.add_user("bob", "right", project_id="b")
    scoped = sdrs.auth.issue_token(project_id="b")
    unscoped = log_in(sdrs, by_password("bob")).headers["X-Subject-Token"]

    for token in (scoped, unscoped):
        response = sdrs.request("GET", "/v3/projects", credentials=token)
        assert response.json["projects"][0]["id"] == "b"


@pytest.mark.parametrize(
    ("auth", "credentials", "status"),
    [
        ("off", None, 200),
        ("any", None, 401),
        ("any", "any", 200),
        ("strict", None, 401),
        ("strict", "any", 401),
    ],
)
@pytest.mark.parametrize("path", ["/v3/projects", "/v3/auth/domains", "/v3/users"])
def test_look_ups_need_a_credential_as_the_service_does(auth, credentials, status, path):
    response = FakeSdrs(auth=auth).request("GET", path, credentials=credentials)

    assert response.status == status
    assert status == 200 or keystone(response)[:3] == (401, 401, "Unauthorized")


def test_a_registered_key_finds_its_project_in_mode_any():
    sdrs = FakeSdrs()
    sdrs.auth.add_key("theirs", "secret", project_id="other")
    signed = f"SDK-HMAC-SHA256 Access=theirs, SignedHeaders=x-sdk-date, Signature={'0' * 64}"

    headers = {"Authorization": signed}
    response = sdrs.request("GET", "/v3/projects", credentials=None, headers=headers)

    assert response.json["projects"][0]["id"] == "other"


def test_the_domain_is_found_by_any_name(strict):
    (usual,) = strict.request("GET", "/v3/auth/domains").json["domains"]
    (named,) = strict.request("GET", "/v3/auth/domains", params={"name": "acme"}).json["domains"]

    assert (usual["name"], named["name"], named["enabled"]) == ("sdrs-fake", "acme", True)
    assert usual["id"] == named["id"]


@pytest.mark.parametrize(
    ("auth", "name", "found"),
    [("any", "bob", ["bob"]), ("strict", "bob", []), ("strict", "anna", ["anna"])],
)
def test_users_are_found_by_name(auth, name, found):
    sdrs = FakeSdrs(auth=auth)
    sdrs.auth.add_user("anna", "right")

    users = sdrs.request("GET", "/v3/users", params={"name": name}).json["users"]
    assert [user["name"] for user in users] == found


def test_requests_to_iam_are_in_the_journal_without_passwords_in_their_lines(strict):
    log_in(strict, by_password(password='se"cret'))
    log_in(strict, by_token("se-cret"))
    lines = [record.curl("http://h") for record in strict.journal]

    assert [record.request.operation for record in strict.journal] == ["KeystoneCreateToken"] * 2
    assert "cret" not in "".join(lines)
    assert '"password": "..."' in lines[0]


def test_a_project_id_that_fits_into_no_path_is_400():
    response = log_in(FakeSdrs(), by_password(scope={"project": {"id": "a/b"}}))

    status, code, _, message = keystone(response)
    assert (status, code) == (400, 400)
    assert "project_id: 'a/b' should be letters" in message
