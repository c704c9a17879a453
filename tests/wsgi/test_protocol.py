"""Every kind of answer keeps the WSGI protocol, as `wsgiref.validate` checks it."""

from io import BytesIO
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from sdrs_fake import FakeSdrs

LIST = "/v1/p/task-center/failure-jobs"
LOGIN = (
    b'{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "anna",'
    b' "password": "secret", "domain": {"name": "d"}}}}}}'
)


def answer(app, line, body=b"", **more):
    """The status and the body of a request, checked on its way in and out."""
    method, _, target = line.partition(" ")
    path, _, query = target.partition("?")
    environ = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path}
    environ |= {"QUERY_STRING": query, "wsgi.input": BytesIO(body)}
    environ |= {"HTTP_X_AUTH_TOKEN": "any", "HTTP_X_FAKE_ADMIN_TOKEN": "right"}
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    environ |= more
    setup_testing_defaults(environ)
    started = []
    chunks = validator(app)(environ, lambda status, *_: started.append(int(status[:3])))
    content = b"".join(chunks)
    chunks.close()
    return started, content


@pytest.mark.parametrize(
    ("line", "status", "more"),
    [
        (f"GET {LIST}", 200, {}),
        (f"HEAD {LIST}", 200, {}),
        (f"HEAD {LIST}?limit=x", 400, {}),
        (f"DELETE {LIST}/my-job", 204, {}),
        (f"GET {LIST}?limit=x", 400, {}),
        (f"GET {LIST}", 401, {"HTTP_X_AUTH_TOKEN": ""}),
        ("GET /nowhere", 404, {}),
        (f"PUT {LIST}", 405, {}),
        ("POST /v1/p/server-groups", 400, {}),
        (f"GET {LIST}", 411, {"HTTP_TRANSFER_ENCODING": "chunked"}),
        (f"GET {LIST}", 413, {"CONTENT_LENGTH": "9999999"}),
        (f"GET {LIST}?marker={'a' * 9000}", 414, {}),
        ("GET /v3", 200, {}),
        ("POST /v3/auth/tokens", 201, {"body": LOGIN}),
        ("POST /v3/auth/tokens", 400, {"body": b"{"}),
        ("GET /v3/auth/tokens", 405, {}),
        ("GET /_fake/health", 200, {}),
        ("HEAD /_fake/health", 200, {}),
        ("POST /_fake/scenarios", 201, {"body": b"{}"}),
        ("POST /_fake/reset", 204, {}),
        ("GET /_fake/health", 403, {"HTTP_X_FAKE_ADMIN_TOKEN": "wrong"}),
        ("GET /_fake/nowhere", 404, {}),
        ("GET /_fake/reset", 405, {}),
        ("POST /_fake/journal/assert-called", 409, {"body": b'{"operation": "ListFailureJobs"}'}),
    ],
)
def test_an_answer_keeps_the_wsgi_protocol(line, status, more):
    sdrs = FakeSdrs("p", admin_token="right")
    sdrs.add_failure_job(job_id="my-job")

    started, content = answer(sdrs.wsgi, line, **more)

    assert started == [status]
    assert bool(content) == (status != 204 and not line.startswith("HEAD"))


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 3},
        {"status": 503},
        {"code": "SDRS.0013"},
        {"network": "garbage"},
        {"network": "wrong_content_type"},
        {"network": "slow_body", "latency": 1},
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_with_a_fault_keeps_the_wsgi_protocol(fault, method):
    sdrs = FakeSdrs("p")
    sdrs.faults.fail("ListFailureJobs", **fault)

    assert len(answer(sdrs.wsgi, f"{method} {LIST}")[0]) == 1


def test_a_request_that_was_put_off_keeps_the_wsgi_protocol():
    sdrs = FakeSdrs("p")
    sdrs.add_failure_job(job_id="my-job")
    sdrs.faults.defer("DeleteFailureJob", delay=1)

    assert len(answer(sdrs.wsgi, f"DELETE {LIST}/my-job")[0]) == 1


def test_bytes_that_are_no_request_get_an_answer_that_keeps_the_wsgi_protocol():
    from sdrs_fake.domain.refusals import HEADERS_TOO_LARGE

    assert answer(FakeSdrs().wsgi.refuse(HEADERS_TOO_LARGE), "GET /")[0] == [494]
