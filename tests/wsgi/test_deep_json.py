"""JSON that is nested too deep is refused, in every version of Python alike."""

import pytest

from sdrs_fake import FakeSdrs, ParameterError

DEPTHS = [101, 900, 990, 5000, 200_000]
ACTION = "/v1/{}/server-groups/g/action"


def deep(depth):
    return b'{"a":' * (depth - 1) + b"[" + b"]" + b"}" * (depth - 1)


def post(sdrs, path, body):
    with sdrs.session() as session:
        return session.post(
            f"{sdrs.base_url}{path.format(sdrs.project_id)}",
            data=body,
            headers={"Host": "localhost"},
        )


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_body_that_is_nested_too_deep_is_400_sdrs_0201(sdrs, depth):
    answer = post(sdrs, ACTION, deep(depth)[: 1 << 20])

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "SDRS.0201")


@pytest.mark.parametrize("body", [b"{", b"[" * 1_000_000, b"\xff", b"nan"])
def test_a_body_that_names_no_operation_because_it_is_no_json_is_400_sdrs_0201(sdrs, body):
    answer = post(sdrs, ACTION, body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "SDRS.0201")


def test_a_body_of_100_levels_is_read(sdrs):
    assert post(sdrs, ACTION, deep(100)).json()["error"]["code"] == "SDRS.0206"


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize(
    "path", ["/v3/auth/tokens", "/_fake/faults", "/_fake/scenarios", "/_fake/import"]
)
def test_the_other_apis_refuse_it_too(sdrs, path, depth):
    assert post(sdrs, path, deep(depth)[:60_000]).status_code == 400


@pytest.mark.parametrize("depth", DEPTHS)
def test_so_do_the_methods_of_a_fake(depth):
    text = deep(depth).decode()
    sdrs = FakeSdrs()
    for refuse in (
        sdrs.import_data,
        sdrs.import_failure_jobs,
        lambda given: sdrs.seed(scenario=given),
    ):
        with pytest.raises(ParameterError, match="nested more than 100 levels deep"):
            refuse(text)
