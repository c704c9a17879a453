"""GET / and GET /{api_version}"""

import json

import pytest


@pytest.mark.parametrize(
    ("path", "name"), [("/", "list_api_versions"), ("/v1", "show_specified_api_version")]
)
def test_the_version_is_the_documented_one_at_the_hosts_own_address(sdrs, fixture, path, name):
    sample = json.dumps(fixture(f"examples/{name}"), separators=(",", ":"))

    response = sdrs.request("GET", path, headers={"Host": "sdrs.localdomain.com"}, credentials=None)

    assert response.body.decode() == sample.replace("https://", "http://")


def test_without_a_host_the_servers_name_stands_in(sdrs):
    (link,) = sdrs.request("GET", "/v1").json["version"]["links"]
    assert link["href"] == "http://127.0.0.1:80/v1"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2"), ("GET", "/v1.0"), ("PUT", "/v2"), ("GET", "")]
)
def test_an_unknown_version_is_an_unknown_path(sdrs, method, path):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
    started = []

    body = b"".join(sdrs.wsgi(environ, lambda *args: started.append(args)))

    assert (started[0][0], json.loads(body)["error_code"]) == ("404 Not Found", "APIGW.0101")
