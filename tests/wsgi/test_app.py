"""The WSGI application in other people's hosts."""

from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from sdrs_fake import FakeSdrs
from sdrs_fake.wsgi.codec import MAX_URI

TOKEN = {"X-Auth-Token": "any"}


def host(environ, start_response):
    return Response("the host's own page")(environ, start_response)


def test_it_is_mounted_below_a_prefix_of_another_application(sdrs, path):
    sdrs.add_failure_job()
    client = Client(DispatcherMiddleware(host, {"/cloud": sdrs.wsgi}))

    answer = client.get(f"/cloud{path}", headers=TOKEN)

    assert (answer.status_code, answer.json["count"]) == (200, 1)
    assert client.get("/").text == "the host's own page"
    assert client.get(path, headers=TOKEN).text == "the host's own page"


def test_below_a_prefix_a_path_outside_the_service_is_404(sdrs):
    client = Client(DispatcherMiddleware(host, {"/cloud": sdrs.wsgi}))

    assert client.get("/cloud/nowhere").status_code == 404


def test_several_fakes_stand_side_by_side(path):
    one, two = FakeSdrs(), FakeSdrs()
    one.add_failure_job()
    client = Client(DispatcherMiddleware(host, {"/one": one.wsgi, "/two": two.wsgi}))

    assert client.get(f"/one{path}", headers=TOKEN).json["count"] == 1
    assert client.get(f"/two{path}", headers=TOKEN).json["count"] == 0


@pytest.mark.parametrize("target", ["{path}", "{path}?limit=x", "/nowhere"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_it_keeps_the_wsgi_protocol(sdrs, path, method, target):
    name, _, query = target.format(path=path).partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": name,
        "QUERY_STRING": query,
        "HTTP_X_AUTH_TOKEN": "any",
    }
    setup_testing_defaults(environ)
    started = []

    chunks = validator(sdrs.wsgi)(
        environ, lambda status, headers, exc_info=None: started.append(status)
    )
    body = b"".join(chunks)
    chunks.close()

    assert len(started) == 1
    assert bool(body) == (method != "HEAD")


def test_text_in_any_alphabet_is_understood_as_utf_8(sdrs, path):
    sdrs.add_failure_job(resource_name="核心数据库 +1/2&3")

    query = {"resource_name": "核心数据库 +1/2&3"}
    answer = Client(sdrs.wsgi).get(path, query_string=query, headers=TOKEN)

    (job,) = answer.json["failure_jobs"]
    assert job["resource_name"] == "核心数据库 +1/2&3"


def test_the_prefix_belongs_to_the_size_of_a_url(sdrs, path):
    client = Client(DispatcherMiddleware(host, {"/cloud": sdrs.wsgi}))
    query = "marker=" + "a" * (MAX_URI - len(f"{path}?marker="))

    assert client.get(f"/cloud{path}", query_string=query, headers=TOKEN).status_code == 414
    assert Client(sdrs.wsgi).get(path, query_string=query, headers=TOKEN).status_code == 200


def test_a_body_in_chunks_is_measured_as_it_comes(sdrs, path):
    for size, status in ((1 << 20, 200), ((1 << 20) + 1, 413)):
        environ = EnvironBuilder(path, data=b"a" * size, headers=TOKEN).get_environ()
        del environ["CONTENT_LENGTH"]
        environ["wsgi.input_terminated"] = True

        assert run_wsgi_app(sdrs.wsgi, environ)[1].startswith(f"{status} ")


def test_a_content_length_that_is_none_is_ignored(sdrs, path):
    environ = EnvironBuilder(path=path, headers={**TOKEN, "Content-Length": "many"}).get_environ()

    assert Client(sdrs.wsgi).open(environ).status_code == 200
