"""RecordedRequest: a request as a curl command."""

import subprocess

import pytest

from sdrs_fake import FakeSdrs

UNKNOWN = "  # no parameter of ListFailureJobs: marker, \\nrm"
NOTHING_SENT = "  # sent without token or AK/SK signature"
LIST = "/v1/p/task-center/failure-jobs"


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        ({}, f"curl --noproxy '*' -sS -H 'X-Auth-Token: any' http://h{LIST}"),
        ({"credentials": None}, f"curl --noproxy '*' -sS http://h{LIST}{NOTHING_SENT}"),
        (
            {"credentials": None, "headers": {"Authorization": "SDK-HMAC-SHA256 Access=a"}},
            f"curl --noproxy '*' -sS -H 'X-Auth-Token: any' http://h{LIST}",
        ),
        (
            {"credentials": None, "method": "HEAD"},
            f"curl --noproxy '*' -sS --head http://h{LIST}{NOTHING_SENT}",
        ),
        (
            {"credentials": None, "method": "DELETE"},
            f"curl --noproxy '*' -sS -X DELETE http://h{LIST}",
        ),
        (
            {"credentials": None, "params": "limit=1&offset='"},
            f"""curl --noproxy '*' -sS 'http://h{LIST}?limit=1&offset='"'"''{NOTHING_SENT}""",
        ),
        (
            {"params": "marker=1&%0Arm=2"},
            (
                "curl --noproxy '*' -sS -H 'X-Auth-Token: any'"
                f" 'http://h{LIST}?marker=1&%0Arm=2'{UNKNOWN}"
            ),
        ),
        (
            {"credentials": None, "method": "POST", "json": [1]},
            (
                "curl --noproxy '*' -sS -X POST -H 'Content-Type: application/json' --data-raw"
                f" '[1]' http://h{LIST}"
            ),
        ),
    ],
)
def test_a_request_is_shown_as_a_curl_command(sdrs, request_, line):
    sdrs.request(**{"method": "GET", "path": LIST, **request_})

    assert sdrs.journal.last.curl("http://h") == line


def test_without_a_url_the_command_leaves_it_to_the_shell(sdrs):
    sdrs.request("GET", LIST)

    assert sdrs.journal.last.curl() == (
        f"""curl --noproxy '*' -sS -H 'X-Auth-Token: any' "$SDRS_URL"{LIST}"""
    )


def test_the_command_works_in_strict_mode_with_a_token_in_the_environment():
    with FakeSdrs(auth="strict") as sdrs:
        path = f"/v1/{sdrs.project_id}/server-groups"
        sdrs.request("GET", path)
        line = sdrs.journal.last.curl()
        variables = {"SDRS_URL": sdrs.url, "TOKEN": sdrs.auth.issue_token()}

        shown = subprocess.run(["sh", "-c", line], env=variables, capture_output=True, check=True)

    assert line == f"""curl --noproxy '*' -sS -H "X-Auth-Token: $TOKEN" "$SDRS_URL"{path}"""
    assert shown.stdout == b'{"count":0,"server_groups":[]}'


@pytest.mark.parametrize(
    ("credential", "remark"),
    [
        ({"credentials": "a-secret"}, "sent with a token"),
        (
            {"credentials": None, "headers": {"Authorization": "SDK-HMAC-SHA256 Access=a-secret"}},
            "sent with an AK/SK signature",
        ),
        (
            {"credentials": None, "headers": {"Authorization": "Bearer a-secret"}},
            "sent without token or AK/SK signature",
        ),
        ({"credentials": None}, "sent without token or AK/SK signature"),
    ],
)
def test_a_refused_credential_is_told_by_its_kind(credential, remark):
    sdrs = FakeSdrs(auth="strict")
    sdrs.request("GET", LIST, **credential)

    assert sdrs.journal.last.response.status == 401
    assert sdrs.journal.last.curl().partition("  # ")[2] == remark
    assert "a-secret" not in sdrs.journal.last.curl()


def test_a_token_of_another_project_is_told_to_be_one():
    sdrs = FakeSdrs(auth="strict")
    sdrs.request("GET", LIST, credentials=sdrs.auth.issue_token())

    assert sdrs.journal.last.response.status == 403
    assert sdrs.journal.last.curl().endswith("  # sent with a token")


@pytest.mark.sdrs(auth="strict")
def test_a_refused_login_is_not_said_to_lack_a_credential(sdrs):
    wrong = {"user": {"name": "u", "domain": {"name": "d"}, "password": "wrong"}}
    login = {"auth": {"identity": {"methods": ["password"], "password": wrong}}}
    sdrs.auth.add_user("u", "right")
    sdrs.request("POST", "/v3/auth/tokens", json=login)

    assert sdrs.journal.last.response.status == 401
    assert "sent with" not in sdrs.journal.last.curl()
    assert "X-Auth-Token" not in sdrs.journal.last.curl()


@pytest.mark.parametrize("password", ["a-secret", ["a-secret"], 5555])
def test_a_password_is_not_shown_of_whatever_type_it_is(sdrs, password):
    user = {"name": "u", "domain": {"name": "d"}, "password": password}
    login = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
    sdrs.request("POST", "/v3/auth/tokens", json=login)

    shown = sdrs.journal.last.curl()
    assert "a-secret" not in shown
    assert "5555" not in shown
    assert '"user":' in shown


@pytest.mark.sdrs(auth="strict")
def test_the_kind_of_a_credential_that_another_call_of_iam_refused_is_told(sdrs):
    sdrs.request("GET", "/v3/projects", credentials="unknown")

    assert sdrs.journal.last.curl().endswith("  # sent with a token")


def test_a_long_body_is_not_shown(sdrs):
    sdrs.request("POST", LIST, json=["x" * 1000])

    assert sdrs.journal.last.curl().endswith("  # its body of 1004 bytes is not shown")
    assert "--data-raw ... " in sdrs.journal.last.curl()


def test_a_command_holds_no_control_characters(sdrs):
    sdrs.request(
        "POST",
        f"{LIST}?x=\x1b[31m\x9b",
        headers={"Content-Type": "\x1b[31mred\x07"},
        json={"a": "\x1b"},
    )

    assert sdrs.journal.last.curl().isprintable()
