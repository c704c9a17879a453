"""Authentication modes, tokens and registered credentials."""

import datetime as dt
from itertools import count

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
from sdrs_fake.auth import credentials
from sdrs_fake.auth.credentials import Key, new_user
from sdrs_fake.errors import ParameterError

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def strict():
    return FakeSdrs(auth="strict")


def refusal(response):
    cause = response.json["error_msg"].partition(": ")[2]
    return response.status, response.json["error_code"], cause


def test_a_token_of_this_fake_is_accepted(strict, path):
    assert strict.request("GET", path, credentials=strict.auth.issue_token()).status == 200


def test_the_fakes_own_requests_are_accepted_for_every_project_and_for_ever(strict, path):
    strict.auth.expire_tokens()
    strict.clock.advance(days=400)

    for each in (path, "/v1/other/task-center/failure-jobs"):
        assert strict.request("GET", each).status == 200


@pytest.mark.parametrize("token", ["any", "sdrs-fake-", "ÄÖÜ"])
def test_a_token_that_was_not_issued_is_401(strict, path, token):
    response = strict.request("GET", path, credentials=token)

    assert refusal(response) == (401, "APIGW.0301", "decrypt token fail")


def test_a_token_of_another_fake_is_401(strict, path):
    other = FakeSdrs(auth="strict")

    for token in (other.auth.issue_token(), other.auth.own_token):
        assert strict.request("GET", path, credentials=token).status == 401


def test_no_credential_is_401(strict, path):
    response = strict.request("GET", path, credentials=None)

    assert refusal(response) == (401, "APIGW.0301", "x-auth-token not found")


def test_a_token_of_another_project_is_403(strict, path):
    token = strict.auth.issue_token(project_id="other")

    response = strict.request("GET", path, credentials=token)

    cause = f"the credential is of project other, the path of project {strict.project_id}"
    assert refusal(response) == (403, "APIGW.0302", cause)
    allowed = strict.request("GET", "/v1/other/task-center/failure-jobs", credentials=token)
    assert allowed.status == 200


@freeze_time(NOON)
def test_a_token_is_good_for_24_hours_of_the_fakes_time(strict, path):
    token = strict.auth.issue_token()
    strict.clock.advance(hours=23, minutes=59)
    assert strict.request("GET", path, credentials=token).status == 200

    strict.clock.advance(minutes=1)
    cause = "token expires, expires_at: 2026-03-02T12:00:00.000Z"
    response = strict.request("GET", path, credentials=token)
    assert refusal(response) == (401, "APIGW.0301", cause)


@freeze_time(NOON)
def test_expire_tokens_leaves_tokens_that_are_issued_later_valid(strict, path):
    old = strict.auth.issue_token()
    strict.auth.expire_tokens()
    new = strict.auth.issue_token()

    response = strict.request("GET", path, credentials=old)
    assert refusal(response)[2] == "token expires, expires_at: 2026-03-01T12:00:00.000Z"
    assert strict.request("GET", path, credentials=new).status == 200


def test_an_unknown_path_is_404_before_a_credential_is_checked(strict):
    assert strict.request("GET", "/nowhere", credentials="made up").status == 404


def test_each_fake_has_a_key_and_tokens_of_its_own():
    fakes = [FakeSdrs() for _ in range(3)]

    assert len({fake.access_key for fake in fakes}) == 3
    assert len({fake.secret_key for fake in fakes}) == 3
    assert {(len(fake.access_key), len(fake.secret_key)) for fake in fakes} == {(20, 40)}
    own = {fake.auth.own_token for fake in fakes}
    issued = {fake.auth.issue_token() for fake in fakes}
    assert len(own | issued) == 6


def test_the_oldest_tokens_are_forgotten(strict, path, monkeypatch):
    monkeypatch.setattr(credentials, "MAX_TOKENS", 2)
    tokens = [strict.auth.issue_token() for _ in range(3)]

    answers = [strict.request("GET", path, credentials=token).status for token in tokens]

    assert answers == [401, 200, 200]


def test_repr_shows_the_state_and_no_secret(strict):
    strict.auth.add_user("anna", "hidden-1")
    strict.auth.add_key("ak", "hidden-2")
    strict.auth.issue_token()

    assert repr(strict.auth) == "<Auth mode='strict' keys=2 users=2 tokens=1>"
    assert "hidden" not in repr([new_user("anna", "hidden-1", "p"), Key("ak", "hidden-2", "p")])


def test_dir_shows_the_public_names_alone(strict):
    public = [name for name in dir(strict.auth) if not name.startswith("_")]

    assert public == ["add_key", "add_user", "expire_tokens", "issue_token", "mode", "own_token"]


ACCESS_KEY = "should be visible ASCII without a comma, such as SDRSFAKE0"
PROJECT_ID = "should be letters, digits, '-', '_' and '.', such as a4a5"
STRING = "should be a string that is not empty"


@pytest.mark.parametrize(
    ("method", "values", "name", "reason"),
    [
        ("add_key", ("", "sk"), "access_key", f"'' {ACCESS_KEY}"),
        ("add_key", ("a,b", "sk"), "access_key", f"'a,b' {ACCESS_KEY}"),
        ("add_key", (5, "sk"), "access_key", f"5 {ACCESS_KEY}"),
        ("add_key", ("ak", ""), "secret_key", f"'' {STRING}"),
        ("add_key", ("ak", "sk", "a/b"), "project_id", f"'a/b' {PROJECT_ID}"),
        ("add_key", ("taken", "sk"), "access_key", "'taken' is registered already, with another"),
        ("add_user", (None, "pw"), "name", f"None {STRING}"),
        ("add_user", ("anna", b"pw"), "password", f"b'pw' {STRING}"),
        ("add_user", ("anna", "pw", ""), "project_id", f"'' {PROJECT_ID}"),
        ("add_user", ("taken", "pw"), "name", "'taken' is registered already, with another"),
        ("issue_token", (7,), "project_id", f"7 {PROJECT_ID}"),
    ],
)
def test_a_wrong_argument_is_refused_by_its_name(strict, method, values, name, reason):
    strict.auth.add_key("taken", "before")
    strict.auth.add_user("taken", "before")

    with pytest.raises(ParameterError) as caught:
        getattr(strict.auth, method)(*values)

    assert (caught.value.name, caught.value.reason[: len(reason)]) == (name, reason)


def test_a_mode_that_does_not_exist_is_refused_by_its_name():
    with pytest.raises(ParameterError, match=r"^auth: 'none' should be one of any, strict, off$"):
        FakeSdrs(auth="none")


def test_the_same_key_or_user_can_be_registered_again(strict):
    for _ in range(2):
        strict.auth.add_key("ak", "sk", project_id="p")
        strict.auth.add_user("anna", "pw", project_id="p")

    assert repr(strict.auth) == "<Auth mode='strict' keys=2 users=2 tokens=0>"


def test_a_strict_token_of_another_run_is_401(path, monkeypatch):
    runs = []
    for _ in range(2):
        monkeypatch.setattr(credentials, "_FAKE_NUMBERS", count(1))  # as in a new process
        runs.append(FakeSdrs(auth="strict"))
    before, after = runs

    for token in (before.auth.issue_token(), before.auth.own_token):
        assert after.request("GET", path, credentials=token).status == 401


def test_a_strict_secret_key_is_that_of_one_run_alone(monkeypatch):
    keys = {"any": [], "strict": []}
    for mode, pairs in keys.items():
        for _ in range(2):
            monkeypatch.setattr(credentials, "_FAKE_NUMBERS", count(1))  # as in a new process
            fake = FakeSdrs(auth=mode)
            pairs.append((fake.access_key, fake.secret_key))

    assert len(set(keys["any"])) == 1
    assert len(set(keys["strict"])) == 2
    assert {len(secret) for _, secret in keys["strict"]} == {40}


@pytest.mark.parametrize("value", ["a\ud800", "\udfff"])
def test_a_secret_that_utf_8_cannot_encode_is_refused(strict, value):
    for register in (strict.auth.add_key, strict.auth.add_user):
        with pytest.raises(ParameterError, match="should be a string that UTF-8 can encode"):
            register("anna", value)
