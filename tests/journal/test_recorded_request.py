"""RecordedRequest: a request as a curl command."""

import pytest

UNKNOWN = "  # no parameter of ListFailureJobs: marker, \\nrm"
LIST = "/v1/p/task-center/failure-jobs"


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        ({}, f"curl --noproxy '*' -sS -H 'X-Auth-Token: any' http://h{LIST}"),
        ({"credentials": None}, f"curl --noproxy '*' -sS http://h{LIST}"),
        (
            {"credentials": None, "headers": {"Authorization": "SDK-HMAC-SHA256 Access=a"}},
            f"curl --noproxy '*' -sS -H 'X-Auth-Token: any' http://h{LIST}",
        ),
        ({"credentials": None, "method": "HEAD"}, f"curl --noproxy '*' -sS --head http://h{LIST}"),
        (
            {"credentials": None, "method": "DELETE"},
            f"curl --noproxy '*' -sS -X DELETE http://h{LIST}",
        ),
        (
            {"credentials": None, "params": "limit=1&offset='"},
            f"""curl --noproxy '*' -sS 'http://h{LIST}?limit=1&offset='"'"''""",
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
    sdrs.request("GET", LIST, credentials=None)

    assert sdrs.journal.last.curl() == f"""curl --noproxy '*' -sS "$SDRS_URL"{LIST}"""


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
