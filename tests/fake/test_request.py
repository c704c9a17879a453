"""`sdrs.request`: the methods, URLs, parameters and headers that it takes."""

import copy
import pickle
from dataclasses import asdict

import pytest

from sdrs_fake import ParameterError


@pytest.mark.parametrize("method", ["get", "Get", "GET"])
@pytest.mark.parametrize(
    "base",
    [
        lambda sdrs: "",
        lambda sdrs: sdrs.url,
        lambda sdrs: sdrs.base_url,
        lambda sdrs: sdrs.url.replace("127.0.0.1", "localhost"),
        lambda sdrs: "HTTPS://sdrs.cn-north-4.myhuaweicloud.com",
    ],
)
def test_a_method_in_any_case_and_a_url_of_any_host_are_taken(sdrs, path, method, base):
    sdrs.add_failure_job(resource_type="server_groups")

    response = sdrs.request(method, f"{base(sdrs)}{path}?limit=1", params={"offset": 0})

    assert response.json["count"] == 1
    assert sdrs.journal.last.request.target == f"{path}?limit=1&offset=0"


@pytest.mark.parametrize("target", ["", "?a=b", "http://sdrs.test", "http://sdrs.test?a=b"])
def test_a_url_without_a_path_leads_to_the_root(sdrs, target):
    assert "versions" in sdrs.request("GET", target).json


@pytest.mark.parametrize("name", ["X-Request-Id", "x-request-id", "X-REQUEST-ID"])
def test_response_headers_are_found_in_any_case(sdrs, path, name):
    response = sdrs.request("GET", path)
    found = response.headers["X-Request-Id"]

    for each in (response, sdrs.journal.last.response, copy.deepcopy(response)):
        assert each.headers[name] == each.headers.get(name) == found
        assert name in each.headers
    assert asdict(response)["headers"][name] == found
    assert pickle.loads(pickle.dumps(response)).headers[name] == found


def test_a_header_that_was_not_sent_is_not_found(sdrs, path):
    headers = sdrs.request("GET", path).headers

    assert (headers.get("Retry-After"), headers.get("x", 1), "x" in headers) == (None, 1, False)
    with pytest.raises(KeyError, match="Retry-After"):
        headers["Retry-After"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": 5}, "method: 5 should be a method such as GET"),
        ({"method": "GE T"}, "method: 'GE T' should be a method such as GET"),
        ({"path": None}, "path: None should be a path or a URL"),
        ({"path": "v1/p"}, "path: 'v1/p' should begin with / or be an http URL"),
        ({"path": "ftp://a/b"}, "path: 'ftp://a/b' should begin with / or be an http URL"),
        ({"params": 5}, "params: 5 should be a mapping, pairs of a name and a value, or a string"),
        ({"params": b"limit=5"}, "params: b'limit=5' should be a mapping, "),
        ({"params": ["ab"]}, "params: 'ab' should be a mapping, "),
        ({"params": [("a", "b", "c")]}, "params: ('a', 'b', 'c') should be a mapping, "),
        ({"headers": [("a", "b")]}, "headers: [('a', 'b')] should be a mapping of strings"),
        ({"headers": "a: b"}, "headers: 'a: b' should be a mapping of strings"),
        ({"headers": {5: "a"}}, "headers: 5 should be the name of a header"),
        ({"headers": {"a b": "c"}}, "headers: 'a b' should be the name of a header"),
        ({"headers": {"a": 5}}, "headers: 5 of a should be a string in Latin-1 without line "),
        ({"headers": {"a": "b\r\nc: d"}}, "headers: 'b\\r\\nc: d' of a should be a string in "),
        ({"json": object}, "json: <class 'object'> should be JSON: "),
        ({"credentials": 5}, "credentials: 5 should be a token, or None"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_its_name(sdrs, arguments, message):
    with pytest.raises(ParameterError) as caught:
        sdrs.request(**{"method": "GET", "path": "/", **arguments})

    assert str(caught.value).startswith(message)
    assert len(sdrs.journal) == 0


@pytest.mark.parametrize(
    "params", [{"limit": 1, "x": None}, [("limit", 1)], iter([["limit", 1]]), "limit=1"]
)
def test_parameters_are_a_mapping_pairs_or_a_string(sdrs, path, params):
    sdrs.request("GET", path, params=params)

    assert sdrs.journal.last.request.params == {"limit": "1"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"port": "80"}, "port: '80' should be an integer, 0 or more"),
        ({"port": -1}, "port: -1 should be an integer, 0 or more"),
        ({"port": True}, "port: True should be an integer, 0 or more"),
        ({"port": 65536}, "port: 65536 should be an integer, 65535 or less"),
        ({"host": 5}, "host: 5 should be a name or an address"),
    ],
)
def test_an_address_that_is_none_is_refused(sdrs, arguments, message):
    with pytest.raises(ParameterError) as caught:
        sdrs.listen(**arguments)

    assert str(caught.value) == message
    assert sdrs.listening_at is None


@pytest.mark.parametrize("part", ["auth", "faults", "journal", "clock", "project_id", "url"])
def test_the_parts_of_a_fake_cannot_be_replaced(sdrs, part):
    with pytest.raises(AttributeError):
        setattr(sdrs, part, "strict")

    assert sdrs.request("GET", "/").status == 200
