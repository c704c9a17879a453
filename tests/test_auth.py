"""Strict auth: who is known, for which project, until when."""

import datetime as dt

import pytest
from freezegun import freeze_time

from sdrs_fake import FakeSdrs
from sdrs_fake.control import credentials

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def strict():
    return FakeSdrs(auth="strict")


def refused(reply):
    return reply.status, reply.json["error_code"], reply.json["error_msg"].partition(": ")[2]


def test_a_token_of_this_fake_gets_in(strict, path):
    assert strict.request("GET", path, credentials=strict.auth.issue_token()).status == 200


def test_the_fakes_own_requests_get_in_in_every_mode_and_to_every_project(strict, path):
    strict.auth.expire_tokens()
    strict.clock.advance(days=400)

    assert [
        strict.request("GET", where).status
        for where in (path, "/v1/other/task-center/failure-jobs")
    ] == [200, 200]


@pytest.mark.parametrize("token", ["any", "sdrs-fake-", "ÄÖÜ"])
def test_a_token_that_was_not_issued_is_401(strict, path, token):
    assert refused(strict.request("GET", path, credentials=token)) == (
        401,
        "APIGW.0301",
        "decrypt token fail",
    )


def test_a_token_of_another_fake_is_401(strict, path):
    other = FakeSdrs(auth="strict")

    for token in (other.auth.issue_token(), other.auth.own_token):
        assert refused(strict.request("GET", path, credentials=token))[0] == 401


def test_no_credential_is_401(strict, path):
    assert refused(strict.request("GET", path, credentials=None)) == (
        401,
        "APIGW.0301",
        "x-auth-token not found",
    )


def test_a_token_of_another_project_is_403(strict, path):
    token = strict.auth.issue_token(project_id="other")

    assert refused(strict.request("GET", path, credentials=token)) == (
        403,
        "APIGW.0302",
        f"the credential is of project other, the path of project {strict.project_id}",
    )
    assert (
        strict.request("GET", "/v1/other/task-center/failure-jobs", credentials=token).status == 200
    )


@freeze_time(NOON)
def test_a_token_is_good_for_24_hours_of_the_fakes_time(strict, path):
    token = strict.auth.issue_token()
    strict.clock.advance(hours=23, minutes=59)
    assert strict.request("GET", path, credentials=token).status == 200

    strict.clock.advance(minutes=1)
    assert refused(strict.request("GET", path, credentials=token)) == (
        401,
        "APIGW.0301",
        "token expires, expires_at: 2026-03-02T12:00:00.000Z",
    )


@freeze_time(NOON)
def test_tokens_can_be_let_expire_and_new_ones_are_good(strict, path):
    old = strict.auth.issue_token()
    strict.auth.expire_tokens()
    new = strict.auth.issue_token()

    assert (
        refused(strict.request("GET", path, credentials=old))[2]
        == "token expires, expires_at: 2026-03-01T12:00:00.000Z"
    )
    assert strict.request("GET", path, credentials=new).status == 200


def test_an_unknown_path_is_404_before_a_credential_is_looked_at(strict):
    assert strict.request("GET", "/nowhere", credentials="made up").status == 404


def test_each_fake_has_a_key_of_its_own():
    fakes = [FakeSdrs() for _ in range(3)]

    assert len({fake.access_key for fake in fakes}) == len({fake.secret_key for fake in fakes}) == 3
    assert (
        len({fake.auth.own_token for fake in fakes} | {fake.auth.issue_token() for fake in fakes})
        == 6
    )


def test_the_oldest_tokens_are_forgotten(strict, path, monkeypatch):
    monkeypatch.setattr(credentials, "MOST_TOKENS", 2)
    tokens = [strict.auth.issue_token() for _ in range(3)]

    assert [strict.request("GET", path, credentials=token).status for token in tokens] == [
        401,
        200,
        200,
    ]


def test_what_is_secret_is_not_shown(strict):
    strict.auth.add_user("anna", "hidden-1")
    strict.auth.add_key("ak", "hidden-2")
    known = strict.auth._known

    assert "hidden" not in repr([*known.users(), known.key("ak")])


@pytest.mark.parametrize(
    ("method", "values", "said"),
    [
        (
            "add_key",
            ("", "sk"),
            "access_key: '' should be visible ASCII without a comma, such as SDRSFAKE0",
        ),
        (
            "add_key",
            ("a,b", "sk"),
            "access_key: 'a,b' should be visible ASCII without a comma, such as SDRSFAKE0",
        ),
        (
            "add_key",
            (5, "sk"),
            "access_key: 5 should be visible ASCII without a comma, such as SDRSFAKE0",
        ),
        ("add_key", ("ak", ""), "secret_key: '' should be a text that is not empty"),
        (
            "add_key",
            ("ak", "sk", "a/b"),
            "project_id: 'a/b' should be letters, digits, '-', '_' and '.', such as a4a5",
        ),
        (
            "add_key",
            ("taken", "sk"),
            "access_key: 'taken' should be one that is not registered otherwise already",
        ),
        ("add_user", (None, "pw"), "name: None should be a text that is not empty"),
        ("add_user", ("anna", b"pw"), "password: b'pw' should be a text that is not empty"),
        (
            "add_user",
            ("anna", "pw", ""),
            "project_id: '' should be letters, digits, '-', '_' and '.', such as a4a5",
        ),
        (
            "add_user",
            ("taken", "pw"),
            "name: 'taken' should be one that is not registered otherwise already",
        ),
        (
            "issue_token",
            (7,),
            "project_id: 7 should be letters, digits, '-', '_' and '.', such as a4a5",
        ),
    ],
)
def test_a_wrong_argument_is_refused_and_says_what_would_be_right(strict, method, values, said):
    strict.auth.add_key("taken", "before")
    strict.auth.add_user("taken", "before")

    with pytest.raises(ValueError, match=r".+") as caught:
        getattr(strict.auth, method)(*values)

    assert str(caught.value).startswith(said)


def test_the_same_key_or_user_can_be_registered_again(strict):
    for _ in range(2):
        strict.auth.add_key("ak", "sk", project_id="p")
        strict.auth.add_user("anna", "pw", project_id="p")

    assert [user.name for user in strict.auth._known.users()] == ["sdrs-fake", "anna"]
